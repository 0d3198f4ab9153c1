"""A partner that signs lies: each is one partner's invalid answer, and nobody else's answer changes."""

from pathlib import Path
from typing import Any

from policy.terms import Operation
from tests.load.lies import LIES, TOLD, Liar
from tests.world import World

BOX: dict[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}
LYING = "eu.europol"


async def test_each_lie_is_told_as_one_and_leaves_the_others_answers(world: World, tmp_path: Path) -> None:
    world.doors[LYING] = Liar(world.nodes[LYING], tmp_path / "lies.jsonl").reply
    for lie in ("the truth", *LIES):
        picture = await world.ask("fr.ofast", Operation.LOOKUP, BOX)
        statuses = {each["node"]: each["status"] for each in picture["nodes"]}
        assert statuses.pop(LYING) in TOLD[lie], lie
        assert set(statuses.values()) == {"ANSWERED"}
        assert (LYING in {each["node"] for each in picture["claims"]}) == (lie == "the truth")
        assert not await world.nodes["fr.ofast"].log.open_intents()
