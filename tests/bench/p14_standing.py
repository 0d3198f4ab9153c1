"""P14: a batch of 1,000 arriving records compared with 10,000 standing questions beside one with 10."""

import asyncio
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import event

from gateway.arriving import compare
from gateway.node import Digests
from gateway.wiring import open_sharing
from sharing.sql_standing import SqlStanding
from sharing.standing import Standing
from tenants.envelope import Defaults
from tenants.shelf import Shelf, open_shelf
from tests.bench.dataset import OWNER
from tests.bench.figure import Bench, Figure, Line, NotMeasuredError, Row, Sample, at_most
from tests.bench.machine import pinned
from tests.bench.stage import ASKER, mandate

FEW, MANY = 10, 10_000
BATCH = 1_000
DIGESTS = Digests(b"p14")
DEFAULTS = Defaults({"dataset": "cases", "subject_category": "SUSPECT_OR_CONVICTED"})


@dataclass
class Yard:
    """A shelf on which the same records arrive again and again, and a book of questions."""

    folder: Path
    shelf: Shelf
    book: SqlStanding
    loads: list[int] = field(default_factory=list)

    def arrive(self) -> None:
        """A new version of every record arrives."""
        self.loads.append(len(self.loads))
        source = self.folder / "batch.jsonl"
        rows = [
            {
                "id": f"p-{n}",
                "schema": "Person",
                "properties": {"name": [f"N {len(self.loads)}"], "phone": [_phone(n)]},
            }
            for n in range(BATCH)
        ]
        source.write_text("".join(json.dumps(row) + "\n" for row in rows))
        self.shelf.loader(OWNER, lambda: int(time.time())).load_jsonl(source, DEFAULTS)

    def sample(self) -> Sample:
        """Milliseconds for comparing one batch; ten of its records answer a question each."""
        self.arrive()
        began, used = time.perf_counter(), time.process_time()
        noted = compare(self.shelf.arrivals(), self.book, DIGESTS, int(time.time()))
        passed, cpu = time.perf_counter() - began, time.process_time() - used
        if noted != FEW:
            raise NotMeasuredError(f"{noted} hits, {FEW} were expected")
        return Sample(1e3 * passed, 1e3 * cpu)


def _phone(number: int) -> str:
    return f"+3361{number:07}"


def measure(bench: Bench) -> Sequence[Line]:
    """Milliseconds for a batch."""
    many = MANY // 10 if bench.quick else MANY
    with tempfile.TemporaryDirectory(dir=bench.folder) as work, pinned(bench.cores.server):
        yards = {number: _yard(Path(work) / str(number), number, bench.say) for number in (FEW, many)}
        try:
            runs: list[tuple[str, Callable[[], Sample]]] = [
                (str(number), yard.sample) for number, yard in yards.items()
            ]
            for _, warm in runs:
                warm()
            series = bench.interleave(runs)
        finally:
            for yard in yards.values():
                asyncio.run(yard.shelf.close())
    what = f"{BATCH:,} arriving records compared with {many:,} standing questions"
    return [Row(what, "ms", series[str(many)], series[str(FEW)], at_most(1.3))]


def _yard(folder: Path, number: int, say: Callable[[str], None]) -> Yard:
    folder.mkdir()
    sharing = open_sharing(f"sqlite:///{folder / 'sharing.sqlite'}")
    sharing.dispose()
    event.listen(sharing, "connect", _without_sync)
    book = SqlStanding(sharing)
    now = int(time.time())
    why = mandate(now)
    for n in range(number):
        if n % 500 == 0:
            say(f"placing standing question {n} of {number}")
        phone = _phone(n if n < FEW else BATCH + n)
        target = DIGESTS.of_value(["phone", phone])
        book.add(Standing(f"w-{n}", ASKER, why, "phone", target, now - 1, now - 1, why.expires_at))
    return Yard(folder, open_shelf(f"sqlite:///{folder / 'records.sqlite'}"), book)


def _without_sync(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA synchronous = OFF").close()


FIGURE = Figure("P14", "a batch that arrives, with 10,000 standing questions", measure)
