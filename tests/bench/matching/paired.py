"""Two ways of looking, compared on the same queries: who found more, and how sure that is.

Every query is asked both ways, so the differences are taken query by query. Of a share (first, among 10) only
the queries count that one way found and the other did not; whether they lean to one side is McNemar's test
("Note on the sampling error of the difference between correlated proportions", Psychometrika 12 (1947)), here
exact. Of the mean reciprocal rank the interval is a percentile bootstrap over queries.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

ROUNDS = 10_000
SURE = 0.95
Ranks = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Split:
    """Queries that only one of the two ways found among the first `most`."""

    most: int
    ours: int
    theirs: int

    @property
    def chance(self) -> float:
        """How often queries that lean to neither side would split as unevenly as this, 0 to 1."""
        number, fewer = self.ours + self.theirs, min(self.ours, self.theirs)
        return min(1.0, 2 * sum(math.comb(number, k) for k in range(fewer + 1)) / 2**number)


@dataclass(frozen=True, slots=True)
class Paired:
    """Ours less theirs: the mean difference of reciprocal ranks with its 95 % interval, and the splits."""

    way: str
    mean: float
    low: float
    high: float
    splits: tuple[Split, ...]

    @property
    def finding(self) -> str:
        """What may be said of it."""
        if self.low > 0:
            return "better"
        if self.high < 0:
            return "worse"
        return "no difference shown"


def paired(way: str, ours: Ranks, theirs: Ranks, *, rounds: int = ROUNDS, seed: int = 4) -> Paired:
    """Compare the ranks of the same queries; None is a query whose person was not found."""
    apart = [_reciprocal(a) - _reciprocal(b) for a, b in zip(ours, theirs, strict=True)]
    draw, number = random.Random(seed), len(apart)
    means = sorted(math.fsum(draw.choices(apart, k=number)) / number for _ in range(rounds))
    cut = round(rounds * (1 - SURE) / 2)
    splits = tuple(_split(most, ours, theirs) for most in (1, 10))
    return Paired(way, math.fsum(apart) / number, means[cut], means[-cut - 1], splits)


def _split(most: int, ours: Ranks, theirs: Ranks) -> Split:
    found = [
        tuple(rank is not None and rank <= most for rank in both) for both in zip(ours, theirs, strict=True)
    ]
    return Split(most, found.count((True, False)), found.count((False, True)))


def _reciprocal(rank: float | None) -> float:
    return 1 / rank if rank else 0.0
