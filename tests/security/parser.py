"""What a parser of the table is, and how parsers of texts, files and signed values are fed with bytes."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson

from audit import canonical
from audit.errors import AuditError

NOW = 1_795_000_000


@dataclass(frozen=True)
class Parser:
    """What takes the bytes, and how it may refuse; `seeds` are first inputs for who searches for others."""

    take: Callable[[bytes], object]
    refuses: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...] = ()


def text_of(take: Callable[[str], object]) -> Callable[[bytes], object]:
    """A parser of texts, for any bytes."""
    return lambda data: take(data.decode("utf-8", "surrogateescape"))


def filed(take: Callable[[Path], object], name: str) -> Callable[[bytes], object]:
    """A parser of files, for bytes."""
    place = Path(tempfile.mkdtemp(prefix="parsers-")) / name

    def through(data: bytes) -> object:
        place.write_bytes(data)
        return take(place)

    return through


def said(read: Callable[[dict[str, object]], object], *refuses: type[Exception], **seed: object) -> Parser:
    """A parser of what a partner's message says, behind its signature: canonical JSON, an object."""
    first = canonical.encode(seed)
    return Parser(lambda data: read(canonical.parse_object(data)), (AuditError, *refuses), (first,))


def stated(read: Callable[[object], object], *refuses: type[Exception], seed: object) -> Parser:
    """A parser of a JSON value of any kind."""
    return Parser(
        lambda data: read(orjson.loads(data)), (orjson.JSONDecodeError, *refuses), (orjson.dumps(seed),)
    )
