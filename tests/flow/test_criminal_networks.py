"""Published criminal networks, their ties split over three nodes: the joint network is the whole one.

Every node knows all the people of a network and a third of its ties. An analyst gathers what lies around
them at all nodes, holds people with the same `idNumber` to be one, and measures. networkx measures the
matrix itself.
"""

import csv
import json
import os
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from string import Template

import networkx as nx
import pytest
import yaml

from deploy.demo.real import MAPPINGS, cut
from gateway.demo.cast import SOURCES
from gateway.demo.plan import terms_of
from gateway.exploring import Stop
from gateway.network import Gathered, expand, paths
from gateway.visit import Visit
from gateway.wiring import open_records
from policy.terms import Status
from sharing.contributions import Act, Content, Contribution, Member
from sharing.network import Tie
from sharing.picture import Asserted, clusters
from tenants.mapping import parse_mapping
from tests.world import NODES, World

DATA = Path(os.environ.get("ENTENTE_DATA", SOURCES.parent.parent / "shared" / "data"))
FOLDER = DATA / "criminal_networks_ucinet"
pytestmark = [
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"needs the public data: ENTENTE_DATA={DATA}"),
    pytest.mark.long,
]
NETWORKS = {
    "caviar": ("morselli_caviar.csv", 110, 205),
    "cielnet": ("morselli_cielnet.csv", 25, 35),
    "togo": ("morselli_togo.csv", 33, 47),
    "siren": ("morselli_siren.csv", 44, 103),
    "cocaine": ("natajaran_cocaine.csv", 28, 40),
    "heroin": ("natajaran_heroin.csv", 38, 87),
    "london": ("LONDON_GANG.csv", 54, 315),
}
"""File, people and ties whose direction does not count."""


ANALYST = Member("fr.ofast", "p-1")
OWN = frozenset({ANALYST.node})
ENDS = ("N25", "N24")


def whole(source: Path) -> "nx.Graph[str]":
    """The graph of a matrix: a tie in either direction links two people."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(row[0].strip() for row in rows)
    for label, *cells in rows:
        for other, cell in zip(header[1:], cells, strict=True):
            if cell.strip() not in {"", "0"} and other.strip() != label.strip():
                graph.add_edge(label.strip(), other.strip())
    return graph


async def analyst(world: World) -> tuple[Visit, str]:
    """An analyst in Paris with a mandate, to whom the other nodes have granted their part of the networks."""
    told = json.loads((SOURCES / "demo" / "real.json").read_text(encoding="utf-8"))["grants"]
    for node in NODES[1:]:
        await world.grant(node, terms_of(told | {"owner": node, "recipients": [NODES[0]]}))
    visit = world.visit(NODES[0])
    return visit, await world.mandate(visit)


async def loaded(world: World, tmp_path: Path, name: str, file: str) -> None:
    """A third of the ties at each node, by the mapping that the demo of real data uses."""
    text = Template((MAPPINGS / "criminal-network.yaml").read_text(encoding="utf-8"))
    mapping = parse_mapping(yaml.safe_load(text.substitute(network=name)))
    for part, node in enumerate(NODES):
        target = tmp_path / f"{node}-{file}"
        cut(FOLDER / file, target, (part, len(NODES)))
        home = world.homes[node]
        shelf = open_records(home, home.settings())
        try:
            report = shelf.loader(node, lambda: int(time.time())).load_mapped(target, mapping)
            assert (report.rejected, report.quarantined) == (0, 0)
        finally:
            await shelf.close()


def same_people(gathered: Gathered) -> list[tuple[str, ...]]:
    """The people of one `idNumber` as one, each by a SAME that the analyst's node accepts."""
    numbered: dict[str, list[str]] = defaultdict(list)
    for handle, claim in sorted(gathered.exploration.claims.items()):
        for number in claim.record.properties.get("idNumber", ()):
            numbered[number].append(handle)
    asserted = [
        Asserted(
            Contribution(f"{a} {b}", Content("p", Act.SAME, ANALYST, 0, "n", handles=(a, b)), ""),
            OWN,
            frozenset(),
        )
        for handles in numbered.values()
        for a, b in pairwise(handles)
    ]
    return clusters(gathered.exploration.claims, asserted, ANALYST.node)


def name(label: str, network: str) -> str:
    return f"net-{network}-{label}"


async def test_the_joint_network_of_three_nodes_is_the_whole_one(world: World, tmp_path: Path) -> None:
    visit, mandate = await analyst(world)
    for network, (file, people, ties) in NETWORKS.items():
        await loaded(world, tmp_path, network, file)
        graph = whole(FOLDER / file)
        assert (len(graph), graph.number_of_edges()) == (people, ties)
        handles = [f"{node}/{name(each, network)}" for node in NODES for each in graph]
        gathered = await expand(visit, handles, mandate)
        assert (gathered.stop, gathered.exploration.common) == (Stop.DONE, set())
        assert {each.status for each in gathered.exploration.heard.values()} == {Status.ANSWERED}
        for node in NODES:
            told = [each for each in gathered.network.edges if each.tie is Tie.RECORD]
            own = {frozenset((e.source, e.target)) for e in told if e.handles[0].startswith(node)}
            assert 0 < len(own) < ties, "no node has all of it"
        joint = await expand(visit, handles, mandate, same_people(gathered), measure=True)
        of = {
            group[0].split("--")[0].removeprefix(f"eu.europol/net-{network}-"): place
            for place, group in enumerate(joint.network.vertices)
        }
        assert of.keys() == set(graph)
        assert {frozenset((of[a], of[b])) for a, b in graph.edges} == {
            frozenset(pair) for pair in joint.network.pairs
        }
        assert joint.measures is not None
        betweenness = nx.betweenness_centrality(graph)
        for label, place in of.items():
            told = joint.measures.of[place]
            assert told.degree == graph.degree[label]
            assert told.betweenness == pytest.approx(betweenness[label])


async def test_a_path_leads_over_ties_that_no_node_has_all_of(world: World, tmp_path: Path) -> None:
    """idNumbers are strong identifiers: the same person at two nodes is one step away, without any SAME."""
    await loaded(world, tmp_path, "cielnet", "morselli_cielnet.csv")
    graph = whole(FOLDER / "morselli_cielnet.csv")
    visit, mandate = await analyst(world)
    groups = [tuple(f"{node}/{name(each, 'cielnet')}" for node in NODES) for each in sorted(graph)]
    start, end = (f"se.polisen/{name(each, 'cielnet')}" for each in ENDS)
    found = await paths(visit, start, end, mandate, groups)
    assert found.stop is Stop.DONE
    assert {len(path) for path in found.paths} == {nx.shortest_path_length(graph, *ENDS)}
    assert len(found.paths) == min(10, len(list(nx.all_shortest_paths(graph, *ENDS))))
