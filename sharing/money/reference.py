"""A reference for prices and weights: a small table of quantiles with source, period and unit.

Nothing of it is built in. A table is refused whole, with its line, when a row does not hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sharing.errors import SharingError

LEAST_NUMBER = 20
"""Records behind a row; the quartiles of fewer say little."""
MOST_ROWS = 5_000
_LONGEST = 200
_LONGEST_CODE = 10
COLUMNS = ("source", "hsCode", "measure", "unit", "begin", "end", "number", "q1", "median", "q3")


class ReferenceRefused(SharingError):
    """A reference table does not hold; the message names line and column."""

    code = "REFERENCE_REFUSED"


class Measure(StrEnum):
    """What is compared: customs value of a kilogram (in a currency), or gross kilograms of a package."""

    VALUE_PER_KG = "VALUE_PER_KG"
    KG_PER_UNIT = "KG_PER_UNIT"


@dataclass(frozen=True, slots=True)
class Reference:
    """Quartiles of `number` records of one Harmonised System code in a period; `unit` as said."""

    source: str
    hs_code: str
    measure: Measure
    unit: str
    begin: str
    end: str
    number: int
    q1: float
    median: float
    q3: float

    def fences(self, times: float) -> tuple[float, float]:
        """So many interquartile ranges of the logarithms below the first and above the third quartile."""
        ratio = (self.q3 / self.q1) ** times
        return self.q1 / ratio, self.q3 * ratio


def read_reference(rows: Sequence[Mapping[str, object]]) -> tuple[Reference, ...]:
    """The rows of a table; raises `ReferenceRefused`. Numbers may be written with a decimal comma."""
    if not 0 < len(rows) <= MOST_ROWS:
        raise ReferenceRefused(f"reference: {len(rows)} rows, 1 to {MOST_ROWS} are taken")
    return tuple(_row(row, line) for line, row in enumerate(rows, 1))


def _row(row: Mapping[str, object], line: int) -> Reference:
    text = {name: _text(row, name, line) for name in COLUMNS}
    if text["measure"] not in set(Measure):
        raise _refused(line, "measure", text["measure"], f"one of {', '.join(Measure)}")
    code = text["hsCode"]
    if not (code.isascii() and code.isdigit() and 2 <= len(code) <= _LONGEST_CODE):  # noqa: PLR2004  # a chapter
        raise _refused(line, "hsCode", code, "2 to 10 digits")
    begin, end = (_day(text[name], name, line) for name in ("begin", "end"))
    if begin > end:
        raise _refused(line, "end", end, f"a day from {begin} on")
    number = _number(text["number"], "number", line)
    if number < LEAST_NUMBER or number % 1:
        raise _refused(line, "number", text["number"], f"a whole number from {LEAST_NUMBER} on")
    q1, median, q3 = (_number(text[name], name, line) for name in ("q1", "median", "q3"))
    if not (q1 <= median <= q3 and q1 < q3):
        raise _refused(line, "median", text["median"], "between two different quartiles")
    return Reference(
        text["source"], code, Measure(text["measure"]), text["unit"].upper(), begin, end,
        int(number), q1, median, q3,
    )  # fmt: skip


def _text(row: Mapping[str, object], name: str, line: int) -> str:
    value = str(row.get(name) or "").strip()
    if not 0 < len(value) <= _LONGEST:
        raise _refused(line, name, value, f"a text of 1 to {_LONGEST} characters")
    return value


def _day(value: str, name: str, line: int) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise _refused(line, name, value, "a day as YYYY-MM-DD") from error


def _number(value: str, name: str, line: int) -> float:
    try:
        number = float(value.replace(",", "."))
    except ValueError as error:
        raise _refused(line, name, value, "a number") from error
    if not 0 < number < float("inf"):
        raise _refused(line, name, value, "a number above 0")
    return number


def _refused(line: int, name: str, value: str, wanted: str) -> ReferenceRefused:
    return ReferenceRefused(f"reference, row {line}, {name}: {value[:40]!r} is not {wanted}")
