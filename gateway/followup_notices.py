"""The notices of follow-ups: what a node does with a partner's request, its withdrawal, its decision.

A request is taken only for an exchange that stands in the own log with that very partner, under the mandate
that the log is bound to and that still holds, and for more than was given. What is not taken is acknowledged
with a code: the partner need not say it again. A withdrawal may overtake its request: then the request ends
before any officer has seen it.
"""

import asyncio
from dataclasses import replace
from hashlib import sha256

from audit.canonical import JSON
from gateway.errors import GatewayError
from gateway.facts import moment, of_mandate
from gateway.followed import Earlier, ExchangeUnknown, QuestionDiffers, received_from
from gateway.followup_withdrawing import took_effect
from gateway.followups import close, entry, once
from gateway.node import Node
from gateway.notices import Handled
from policy.clocks import deadline
from policy.mandate import Mandate
from policy.terms import Reason
from sharing.errors import ItemConflict, ItemUnknown
from sharing.follow_up import FollowUp, FollowUpDecision, FollowUpWithdrawal, NotTaken
from sharing.inbox import Decision, Item, ItemKind, ItemState, found
from sharing.notice import Notice


class MandateDiffers(GatewayError):
    """The mandate told is not the one that the earlier question was asked under."""

    code = NotTaken.MANDATE_DIFFERS.value


class MandateOver(GatewayError):
    """The mandate has ended, so nothing can be asked under it."""

    code = Reason.MANDATE_EXPIRED.value


class TierNotHigher(GatewayError):
    """The tier asked for was given already."""

    code = NotTaken.TIER_NOT_HIGHER.value


class ReferenceUnknown(GatewayError):
    """The reference number is not the one that the answer gave."""

    code = NotTaken.REFERENCE_UNKNOWN.value


async def on_follow_up(node: Node, notice: Notice) -> Handled:
    """Put a partner's request into our officers' inbox; a code says why not."""
    told = FollowUp.read(notice.sender, dict(notice.body))
    facts: dict[str, JSON] = {"request": told.request, "query_id": told.query_id}
    try:
        item = await _taken(node, notice, told)
    except GatewayError as error:
        facts |= {"reasons": [error.code], "state": ItemState.REFUSED.value}
        return Handled({"refused": error.code}, action="FOLLOW_UP_NOT_TAKEN", facts=facts)
    return Handled({"due_at": item.due_at}, facts=facts | {"state": item.state.value})


async def _taken(node: Node, notice: Notice, told: FollowUp) -> Item:
    """The item in the inbox, old or new; it is logged before it is there."""
    known = await asyncio.to_thread(found, node.books.inbox, inbox_id(notice.sender, told.id))
    if known is not None:
        return known
    earlier = await received_from(node, told.request, notice.sender)
    _check(node, told, earlier)
    item = _item(node, notice, told, earlier)
    until: dict[str, JSON] = {"expires_at": moment(item.due_at)}
    await node.log.append(entry(node, "FOLLOW_UP_RECEIVED", item, dict(item.facts) | until))
    await asyncio.to_thread(node.books.inbox.add, item)
    return item


def _check(node: Node, told: FollowUp, earlier: Earlier) -> None:
    """1. The mandate that the log is bound to. 2. It holds. 3. More than given. 4. Reference and question."""
    leaf, who = earlier.leaf, f"follow-up {told.id} of {told.mandate.actor.node}"
    if told.mandate.digest != leaf["mandate"]:  # 1
        raise MandateDiffers(
            f"{who}: its mandate is {told.mandate.digest}, asked under was {leaf['mandate']}"
        )
    if told.mandate.expires_at <= node.now():  # 2
        raise MandateOver(f"{who}: its mandate ended at {told.mandate.expires_at}")
    if told.tier.rank <= earlier.given.rank:  # 3
        raise TierNotHigher(f"{who}: {told.tier} is wanted, {earlier.given} was given")
    if told.reference and told.reference != leaf["decision"]:  # 4
        raise ReferenceUnknown(f"{who}: {told.reference} was not given")
    if told.query_id != leaf["query_id"]:
        raise QuestionDiffers(f"{who}: is of {told.query_id}, the request was {leaf['query_id']}")
    earlier.check_question(node, told.variables)


def inbox_id(sender: str, item_id: str) -> str:
    """Our own id of a partner's item, so that no partner can take the id of another one's."""
    return f"f-{sha256(f'{sender} {item_id}'.encode()).hexdigest()[:32]}"


def _item(node: Node, notice: Notice, told: FollowUp, earlier: Earlier) -> Item:
    now, mandate = node.now(), told.mandate
    return Item(
        id=inbox_id(notice.sender, told.id),
        kind=ItemKind.FOLLOW_UP,
        node=notice.sender,
        received_at=now,
        due_at=deadline(told.urgency, now),
        query_id=told.query_id,
        request=told.request,
        reference=told.reference,
        tier=told.tier,
        reason=told.reason,
        urgency=told.urgency.value,
        facts=of_mandate(node, mandate) | {"target": earlier.leaf["query_digest"]},
        content={
            "item": told.id,
            "document": earlier.leaf["document"],
            "variables": dict(told.variables),
            "given": earlier.given.value,
            **_justified(mandate),
        },
    )


def _justified(mandate: Mandate) -> dict[str, JSON]:
    """What of the mandate an officer must read, and what a grant for it is cut to."""
    return {"case": mandate.case, "unit": mandate.actor.unit}


async def on_withdrawal(node: Node, notice: Notice) -> Handled:
    """Close a partner's request that nobody here has decided, and say in which state it is now."""
    told = FollowUpWithdrawal.read(notice.sender, dict(notice.body))
    facts: dict[str, JSON] = {"request": told.request, "query_id": told.query_id}
    try:
        item = await _withdrawn(node, notice.sender, told)
    except ExchangeUnknown as error:
        facts |= {"reasons": [error.code], "state": ItemState.REFUSED.value}
        return Handled({"refused": error.code}, action="FOLLOW_UP_NOT_TAKEN", facts=facts)
    return Handled({"state": item.state.value}, facts=facts | {"state": item.state.value})


async def _withdrawn(node: Node, sender: str, told: FollowUpWithdrawal) -> Item:
    """The item as it ended. `ItemConflict` while its grant is being made: the partner says it again."""
    known = await asyncio.to_thread(found, node.books.inbox, inbox_id(sender, told.item))
    item = known or await _overtaken(node, sender, told)
    if item.request != told.request:
        raise ItemUnknown(f"item {told.item}: {sender} did not ask for it on request {told.request}")
    if item.state is not ItemState.OPEN:
        return item
    if len(item.approvals) >= node.settings.sharing.officers:
        raise ItemConflict(
            f"item {item.id}: {len(item.approvals)} officers have approved, it is being decided"
        )
    ended = replace(item.decided(Decision(ItemState.WITHDRAWN, sender, node.now())), draft={})
    await once(node, entry(node, "FOLLOW_UP_WITHDRAWN", ended, {}), f"withdrawn {item.id}")
    if known is not None:
        return await asyncio.to_thread(node.books.inbox.put, ended)
    if not await asyncio.to_thread(node.books.inbox.add, ended):
        raise ItemConflict(f"item {item.id}: has come in the meantime")
    return ended


async def _overtaken(node: Node, sender: str, told: FollowUpWithdrawal) -> Item:
    """The item of a request that has not come yet; `ExchangeUnknown` if it would not be taken either."""
    await received_from(node, told.request, sender)
    now = node.now()
    return Item(
        id=inbox_id(sender, told.item),
        kind=ItemKind.FOLLOW_UP,
        node=sender,
        received_at=now,
        due_at=deadline(told.urgency, now),
        query_id=told.query_id,
        request=told.request,
        tier=told.tier,
        reason=told.reason,
        urgency=told.urgency.value,
    )


async def on_decision(node: Node, notice: Notice) -> Handled:
    """Keep how a partner's officers decided what our analyst asked; told twice, it is kept once."""
    told = FollowUpDecision.read(notice.sender, dict(notice.body))
    item = await asyncio.to_thread(node.books.sent.get, told.item)
    if (item.node, item.request) != (notice.sender, told.request):
        raise ItemUnknown(f"item {told.item}: {notice.sender} was not asked for it")
    if item.state is ItemState.WITHDRAWN and not await asyncio.to_thread(took_effect, node, item):
        item = item.reopened()
    if item.state is ItemState.OPEN:
        decision = Decision(told.state, notice.sender, node.now(), told.reason)
        await close(node, item, decision, told.tier, told.until)
    return Handled({}, facts={"request": item.request, "query_id": item.query_id})
