"""P7: a decision with 10,000 grants stored beside one with 10: candidates from the book, one evaluation."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import event

from gateway.demo.plan import house_grant
from gateway.trusted import question_of
from gateway.wiring import open_sharing
from policy.bundle import Bundle
from policy.decision import Permit
from policy.judge import Judge
from policy.mandate import Mandate
from policy.question import Question
from policy.wasm_engine import WasmEngine
from sharing.candidates import MAX_CANDIDATES
from sharing.grants import Approval, GrantRule
from sharing.keys import KeyRing
from sharing.sql_grants import SqlGrants
from tests.bench.dataset import OWNER, phone_of
from tests.bench.figure import Bench, Figure, Line, NotMeasuredError, Row, Sample, at_most
from tests.bench.machine import pinned
from tests.bench.serve_shelf import documents
from tests.bench.stage import ASKER, CASE, mandate
from tests.components import opa_path

FEW, MANY = 10, 10_000
DECISIONS = 300
OTHERS = 150
FEW_GRANTS = "10 grants"
OTHERS_GRANTS, OWN_GRANTS = "the rest for other partners", "the rest for the asker in other cases"
ENDED_GRANTS, FITTING_GRANTS = "the rest for the asker and over", "all for the question: 50 are read"


@dataclass(frozen=True)
class Desk:
    """A book, and the judge who decides on what it finds."""

    book: SqlGrants
    judge: Judge
    mandate: Mandate
    question: Question
    covering: int = FEW

    async def decide(self) -> Permit:
        """One decision; `NotMeasuredError` on a refusal."""
        now = int(time.time())
        found = self.book.candidates(ASKER, now, CASE, self.question)
        verdict = await self.judge.may_answer(self.mandate, self.question, ASKER, found, now=now)
        if not isinstance(verdict, Permit) or len(verdict.branches) != self.covering:
            raise NotMeasuredError(f"decision on {len(found)} grants: {verdict}")
        return verdict


@contextmanager
def book(
    folder: Path, number: int, say: Callable[[str], None], rest: str = OTHERS_GRANTS
) -> Iterator[SqlGrants]:
    """Ten grants cover the question; `rest` says what the others are."""
    keys = KeyRing.generate(OWNER)
    rule = GrantRule.of(keys.grant.public)
    database = open_sharing(f"sqlite:///{folder / f'grants-{number}-{len(rest)}.sqlite'}")
    database.dispose()
    event.listen(database, "connect", _without_sync)
    grants = SqlGrants(database, rule)
    now = int(time.time())
    officers = (Approval("officer-1", now), Approval("officer-2", now))
    for n in range(number):
        if n % 500 == 0:
            say(f"storing grant {n} of {number}")
        terms = replace(house_grant(OWNER), id=f"grant-{n}", recipients=(ASKER,), cases=(CASE,))
        changes = {} if n < FEW else _rest(rest, n, now)
        grants.add(rule.sign(replace(terms, **changes), officers, keys.grant))
    try:
        yield grants
    finally:
        database.dispose()


def _without_sync(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA synchronous = OFF").close()


def _rest(rest: str, number: int, now: int) -> dict[str, Any]:
    """How the grant differs from one that covers the question."""
    differences: dict[str, dict[str, Any]] = {
        OTHERS_GRANTS: {"recipients": (f"xx.other{number % OTHERS}",), "cases": (f"OTHER-{number}",)},
        OWN_GRANTS: {"cases": (f"OTHER-{number}",)},
        ENDED_GRANTS: {"not_before": 0, "expires_at": now - number},
        FITTING_GRANTS: {},
    }
    return differences[rest]


def measure(bench: Bench) -> Sequence[Line]:
    """Microseconds for a decision."""
    document = documents()[1]["lookup"]
    selection = documents()[0].selection(document, {"value": phone_of(1)})
    question = question_of(document, selection, selection.arguments)
    engine = WasmEngine.open(Bundle.packaged(), opa=str(opa_path()), cache=bench.folder)
    judge, why = Judge(engine, OWNER), mandate(int(time.time()))
    many = MANY // 50 if bench.quick else MANY
    with (
        tempfile.TemporaryDirectory(dir=bench.folder) as work,
        pinned(bench.cores.server),
        ExitStack() as stack,
    ):
        books = {
            FEW_GRANTS: stack.enter_context(book(Path(work), FEW, bench.say)),
            **{
                name: stack.enter_context(book(Path(work), many, bench.say, name))
                for name in (OTHERS_GRANTS, OWN_GRANTS, ENDED_GRANTS, FITTING_GRANTS)
            },
        }
        runs = [
            (name, _run(Desk(each, judge, why, question, MAX_CANDIDATES if name == FITTING_GRANTS else FEW)))
            for name, each in books.items()
        ]
        for _, warm in runs:
            warm()
        series = bench.interleave(runs)
    what = f"decision with {many:,} grants stored"
    return [
        Row(f"{what}, {name}", "µs", series[name], series[FEW_GRANTS], bound)
        for name, bound in (
            (OTHERS_GRANTS, at_most(1.3)),
            (OWN_GRANTS, at_most(1.3)),
            (ENDED_GRANTS, at_most(1.3)),
            (FITTING_GRANTS, None),
        )
    ]


def _run(desk: Desk) -> Callable[[], Sample]:
    async def decisions() -> Sample:
        began, used = time.perf_counter(), time.process_time()
        for _ in range(DECISIONS):
            await desk.decide()
        passed, cpu = time.perf_counter() - began, time.process_time() - used
        return Sample(1e6 * passed / DECISIONS, 1e6 * cpu / DECISIONS)

    return lambda: asyncio.run(decisions())


FIGURE = Figure("P7", "decision with 10,000 grants stored", measure)
