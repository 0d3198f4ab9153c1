"""A service brought back from its backup: it answers nobody before its witnesses have agreed to its log."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from audit.errors import Quarantined
from gateway.backing_up import back_up
from gateway.home import Home, now_utc
from gateway.quarantine import FILE
from gateway.releasing import release
from gateway.restoring import restore
from gateway.wiring import open_node
from policy.terms import Operation
from sharing.loopback_courier import LoopbackCourier
from tests.world import Ground, LoopbackPoster, World, open_world

FR, SE = "fr.ofast", "se.polisen"
BOX: dict[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}
PASSPHRASE = b"correct horse battery staple"


@pytest.fixture
async def world(tmp_path: Path, ground: Ground) -> AsyncIterator[World]:
    async with open_world(tmp_path / "world", replace(ground, quorum="any")) as opened:
        yield opened


def now() -> datetime:
    return now_utc()


def saved(world: World, folder: Path) -> Path:
    back_up(world.homes[FR], folder, PASSPHRASE, now, lambda *_: None)
    return folder


def brought_back(folder: Path, path: Path) -> Home:
    restore(folder, path, PASSPHRASE, now_utc(), lambda *_: None)
    return Home(path)


async def test_a_service_comes_back_on_another_machine_once_its_witnesses_agree(
    world: World, tmp_path: Path
) -> None:
    poster = LoopbackPoster(world)
    await world.ask(FR, Operation.LOOKUP, BOX)
    await world.feeder(FR).once()
    early = saved(world, tmp_path / "early")
    at_backup = world.nodes[FR].log.head.size

    waiting = brought_back(early, tmp_path / "waiting")
    with pytest.raises(Quarantined, match=f"at size {at_backup}"):
        async with open_node(waiting, clock=world.clock):
            pass
    silent, world.witnesses = world.witnesses, {}
    found = await release(waiting, poster=poster)
    assert (found.released, found.lost) == (False, 0), "silence is no agreement"
    world.witnesses = silent

    await world.ask(FR, Operation.LOOKUP, BOX)
    await world.feeder(FR).once()
    seen = world.nodes[FR].log.head.size
    found = await release(waiting, poster=poster)
    assert (found.released, found.lost, found.size) == (False, seen - at_backup, at_backup)
    assert found.words[SE].startswith("AHEAD says it has seen")
    assert (waiting.path / FILE).exists()

    late = brought_back(saved(world, tmp_path / "late"), tmp_path / "other")
    found = await release(late, poster=poster)
    assert (found.released, found.size) == (True, seen)
    assert found.words[SE] == "COSIGNED"
    away = LoopbackCourier(world.doors, world.notices)
    async with open_node(late, clock=world.clock, away=away) as node:
        world.nodes[FR] = node
        assert (await world.ask(FR, Operation.LOOKUP, BOX))["complete"]
        assert (await world.ask(SE, Operation.LOOKUP, BOX, nodes=[FR]))["complete"]
        leaves = await world.log(FR)
        assert leaves[seen]["action"] == "LOG_RESTORED"
        assert [leaf["action"] for leaf in leaves if leaf.get("action") == "LOG_RESTORED"] == ["LOG_RESTORED"]
