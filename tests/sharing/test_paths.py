"""Shortest paths are those of networkx, the same however the claims came, and each step says its ties."""

import random
from itertools import pairwise

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from sharing.network import Tie, woven
from sharing.paths import MOST_HOPS, MOST_PATHS, adjoining, shortest_paths
from tests.sharing.test_network import ONTOLOGY, claim, edges_of, split


@given(edges_of, st.integers(0, 99), st.data())
def test_the_shortest_paths_are_those_of_the_whole_graph(
    edges: list[tuple[int, int]], seed: int, data: st.DataObject
) -> None:
    claims, groups = split(edges, seed)
    network = woven(claims, groups, ONTOLOGY)
    whole: nx.Graph[int] = nx.Graph(network.pairs)
    whole.add_nodes_from(range(len(network.vertices)))
    start, end = (data.draw(st.sampled_from(range(len(network.vertices)))) for _ in range(2))
    paths = shortest_paths(network, [start], [end])
    told = [(start, *(step.target for step in path)) for path in paths]
    known = nx.has_path(whole, start, end) and nx.shortest_path_length(whole, start, end) <= MOST_HOPS
    expected = sorted(map(tuple, nx.all_shortest_paths(whole, start, end))) if known else []
    assert told == expected[:MOST_PATHS]
    for path, vertices in zip(paths, told, strict=True):
        assert [(step.source, step.target) for step in path] == list(pairwise(vertices))
        assert all({tie.source, tie.target} == {s.source, s.target} for s in path for tie in s.ties)
        assert all(step.ties for step in path)
    assert adjoining(network, [start]) == set(whole[start])
    shuffled = random.Random(seed).sample(claims, len(claims))
    assert shortest_paths(woven(shuffled, groups, ONTOLOGY), [start], [end]) == paths


def test_a_path_crosses_a_border_by_an_identifier_that_both_know() -> None:
    phone = [("phone", "+46701740605")]
    claims = [
        claim("fr.a/1"),
        claim("fr.a/2", identifiers=phone),
        claim("fr.a/l", "UnknownLink", subject="1", object="2"),
        claim("se.b/3", identifiers=phone),
    ]
    network = woven(claims, [], ONTOLOGY)
    (path,) = shortest_paths(network, [network.place["fr.a/1"]], [network.place["se.b/3"]])
    assert [tie.tie for step in path for tie in step.ties] == [Tie.RECORD, Tie.IDENTIFIER]
    assert path[1].ties[0].shared == "+46701740605"
    assert shortest_paths(network, [0], [2], most_hops=1) == ()
