"""A log whose server has a synchronous standby: what is acknowledged is on both, whichever dies."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from audit.errors import AuditError, AuditUnavailable, StandbyMissing
from audit.guard import FileGuard
from audit.lease import Tenure
from audit.log import Log
from audit.receipt import Receipt
from audit.sql_lease import SqlLease
from audit.sql_store import SqlStore
from audit.store import Group, Head
from gateway.doctor.examine import examined
from gateway.doctor.finding import State
from gateway.observe.door import ObserveDoor
from gateway.observe.prometheus_observer import PrometheusObserver
from gateway.observe.readiness import readiness
from tests.audit.samples import BLOB_KEY, KEY, ORIGIN, asked
from tests.components import RestartedCluster, restarted_cluster, standby_of
from tests.flow.test_server_gone import FR, status
from tests.world import NODES, Ground, World, open_world

SECONDS = 1.0
WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
HEADS = [Head(each, bytes([each]) * 32) for each in range(4)]


@dataclass
class Pair:
    """A primary and its synchronous standby, and the database of one log."""

    primary: RestartedCluster
    standby: RestartedCluster
    database: str = ""

    @property
    def url(self) -> str:
        """Where the log is."""
        return self.primary.cluster.url_of(self.database)

    @asynccontextmanager
    async def log(self, guard: Path, url: str = "") -> AsyncIterator[Log]:
        """The log, opened as a node opens it that is told to have a standby."""
        store = SqlStore(url or self.url, standby=True, seconds=SECONDS)
        opened = await Log.open(store, FileGuard(guard, ORIGIN), KEY, blob_key=BLOB_KEY)
        try:
            yield opened
        finally:
            await opened.close()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While the standby is away."""
        self.standby.stop()
        try:
            yield
        finally:
            self.standby.start()

    def let(self, setting: str, value: str) -> None:
        """Change a setting of the primary for all its sessions."""
        self.primary.sql(f"ALTER SYSTEM SET {setting} = '{value}'")
        self.primary.sql("SELECT pg_reload_conf()")


@pytest.fixture(scope="module")
def servers() -> Iterator[Pair]:
    """Both servers, once for the module."""
    with restarted_cluster() as primary, standby_of(primary.cluster) as standby:
        pair = Pair(primary, standby)
        pair.let("synchronous_standby_names", "*")
        yield pair


@pytest.fixture
def pair(servers: Pair) -> Pair:
    """The servers with a new database."""
    return Pair(servers.primary, servers.standby, servers.primary.cluster.create("audit"))


async def refused(log: Log, query: str) -> AuditError:
    """What an entry is turned away with."""
    with pytest.raises(AuditUnavailable) as found:
        await log.append(asked(query))
    return found.value


async def appended(log: Log, query: str) -> Receipt:
    """The receipt of an entry that goes in as soon as the server is whole again."""
    for _ in range(300):
        try:
            return await log.append(asked(query))
        except AuditUnavailable:
            await asyncio.sleep(0.1)
    raise AssertionError("the log does not go on")


async def answered(world: World) -> bool:
    """Whether questions are answered again, as soon as the commit that waited has ended."""
    for _ in range(300):
        try:
            return await status(world) == "ANSWERED"
        except AuditUnavailable:
            await asyncio.sleep(0.1)
    return False


async def until(found: Callable[[], object]) -> None:
    """Wait for something at a server."""
    for _ in range(300):
        if await asyncio.to_thread(found):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("never happened")


async def queries(log: Log) -> list[bytes]:
    """The entries of the signed tree, each proved to be in it."""
    for index in range(log.head.size):
        Receipt.parse((await log.receipt(index)).text).verify(KEY.public)
    return [each.leaf for each in await log.entries(0, log.head.size)]


async def test_a_server_that_waits_for_no_standby_gets_no_log(pair: Pair, tmp_path: Path) -> None:
    try:
        for setting, value, told in (
            ("synchronous_standby_names", "", "synchronous_standby_names is empty"),
            ("synchronous_commit", "local", "synchronous_commit is local, not `on`"),
            ("synchronous_commit", "remote_write", "synchronous_commit is remote_write"),
        ):
            before = pair.primary.sql(f"SHOW {setting}")[0][0]
            pair.let(setting, value)
            with pytest.raises(StandbyMissing, match=told) as found:
                async with pair.log(tmp_path / "guard"):
                    """Not reached."""
            assert "[database] synchronous" in str(found.value), "both sides"
            assert found.value.code == "STANDBY_MISSING"
            pair.let(setting, before)
    finally:
        pair.let("synchronous_standby_names", "*")
        pair.let("synchronous_commit", "on")
    async with pair.log(tmp_path / "guard") as log:
        assert (await log.append(asked("a"))).size == 1
        pair.let("synchronous_standby_names", "")
        await until(lambda: pair.primary.sql("SHOW synchronous_standby_names") == [("",)])
        assert isinstance(await refused(log, "b"), StandbyMissing), "it is looked at with every commit"
        pair.let("synchronous_standby_names", "*")
        assert (await appended(log, "c")).size == 3, "what was refused for it is there, without a receipt"


async def test_a_standby_that_is_away_ends_entries_in_time_and_they_go_on_when_it_is_back(
    pair: Pair, tmp_path: Path
) -> None:
    async with pair.log(tmp_path / "guard") as log:
        await log.append(asked("a"))
        lease = SqlLease(pair.url)
        assert lease.seen() is None
        assert lease.take(None) == 1
        with pair.alone():
            assert "no answer within 1.0 s" in str(await refused(log, "b"))
            for _ in range(2):
                assert "still waits" in str(await refused(log, "c"))
            assert len(pair.primary.sql(WAITING)) == 1, "one session is left, however often it is tried"
            lease.beat(1)
            lease.release(1)
            assert lease.seen() == Tenure(1, 1, held=False), "a beat waits for nobody"
            assert log.head.size == 1
        receipt = await appended(log, "d")
        leaves = await queries(log)
        assert [name in leaf for name, leaf in zip((b'"a"', b'"b"', b'"d"'), leaves, strict=True)] == [
            True
        ] * 3
        assert receipt.size == 3
    lease.close()


@pytest.mark.parametrize("end", ["pg_cancel_backend", "pg_terminate_backend"])
async def test_a_wait_that_somebody_ends_is_no_acknowledgement(pair: Pair, tmp_path: Path, end: str) -> None:
    async with pair.log(tmp_path / "guard") as log:
        await log.append(asked("a"))
        with pair.alone():
            waits = asyncio.create_task(refused(log, "b"))
            await until(lambda: pair.primary.sql(WAITING))
            pair.primary.sql(f"SELECT {end}(pid) {WAITING.removeprefix('SELECT pid')}")
            await waits
            await refused(log, "c")
            assert log.head.size == 1, "what may be at the primary alone is not signed"
        assert (await appended(log, "d")).size == 3
        assert len(await queries(log)) == 3


async def test_a_log_is_opened_only_when_what_it_holds_is_at_the_standby(pair: Pair, tmp_path: Path) -> None:
    """A node was killed while its commit waited; the next one starts on the same database."""
    first = SqlStore(pair.url, standby=True, seconds=30)
    first.start()
    first.commit(Group(0, HEADS[1], [b"zero"]))
    with pair.alone():
        left = threading.Thread(target=lambda: first.commit(Group(1, HEADS[2], [b"one"])))
        left.start()
        await until(lambda: pair.primary.sql(WAITING))
        second = SqlStore(pair.url, standby=True, seconds=SECONDS)
        with pytest.raises(AuditUnavailable):
            second.start()
        coming = SqlStore(pair.url, standby=True, seconds=30)
        opening = asyncio.create_task(asyncio.to_thread(coming.start))
    left.join()
    try:
        assert await opening == HEADS[2], "not the head before, from which it would fork"
    except AuditUnavailable:  # the lock was given up just before
        assert coming.start() == HEADS[2]
    coming.commit(Group(2, HEADS[3], [b"two"]))
    for each in (first, second, coming):
        each.close()


async def test_a_node_without_its_standby_answers_nothing_and_says_so(
    pair: Pair, tmp_path: Path, ground: Ground
) -> None:
    stores = {
        node: {"audit": pair.primary.cluster.url_of(pair.primary.cluster.create("node"))} for node in NODES
    }
    settings = f"[database]\nsynchronous = true\nlog_seconds = {SECONDS}\n"
    async with open_world(tmp_path, replace(ground, stores=stores, settings=settings)) as world:
        node, home = world.nodes[FR], world.homes[FR]
        door = TestClient(ObserveDoor(node, PrometheusObserver(FR), None))

        def told() -> tuple[str, State, bool]:
            found = [each for each in examined(home) if each.looked_at.startswith("audit: [database]")]
            metrics = door.get("/metrics").text
            missing = f'entente_log_standby_missing{{node="{FR}"}} 1.0' in metrics
            return found[0].found, found[0].state, missing

        assert await status(world) == "ANSWERED"
        assert (await readiness(node))["log"] == ""
        whole = "synchronous_standby_names '*', synchronous_commit on, 1 connected, synchronous: 1"
        assert await asyncio.to_thread(told) == (whole, State.OK, False)
        with pair.alone():
            for _ in range(2):
                with pytest.raises(AuditUnavailable) as found:
                    await status(world)
                assert found.value.code == "AUDIT_UNAVAILABLE"
            assert (await readiness(node))["log"] == "STANDBY_MISSING"
            none = whole.replace("1 connected, synchronous: 1", "0 connected, synchronous: 0")
            assert await asyncio.to_thread(told) == (none, State.FAIL, True)
        await until(lambda: pair.primary.sql("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"))
        assert await answered(world)
        assert set((await readiness(node)).values()) == {""}


async def test_no_acknowledged_entry_is_lost_with_the_primary(tmp_path: Path) -> None:
    with restarted_cluster() as primary, standby_of(primary.cluster) as standby:
        pair = Pair(primary, standby)
        pair.let("synchronous_standby_names", "*")
        pair.database = primary.cluster.create("audit")
        receipts: list[Receipt] = []
        async with pair.log(tmp_path / "guard") as log:
            await log.append(asked("first"))

            async def on(writer: int) -> None:
                for number in count():
                    receipt = await log.append(asked(f"w{writer}-{number}"))
                    receipts.append(receipt)

            writing = [asyncio.create_task(on(each)) for each in range(4)]
            await until(lambda: len(receipts) >= 40)
            primary.kill()
            ended = await asyncio.gather(*writing, return_exceptions=True)
            assert {type(each) for each in ended} == {AuditUnavailable}
        standby.sql("SELECT pg_promote()")
        url = standby.cluster.url_of(pair.database)
        with pytest.raises(StandbyMissing):
            async with pair.log(tmp_path / "guard", url):
                """The new primary has no standby yet."""
        with standby_of(standby.cluster) as other:
            assert other.sql("SELECT pg_is_in_recovery()") == [(True,)]
            standby.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
            standby.sql("SELECT pg_reload_conf()")
            async with pair.log(tmp_path / "guard", url) as log:
                leaves = await queries(log)
                for each in receipts:
                    assert (await log.receipt(each.index)).leaf_hash == each.leaf_hash
                assert len(leaves) >= len(receipts) + 1
                before = log.head.size
                assert (await log.append(asked("after"))).size == before + 1


async def test_a_server_that_was_started_anew_a_moment_ago_costs_no_entry(tmp_path: Path) -> None:
    with restarted_cluster() as server:
        url = server.cluster.url_of(server.cluster.create("audit"))
        log = await Log.open(SqlStore(url), FileGuard(tmp_path / "guard", ORIGIN), KEY, blob_key=BLOB_KEY)
        for number in range(3):
            assert (await log.append(asked(f"q-{number}"))).size == number + 1
            server.stop()
            server.start()
            log._store._used = float("inf")  # type: ignore[attr-defined]  # as if it had been used this moment
        assert len(await queries(log)) == 3
        await log.close()
