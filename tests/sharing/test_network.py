"""Networks woven from claims of several nodes: however a graph is split, the joint one is the whole one."""

import random
from collections import Counter
from collections.abc import Sequence

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.answer_shape import Identifier, Record
from sharing.measures import MOST_VERTICES, measured
from sharing.merge import Claim
from sharing.network import MOST_PAIRS, MOST_SHARING, Edge, Network, Ontology, Tie, woven

ONTOLOGY = Ontology({"UnknownLink": ("subject", "object")}, {"Seizure": frozenset({"container"})})
NODES = ("eu.c", "fr.a", "se.b")


def claim(
    handle: str,
    schema: str = "Person",
    identifiers: Sequence[tuple[str, str]] = (),
    **properties: str | list[str],
) -> Claim:
    node, _, name = handle.partition("/")
    told = tuple(Identifier(kind, normal, normal) for kind, normal in identifiers)
    record = Record(
        name,
        schema,
        node,
        1,
        "",
        (),
        (),
        (),
        {},
        {},
        {key: (value,) if isinstance(value, str) else tuple(value) for key, value in properties.items()},
        told,
    )
    return Claim(handle, node, record, "receipt")


def split(edges: Sequence[tuple[int, int]], seed: int) -> tuple[list[Claim], list[tuple[str, ...]]]:
    """Each node knows every person and a part of the ties, as `deploy/demo/real.py` cuts a matrix."""
    draw = random.Random(seed)
    people = sorted({end for edge in edges for end in edge})
    claims = [claim(f"{node}/{person}") for node in NODES for person in people]
    for number, (left, right) in enumerate(edges):
        node = draw.choice(NODES)
        claims.append(claim(f"{node}/l{number}", "UnknownLink", subject=str(left), object=str(right)))
    draw.shuffle(claims)
    return claims, [tuple(f"{node}/{person}" for node in NODES) for person in people]


edges_of = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda edge: edge[0] != edge[1]),
    min_size=1,
    max_size=40,
)


@given(edges_of, st.integers(0, 99))
def test_however_the_ties_are_split_the_joint_network_is_the_whole_one(
    edges: list[tuple[int, int]], seed: int
) -> None:
    claims, groups = split(edges, seed)
    network = woven(claims, groups, ONTOLOGY)
    whole: nx.Graph[int] = nx.Graph(edges)
    named = {place: int(group[0].partition("/")[2]) for place, group in enumerate(network.vertices)}
    assert sorted(named.values()) == sorted(whole.nodes)
    assert {frozenset((named[a], named[b])) for a, b in network.pairs} == {
        frozenset(edge) for edge in whole.edges
    }
    told = measured(network)
    betweenness, closeness = nx.betweenness_centrality(whole), nx.closeness_centrality(whole)
    for place, measure in enumerate(told.of):
        assert measure.degree == whole.degree[named[place]]
        assert measure.betweenness == pytest.approx(betweenness[named[place]])
        assert measure.closeness == pytest.approx(closeness[named[place]])
    assert sorted(place for group in told.communities for place in group) == sorted(named)


@given(edges_of, st.integers(0, 99), st.integers(0, 99))
def test_the_order_of_the_claims_does_not_matter(edges: list[tuple[int, int]], seed: int, other: int) -> None:
    claims, groups = split(edges, seed)
    shuffled = random.Random(other).sample(claims, len(claims))
    assert woven(claims, groups, ONTOLOGY) == woven(shuffled, groups[::-1], ONTOLOGY)


@given(st.integers(1, 120), st.integers(1, 120), st.booleans())
def test_a_link_of_too_many_ends_ties_nothing_and_is_named(left: int, right: int, shown: bool) -> None:
    """However many ends, as many ties as pairs up to the cap, and none above it."""
    sources, targets = [f"a{n}" for n in range(left)], [f"b{n}" for n in range(right)]
    link = claim("fr.a/l", "UnknownLink", subject=sources, object=targets)
    things = [claim(f"fr.a/{each}") for each in (*sources, *targets)] if shown else []
    network = woven([link, *things], [], ONTOLOGY)
    over = left * right > MOST_PAIRS
    assert network.crowded == (("fr.a/l",) if over else ())
    assert len(network.edges) == (left * right if shown and not over else 0)


def test_references_shared_identifiers_and_no_dangling_end() -> None:
    box = ("container", "XQZU4180266")
    claims = [
        claim("fr.a/ct", "Container", [box]),
        claim("se.b/ct", "Container", [box]),
        claim("fr.a/sz", "Seizure", container="ct"),
        claim("se.b/sz", "Seizure", container="hidden"),
        claim("se.b/l", "UnknownLink", subject="ct", object="hidden"),
        claim("eu.c/p", identifiers=[("plate", "AB123CD")]),
        claim("fr.a/p", identifiers=[("plate", "AB123CD")]),
    ]
    network = woven(claims, [], ONTOLOGY)
    assert network.vertices == (
        ("eu.c/p",),
        ("fr.a/ct",),
        ("fr.a/p",),
        ("fr.a/sz",),
        ("se.b/ct",),
        ("se.b/sz",),
    )
    assert network.edges == (
        Edge(1, 4, Tie.IDENTIFIER, "container", ("fr.a/ct", "se.b/ct"), "XQZU4180266"),
        Edge(3, 1, Tie.REFERENCE, "container", ("fr.a/sz",)),
    )


def test_two_that_are_one_thing_are_one_vertex_and_need_no_identifier() -> None:
    claims = [
        claim("fr.a/1", identifiers=[("phone", "+331")]),
        claim("se.b/1", identifiers=[("phone", "+331")]),
    ]
    network = woven(claims, [("fr.a/1", "se.b/1", "eu.c/elsewhere")], ONTOLOGY)
    assert (network.vertices, network.edges) == ((("fr.a/1", "se.b/1"),), ())


def test_an_identifier_that_too_many_share_links_nothing_and_is_named() -> None:
    claims = [claim(f"fr.a/{n}", identifiers=[("phone", "+33")]) for n in range(MOST_SHARING + 1)]
    network = woven(claims, [], ONTOLOGY)
    assert (network.edges, network.common) == ((), (("phone", "+33"),))


def test_the_key_player_is_who_holds_two_halves_together() -> None:
    edges = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 5), (5, 3)]
    claims, groups = split(edges, 1)
    network = woven(claims, groups, ONTOLOGY)
    told = measured(network)
    named = [group[0].partition("/")[2] for group in network.vertices]
    assert Counter({named[each.place]: each.cut for each in told.players}) == {"2": 6, "3": 6}
    assert [{named[place] for place in group} for group in told.communities] == [
        {"0", "1", "2"},
        {"3", "4", "5"},
    ]


def test_nothing_and_too_much() -> None:
    assert measured(woven([], [], ONTOLOGY)).of == ()
    with pytest.raises(ValueError, match="5001 vertices"):
        measured(Network(tuple((f"fr.a/{n}",) for n in range(MOST_VERTICES + 1)), ()))
