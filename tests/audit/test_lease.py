"""The lease: one holder at a time; one whose epoch is over commits nothing, whatever it was about to do."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from audit.errors import AuditUnavailable, Fenced, GuardRefused
from audit.guard import FileGuard
from audit.lease import Patience, Tenure, hold
from audit.log import Log
from audit.sql_lease import SqlLease
from audit.sql_store import SqlStore
from audit.store import Group, Head
from tests.audit.samples import BLOB_KEY, KEY, ORIGIN, asked

ROOT = bytes(32)
HEADS = [Head(i, bytes([i]) * 32) for i in range(9)]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'log.db'}"
    address: str = request.getfixturevalue("postgres_database")("audit")
    return address


@pytest.fixture
def leases(url: str) -> Iterator[Callable[[], SqlLease]]:
    made: list[SqlLease] = []

    def make() -> SqlLease:
        made.append(SqlLease(url))
        return made[-1]

    yield make
    for lease in made:
        lease.close()


Maker = Callable[[], SqlLease]


def test_one_takes_it_and_a_second_does_not(leases: Maker) -> None:
    one, other = leases(), leases()
    assert one.seen() is None
    assert other.seen() is None
    assert one.take(None) == 1
    assert other.take(None) is None
    assert other.seen() == Tenure(1, 0, held=True)


def test_what_has_moved_on_is_not_taken(leases: Maker) -> None:
    one, other, third = leases(), leases(), leases()
    one.seen()
    one.take(None)
    seen = other.seen()
    one.beat(1)
    assert other.take(seen) is None
    seen = other.seen()
    assert seen == Tenure(1, 1, held=True)
    assert other.take(seen) == 2
    assert third.take(seen) is None
    with pytest.raises(Fenced, match="epoch 1 is over"):
        one.beat(1)
    other.beat(2)
    one.release(1)
    assert other.seen() == Tenure(2, 1, held=True)
    other.release(2)
    assert third.seen() == Tenure(2, 1, held=False)


async def test_whoever_lives_keeps_it(leases: Maker) -> None:
    one, other = leases(), leases()
    assert await hold(one, Patience(0.2)) == 1

    async def live() -> None:
        while True:
            await asyncio.to_thread(one.beat, 1)
            await asyncio.sleep(0.03)

    living = asyncio.create_task(live())
    with pytest.raises(Fenced, match="another sequencer holds epoch 1, and lives"):
        await hold(other, Patience(2.0))
    standby = asyncio.create_task(hold(leases(), Patience(1.0, standby=True)))
    await asyncio.sleep(0.1)
    assert not standby.done()
    living.cancel()
    assert await standby == 2
    with pytest.raises(Fenced):
        one.beat(1)


async def test_what_was_given_back_is_taken_at_once(leases: Maker) -> None:
    one, other = leases(), leases()
    assert await hold(one, Patience(3600)) == 1
    one.release(1)
    assert await hold(other, Patience(3600)) == 2


async def test_a_race_has_one_winner(leases: Maker) -> None:
    first = leases()
    first.seen()
    first.take(None)
    first.release(1)
    racing = [asyncio.create_task(hold(leases(), Patience(0.5, standby=True))) for _ in range(4)]
    done, waiting = await asyncio.wait(racing, return_when=asyncio.FIRST_COMPLETED)
    assert [task.result() for task in done][:1] == [2]
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_standby_bears_a_database_that_fails(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    lease = SqlLease(f"sqlite:///{folder / 'log.db'}")
    with pytest.raises(AuditUnavailable, match=r"lease in log\.db: OperationalError"):
        await hold(lease, Patience(0.2))
    standby = asyncio.create_task(hold(lease, Patience(0.2, standby=True)))
    await asyncio.sleep(0.1)
    folder.mkdir()
    assert await standby == 1
    lease.close()


def test_a_store_of_an_epoch_that_is_over_commits_nothing(url: str, leases: Maker) -> None:
    lease = leases()
    lease.seen()
    lease.take(None)
    one, other = SqlStore(url, epoch=1), SqlStore(url, epoch=2)
    one.start()
    one.commit(Group(0, Head(1, ROOT), [b"zero"]))
    other.start()
    with pytest.raises(Fenced, match="another sequencer has taken over"):
        other.commit(Group(1, Head(2, ROOT), [b"one"]))
    assert lease.take(lease.seen()) == 2
    for group in (Group(1, Head(2, ROOT), [b"one"]), Group(1, note=(1, "x")), Group(1, cosigned=(1, "x"))):
        with pytest.raises(Fenced, match="another sequencer has taken over"):
            one.commit(group)
    assert one.reader.note(1) is None
    assert other.start() == Head(1, ROOT)
    other.commit(Group(1, Head(2, ROOT), [b"one"]))
    one.close()
    other.close()


def guards(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("guard*")}


async def open_in(epoch: int, url: str, path: Path, **more: Any) -> Log:
    guard = FileGuard(path / "guard", ORIGIN, epoch)
    return await Log.open(SqlStore(url, epoch=epoch), guard, KEY, blob_key=BLOB_KEY, **more)


async def test_a_log_that_was_taken_over_signs_nothing_more(url: str, leases: Maker, tmp_path: Path) -> None:
    lease = leases()
    lease.seen()
    lease.take(None)
    one = await open_in(1, url, tmp_path)
    await one.append(asked("a"))
    lease.take(lease.seen())
    other = await open_in(2, url, tmp_path)
    await other.append(asked("b"))
    for _ in range(2):
        with pytest.raises(Fenced, match="another sequencer has taken over"):
            await one.append(asked("c"))
    assert (one.head.size, other.head.size) == (1, 2)
    assert (await other.append(asked("d"))).size == 3
    await one.close()
    assert guards(tmp_path) == {"guard", "guard.2"}
    await other.close()
    third = await open_in(3, url, tmp_path)
    assert third.head.size == 3
    await third.close()


@pytest.mark.parametrize("moment", ["committed", "remembered"])
async def test_taken_over_between_commit_and_signature(
    url: str, leases: Maker, tmp_path: Path, moment: str
) -> None:
    """One is stopped after its commit, before or after the guard; both sign the same root for that size."""
    lease = leases()
    lease.seen()
    lease.take(None)
    stopped: list[Head] = []
    taken: list[Log] = []

    class Stopping(FileGuard):
        def remember(self, head: Head) -> None:
            if moment == "remembered" or not head.size:
                super().remember(head)
            if head.size:
                stopped.append(head)
                asyncio.run_coroutine_threadsafe(take_over(), loop).result()
                super().remember(head)

    async def take_over() -> None:
        lease.take(lease.seen())
        taken.append(await open_in(2, url, tmp_path))
        await taken[0].append(asked("by-the-next"))

    loop = asyncio.get_running_loop()
    one = await Log.open(SqlStore(url, epoch=1), Stopping(tmp_path / "guard", ORIGIN, 1), KEY)
    receipt = await one.append(asked("late"))
    (other,) = taken
    assert (receipt.size, one.head, other.head.size) == (1, stopped[0], 2)
    again = await other.receipt(0)
    assert again.leaf_hash == receipt.leaf_hash
    kept = other.reader.note(1)
    assert kept is not None
    assert kept == receipt.text.partition("\n\n")[2]
    with pytest.raises(Fenced):
        await one.append(asked("too-late"))
    await one.close()
    await other.append(asked("c"))
    await other.close()
    third = await open_in(2, url, tmp_path)
    assert third.head.size == 3
    await third.close()


# The guard's files of several epochs.


def test_epochs_share_the_lock_and_write_apart(tmp_path: Path) -> None:
    path = tmp_path / "guard"
    alone = FileGuard(path, ORIGIN)
    alone.remember(HEADS[1])
    with pytest.raises(GuardRefused, match="held by another log"):
        FileGuard(path, ORIGIN, 1)
    alone.close()
    one, two = FileGuard(path, ORIGIN, 1), FileGuard(path, ORIGIN, 2)
    with pytest.raises(GuardRefused, match="held by another log"):
        FileGuard(path, ORIGIN)
    with pytest.raises(GuardRefused, match=r"guard\.2: held by another log"):
        FileGuard(path, ORIGIN, 2)
    assert (one.last(), two.last()) == (HEADS[1], HEADS[1])
    one.remember(HEADS[2])
    two.remember(HEADS[3])
    assert not path.with_name("guard.1").exists()
    one.remember(HEADS[4])
    one.close()
    two.close()
    alone = FileGuard(path, ORIGIN)
    assert alone.last() == HEADS[3]
    alone.remember(HEADS[5])
    alone.close()
    three = FileGuard(path, ORIGIN, 3)
    assert three.last() == HEADS[5]
    three.close()


def test_an_older_epoch_leaves_a_later_ones_file(tmp_path: Path) -> None:
    path = tmp_path / "guard"
    two = FileGuard(path, ORIGIN, 2)
    two.remember(HEADS[3])
    one = FileGuard(path, ORIGIN, 1)
    assert one.last() == HEADS[3]
    one.remember(HEADS[4])
    assert path.with_name("guard.2").exists()
    one.close()
    two.close()
    path.with_name("guard.old").write_bytes(b"not an epoch")
    FileGuard(path, ORIGIN, 3).close()


def test_epochs_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    for epoch, head in ((1, Head(3, ROOT)), (2, Head(3, b"x" * 32))):
        guard = FileGuard(tmp_path / str(epoch), ORIGIN, epoch)
        guard.remember(head)
        guard.close()
        (tmp_path / f"{epoch}.{epoch}").rename(tmp_path / f"guard.{epoch}")
    with pytest.raises(GuardRefused, match=r"remembers size 3, root 0+, and also size 3, root 78"):
        FileGuard(tmp_path / "guard", ORIGIN, 3)


def test_a_damaged_epoch_is_named(tmp_path: Path) -> None:
    (tmp_path / "guard.1").write_bytes(b"x" * 8192)
    for epoch in (None, 1, 2):
        with pytest.raises(GuardRefused, match=r"both slots of guard\.1 are damaged"):
            FileGuard(tmp_path / "guard", ORIGIN, epoch)
