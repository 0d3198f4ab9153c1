"""Positions of two owners between which no vessel can have sailed."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from sharing.claimed import Source
from sharing.findings import Finding, between
from sharing.places import Place, distance_km
from sharing.vessels.rules import Limits, Rule
from sharing.vessels.told import Marks, Told

KM_PER_NAUTICAL_MILE = 1.852
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Sighting:
    """At a place surely from `begin` to `end`."""

    begin: datetime
    end: datetime
    place: Place


@dataclass(frozen=True, slots=True)
class _Seen:
    source: Source
    marks: Marks
    sightings: tuple[_Sighting, ...]


def speeds(told: Told, limits: Limits) -> Iterator[Finding[Rule]]:
    """Of every two records of different owners the pair of positions for which the greatest speed is needed.

    Of the second, the last position before each of the first's and the first one after it are compared; times
    are the latest and earliest that may be, distances less the slack at either end.
    """
    for one, other in combinations(_seen(told), 2):
        if one.source.owner != other.source.owner and one.marks.meet(other.marks):
            found = max(_needed(one, other, limits), key=lambda each: each[0], default=None)
            if found is not None and found[0] > limits.knots:
                yield _finding(one, other, found, limits)


def _seen(told: Told) -> list[_Seen]:
    events = [
        _Seen(each.source, each.marks, (_Sighting(each.stay[0].earliest, each.stay[1].latest, each.place),))
        for each in told.events
        if each.stay is not None and each.place is not None
    ]
    tracks = [
        _Seen(
            each.source,
            each.marks,
            tuple(_Sighting(at, at, Place(f"{at}{where}", _said(where), where)) for at, where in each.points),
        )
        for each in told.tracks
    ]
    return [*events, *tracks]


_Needed = tuple[float, float, float, Place, Place]
"""Knots, kilometres, hours, and from where to where."""


def _needed(one: _Seen, other: _Seen, limits: Limits) -> Iterator[_Needed]:
    begins = [each.begin for each in other.sightings]
    for here in one.sightings:
        near = {bisect_left(begins, here.begin) - 1, bisect_right(begins, here.begin)}
        near.add(bisect_left(begins, here.begin))
        for there in (other.sightings[place] for place in sorted(near) if 0 <= place < len(begins)):
            apart = distance_km(here.place, there.place)
            far = (apart or 0.0) - 2 * limits.slack_km
            hours = max(here.end - there.begin, there.end - here.begin, timedelta()) / _HOUR
            if apart is not None and far > 0:
                yield _knots(far, hours), apart, hours, here.place, there.place


def _knots(km: float, hours: float) -> float:
    """Infinite where there is no time at all."""
    return km / KM_PER_NAUTICAL_MILE / hours if hours else float("inf")


def _finding(one: _Seen, other: _Seen, found: _Needed, limits: Limits) -> Finding[Rule]:
    speed, apart, hours, here, there = found
    figures = {"distance": apart, "hours": hours, "limit": limits.knots}
    left, right = (one.source, here.name), (other.source, there.name)
    return between(Rule.IMPOSSIBLE_SPEED, left, right, figures, weight=min(speed, 1e9))


def _said(where: tuple[float, float]) -> str:
    return f"{where[0]:.3f}, {where[1]:.3f}"
