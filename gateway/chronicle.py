"""The use cases of a network's past: how it stood on a day, what happened between two, how these differ.

1 What lies around the records is gathered in rounds, each a question under the visitor's mandate, decided and
logged like any (`gateway.exploring`); of a shared picture, what was placed in it is asked about. 2 When a
record came here is read from what this node holds for the case: leases, and who placed it in the picture.
3 Pure functions put it in the order of time (`sharing.chronicle`).
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gateway.errors import VariablesRejected
from gateway.exploring import Exploration
from gateway.kept import case_of
from gateway.mandates import held
from gateway.money import same_things
from gateway.network import Groups, begun
from gateway.picture_entries import viewed
from gateway.picture_network import ontology
from gateway.picture_view import moment_of
from gateway.pictures import enter
from gateway.visit import Visit
from policy.terms import Role
from sharing.chronicle.catalogue import catalogue
from sharing.chronicle.changes import Change, compared
from sharing.chronicle.replay import Event, replay, standing
from sharing.chronicle.sure import Sure, read_day
from sharing.chronicle.told import Chronicle, Day, Fact, Lens, chronicle
from sharing.picture import clusters

FARTHEST = 3
LONGEST = 3_660
Came = dict[str, list[tuple[int, datetime]]]


@dataclass(frozen=True, slots=True)
class About:
    """Whose past is asked for, how many ties away, and seen through which lens.

    `known_by` and `shared_by` are a day, to its end, or a moment; empty for now. `days` is for how long what
    was told for one time only counts.
    """

    handles: Sequence[str] = ()
    groups: Groups = ()
    picture: str = ""
    hops: int = 1
    days: int = 90
    known_by: str = ""
    shared_by: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """What was gathered, and seen through which lens."""

    exploration: Exploration = field(repr=False)
    chronicle: Chronicle
    lens: Lens
    days: int


@dataclass(frozen=True, slots=True)
class OnADay:
    """What stood on a day, surely or perhaps."""

    past: Past
    day: Day
    facts: tuple[tuple[Fact, Sure], ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What happened after one day and until another."""

    past: Past
    days: tuple[Day, Day]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """How the second day differs from the first."""

    past: Past
    days: tuple[Day, Day]
    changes: tuple[Change, ...]


async def on_a_day(visit: Visit, about: About, mandate: str, day: str) -> OnADay:
    """The network as it stood on a day (YYYY-MM-DD)."""
    on = _day(day, about.days)
    past = await _past(visit, about, mandate)
    return OnADay(past, on, standing(past.chronicle.facts, on, past.lens))


async def replayed(visit: Visit, about: About, mandate: str, since: str, until: str) -> Replayed:
    """What happened in the network after the day `since` and until `until`, in the order of time."""
    days = _days(since, until, about.days)
    past = await _past(visit, about, mandate)
    return Replayed(past, days, replay(past.chronicle.facts, *days, past.lens))


async def differing(visit: Visit, about: About, mandate: str, since: str, until: str) -> Compared:
    """How the network on the day `until` differs from that on `since`."""
    days = _days(since, until, about.days)
    past = await _past(visit, about, mandate)
    return Compared(past, days, compared(past.chronicle.facts, *days, past.lens))


def _days(since: str, until: str, days: int) -> tuple[Day, Day]:
    one, other = _day(since, days), _day(until, days)
    if one.text > other.text:
        raise VariablesRejected(f"since: {one.text} is after {other.text}, the day until which is asked")
    return one, other


def _day(text: str, days: int) -> Day:
    span = read_day(text)
    if span is None:
        raise VariablesRejected(f"day: {text[:40]!r} is no day as YYYY-MM-DD")
    if not 0 <= days <= LONGEST:
        raise VariablesRejected(f"days: {days} is not within 0 to {LONGEST}")
    return Day(text, span, days)


async def _past(visit: Visit, about: About, mandate: str) -> Past:
    if not 1 <= about.hops <= FARTHEST:
        raise VariablesRejected(f"hops: {about.hops} is not within 1 to {FARTHEST}")
    lens = Lens(_moment(visit, about.known_by), _moment(visit, about.shared_by))
    handles, groups, came = await _named(visit, about, mandate)
    exploration = begun(visit, handles, mandate, groups)
    frontier = set(handles)
    for _ in range(about.hops):  # 1
        await exploration.expand(frontier, across=True)
        await exploration.expand(same_things(exploration, frontier) - exploration.expanded, across=False)
        frontier = _ahead(exploration)
        if exploration.stop or not frontier:
            break
    await _leased(visit, mandate, exploration.claims, came)  # 2
    _at_home(visit, exploration, came)
    told = chronicle(exploration.claims.values(), groups, ontology(), came)  # 3
    exploration.common |= set(told.crowded)
    return Past(exploration, told, lens, about.days)


def _moment(visit: Visit, text: str) -> datetime | None:
    return datetime.fromtimestamp(moment_of(visit.node, text), UTC) if text else None


def _ahead(exploration: Exploration) -> set[str]:
    """What was gathered and not expanded; everything passes by a place, so it leads nowhere."""
    left_out = catalogue().places | ontology().ends.keys()
    shown = exploration.claims.items()
    found = {handle for handle, claim in shown if claim.record.schema not in left_out}
    return found - exploration.expanded - exploration.common


async def _named(visit: Visit, about: About, mandate: str) -> tuple[Sequence[str], Groups, Came]:
    """What is asked about; of a picture what its members placed, as this node groups it, and when."""
    if not about.picture:
        return about.handles, about.groups, {}
    entered = await enter(visit, about.picture, mandate)
    entry = viewed(visit.node, entered.mandate, about.picture, "PICTURE_VIEWED", entered.me.person)
    await visit.node.log.append(entry)
    placed = entered.told.placed
    papers = await asyncio.to_thread(
        visit.node.pictures.get, {paper for papers in placed.values() for paper in papers}
    )
    at = {each.id: datetime.fromtimestamp(each.content.at, UTC) for each in papers}
    came = {handle: [(0, at[paper]) for paper in papers if paper in at] for handle, papers in placed.items()}
    groups = [*about.groups, *clusters(placed, entered.told.asserted, visit.node.id)]
    return sorted({*about.handles, *placed}), groups, came


async def _leased(visit: Visit, mandate: str, handles: Iterable[str], came: Came) -> None:
    """The versions of these records that were kept here for the mandate's case."""
    case = case_of(visit.node, held(visit.node, mandate, visit.require(Role.ANALYST)))
    kept = await asyncio.to_thread(visit.node.lending.leases.affected, list(handles))
    for each in kept:
        if each.lease.case == case:
            at = datetime.fromtimestamp(each.lease.kept_at, UTC)
            came.setdefault(each.lease.handle, []).append((each.lease.version, at))


def _at_home(visit: Visit, exploration: Exploration, came: Came) -> None:
    """What was shown came now, if not before; the own records are here since they were recorded."""
    now = datetime.fromtimestamp(visit.node.now(), UTC)
    for handle, claim in exploration.claims.items():
        record = claim.record
        own = record.recorded_at if claim.node == visit.node.id else ""
        at = datetime.fromisoformat(own) if own else now
        came.setdefault(handle, []).append((record.version, at))
