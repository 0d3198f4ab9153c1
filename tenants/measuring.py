"""How laboratories write amounts in a table, read as one compound each; nothing is guessed.

    measured: [tropine (%), ecgonine]     headings; "*" is every column that the mapping names nowhere
    unit: mg/g                        where a heading does not name one in brackets
    uncertainty: "U {compound}"       the heading of a compound's expanded uncertainty, where there is one
    decimal: ","                      the file's; a point unless told

A blank cell, `-`, `n.a.` or `n.m.` was not measured; `n.d.`, `nd`, `<LOD`, `< LOQ` or `traces` is below the
limit of detection, `<0,05` is as well and tells it. `0.81 ± 0.02` carries its own uncertainty.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tenants.errors import RecordRejected
from tenants.profiles.compounds import UNITS, Measured, check_name, measured

EVERY = "*"
_HEADING = re.compile(r"(?P<name>.*?)\s*[\[(]\s*(?P<unit>[^\s()\[\]]{1,6})\s*[\])]\s*")
_NOT_MEASURED = frozenset({"", "-", "\u2013", "n.a.", "na", "n/a", "n.m.", "nm", "not measured"})
_BELOW = frozenset(
    {
        "n.d.",
        "nd",
        "n.d",
        "not detected",
        "non détecté",
        "ej påvisad",
        "lod",
        "loq",
        "<lod",
        "<loq",
        "<ld",
        "<lq",
    }
    | {"traces", "trace", "spår"}
)
_PLACE = "{compound}"


@dataclass(frozen=True, slots=True)
class Measuring:
    """Which columns hold amounts, and how they are written. `elsewhere`: columns that mean something else."""

    columns: tuple[str, ...]
    elsewhere: frozenset[str]
    unit: str = ""
    uncertainty: str = ""
    decimal: str = "."

    def of(self, row: Mapping[str, str]) -> list[str]:
        """The compounds of one row as a record has them; raises `RecordRejected` naming the column."""
        return [str(each) for each in self._compounds(row)]

    def _compounds(self, row: Mapping[str, str]) -> Iterator[Measured]:
        headings = self.columns or tuple(name for name in row if name not in self.elsewhere)
        named = {heading: self._heading(heading) for heading in headings}
        told = [name for name, _ in named.values()] if self.uncertainty else []
        spreads = {self.uncertainty.replace(_PLACE, name) for name in told}
        for heading, (name, unit) in named.items():
            if heading not in spreads:
                yield self._read(row, heading, name, unit)

    def _heading(self, heading: str) -> tuple[str, str]:
        """A heading's compound and unit."""
        found = _HEADING.fullmatch(heading)
        if found is not None and found["unit"] in UNITS:
            return found["name"], found["unit"]
        return heading, self.unit

    def _read(self, row: Mapping[str, str], heading: str, name: str, unit: str) -> Measured:
        try:
            check_name(name)
            return self._amount(_cell(row, heading), self._spread(row, name), name, unit)
        except RecordRejected as error:
            raise RecordRejected(error.code, _column(heading), error.reason) from error

    def _amount(self, text: str, apart: str, name: str, unit: str) -> Measured:
        plain = text.casefold().replace(" ", "")
        if plain in _NOT_MEASURED or text.casefold() in _NOT_MEASURED:
            return Measured(name)
        if plain in _BELOW or text.casefold() in _BELOW:
            return Measured(name, below=True)
        amount, _, within = text.partition("±")
        bare, own = _split_unit(amount.strip(), unit)
        below = bare.startswith("<")
        spread = within.strip() or apart
        told = self._number(_split_unit(spread, unit)[0], name) if spread and not below else None
        return measured(name, self._number(bare.removeprefix("<").strip(), name), told, own, below=below)

    def _spread(self, row: Mapping[str, str], name: str) -> str:
        heading = self.uncertainty.replace(_PLACE, name) if self.uncertainty else ""
        text = row.get(heading, "").strip() if heading else ""
        return "" if text.casefold() in _NOT_MEASURED else text

    def _number(self, text: str, name: str) -> float:
        digits = text.replace(self.decimal, ".") if "." not in text or self.decimal == "." else ""
        if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,3})?", digits):
            reason = f"{name!r:.80}: {text!r:.40} is no amount with {self.decimal!r} before its fraction"
            raise RecordRejected("AMOUNT", "", reason)
        return float(digits)


def _split_unit(text: str, unit: str) -> tuple[str, str]:
    """An amount and its unit: the cell's own, if it names one, which must not contradict the heading's."""
    number, space, own = text.rpartition(" ")
    if not space and text.endswith("%"):
        number, own = text[:-1], "%"
    if own in UNITS and number:
        if unit and own != unit:
            raise RecordRejected("UNIT", "", f"{text!r:.40} is in {own}, its column in {unit}")
        return number.strip(), own
    return text, unit


def _cell(row: Mapping[str, str], heading: str) -> str:
    if heading not in row:
        raise RecordRejected("NO_COLUMN", "", f"the row has columns {sorted(row)!r:.200}")
    return row[heading].strip()


def _column(heading: str) -> str:
    """A heading as it may stand in a message."""
    return heading[:64].encode("utf-8", "backslashreplace").decode()


def measuring(described: Mapping[str, object], elsewhere: Sequence[str], decimal: str) -> Measuring:
    """From a mapping's `measured`, checked by it; `ValueError` says what is wrong."""
    columns, unit, spread = (described.get(name, "") for name in ("measured", "unit", "uncertainty"))
    if columns != EVERY and not (
        isinstance(columns, list) and columns and all(isinstance(c, str) for c in columns)
    ):
        raise ValueError(f"measured: {columns!r:.60} is neither a list of columns nor {EVERY!r}")
    if not isinstance(unit, str) or (unit and unit not in UNITS):
        raise ValueError(f"unit: {unit!r:.20} is none of {', '.join(UNITS)}")
    if not isinstance(spread, str) or (spread and _PLACE not in spread):
        raise ValueError(f"uncertainty: {spread!r:.60} has no {_PLACE}")
    return Measuring(
        tuple(columns) if isinstance(columns, list) else (), frozenset(elsewhere), unit, spread, decimal
    )
