"""A service whose databases lie on a server: saved while it works, lost, brought back by the commands."""

import asyncio
import re
import tomllib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.backing_up import Saving, back_up
from gateway.errors import DatabaseNotEmpty
from gateway.home import Home, now_utc
from gateway.manifest import DUMPS, Manifest
from gateway.oversight.state import verification, verify_now
from gateway.releasing import release
from gateway.restoring import Bringing, restore
from gateway.rooms import ROOMS
from gateway.wiring import open_node
from policy.terms import Operation, Role
from sharing.loopback_courier import LoopbackCourier
from tests.components import PostgresCluster
from tests.flow.server_roles import Service, empty_databases, psql, said, served
from tests.world import Ground, LoopbackPoster, World, open_world

FR, SE = "fr.ofast", "se.polisen"
BOX = {"value": "XQZU 418026-6", "kind": "container"}
PREFIX = "fr_kept"
PASSPHRASE = b"correct horse battery staple"


@pytest.fixture(scope="module")
def service(postgres_cluster: PostgresCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with served(postgres_cluster, tmp_path_factory.mktemp("kept") / "node", PREFIX) as made:
        yield made


@pytest.fixture
async def world(tmp_path: Path, ground: Ground, service: Service) -> AsyncIterator[World]:
    told = f'\n[database]\nkeeper = "{PREFIX}_keeper"\n'
    settled = replace(ground, quorum="any", stores={FR: service.stores}, settings=told)
    async with open_world(tmp_path / "world", settled) as opened:
        yield opened


@pytest.fixture
def empty(postgres_cluster: PostgresCluster, service: Service) -> Iterator[Service]:
    """New databases on the same server, which has the roles already."""
    with empty_databases(postgres_cluster, PREFIX) as made:
        yield made


def moved(home: Home, folder: Path, old: Service, new: Service) -> Path:
    """The settings of a home with other databases, in a folder of their own, and these given to the owner."""
    text = (home.path / "node.toml").read_text()
    for room, database in old.databases.items():
        text = text.replace(f'/{database}"', f'/{new.databases[room]}"')
    assert tomllib.loads(text)["store"] == new.stores
    folder.mkdir()
    (folder / "node.toml").write_text(text)
    psql(new, said("roles", str(folder), "--prefix", PREFIX), stop=False)
    return folder / "node.toml"


async def working(world: World, ended: asyncio.Event) -> int:
    """Ask one question after the other until told to end."""
    asked = 0
    while not ended.is_set():
        await world.ask(FR, Operation.LOOKUP, BOX)
        asked += 1
    return asked


async def saved(world: World, folder: Path) -> Manifest:
    """Save the node by a thread of its own, while questions are asked."""
    ended = asyncio.Event()
    task = asyncio.create_task(working(world, ended))
    try:
        return await asyncio.to_thread(
            back_up, world.homes[FR], folder, Saving(PASSPHRASE, f"{PREFIX}_saver"), now_utc, lambda *_: None
        )
    finally:
        ended.set()
        assert await task > 0


async def test_a_service_on_a_server_comes_back_in_empty_databases(
    world: World, tmp_path: Path, service: Service, empty: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", service.password)
    await world.ask(FR, Operation.LOOKUP, BOX)
    await world.feeder(FR).once()
    backup, other = tmp_path / "backup", tmp_path / "other"
    before = world.nodes[FR].log.head.size
    manifest = await saved(world, backup)
    assert manifest.log.size >= before
    assert [each.rooms[-1] for each in manifest.databases][-1] == "audit", "the log comes last"
    assert {room for each in manifest.databases for room in each.rooms} == {room.name for room in ROOMS}
    assert manifest.elsewhere == ()
    assert service.password not in manifest.text.decode()

    settings = moved(world.homes[FR], tmp_path / "new", service, empty)
    bringing = Bringing(PASSPHRASE, settings)
    with pytest.raises(DatabaseNotEmpty, match="a dump is put back into an empty one"):
        restore(backup, other, Bringing(PASSPHRASE), now_utc(), lambda *_: None)

    def cut(part: str, _done: int, _whole: int) -> None:
        if part == f"{DUMPS}audit.dump":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(backup, other, bringing, now_utc(), cut)
    assert not other.exists()
    restore(backup, other, bringing, now_utc(), lambda *_: None)
    late = Home(other)
    psql(empty, said("roles", str(other), "--prefix", PREFIX, "--grants"))
    assert re.findall(r"\S+$", said("status", str(other)), re.MULTILINE) == ["CURRENT"] * len(ROOMS)
    empty.refused("owner", "audit", "DELETE FROM audit_entry", "UPDATE audit_entry SET leaf = leaf")
    empty.refused("log", "audit", "DELETE FROM audit_entry", "ALTER TABLE audit_entry DISABLE TRIGGER ALL")
    empty.refused("loader", "records", "TRUNCATE record", "CREATE TABLE mine (a int)")
    empty.refused("saver", "sharing", "DELETE FROM sharing_grant")

    found = await release(late, poster=LoopbackPoster(world))
    assert (found.released, found.size, found.words[SE]) == (True, manifest.log.size, "COSIGNED")
    away = LoopbackCourier(world.doors, world.notices)
    async with open_node(late, clock=world.clock, away=away) as node:
        world.nodes[FR] = node
        assert (await world.ask(FR, Operation.LOOKUP, BOX))["complete"]
        assert (await world.ask(SE, Operation.LOOKUP, BOX, nodes=[FR]))["complete"]
        assert (await world.log(FR))[found.size]["action"] == "LOG_RESTORED"
        auditor = world.visit(FR, "auditor-1", Role.OVERSIGHT)
        await verify_now(auditor, "YEARLY_REVIEW")
        for _ in range(600):
            if verification(auditor)["stage"] != "RUNNING":
                break
            await asyncio.sleep(0.05)
        assert verification(auditor)["stage"] == "HOLDS"
