"""P4: a whole lookup across the border, each node a process of its own, beside unsecured gateways."""

import hashlib
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from tests.bench.dataset import counts, kept, phone_of
from tests.bench.figure import (
    Bench,
    Figure,
    Line,
    Missing,
    NotMeasuredError,
    Row,
    Sample,
    Series,
    at_least,
    at_most,
)
from tests.bench.load import Load, http_request
from tests.bench.p01_lookup import send
from tests.bench.peers import peer
from tests.bench.postgres import shelf_on_postgres
from tests.bench.processes import running
from tests.bench.stage import ASKER, CASE, PARTNERS, Stage, build
from tests.components import free_port

QUESTIONS = 300
CHECKED = 5
_PLAIN = (
    "id schema caption dataset caseRef owner subjectCategory handling handlingText source information tlp "
    "assessment version recordedAt authority properties { name values } identifiers { kind normal original }"
)
MANDATE = {
    "purpose": "OPERATIONAL_ANALYSIS", "legalBasis": "ER_20_2A", "case": CASE, "offence": "DRUG_TRAFFICKING",
    "subjectCategory": "SUSPECT_OR_CONVICTED", "aim": "MORE_DATA_ON_KNOWN",
}  # fmt: skip
_GATEWAY = (
    "query Ask($value: String!, $kind: String!) { lookup(value: $value, kind: $kind) "
    f"{{ node hit more records {{ {_PLAIN} }} }} }}"
)
_APOLLO = (
    "query Ask($value: String!, $kind: String!) { "
    + " ".join(
        f"{name}: {name}(value: $value, kind: $kind) {{ hit more records {{ {_PLAIN} }} }}"
        for name in ("se", "eu")
    )
    + " }"
)


@dataclass(frozen=True)
class Way:
    """A running federation and how it is asked; all of its processes count."""

    port: int
    processes: tuple[int, ...]
    requests: Callable[[Sequence[str]], list[bytes]]
    name: str = ""

    def load(self, bench: Bench, connections: int) -> Load:
        """So many questions at a time."""
        return Load(self.port, self.processes, bench.cores.load, bench.seconds, connections)


@dataclass
class Signed:
    """Our home node, with an analyst's session and mandate."""

    stage: Stage
    headers: dict[str, str] = field(default_factory=dict)
    mandate: str = ""

    @property
    def port(self) -> int:
        """The home's port."""
        return self.stage.ports[ASKER]

    def post(self, name: str, variables: Mapping[str, Any]) -> bytes:
        """A request of the analyst: a document of the desk, by its id."""
        text = (files("gateway") / "documents" / "desk" / f"{name}.graphql").read_bytes()
        told = {"documentId": f"sha256:{hashlib.sha256(text).hexdigest()}", "variables": variables}
        return http_request(self.port, "/graphql", json.dumps(told).encode(), self.headers)

    def open_mandate(self) -> None:
        """Ask under a mandate of the analyst's own from now on."""
        answer = json.loads(send(self.port, self.post("open_mandate", {"mandate": MANDATE})))
        if "errors" in answer:
            raise NotMeasuredError(f"no mandate: {answer['errors']}")
        self.mandate = answer["data"]["openMandate"]["id"]

    def ask(self, nodes: Sequence[str], numbers: Sequence[str]) -> list[bytes]:
        """Questions to these nodes."""
        told = {"kind": "phone", "mandate": self.mandate, "nodes": list(nodes)}
        return [self.post("lookup", told | {"identifier": number}) for number in numbers]


@contextmanager
def signed_federation(bench: Bench, shelf: Path) -> Iterator[tuple[Signed, tuple[int, ...]]]:
    """Three nodes, an analyst signed in at home, a mandate open."""
    on = bench.cores.together
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=bench.folder)))
        stage = build(work, shelf)
        pids = []
        for node in (ASKER, *PARTNERS):
            command = [
                sys.executable,
                "-m",
                "tests.bench.serve_node",
                str(stage.home(node).path),
                str(work / f"{node}.session"),
            ]
            pids.append(stack.enter_context(running(command, stage.ports[node], on)).pid)
        told = json.loads((work / f"{ASKER}.session").read_text())
        signed = Signed(stage, told)
        signed.open_mandate()
        yield signed, tuple(pids)


@contextmanager
def plain_federation(bench: Bench, shelf: Path, nodes: int) -> Iterator[Way]:
    """Baseline (a): strawberry gateway, strawberry nodes, nothing signed, decided or logged."""
    on = bench.cores.together
    with ExitStack() as stack:
        ports, pids = [free_port() for _ in range(nodes + 1)], []
        for port in ports[1:]:
            command = [sys.executable, "-m", "tests.bench.serve_strawberry", str(shelf), str(port)]
            pids.append(stack.enter_context(running(command, port, on, path="/docs")).pid)
        urls = [f"http://127.0.0.1:{port}/rows/graphql" for port in ports[1:]]
        command = [sys.executable, "-m", "tests.bench.serve_gateway", str(ports[0]), *urls]
        pids.append(stack.enter_context(running(command, ports[0], on, path="/docs")).pid)
        yield Way(
            ports[0], tuple(pids), _plainly(ports[0], "/graphql", _GATEWAY), "strawberry gateway, unsecured"
        )


@contextmanager
def apollo_federation(bench: Bench, shelf: Path) -> Iterator[Way]:
    """Baseline (b): Apollo Gateway over two subgraphs of mercurius + graphql-jit."""
    on = bench.cores.together
    with ExitStack() as stack:
        postgres = stack.enter_context(shelf_on_postgres(bench, shelf, on))
        parts = [
            stack.enter_context(peer(bench, "shelf.mjs", postgres.url, name, on=on)) for name in ("se", "eu")
        ]
        urls = [f"http://127.0.0.1:{port}/graphql" for port, _ in parts]
        port, pid = stack.enter_context(peer(bench, "apollo.mjs", *urls, on=on))
        pids = (pid, postgres.process, *[process for _, process in parts])
        yield Way(
            port, pids, _plainly(port, "/", _APOLLO), "Apollo Gateway, mercurius + graphql-jit, unsecured"
        )


def _plainly(port: int, path: str, query: str) -> Callable[[Sequence[str]], list[bytes]]:
    def requests(numbers: Sequence[str]) -> list[bytes]:
        told = [{"query": query, "variables": {"value": number, "kind": "phone"}} for number in numbers]
        return [http_request(port, path, json.dumps(each).encode()) for each in told]

    return requests


def told_by(answer: Mapping[str, Any]) -> list[str]:
    """The captions of all records in an answer, whatever its form."""
    data = answer["data"]
    if "lookup" not in data:
        return sorted(record["caption"] for each in data.values() for record in each["records"])
    found = data["lookup"]
    records = (
        [r for each in found for r in each["records"]]
        if isinstance(found, list)
        else [c["record"] for c in found["claims"]]
    )
    return sorted(record["caption"] for record in records)


def measure(bench: Bench) -> Sequence[Line]:
    """One partner beside the strawberry gateway, two beside Apollo."""
    shelf = kept(bench.folder, bench.records, bench.say)
    chance, (persons, _) = random.Random(4), counts(bench.records)
    numbers = [phone_of(chance.randrange(persons)) for _ in range(QUESTIONS)]
    lines: list[Line] = []
    with signed_federation(bench, shelf) as (signed, pids):
        one = Way(signed.port, pids, lambda some: signed.ask(PARTNERS[:1], some), "ours")
        two = replace(one, requests=lambda some: signed.ask(PARTNERS, some))
        with plain_federation(bench, shelf, 1) as plain:
            for connections in (8, 1):
                ours, other = _compared(bench, one, plain, numbers, connections)
                what = f"lookup at one partner, {connections} at a time"
                target = at_most(0.6)
                lines += [
                    Row(f"{what}: p50", "ms", ours.told("p50"), other.told("p50"), target),
                    Row(f"{what}: throughput", "requests/s", ours, other),
                ]
        with plain_federation(bench, shelf, 2) as plain:
            ours, other = _compared(bench, two, plain, numbers, 8)
            lines.append(Row("lookup at two partners, 8 at a time: throughput", "requests/s", ours, other))
        try:
            with apollo_federation(bench, shelf) as apollo:
                ours, other = _compared(bench, two, apollo, numbers, 8)
                what = "lookup at two partners, 8 at a time"
                lines += [
                    Row(f"{what}: throughput", "requests/s", ours, other, at_least(1)),
                    Row(f"{what}: p50", "ms", ours.told("p50"), other.told("p50")),
                ]
        except NotMeasuredError as error:
            lines.append(Missing("lookup at two partners beside Apollo Gateway", str(error)))
    return lines


def _compared(
    bench: Bench, ours: Way, other: Way, numbers: Sequence[str], connections: int
) -> tuple[Series, Series]:
    for number in numbers[:CHECKED]:
        said = [told_by(json.loads(send(way.port, way.requests([number])[0]))) for way in (ours, other)]
        if said[0] != said[1] or not said[0]:
            raise NotMeasuredError(f"{number}: ours says {said[0]}, {other.name} {said[1]}")

    def run(way: Way) -> Callable[[], Sample]:
        load, requests = way.load(bench, connections), way.requests(numbers)
        return lambda: load.put(requests)

    runs = [(way.name, run(way)) for way in (ours, other)]
    for name, warm in runs:
        bench.say(f"warming {name}")
        warm()
    series = bench.interleave(runs)
    return series[ours.name], series[other.name]


FIGURE = Figure("P4", "whole lookup across the border, over HTTP between processes", measure)
