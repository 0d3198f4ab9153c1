"""The whole story of a question over a threat to life: shown at once, told at once, reviewed within a day."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import create_engine

from audit.findings import State, Wanted
from gateway.ask import Asking, ask
from gateway.demo.plan import house_grant
from gateway.emergencies import listed, report_overdue, review
from gateway.errors import NotAllowed, VariablesRejected
from gateway.oversight.findings import findings
from policy.emergency import Emergency, Outcome, Threat
from policy.terms import LegalBasis, Operation, Purpose, Role
from sharing.errors import ItemRefused, MandateRefused
from sharing.inbox import Item, ItemKind, ItemState
from sharing.inbox import Wanted as Items
from sharing.mandates import Justification, new_mandate
from sharing.sql_inbox import SqlInbox
from tests.world import Ground, World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")
FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
DAY = 86_400
WHY = Emergency(Threat.KIDNAPPING, "child seen at the container, mother's call 14:02")
BREAK_GLASS = Items(kind=ItemKind.BREAK_GLASS)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[World]:
    """One world, in which Sweden has a standing grant for threats to life, and Europol has none."""
    ground = Ground(opa=str(opa_binary), cache=policy_cache)
    async with open_world(tmp_path_factory.mktemp("world"), ground) as opened:
        terms = replace(
            house_grant(SE),
            id="life-1",
            recipients=(FR,),
            purposes=(Purpose.THREAT_TO_LIFE,),
            legal_bases=(LegalBasis.ER_22_2,),
        )
        await opened.grant(SE, terms)
        yield opened


async def emergency(world: World, subject: str, *nodes: str) -> Mapping[str, Any]:
    """The picture of an emergency question of a French analyst."""
    visit = world.visit(FR, subject)
    mandate = await world.mandate(
        visit, purpose=Purpose.THREAT_TO_LIFE, legal_basis=LegalBasis.ER_22_2, emergency=WHY
    )
    return await ask(visit, Asking(Operation.LOOKUP, {"value": "XQZU 418026-6"}, mandate, list(nodes)))


def item_of(world: World, node: str, picture: Mapping[str, Any]) -> Item:
    """What a node's inbox holds of an emergency question."""
    (item,) = [
        each
        for each in world.nodes[node].books.inbox.list(BREAK_GLASS)
        if each.query_id == picture["queryId"]
    ]
    return item


async def test_it_shows_at_once_and_tells_the_provider_at_once(world: World) -> None:
    picture = await emergency(world, "analyst-1", SE)
    assert picture["nodes"][0]["status"] == "ANSWERED"
    for node in (FR, SE):
        item = item_of(world, node, picture)
        assert (item.node, item.state) == (FR, ItemState.OPEN)
        assert item.due_at - item.received_at == DAY
        told = world.nodes[node].oversight.findings.list(Wanted(rule="BREAK_GLASS"))
        assert [(each.severity, each.refs.query_id) for each in told] == [("HIGH", picture["queryId"])]
    assert item_of(world, FR, picture).subject == "analyst-1"
    assert item_of(world, SE, picture).subject == "", "the other node knows a pseudonym only"
    for node, kind in ((FR, "ASKED"), (SE, "QUESTION_RECEIVED")):
        leaf = [each for each in await world.log(node) if each["kind"] == kind][-1]
        assert (leaf["emergency"], leaf["urgent"]) == (True, True)


async def test_its_reason_is_a_code_in_the_leaf_and_words_beside_it(world: World) -> None:
    await emergency(world, "analyst-2", SE)
    log = world.nodes[FR].log
    opened = [each for each in await log.entries(0, log.head.size) if b"MANDATE_OPENED" in each.leaf][-1]
    assert b'"reasons":["KIDNAPPING"]' in opened.leaf
    assert b"mother" not in opened.leaf
    assert opened.blob is not None


async def test_without_a_grant_it_is_refused_with_a_reason_and_told_all_the_same(world: World) -> None:
    picture = await emergency(world, "analyst-3", EU)
    status = picture["nodes"][0]
    assert status["status"] == "REFUSED"
    assert status["reasons"]
    assert item_of(world, EU, picture).state == ItemState.OPEN


async def test_it_needs_its_reason_and_an_hour_is_its_life(world: World) -> None:
    visit = world.visit(FR, "analyst-4")
    life = {"purpose": Purpose.THREAT_TO_LIFE, "legal_basis": LegalBasis.ER_22_2}
    for emergency_reason in (
        None,
        Emergency(Threat.KIDNAPPING, " "),
        Emergency(Threat.KIDNAPPING, "x" * 501),
    ):
        with pytest.raises(VariablesRejected, match="emergency reason"):
            await world.mandate(visit, **life, emergency=emergency_reason)
    with pytest.raises(VariablesRejected, match="only THREAT_TO_LIFE"):
        await world.mandate(visit, emergency=WHY)
    mandate = await world.mandate(visit, **life, emergency=WHY)
    held = world.nodes[FR].books.mandates.get(mandate, "analyst-4", world.nodes[FR].now())
    assert held.expires_at - held.opened_at == 3600
    why = Justification(
        held.purpose, held.legal_basis, held.case, held.offence, held.subject_category, held.aim
    )
    with pytest.raises(MandateRefused, match="at most 3600"):
        new_mandate(held.actor, why, now=0, life=3601)


async def test_another_person_reviews_once(world: World) -> None:
    picture = await emergency(world, "both-1", SE)
    item = item_of(world, FR, picture)
    with pytest.raises(NotAllowed, match="whoever asked"):
        await review(world.visit(FR, "both-1", Role.LIAISON), item.id, Outcome.JUSTIFIED, "mine")
    with pytest.raises(NotAllowed, match="oversight"):
        await review(world.visit(FR, "analyst-1"), item.id, Outcome.JUSTIFIED, "curious")
    officer = world.visit(FR, "officer-1", Role.LIAISON)
    with pytest.raises(VariablesRejected, match="reason"):
        await review(officer, item.id, Outcome.JUSTIFIED, " ")
    shown = await review(officer, item.id, Outcome.JUSTIFIED, "child found")
    assert (shown["outcome"], shown["queryId"]) == ("JUSTIFIED", picture["queryId"])
    leaf = (await world.log(FR))[-1]
    assert (leaf["action"], leaf["outcome"]) == ("BREAK_GLASS_REVIEWED", "JUSTIFIED")
    with pytest.raises(ItemRefused):
        await review(officer, item.id, Outcome.NOT_JUSTIFIED, "again")
    assert item.id not in {each["id"] for each in listed(officer, everything=False)}
    assert item.id in {each["id"] for each in listed(officer, everything=True)}


async def test_one_that_was_none_is_a_finding_of_its_own(world: World) -> None:
    picture = await emergency(world, "analyst-5", SE)
    auditor = world.visit(SE, "auditor-1", Role.OVERSIGHT)
    await review(auditor, item_of(world, SE, picture).id, Outcome.NOT_JUSTIFIED, "a parking fine")
    found = world.nodes[SE].oversight.findings.list(Wanted(rule="BREAK_GLASS_NOT_JUSTIFIED"))
    assert [each.severity for each in found] == ["CRITICAL"]


async def test_an_overdue_review_is_critical_and_bars_the_next(world: World) -> None:
    first = await emergency(world, "analyst-6", SE)
    second = await emergency(world, "analyst-6", SE)
    assert second["nodes"][0]["status"] == "ANSWERED", "still in time"
    assert item_of(world, FR, first).id != item_of(world, FR, second).id
    world.later(DAY + 60)
    assert await report_overdue(world.nodes[FR]) > 0
    assert await report_overdue(world.nodes[FR]) == 0, "once"
    assert await report_overdue(world.nodes[SE]) > 0
    late = world.nodes[FR].oversight.findings.list(Wanted(rule="BREAK_GLASS_UNREVIEWED"))
    assert {each.severity for each in late} == {"CRITICAL"}
    refused = await emergency(world, "analyst-6", SE)
    assert (refused["nodes"][0]["node"], refused["nodes"][0]["reasons"]) == (FR, ["POLICY"])
    assert (await world.log(FR))[-1]["rules"] == ["break-glass-unreviewed"]
    assert (await emergency(world, "analyst-7", SE))["nodes"][0]["status"] == "ANSWERED", "another person"
    officer = world.visit(FR, "officer-1", Role.LIAISON)
    for each in world.nodes[FR].books.inbox.list(
        replace(BREAK_GLASS, state=ItemState.OPEN, subject="analyst-6")
    ):
        await review(officer, each.id, Outcome.JUSTIFIED, "child found")
    assert item_of(world, FR, second).state != ItemState.OPEN
    assert (await emergency(world, "analyst-6", SE))["nodes"][0]["status"] == "ANSWERED"


async def test_oversight_sees_them_before_everything_else(world: World) -> None:
    await emergency(world, "analyst-8", SE)
    auditor = world.visit(SE, "auditor-1", Role.OVERSIGHT)
    told = await findings(auditor, "REVIEW", {"first": 3})
    rules = [each["rule"] for each in told]
    assert rules[0].startswith("BREAK_GLASS_")
    assert len(told) == len({each["id"] for each in told})
    assert all(
        each["rule"] == "BREAK_GLASS" for each in await findings(auditor, "REVIEW", {"rule": "BREAK_GLASS"})
    )
    assert not await findings(auditor, "REVIEW", {"state": State.DISMISSED.value})


async def test_an_answer_does_not_leave_when_the_provider_cannot_be_told(world: World) -> None:
    node = world.nodes[SE]
    nowhere = SqlInbox(create_engine("sqlite://"))
    world.nodes[SE] = replace(node, books=replace(node.books, inbox=nowhere))
    try:
        picture = await emergency(world, "analyst-9", SE)
    finally:
        world.nodes[SE] = node
    assert picture["nodes"][0]["reasons"] == ["POLICY_UNAVAILABLE"]
    assert (await world.log(SE))[-1]["rules"] == ["provider-not-told"]
