"""What a score has meant: how often labelled pairs of one source, and of two, scored as much or more.

Both rates are counted on the pairs themselves, in the manner of P. Esseiva, L. Gaste, D. Alvarez, F. Anglada,
"Illicit drug profiling, reflection on statistical comparisons", Forensic Science International 207 (2011)
27-34, who find that they must be counted anew for every method. Bounds are E. B. Wilson's, "Probable
inference, the law of succession, and statistical inference", JASA 22 (1927) 209-212, at 95 %. Pairs that
share a sample are not independent, so the bounds are narrower than they should be: `deploy/docs/profiles.md`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import orjson

from tenants.errors import CalibrationRefused
from tenants.profiles.compounds import LEAST_COMPOUNDS, MOST_COMPOUNDS, Profile, Quantity
from tenants.profiles.scoring import SCALE, Floats, Measure, Treatment, as_told, directions

LEAST_SAME = 30
LEAST_DIFFERENT = 400
"""Of fewer, no bound on a false positive rate of 1 % can be told."""
MOST_PROFILES = 3_000
STEP = 1_000
"""Scores are counted from each whole thousandth on."""
Z = 1.959963984540054
"""Two-sided 95 % of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` of `of` pairs, and Wilson's 95 % bounds of their share."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """The share itself."""
        return self.count / self.of

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which the true share lies."""
        n, p, z2 = self.of, self.value, Z * Z
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        reach = Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
        return max(0.0, min(p, middle - reach)), min(1.0, max(p, middle + reach))


@dataclass(frozen=True, slots=True)
class Point:
    """From `score` (millionths) on lie `same` pairs of one source and `different` pairs of two."""

    score: int
    same: int
    different: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """How one version of one method compares, and what its scores have meant.

    `points` rise in score and fall in both counts; the first is at 0 and counts all pairs. `threshold` is the
    first at which the upper bound of the false positive rate is at most `target`.
    """

    method: str
    version: str
    quantity: Quantity
    compounds: tuple[str, ...]
    treatment: Treatment
    measure: Measure
    target: float
    threshold: int
    points: tuple[Point, ...]

    def at(self, score: int) -> Point:
        """The last point that is not above `score`."""
        return next(each for each in reversed(self.points) if each.score <= score)

    def false_positive(self, score: int) -> Rate:
        """Of pairs of two sources, those that scored as much."""
        return Rate(self.at(score).different, self.points[0].different)

    def true_positive(self, score: int) -> Rate:
        """Of pairs of one source, those that scored as much."""
        return Rate(self.at(score).same, self.points[0].same)

    def amounts(self, profile: Profile) -> Floats:
        """The profile's shares in this method's order; NaN where it lacks or did not measure one."""
        shares = {each.name: each.share for each in profile.compounds}
        return np.array([shares.get(name, math.nan) for name in self.compounds], dtype=np.float64)

    def scores(self, shares: Floats, others: Floats) -> Floats:
        """How alike one profile is to each of the others, in millionths; amounts in this method's order."""
        wanted = directions(shares, self.treatment, self.measure)[0]
        return as_told(directions(others, self.treatment, self.measure), wanted)

    @property
    def document(self) -> bytes:
        """As JSON, for keeping."""
        return orjson.dumps(
            {
                "method": self.method, "version": self.version, "quantity": self.quantity,
                "compounds": self.compounds, "treatment": self.treatment, "measure": self.measure,
                "target": self.target, "threshold": self.threshold,
                "points": [[each.score, each.same, each.different] for each in self.points],
            }
        )  # fmt: skip


@lru_cache(maxsize=64)
def read_calibration(document: str | bytes) -> Calibration:
    """A calibration that was kept."""
    told: Mapping[str, list[str] | list[list[int]]] = orjson.loads(document)
    return Calibration(
        str(told["method"]), str(told["version"]), Quantity(str(told["quantity"])),
        tuple(str(each) for each in told["compounds"]), Treatment(str(told["treatment"])),
        Measure(str(told["measure"])), float(str(told["target"])), int(str(told["threshold"])),
        tuple(Point(*map(int, each)) for each in told["points"]),
    )  # fmt: skip


def calibrate(
    labelled: Sequence[tuple[str, Profile]], treatment: Treatment, measure: Measure, target: float
) -> Calibration:
    """Learn from profiles with the source that each is known to be of: every two of them are a pair.

    Raises `CalibrationRefused` when methods are mixed, a compound is not measured, pairs are too few, or no
    score keeps false positives below `target` (0 to 1).
    """
    method, version, quantity, compounds = _common([profile for _, profile in labelled])
    shares = [[{c.name: c.share for c in each.compounds}[name] for name in compounds] for _, each in labelled]
    rows = directions(np.array(shares), treatment, measure)
    same, different = _pairs([label for label, _ in labelled], rows)
    if len(same) < LEAST_SAME or len(different) < LEAST_DIFFERENT:
        reason = (
            f"{len(same)} pairs of one source and {len(different)} of two, at least {LEAST_SAME} and "
            f"{LEAST_DIFFERENT} are needed"
        )
        raise CalibrationRefused("TOO_FEW_PAIRS", "", reason)
    points = _points(same, different)
    total = points[0].different
    good = [each for each in points if Rate(each.different, total).bounds[1] <= target]
    if not good or 2 * good[0].same < len(same):
        at = good[0] if good else points[-1]
        false, true = Rate(at.different, total).bounds[1], Rate(at.same, len(same)).value
        reason = (
            f"from a score of {at.score / SCALE} on, up to {false:.2%} of pairs of two sources are left and "
            f"{true:.0%} of pairs of one; at most {target:.2%} and at least half are wanted"
        )
        raise CalibrationRefused("NO_THRESHOLD", "target", reason)
    return Calibration(
        method, version, quantity, compounds, treatment, measure, target, good[0].score, points
    )


def _common(profiles: Sequence[Profile]) -> tuple[str, str, Quantity, tuple[str, ...]]:
    if not 1 < len(profiles) <= MOST_PROFILES:
        reason = f"{len(profiles)} profiles, 2 to {MOST_PROFILES} are compared with each other"
        raise CalibrationRefused("TOO_FEW_PAIRS" if len(profiles) < 2 else "TOO_MANY", "", reason)  # noqa: PLR2004  # a pair
    methods = {(each.method, each.version, each.quantity) for each in profiles}
    if len(methods) > 1:
        told = " and ".join(sorted("/".join(each) for each in methods))
        raise CalibrationRefused("METHODS_MIXED", "method", f"{told} are never compared")
    every = set.intersection(*({c.name for c in each.measured} for each in profiles))
    if not LEAST_COMPOUNDS <= len(every) <= MOST_COMPOUNDS:
        reason = (
            f"{len(every)} compounds are measured in all profiles, at least {LEAST_COMPOUNDS} are compared"
        )
        raise CalibrationRefused("COMPOUNDS", "compounds", reason)
    return *methods.pop(), tuple(sorted(every))


def _pairs(labels: Sequence[str], rows: Floats) -> tuple[Floats, Floats]:
    """Scores (millionths) of the pairs of one source and of two."""
    scores = np.rint(np.clip(rows @ rows.T, 0.0, 1.0) * SCALE)
    numbers = np.unique(np.array(labels, dtype=object), return_inverse=True)[1]
    left, right = np.triu_indices(len(labels), k=1)
    one = numbers[left] == numbers[right]
    told = scores[left, right]
    return told[one], told[~one]


def _points(same: Floats, different: Floats) -> tuple[Point, ...]:
    """A point at 0 and at every thousandth from which on fewer pairs lie."""
    found = [Point(0, len(same), len(different))]
    ordered = np.sort(same), np.sort(different)
    for score in range(STEP, SCALE + 1, STEP):
        counts = [len(each) - int(np.searchsorted(each, score)) for each in ordered]
        if counts != [found[-1].same, found[-1].different]:
            found.append(Point(score, *counts))
    return tuple(found)
