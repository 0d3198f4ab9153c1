"""Two profiles side by side: each compound's share in both, how sure, and what it has of the difference."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from tenants.profiles.compounds import Measured, Profile
from tenants.profiles.scoring import Measure, Treatment, unlike


@dataclass(frozen=True, slots=True)
class Side:
    """A compound in one profile: its share of the sum of what is compared, and how far off it may be."""

    share: float
    spread: float
    below: bool

    @property
    def shown(self) -> Mapping[str, object]:
        """As the desk tells it."""
        low, high = max(0.0, self.share - self.spread), self.share + self.spread
        return {"share": self.share, "low": low, "high": high, "below": self.below}


@dataclass(frozen=True, slots=True)
class Compared:
    """One compound of two profiles. `part` is what it has of all that keeps them apart (the parts sum to 1).

    `differs`: the shares are further apart than both uncertainties together explain; laboratories tell them
    expanded, at two standard deviations. None where neither told one.
    """

    name: str
    left: Side
    right: Side
    part: float

    @property
    def differs(self) -> bool | None:
        """Whether the measurements themselves say that the two are not equal here."""
        both = math.hypot(self.left.spread, self.right.spread)
        return abs(self.left.share - self.right.share) > both if both else None

    @property
    def shown(self) -> Mapping[str, object]:
        """As the desk tells it."""
        return {"compound": self.name, "left": self.left.shown, "right": self.right.shown, "part": self.part,
                "differs": self.differs}  # fmt: skip


def compare(left: Profile, right: Profile, treatment: Treatment, measure: Measure) -> tuple[Compared, ...]:
    """The compounds that both measured, the one that keeps them apart most first."""
    one, other = ({each.name: each for each in profile.measured} for profile in (left, right))
    names = sorted(one.keys() & other.keys())
    sides = [_sides([told[name] for name in names]) for told in (one, other)]
    parts = unlike([told.share for told in sides[0]], [told.share for told in sides[1]], treatment, measure)
    found = [Compared(name, a, b, float(part)) for name, a, b, part in zip(names, *sides, parts, strict=True)]
    return tuple(sorted(found, key=lambda each: (-each.part, each.name)))


def _sides(compounds: list[Measured]) -> list[Side]:
    total = sum(each.share for each in compounds) or 1.0
    return [Side(each.share / total, each.spread / total, each.below) for each in compounds]
