"""The use cases of networks: what lies around records, what two have in common, how one leads to another.

Every hop is a question under the visitor's mandate, answered by each node under its own grants
(`gateway.exploring`). What is found is woven into one network with the groups of handles that the viewer
holds to be one thing; a path search goes from both ends until no shorter path can be found, and says where it
stopped and why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.ask import split_handle
from gateway.errors import VariablesRejected
from gateway.exploring import Budget, Exploration, Stop
from gateway.visit import Visit
from sharing.measures import Measures, measured
from sharing.network import Network
from sharing.paths import MOST_HOPS, Step, adjoining, reached, shortest_paths

MOST_HANDLES = 2_000
Groups = Sequence[Sequence[str]]


class Reach(StrEnum):
    """How far a network goes: COUNTS gives numbers only, NAMED the records and the ties among them."""

    COUNTS = "COUNTS"
    NAMED = "NAMED"
    AROUND = "AROUND"


@dataclass(frozen=True, slots=True)
class Gathered:
    """A network and how it was gathered; `members` are the places asked for: common, or on a path."""

    network: Network
    exploration: Exploration
    stop: Stop
    members: tuple[int, ...] = ()
    paths: tuple[tuple[Step, ...], ...] = ()
    measures: Measures | None = None


async def expand(  # noqa: PLR0913  # the arguments are the published question
    visit: Visit,
    handles: Sequence[str],
    mandate: str,
    groups: Groups = (),
    *,
    measure: bool = False,
    reach: Reach = Reach.AROUND,
) -> Gathered:
    """What lies around up to 2,000 records, counted first; with the measures of the network if wanted."""
    exploration = begun(visit, handles, mandate, groups)
    match reach:
        case Reach.COUNTS:
            await exploration.count(handles)
        case Reach.NAMED:
            await exploration.look(handles)
        case Reach.AROUND:
            await exploration.expand(handles, across=False)
    network = exploration.network()
    return Gathered(
        network,
        exploration,
        exploration.stop or Stop.DONE,
        places(network, handles),
        measures=measured(network) if measure else None,
    )


async def common_neighbours(
    visit: Visit, one: str, other: str, mandate: str, groups: Groups = ()
) -> Gathered:
    """What both records have a tie with, at any node."""
    exploration = begun(visit, [one, other], mandate, groups)
    await exploration.expand([one, other], across=True)
    network = exploration.network()
    sides = [adjoining(network, places(network, [each])) for each in (one, other)]
    found = tuple(sorted(sides[0] & sides[1]))
    return Gathered(network, exploration, exploration.stop or Stop.DONE, found)


async def paths(  # noqa: PLR0913  # the arguments are the published question
    visit: Visit,
    start: str,
    end: str,
    mandate: str,
    groups: Groups = (),
    *,
    most_hops: int = MOST_HOPS,
    budget: Budget | None = None,
) -> Gathered:
    """The shortest paths between two records, searched for from both ends.

    A path no longer than both sides together were expanded is a shortest one. A path found when a budget is
    spent is told as well, but a shorter one may exist.
    """
    if not 1 <= most_hops <= MOST_HOPS:
        raise VariablesRejected(f"mostHops: {most_hops} is not within 1 to {MOST_HOPS}")
    exploration = begun(visit, [start, end], mandate, groups, budget)
    return await search(exploration, [start], [end], most_hops)


async def search(
    exploration: Exploration, start: Sequence[str], end: Sequence[str], most_hops: int
) -> Gathered:
    """The shortest paths between any of `start` and any of `end`, in what the exploration makes of it."""
    sides, depth = (start, end), [0, 0]
    frontiers: list[Sequence[str]] = [start, end]
    while True:
        side = min((0, 1), key=lambda each: (not frontiers[each], len(frontiers[each])))
        await exploration.expand(frontiers[side], across=True)
        depth[side] += 1
        network = exploration.network()
        ends = [places(network, each) for each in sides]
        found = shortest_paths(network, ends[0], ends[1], most_hops)
        frontiers = [
            _frontier(exploration, network, end, far) if far else side
            for end, side, far in zip(ends, sides, depth, strict=True)
        ]
        if stop := _stopped(exploration, found, depth, frontiers, most_hops):
            return Gathered(network, exploration, stop, _on(found), found)


def _stopped(
    exploration: Exploration,
    found: Sequence[Sequence[Step]],
    depth: Sequence[int],
    frontiers: Sequence[Sequence[str]],
    most_hops: int,
) -> Stop | None:
    if found and len(found[0]) <= sum(depth):
        return Stop.DONE
    if exploration.stop is not None:
        return exploration.stop
    if not any(frontiers) or not (all(frontiers) or exploration.common):
        return Stop.DONE if found else Stop.NOTHING_LEFT
    return Stop.HOPS if sum(depth) >= most_hops else None


def _frontier(exploration: Exploration, network: Network, start: Sequence[int], hops: int) -> Sequence[str]:
    """Handles of the vertices that lie exactly so many hops away and were not expanded."""
    done = exploration.expanded | exploration.common
    handles = [each for place in reached(network, start, hops) for each in network.vertices[place]]
    return [each for each in handles if each not in done]


def _on(found: Sequence[Sequence[Step]]) -> tuple[int, ...]:
    return tuple(sorted({place for path in found for step in path for place in (step.source, step.target)}))


def places(network: Network, handles: Sequence[str]) -> tuple[int, ...]:
    """Where the handles stand in the network; those that were not shown are left out."""
    return tuple(sorted({network.place[each] for each in handles if each in network.place}))


def begun(
    visit: Visit, handles: Sequence[str], mandate: str, groups: Groups, budget: Budget | None = None
) -> Exploration:
    """An exploration that has asked nothing; `VariablesRejected` for too many handles or for none."""
    if not 0 < len(handles) <= MOST_HANDLES:
        raise VariablesRejected(f"handles: {len(handles)} are named, 1 to {MOST_HANDLES} are taken")
    known = {each.id for each in visit.node.post.directory.nodes}
    every = [*handles, *(each for group in groups for each in group)]
    if strange := sorted({split_handle(each)[0] for each in every} - known):
        raise VariablesRejected(f"handles: no node {strange[0][:80]!r} is in the directory")
    return Exploration(visit, mandate, groups, budget or Budget())
