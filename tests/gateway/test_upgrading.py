"""Bringing databases to a newer version: the same as made anew, cut short and gone on with, alone."""

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner, Result
from sqlalchemy import Connection, text

from gateway.cli import main
from gateway.databases import FIRST, NAME, Room, alone, connected, in_use, ready
from gateway.errors import DatabaseInUse, DatabaseNewer
from gateway.home import Home
from gateway.rooms import ROOMS, SHARING
from gateway.upgrading import Step, steps, upgrade
from tenants.shelf import open_shelf
from tests.gateway.dumped_versions import PLACE, RECORDS, counted
from tests.gateway.test_databases import TOLD, at, change

RELEASED = sorted({each.name.partition(".")[0] for each in PLACE.glob("*.sql")})
SECOND = '''"""Say why a grant was made."""

import os
import signal

import sqlalchemy as sa
from alembic import op

revision = "0900"
down_revision = "{before}"


def upgrade() -> None:
    op.add_column("sharing_grant", sa.Column("why", sa.Text()))
    op.create_table("sharing_reason", sa.Column("id", sa.Text(), primary_key=True))
    {end}
'''
ENDS = {"whole": "", "broken": 'op.execute("NONSENSE")', "killed": "os.kill(os.getpid(), signal.SIGKILL)"}
_PG_SHAPE = (
    """SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Make empty databases."""
    if request.param == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("postgres_database")
        yield make
        return
    numbers = iter(range(9))
    yield lambda: f"sqlite:///{tmp_path / str(next(numbers))}.sqlite"


def shape(url: str) -> Counter[tuple[object, ...]]:
    """All that a database is but its rows."""
    with connected(url) as connection:
        if connection.dialect.name == "sqlite":
            rows = connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master")).all()
            return Counter((*row[:3], " ".join((row[3] or "").split())) for row in rows)
        return Counter(tuple(row) for query in _PG_SHAPE for row in connection.execute(text(query)))


def differences(room: Room, connection: Connection) -> list[object]:
    """What Alembic itself finds different from the tables in the code."""
    found: list[object] = []
    for metadata in {each.metadata for each in room.tables}:
        mine = {each.name for each in room.tables if each.metadata is metadata}

        def ours(
            _each: object, name: str | None, kind: str, *_: object, mine: frozenset[str] = frozenset(mine)
        ) -> bool:
            return kind != "table" or name in mine

        found += compare_metadata(
            MigrationContext.configure(connection, opts={"include_object": ours}), metadata
        )
    return found


def test_a_database_brought_up_from_nothing_is_what_the_code_makes(empty: Callable[[], str]) -> None:
    brought, made = empty(), empty()
    for room in ROOMS:
        done: list[Step] = []
        upgrade(room, brought, done.append)
        assert [each.version for each in done] == list(room.versions)
        ready(room, made)
        with connected(brought) as connection:
            assert differences(room, connection) == []
    more, fewer = shape(brought) - shape(made), shape(made) - shape(brought)
    assert (sorted(map(str, more)), sorted(map(str, fewer))) == ([], []), (
        "a table has changed: write a step that changes it where it is already (deploy/docs/database.md)"
    )


@pytest.mark.parametrize("released", RELEASED)
def test_every_released_version_is_brought_up_with_all_that_is_in_it(
    released: str, empty: Callable[[], str], tmp_path: Path
) -> None:
    url, made = empty(), empty()
    restored(url, released)
    with connected(url) as connection:
        before = counted(connection)
    assert all(before[name] for name in ("record", "sharing_grant", "audit_entry", "oversight_finding"))
    for room in ROOMS:
        upgrade(room, url, lambda _: None)
        ready(room, url)
        ready(room, made)
    with connected(url) as connection:
        assert counted(connection).items() >= before.items()
    assert shape(url) == shape(made)
    shelf, ids = open_shelf(url), {str(each["id"]) for each in RECORDS}
    assert set(shelf.versions(sorted(ids))) == ids
    asyncio.run(shelf.close())
    if url.startswith("sqlite"):
        told = [sys.executable, "-m", "audit", "verify", url.removeprefix("sqlite:///")]
        vkey = (PLACE / "log.vkey").read_text().strip()
        verified = subprocess.run([*told, "--vkey", vkey], capture_output=True, text=True, check=False)
        assert verified.returncode == 0, verified.stdout + verified.stderr


def restored(url: str, released: str) -> None:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            database.executescript((PLACE / f"{released}.sqlite.sql").read_text())
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute((PLACE / f"{released}.postgresql.sql").read_text().encode())


def coming(tmp_path: Path, end: str) -> Room:
    """The room of grants in a version to come, whose step ends like this."""
    place = tmp_path / end
    (place / "sharing").mkdir(parents=True, exist_ok=True)
    for file in SHARING.folder.glob("r*"):
        (place / "sharing" / file.name).write_bytes(file.read_bytes())
    step = SECOND.format(before=SHARING.versions[-1], end=ENDS[end])
    (place / "sharing" / "r0900.py").write_text(step)
    return replace(SHARING, place=place)


def columns(url: str) -> set[str]:
    with connected(url) as connection:
        return set(connection.execute(text("SELECT * FROM sharing_grant")).keys())


def test_a_step_that_fails_leaves_the_version_before(empty: Callable[[], str], tmp_path: Path) -> None:
    url = empty()
    ready(SHARING, url)
    change(url, "INSERT INTO sharing_grant VALUES ('g', 1, 'd', 's')")
    with pytest.raises(Exception, match=r"NONSENSE|syntax"):
        upgrade(coming(tmp_path, "broken"), url, lambda _: None)
    assert (at(SHARING, url), "why" in columns(url)) == (SHARING.versions[-1], False)
    done: list[Step] = []
    upgrade(coming(tmp_path, "whole"), url, done.append)
    assert done == [Step("sharing", "0900", "Say why a grant was made.")]
    assert (at(SHARING, url), "why" in columns(url)) == ("0900", True)
    with connected(url) as connection:
        assert connection.execute(text("SELECT id, why FROM sharing_grant")).all() == [("g", None)]
    upgrade(coming(tmp_path, "whole"), url, done.append)
    assert len(done) == 1, "nothing is done twice"


KILLED = """
import sys
from dataclasses import replace
from pathlib import Path
from gateway.rooms import SHARING
from gateway.upgrading import upgrade
upgrade(replace(SHARING, place=Path(sys.argv[1])), sys.argv[2], print)
"""


def test_a_kill_in_the_midst_of_a_step_leaves_the_version_before(
    empty: Callable[[], str], tmp_path: Path
) -> None:
    url = empty()
    ready(SHARING, url)
    place = str(coming(tmp_path, "killed").place)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, place, url], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert (at(SHARING, url), "why" in columns(url)) == (SHARING.versions[-1], False)
    upgrade(coming(tmp_path, "whole"), url, lambda _: None)
    assert (at(SHARING, url), "why" in columns(url)) == ("0900", True)


def test_nothing_is_taken_back_to_an_earlier_version(empty: Callable[[], str]) -> None:
    url = empty()
    ready(SHARING, url)
    change(url, "UPDATE entente_sharing SET version_num = '9999'")
    before = shape(url)
    with pytest.raises(DatabaseNewer):
        upgrade(SHARING, url, lambda _: None)
    assert (at(SHARING, url), shape(url)) == ("9999", before)


def test_two_upgrades_at_once_do_each_step_once(
    empty: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.upgrading.SECONDS", 1)
    url = empty()
    room = coming(tmp_path, "whole")
    ready(SHARING, url)
    with connected(url) as other:
        alone(room, other)
        with pytest.raises(DatabaseInUse):
            upgrade(room, url, lambda _: None)
    upgrade(room, url, lambda _: None)
    assert at(room, url) == "0900"


def test_a_node_that_is_connected_from_anywhere_keeps_the_version(
    postgres_database: Callable[..., str], tmp_path: Path
) -> None:
    url = postgres_database("served")
    ready(SHARING, url)
    with (
        psycopg.connect(url, application_name=NAME),
        pytest.raises(DatabaseInUse, match="1 sessions of a node are connected"),
    ):
        upgrade(coming(tmp_path, "whole"), url, lambda _: None)
    assert at(SHARING, url) == SHARING.versions[-1]


def test_what_has_no_version_gets_one(empty: Callable[[], str]) -> None:
    url = empty()
    with connected(url) as connection:
        SHARING.make(connection)
    assert steps(SHARING, "")[0] == Step("sharing", FIRST, "Write the version of what is there.")
    upgrade(SHARING, url, lambda _: None)
    assert at(SHARING, url) == SHARING.versions[-1]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["database", *arguments])


def test_the_command_says_what_it_will_do_and_does_it_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "node")
    assert CliRunner().invoke(main, ["init", str(home.path), *TOLD]).exit_code == 0
    planned = run("upgrade", str(home.path), "--dry-run")
    assert planned.exit_code == 0, planned.output
    assert planned.output.count(f" {FIRST}  The first version.") == len(ROOMS)
    assert not list(home.path.glob("*.sqlite"))
    with in_use(home.path):
        refused = run("upgrade", str(home.path))
    assert (refused.exit_code, refused.stderr[:18]) == (2, "DATABASE_IN_USE: /"[:18])
    done = run("upgrade", str(home.path))
    assert done.output.count("  done") == sum(len(room.versions) for room in ROOMS)
    assert "every database has this program's version" in run("upgrade", str(home.path)).output
    told = json.loads(run("status", str(home.path), "--json").output)
    assert {each["database"]: each["state"] for each in told} == {room.name: "CURRENT" for room in ROOMS}
