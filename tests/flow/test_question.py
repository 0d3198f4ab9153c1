"""The first question across the border, told as stories."""

from collections.abc import Mapping
from typing import Any

import pytest

from deploy.demo import story
from gateway.demo.expect import differences
from policy.terms import Operation
from tests.world import World

QUESTIONS = {each["id"]: each for each in story.questions()["questions"]}
BOX = {"value": "XQZU 418026-6", "kind": "container"}


@pytest.mark.parametrize("name", QUESTIONS)
async def test_every_scripted_question_gets_the_answer_of_the_truth_file(world: World, name: str) -> None:
    picture = await world.pose(QUESTIONS[name])
    assert list(differences(QUESTIONS[name]["expect"], picture)) == []


def status(picture: Mapping[str, Any]) -> dict[str, str]:
    return {each["node"]: each["status"] for each in picture["nodes"]}


async def test_both_sides_log_before_and_after(world: World) -> None:
    before = {node: world.nodes[node].log.head.size for node in world.nodes}
    await world.ask("fr.ofast", Operation.LOOKUP, BOX)
    home = (await world.kinds("fr.ofast"))[before["fr.ofast"] :]
    partner = (await world.kinds("se.polisen"))[before["se.polisen"] :]
    assert home == ["ADMINISTRATION", "ASKED", "QUESTION_RECEIVED", "DISCLOSED", "ANSWERS_RECEIVED"]
    assert partner == ["QUESTION_RECEIVED", "DISCLOSED"]
    assert not await world.nodes["fr.ofast"].log.open_intents()
    assert not await world.nodes["se.polisen"].log.open_intents()
