"""A demonstration breaks a copy of its log and finds the place; a real node has no such door."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.errors import GatewayError, NotAllowed, VariablesRejected
from gateway.home import Profile, create
from gateway.oversight.damaged import break_copy, damaged_copy, put_back
from gateway.oversight.look import Shown
from gateway.oversight.state import verification, verify_now
from gateway.sessions import Session
from gateway.visit import Visit
from gateway.wiring import open_node
from policy.mandate import Actor
from policy.terms import Operation, Role
from tests.world import World

WHY = "YEARLY_REVIEW"
HOME = "fr.ofast"
BOX = {"value": "XQZU 418026-6", "kind": "container"}


async def ended(visit: Visit) -> Shown:
    """The broken copy, its verification ended."""
    for _ in range(600):
        if (told := damaged_copy(visit)) and told["verification"]["stage"] != "RUNNING":
            return told
        await asyncio.sleep(0.05)
    raise AssertionError("the verification of the copy does not end")


async def test_the_broken_entry_is_named_and_the_log_still_holds(world: World) -> None:
    await world.ask(HOME, Operation.LOOKUP, BOX)
    auditor = world.visit(HOME, "auditor-1", Role.OVERSIGHT)
    assert damaged_copy(auditor) is None
    await break_copy(auditor, WHY, 3)
    told = await ended(auditor)
    assert told["verification"]["stage"] == "DOES_NOT_HOLD"
    assert (told["index"], told["verification"]["broken"]) == (3, [3])
    assert told["was"] == (await world.log(HOME))[3]["at"] != told["reads"]
    await verify_now(auditor, WHY)
    for _ in range(600):
        if verification(auditor)["stage"] != "RUNNING":
            break
        await asyncio.sleep(0.05)
    assert verification(auditor)["stage"] == "HOLDS"
    assert await put_back(auditor)
    assert damaged_copy(auditor) is None
    assert not await put_back(auditor)


async def test_breaking_is_for_oversight_for_a_reason_and_logged(world: World) -> None:
    auditor = world.visit(HOME, "auditor-1", Role.OVERSIGHT)
    for visit, why, leaf, error in (
        (world.visit(HOME), WHY, 0, NotAllowed),
        (auditor, "n/a", 0, VariablesRejected),
        (auditor, WHY, 10_000, VariablesRejected),
    ):
        with pytest.raises(error):
            await break_copy(visit, why, leaf)
    assert damaged_copy(auditor) is None
    with pytest.raises(NotAllowed):
        damaged_copy(world.visit(HOME))
    read = (await world.log(HOME))[-1]
    assert (read["kind"], read["action"], read["justification"]) == ("LOG_READ", "VERIFY_LOG", WHY)


async def test_a_real_node_has_no_such_door(tmp_path: Path, opa_binary: Path, policy_cache: Path) -> None:
    policy = {"opa": str(opa_binary), "cache": str(policy_cache)}
    profile = Profile("fr.ofast", "OFAST", "FR", "spoc@fr.ofast", 18401, policy=policy)
    home = create(tmp_path / "real", profile, now=datetime.now(UTC))
    assert home.settings().node.profile == "production"
    actor = Actor("fr.ofast", "auditor-1", frozenset({Role.OVERSIGHT}), "unit-1")
    async with open_node(home) as node:
        assert node.oversight.damaged is None
        visit = Visit(node, Session(actor, "Auditor", "csrf", 0, 0))
        for step in (lambda: break_copy(visit, WHY, 0), lambda: put_back(visit)):
            with pytest.raises(GatewayError, match="only a demonstration breaks a copy"):
                await step()
        assert damaged_copy(visit) is None
        assert node.log.head.size == 0
