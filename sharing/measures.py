"""What a network's shape says of its members: degree, betweenness, closeness, communities, key players.

Undirected, unweighted, each pair of vertices counted once however many ties it has. Definitions as in
Freeman, "Centrality in social networks", Social Networks 1 (1978/79): betweenness and degree are normalised
by what is possible in a network of that size, closeness by the share of vertices that are reached (Wasserman
and Faust 1994, 5.2.2). Computed by rustworkx, communities by
networkx.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import rustworkx as rx

from sharing.network import Network

MOST_VERTICES = 5_000
"""Beyond that nothing is measured: the caller narrows the picture."""
KEY_PLAYERS = 5
MOST_TRIED = 100


@dataclass(frozen=True, slots=True)
class Measure:
    """One vertex: how many others it is linked to, and three shares from 0 to 1; its community by number."""

    degree: int
    degree_centrality: float
    betweenness: float
    closeness: float
    community: int


@dataclass(frozen=True, slots=True)
class KeyPlayer:
    """A vertex without which the network falls apart most: how many pairs of others lose each other.

    Borgatti, "Identifying sets of key players in a social network", CMOT 12 (2006): the negative key player
    problem for a set of one, counted in pairs that are cut.
    """

    place: int
    cut: int


@dataclass(frozen=True, slots=True)
class Measures:
    """By the place of the vertex; communities are numbered by size, the largest first, then by vertex."""

    of: tuple[Measure, ...]
    communities: tuple[tuple[int, ...], ...]
    players: tuple[KeyPlayer, ...]


def graph_of(network: Network) -> "rx.PyGraph[int, None]":
    """The network as rustworkx takes it; places are node indices."""
    graph: rx.PyGraph[int, None] = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(list(range(len(network.vertices))))
    graph.add_edges_from_no_data(network.pairs)
    return graph


def measured(network: Network) -> Measures:
    """All measures of a network; `ValueError` beyond 5,000 vertices."""
    size = len(network.vertices)
    if size > MOST_VERTICES:
        raise ValueError(f"{size} vertices, at most {MOST_VERTICES} are measured at once")
    graph = graph_of(network)
    betweenness = rx.betweenness_centrality(graph)
    closeness = rx.closeness_centrality(graph)
    communities = _communities(graph)
    community = {place: number for number, group in enumerate(communities) for place in group}
    degrees = [graph.degree(place) for place in range(size)]
    of = tuple(
        Measure(
            degrees[place],
            degrees[place] / (size - 1) if size > 1 else 0.0,
            betweenness[place],
            closeness[place],
            community[place],
        )
        for place in range(size)
    )
    return Measures(of, communities, _players(graph, [each.betweenness for each in of]))


def _communities(graph: "rx.PyGraph[int, None]") -> tuple[tuple[int, ...], ...]:
    """Louvain's method (Blondel et al. 2008) by networkx, always from the same start."""
    plain: nx.Graph[int] = nx.Graph()
    plain.add_nodes_from(range(graph.num_nodes()))
    plain.add_edges_from(sorted(graph.edge_list()))
    found = [tuple(sorted(group)) for group in nx.community.louvain_communities(plain, seed=1)]
    return tuple(sorted(found, key=lambda group: (-len(group), group)))


def _players(graph: "rx.PyGraph[int, None]", betweenness: Sequence[float]) -> tuple[KeyPlayer, ...]:
    """Only a vertex that holds parts together can cut: of those, the ones most lie across are tried."""
    holding = sorted(rx.articulation_points(graph), key=lambda place: (-betweenness[place], place))
    parts = {place: len(part) for part in rx.connected_components(graph) for place in part}
    before = _reaching(graph)
    players = []
    for place in holding[:MOST_TRIED]:
        rest = graph.subgraph([other for other in graph.node_indices() if other != place])
        players.append(KeyPlayer(place, before - (parts[place] - 1) - _reaching(rest)))
    return tuple(sorted(players, key=lambda each: (-each.cut, each.place))[:KEY_PLAYERS])


def _reaching(graph: "rx.PyGraph[int, None]") -> int:
    """Pairs of vertices that can reach each other."""
    return sum(len(part) * (len(part) - 1) // 2 for part in rx.connected_components(graph))
