"""JSON lines as hostile input: every line capped, UTF-8 strict, each key once, nothing nested deeply."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from tenants.errors import RecordRejected, Rejected

LONGEST_LINE = 1 << 20  # bytes
LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class Read:
    """One row of a source: its line (from 1), the bytes read so far, and what stands there.

    `rows` is a line still to be parsed, the parsed rows that it gives, or why it gives none.
    """

    line: int
    position: int
    rows: bytes | Sequence[object] | Rejected


def read_lines(path: Path, line: int = 0, position: int = 0) -> Iterator[Read]:
    """Every line with something on it, from `position` (the end of line number `line`) on."""
    with path.open("rb") as file:
        file.seek(position)
        while raw := file.readline(LONGEST_LINE + 1):
            line += 1
            position += len(raw)
            if len(raw) > LONGEST_LINE:
                position += _skip(file, raw)
                yield Read(line, position, _too_long())
            elif raw.strip():
                yield Read(line, position, raw)


def parse(raw: bytes) -> object:
    """JSON in strict UTF-8, each key once; `RecordRejected`: `ENCODING`, `JSON`, `DUPLICATE_KEY`, `DEPTH`."""
    try:
        return _DECODER.decode(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RecordRejected("ENCODING", "", f"byte {error.start} is no UTF-8") from error
    except RecursionError as error:
        raise RecordRejected("DEPTH", "", "nested too deeply") from error
    except ValueError as error:
        raise RecordRejected("JSON", "", str(error)[:200]) from error


def _skip(file: BinaryIO, raw: bytes) -> int:
    """Read on to the end of an overlong line; returns how many bytes that took."""
    skipped = 0
    while raw and not raw.endswith(b"\n"):
        raw = file.readline(LONGEST_LINE)
        skipped += len(raw)
    return skipped


def _too_long() -> RecordRejected:
    return RecordRejected("LINE_TOO_LONG", "", f"more than {LONGEST_LINE} bytes")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RecordRejected("DUPLICATE_KEY", "", f"key {twice!r:.80} stands twice")
    return found


def _number(text: str) -> int | float:
    if len(text) > LONGEST_NUMBER:
        raise RecordRejected("JSON", "", f"a number of {len(text)} digits")
    return float(text) if set(text) & set(".eE") else int(text)


def _no_constant(name: str) -> NoReturn:
    raise RecordRejected("JSON", "", f"{name} is no JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_number, parse_float=_number
)
