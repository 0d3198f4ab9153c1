"""Evidence: what the comparison of one feature says. Pure; a feature that one side lacks says nothing."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from rigour.text.distance import levenshtein

from tenants.matching.comparable import Comparable, Family
from tenants.names import latinise

MOST_VALUES = 20
"""Of one property that are compared: a record with more is no better known for it."""

STRONG = frozenset(
    {"container", "email", "iban", "imei", "imo", "imsi", "mmsi", "phone", "vin", "wallet", "account"}
)
"""Kinds of identifiers that are compared for equality only; `document` is compared letter by letter."""

SHARED_BY_MANY = frozenset({"phone", "email", "account"})
"""Of these, what people and companies share, such as a telephone; the record of a telephone is its number."""

_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_TRIGRAM = 3


class Level(StrEnum):
    """How far two values agree, best first."""

    EQUAL = "EQUAL"
    CLOSE = "CLOSE"
    SIMILAR = "SIMILAR"
    PARTLY = "PARTLY"
    DIFFERENT = "DIFFERENT"


class Feature(StrEnum):
    """What is compared."""

    NAME = "NAME"
    BIRTH_DATE = "BIRTH_DATE"
    NUMBER = "NUMBER"
    ADDRESS = "ADDRESS"
    COUNTRY = "COUNTRY"
    GENDER = "GENDER"
    IDENTIFIER = "IDENTIFIER"
    CONTACT = "CONTACT"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One feature: the two values that agree best, and how far. `weight` is in units of log odds (nats)."""

    feature: Feature
    level: Level
    left: str
    right: str
    weight: float = 0.0


BANDS = ((0.97, Level.EQUAL), (0.87, Level.CLOSE), (0.75, Level.SIMILAR), (0.55, Level.PARTLY))


def banded(score: float) -> Level:
    """A resemblance from 0 to 1 as a level."""
    return next((level for least, level in BANDS if score >= least), Level.DIFFERENT)


def features(left: Comparable, right: Comparable, family: Family) -> Iterator[Evidence]:
    """What can be said of the two without their names, the weights still missing."""
    if family is Family.PERSON:
        yield from _best(left, right, ("birthDate",), Feature.BIRTH_DATE, day)
        yield from _best(left, right, ("gender",), Feature.GENDER, _same)
    if family is not Family.THING:
        yield from _best(left, right, ("address",), Feature.ADDRESS, address)
        yield from _of_sets(left, right, ("nationality", "citizenship", "country", "jurisdiction"))
    yield from _identifiers(left, right, family)


def day(left: str, right: str) -> Level:
    """Two dates `YYYY[-MM[-DD]]`: equal, exchanged or one digit off, two off, the year, or none of it."""
    first, second = _DAY.match(left), _DAY.match(right)
    if not first or not second:
        return _same(left, right)
    known = min(sum(part is not None for part in each.groups()) for each in (first, second))
    a, b = (tuple(part or "" for part in each.groups()[:known]) for each in (first, second))
    if a == b:
        return Level.EQUAL if known == len(first.groups()) else Level.PARTLY
    if known < len(first.groups()):
        return Level.PARTLY if a[0] == b[0] else Level.DIFFERENT
    if (a[0], a[1], a[2]) == (b[0], b[2], b[1]):
        return Level.CLOSE
    wrong = sum(x != y for x, y in zip("".join(a), "".join(b), strict=True))
    return {1: Level.CLOSE, 2: Level.SIMILAR}.get(wrong, Level.DIFFERENT)


def number(left: str, right: str) -> Level:
    """Two numbers of documents in normal form: equal, one letter off, two off (of eight or more)."""
    if left == right:
        return Level.EQUAL
    if min(len(left), len(right)) < 6:  # noqa: PLR2004  # of a short one every letter counts
        return Level.DIFFERENT
    wrong = levenshtein(left, right, max_edits=2)
    if wrong <= 1:
        return Level.CLOSE
    return Level.SIMILAR if wrong == 2 and len(left) >= 8 else Level.DIFFERENT  # noqa: PLR2004  # as said above


def address(left: str, right: str) -> Level:
    """Two addresses by the pairs and triples of letters they share."""
    score = letters(latinise(left), latinise(right))
    steps = ((0.95, Level.EQUAL), (0.75, Level.CLOSE), (0.6, Level.SIMILAR), (0.45, Level.PARTLY))
    return next((level for least, level in steps if score >= least), Level.DIFFERENT)


def letters(left: str, right: str) -> float:
    """Dice's coefficient on trigrams of two texts, 0 to 1."""
    first, second = _trigrams(left), _trigrams(right)
    return 2 * len(first & second) / (len(first) + len(second))


def _trigrams(text: str) -> set[str]:
    padded = f"  {text} "
    return {padded[start : start + _TRIGRAM] for start in range(len(padded) - _TRIGRAM + 1)}


def _same(left: str, right: str) -> Level:
    return Level.EQUAL if left == right else Level.DIFFERENT


_ORDER = list(Level)
Comparing = Callable[[str, str], Level]


def _best(
    left: Comparable, right: Comparable, names: Sequence[str], feature: Feature, compare: Comparing
) -> Iterator[Evidence]:
    pairs = product(left.values(*names)[:MOST_VALUES], right.values(*names)[:MOST_VALUES])
    found = [(_ORDER.index(compare(a, b)), a, b) for a, b in pairs]
    if found:
        level, a, b = min(found)
        yield Evidence(feature, _ORDER[level], a, b)


def _of_sets(left: Comparable, right: Comparable, names: Sequence[str]) -> Iterator[Evidence]:
    first, second = set(left.values(*names)), set(right.values(*names))
    if first and second:
        common = sorted(first & second)
        level = Level.EQUAL if common else Level.DIFFERENT
        yield Evidence(
            Feature.COUNTRY, level, " ".join(common or sorted(first)), " ".join(common or sorted(second))
        )


def _identifiers(left: Comparable, right: Comparable, family: Family) -> Iterator[Evidence]:
    """Every strong identifier that both have; where both have numbers of documents, the best of them.

    That two people have different telephones says nothing; that two records have different numbers of
    documents says little, which is the fitted weight's affair.
    """
    mine, theirs = set(left.identifiers), set(right.identifiers)
    for kind, normal in sorted(mine & theirs):
        if kind in STRONG:
            personal = family is not Family.THING and kind in SHARED_BY_MANY
            feature = Feature.CONTACT if personal else Feature.IDENTIFIER
            yield Evidence(feature, Level.EQUAL, f"{kind} {normal}", f"{kind} {normal}")
    numbers = [sorted(n for kind, n in each if kind == "document")[:MOST_VALUES] for each in (mine, theirs)]
    found = [(_ORDER.index(number(a, b)), a, b) for a, b in product(*numbers)]
    if found:
        level, a, b = min(found)
        yield Evidence(Feature.NUMBER, _ORDER[level], a, b)
