"""Replay: real questions, decided again as they were, and as they would have been; no row is read."""

from dataclasses import replace
from typing import Any

import pytest

from audit.entry import Entry, Kind
from audit.index import Search
from gateway.errors import VariablesRejected
from gateway.liaise import revoke
from gateway.oversight.look import indexed
from gateway.replay import Change, Replayed, Wanted, replay
from policy.grants import GrantTerms
from policy.mandate import Actor
from policy.terms import Mode, Operation, Role
from tests.flow.test_preview import CASE, terms
from tests.world import World

HOME = "se.polisen"
WANTED = Wanted(Actor(HOME, "officer-a", frozenset({Role.LIAISON}), "unit-1"), "TRIAL_1")
BOX: dict[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}


async def ask(world: World, operation: Operation, variables: dict[str, Any], **why: Any) -> str:
    """The query id of a question of fr.ofast to se.polisen."""
    picture = await world.ask("fr.ofast", operation, variables, nodes=[HOME], **{"case": CASE} | why)
    return str(picture["queryId"])


async def tried(world: World, grant: GrantTerms | None = None, **other: Any) -> Replayed:
    return await replay(world.nodes[HOME], Change(grant=grant), replace(WANTED, **other))


async def test_a_question_tells_what_its_decision_needs(world: World) -> None:
    schemata = {"text": "Lindqvist", "schemata": ["Person", "Vessel", "Secret Name", "No_such"]}
    await ask(world, Operation.SEARCH, {"text": "Lindqvist", "schemata": ["Person", "Vessel"]})
    await ask(world, Operation.SEARCH, schemata | {"schemata": ["Person", "Nosuch"], "dataset": "cases"})
    received = [leaf for leaf in await world.log(HOME) if leaf["kind"] == "QUESTION_RECEIVED"]
    assert received[0]["schemata"] == ["Person", "Vessel"]
    assert "truncated" not in received[0]
    assert (received[1]["schemata"], received[1]["datasets"]) == (["Person"], ["cases"])
    assert received[1]["truncated"] is True
    told = (await tried(world)).shown()
    assert told["notReplayable"] == [{"name": "QUESTION_CUT", "questions": 1}]


async def test_without_a_change_everything_comes_out_as_logged(world: World) -> None:
    await ask(world, Operation.LOOKUP, BOX)
    await ask(world, Operation.LOOKUP, BOX, case="SE-2026-0007")
    await world.grant(HOME, terms(world))
    await ask(world, Operation.SEARCH, {"text": "Lindqvist", "schemata": ["Person"]})
    await revoke(world.visit(HOME, "officer-a", Role.LIAISON), "g-preview", "case closed")
    await ask(world, Operation.LOOKUP, BOX)
    before = await world.kinds(HOME)
    steps: list[tuple[int, int]] = []
    result = await replay(world.nodes[HOME], Change(), WANTED, lambda done, of: steps.append((done, of)))
    assert (result.asked, result.same) == (4, 4)
    assert (dict(result.unlike), dict(result.lost), result.changed) == ({}, {}, {})
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    added = (await world.log(HOME))[len(before) :]
    assert [(leaf["kind"], leaf["action"], leaf["justification"]) for leaf in added] == [
        ("LOG_READ", "REPLAYED", "TRIAL_1")
    ]


async def test_which_real_questions_a_change_would_have_answered_otherwise(world: World) -> None:
    node = world.nodes[HOME]
    box = await ask(world, Operation.LOOKUP, BOX)
    more = (await tried(world, terms(world))).shown()
    assert more["changed"] == 1
    assert more["changes"][0]["queryIds"] == [box]
    assert more["changes"][0]["would"].startswith("T3")
    assert {"name": "g-preview@1", "questions": 1} in more["grants"]

    held = node.books.grants.candidates("fr.ofast", node.now(), CASE)
    gone = [replace(each, version=each.version + 1, revoked_at=node.now()) for each in held]
    for ended in gone:
        told = (await tried(world, ended)).shown()
        assert told["asked"] == 1
    await world.grant(HOME, terms(world))
    late = await ask(world, Operation.LOOKUP, BOX)
    narrowed = terms(world, version=2, mode=Mode.HIT)
    told = (await tried(world, narrowed)).shown()
    assert [each["queryIds"] for each in told["changes"]] == [[late]], (
        "before its first version it was not there"
    )
    other = (await tried(world, narrowed, partners=frozenset({"eu.europol"}))).shown()
    assert other["asked"] == 0


async def test_erased_papers_are_counted_and_nothing_else_stops(world: World) -> None:
    node = world.nodes[HOME]
    await ask(world, Operation.LOOKUP, BOX)
    await ask(world, Operation.LOOKUP, BOX)
    first, _ = (await indexed(node)).find(Search(kinds=(Kind.QUESTION_RECEIVED.value,)))
    told = {"ranges": [str(first.index)], "records": 1, "reasons": ["COURT_ORDER"], "approvers": ["a", "b"]}
    await node.log.erase([first.index], Entry(Kind.ERASED, HOME, told))
    shown = (await tried(world)).shown()
    assert (shown["asked"], shown["replayed"], shown["same"]) == (2, 1, 1)
    assert shown["notReplayable"] == [{"name": "ERASED", "questions": 1}]


def test_a_replay_says_why_and_ends() -> None:
    with pytest.raises(VariablesRejected, match="code"):
        replace(WANTED, justification="because I want to")
    with pytest.raises(VariablesRejected, match="days"):
        replace(WANTED, days=0)
