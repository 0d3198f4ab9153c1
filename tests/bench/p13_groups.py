"""P13: how many entries a second go into a log in groups of 1 to 1000, and how long their receipts are."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from audit.guard import FileGuard
from audit.keys import SigningKey
from audit.log import Log
from audit.proof import Proof
from audit.receipt import Receipt
from audit.sql_store import SqlStore
from tests.bench.dataset import OWNER
from tests.bench.figure import Bench, Figure, Line, Row, Sample
from tests.bench.machine import pinned
from tests.bench.p08_append import entry

GROUPS = (1, 10, 100, 1000)
MOST = 4000
"""Entries of one sample at most."""

LEVELS = 20
"""Of a log with a million leaves."""

_LEAF = 800


def _log(folder: Path, group: int, groups: int) -> Sample:
    """Entries a second, each group appended when the one before has its receipts; and the last receipt."""

    async def run() -> Sample:
        path, key = folder / f"log-{time.monotonic_ns()}", SigningKey.generate(f"{OWNER}/log")
        guard = FileGuard(path.with_suffix(".guard"), key.name)
        log = await Log.open(SqlStore(f"sqlite:///{path.with_suffix('.sqlite')}"), guard, key)
        used, began, receipts = time.process_time(), time.perf_counter(), list[Receipt]()
        for start in range(0, group * groups, group):
            receipts = await log.append_many([entry(n) for n in range(start, start + group)])
        spent, used = time.perf_counter() - began, time.process_time() - used
        (stored,) = await log.entries(group * groups - 1, group * groups)
        await log.close()
        sizes = {"receipt": len(receipts[-1].text), "large": _large(receipts[-1]), "leaf": len(stored.leaf)}
        return Sample(
            group * groups / spent, 1e6 * used / (group * groups), {k: float(v) for k, v in sizes.items()}
        )

    return asyncio.run(run())


def _large(receipt: Receipt) -> int:
    """Bytes that the receipt would have in a log of a million leaves."""
    proof = Proof.parse(receipt.text)
    return len(str(Proof(2**LEVELS - 1, (bytes(32),) * LEVELS, proof.checkpoint, proof.extra)))


def _bare(folder: Path, group: int, groups: int) -> Sample:
    """The same bytes in as many durable transactions."""
    connection = sqlite3.connect(folder / f"bare-{time.monotonic_ns()}.sqlite", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE leaf (idx INTEGER PRIMARY KEY, bytes BLOB)")
    leaf = b"x" * _LEAF
    used, began = time.process_time(), time.perf_counter()
    for start in range(0, group * groups, group):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO leaf VALUES (?, ?)", [(n, leaf) for n in range(start, start + group)]
        )
        connection.execute("COMMIT")
    spent, used = time.perf_counter() - began, time.process_time() - used
    connection.close()
    return Sample(group * groups / spent, 1e6 * used / (group * groups))


def measure(bench: Bench) -> Sequence[Line]:
    """Entries a second beside bare commits of the same groups; a receipt beside its leaf."""
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(dir=bench.folder) as work, pinned(bench.cores.together):
        for group in GROUPS:
            groups = max(2, min(MOST // group, int(100 * bench.seconds)))
            runs: list[tuple[str, Callable[[], Sample]]] = [
                ("log with receipts", partial(_log, Path(work), group, groups)),
                ("bare durable commits", partial(_bare, Path(work), group, groups)),
            ]
            series = bench.interleave(runs)
            ours, bare = series["log with receipts"], series["bare durable commits"]
            lines.append(Row(f"entries a second in groups of {group}", "1/s", ours, bare))
            if group == GROUPS[0]:
                leaf = ours.told("leaf")
                lines += [
                    Row("a receipt beside its leaf, in this log", "bytes", ours.told("receipt"), leaf),
                    Row(
                        "a receipt beside its leaf, in a log of a million", "bytes", ours.told("large"), leaf
                    ),
                ]
    return lines


FIGURE = Figure("P13", "audit appends in groups, size of receipts", measure)
