"""Questions that are read from a hot standby: never older than the primary, whatever happens to it."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings

from policy.decision import Access, Branch
from policy.filters import Field
from policy.terms import Mode, Operation
from tenants import replica
from tenants.envelope import Defaults
from tenants.errors import ShelfUnavailable
from tenants.model import EntityModel
from tenants.postgres_view import PostgresView, Reading
from tenants.selection import Selection
from tenants.shelf import Shelf, open_shelf
from tests.components import RestartedCluster, restarted_cluster, standby_of
from tests.tenants.oracle import SPOC
from tests.tenants.permits import NOW, TREE, access
from tests.tenants.policies import accesses
from tests.tenants.test_changes import row
from tests.tenants.test_views import SEARCH, Filled, compare, fill, questions

WHO = "a"
KEPT = access((Branch("g1@1", Mode.RECORD, Field("gt", "retain_until", NOW)),), {"*": ("g1@1",)})
ERASED = "SELECT count(*) FROM record WHERE id = 'a'"


@dataclass
class Servers:
    """A primary and its hot standby."""

    primary: RestartedCluster
    standby: RestartedCluster

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """While the standby gets what is written and does not show it."""
        self.hold()
        try:
            yield
        finally:
            self.go_on()

    def hold(self) -> None:
        """Let the standby stay where it is."""
        self.standby.sql("SELECT pg_wal_replay_pause()")
        while self.standby.sql("SELECT pg_get_wal_replay_pause_state()") != [("paused",)]:
            time.sleep(0.01)

    def go_on(self) -> None:
        """Let it follow again."""
        self.standby.sql("SELECT pg_wal_replay_resume()")

    def follow(self) -> None:
        """Wait until the standby shows all that the primary shows."""
        ((end,),) = self.primary.sql("SELECT pg_current_wal_insert_lsn()")
        while self.standby.sql(f"SELECT pg_last_wal_replay_lsn() >= '{end}'") != [(True,)]:
            time.sleep(0.01)


@dataclass
class Read:
    """A shelf on a database of the primary, read by way of the standby."""

    servers: Servers
    database: str
    shelf: Shelf
    view: PostgresView

    @property
    def counts(self) -> dict[str, int]:
        """How questions ended since the last look."""
        assert self.view.replica is not None
        told = {name: count for name, count in self.view.replica.counts.items() if count}
        self.view.replica.counts.clear()
        return told

    async def shown(self, who: str = WHO) -> tuple[list[str], bool]:
        """The notes that a record is shown with, none if it is not; and whether the standby was read."""
        found = await self.view.read(KEPT, Selection(Operation.ENTITY, {"id": who}, TREE))
        records = json.loads(found.payload)["records"]
        notes = [
            each["values"][0] for one in records for each in one["properties"] if each["name"] == "notes"
        ]
        return notes, found.replica

    def load(self, path: Path, *rows: dict[str, Any]) -> None:
        """Load records, as ever at the primary."""
        path.write_text("".join(json.dumps(each) + "\n" for each in rows))
        report = self.shelf.loader("fr.ofast", lambda: NOW).load_jsonl(path, Defaults())
        assert report.rejected == 0

    def by_hand(self, *statements: str) -> None:
        """What an administrator does with psql."""
        with psycopg.connect(self.servers.primary.cluster.url_of(self.database)) as connection:
            for each in statements:
                connection.execute(each.encode())

    def at_the_standby(self, query: str) -> object:
        """What the standby itself has."""
        with psycopg.connect(self.servers.standby.cluster.url_of(self.database)) as connection:
            return connection.execute(query.encode()).fetchall()[0][0]


@pytest.fixture(autouse=True)
def _busy_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that runs all tests at once may take longer for a connection than a service would wait."""
    monkeypatch.setattr(replica, "WITHIN", 5.0)


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with restarted_cluster() as primary, standby_of(primary.cluster) as standby:
        yield Servers(primary, standby)


@asynccontextmanager
async def reading(servers: Servers, model: EntityModel, database: str, **more: Any) -> AsyncIterator[Read]:
    """The shelf on this database."""
    told: dict[str, Any] = {"replica": servers.standby.cluster.url_of(database), "patience": 5.0}
    primary = servers.primary.cluster.url_of(database)
    shelf = open_shelf(primary, model, reading=Reading(**(told | more)))
    servers.follow()  # the database itself has to be there
    view = shelf.view(SPOC)
    assert isinstance(view, PostgresView)
    try:
        yield Read(servers, database, shelf, view)
    finally:
        await shelf.close()


@pytest.fixture
async def read(servers: Servers, model: EntityModel, tmp_path: Path) -> AsyncIterator[Read]:
    """A shelf with one record, which the standby has answered for."""
    async with reading(servers, model, servers.primary.cluster.create("shelf")) as made:
        made.load(tmp_path / "first.jsonl", row(WHO, "one"), row("b", "other"))
        assert await made.shown() == (["one"], True)
        assert made.counts == {"replica": 1}
        yield made


@pytest.fixture
async def filled(servers: Servers, model: EntityModel, tmp_path: Path) -> AsyncIterator[Filled]:
    """The shelf of the views' own tests, read from the standby."""
    database = servers.primary.cluster.create("views")
    plain = fill(servers.primary.cluster.url_of(database), model, tmp_path)
    async with reading(servers, model, database) as made:
        yield Filled(made.shelf, made.view, plain.oracle)
    await plain.shelf.close()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(key=accesses(), question=questions())
async def test_it_answers_as_every_view_does(
    filled: Filled, key: Access, question: tuple[Operation, dict[str, Any]]
) -> None:
    await compare(filled, key, *question)
    assert isinstance(filled.view, PostgresView)
    assert filled.view.replica is not None
    assert set(filled.view.replica.counts) == {"replica"}, "and it is the standby that does"


@pytest.mark.parametrize(
    ("how", "left"),
    [
        ("withdrawn", []),
        ("corrected", ["two"]),
        ("DELETE FROM record WHERE id = 'a'", []),
        ("TRUNCATE record", []),
        ("UPDATE record SET retain_until = 0 WHERE id = 'a'", []),
        ("UPDATE record SET subject_category = 'UNCATEGORISED' WHERE id = 'a'", []),
    ],
)
async def test_what_is_taken_back_is_not_shown_by_a_standby_that_does_not_know(
    read: Read, tmp_path: Path, how: str, left: list[str]
) -> None:
    with read.servers.held_back():
        if how == "withdrawn":
            read.load(tmp_path / "next.jsonl", row(WHO, "one", withdrawn=True), row("b", "other"))
        elif how == "corrected":
            read.load(tmp_path / "next.jsonl", row(WHO, "two"), row("b", "other"))
        else:
            read.by_hand(how)
        assert read.at_the_standby(ERASED) == 1, "it is still there"
        assert read.view.replica is not None
        read.view.replica._patience = 0.1
        for _ in range(2):
            assert await read.shown() == (left, False)
        assert read.counts == {"behind": 2}
    read.servers.follow()
    assert await read.shown() == (left, True)


async def test_whatever_the_order_of_things_what_the_primary_holds_is_shown(
    servers: Servers, model: EntityModel, tmp_path: Path
) -> None:
    chance, held, paused = random.Random(8), "", False
    async with reading(servers, model, servers.primary.cluster.create("story"), patience=0.02) as made:
        made.load(tmp_path / "first.jsonl", row("b", "other"))
        for step in range(24):
            act = chance.choice(["load", "load", "erase", "hold", "go on", "ask"])
            if act == "load":
                held = f"note {step}"
                made.load(tmp_path / f"{step}.jsonl", row(WHO, held))
            elif act == "erase":
                held = ""
                made.by_hand("UPDATE record SET retain_until = 0 WHERE id = 'a'")
            elif act in {"hold", "go on"}:
                paused = act == "hold"
                servers.hold() if paused else servers.go_on()
            notes, _ = await made.shown()
            assert notes == ([held] if held else []), (step, act, paused)
        servers.go_on()
        assert {"replica", "behind"} <= set(made.counts), "both were asked"


async def test_a_standby_that_is_gone_costs_no_answer_and_is_used_again_when_it_is_back(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "PAUSE", 0.5)
    read.servers.standby.stop()
    assert [await read.shown() for _ in range(3)] == [(["one"], False)] * 3
    assert read.counts == {"away": 3}
    read.servers.standby.start()
    end = time.monotonic() + 60
    while not (await read.shown())[1]:
        assert time.monotonic() < end
        await asyncio.sleep(0.1)
    assert await read.shown() == (["one"], True)


async def test_a_server_that_follows_another_one_is_never_read(
    servers: Servers, model: EntityModel, tmp_path: Path
) -> None:
    """The same records were loaded there, so that nothing but the mark tells them apart."""
    cluster = servers.primary.cluster
    mine, others = cluster.create("mine"), cluster.create("others")
    async with reading(servers, model, mine, replica=cluster.url_of(others), patience=0.0) as made:
        assert await made.shown() == ([], False), "nothing was ever written"
        assert made.counts == {"away": 1}
        theirs = open_shelf(cluster.url_of(others), model)
        for number, shelf in enumerate((made.shelf, theirs)):
            path = tmp_path / f"{number}.jsonl"
            path.write_text(json.dumps(row(WHO, "one")) + "\n")
            shelf.loader("fr.ofast", lambda: NOW).load_jsonl(path, Defaults())
        assert [await made.shown() for _ in range(3)] == [(["one"], False)] * 3
        assert made.counts == {"behind": 3}
        await theirs.close()


async def test_a_primary_that_is_gone_ends_answers_although_the_standby_lives(
    servers: Servers, model: EntityModel, tmp_path: Path
) -> None:
    async with reading(servers, model, servers.primary.cluster.create("last"), wait=0.5) as made:
        made.load(tmp_path / "first.jsonl", row(WHO, "one"))
        assert await made.shown() == (["one"], True)
        servers.primary.stop()
        with pytest.raises(ShelfUnavailable):
            await made.view.read(KEPT, SEARCH)
        servers.primary.start()
        assert (await made.shown())[0] == ["one"]
