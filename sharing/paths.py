"""Shortest paths in a network, as steps that say what each rests on. Pure: one network, one answer.

A path leads from vertex to vertex by any tie in either direction; its length is the number of steps. Of
several shortest ones the first by their vertices are told.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from sharing.network import Edge, Network

MOST_HOPS = 6
MOST_PATHS = 10


@dataclass(frozen=True, slots=True)
class Step:
    """From one vertex to the next, and every tie between them."""

    source: int
    target: int
    ties: tuple[Edge, ...]


def shortest_paths(
    network: Network, start: Collection[int], end: Collection[int], most_hops: int = MOST_HOPS
) -> tuple[tuple[Step, ...], ...]:
    """Up to ten of the shortest paths from one of `start` to one of `end`; none beyond `most_hops`."""
    ties = _ties(network)
    ahead: dict[int, list[int]] = {}
    for pair in ties:
        ahead.setdefault(pair[0], []).append(pair[1])
    distance = _distances(ahead, end, most_hops)
    reached = [(distance[each], each) for each in set(start) if each in distance]
    if not reached:
        return ()
    length = min(reached)[0]
    found = [
        path
        for far, each in sorted(reached)
        if far == length
        for path in _down(ahead, distance, each, MOST_PATHS)
    ]
    told = sorted(found)[:MOST_PATHS]
    return tuple(tuple(Step(a, b, ties[a, b]) for a, b in pairwise(path)) for path in told)


def reached(network: Network, start: Collection[int], hops: int) -> list[int]:
    """Vertices that are exactly so many ties away from the nearest of `start`, sorted."""
    ahead: dict[int, list[int]] = {}
    for a, b in _ties(network):
        ahead.setdefault(a, []).append(b)
    return sorted(each for each, far in _distances(ahead, start, hops).items() if far == hops)


def adjoining(network: Network, start: Collection[int]) -> frozenset[int]:
    """Vertices that have a tie with one of `start`."""
    return frozenset(
        b
        for edge in network.edges
        for a, b in ((edge.source, edge.target), (edge.target, edge.source))
        if a in start and b not in start
    )


def _ties(network: Network) -> dict[tuple[int, int], tuple[Edge, ...]]:
    """The ties between two vertices, under both of their orders."""
    found: dict[tuple[int, int], list[Edge]] = {}
    for edge in network.edges:
        if edge.source != edge.target:
            for pair in ((edge.source, edge.target), (edge.target, edge.source)):
                found.setdefault(pair, []).append(edge)
    return {pair: tuple(edges) for pair, edges in sorted(found.items())}


def _distances(ahead: dict[int, list[int]], end: Collection[int], most: int) -> dict[int, int]:
    """How far each vertex is from the nearest of `end`, up to `most`."""
    distance = dict.fromkeys(end, 0)
    edge = list(distance)
    for hop in range(1, most + 1):
        edge = [b for a in edge for b in ahead.get(a, ()) if distance.setdefault(b, hop) == hop]
        edge = sorted(set(edge))
    return distance


def _down(
    ahead: dict[int, list[int]], distance: dict[int, int], start: int, most: int
) -> Iterator[tuple[int, ...]]:
    """Up to `most` ways down to distance 0, the first by their vertices."""
    waiting: list[tuple[int, ...]] = [(start,)]
    while waiting and most:
        path = waiting.pop()
        if not distance[path[-1]]:
            most -= 1
            yield path
            continue
        nearer = [b for b in ahead[path[-1]] if distance.get(b, -1) == distance[path[-1]] - 1]
        waiting += [(*path, b) for b in sorted(nearer, reverse=True)]
