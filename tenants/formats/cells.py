r"""A row as named cells of text, for formats that know nothing else, and the row back.

Values stand beside each other, `; ` between them. A backslash leads what would be taken for something else:
`\;`, `\\`, `\n`, and `\u{202e}` for every control, format and direction character, which XML cannot hold or a
reader would not see.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import orjson

from tenants.errors import RecordRejected
from tenants.formats.port import Row

INVISIBLE: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories of characters that change what is seen without being seen."""
_ESCAPED = INVISIBLE | {"Cn"}  # among them the two code points that XML forbids
_BEGINS = re.compile(r"""((?:^|[,;|\t\r\n])[\s'"]*)([=+\-@\t\r\n＝＋－＠﹢﹣﹦﹫])""")  # noqa: RUF001  # full-width signs begin formulas too
_LED = re.compile(r"""((?:^|[,;|])[\s'"]*)'([=+\-@＝＋－＠﹢﹣﹦﹫])""")  # noqa: RUF001  # the same
_PART = re.compile(r"\\u\{([0-9a-f]{1,6})\}|\\(.)|(; )|([^\\;]+|;)|\\", re.DOTALL)
_LISTS: Final = frozenset({"handling"})
_WHOLE: Final = frozenset({"tool", "custody", "notified", "rulings", "objections"})
"""Parts of a provenance that are no text: each stands in one cell as JSON."""
_FLAGS: Final = frozenset({"ongoing", "withdrawn"})
_PROPERTY, _ENVELOPE = "ftm:", "entente:"


def led(cell: str) -> str:
    """The cell with an apostrophe wherever a spreadsheet would see a formula begin (OWASP, CSV Injection)."""
    return _BEGINS.sub(r"\1'\2", cell)


def unled(cell: str) -> str:
    """What `led` was given, if that was one line."""
    return _LED.sub(r"\1\2", cell)


def escaped(text: str) -> str:
    """The text on one line, nothing in it unseen, and no `; `."""
    return "".join(map(_spelt, text))


def joined(values: Iterable[str]) -> str:
    """Texts, none of them empty, in one cell."""
    return "; ".join(map(escaped, values))


def parted(cell: str, name: str) -> list[str]:
    """The texts of a cell; raises `RecordRejected` (`ESCAPE`) naming the cell."""
    found = [""]
    for match in _PART.finditer(cell):
        code, single, between, plain = match.groups()
        if between:
            found.append("")
        elif match.group() == "\\" or (code and int(code, 16) > 0x10FFFF):  # noqa: PLR2004  # the last code point
            raise RecordRejected("ESCAPE", name, f"{match.group()!r} at {match.start()} of {cell!r:.60}")
        else:
            found[-1] += chr(int(code, 16)) if code else _single(single) if single else plain
    return [each for each in found if each]


def cells_of(row: Row) -> dict[str, str]:
    """The cells of a row: `id`, `schema`, `entente:…` of its envelope, `ftm:…` of its properties."""
    said = {_ENVELOPE + name: value for name, value in _flat(row["envelope"])}
    properties = {_PROPERTY + name: joined(values) for name, values in row["properties"].items()}
    return {"id": row["id"], "schema": row["schema"]} | said | properties


def row_of(cells: Mapping[str, object]) -> Row:
    """The row of some cells; what other programs added under names of their own is not read.

    Raises `RecordRejected` naming the cell.
    """
    texts = {name: _text(name, value) for name, value in cells.items() if _ours(name)}
    properties, envelope, provenance = {}, {}, {}
    for name, text in texts.items():
        kind, _, key = name.partition(":")
        if not text or not key:
            continue
        if kind == "ftm":
            properties[key] = parted(text, name)
        elif key.startswith("provenance."):
            part = key.removeprefix("provenance.")
            provenance[part] = _json(text, name) if part in _WHOLE else _one(text, name)
        else:
            envelope[key] = _envelope_value(key, text, name)
    if provenance:
        envelope["provenance"] = provenance
    named = {name: texts.get(name, "") for name in ("id", "schema")}
    return {**named, "properties": properties, "envelope": envelope}


def _flat(envelope: Mapping[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in envelope.items():
        if name in _WHOLE and before == "provenance.":
            yield before + name, joined([orjson.dumps(value).decode()])
        elif isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, bool):
            yield before + name, "true" if value else "false"
        elif value is not None:
            yield before + name, joined(value if isinstance(value, list | tuple) else [str(value)])


def _envelope_value(key: str, text: str, name: str) -> object:
    if key in _LISTS:
        return parted(text, name)
    if key in _FLAGS and text in ("true", "false"):
        return text == "true"
    return _one(text, name)


def _one(text: str, name: str) -> str:
    values = parted(text, name)
    if len(values) != 1:
        raise RecordRejected("ONE_VALUE", name, f"{text!r:.60} holds {len(values)} texts, one is allowed")
    return values[0]


def _json(text: str, name: str) -> object:
    try:
        return orjson.loads(_one(text, name))
    except ValueError as error:
        raise RecordRejected("NOT_JSON", name, f"{text!r:.60} is no JSON") from error


def _ours(name: str) -> bool:
    return name in ("id", "schema") or name.startswith((_PROPERTY, _ENVELOPE))


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise RecordRejected("NOT_TEXT", name, f"{value!r:.60} is a {type(value).__name__}, no text")
    return value


def _single(character: str) -> str:
    return "\n" if character == "n" else character


def _spelt(character: str) -> str:
    if character in "\\;":
        return f"\\{character}"
    if character == "\n":
        return r"\n"
    hidden = unicodedata.category(character) in _ESCAPED
    return f"\\u{{{ord(character):x}}}" if hidden else character
