"""Two services at one target hear of each other through their officers, who close what they were told."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.acknowledging import acknowledge
from gateway.alerting import DAY
from gateway.delivering import deliver_due
from gateway.errors import NotAllowed, VariablesRejected
from gateway.followup_officers import inbox
from gateway.graphql.analyst import analyst_schema
from gateway.liaise import revoke
from gateway.notices import send
from gateway.shipped import shipped_texts
from policy.terms import Operation, Role
from sharing.errors import ItemRefused
from sharing.inbox import Acknowledgement, Item, ItemKind, ItemState
from sharing.mandate_token import known_by
from sharing.notice import NoticeReply
from sharing.standing_notice import DECONFLICTION_LOOKUP, lookup_body
from tests.flow.test_standing import EU, FR, PHONE, SE, actions, items, load, person, place, round_
from tests.world import World


async def look_up(world: World, node: str = SE) -> Mapping[str, Any]:
    """An analyst of `node` looks up the phone at FR, and every outbox is emptied."""
    found = await world.ask(node, Operation.LOOKUP, {"value": PHONE, "kind": "phone"}, nodes=[FR])
    for each in (FR, SE, EU):
        await deliver_due(world.nodes[each])
    return found


def told(world: World, node: str) -> list[Item]:
    return items(world, node, ItemKind.DECONFLICTION)


def opting_out(world: World, node: str) -> None:
    """From now on the node names nobody and wants to be named to nobody."""
    there = world.nodes[node]
    part = there.settings.standing.model_copy(update={"deconflict": False})
    world.nodes[node] = replace(there, settings=there.settings.model_copy(update={"standing": part}))


@pytest.mark.parametrize("status", ["ANSWERED", "NO_HIT"])
async def test_a_lookup_of_what_another_service_watches_is_told_to_the_officers_of_both(
    world: World, tmp_path: Path, status: str
) -> None:
    if status == "ANSWERED":
        await load(world, tmp_path, person("fr-p-91"))
    asked = await place(world, EU, nodes=[FR])
    found = await look_up(world)
    assert [each["status"] for each in found["nodes"]] == [status]
    (at_eu,), (at_se,) = told(world, EU), told(world, SE)
    assert (at_eu.node, at_eu.reference, at_eu.query_id) == (SE, asked["id"], "")
    assert (at_se.node, at_se.reference, at_se.query_id) == (EU, "", found["queryId"])
    for item in (at_eu, at_se):
        assert (item.content, dict(item.facts), item.subject) == ({}, {}, "")
    assert told(world, FR) == []
    assert (await actions(world, FR)).count("DECONFLICTION_TOLD") == 1
    await look_up(world)
    assert (len(told(world, EU)), len(told(world, SE))) == (1, 1), "once in a period"
    assert (await actions(world, FR)).count("DECONFLICTION_TOLD") == 1


async def test_after_a_period_it_is_told_again(world: World) -> None:
    for node in (FR, SE, EU):
        there = world.nodes[node]
        part = there.settings.standing.model_copy(update={"deconflict_days": 1})
        world.nodes[node] = replace(there, settings=there.settings.model_copy(update={"standing": part}))
    await place(world, EU, nodes=[FR])
    await look_up(world)
    world.later(DAY)
    await look_up(world)
    assert (len(told(world, EU)), len(told(world, SE))) == (2, 2)


async def test_the_own_analysts_of_the_node_that_notices_count_as_well(world: World) -> None:
    asked = await place(world, EU, nodes=[FR])
    found = await look_up(world, FR)
    (at_eu,), (at_fr,) = told(world, EU), told(world, FR)
    assert (at_eu.node, at_eu.reference) == (FR, asked["id"])
    assert (at_fr.node, at_fr.query_id) == (EU, found["queryId"])


@pytest.mark.parametrize("silent", [SE, FR, EU])
async def test_who_does_not_want_it_is_named_to_nobody_and_told_of_nobody(world: World, silent: str) -> None:
    opting_out(world, silent)
    await place(world, EU, nodes=[FR])
    await look_up(world)
    assert not any(told(world, each) for each in (FR, SE, EU))
    assert "DECONFLICTION_TOLD" not in await actions(world, FR)
    tokens = [headers["entente-mandate"] for _, headers, _ in world.wire if "entente-mandate" in headers]
    assert [known_by(each) for each in tokens] == [silent != SE]


async def test_a_lookup_that_is_refused_does_not_learn_who_else_asks(world: World) -> None:
    await place(world, EU, nodes=[FR])
    for grant in ("fr-to-se", "fr-terminals"):
        await revoke(world.visit(FR, "officer-1", Role.LIAISON), grant, "the case is closed")
    found = await look_up(world)
    assert [each["status"] for each in found["nodes"]] == ["REFUSED"]
    assert not any(told(world, each) for each in (FR, SE, EU))


async def test_a_search_a_service_itself_and_a_question_that_is_over_tell_nobody(world: World) -> None:
    await place(world, EU, nodes=[FR], minutes=60)
    await world.ask(SE, Operation.SEARCH, {"text": "Moreau", "schemata": ["Person"]}, nodes=[FR])
    await look_up(world, EU)
    world.later(3_600)
    await look_up(world)
    assert not any(told(world, each) for each in (FR, SE, EU))


async def test_an_answer_does_not_wait_for_a_book_that_is_broken(world: World) -> None:
    class Broken:
        def matching(self, *_: object) -> list[object]:
            raise OSError("no such disk")

    fr = world.nodes[FR]
    book: Any = Broken()
    world.nodes[FR] = replace(fr, watching=replace(fr.watching, book=book))
    found = await look_up(world)
    assert [each["status"] for each in found["nodes"]] == ["NO_HIT"]


async def test_a_node_that_was_not_asked_is_not_believed(world: World) -> None:
    found = await look_up(world)
    for query, told_of in ((found["queryId"], EU), ("q-none", FR)):
        body = {**lookup_body(query, EU), "id": "d-1"}
        reply = await send(world.nodes[EU if told_of == EU else FR], SE, DECONFLICTION_LOOKUP, body)
        assert isinstance(reply, NoticeReply)
        assert reply.status == "EXCHANGE_UNKNOWN"
    assert told(world, SE) == []


async def test_an_officer_closes_what_was_told_by_a_code_once(world: World, tmp_path: Path) -> None:
    await place(world, EU, nodes=[FR])
    await place(world, SE, nodes=[FR])
    await deliver_due(world.nodes[FR])
    await load(world, tmp_path, person("fr-p-91"))
    await round_(world)
    (item,), (given,) = told(world, SE), items(world, FR, ItemKind.ALERT_GIVEN)
    officer, at_fr = world.visit(SE, "officer-1", Role.LIAISON), world.visit(FR, "officer-1", Role.LIAISON)
    with pytest.raises(NotAllowed):
        await acknowledge(world.visit(SE), item.id, Acknowledgement.NOTED)
    text, variables = shipped_texts("desk")["acknowledge_item"], {"id": item.id, "outcome": "CONTACTED"}
    done = await analyst_schema().execute(text, variables, context_value=officer)
    assert done.errors is None
    assert done.data is not None
    shown = done.data["acknowledgeItem"]
    assert (shown["state"], shown["decidedBy"], shown["decisionReason"]) == (
        "ACKNOWLEDGED", "officer-1", "CONTACTED",
    )  # fmt: skip
    assert await inbox(officer, ItemState.OPEN, ItemKind.DECONFLICTION, 10) == []
    with pytest.raises(ItemRefused):
        await acknowledge(officer, item.id, Acknowledgement.NOTED)
    assert (await acknowledge(at_fr, given.id, Acknowledgement.NOT_RELEVANT))["state"] == "ACKNOWLEDGED"
    for node in (SE, FR):
        (leaf,) = [each for each in await world.log(node) if each.get("action") == "ITEM_ACKNOWLEDGED"]
        assert leaf["retain_until"]
        assert leaf["approver"] != "officer-1"
        assert leaf["outcome"] in {"CONTACTED", "NOT_RELEVANT"}
    assert (await place(world, SE, nodes=[FR]))["renewals"] == 1
    await deliver_due(world.nodes[FR])
    assert len(told(world, SE)) == 1, "a renewal does not bring it back within the period"


async def test_what_is_to_be_decided_cannot_be_acknowledged(world: World) -> None:
    node = world.nodes[SE]
    now = node.now()
    node.books.inbox.add(Item("f-1", ItemKind.FOLLOW_UP, FR, now, now + DAY))
    with pytest.raises(VariablesRejected, match="is decided"):
        await acknowledge(world.visit(SE, "officer-1", Role.LIAISON), "f-1", Acknowledgement.NOTED)
