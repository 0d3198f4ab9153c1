"""P15: what lies around a record, and how one leads to another, in a network of 500,000 ties at three nodes.

Each node holds a third of the people with the ties among them; some people are known to the next node too,
under one telephone. Beside an expansion stands bare SQL on the same shelf, beside a path the whole graph in
memory, which no node has.
"""

import asyncio
import json
import random
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import rustworkx as rx

from gateway.answer import answer
from gateway.databases import ready
from gateway.exploring import Budget
from gateway.home import Home
from gateway.network import Gathered, expand, paths
from gateway.node import Node
from gateway.rooms import RECORDS
from gateway.sessions import Session
from gateway.visit import Visit
from gateway.wiring import open_node
from sharing.loopback_courier import Handler, LoopbackCourier
from tenants.envelope import Defaults
from tenants.shelf import open_shelf
from tests.bench.dataset import code
from tests.bench.figure import Bench, Figure, Line, NotMeasuredError, Row, Sample
from tests.bench.machine import pinned
from tests.bench.stage import ASKER, PARTNERS, build, mandate

NODES = (ASKER, *PARTNERS)
PEOPLE, TIES, SMALL = 100_000, 500_000, 50
"""A quick run has a fiftieth of both."""
BORDER = 50
"""One in so many is known to the next node as well."""
STARTS = 20
SEED = 15
DEFAULTS = Defaults(
    {"dataset": "cases", "subject_category": "SUSPECT_OR_CONVICTED", "retain_until": "2040-01-01"}
)
BUDGET = Budget(questions=2_000, vertices=50_000)
_BARE = (
    "SELECT far.end_id, record.properties FROM link AS near "
    "JOIN link AS far ON far.record_row = near.record_row AND far.end_id <> near.end_id "
    "JOIN record ON record.id = far.end_id WHERE near.end_id IN ({}) AND near.is_end AND far.is_end"
)


@dataclass(frozen=True)
class Drawn:
    """The whole network: ties by person's number, each at the node that holds both; who crosses a border."""

    people: int
    ties: list[tuple[int, int]] = field(repr=False)
    near: list[dict[int, list[int]]] = field(repr=False)
    """By place, who is tied to whom there."""

    def home(self, person: int) -> int:
        """The place of the node that knows a person first."""
        return person % len(NODES)

    def nodes(self, person: int) -> Iterator[int]:
        """The places of all nodes that know a person."""
        yield self.home(person)
        if person // len(NODES) % BORDER == 0:
            yield (self.home(person) + 1) % len(NODES)

    def rows(self, place: int) -> Iterator[dict[str, object]]:
        """One node's records: people, then ties."""
        for person in range(self.people):
            if place in (known := list(self.nodes(person))):
                phone = [f"+3361{person:07}"] if len(known) > 1 else []
                yield _row(f"p-{person}", "Person", name=[f"Person {person}"], phone=phone)
        for number, (one, other) in enumerate(self.ties):
            if self.home(one) == place:
                yield _row(f"l-{number}", "UnknownLink", subject=[f"p-{one}"], object=[f"p-{other}"])


def _row(record: str, schema: str, **said: list[str]) -> dict[str, object]:
    told = {key: values for key, values in said.items() if values}
    envelope = {} if schema == "Person" else {"subject_category": "NOT_A_PERSON"}
    return {"id": record, "schema": schema, "properties": told, "envelope": envelope}


def drawn(people: int, ties: int) -> Drawn:
    """A network in which every tie lies within one node's people, those of the border included."""
    draw = random.Random(SEED)
    made = Drawn(people, [], [defaultdict(list) for _ in NODES])
    held: list[list[int]] = [[] for _ in NODES]
    for person in range(people):
        for place in made.nodes(person):
            held[place].append(person)
    for _ in range(ties):
        one = draw.randrange(people)
        place = made.home(one)
        other = draw.choice(held[place])
        made.ties.append((one, other))
        made.near[place][one].append(other)
        made.near[place][other].append(one)
    return made


def measure(bench: Bench) -> Sequence[Line]:
    """Milliseconds for an expansion of 20 people of a partner, and for a path that crosses a border."""
    scale = SMALL if bench.quick else 1
    network = drawn(PEOPLE // scale, TIES // scale)
    shelves = [_kept(bench, network, place) for place in range(len(NODES))]
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=bench.folder)))
        build(work, shelves[0], granting=NODES)
        for node, shelf in zip(NODES, shelves, strict=True):
            settings = work / node / "node.toml"
            settings.write_text(settings.read_text().replace(str(shelves[0].resolve()), str(shelf.resolve())))
        stack.enter_context(pinned(bench.cores.server))
        run = stack.enter_context(asyncio.Runner()).run
        desk = run(_opened(work))
        stack.callback(lambda: run(desk.parts.aclose()))
        analyst = Analyst(network, desk, run)
        bare = sqlite3.connect(shelves[1])
        stack.callback(bare.close)
        whole = rx.PyGraph[int, None](multigraph=False)
        whole.add_nodes_from(list(range(network.people)))
        whole.add_edges_from_no_data(network.ties)
        runs: list[tuple[str, Callable[[], Sample]]] = [
            ("expand", analyst.expand),
            ("bare SQL", lambda: analyst.bare(bare)),
            ("path", analyst.path),
            ("in memory", lambda: analyst.known(whole)),
        ]
        for _, warm in runs:
            warm()
        series = bench.interleave(runs)
    size = f"{network.people:,} people, {len(network.ties):,} ties, three nodes"
    note = f"{analyst.questions} questions of one search; each is decided, signed and logged at both ends"
    return [
        Row(f"expand {STARTS} people of a partner: {size}", "ms", series["expand"], series["bare SQL"]),
        Row(f"a path across a border: {size}", "ms", series["path"], series["in memory"], note=note),
    ]


@dataclass
class Desk:
    """Three open nodes in this process, and an analyst with a mandate at the first."""

    visit: Visit
    mandate: str
    parts: AsyncExitStack


async def _opened(work: Path) -> Desk:
    doors: dict[str, Handler] = {}
    nodes: dict[str, Node] = {}
    async with AsyncExitStack() as stack:
        for name in NODES:
            away = LoopbackCourier(doors)
            nodes[name] = await stack.enter_async_context(open_node(Home(work / name), away=away))
            doors[name] = partial(answer, nodes[name])
        home = nodes[ASKER]
        why = mandate(home.now())
        home.books.mandates.add(why)
        visit = Visit(home, Session(why.actor, "analyst", "csrf", 0, 0))
        return Desk(visit, why.id, stack.pop_all())


@dataclass
class Analyst:
    """Who asks; every sample is of other people, the same ones for ours and for the baseline."""

    network: Drawn
    desk: Desk
    run: Callable[[Coroutine[Any, Any, Gathered]], Gathered]
    turns: dict[str, int] = field(default_factory=dict)
    questions: int = 0

    def expand(self) -> Sample:
        """What lies around people of a partner, at the desk."""
        handles = [f"{NODES[1]}/{each}" for each in self._people("expand")]
        passed, cpu, found = self._timed(lambda: expand(self.desk.visit, handles, self.desk.mandate))
        if len(found.network.vertices) <= STARTS:
            raise NotMeasuredError(f"{len(found.network.vertices)} people around {STARTS}")
        return Sample(passed, cpu)

    def bare(self, shelf: sqlite3.Connection) -> Sample:
        """The same neighbours by bare SQL on the partner's shelf: no border, no law, no log."""
        people = self._people("bare")
        began, used = time.perf_counter(), time.process_time()
        found = shelf.execute(_BARE.format(",".join("?" * len(people))), people).fetchall()
        passed, cpu = 1e3 * (time.perf_counter() - began), 1e3 * (time.process_time() - used)
        if len(found) < STARTS:
            raise NotMeasuredError(f"{len(found)} neighbours of {STARTS}")
        return Sample(passed, cpu)

    def path(self) -> Sample:
        """A shortest path from a person here to one at a partner, at the desk."""
        one, other = self._ends("path")
        ends = f"{NODES[0]}/p-{one}", f"{NODES[1]}/p-{other}"
        passed, cpu, found = self._timed(
            lambda: paths(self.desk.visit, *ends, self.desk.mandate, budget=BUDGET)
        )
        if not found.paths:
            raise NotMeasuredError(f"no path from {ends[0]} to {ends[1]}: {found.stop}")
        self.questions = found.exploration.questions
        return Sample(passed, cpu)

    def known(self, whole: "rx.PyGraph[int, None]") -> Sample:
        """The same in a graph that holds everything."""
        one, other = self._ends("known")
        began, used = time.perf_counter(), time.process_time()
        found = rx.dijkstra_shortest_paths(whole, one, other)
        passed, cpu = 1e3 * (time.perf_counter() - began), 1e3 * (time.process_time() - used)
        if other not in found:
            raise NotMeasuredError(f"no path from {one} to {other} in the whole graph")
        return Sample(passed, cpu)

    def _timed(self, asked: Callable[[], Coroutine[Any, Any, Gathered]]) -> tuple[float, float, Gathered]:
        began, used = time.perf_counter(), time.process_time()
        found = self.run(asked())
        return 1e3 * (time.perf_counter() - began), 1e3 * (time.process_time() - used), found

    def _people(self, what: str) -> list[str]:
        draw = random.Random(self._turn(what))
        own = range(1, self.network.people, len(NODES))
        return [f"p-{each}" for each in sorted(draw.sample(own, STARTS))]

    def _ends(self, what: str) -> tuple[int, int]:
        """Two people, each two ties from one whom both nodes know: six hops are the most that are told."""
        draw = random.Random(self._turn(what))
        between = len(NODES) * BORDER * draw.randrange(self.network.people // (len(NODES) * BORDER))
        return self._away(draw, between, 0), self._away(draw, between, 1)

    def _away(self, draw: random.Random, person: int, place: int) -> int:
        for _ in range(2):
            person = draw.choice([each for each in self.network.near[place][person] if each != person])
        return person

    def _turn(self, what: str) -> int:
        self.turns[what] = self.turns.get(what, 0) + 1
        return self.turns[what]


def _kept(bench: Bench, network: Drawn, place: int) -> Path:
    """A node's loaded shelf; made once for each state of the loading code."""
    target = bench.folder / f"network-{network.people}-{place}-{code()}.sqlite"
    if target.exists():
        return target
    for old in bench.folder.glob(f"network-{network.people}-{place}-*"):
        old.unlink()
    source, work = target.with_suffix(".jsonl"), target.with_suffix(".part")
    bench.say(f"loading the network of {NODES[place]}")
    with source.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in network.rows(place))
    shelf = open_shelf(ready(RECORDS, f"sqlite:///{work}"))
    try:
        shelf.loader(NODES[place], lambda: int(time.time())).load_jsonl(source, DEFAULTS)
    finally:
        asyncio.run(shelf.close())
    source.unlink()
    work.replace(target)
    return target


FIGURE = Figure("P15", "expansion and path in a network of 500,000 ties over three nodes", measure)
