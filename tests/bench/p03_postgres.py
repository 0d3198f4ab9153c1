"""P3: the shelf on PostgreSQL beside the fastest GraphQL servers over the same tables."""

import json
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from tenants.names import latinise
from tests.bench.dataset import PAGE, counts, file_of, kept, name_of, phone_of
from tests.bench.figure import Bench, Figure, Line, Missing, NotMeasuredError, Row, Sample, Target, at_least
from tests.bench.load import Load, http_request
from tests.bench.p01_lookup import send
from tests.bench.peers import peer
from tests.bench.postgres import Postgres, shelf_on_postgres
from tests.bench.processes import running
from tests.bench.serve_shelf import documents
from tests.components import free_port

QUESTIONS = 200
CHECKED = 5
OURS, POSTGRAPHILE, MERCURIUS = "compiled plan", "PostGraphile", "mercurius + graphql-jit"
TARGETS: Mapping[str, Mapping[str, Target | None]] = {
    "lookup": {POSTGRAPHILE: at_least(2.5), MERCURIUS: at_least(0.9)},
    "page": {POSTGRAPHILE: at_least(1.8), MERCURIUS: at_least(1)},
    "2 hops": {POSTGRAPHILE: at_least(2), MERCURIUS: at_least(1)},
    "search": {POSTGRAPHILE: at_least(1), MERCURIUS: None},
}
_OWN = (
    "id schema caption dataset caseRef owner subjectCategory handling handlingText source information tlp "
    "assessment version recordedAt authority properties { name values } identifiers { kind normal original }"
)
_ROW = (
    "id schema caption dataset caseRef owner subjectCategory handling handlingText sourceEvaluation "
    "informationEvaluation tlp assessment version recordedAt authority properties "
    "identifiersByRecordRowList { kind normal original }"
)
_ANSWER = f"{{ hit more records {{ {_OWN} }} }}"
_LOOK_UP = (
    "query Q($value: String!, $kind: String!, $first: Int) "
    f"{{ lookup(value: $value, kind: $kind, first: $first) {_ANSWER} }}"
)
_SEARCH = f"query Q($text: String!, $first: Int) {{ search(text: $text, first: $first) {_ANSWER} }}"
_EDGES = "edges {{ {0} ends {{ {0} {1} }} }}"
_HOPS = f"query Q($id: ID!) {{ record(id: $id) {{ {_EDGES.format(_OWN, _EDGES.format(_OWN, ''))} }} }}"
_FAR = "linksByRecordRowList {{ recordByEndId {{ {0} {1} }} }}"
_LINKS = f"linksByEndIdList {{{{ recordByRecordRow {{{{ {{0}} {_FAR} }}}} }}}}"
_ROW_LOOK_UP = (
    "query Q($value: String!, $kind: String!, $first: Int) "
    "{ allIdentifiersList(condition: {normal: $value, kind: $kind}, first: $first) "
    f"{{ recordByRecordRow {{ {_ROW} }} }} }}"
)
_ROW_SEARCH = (
    f"query Q($text: String!, $first: Int!) {{ foundList(text_: $text, first_: $first) {{ {_ROW} }} }}"
)
_ROW_HOPS = (
    f"query Q($id: String!) {{ recordById(id: $id) {{ {_LINKS.format(_ROW, _LINKS.format(_ROW, ''))} }} }}"
)


@dataclass(frozen=True)
class Question:
    """What is asked: variables for ours and for the peers."""

    ours: Mapping[str, Any]
    peers: Mapping[str, Any]


def questions(bench: Bench) -> dict[str, list[Question]]:
    """For each operation what is asked of all contenders."""
    chance, (persons, _) = random.Random(3), counts(bench.records)
    some = [chance.randrange(persons) for _ in range(QUESTIONS)]
    linked = [number for number in some if number % 2 == 0]
    files = [file_of(number - number % PAGE) for number in some if number < persons - PAGE]
    names = [name_of(number) for number in some]
    page = {"kind": "document", "first": PAGE}
    return {
        "lookup": [_same({"value": phone_of(number), "kind": "phone", "first": 50}) for number in some],
        "page": [Question(page | {"value": each}, page | {"value": each.replace("-", "")}) for each in files],
        "2 hops": [Question({"id": f"p-{n}", "hops": 2, "first": 100}, {"id": f"p-{n}"}) for n in linked],
        "search": [Question({"text": n, "first": 20}, {"text": latinise(n), "first": 20}) for n in names],
    }


def _same(variables: Mapping[str, Any]) -> Question:
    return Question(variables, variables)


@dataclass(frozen=True)
class Contender:
    """A running server, and how it is asked."""

    name: str
    port: int
    process: int
    body: Callable[[str, Question], bytes]

    def requests(self, operation: str, asked: Sequence[Question]) -> list[bytes]:
        """The questions as bytes for the wire."""
        return [http_request(self.port, "/graphql", self.body(operation, each)) for each in asked]


def _by_id(operation: str, question: Question) -> bytes:
    document = documents()[1][
        {"lookup": "lookup", "page": "lookup", "2 hops": "expand", "search": "search"}[operation]
    ]
    return json.dumps({"documentId": document.id, "variables": question.ours}).encode()


def _by_text(texts: Mapping[str, str]) -> Callable[[str, Question], bytes]:
    return lambda operation, question: json.dumps(
        {"query": texts[operation], "variables": question.peers}
    ).encode()


def facts(answer: object) -> set[tuple[object, ...]]:
    """What an answer says, however it is nested: the records in it with caption and identifiers."""
    found: set[tuple[object, ...]] = set()
    if isinstance(answer, list):
        return found.union(*map(facts, answer))
    if isinstance(answer, dict):
        if "tlp" in answer:
            entries = (
                answer["identifiers"] if "identifiers" in answer else answer["identifiersByRecordRowList"]
            )
            said = frozenset((each["kind"], each["normal"], each["original"]) for each in entries)
            found.add((answer["id"], answer["schema"], answer["caption"], answer["recordedAt"], said))
        return found.union(*map(facts, answer.values()))
    return found


def check_equal(contenders: Sequence[Contender], operation: str, asked: Sequence[Question]) -> None:
    """All say the same records; the start of the hops is told by the nested answers only."""
    for question in asked[:CHECKED]:
        told = {}
        for each in contenders:
            answer = json.loads(send(each.port, each.requests(operation, [question])[0]))
            start = question.peers.get("id")
            told[each.name] = {fact for fact in facts(answer) if fact[0] != start}
        for name, said in told.items():
            if said != told[OURS] or not said:
                only = sorted(str(fact[0]) for fact in said ^ told[OURS])[:5]
                raise NotMeasuredError(
                    f"{operation}: {name} answers {question.peers} otherwise: {only} of {len(said)}"
                )


def measure(bench: Bench) -> Sequence[Line]:
    """Four operations, three contenders."""
    shelf = kept(bench.folder, bench.records, bench.say)
    with ExitStack() as stack:
        postgres = stack.enter_context(shelf_on_postgres(bench, shelf, bench.cores.server))
        port = free_port()
        command = [sys.executable, "-m", "tests.bench.serve_shelf", postgres.url, str(port)]
        ours = stack.enter_context(running(command, port, bench.cores.server))
        contenders = [Contender(OURS, port, ours.pid, _by_id)]
        lines: list[Line] = []
        texts = {"lookup": _LOOK_UP, "page": _LOOK_UP, "2 hops": _HOPS, "search": _SEARCH}
        rows = {"lookup": _ROW_LOOK_UP, "page": _ROW_LOOK_UP, "2 hops": _ROW_HOPS, "search": _ROW_SEARCH}
        for name, script, wanted in (
            (POSTGRAPHILE, "postgraphile.mjs", rows),
            (MERCURIUS, "shelf.mjs", texts),
        ):
            try:
                found = stack.enter_context(peer(bench, script, postgres.url, on=bench.cores.server))
                contenders.append(Contender(name, *found, _by_text(wanted)))
            except NotMeasuredError as error:
                lines.append(Missing(f"lookup, page, 2 hops, search beside {name}", str(error)))
        for operation, asked in questions(bench).items():
            lines += _compared(bench, postgres, contenders, operation, asked)
    return lines


def _compared(
    bench: Bench,
    postgres: Postgres,
    contenders: Sequence[Contender],
    operation: str,
    asked: Sequence[Question],
) -> list[Line]:
    try:
        check_equal(contenders, operation, asked)
    except NotMeasuredError as error:
        return [Missing(f"{operation} on PostgreSQL {postgres.version}", str(error))]

    def run(each: Contender) -> Callable[[], Sample]:
        requests = each.requests(operation, asked)
        load = Load(each.port, (each.process, postgres.process), bench.cores.load, bench.seconds)
        return lambda: load.put(requests)

    runs = [(each.name, run(each)) for each in contenders]
    for name, warm in runs:
        bench.say(f"{operation}: warming {name}")
        warm()
    series = bench.interleave(runs)
    what = f"{operation} on PostgreSQL {postgres.version}, {bench.records:,} records"
    note = "the nested answers repeat the start; ours tells each record once" if operation == "2 hops" else ""
    return [
        Row(what, "requests/s", series[OURS], series[name], TARGETS[operation][name], note)
        for name in series
        if name != OURS
    ]


FIGURE = Figure("P3", "lookup, page, 2 hops and search on PostgreSQL", measure)
