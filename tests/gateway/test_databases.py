"""The versions of the databases: what is made, what is taken over, what is refused before it is opened."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import text, update

from gateway.cli import main
from gateway.databases import FIRST, NAME, Room, connected, in_use, opened, ready, version
from gateway.errors import (
    DatabaseForeign,
    DatabaseInUse,
    DatabaseNewer,
    DatabaseOlder,
    DatabaseUnavailable,
)
from gateway.home import Home
from gateway.logs import LOG, grow_log
from gateway.rooms import RECORDS, ROOMS, SHARING
from gateway.upgrading import upgrade
from gateway.wiring import open_records
from tenants.errors import ShelfUnavailable

TOLD = ("--id", "fr.test", "--name", "Test", "--country", "FR", "--spoc", "x@t.example", "--port", "8777")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'rooms.sqlite'}"
    return str(request.getfixturevalue("postgres_database")("rooms"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A new node that was never started."""
    assert CliRunner().invoke(main, ["init", str(tmp_path / "node"), *TOLD]).exit_code == 0
    return Home(tmp_path / "node")


def restamp(room: Room, url: str, to: str) -> None:
    """Let a database have another version."""
    with connected(url) as connection:
        connection.execute(update(room.table).values(version_num=to))


def at(room: Room, url: str) -> str | None:
    with connected(url) as connection:
        return version(room, connection)


def knowing(room: Room, place: Path, *versions: str) -> Room:
    """The room as a program knows it that has these versions."""
    folder = place / room.name
    folder.mkdir(parents=True)
    for file in room.folder.glob(f"r{FIRST}.*.sql"):
        (folder / file.name).write_bytes(file.read_bytes())
    for each in versions:
        (folder / f"r{each}.py").touch()
    return replace(room, place=place)


def change(url: str, *statements: str) -> None:
    with connected(url) as connection:
        for each in statements:
            connection.execute(text(each))


def test_all_rooms_are_made_with_the_newest_version_side_by_side(url: str) -> None:
    assert {room.name: at(room, url) for room in ROOMS} == {room.name: None for room in ROOMS}
    for _ in range(2):
        assert {ready(room, url) for room in ROOMS} == {url}
        assert {room.name: at(room, url) for room in ROOMS} == {
            room.name: room.versions[-1] for room in ROOMS
        }


def test_processes_that_start_at_once_make_one_database(url: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda _: ready(SHARING, url), range(6))) == [url] * 6
    with connected(url) as connection:
        assert list(connection.execute(text("SELECT version_num FROM entente_sharing")).scalars()) == [
            SHARING.versions[-1]
        ]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.name))
def test_what_was_made_before_there_were_versions_becomes_the_first(
    room: Room, url: str, tmp_path: Path
) -> None:
    with connected(url) as connection:
        room.make(connection)
    assert at(room, url) == ""
    ready(knowing(room, tmp_path, FIRST), url)
    assert at(room, url) == FIRST


def test_a_table_that_is_missing_in_an_old_database_is_made(url: str) -> None:
    with connected(url) as connection:
        RECORDS.make(connection)
    change(url, "DROP TABLE source_file")
    with pytest.raises(DatabaseOlder):
        ready(RECORDS, url)  # it is the first version now; what came after that is for an upgrade
    change(url, "INSERT INTO source_file VALUES (1, 'cases.jsonl')")
    upgrade(RECORDS, url, lambda _: None)
    ready(RECORDS, url)


def test_tables_that_are_called_like_ours_are_not_touched(url: str) -> None:
    change(url, "CREATE TABLE sharing_grant (id VARCHAR PRIMARY KEY, digest VARCHAR)")
    with pytest.raises(DatabaseForeign, match="sharing: has tables called like ours") as refused:
        ready(SHARING, url)
    assert refused.value.code == "DATABASE_FOREIGN"
    with pytest.raises(DatabaseForeign):
        ready(SHARING, url)  # nothing of the try is left
    change(url, "DROP TABLE sharing_grant")
    ready(SHARING, url)


def test_a_shelf_of_an_older_layout_is_refused_as_before(url: str) -> None:
    with connected(url) as connection:
        RECORDS.make(connection)
    change(url, "UPDATE layout SET layout = 4")
    with pytest.raises(ShelfUnavailable, match=r"layout \[4\], this version reads 5"):
        ready(RECORDS, url)


def test_an_older_version_is_refused_with_the_command_that_helps(url: str, tmp_path: Path) -> None:
    ready(knowing(SHARING, tmp_path / "old", FIRST), url)
    coming = knowing(SHARING, tmp_path / "new", FIRST, "0900")
    with pytest.raises(DatabaseOlder, match=rf"has version {FIRST}.*`entente database upgrade HOME`"):
        ready(coming, url)


def test_a_newer_version_is_refused(url: str) -> None:
    ready(SHARING, url)
    restamp(SHARING, url, "9999")
    with pytest.raises(DatabaseNewer, match="has version '9999'"):
        ready(SHARING, url)


def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    with pytest.raises(DatabaseUnavailable) as refused:
        ready(SHARING, "postgresql://entente:secret-word@127.0.0.1:1/none")
    assert "secret-word" not in str(refused.value)


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "no.sqlite").write_bytes(b"plain text, and long enough to be looked at as a header" * 40)
    with pytest.raises(DatabaseUnavailable, match="not a database"):
        ready(SHARING, f"sqlite:///{tmp_path / 'no.sqlite'}")


def test_nothing_of_a_node_opens_a_database_of_another_version(home: Home) -> None:
    for room in ROOMS:
        opened(room, home.path, home.settings())
        restamp(room, f"sqlite:///{home.path / room.name}.sqlite", "9999")
    with pytest.raises(DatabaseNewer, match="audit"):
        asyncio.run(grow_log(home, home.settings()))
    with pytest.raises(DatabaseNewer, match="records"):
        open_records(home, home.settings())
    source = home.path / "cases.jsonl"
    source.write_text("{}\n")
    told = CliRunner().invoke(main, ["load", str(home.path), str(source)])
    assert told.exit_code == 2
    assert told.stderr.startswith("DATABASE_NEWER: ")


def test_the_status_of_each_database(home: Home) -> None:
    assert told_of(home) == {room.name: "EMPTY" for room in ROOMS}
    assert not list(home.path.glob("*.sqlite")), "looking makes nothing"
    opened(LOG, home.path, home.settings())
    with connected(f"sqlite:///{home.path / 'sharing.sqlite'}") as connection:
        SHARING.make(connection)
    opened(RECORDS, home.path, home.settings())
    restamp(RECORDS, f"sqlite:///{home.path / 'records.sqlite'}", "9999")
    found = {"audit": "CURRENT", "sharing": "UNVERSIONED", "records": "NEWER"}
    assert told_of(home) == {room.name: found.get(room.name, "EMPTY") for room in ROOMS}


def told_of(home: Home) -> dict[str, str]:
    told = CliRunner().invoke(main, ["database", "status", str(home.path)])
    assert told.exit_code == 0, told.output
    lines = (line.split() for line in told.output.splitlines())
    return {words[0]: words[-1] for words in lines}


def test_whoever_works_with_a_home_keeps_its_versions(home: Home) -> None:
    upgrading = partial(in_use, home.path, alone_for="the upgrade")
    with (
        in_use(home.path),
        in_use(home.path),
        pytest.raises(DatabaseInUse, match="a node or a command of it is running"),
        upgrading(),
    ):
        pass
    with (
        upgrading(),
        pytest.raises(DatabaseInUse, match="their version is being changed"),
        in_use(home.path),
    ):
        pass


def test_a_session_on_a_server_says_whose_it_is_and_has_its_limits(
    home: Home, postgres_database: Callable[..., str]
) -> None:
    settings = home.settings()
    store = settings.store.model_copy(update={"sharing": postgres_database("said")})
    limits = settings.database.model_copy(update={"lock_seconds": 7.5, "idle_seconds": 90.0})
    settings = settings.model_copy(update={"store": store, "database": limits})
    asked = ("application_name", "lock_timeout", "idle_in_transaction_session_timeout")
    with psycopg.connect(opened(SHARING, home.path, settings)) as connection:
        found = [connection.execute("SELECT current_setting(%s)", (each,)).fetchone() for each in asked]
    assert found == [(NAME,), ("7500ms",), ("90s",)]
