"""The log of a command: through whoever holds it now, by itself where nobody does, once in any case."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.canonical import parse_object
from audit.entry import Entry, Kind
from audit.errors import AuditUnavailable, GuardRefused
from audit.log import Log
from gateway import beside
from gateway.beside import LogBeside
from gateway.home import Home, Profile, create
from gateway.loading import load_file, said
from gateway.logs import BESIDE, letting_in, open_beside, open_log

ROW = {
    "id": "c-1",
    "schema": "Company",
    "properties": {"name": ["Primeurs"]},
    "envelope": {"dataset": "cases"},
}


@pytest.fixture
def home() -> Iterator[Home]:
    """A new node's, in a folder whose name is short enough for a socket."""
    with tempfile.TemporaryDirectory() as folder:
        profile = Profile("fr.ofast", "OFAST", "FR", "spoc@ofast.example", 18_998, demo=True)
        yield create(Path(folder) / "fr", profile, now=datetime.now(UTC))


@pytest.fixture
async def held(home: Home) -> AsyncIterator[Log]:
    """The log as the node that runs holds it, its door open."""
    settings = home.settings()
    log = await open_log(home, settings)
    async with letting_in(home, settings, log):
        yield log
    await log.close()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "PAUSES", (0.0, 0.1, 0.1))


def outcome(name: str = "once") -> Entry:
    return Entry(Kind.COLLECTED, "fr.ofast", {"records": 1}, once=name)


async def kinds(log: Log) -> list[str]:
    return [str(parse_object(each.leaf)["kind"]) for each in await log.entries(0, log.head.size)]


async def test_a_load_goes_through_the_node_that_runs(home: Home, held: Log, tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text(json.dumps(ROW))
    report = await load_file(home, source, "cases", None)
    assert said(source, report).startswith("a.jsonl: load 1, 1 new, 0 altered, 0 unchanged")
    assert await kinds(held) == ["ADMINISTRATION", "COLLECTED"]
    source.write_text(json.dumps(ROW | {"properties": {"name": ["Primeurs de l'Estuaire"]}}))
    assert (await load_file(home, source, "cases", None)).altered == 1
    assert (await kinds(held))[2:] == ["ADMINISTRATION", "COLLECTED", "ALTERED"]


async def test_without_a_node_a_load_holds_the_log_itself(home: Home, tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text(json.dumps(ROW))
    (home.path / BESIDE).touch()
    assert (await load_file(home, source, "cases", None)).loaded == 1
    log = await open_log(home, home.settings())
    assert await kinds(log) == ["ADMINISTRATION", "COLLECTED"]
    await log.close()


@pytest.mark.usefixtures("patient")
async def test_what_must_be_kept_is_kept_once_whoever_goes_away(home: Home) -> None:
    settings = home.settings()
    command = LogBeside(home, settings)
    node = await open_log(home, settings)
    async with letting_in(home, settings, node):
        await command.keep(outcome("a"))
        await command.keep(outcome("a"))
    await node.close()
    await command.keep(outcome("b"))
    assert not (home.path / BESIDE).exists()
    with pytest.raises(GuardRefused):
        await open_log(home, settings)
    await command.close()
    node = await open_log(home, settings)
    assert await kinds(node) == ["COLLECTED", "COLLECTED"]
    await node.close()


@pytest.mark.usefixtures("patient")
async def test_a_node_that_starts_meanwhile_is_waited_for(home: Home) -> None:
    settings = home.settings()
    command = LogBeside(home, settings)
    node = await open_log(home, settings)
    kept = asyncio.create_task(command.keep(outcome()))
    await asyncio.sleep(0.05)
    async with letting_in(home, settings, node):
        await kept
    await command.close()
    assert await kinds(node) == ["COLLECTED"]
    with pytest.raises(GuardRefused):
        await command.keep(outcome("late"))
    await node.close()


async def test_what_stops_the_node_stops_its_commands(home: Home, held: Log) -> None:
    held.quarantine("stands for whatever stops it")
    log = await open_beside(home, home.settings())
    with pytest.raises(AuditUnavailable):
        await log.append(outcome())
    await log.close()


async def test_a_path_that_is_too_long_leaves_no_door(
    home: Home, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    far = Home(tmp_path / ("x" * 100))
    home.path.rename(far.path)
    settings = far.settings()
    log = await open_log(far, settings)
    async with letting_in(far, settings, log):
        assert "commands cannot append beside it" in caplog.text
        with pytest.raises(GuardRefused, match="held by another log"):
            await open_beside(far, settings)
    await log.close()
    far.path.rename(home.path)


async def test_where_there_is_a_sequencer_its_socket_is_the_way(home: Home) -> None:
    log = await open_log(home, home.settings())
    path = home.path / "node.toml"
    path.write_text(path.read_text() + '\n[log]\nsequencer = "sequencer.sock"\n')
    async with letting_in(home, home.settings(), log):
        assert not (home.path / BESIDE).exists()
    await log.close()
