"""The matcher with one kind of evidence only: all else is taken from the records before they are paired."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tenants.matching.comparable import Comparable
from tenants.matching.evidence import SHARED_BY_MANY, STRONG, Feature, Level
from tenants.matching.matcher import Comparison, Matcher
from tenants.matching.nomenklatura_names import PARTS
from tests.bench.matching.labelled import Labelled

_NAMES = frozenset({"name", "alias", "previousName", "weakAlias"}) | PARTS
_PROPERTIES: Mapping[Feature, frozenset[str]] = {
    Feature.NAME: _NAMES,
    Feature.BIRTH_DATE: frozenset({"birthDate"}),
    Feature.ADDRESS: frozenset({"address"}),
    Feature.COUNTRY: frozenset({"nationality", "citizenship", "country", "jurisdiction"}),
    Feature.GENDER: frozenset({"gender"}),
}
_IDENTIFIERS: Mapping[Feature, frozenset[str]] = {
    Feature.NUMBER: frozenset({"document"}),
    Feature.IDENTIFIER: STRONG - SHARED_BY_MANY,
    Feature.CONTACT: SHARED_BY_MANY,
}


@dataclass(frozen=True, slots=True)
class Alone:
    """What one kind of evidence finds by itself: the pairs that agree at `level` or better.

    `score` is what the level scores where nothing else is known.
    """

    feature: Feature
    level: Level
    score: float
    pairs: tuple[Comparison, ...]


def alone(matcher: Matcher, told: Labelled) -> Iterator[Alone]:
    """Of every kind the levels that were seen, best first; a kind that no two records share has none."""
    for feature in Feature:
        records = [_only(each, feature) for each in told.records]
        seen: dict[Level, list[Comparison]] = {}
        for each in matcher.proposals(records, least=0.0):
            for part in each.evidence:
                if part.feature is feature:
                    seen.setdefault(part.level, []).append(each)
        found: list[Comparison] = []
        for level in (each for each in Level if each in seen):
            found += seen[level]
            yield Alone(feature, level, seen[level][0].score, tuple(found))


def _only(record: Comparable, feature: Feature) -> Comparable:
    names, kinds = _PROPERTIES.get(feature, frozenset()), _IDENTIFIERS.get(feature, frozenset())
    kept = {name: values for name, values in record.properties.items() if name in names}
    identifiers = tuple(each for each in record.identifiers if each[0] in kinds)
    return Comparable(record.handle, record.version, record.schema, kept, identifiers)
