"""The matcher: pairs of records in, comparisons with their evidence out. Proposes; never merges."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tenants.matching.blocking import candidate_pairs
from tenants.matching.comparable import Comparable, Family, alike
from tenants.matching.evidence import Evidence, Feature, banded, features
from tenants.matching.names import NameScore, NameScores
from tenants.matching.weights import Band, Weights
from tenants.model import EntityModel

DECIDING = frozenset(
    {Feature.NAME, Feature.BIRTH_DATE, Feature.NUMBER, Feature.ADDRESS, Feature.IDENTIFIER, Feature.CONTACT}
)
"""Kinds of evidence that can carry a proposal; a country or a gender only qualifies one."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two records compare. `score` is the share of such pairs expected to be of one thing, 0 to 1.

    `calibrated` when the weights of all its evidence were fitted on labelled data.
    """

    left: str
    right: str
    family: Family
    score: float
    band: Band
    calibrated: bool
    evidence: tuple[Evidence, ...]

    @property
    def kinds(self) -> int:
        """How many independent kinds of evidence speak for it."""
        return len({each.feature for each in self.evidence if each.weight > 0 and each.feature in DECIDING})


@dataclass(frozen=True, slots=True)
class Matcher:
    """Compares under one table of weights for each family."""

    model: EntityModel
    weights: Mapping[Family, Weights]
    names: NameScores

    @staticmethod
    def deciding(family: Family) -> tuple[Feature, ...]:
        """What could decide about two of a family, were it known on both sides."""
        every = (Feature.NAME, Feature.NUMBER)
        return {
            Family.PERSON: (*every, Feature.BIRTH_DATE, Feature.ADDRESS),
            Family.ORGANISATION: (*every, Feature.ADDRESS),
            Family.THING: every,
        }[family]

    def proposals(
        self, records: Iterable[Comparable], *, least: float = 0.5, within: bool = False
    ) -> list[Comparison]:
        """Pairs that score at least `least`, best first, then by handles, whatever the order of `records`."""
        found = self.compare(candidate_pairs(self.model, records, within=within))
        kept = [each for each in found if each is not None and each.score >= least]
        return sorted(kept, key=lambda each: (-each.score, each.left, each.right))

    def compare(self, pairs: Sequence[tuple[Comparable, Comparable]]) -> list[Comparison | None]:
        """One for each pair, in order; None where the two cannot be one thing."""
        families = [alike(self.model, left.schema, right.schema) for left, right in pairs]
        scores = iter(self.names.scores([pair for pair, one in zip(pairs, families, strict=True) if one]))
        return [
            self._compared(*pair, one, next(scores)) if one else None
            for pair, one in zip(pairs, families, strict=True)
        ]

    def _compared(
        self, left: Comparable, right: Comparable, found: Family, score: NameScore | None
    ) -> Comparison:
        weights = self.weights[found]
        told = [Evidence(Feature.NAME, banded(score.score), score.left, score.right)] if score else []
        told += features(left, right, found)
        known = [each for each in told if (each.feature, each.level) in weights.shares]
        evidence = tuple(
            replace(each, weight=weights.shares[each.feature, each.level].weight) for each in known
        )
        odds = weights.prior + sum(each.weight for each in evidence)
        result = 1 / (1 + math.exp(-max(-500.0, min(500.0, odds))))
        calibrated = bool(evidence) and all(each.feature in weights.fitted for each in evidence)
        ordered = tuple(sorted(evidence, key=lambda each: (-abs(each.weight), each.feature, each.left)))
        return Comparison(left.handle, right.handle, found, result, weights.band(result), calibrated, ordered)
