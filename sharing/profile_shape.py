"""What a partner says of comparing chemical profiles, read as the hostile text it may be."""

import re
from dataclasses import dataclass
from itertools import pairwise

from sharing import reading
from sharing.codes import ID
from sharing.errors import FieldRefused

MOST_POINTS = 1_001
MOST_SCORES = 10_000
SCALE = 1_000_000
"""Scores are whole millionths of 1."""
_RECORD_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")
_CODES = ("reason", "treatment", "measure")
_COUNTS = ("threshold", "same", "different")
_KEYS = frozenset({"comparable", *_CODES, *_COUNTS, "points", "scores"})


@dataclass(frozen=True, slots=True)
class ProfilePoint:
    """From `score` on lie `same` labelled pairs of one source and `different` of two."""

    score: int
    same: int
    different: int


@dataclass(frozen=True, slots=True)
class ProfileScore:
    """How a record scored; not `exact` where only the band is told."""

    id: str
    score: int
    exact: bool


@dataclass(frozen=True, slots=True)
class ProfileMatching:
    """How a node compares by a method, or (`reason`) why it does not; then nothing else is told."""

    comparable: bool
    reason: str
    treatment: str
    measure: str
    threshold: int
    same: int
    different: int
    points: tuple[ProfilePoint, ...]
    scores: tuple[ProfileScore, ...]


def read_matching(value: object) -> ProfileMatching:
    """The `profile` of an answer; raises `ValueError` that names the field."""
    told = reading.exact(value, _KEYS)
    comparable = reading.flag(told, "comparable")
    reason, treatment, measure = (
        "" if told[name] is None else reading.matching(told, name, ID) for name in _CODES
    )
    threshold, same, different = (0 if told[name] is None else reading.whole(told, name) for name in _COUNTS)
    points = tuple(_point(each) for each in reading.items(told, "points", MOST_POINTS))
    scores = tuple(_score(each) for each in reading.items(told, "scores", MOST_SCORES))
    found = ProfileMatching(
        comparable, reason, treatment, measure, threshold, same, different, points, scores
    )
    _check(found)
    return found


def _check(found: ProfileMatching) -> None:
    if found.comparable == bool(found.reason):
        raise FieldRefused("profile: comparable, and a reason why not, or neither")
    if not found.comparable and found.scores:
        raise FieldRefused("profile: not comparable, but scores")
    if found.comparable and not (found.points and found.same and found.different):
        raise FieldRefused("profile: comparable, but not by any pairs")
    steps = (ProfilePoint(-1, found.same, found.different), *found.points)
    if any(a.score >= b.score or a.same < b.same or a.different < b.different for a, b in pairwise(steps)):
        raise FieldRefused("profile: points do not rise in score and fall in pairs")
    if any(each.score < found.threshold for each in found.scores):
        raise FieldRefused(f"profile: a score is below the threshold of {found.threshold}")


def _point(value: object) -> ProfilePoint:
    told = reading.exact(value, frozenset({"score", "same", "different"}))
    return ProfilePoint(_of_a_million(told), reading.whole(told, "same"), reading.whole(told, "different"))


def _score(value: object) -> ProfileScore:
    told = reading.exact(value, frozenset({"id", "score", "exact"}))
    return ProfileScore(
        reading.matching(told, "id", _RECORD_ID), _of_a_million(told), reading.flag(told, "exact")
    )


def _of_a_million(told: reading.Object) -> int:
    found = reading.whole(told, "score")
    if found > SCALE:
        raise FieldRefused(f"score: {found} is more than {SCALE}")
    return found
