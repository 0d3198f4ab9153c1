"""A question across the border while one node's keys lie on a token; then the token is taken away."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.__main__ import main as verifier
from audit.errors import KeyUnavailable
from audit.key_reference import reference_in
from audit.keys import write_secret
from gateway.home import read_card
from gateway.key_settings import USES
from gateway.observe.readiness import readiness
from gateway.wiring import open_node
from policy.terms import Operation
from tests.components import SoftTokens
from tests.world import Ground, World, open_world

FR, SE = "fr.ofast", "se.polisen"
BOX = {"value": "XQZU 418026-6", "kind": "container"}


@pytest.fixture
async def held(tmp_path: Path, ground: Ground, soft_tokens: SoftTokens) -> AsyncIterator[World]:
    """The world, all signing keys of fr.ofast on a token."""
    write_secret(tmp_path / "token.pin", soft_tokens.pin.encode())
    told = {"module": str(soft_tokens.module), "pin_file": str(tmp_path / "token.pin")}
    told |= dict.fromkeys(USES, f"pkcs11:token={soft_tokens.make()}")
    async with open_world(tmp_path / "world", replace(ground, keys={FR: told})) as world:
        yield world


def status(picture: Mapping[str, Any]) -> dict[str, str]:
    return {each["node"]: each["status"] for each in picture["nodes"]}


async def test_a_node_whose_keys_lie_on_a_token_asks_and_is_asked_and_fails_closed_without_it(
    held: World, soft_tokens: SoftTokens
) -> None:
    world, home = held, held.homes[FR]
    assert all(reference_in((home.keys / f"{use}.key").read_bytes()) for use in USES)
    assert not [each for each in home.keys.iterdir() if b"PRIVATE+KEY" in each.read_bytes()]
    assert set(status(await world.ask(FR, Operation.LOOKUP, BOX)).values()) == {"ANSWERED"}
    assert status(await world.ask(SE, Operation.LOOKUP, BOX))[FR] == "ANSWERED"
    assert set((await readiness(world.nodes[FR])).values()) == {""}

    wire, sizes = len(world.wire), {node: world.nodes[node].log.head.size for node in (FR, SE)}
    with soft_tokens.taken_away():
        parts = await readiness(world.nodes[FR])
        assert (parts["keys"], parts["directory"]) == ("KEY_UNAVAILABLE", "")
        with pytest.raises(KeyUnavailable):
            await world.ask(FR, Operation.LOOKUP, BOX)
        assert len(world.wire) == wire, "nothing left the node"
        assert world.nodes[FR].log.head.size == sizes[FR]
        assert status(await world.ask(SE, Operation.LOOKUP, BOX))[FR] == "INVALID_ANSWER"
        with pytest.raises(KeyUnavailable):
            async with open_node(home):
                pass
    await asyncio.sleep(1.1)  # for so long it is left alone
    assert set((await readiness(world.nodes[FR])).values()) == {""}
    assert status(await world.ask(FR, Operation.LOOKUP, BOX))[SE] == "ANSWERED"
    assert status(await world.ask(SE, Operation.LOOKUP, BOX))[FR] == "ANSWERED"
    for node in (FR, SE):
        await world.nodes[node].log.close()
        vkey = read_card(world.homes[node].card).log_vkey
        assert verifier(["verify", str(world.homes[node].path / "audit.sqlite"), "--vkey", vkey]) == 0
