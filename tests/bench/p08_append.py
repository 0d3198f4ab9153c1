"""P8: an append with its receipt at 500 entries a second, beside bare durable commits of the same bytes."""

import asyncio
import sqlite3
import tempfile
import time
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path

from audit.entry import Entry, Kind
from audit.guard import FileGuard
from audit.keys import SigningKey
from audit.log import Log
from audit.sql_store import SqlStore
from tests.bench.dataset import OWNER
from tests.bench.figure import Bench, Figure, Line, Row, Sample, Series, at_most
from tests.bench.machine import pinned

RATE = 500
BOUND_MS = 10.0
CALM_MS = 2.0


def entry(number: int) -> Entry:
    """An entry of the size that a question makes."""
    digest = f"sha256:{number:064x}"
    facts = {
        "query_id": f"query-{number}", "document": digest, "request": digest, "counterpart": digest,
        "partner": "fr.ofast", "purpose": "OPERATIONAL_ANALYSIS", "legal_basis": "ER_20_2A",
        "offence": "DRUG_TRAFFICKING", "decision": f"{number:032x}",
        "requested_at": "2026-01-31T23:59:59.999+00:00",
    }  # fmt: skip
    return Entry(Kind.ADMINISTRATION, OWNER, facts, subject=digest)


def _sample(times: "array[float]", cpu: float) -> Sample:
    ordered = sorted(times)
    picked = {f"p{p}": 1000 * ordered[min(len(ordered) - 1, len(ordered) * p // 100)] for p in (50, 95, 99)}
    return Sample(picked["p50"], 1e6 * cpu / len(ordered), picked)


def _appends(folder: Path, number: int) -> Sample:
    """Entries come at even intervals; each is timed from when it was due until its receipt.

    They come from a thread that wakes the loop, as a request at a socket does: asyncio's own timers are a
    millisecond coarse, and the commits beside it are paced by the finer clock of `time.sleep`.
    """

    async def run() -> Sample:
        name = f"log-{time.monotonic_ns()}"
        guard = FileGuard(folder / f"{name}.guard", f"{OWNER}/log")
        log = await Log.open(
            SqlStore(f"sqlite:///{folder / name}.sqlite"), guard, SigningKey.generate(f"{OWNER}/log")
        )
        times = array("d")

        async def one(n: int, due: float) -> None:
            await log.append(entry(n))
            times.append(time.perf_counter() - due)

        used, began, tasks = time.process_time(), time.perf_counter() + 0.05, list[asyncio.Task[None]]()
        loop, last = asyncio.get_running_loop(), asyncio.Event()

        def arrive(n: int, due: float) -> None:
            tasks.append(asyncio.create_task(one(n, due)))
            if n == number - 1:
                last.set()

        def pace() -> None:
            for n in range(number):
                due = began + n / RATE
                time.sleep(max(0.0, due - time.perf_counter()))
                loop.call_soon_threadsafe(arrive, n, due)

        paced = asyncio.create_task(asyncio.to_thread(pace))
        await last.wait()
        await asyncio.gather(paced, *tasks)
        used = time.process_time() - used
        await log.close()
        return _sample(times, used)

    return asyncio.run(run())


def _commits(folder: Path, number: int) -> Sample:
    """The same bytes, each in a transaction of its own, SQLite in WAL with `synchronous=FULL`."""
    leaf = b"x" * 800
    connection = sqlite3.connect(folder / f"bare-{time.monotonic_ns()}.sqlite", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE leaf (idx INTEGER PRIMARY KEY, bytes BLOB)")
    times = array("d")
    used, began = time.process_time(), time.perf_counter() + 0.05
    for n in range(number):
        due = began + n / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        connection.execute("INSERT INTO leaf VALUES (?, ?)", (n, leaf))
        times.append(time.perf_counter() - due)
    used = time.process_time() - used
    connection.close()
    return _sample(times, used)


def measure(bench: Bench) -> Sequence[Line]:
    """p50 and p99 of both."""
    number = max(100, int(RATE * bench.seconds))
    with tempfile.TemporaryDirectory(dir=bench.folder) as work, pinned(bench.cores.together):
        runs: list[tuple[str, Callable[[], Sample]]] = [
            ("append with receipt", lambda: _appends(Path(work), number)),
            ("bare durable commit", lambda: _commits(Path(work), number)),
        ]
        runs[0][1]()
        series = bench.interleave(runs)
    ours, bare = series["append with receipt"], series["bare durable commit"]
    limit = Series("bound of 10 ms", tuple(Sample(BOUND_MS) for _ in ours.samples))
    calm = bare.median <= CALM_MS
    applies = "applies" if calm else "does not apply"
    note = f"the commit alone takes {bare.median:.2g} ms; the bound of 10 ms {applies}"
    return [
        Row(f"append at {RATE} a second: p50", "ms", ours.told("p50"), bare.told("p50"), at_most(2.5)),
        Row(
            f"append at {RATE} a second: p99",
            "ms",
            ours.told("p99"),
            limit,
            at_most(1) if calm else None,
            note,
        ),
        Row(f"append at {RATE} a second: p99 beside the commit's", "ms", ours.told("p99"), bare.told("p99")),
    ]


FIGURE = Figure("P8", "audit append with receipt at 500 a second", measure)
