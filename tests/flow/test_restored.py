"""A service brought back from its backup: it answers nobody before its witnesses have agreed to its log."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from audit.errors import Quarantined
from audit.feeding import Verdict
from gateway.backing_up import Saving, back_up
from gateway.compromise import compromised
from gateway.doctor.examine import CHECKS
from gateway.doctor.federation import own_witness
from gateway.doctor.files import space_of
from gateway.doctor.finding import Patient, State
from gateway.home import Home, now_utc, read_card
from gateway.quarantine import FILE
from gateway.releasing import release
from gateway.restoring import Bringing, restore
from gateway.rotation import Change
from gateway.watch import read_policy
from gateway.wiring import open_node
from gateway.witness_door import PATH, WitnessDoor
from gateway.witnessing import Feeder
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
    back_up(world.homes[FR], folder, Saving(PASSPHRASE), now, lambda *_: None)
    return folder


def brought_back(folder: Path, path: Path) -> Home:
    restore(folder, path, Bringing(PASSPHRASE), now_utc(), lambda *_: None)
    return Home(path)


def submitted(body: bytes) -> Request:
    """A request to a witness's door."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({"type": "http", "method": "POST", "path": PATH, "headers": []}, receive)


async def test_a_witness_that_came_back_cosigns_under_a_new_key_only(world: World, tmp_path: Path) -> None:
    """Its database has forgotten what it cosigned since; under the old key that could have two histories."""
    folder = saved(world, tmp_path / "backup")
    before = read_card(world.homes[FR].card).witness_vkey
    assert (await world.feeder(SE).once())[FR].verdict is Verdict.COSIGNED
    home = brought_back(folder, tmp_path / "other")
    assert (await release(home, poster=LoopbackPoster(world))).released
    patient = Patient(home, home.settings(), 0, space_of)
    (finding,) = own_witness(patient)
    assert own_witness in CHECKS
    assert (finding.state, "--use witness" in finding.to_do) == (State.FAIL, True)
    away = LoopbackCourier(world.doors, world.notices)
    async with open_node(home, clock=world.clock, away=away) as node:
        world.nodes[FR] = node
        said = (await world.feeder(SE).once())[FR]
        assert (said.verdict, said.line) == (Verdict.SILENT, None)
        assert said.detail.startswith("witness fr.ofast/witness: came back from a backup")
        assert node.witness is not None
        reply = await WitnessDoor(node.witness, world.clock, lambda: None)(submitted(b"anything at all"))
        assert (reply.status_code, json.loads(bytes(reply.body))["error"]["code"]) == (
            503,
            "WITNESS_QUARANTINED",
        )

    changed = await compromised(home, Change.WITNESS, now_utc())
    assert list(own_witness(patient)) == []
    async with open_node(home, clock=world.clock, away=away) as node:
        world.nodes[FR] = node
        assert (await world.feeder(SE).once())[FR].verdict is Verdict.BAD_REPLY, "nobody has its new key yet"
        policy = world.homes[SE].trust_policy
        policy.write_text(policy.read_text().replace(before, changed.vkey))
        feeder = Feeder(world.nodes[SE], read_policy(policy), LoopbackPoster(world))
        assert (await feeder.once())[FR].verdict is Verdict.COSIGNED


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
