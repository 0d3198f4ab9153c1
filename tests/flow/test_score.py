"""The demo's truth: together the analysts find every planted link across a border, and no decoy."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from gateway.demo.score import Found, scored, starts
from gateway.errors import NotAllowed
from gateway.matching import resembling
from tests.world import NODES, Ground, World, open_world

Shown = Mapping[str, Any]


async def told(
    world: World, mandates: dict[str, str], node: str, handle: str, asked: Sequence[str]
) -> Sequence[Shown]:
    visit = world.visit(node)
    mandates.setdefault(node, await world.mandate(visit))
    try:
        found = await resembling(visit, handle, mandates[node], list(asked) or None)
    except NotAllowed:
        return ()
    proposals: Sequence[Shown] = found["proposals"]
    return proposals


@pytest.mark.slow
async def test_together_they_find_all_that_was_planted_and_alone_nothing(
    tmp_path: Path, ground: Ground
) -> None:
    async with open_world(tmp_path, ground) as world:
        world.waits(60.0)
        mandates: dict[str, str] = {}
        answers: dict[tuple[str, str, tuple[str, ...]], Sequence[Shown]] = {
            (node, handle, asked): await told(world, mandates, node, handle, asked)
            for node in NODES
            for handle in starts(world.truth, node)
            for asked in ((), (node,))
        }
    said: list[str] = []
    score = scored(
        world.truth, NODES, lambda node, handle, asked: answers[node, handle, tuple(asked)], said.append
    )
    missed = [(each["left"], each["right"]) for each in score["planted"] if not each["found"]]
    assert (missed, score["decoys"]) == ([], [])
    assert score["found"] == len(score["planted"]) == 13
    assert score["alone"] == dict.fromkeys(NODES, 0)
    assert len(said) == len(NODES)


def test_a_decoy_that_is_linked_is_told() -> None:
    truth = {
        "members": [{"handles": ["fr.a/1", "se.b/1"]}],
        "same_as": [{"left": "fr.a/1", "right": "se.b/1", "name": "one"}],
        "not_same_as": [{"left": "fr.a/1", "right": "se.b/2"}],
        "decoys": ["se.b/2"],
        "joint_path": [],
    }
    evidence = [{"feature": "NAME", "weight": 1.0}]

    def ask(node: str, handle: str, asked: Sequence[str]) -> Sequence[Shown]:
        if asked or (node, handle) != ("fr.a", "fr.a/1"):
            return ()
        return [
            {"left": handle, "right": other, "score": score, "evidence": evidence}
            for other, score in (("se.b/1", 0.8), ("se.b/2", 0.95))
        ]

    score = scored(truth, ["fr.a", "se.b"], ask, lambda _: None)
    assert score["found"] == 0
    assert [(each["left"], each["right"]) for each in score["decoys"]] == [("fr.a/1", "se.b/2")]


def test_what_is_one_with_the_same_third_is_one() -> None:
    found = Found()
    link = {"score": 0.99, "evidence": []}
    found.add(
        "se.b", [link | {"left": "se.b/1", "right": "fr.a/1"}, link | {"left": "se.b/1", "right": "eu.c/1"}]
    )
    assert found.groups() == [frozenset({"se.b/1", "fr.a/1", "eu.c/1"})]
