"""Quantities as records tell them, in units that convert exactly, and how they are written.

Only what is exact by definition is converted (an international pound is 0.45359237 kg); tablets stay tablets
and a unit that the catalogue does not know stays as it is. A number that does not read is no quantity.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sharing.reports.catalogue import catalogue
from sharing.wording import Language

_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")
_GROUP = 3
_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Range:
    """At least `low`, at most `high`; the same where nothing contradicts."""

    low: Decimal
    high: Decimal

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.high + other.high)


NOTHING = Range(Decimal(0), Decimal(0))


def widest(numbers: Iterable[Decimal]) -> Range:
    """From the least to the most of these, of which there is at least one."""
    known = sorted(numbers)
    return Range(known[0], known[-1])


def number(text: str) -> Decimal | None:
    """A number as the shelf keeps it; None if it is none."""
    plain = text.strip()
    return Decimal(plain) if _NUMBER.fullmatch(plain) else None


def based(amount: Decimal, unit: str) -> tuple[Decimal, str]:
    """The amount in the base of its unit, and the base's code; a unit that nobody knows is its own."""
    word = " ".join(unit.casefold().split())
    known = catalogue().unit_of.get(word)
    return (amount, word) if known is None else (amount * known.factor, known.base)


def written(amount: Range, unit: str, language: Language) -> str:
    """With its unit, as people of that language write it; a range from one to the other."""
    one = amount.low == amount.high == 1
    shown, factor = catalogue().shown_in(unit, amount.low, language, one=one)
    low, high = (_figures(each / factor, language) for each in (amount.low, amount.high))
    told = low if amount.low == amount.high else f"{low}–{high}"  # noqa: RUF001  # an en dash, as a range is written
    return f"{told}{_SPACE}{shown}" if shown else told


def _figures(amount: Decimal, language: Language) -> str:
    whole, _, part = f"{amount.normalize():f}".partition(".")
    groups = [whole[max(0, end - _GROUP) : end] for end in range(len(whole), 0, -_GROUP)]
    point = "." if language is Language.EN else ","
    return _SPACE.join(reversed(groups)) + (point + part if part else "")
