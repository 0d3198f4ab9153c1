"""Databases on a server in a backup: which programs are taken, what they are told, what is refused."""

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import make_url

from audit.entry import Entry, Kind
from audit.guard import FileGuard
from audit.store import Head
from gateway.backing_up import Saving, back_up, on_servers
from gateway.cli import main
from gateway.errors import (
    BackupDiffers,
    BackupRefused,
    DatabaseNewer,
    DatabaseNotEmpty,
    DatabaseUnavailable,
    DumpProgramMissing,
)
from gateway.home import Home, Profile, create
from gateway.logs import open_log
from gateway.manifest import DUMPS, NAME, Manifest
from gateway.postgres_dump import Way, program
from gateway.restoring import Bringing, read_backup, restore
from tests.components import PostgresCluster

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DUMP = f"{DUMPS}audit.dump"


def now() -> datetime:
    return NOW


def untold(_part: str, _done: int, _whole: int) -> None:
    """Tell nobody."""


def pretend(folder: Path, major: int, name: str = "pg_dump") -> Path:
    """A program that says it is of this version."""
    path = folder / str(major) / "bin" / name
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {major}.4 (Made up 1:{major}.4-1)'\n")
    path.chmod(0o755)
    return path


def test_the_oldest_program_that_is_new_enough_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for major in (14, 16, 17):
        pretend(tmp_path, major)
    monkeypatch.setenv("PATH", str(pretend(tmp_path / "path", 15).parent))
    taken = {least: program("pg_dump", least, folder=tmp_path) for least in range(14, 18)}
    assert {least: each.major for least, each in taken.items()} == {14: 14, 15: 15, 16: 16, 17: 17}
    assert Path(taken[15].path).is_relative_to(tmp_path / "path")
    with pytest.raises(DumpProgramMissing, match=r"version 18 or newer is needed .* there is 14, 16, 17, 15"):
        program("pg_dump", 18, folder=tmp_path)
    broken = pretend(tmp_path / "broken", 20)
    broken.write_text("#!/bin/sh\nexit 1\n")
    monkeypatch.setenv("PATH", str(broken.parent))
    with pytest.raises(DumpProgramMissing, match="there is none"):
        program("pg_dump", 15, folder=tmp_path / "nowhere")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://fr:hid%20den@db.test:5433/log?sslmode=verify-full",
        "postgresql+psycopg://fr@db.test:5433/log?password=hid%20den&sslmode=verify-full",
    ],
)
def test_a_password_is_no_argument(url: str) -> None:
    way = Way.to(url)
    assert "hid" not in way.told
    assert way.environment["PGPASSWORD"] == "hid den"
    for word in ("user=fr", "host=db.test", "port=5433", "dbname=log", "sslmode=verify-full"):
        assert word in way.told.split()


def test_what_cannot_be_told_in_secret_is_refused() -> None:
    with pytest.raises(BackupRefused, match="holds sslpassword; put that into a service file"):
        Way.to("postgresql://fr@db.test/log?sslpassword=hidden")
    assert (
        "PGPASSWORD" not in Way.to("postgresql://fr@db.test/log?service=fr").environment.keys() - os.environ
    )


@pytest.fixture
def home(tmp_path: Path, postgres_cluster: PostgresCluster) -> Iterator[Home]:
    """A home whose log and witness are in one database on a server, with two entries."""
    name = postgres_cluster.create("dumped")
    url = postgres_cluster.url_of(name)
    profile = Profile(
        "fr.test", "Test", "FR", "x@fr.test", 18990, demo=True, store={"audit": url, "witness": url}
    )
    made = create(tmp_path / "node", profile, now=NOW)
    asyncio.run(fill(made, 2))
    yield made
    postgres_cluster.drop(name)


async def fill(home: Home, number: int) -> None:
    log = await open_log(home, home.settings())
    try:
        for _ in range(number):
            await log.append(Entry(Kind.ADMINISTRATION, "fr.test", {"action": "TRIED"}))
    finally:
        await log.close()


@pytest.fixture
def empty(postgres_cluster: PostgresCluster) -> Iterator[str]:
    """The address of an empty database."""
    name = postgres_cluster.create("restored")
    yield postgres_cluster.url_of(name)
    postgres_cluster.drop(name)


def saved(home: Home, folder: Path) -> Path:
    back_up(home, folder, Saving(), now, untold)
    return folder


def elsewhere(home: Home, folder: Path, url: str) -> Bringing:
    """Settings of the home with another database on a server."""
    old = str(home.settings().store.audit)
    folder.mkdir()
    (folder / "node.toml").write_text((home.path / "node.toml").read_text().replace(old, url))
    return Bringing(None, folder / "node.toml")


def test_rooms_of_one_database_are_one_dump(home: Home, empty: str, tmp_path: Path) -> None:
    backup, other = saved(home, tmp_path / "backup"), tmp_path / "other"
    (dump,) = read_backup(backup).databases
    assert (dump.path, sorted(dump.rooms), dump.owner) == (DUMP, ["audit", "witness"], "entente")
    assert dump.versions == {"audit": dump.versions["audit"], "witness": ""}
    assert (backup / DUMP).read_bytes()[:5] == b"PGDMP"
    restore(backup, other, elsewhere(home, tmp_path / "new", empty), NOW, untold)
    with psycopg.connect(empty) as connection:
        assert connection.execute("SELECT count(*) FROM audit_entry").fetchone() == (2,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="is only added to"):
            connection.execute("DELETE FROM audit_entry")
    assert Home(other).settings().store.audit == empty


def changed(backup: Path, **facts: object) -> None:
    """Let the manifest say something else of its one dump."""
    manifest = Manifest.parse((backup / NAME).read_bytes())
    dump = manifest.databases[0].model_copy(update=facts)
    (backup / NAME).write_bytes(manifest.model_copy(update={"databases": (dump,)}).text)


def test_what_does_not_fit_the_server_is_refused_before_anything_is_made(
    home: Home, empty: str, tmp_path: Path
) -> None:
    bringing, other = elsewhere(home, tmp_path / "new", empty), tmp_path / "other"
    backup = saved(home, tmp_path / "backup")
    whole = (backup / NAME).read_bytes()
    for facts, error, why in (
        ({"server": 99}, BackupRefused, r"its server has version \d+, the dump is of 99"),
        ({"program": 99}, DumpProgramMissing, "pg_restore: version 99 or newer is needed"),
        ({"roles": ("fr_unknown",)}, BackupRefused, "gives privileges to fr_unknown, who are no roles"),
        ({"versions": {"audit": "9999"}}, DatabaseNewer, "audit has version '9999'"),
        ({"rooms": ("audit",)}, BackupRefused, r"\[store\] names no database on a server for these"),
        ({"owner": "fr_nobody"}, DatabaseUnavailable, "no password supplied"),
    ):
        changed(backup, **facts)  # type: ignore[arg-type]  # each of its own type
        with pytest.raises(error, match=why):
            restore(backup, other, bringing, NOW, untold)
        (backup / NAME).write_bytes(whole)
    with pytest.raises(DatabaseNotEmpty, match="audit_"):
        restore(backup, other, Bringing(), NOW, untold)
    stranger = create(tmp_path / "se", Profile("se.test", "T", "SE", "x@se.test", 1), now=NOW)
    with pytest.raises(BackupRefused, match=r"are settings of se\.test, the backup is of fr\.test"):
        restore(backup, other, Bringing(None, stranger.path / "node.toml"), NOW, untold)
    assert not list(tmp_path.glob("*other*"))
    with psycopg.connect(empty) as connection:
        assert connection.execute("SELECT count(*) FROM pg_class WHERE relname ~ '^audit'").fetchone() == (0,)


def test_a_dump_that_changes_under_way_leaves_the_database_empty(
    home: Home, empty: str, tmp_path: Path
) -> None:
    backup, other = saved(home, tmp_path / "backup"), tmp_path / "other"
    bringing = elsewhere(home, tmp_path / "new", empty)
    true = (backup / DUMP).read_bytes()

    def spoil(part: str, _done: int, _whole: int) -> None:
        if part.endswith("node.toml"):
            (backup / DUMP).write_bytes(true[:-1] + bytes([true[-1] ^ 1]))

    with pytest.raises(BackupDiffers, match=r"audit\.dump: is not what its manifest says any more"):
        restore(backup, other, bringing, NOW, spoil)
    (backup / DUMP).write_bytes(true)
    restore(backup, other, bringing, NOW, untold)


def test_a_dump_cut_short_is_brought_back_by_the_same_command(home: Home, empty: str, tmp_path: Path) -> None:
    backup, other = saved(home, tmp_path / "backup"), tmp_path / "other"
    bringing = elsewhere(home, tmp_path / "new", empty)
    seen: list[str] = []

    def cut(part: str, _done: int, _whole: int) -> None:
        seen.append(part)
        if part == DUMP:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(backup, other, bringing, NOW, cut)
    assert seen[-1] == DUMP
    restore(backup, other, bringing, NOW, untold)
    with pytest.raises(DatabaseNotEmpty):
        restore(backup, tmp_path / "third", bringing, NOW, untold)


def test_a_log_behind_its_guard_is_no_backup(home: Home, tmp_path: Path) -> None:
    guard = FileGuard(home.guard, "fr.test/log")
    guard.remember(Head(9, bytes(32)))
    guard.close()
    with pytest.raises(BackupRefused, match="the guard remembers 9 entries, its database has 2"):
        saved(home, tmp_path / "backup")


def test_a_server_that_is_away_has_its_code_and_no_password_is_told(home: Home, tmp_path: Path) -> None:
    url = make_url(str(home.settings().store.audit))
    settings = home.path / "node.toml"
    settings.write_text(settings.read_text().replace(f":{url.port}/", ":9/"))
    done = CliRunner().invoke(main, ["backup", str(home.path), str(tmp_path / "backup")])
    assert done.exit_code != 0
    assert done.stderr.strip().startswith("DATABASE_UNAVAILABLE: database witness audit: ")
    assert str(url.password) not in done.output


def test_the_program_missing_has_its_code(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "__kwdefaults__", {"folder": tmp_path})
    monkeypatch.setenv("PATH", str(tmp_path))
    done = CliRunner().invoke(main, ["backup", str(home.path), str(tmp_path / "backup")])
    assert done.stderr.strip().startswith("DUMP_PROGRAM_MISSING: pg_dump: version ")


def test_a_database_is_one_whoever_signs_in_to_it(home: Home) -> None:
    settings = home.settings()
    url = str(settings.store.audit)
    other = make_url(url).set(username="other").render_as_string(hide_password=False)
    store = settings.store.model_copy(update={"quota": other})
    assert list(on_servers(settings.model_copy(update={"store": store})).values()) == [
        ["witness", "quota", "audit"]
    ]


def test_the_log_is_copied_after_all_others(tmp_path: Path) -> None:
    made = create(tmp_path / "node", Profile("fr.test", "T", "FR", "x@fr.test", 1, demo=True), now=NOW)
    asyncio.run(fill(made, 1))
    for name in ("zz", "sharing"):
        with closing(sqlite3.connect(made.path / f"{name}.sqlite")) as database:
            database.execute("CREATE TABLE t (a)")
    order: list[str] = []
    back_up(made, tmp_path / "backup", Saving(), now, lambda part, *_: order.append(part))
    parts = list(dict.fromkeys(order))
    assert (parts[0], parts[-1]) == ("audit.guard", "audit.sqlite")
