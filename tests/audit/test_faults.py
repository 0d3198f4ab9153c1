"""Faults: killed, disk full, damaged, old backup, two writers: nothing acknowledged is lost, all is named."""

import asyncio
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audit.errors import AuditUnavailable, Duplicate, ForkRefused, GuardRefused, StoreRefused
from audit.guard import FileGuard
from audit.log import Log
from audit.receipt import Receipt
from audit.sql_store import SqlStore
from tests.audit.samples import KEY, ORIGIN, Home, asked, untied

ROUNDS = int(os.environ.get("ENTENTE_CRASH_ROUNDS", "20"))
ROOT = Path(__file__).resolve().parents[2]

WRITER = """
import asyncio, itertools, pathlib, sys
from tests.audit.samples import Home, asked

async def main():
    async with Home(pathlib.Path(sys.argv[1])).open() as log:
        print("ready", flush=True)
        async def one(worker):
            for i in itertools.count():
                receipt = await log.append(asked(f"{sys.argv[2]}-{worker}-{i}", sealed=b"x" * 50))
                print(receipt.index, receipt.leaf_hash.hex(), flush=True)
        await asyncio.gather(*[one(worker) for worker in range(8)])

asyncio.run(main())
"""


def killed(home: Home, moment: int, seconds: float) -> dict[int, str]:
    """Start a process that appends, kill it after so many seconds, return what it was told is durable."""
    command = [sys.executable, "-c", WRITER, str(home.path), str(moment)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(seconds)
        writer.send_signal(signal.SIGKILL)
        lines = [line.split() for line in writer.stdout]
    return {int(line[0]): line[1] for line in lines if len(line[-1]) == 64}


def verifies(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "audit", "verify", path, "--vkey", KEY.public.vkey, "--strict"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
async def test_killed_at_any_moment(home: Home) -> None:
    """What was acknowledged before `kill -9` is there afterwards, at its place, and the log verifies."""
    acknowledged: dict[int, str] = {}
    moments = random.Random(7)
    for moment in range(ROUNDS):
        durable = killed(home, moment, moments.uniform(0, 0.06))
        assert not acknowledged.keys() & durable.keys()
        acknowledged |= durable
    assert len(acknowledged) > ROUNDS
    async with home.open() as log:
        assert log.head.size > max(acknowledged)
        for index, digest in random.Random(1).sample(sorted(acknowledged.items()), 20):
            receipt = await log.receipt(index)
            assert receipt.leaf_hash.hex() == digest
            Receipt.parse(receipt.text).verify(KEY.public)
    verified = verifies(home.database)
    assert verified.returncode == 0, verified.stdout


async def append_until_it_fails(log: Log) -> None:
    for i in range(1000):
        await log.append(asked(f"q-{i}", sealed=bytes(500)))


async def test_a_full_disk_stops_the_log_until_there_is_room(home: Home) -> None:
    await home.fill(20)
    async with home.open() as log:
        before = log.head.size
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        room = home.database.with_name("log.db-wal").stat().st_size + 50_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
        try:
            with pytest.raises(AuditUnavailable, match=r"log store log\.db"):
                await append_until_it_fails(log)
            done = log.head.size - before
            assert done
            waiting = [log.append(asked(f"q-{i}", sealed=bytes(20_000))) for i in range(9)]
            results = await asyncio.gather(*waiting, return_exceptions=True)
            assert {type(result) for result in results} == {AuditUnavailable}
            assert log.head.size == before + done
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        receipt = await log.append(asked("room-again"))
        assert receipt.index == before + done
        Receipt.parse(receipt.text).verify(KEY.public)
    assert verifies(home.database).returncode == 0


async def test_a_full_database_is_said_to_be_full(home: Home) -> None:
    async with home.open() as log:
        cursor = log._store._cursor  # type: ignore[attr-defined]  # the limit is the writing connection's
        cursor.execute(f"PRAGMA max_page_count={cursor.execute('PRAGMA page_count').fetchone()[0]}")
        with pytest.raises(AuditUnavailable, match="database or disk is full"):
            await log.append_many([asked(f"q-{i}") for i in range(50)])
        assert log.head.size == 0


async def test_an_old_backup_is_not_signed(home: Home, tmp_path: Path) -> None:
    await home.fill(20)
    backup = tmp_path / "backup.db"
    shutil.copy(home.database, backup)
    await home.fill(20)
    shutil.copy(backup, home.database)
    with pytest.raises(
        GuardRefused, match=rf"log {ORIGIN}: the store went back to size 20,.* signed was size 40"
    ):
        async with home.open():
            pass


async def test_another_history_is_not_signed(home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    other.path.mkdir()
    await home.fill(20)
    await other.fill(30)
    shutil.copy(other.database, home.database)
    with pytest.raises(GuardRefused, match=r"signed was size 20, root .* the store has root"):
        async with home.open():
            pass


async def test_a_second_log_on_one_guard_does_not_start(home: Home) -> None:
    async with home.open():
        with pytest.raises(GuardRefused, match="held by another log"):
            async with home.open():
                pass


async def test_two_writers_do_not_fork(home: Home, tmp_path: Path) -> None:
    """With a guard each, as on two machines over one database: the second to write stops for good."""
    async with home.open() as one:
        await one.append(asked("a"))
        shutil.copy(home.guard, tmp_path / "guard2")
        other = await Log.open(home.store(home.path), FileGuard(tmp_path / "guard2", ORIGIN), KEY)
        await one.append(asked("b"))
        for _ in range(2):
            with pytest.raises(ForkRefused, match=r"log\.db: another writer has gone on from 1 leaves"):
                await other.append(asked("c"))
        assert (await one.append(asked("d"))).size == 3
        await other.close()


async def test_a_writer_that_finds_another_after_a_failure_stops(home: Home, tmp_path: Path) -> None:
    async with home.open() as one:
        await one.append(asked("a"))
        shutil.copy(home.guard, tmp_path / "guard2")
        other = await Log.open(home.store(home.path), FileGuard(tmp_path / "guard2", ORIGIN), KEY)
        other._store._cursor.close()  # type: ignore[attr-defined]  # the connection breaks
        with pytest.raises(AuditUnavailable):
            await other.append(asked("b"))
        await one.append_many([asked("c"), asked("d")])
        for _ in range(2):
            with pytest.raises(ForkRefused, match=r"expected one of \[1, 2\], the store is at 3"):
                await other.append(asked("e"))
        await other.close()


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE audit_entry SET leaf = CAST('x' AS BLOB) WHERE idx = 299", "the leaves give"),
        ("UPDATE audit_tree_head SET root = zeroblob(32) WHERE size = 300", "the head says size 300"),
        ("DELETE FROM audit_entry WHERE idx = 299", "43 leaves are stored, 44 belong to it"),
        ("UPDATE audit_tile SET hashes = zeroblob(8192)", "the leaves give"),
        ("UPDATE audit_tile SET hashes = zeroblob(5)", "tile 0/0: 5 bytes are stored, a full tile has 8192"),
    ],
)
async def test_a_damaged_store_does_not_start(home: Home, statement: str, message: str) -> None:
    await home.fill(300, step=100)
    with closing(untied(sqlite3.connect(home.database, isolation_level=None))) as database:
        database.execute(statement)
    with pytest.raises(StoreRefused, match=message):
        async with home.open():
            pass


async def test_normal_durability_is_refused_at_the_start(tmp_path: Path) -> None:
    home = Home(tmp_path, store=lambda path: SqlStore(f"sqlite:///{path / 'log.db'}", synchronous="NORMAL"))
    with pytest.raises(StoreRefused, match="FULL is needed"):
        async with home.open():
            pass


@pytest.mark.parametrize("cut", [1.0, 0.9, 0.5, 0.1, 0.0])
async def test_a_torn_write_ahead_log_is_whole_or_named(home: Home, tmp_path: Path, cut: float) -> None:
    """A copy of a running log, its WAL cut: what was signed is all there, or the log does not start."""
    await home.fill(20)
    torn = Home(tmp_path / "torn")
    torn.path.mkdir()
    async with home.open() as log:
        for i in range(30):
            await log.append(asked(f"q-{i}"))
        for name in ("log.db", "log.db-wal", "guard"):
            shutil.copy(home.path / name, torn.path / name)
    wal = torn.path / "log.db-wal"
    os.truncate(wal, int(wal.stat().st_size * cut))
    if cut == 1.0:
        async with torn.open() as log:
            assert log.head.size == 50
    else:
        with pytest.raises(GuardRefused, match=r"the store went back to size \d+,.* signed was size 50"):
            async with torn.open():
                pass


async def test_a_torn_guard_and_an_old_store_are_one_step_apart_at_most(home: Home, tmp_path: Path) -> None:
    """The newest slot torn: the head before it still refuses a store that is older than that."""
    await home.fill(20)
    shutil.copy(home.database, tmp_path / "backup.db")
    await home.fill(20)
    data = bytearray(home.guard.read_bytes())
    newest = 4096 if b"\n40\n" in data[4096:] else 0
    data[newest + 100 : newest + 4096] = bytes(3996)
    home.guard.write_bytes(data)
    async with home.open() as log:
        assert log.head.size == 40
    home.guard.write_bytes(data)
    shutil.copy(tmp_path / "backup.db", home.database)
    with pytest.raises(GuardRefused, match="the store went back to size 20"):
        async with home.open():
            pass


async def test_a_clock_that_jumps_changes_no_order_and_no_proof(home: Home) -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    jumps = [0, 86_400, -86_400, 3600, -10 * 365 * 86_400, 5]
    async with home.open(clock=lambda: now) as log:
        receipts = []
        for i, seconds in enumerate(jumps):
            now += timedelta(seconds=seconds)
            receipts.append(await log.append(asked(f"q-{i}", once=f"k-{i}")))
        assert [receipt.index for receipt in receipts] == list(range(len(jumps)))
        for receipt in receipts:
            Receipt.parse(receipt.text).verify(KEY.public)
        for i in range(len(jumps)):
            with pytest.raises(Duplicate):
                await log.append(asked("again", once=f"k-{i}"))
    assert verifies(home.database).returncode == 0


async def test_an_old_checkpoint_that_is_kept_again_changes_nothing(home: Home) -> None:
    async with home.open() as log:
        await log.append(asked("a"))
        old = log.checkpoint()
        await log.append_many([asked("b"), asked("c")])
        await log.keep(old)
        assert log.head.size == 3
        assert log.checkpoint() != old
    async with home.open() as log:
        assert log.head.size == 3
    assert verifies(home.database).returncode == 0
