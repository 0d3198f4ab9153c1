"""Signs of a vessel's conduct, and when two of them are a signal. A gap alone never is.

A transmitter falls silent for many lawful reasons: range, interference, coverage, a broken aerial, fear of
pirates. So a signal needs two signs of different kinds, from different methods, close in time. Of loitering
and meetings only those within an area of known or suspected drop-offs are signs at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

from sharing.claimed import Source
from sharing.findings import Finding, between
from sharing.places import distance_km
from sharing.spans import longest_gap
from sharing.vessels.rules import Limits, Rule
from sharing.vessels.told import Area, Event, Told

GAP, IDENTITY, SPEED, LOITERING, ENCOUNTER = (
    "GAP", "IDENTITY_CHANGE", "IMPOSSIBLE_SPEED", "LOITERING", "ENCOUNTER",
)  # fmt: skip
KINDS = frozenset({GAP, IDENTITY, SPEED, LOITERING, ENCOUNTER})
ANYWHERE = frozenset({GAP, IDENTITY, SPEED})
NEAR = frozenset({LOITERING, ENCOUNTER})
"""Kinds that are signs within an area only."""


@dataclass(frozen=True, slots=True)
class Sign:
    """An event that counts, with the area that makes it count."""

    event: Event
    area: Area | None

    @property
    def sources(self) -> tuple[Source, ...]:
        """The records it rests on."""
        return (self.event.source, *((self.area.source,) if self.area else ()))

    @property
    def says(self) -> str:
        """Its kind, and near what."""
        return f"{self.event.kind} ({self.area.centre.name})" if self.area else self.event.kind


def signs(told: Told) -> tuple[Sign, ...]:
    """Events that count; loitering and meetings once for every area in which they surely were."""
    return tuple(sign for event in told.events for sign in _counted(event, told.areas))


def signals(told: Told, limits: Limits) -> Iterator[Finding[Rule]]:
    """Every two signs of one vessel that are independent, and at most so many days apart."""
    for one, other in combinations(signs(told), 2):
        if _independent(one.event, other.event):
            apart = _apart(one.event, other.event)
            if apart is not None and apart <= timedelta(days=limits.days):
                figures = {"hours": apart / timedelta(hours=1)}
                left, right = ((each.sources, each.says, each.event.kind) for each in (one, other))
                yield between(Rule.TWO_SIGNS, left, right, figures, weight=-figures["hours"])


def lone_gaps(told: Told, limits: Limits) -> tuple[str, ...]:
    """Gaps that are in no signal: told for completeness, and no reason for anything."""
    told_with = {handle for each in signals(told, limits) for handle in each.handles}
    gaps = (each.source.handle for each in told.events if each.kind == GAP)
    return tuple(handle for handle in gaps if handle not in told_with)


def _counted(event: Event, areas: tuple[Area, ...]) -> Iterator[Sign]:
    if event.kind in ANYWHERE:
        yield Sign(event, None)
    elif event.kind in NEAR and event.place is not None:
        for area in areas:
            apart = distance_km(event.place, area.centre)
            if apart is not None and apart <= area.radius_km:
                yield Sign(event, area)


def _independent(one: Event, other: Event) -> bool:
    """Whether both are about one vessel, of two kinds, and were not derived by one method.

    Two methods that one owner does not name may be the same one.
    """
    return one.kind != other.kind and one.marks.meet(other.marks) and _derived(one) != _derived(other)


def _derived(event: Event) -> tuple[str, str, str]:
    return event.source.owner, event.provider.casefold(), event.method.casefold()


def _apart(one: Event, other: Event) -> timedelta | None:
    """The longest time that can lie between two events."""
    return None if one.stay is None or other.stay is None else longest_gap(one.stay, other.stay)
