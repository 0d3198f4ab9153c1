"""Follow-ups: an analyst wants more than a node gave, its officers decide, and the analyst asks again."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from audit.findings import Wanted as WantedFindings
from audit.severity import Severity
from gateway import followup_officers, followups
from gateway.ask import Asking, ask
from gateway.delivering import deliver_due
from gateway.errors import MandateNotValid, NotAllowed, VariablesRejected
from gateway.followed import ExchangeUnknown, QuestionDiffers
from gateway.followup_granting import resume
from gateway.followup_officers import REFUSALS, Ruling
from gateway.notices import send
from gateway.reconciling import reconcile_with
from gateway.reminding import OVERDUE, remind
from policy.terms import Mode, Operation, Purpose, Reason, Role, Urgency
from sharing.errors import ItemRefused
from sharing.follow_up import DECISION, FOLLOW_UP
from sharing.grants import Approval
from sharing.inbox import ItemState
from sharing.notice import NoticeReply
from tests.flow.followup_desk import BOX, DAY, EU, FR, HOUR, SE, Desk, drop, swedish
from tests.world import World

NOT_TO_DECIDE = (
    (Ruling(ItemState.REFUSED), "to refuse needs one of"),
    (Ruling(ItemState.REFUSED, Reason.QUOTA.value), "to refuse needs one of"),
    (Ruling(ItemState.LAPSED), "not for an officer"),
    (Ruling(ItemState.ANSWERED, days=32), "1 to 31"),
    (Ruling(ItemState.PARTLY_ANSWERED, tier=Mode.RECORD), "core is asked for"),
    (Ruling(ItemState.PARTLY_ANSWERED, tier=Mode.CONTACT), "contact was given"),
    (Ruling(ItemState.PARTLY_ANSWERED, records=("se-p-1",)), "not among those"),
)


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


async def test_from_a_contact_to_the_core_set(desk: Desk) -> None:
    world = desk.world
    item = await desk.waiting()
    assert (item["node"], item["tier"], item["tierGiven"], item["state"]) == (FR, "core", "contact", "OPEN")
    assert {"name": "value", "value": BOX["value"]} in item["question"]
    assert item["case"] == "FR-2026-0418"
    assert item["clock"] == "RUNNING"

    tried = await followup_officers.decide(
        desk.officers[0], item["id"], Ruling(ItemState.ANSWERED), dry_run=True
    )
    assert [each["id"] for each in tried["records"]] == ["se-ct-1"]
    assert not (await desk.inbox())[0]["approvals"], "a dry run changes nothing"

    first = await followup_officers.decide(
        desk.officers[0], item["id"], Ruling(ItemState.ANSWERED), dry_run=False
    )
    assert (first["state"], first["approvals"], first["approvalsNeeded"]) == ("OPEN", 1, 2)
    with pytest.raises(ItemRefused, match="another officer"):
        await followup_officers.decide(
            desk.officers[0], item["id"], Ruling(ItemState.ANSWERED), dry_run=False
        )
    assert not (await desk.asked())["claims"], "one officer shares nothing"

    last = await followup_officers.decide(
        desk.officers[1], item["id"], Ruling(ItemState.ANSWERED), dry_run=False
    )
    assert (last["state"], last["decidedBy"]) == ("ANSWERED", "officer-2")
    assert last["question"] == [], "what was asked is forgotten with the decision"
    assert await deliver_due(world.nodes[SE]) == 1
    told = await desk.mine()
    assert (told["state"], told["tierGiven"], told["decisionReason"]) == ("ANSWERED", "core", None)

    picture = await desk.asked()
    assert [each["record"]["id"] for each in picture["claims"]] == ["se-ct-1"]
    assert picture["claims"][0]["record"]["mode"] == "core"

    assert await desk.actions(FR) == ["FOLLOW_UP_REQUESTED", "FOLLOW_UP_CLOSED"]
    examined = ["FOLLOW_UP_EXAMINED", "FOLLOW_UP_EXAMINED", "FOLLOW_UP_APPROVED"]
    assert await desk.actions(SE) == [
        "FOLLOW_UP_RECEIVED",
        *examined,
        "FOLLOW_UP_EXAMINED",
        "FOLLOW_UP_EXAMINED",
        "FOLLOW_UP_APPROVED",
        "FOLLOW_UP_DECIDED",
    ]
    world.later(600)
    run = await reconcile_with(world.nodes[FR], SE)
    assert (run.outcome, run.found) == ("DONE", []) or not [
        each for each in run.found if each.severity is not Severity.INFO
    ]


async def test_the_grant_is_as_narrow_as_the_question(desk: Desk) -> None:
    item = await desk.waiting()
    ended = await desk.ruled(item, Ruling(ItemState.ANSWERED, days=2))
    grant = desk.world.nodes[SE].books.grants.current(ended["grant"].partition("@")[0])
    terms = grant.terms
    assert (terms.recipients, terms.record_ids, terms.units) == ((FR,), ("se-ct-1",), ("unit-1",))
    assert (terms.purposes, terms.roles) == ((Purpose.OPERATIONAL_ANALYSIS,), (Role.ANALYST,))
    assert terms.expires_at - terms.not_before == 2 * DAY
    assert {each.officer for each in grant.approvals} == {"officer-1", "officer-2"}
    other = desk.world.visit(FR, "analyst-9", unit="unit-9")
    mandate = await desk.world.mandate(other)
    assert not (await ask(other, Asking(Operation.LOOKUP, BOX, mandate, [SE])))["claims"]
    desk.world.later(2 * DAY)
    desk.mandate = ""
    assert not (await desk.asked())["claims"], "it ends by itself"


@pytest.mark.parametrize(
    ("mode", "given"), [(Mode.HIT, "hit"), (Mode.CONTACT, "contact"), (Mode.CORE, "core")]
)
async def test_every_tier_has_a_higher_one(desk: Desk, mode: Mode, given: str) -> None:
    world = desk.world
    await drop(world)
    await world.grant(SE, swedish(world, mode))
    item = await desk.waiting(tier=Mode.RECORD)
    assert item["tierGiven"] == given
    await desk.ruled(item, Ruling(ItemState.ANSWERED))
    (claim,) = (await desk.asked())["claims"]
    assert claim["record"]["mode"] == "record"


async def test_whoever_has_the_record_has_all(desk: Desk) -> None:
    await desk.world.grant(SE, swedish(desk.world, Mode.RECORD))
    await followups.request(desk.analyst, await desk.wish(tier=Mode.RECORD))
    await deliver_due(desk.world.nodes[FR])
    assert await followups.settle(desk.world.nodes[FR]) == 1
    assert (await desk.mine())["decisionReason"] == "TIER_NOT_HIGHER"
    assert not await desk.inbox()


PHONE: dict[str, Any] = {"value": "+46701740642", "kind": "phone"}


async def test_what_one_answer_gave_does_not_bar_the_next(desk: Desk) -> None:
    """The grant of an answered request covers the next question too, but not what that one finds."""
    await desk.ruled(await desk.waiting(), Ruling(ItemState.ANSWERED, days=3))
    desk.about = PHONE
    item = await desk.waiting()
    assert (item["tierGiven"], item["state"]) == ("contact", "OPEN")
    await desk.ruled(item, Ruling(ItemState.ANSWERED))
    assert {each["record"]["mode"] for each in (await desk.asked())["claims"]} == {"core"}


async def test_what_counts_as_given_is_what_the_answer_shows(desk: Desk) -> None:
    """Where several tiers are shown the lowest counts; a bare hit beside a shown record is not shown."""
    world = desk.world
    desk.about = PHONE
    await world.grant(SE, swedish(world, Mode.CORE, schemata=("PhoneNumber",)))
    assert (await desk.waiting())["tierGiven"] == "contact"
    assert [each for each in await desk.tiers() if each] == [["T1", "T2"]]
    await drop(world)
    await world.grant(SE, swedish(world, Mode.CORE, id="g-2", schemata=("PhoneNumber",)))
    await world.grant(SE, swedish(world, Mode.HIT, schemata=("*",)))
    await followups.request(desk.analyst, await desk.wish())
    await deliver_due(world.nodes[FR])
    await followups.settle(world.nodes[FR])
    assert "TIER_NOT_HIGHER" in {each["decisionReason"] for each in await followups.mine(desk.analyst, "", 9)}
    assert (await desk.tiers())[-1] == ["T2"]
    desk.about = BOX
    await desk.waiting()
    assert {each["tierGiven"] for each in await desk.inbox(ItemState.OPEN)} == {"contact", "hit"}


async def test_an_answer_in_part(desk: Desk) -> None:
    item = await desk.waiting(tier=Mode.RECORD)
    for whole in (Ruling(ItemState.PARTLY_ANSWERED), Ruling(ItemState.ANSWERED, masked=("sealNumber",))):
        with pytest.raises(VariablesRejected, match="gives less"):
            await followup_officers.decide(desk.officers[0], item["id"], whole, dry_run=True)
    part = Ruling(ItemState.PARTLY_ANSWERED, masked=("sealNumber",), reason="HANDLING_CODE")
    ended = await desk.ruled(item, part)
    assert (ended["state"], ended["decisionReason"]) == ("PARTLY_ANSWERED", "HANDLING_CODE")
    told = await desk.mine()
    assert (told["state"], told["tierGiven"]) == ("PARTLY_ANSWERED", "record")
    (claim,) = (await desk.asked())["claims"]
    assert "sealNumber" in claim["record"]["masked"]
    assert "sealNumber" not in {each["name"] for each in claim["record"]["properties"]}


async def test_refused_for_every_reason_that_a_person_can_have(desk: Desk) -> None:
    item: Mapping[str, Any] = {}
    for reason in sorted(REFUSALS):
        item = await desk.waiting()
        await desk.ruled(item, Ruling(ItemState.REFUSED, reason.value))
        told = (await followups.mine(desk.analyst, item["queryId"], 50))[0]
        assert (told["state"], told["decisionReason"], told["tierGiven"]) == ("REFUSED", reason.value, "none")
    assert not (await desk.asked())["claims"]
    with pytest.raises(ItemRefused, match="is REFUSED"):
        await followup_officers.decide(desk.officers[1], item["id"], Ruling(ItemState.ANSWERED), dry_run=True)


async def test_an_approval_waits_as_long_as_a_proposal(desk: Desk) -> None:
    item, node = await desk.waiting(), desk.world.nodes[SE]
    answer = Ruling(ItemState.ANSWERED)
    await followup_officers.decide(desk.officers[0], item["id"], answer, dry_run=False)
    desk.world.later(node.settings.sharing.proposal_hours * HOUR + 1)
    late = await followup_officers.decide(desk.officers[1], item["id"], answer, dry_run=False)
    assert (late["state"], late["approvedBy"]) == ("OPEN", ["officer-2"])
    done = await followup_officers.decide(desk.officers[0], item["id"], answer, dry_run=False)
    assert done["state"] == "ANSWERED"


async def test_what_no_officer_may_decide(desk: Desk) -> None:
    item = await desk.waiting()
    for ruling, match in NOT_TO_DECIDE:
        with pytest.raises(VariablesRejected, match=match):
            await followup_officers.decide(desk.officers[0], item["id"], ruling, dry_run=False)
    with pytest.raises(NotAllowed, match="role liaison"):
        await followup_officers.decide(
            desk.world.visit(SE), item["id"], Ruling(ItemState.ANSWERED), dry_run=True
        )
    with pytest.raises(NotAllowed, match="role liaison"):
        await followup_officers.inbox(desk.world.visit(SE), None, None, 50)
    assert (await desk.inbox())[0]["state"] == "OPEN"


async def test_the_same_wish_again_changes_nothing(desk: Desk) -> None:
    wish = await desk.wish()
    first = await followups.request(desk.analyst, wish)
    assert await followups.request(desk.analyst, replace(wish, urgency=Urgency.ORDINARY)) == first
    assert await deliver_due(desk.world.nodes[FR]) == 1
    assert await deliver_due(desk.world.nodes[FR]) == 0
    assert len(await desk.inbox()) == 1
    assert (await desk.actions(FR)).count("FOLLOW_UP_REQUESTED") == 1


async def test_what_an_analyst_cannot_ask(desk: Desk) -> None:
    wish = await desk.wish()
    other = desk.world.visit(FR, "analyst-2")
    with pytest.raises(ExchangeUnknown, match="gave you no hit"):
        await followups.request(other, wish)
    with pytest.raises(ExchangeUnknown):
        await followups.request(desk.analyst, replace(wish, node=EU))
    with pytest.raises(QuestionDiffers):
        await followups.request(desk.analyst, replace(wish, question={"identifier": "070-174 06 42"}))
    for changes in ({"node": FR}, {"tier": Mode.HIT}, {"reason": "because I say so"}):
        with pytest.raises(VariablesRejected):
            await followups.request(desk.analyst, replace(wish, **changes))
    with pytest.raises(NotAllowed, match="role analyst"):
        await followups.request(desk.world.visit(FR, "officer-9", Role.LIAISON), wish)
    desk.world.later(9 * HOUR)
    with pytest.raises(MandateNotValid, match="does not hold"):
        await followups.request(desk.analyst, wish)
    assert not await desk.actions(FR)


async def test_a_mandate_that_ends_on_the_way_reaches_nobody(desk: Desk) -> None:
    await followups.request(desk.analyst, await desk.wish())
    desk.world.later(9 * HOUR)
    assert await deliver_due(desk.world.nodes[FR]) == 1
    assert not await desk.inbox()
    assert await followups.settle(desk.world.nodes[FR]) == 1
    assert (await desk.mine())["decisionReason"] == "MANDATE_EXPIRED"
    assert await desk.actions(SE) == ["FOLLOW_UP_NOT_TAKEN"]


async def test_a_foreign_exchange_is_nobodys(desk: Desk) -> None:
    """A partner that knows every digest of another one's exchange gets nothing by it."""
    wish = await desk.wish()
    await followups.request(desk.analyst, wish)
    body: dict[str, Any] = dict(desk.world.nodes[FR].books.sent.get((await desk.mine())["id"]).content)
    reply = await send(desk.world.nodes[EU], SE, FOLLOW_UP, {**body, "id": "f-1"})
    assert isinstance(reply, NoticeReply)
    assert reply.body == {"refused": "EXCHANGE_UNKNOWN"}
    for changes, code in (
        ({"mandate": {**body["mandate"], "case": "FR-2026-9999"}}, "MANDATE_DIFFERS"),
        ({"reference": "d-1"}, "REFERENCE_UNKNOWN"),
        ({"query_id": "q-1"}, "QUESTION_DIFFERS"),
        ({"variables": {"value": "070-174 06 42"}}, "QUESTION_DIFFERS"),
    ):
        reply = await send(desk.world.nodes[FR], SE, FOLLOW_UP, {**body, "id": "f-2", **changes})
        assert isinstance(reply, NoticeReply)
        assert reply.body == {"refused": code}
    reply = await send(desk.world.nodes[FR], SE, FOLLOW_UP, {**body, "id": "f-2", "more": 1})
    assert isinstance(reply, NoticeReply)
    assert reply.status == "MALFORMED"
    assert not await desk.inbox()


async def test_nobody_but_the_asked_node_decides(desk: Desk) -> None:
    await desk.waiting()
    sent = desk.world.nodes[FR].books.sent.get((await desk.mine())["id"])
    decision: dict[str, Any] = {
        "id": "d-1",
        "item": sent.id,
        "request": sent.request,
        "state": "REFUSED",
        "reason": "POLICY",
        "tier": "none",
        "until": 0,
    }
    reply = await send(desk.world.nodes[EU], FR, DECISION, decision)
    assert isinstance(reply, NoticeReply)
    assert reply.status == "ITEM_UNKNOWN"
    assert (await desk.mine())["state"] == "OPEN"


async def test_a_missed_deadline_is_seen_on_both_sides(desk: Desk) -> None:
    world, node = desk.world, desk.world.nodes[SE]
    await desk.waiting()
    assert await remind(node) == 0
    for hours, clock in ((4, "HALF"), (3, "LAST"), (1, "OVERDUE")):
        world.later(hours * HOUR)
        assert await remind(node) == 1
        assert await remind(node) == 0, "once, also over restarts: what was given is kept"
        assert (await desk.inbox())[0]["clock"] == clock
    (finding,) = node.oversight.findings.list(WantedFindings(rule=OVERDUE))
    assert finding.severity is Severity.MEDIUM
    assert (await desk.mine())["overdue"]
    world.later(31 * DAY)
    assert await remind(node) == 1
    assert (await desk.inbox())[0]["state"] == "LAPSED"


async def test_a_question_not_given_again_needs_named_records(desk: Desk) -> None:
    item = await desk.waiting(question={})
    assert item["question"] == []
    with pytest.raises(VariablesRejected, match="name them"):
        await followup_officers.decide(desk.officers[0], item["id"], Ruling(ItemState.ANSWERED), dry_run=True)
    await desk.ruled(item, Ruling(ItemState.ANSWERED, records=("se-ct-1",)))
    assert [each["record"]["id"] for each in (await desk.asked())["claims"]] == ["se-ct-1"]


async def test_a_process_that_breaks_off_leaves_nothing_half_done(desk: Desk) -> None:
    """What was approved before a crash comes into force, and what was decided is told."""
    node, item = desk.world.nodes[SE], await desk.waiting()
    await followup_officers.decide(desk.officers[0], item["id"], Ruling(ItemState.ANSWERED), dry_run=False)
    kept = node.books.inbox.get(item["id"])
    node.books.inbox.put(kept.approved(kept.draft, Approval("officer-2", node.now())))
    await resume(node)
    await resume(node)
    assert (await desk.inbox())[0]["state"] == "ANSWERED"
    assert await deliver_due(node) == 1
    assert (await desk.mine())["state"] == "ANSWERED"
    assert (await desk.asked())["claims"]
    assert (await desk.world.kinds(SE)).count("GRANTED") == len(node.books.grants.list(limit=200))
