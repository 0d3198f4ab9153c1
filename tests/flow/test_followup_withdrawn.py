"""Withdrawing a follow-up: it ends at both nodes, whichever process or partner fails on the way."""

from collections.abc import Mapping
from typing import Any

import pytest

from audit.findings import Wanted as WantedFindings
from gateway import followup_officers, followups
from gateway.delivering import deliver_due
from gateway.errors import AlreadyDecided, NotAllowed
from gateway.followup_granting import resume
from gateway.followup_officers import Ruling
from gateway.followup_withdrawing import finish, withdraw
from gateway.notices import send
from gateway.reminding import remind
from policy.terms import Mode, Role
from sharing.errors import ItemRefused, ItemUnknown
from sharing.follow_up import DECISION, WITHDRAWAL
from sharing.grants import Approval
from sharing.inbox import Decision, ItemState
from sharing.notice import NoticeReply
from tests.flow.followup_desk import DAY, EU, FR, HOUR, SE, Desk
from tests.world import World

ANSWER = Ruling(ItemState.ANSWERED)


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


async def told(desk: Desk) -> int:
    """How many letters of the analyst's node were taken."""
    return await deliver_due(desk.world.nodes[FR])


async def withdrawn(desk: Desk) -> Mapping[str, Any]:
    return await withdraw(desk.analyst, (await desk.mine())["id"])


async def test_it_ends_at_both_nodes_and_both_logs_say_so(desk: Desk) -> None:
    item = await desk.waiting()
    first = await withdrawn(desk)
    assert (first["state"], first["decisionReason"], first["tierGiven"]) == ("WITHDRAWN", None, None)
    assert first["decidedAt"]
    assert await withdrawn(desk) == first, "again, it changes nothing"
    assert await told(desk) == 1
    (ended,) = await desk.inbox()
    assert (ended["id"], ended["state"], ended["decidedBy"]) == (item["id"], "WITHDRAWN", FR)
    assert (ended["clock"], ended["question"], ended["case"]) == (None, [], None)
    assert ended["decidedAt"]
    with pytest.raises(ItemRefused, match="is WITHDRAWN"):
        await followup_officers.decide(desk.officers[0], item["id"], ANSWER, dry_run=False)
    assert await desk.actions(FR) == ["FOLLOW_UP_REQUESTED", "FOLLOW_UP_WITHDRAWN"]
    assert await desk.actions(SE) == ["FOLLOW_UP_RECEIVED", "FOLLOW_UP_WITHDRAWN"]
    assert not (await desk.asked())["claims"]


async def test_the_clocks_end_with_it(desk: Desk) -> None:
    node = desk.world.nodes[SE]
    await desk.waiting()
    await withdrawn(desk)
    await told(desk)
    desk.world.later(31 * DAY)
    assert await remind(node) == 0
    assert not node.oversight.findings.list(WantedFindings())
    assert not (await desk.mine())["overdue"]
    assert (await desk.inbox())[0]["state"] == "WITHDRAWN"


async def test_what_is_decided_is_not_withdrawn(desk: Desk) -> None:
    await desk.ruled(await desk.waiting(), ANSWER)
    with pytest.raises(AlreadyDecided, match=r"se\.polisen has decided, it is ANSWERED"):
        await withdrawn(desk)
    assert (await desk.mine())["state"] == "ANSWERED"
    assert "FOLLOW_UP_WITHDRAWN" not in await desk.actions(FR)


async def test_nobody_withdraws_what_another_asked(desk: Desk) -> None:
    await desk.waiting()
    mine = (await desk.mine())["id"]
    for item in (mine, "f-unknown"):
        with pytest.raises(ItemUnknown, match="is no request of yours"):
            await withdraw(desk.world.visit(FR, "analyst-2"), item)
    with pytest.raises(NotAllowed, match="role analyst"):
        await withdraw(desk.world.visit(FR, "officer-9", Role.LIAISON), mine)
    assert (await desk.mine())["state"] == "OPEN"


async def test_a_decision_on_its_way_stands(desk: Desk) -> None:
    """The officers had decided when the withdrawal came: their grant is in force, and the analyst is told."""
    item = await desk.waiting()
    for officer in desk.officers:
        await followup_officers.decide(officer, item["id"], ANSWER, dry_run=False)
    assert (await withdrawn(desk))["state"] == "WITHDRAWN"
    assert await told(desk) == 1
    assert (await desk.inbox())[0]["state"] == "ANSWERED"
    assert await deliver_due(desk.world.nodes[SE]) == 1
    mine = await desk.mine()
    assert (mine["state"], mine["tierGiven"]) == ("ANSWERED", "core")
    with pytest.raises(AlreadyDecided):
        await withdrawn(desk)
    assert await desk.actions(FR) == ["FOLLOW_UP_REQUESTED", "FOLLOW_UP_WITHDRAWN", "FOLLOW_UP_CLOSED"]


async def test_no_decision_follows_what_was_acknowledged_as_withdrawn(desk: Desk) -> None:
    await desk.waiting()
    sent = desk.world.nodes[FR].books.sent.get((await withdrawn(desk))["id"])
    await told(desk)
    decision: dict[str, Any] = {
        "id": "d-1",
        "item": sent.id,
        "request": sent.request,
        "state": "ANSWERED",
        "reason": "",
        "tier": "core",
        "until": 0,
    }
    await send(desk.world.nodes[SE], FR, DECISION, decision)
    assert (await desk.mine())["state"] == "WITHDRAWN"


async def test_one_approval_does_not_bar_it_and_enough_of_them_do(desk: Desk) -> None:
    node = desk.world.nodes[SE]
    item = await desk.waiting()
    await followup_officers.decide(desk.officers[0], item["id"], ANSWER, dry_run=False)
    kept = node.books.inbox.get(item["id"])
    node.books.inbox.put(kept.approved(kept.draft, Approval("officer-2", node.now())))
    await withdrawn(desk)
    assert await told(desk) == 0, "it is being decided: told again later"
    await resume(node)
    desk.world.later(HOUR)
    assert await told(desk) == 1
    assert (await desk.inbox())[0]["state"] == "ANSWERED"

    other = await desk.waiting(tier=Mode.RECORD)
    await followup_officers.decide(desk.officers[0], other["id"], ANSWER, dry_run=False)
    (mine,) = [each for each in await followups.mine(desk.analyst, "", 50) if each["state"] == "OPEN"]
    await withdraw(desk.analyst, mine["id"])
    assert await told(desk) == 1
    ended = node.books.inbox.get(other["id"])
    assert (ended.state, dict(ended.draft), dict(ended.content)) == (ItemState.WITHDRAWN, {}, {})


async def test_a_partner_that_was_away_gets_both_in_either_order(desk: Desk) -> None:
    """The withdrawal may overtake the request: then no officer sees it open."""
    world = desk.world
    await followups.request(desk.analyst, await desk.wish())
    door = world.notices.pop(SE)
    assert await told(desk) == 0
    await withdrawn(desk)
    world.notices[SE] = door
    world.later(HOUR)
    sent = world.nodes[FR].outbox.get((await desk.mine())["id"])
    late = world.nodes[FR].outbox.get(f"{sent.id}:withdrawal")
    for letter in (late, sent, late):
        reply = await send(world.nodes[FR], SE, letter.type, letter.told)
        assert isinstance(reply, NoticeReply)
        assert reply.status == "DONE"
        (item,) = await desk.inbox()
        assert (item["state"], item["tier"], item["reason"]) == ("WITHDRAWN", "core", "ARREST_IMMINENT")
    assert await told(desk) == 2
    await followups.settle(world.nodes[FR])
    assert (await desk.mine())["state"] == "WITHDRAWN"
    assert await desk.actions(SE) == ["FOLLOW_UP_WITHDRAWN"]


async def test_a_process_that_breaks_off_leaves_nothing_half_done(desk: Desk) -> None:
    """What was withdrawn before a crash is told; what a partner withdrew is nothing to tell back."""
    here, there = desk.world.nodes[FR], desk.world.nodes[SE]
    await desk.waiting()
    kept = here.books.sent.get((await desk.mine())["id"])
    here.books.sent.put(kept.decided(Decision(ItemState.WITHDRAWN, "analyst-1", here.now())))
    assert await told(desk) == 0
    await finish(here)
    await finish(here)
    assert await told(desk) == 1
    await resume(there)
    assert await deliver_due(there) == 0
    assert (await desk.inbox())[0]["state"] == "WITHDRAWN"


async def test_a_foreign_request_is_not_withdrawn(desk: Desk) -> None:
    await desk.waiting()
    await withdrawn(desk)
    letter = desk.world.nodes[FR].outbox.get(f"{(await desk.mine())['id']}:withdrawal")
    reply = await send(desk.world.nodes[EU], SE, WITHDRAWAL, letter.told)
    assert isinstance(reply, NoticeReply)
    assert reply.body == {"refused": "EXCHANGE_UNKNOWN"}
    other = {**letter.told, "request": "sha256:" + 64 * "0"}
    reply = await send(desk.world.nodes[FR], SE, WITHDRAWAL, other)
    assert isinstance(reply, NoticeReply)
    assert reply.status == "ITEM_UNKNOWN"
    reply = await send(desk.world.nodes[FR], SE, WITHDRAWAL, {**letter.told, "more": 1})
    assert isinstance(reply, NoticeReply)
    assert reply.status == "MALFORMED"
    assert (await desk.inbox())[0]["state"] == "OPEN"
