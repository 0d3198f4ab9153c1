"""Nodes on a real OPA as in production: refusing while it is down, answering when it is back; and shadows."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.findings import Wanted
from audit.keys import write_secret
from gateway.errors import NotAllowed
from gateway.graphql.analyst import analyst_schema
from gateway.policy_state import policy_state
from gateway.shadow_reports import RULE, ShadowReports
from gateway.shipped import shipped_texts
from policy.bundle import Bundle
from policy.judge import Judge
from policy.opa_engine import OpaEngine
from policy.shadow_engine import Difference, ShadowEngine
from policy.terms import Operation, Role
from tests.policy.signed_opa import TOKEN, SignedOpa
from tests.world import Ground, World, open_world

BOX: dict[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}
HOME, PARTNER = "fr.ofast", "se.polisen"
PATIENT = 30.0


@pytest.fixture
def opa(opa_binary: Path, tmp_path: Path) -> SignedOpa:
    folder = tmp_path / "opa"
    folder.mkdir()
    return SignedOpa.of(opa_binary, Bundle.packaged(), folder)


@pytest.fixture
def on_opa(ground: Ground, opa: SignedOpa, tmp_path: Path) -> Ground:
    """A ground whose nodes decide by this OPA."""
    token = tmp_path / "opa.token"
    write_secret(token, TOKEN.encode())
    policy = {"opa_token_file": str(token), "opa_seconds": PATIENT}
    return replace(ground, engine="opa", opa_address=opa.address, policy=policy)


async def status(world: World, node: str) -> Mapping[str, Any]:
    picture = await world.ask(HOME, Operation.LOOKUP, BOX)
    found: Mapping[str, Any] = next(each for each in picture["nodes"] if each["node"] == node)
    return found


async def test_a_partner_whose_opa_is_down_refuses_and_answers_again_when_it_is_back(
    world: World, opa: SignedOpa
) -> None:
    with opa.running():
        engine = await OpaEngine.open(opa.address, Bundle.packaged(), seconds=PATIENT, token=TOKEN)
        world.nodes[PARTNER] = replace(world.nodes[PARTNER], judge=Judge(engine, PARTNER))
        assert (await status(world, PARTNER))["status"] == "ANSWERED"
    for _ in range(2):
        refused = await status(world, PARTNER)
        assert (refused["status"], refused["reasons"]) == ("REFUSED", ["POLICY_UNAVAILABLE"])
        assert (await status(world, HOME))["status"] == "ANSWERED"
    assert (await world.log(PARTNER))[-1]["reasons"] == ["POLICY_UNAVAILABLE"]
    with opa.running():
        assert (await status(world, PARTNER))["status"] == "ANSWERED"
    await engine.close()


@pytest.mark.slow
async def test_a_home_whose_opa_is_down_asks_nobody_and_recovers(
    tmp_path: Path, on_opa: Ground, opa: SignedOpa
) -> None:
    with ExitStack() as running:
        running.enter_context(opa.running())
        async with open_world(tmp_path / "world", on_opa) as world:
            assert (await status(world, PARTNER))["status"] == "ANSWERED"
            crossed = len(world.wire)
            running.close()
            refused = await status(world, HOME)
            assert (refused["status"], refused["reasons"]) == ("REFUSED", ["POLICY_UNAVAILABLE"])
            assert len(world.wire) == crossed, "nothing is sent without a decision"
            running.enter_context(opa.running())
            assert (await status(world, PARTNER))["status"] == "ANSWERED"


@pytest.fixture
async def shadowed(tmp_path: Path, on_opa: Ground, ground: Ground) -> AsyncIterator[World]:
    """A world that decides by Wasm, with an OPA beside it that does not run yet."""
    beside = replace(on_opa, engine="wasm", policy={**on_opa.policy, "shadow": "opa"})
    async with open_world(tmp_path / "world", beside) as world:
        yield world


async def compared(world: World, node: str, some: str) -> Mapping[str, Any]:
    """The shadow's counts, once there are `some`."""
    while not state(world, node)["shadow"][some]:  # noqa: ASYNC110  # another thread counts
        await asyncio.sleep(0.02)
    found: Mapping[str, Any] = state(world, node)["shadow"]
    return found


def state(world: World, node: str) -> Mapping[str, Any]:
    return policy_state(world.visit(node, "auditor", Role.OVERSIGHT))


@pytest.mark.slow
async def test_answers_are_the_same_whether_the_shadow_runs_or_not(shadowed: World, opa: SignedOpa) -> None:
    assert (await status(shadowed, PARTNER))["status"] == "ANSWERED"
    await compared(shadowed, PARTNER, "failed")
    with opa.running():
        assert (await status(shadowed, PARTNER))["status"] == "ANSWERED"
        counts = await compared(shadowed, PARTNER, "same")
    assert counts["differing"] == 0
    assert isinstance(shadowed.nodes[PARTNER].judge.engine, ShadowEngine)
    assert (state(shadowed, PARTNER)["engine"], counts["engine"]) == ("wasm", "opa")
    assert not findings(shadowed, PARTNER)


def findings(world: World, node: str) -> list[Any]:
    return list(world.nodes[node].oversight.findings.list(Wanted(rule=RULE)))


async def test_a_difference_is_a_finding_for_oversight_once_a_day(world: World) -> None:
    book = world.nodes[HOME].oversight.findings
    reports = ShadowReports(HOME, book, world.clock, "wasm", "opa")
    for digest in ("hmac-sha256:" + "1" * 64, "hmac-sha256:" + "2" * 64):
        reports.differs(Difference("answer.decision", digest, digest, digest))
    (finding,) = findings(world, HOME)
    assert finding.severity == "HIGH"
    assert "answer.decision: wasm gave hmac-sha256:1" in finding.text
    world.later(86_400)
    reports.differs(Difference("answer.decision", "a", "b", "c"))
    assert len(findings(world, HOME)) == 2


async def test_the_state_of_the_law_is_for_oversight_and_administrators(world: World) -> None:
    told = {"engine": "wasm", "revision": Bundle.packaged().revision, "shadow": None}
    schema, text = analyst_schema(), shipped_texts("desk")["policy_state"]
    for role in (Role.OVERSIGHT, Role.ADMINISTRATOR):
        result = await schema.execute(text, context_value=world.visit(HOME, "person", role))
        assert (result.errors, result.data) == (None, {"policyState": told})
    with pytest.raises(NotAllowed, match="oversight or administrator"):
        policy_state(world.visit(HOME))
