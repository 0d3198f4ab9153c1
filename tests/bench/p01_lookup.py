"""P1: an exact lookup at one node, with everything a partner's question goes through, and with less of it."""

import http.client
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy.terms import Operation
from sharing.signature import PATH
from tests.bench.dataset import OWNER, counts, kept, phone_of
from tests.bench.figure import Bench, Figure, Line, NotMeasuredError, Row, Sample, Series, Target, at_least
from tests.bench.load import Load, http_request
from tests.bench.processes import running
from tests.bench.serve_strawberry import DOCUMENT
from tests.bench.stage import Ask, Stage, build, sealed
from tests.components import free_port

FASTEST = 4_000
"""Sealed questions prepared per second of a sample; a faster node ends its sample early."""

BARE = ("mode", "grants", "masked")
QUESTIONS = 500


@dataclass
class Floor:
    """Both servers, running."""

    bench: Bench
    stage: Stage
    node: tuple[int, int]
    baseline: tuple[int, int]

    def load(self, server: tuple[int, int]) -> Load:
        """A load on one of them."""
        port, process = server
        return Load(port, (process,), self.bench.cores.load, self.bench.seconds)


@contextmanager
def floor(bench: Bench) -> Iterator[Floor]:
    """The node and the baseline on the same shelf."""
    shelf = kept(bench.folder, bench.records, bench.say)
    bench.say("starting the servers")
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=bench.folder)))
        stage = build(work, shelf)
        home, port = stage.home(OWNER).path, free_port()
        node = [sys.executable, "-m", "tests.bench.serve_node", str(home), str(work / "session.json")]
        plain = [sys.executable, "-m", "tests.bench.serve_strawberry", str(shelf), str(port)]
        first = stack.enter_context(running(node, stage.ports[OWNER], bench.cores.server))
        second = stack.enter_context(running(plain, port, bench.cores.server, path="/docs"))
        yield Floor(bench, stage, (stage.ports[OWNER], first.pid), (port, second.pid))


def questions(bench: Bench) -> list[Ask]:
    """Telephone numbers of people on the shelf."""
    chance, (persons, _) = random.Random(1), counts(bench.records)
    picked = (phone_of(chance.randrange(persons)) for _ in range(QUESTIONS))
    return [Ask(Operation.LOOKUP, {"value": number, "kind": "phone", "first": 50}) for number in picked]


def send(port: int, request: bytes) -> bytes:
    """The body of the answer to one prepared request."""
    head, _, body = request.partition(b"\r\n\r\n")
    line, *fields = head.decode().split("\r\n")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", line.split()[1], body, dict(field.split(": ", 1) for field in fields))
        answer = connection.getresponse()
        told = answer.read()
    finally:
        connection.close()
    if answer.status != 200:  # HTTP's OK
        raise NotMeasuredError(f"{line}: {answer.status} {told[:300].decode(errors='replace')}")
    return told


def records_of(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The records of an answer, without what only a policy can say of them."""
    return [
        {name: value for name, value in record.items() if name not in BARE} for record in answer["records"]
    ]


def variants(
    place: Floor, asks: Sequence[Ask]
) -> dict[str, tuple[tuple[int, int], Callable[[], list[bytes]], bool]]:
    """Name -> server, how its requests are made, whether each may be sent once only."""
    documents, port = place.stage.documents, place.node[0]
    body = [
        json.dumps({"documentId": documents.named(a.operation).id, "variables": a.variables}).encode()
        for a in asks
    ]
    plain = [json.dumps({"query": DOCUMENT, "variables": a.variables}).encode() for a in asks]

    def letters() -> list[bytes]:
        number = int(FASTEST * place.bench.seconds)
        return sealed(place.stage, [asks[n % len(asks)] for n in range(number)], OWNER)

    def unlogged() -> list[bytes]:
        return [letter.replace(PATH.encode(), b"/bench/door", 1) for letter in letters()]

    def bare(path: str) -> Callable[[], list[bytes]]:
        return lambda: [http_request(port, path, each) for each in body]

    def strawberry(path: str) -> Callable[[], list[bytes]]:
        return lambda: [http_request(place.baseline[0], path, each) for each in plain]

    return {
        "door": (place.node, letters, True),
        "door without log": (place.node, unlogged, True),
        "policy and log": (place.node, bare("/bench/law"), False),
        "policy alone": (place.node, bare("/bench/plan"), False),
        "strawberry, rows": (place.baseline, strawberry("/rows/graphql"), False),
        "strawberry, objects": (place.baseline, strawberry("/objects/graphql"), False),
    }


def check_equal(place: Floor, asks: Sequence[Ask]) -> None:
    """Every variant gives the same records; `NotMeasuredError` names the first that does not."""
    for ask in asks:
        told = {}
        for name, (server, make, _) in variants(place, [ask]).items():
            request = sealed(place.stage, [ask], OWNER)[0] if name.startswith("door") else make()[0]
            if name == "door without log":
                request = request.replace(PATH.encode(), b"/bench/door", 1)
            body = send(server[0], request)
            answer = json.loads(body.split(b"\n", 1)[1] if name.startswith("door") else body)
            told[name] = records_of(answer["data"]["lookup"] if "data" in answer else answer)
        for name, records in told.items():
            if records != told["strawberry, rows"] or not records:
                raise NotMeasuredError(f"{name} answers {ask.variables} otherwise than the baseline")


def measured(bench: Bench, place: Floor, asks: Sequence[Ask]) -> dict[str, Series]:
    """All variants in turn, after their answers were found equal and each was warmed."""
    bench.say("comparing answers")
    check_equal(place, asks[:5])
    contenders = [(name, _run(place, *told)) for name, told in variants(place, asks).items()]
    for name, run in contenders:
        bench.say(f"warming {name}")
        run()
    return bench.interleave(contenders)


def _run(
    place: Floor,
    server: tuple[int, int],
    make: Callable[[], list[bytes]],
    once: bool,  # a column
) -> Callable[[], Sample]:
    return lambda: place.load(server).put(make(), once=once)


def rows(what: str, series: Mapping[str, Series], whole: Target, bare: Target) -> list[Line]:
    """The table's lines, each against both forms of the baseline."""
    told = {
        "door": (f"{what}: the whole partner door (signatures, mandate, policy, log)", whole),
        "policy and log": (f"{what}: policy and log, no signatures", whole),
        "policy alone": (f"{what}: policy, no log, no signatures", bare),
        "door without log": (f"{what}: the partner door without its log", None),
    }
    lines: list[Line] = []
    for name, (text, target) in told.items():
        for other in ("strawberry, rows", "strawberry, objects"):
            lines.append(Row(text, "requests/s", series[name], series[other], target))  # noqa: PERF401  # two loops
    return lines


def measure(bench: Bench) -> Sequence[Line]:
    """Exact lookups of one person each."""
    with floor(bench) as place:
        series = measured(bench, place, questions(bench))
    return rows("exact lookup", series, at_least(4), at_least(10))


FIGURE = Figure("P1", "exact lookup, one node", measure)
