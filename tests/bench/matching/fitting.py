"""Where the weights come from: how often each level is seen in pairs of one person, and of two.

m is counted on all labelled pairs of one person in the training data, u on pairs drawn at random of two.
A share is counted with one pair added to both sides of every level (Laplace), so that none is 0 or 1.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tenants.matching.comparable import Comparable, Family
from tenants.matching.evidence import Evidence, Feature, Level, banded, features
from tenants.matching.names import NameScores
from tests.bench.matching.labelled import Labelled

RANDOM_PAIRS = 30_000
Pair = tuple[Comparable, Comparable]


def same_pairs(told: Labelled) -> list[Pair]:
    """All pairs of one person."""
    groups: dict[str, list[Comparable]] = {}
    for record in told.records:
        groups.setdefault(told.person[record.handle], []).append(record)
    return [
        (left, right)
        for group in groups.values()
        for place, left in enumerate(group)
        for right in group[place + 1 :]
    ]


def random_pairs(told: Labelled, number: int, seed: int = 1) -> list[Pair]:
    """Pairs of two persons, drawn at random."""
    draw = random.Random(seed)
    found: list[Pair] = []
    while len(found) < number:
        left, right = draw.sample(told.records, 2)
        if not told.same(left.handle, right.handle):
            found.append((left, right))
    return found


def counted(pairs: Sequence[Pair], names: NameScores) -> Mapping[Feature, Counter[Level]]:
    """How often each level of each feature was seen."""
    found: dict[Feature, Counter[Level]] = {feature: Counter() for feature in Feature}
    for (left, right), score in zip(pairs, names.scores(pairs), strict=True):
        if score:
            found[Feature.NAME][banded(score.score)] += 1
        for each in _first(features(left, right, Family.PERSON)):
            found[each.feature][each.level] += 1
    return found


def _first(evidence: Iterable[Evidence]) -> Iterable[Evidence]:
    return {each.feature: each for each in evidence}.values()


def fitted(
    same: Mapping[Feature, Counter[Level]], other: Mapping[Feature, Counter[Level]]
) -> dict[str, dict[str, list[float]]]:
    """The shares m and u by feature and level, for the features that were seen often enough to count."""
    table: dict[str, dict[str, list[float]]] = {}
    for feature in Feature:
        levels = [level for level in Level if same[feature][level] + other[feature][level]]
        if min(same[feature].total(), other[feature].total()) < 1000 or len(levels) < 2:  # too few to count
            continue
        table[feature.value] = {
            level.value: [_share(counts[feature], level, len(levels)) for counts in (same, other)]
            for level in levels
        }
    return table


def _share(counts: Counter[Level], level: Level, levels: int) -> float:
    return round((counts[level] + 1) / (counts.total() + levels), 7)
