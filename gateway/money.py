"""The use cases of money: who owns a company, how goods and money meet, and which declared prices are odd.

Each step is a question under the visitor's mandate, answered by each node under its own grants and logged
like any (`gateway.exploring`). What was shown is put together here, by pure functions (`sharing.money`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain

from gateway.errors import IdentifierNotUnderstood, VariablesRejected
from gateway.exploring import Exploration
from gateway.network import Gathered, Groups, begun, search
from gateway.prices import Prices, named
from gateway.visit import Visit
from sharing.merge import STRONG
from sharing.money.anomalies import Appraisal, Fences, appraised
from sharing.money.flows import joined as woven_flows
from sharing.money.ownership import OWNERSHIP, Owned, Way, owned, stakes, things
from tenants.identifiers import detect

DEEPEST = 8
"""Holdings of a chain."""
LONGEST_PATH = 12
"""Steps from goods to money: an event is one, and so is an identifier that two nodes share."""
MOST_APPRAISED = 200
_ENDS = ("owner", "asset")


@dataclass(frozen=True, slots=True)
class Owning:
    """The chains from a record on a day; `groups` are its things, by place."""

    owned: Owned
    groups: Sequence[Sequence[str]]
    exploration: Exploration
    day: str
    way: Way


@dataclass(frozen=True, slots=True)
class Appraised:
    """What was found among the declarations that were shown."""

    appraisal: Appraisal
    exploration: Exploration
    prices: Prices
    fences: Fences


async def ownership(  # noqa: PLR0913  # the arguments are the published question
    visit: Visit, handle: str, mandate: str, way: Way, *, depth: int = 6, day: str = "", groups: Groups = ()
) -> Owning:
    """Who owns the record, or what it owns, on a day (today unless told), in rounds of one holding each.

    Records of other nodes that bear the same registration number are taken to be the same company.
    """
    if not 1 <= depth <= DEEPEST:
        raise VariablesRejected(f"depth: {depth} is not within 1 to {DEEPEST}")
    on = _day(day) if day else datetime.fromtimestamp(visit.node.clock(), UTC).date().isoformat()
    exploration = begun(visit, [handle], mandate, groups)
    frontier, seen = {handle}, {handle}
    for _ in range(depth):
        await exploration.expand(frontier, across=True)
        await exploration.expand(same_things(exploration, frontier) - exploration.expanded, across=False)
        frontier = _ahead(exploration, way) - exploration.expanded
        if not frontier or exploration.stop:
            break
        seen |= frontier
    await exploration.look(frontier - exploration.claims.keys())
    told = things(exploration.claims.values(), groups)
    start = next((place for place, group in enumerate(told) if handle in group), None)
    found = stakes(exploration.claims.values(), on)
    chains = Owned(-1, (), {}, cut=False) if start is None else owned(start, told, found, way, depth)
    return Owning(chains, told, exploration, on, way)


async def joined(visit: Visit, start: str, end: str, mandate: str, groups: Groups = ()) -> Gathered:
    """The shortest paths from goods to money. Either end is a handle, or an identifier asked of all nodes."""
    handles = [each for each in (start, end, *chain.from_iterable(groups)) if "/" in each]
    exploration = begun(visit, handles, mandate, groups) if handles else Exploration(visit, mandate, groups)
    exploration.weave = woven_flows
    sides = [await _side(exploration, each) for each in (start, end)]
    return await search(exploration, sides[0], sides[1], LONGEST_PATH)


async def anomalies(
    visit: Visit,
    handles: Sequence[str],
    mandate: str,
    rows: Sequence[Mapping[str, object]],
    fences: Fences | None = None,
) -> Appraised:
    """The shipments among and around up to 200 records, at all nodes, beside the rows of a reference.

    Without rows it is the table that the visitor's node keeps; `VariablesRejected` if it keeps none.
    """
    if not 0 < len(handles) <= MOST_APPRAISED:
        raise VariablesRejected(f"handles: {len(handles)} are named, 1 to {MOST_APPRAISED} are taken")
    prices, held = named(rows) if rows else visit.node.prices.kept(), fences or Fences()
    if prices is None:
        raise VariablesRejected("reference: the question names none, and this node keeps none")
    if not 0 < held.outside < held.far:
        raise VariablesRejected(f"outside: {held.outside} is not within 0 to {held.far}")
    exploration = begun(visit, handles, mandate, ())
    await exploration.expand(handles, across=True)
    found = appraised(exploration.claims.values(), prices.rows, held)
    return Appraised(found, exploration, prices, held)


def kept_reference(visit: Visit) -> tuple[Prices, date] | None:
    """The table that the visitor's node keeps and since when; no node is asked. Raises `ReferenceRefused`."""
    prices, since = visit.node.prices.kept(), visit.node.prices.since()
    return None if prices is None or since is None else (prices, since)


async def _side(exploration: Exploration, told: str) -> Sequence[str]:
    """A handle as it is, or the handles of all records that bear an identifier."""
    if "/" in told:
        return [told]
    found = [each for each in detect(told) if each.kind in STRONG]
    if not found:
        raise IdentifierNotUnderstood(f"{told[:80]!r}: is neither a handle nor an identifier that we know")
    for each in found:
        await exploration.find(each.kind, each.normal)
    wanted = {(each.kind, each.normal) for each in found}
    return [
        handle
        for handle, claim in sorted(exploration.claims.items())
        if wanted & {(each.kind, each.normal) for each in claim.record.identifiers}
    ]


def same_things(exploration: Exploration, handles: set[str]) -> set[str]:
    """Records that bear the registration number of one of these, these among them."""
    groups = things(exploration.claims.values(), exploration.groups)
    return {each for group in groups if handles & set(group) for each in group}


def _ahead(exploration: Exploration, way: Way) -> set[str]:
    """The far ends of the stakes of what was expanded."""
    near, far = reversed(_ENDS) if way is Way.OWNERS else _ENDS
    return set(
        chain.from_iterable(
            (f"{claim.node}/{other}" for other in claim.record.properties.get(far, ()))
            for claim in exploration.claims.values()
            if claim.record.schema == OWNERSHIP
            and any(
                f"{claim.node}/{one}" in exploration.expanded for one in claim.record.properties.get(near, ())
            )
        )
    )


def _day(told: str) -> str:
    try:
        return datetime.fromisoformat(told).date().isoformat()
    except ValueError as error:
        raise VariablesRejected(f"day: {told[:40]!r} is no day as YYYY-MM-DD") from error
