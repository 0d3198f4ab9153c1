"""Nodes on a real OPA as in production: refusing while it is down, answering when it is back; and shadows."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, UnixConnector, web

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
    await until(lambda: state(world, node)["shadow"][some])
    found: Mapping[str, Any] = state(world, node)["shadow"]
    return found


async def until(told: Callable[[], Any]) -> Any:
    """What is told, once there is something: another thread compares."""
    async with asyncio.timeout(PATIENT):
        while not (found := told()):  # noqa: ASYNC110  # a thread has no event to wait for
            await asyncio.sleep(0.02)
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


@asynccontextmanager
async def lying(opa: SignedOpa, socket: Path) -> AsyncIterator[list[str]]:
    """Another OPA at `socket`: the true one's answers, but with the rules that it is told to name."""
    lies: list[str] = []

    async def passed_on(request: web.Request) -> web.Response:
        token = {"Authorization": request.headers["Authorization"]}
        async with session.post(
            f"http://opa{request.path}", data=await request.read(), headers=token
        ) as reply:
            answer = await reply.json()
        answer["result"] |= {"rules": lies} if lies else {}
        return web.json_response(answer)

    server = web.Application()
    server.router.add_post("/{path:.*}", passed_on)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.UnixSite(runner, str(socket)).start()
    try:
        async with ClientSession(connector=UnixConnector(opa.address.removeprefix("unix:"))) as session:
            yield lies
    finally:
        await runner.cleanup()


@pytest.mark.slow
async def test_what_the_shadow_decides_otherwise_is_counted_and_found_and_changes_no_answer(
    tmp_path: Path, on_opa: Ground, opa: SignedOpa
) -> None:
    socket = tmp_path / "lying.sock"
    policy = {**on_opa.policy, "shadow": "opa"}
    ground = replace(on_opa, engine="wasm", opa_address=f"unix:{socket}", policy=policy)
    with opa.running():
        async with lying(opa, socket) as lies, open_world(tmp_path / "world", ground) as world:
            true = await status(world, PARTNER)
            await compared(world, PARTNER, "same")
            lies.append("answer.lie")
            told = await status(world, PARTNER)
            assert (told["status"], told["reasons"]) == (true["status"], true["reasons"])
            await compared(world, PARTNER, "differing")
            found = await until(lambda: findings(world, PARTNER))
            assert "answer.decision: wasm gave hmac-sha256:" in found[0].text


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
