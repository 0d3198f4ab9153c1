"""A share of a company as far as it is told: an interval between 0 and 1, so that its bounds always hold."""

import re
from dataclasses import dataclass

_PERCENT = r"(\d{1,3}(?:[.,]\d{1,6})?)\s*%?"
_TOLD = re.compile(rf"{_PERCENT}(?:\s*(?:-|\u2013|to)\s*{_PERCENT})?")
_WHOLE = 100.0


@dataclass(frozen=True, slots=True, order=True)
class Share:
    """At least `low` and at most `high`; `UNKNOWN` is anything from nothing to all."""

    low: float
    high: float

    @property
    def told(self) -> bool:
        """Whether anything is known of it."""
        return self != UNKNOWN

    def of(self, other: "Share") -> "Share":
        """So much of so much."""
        return Share(self.low * other.low, self.high * other.high)

    def plus(self, other: "Share") -> "Share":
        """Both together, never more than all."""
        return Share(min(1.0, self.low + other.low), min(1.0, self.high + other.high))

    def or_as(self, other: "Share") -> "Share":
        """What holds whichever of two tellings of one share is true."""
        return Share(min(self.low, other.low), max(self.high, other.high))


NOTHING, WHOLE, UNKNOWN = Share(0.0, 0.0), Share(1.0, 1.0), Share(0.0, 1.0)


def read_share(text: str) -> Share:
    """A percentage, or a range of them, with point or comma; whatever else is `UNKNOWN`."""
    found = _TOLD.fullmatch(text.strip())
    if found is None:
        return UNKNOWN
    bounds = [float(each.replace(",", ".")) / _WHOLE for each in found.groups() if each is not None]
    low, high = bounds[0], bounds[-1]
    return Share(low, high) if 0 <= low <= high <= 1 else UNKNOWN
