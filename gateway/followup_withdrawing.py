"""The use case of an analyst who does not want any more what was asked of a node's officers.

1 own request, 2 nobody has decided it, 3 log, 4 keep: it is closed here, and its clock with it, 5 into the
outbox. Again, it changes nothing. The withdrawal counts at the asked node when it gets there: what its
officers had decided by then stands, and their decision closes the request once more (`took_effect`).
"""

import asyncio

import orjson

from audit.canonical import JSON
from audit.entry import Kind
from gateway.errors import AlreadyDecided
from gateway.facts import retain_until
from gateway.followups import Shown, entry, hand_over, once, shown
from gateway.node import Node
from gateway.visit import Visit
from policy.clocks import DAY, LAPSES_AFTER
from policy.terms import Role, Urgency
from sharing.errors import ItemUnknown
from sharing.follow_up import WITHDRAWAL, FollowUpWithdrawal
from sharing.inbox import Decision, Item, ItemKind, ItemState, Wanted, every_item, found
from sharing.outbox import Letter


async def withdraw(visit: Visit, item_id: str) -> Shown:
    """Withdraw an own request; `AlreadyDecided` says how it ended if that is known here."""
    node, actor = visit.node, visit.require(Role.ANALYST)
    item = await asyncio.to_thread(found, node.books.sent, item_id)  # 1
    if item is None or (item.kind, item.subject) != (ItemKind.FOLLOW_UP, actor.subject):
        raise ItemUnknown(f"item {item_id[:80]!r}: is no request of yours")
    if item.state is ItemState.OPEN:
        await asyncio.to_thread(hand_over, node, item)  # what a crash kept back: the request goes first
        ended = item.decided(Decision(ItemState.WITHDRAWN, actor.subject, node.now()))
        asker = node.post.keys.pseudonym(node.id, actor.subject)
        facts: dict[str, JSON] = {
            "asker": asker,
            "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
        }
        await once(node, entry(node, "FOLLOW_UP_WITHDRAWN", ended, facts), f"withdrawn {item.id}")  # 3
        item = await asyncio.to_thread(node.books.sent.put, ended)  # 4
    if item.state is not ItemState.WITHDRAWN:  # 2
        raise AlreadyDecided(f"request {item.id}: {item.node} has decided, it is {item.state}")
    await asyncio.to_thread(_tell, node, item)  # 5
    return shown(node, item)


async def finish(node: Node) -> None:
    """Put into the outbox what a crash kept from it."""
    recent = Wanted(
        state=ItemState.WITHDRAWN,
        kind=ItemKind.FOLLOW_UP,
        after=(max(0, node.now() - LAPSES_AFTER - DAY), ""),
    )
    for item in await asyncio.to_thread(lambda: list(every_item(node.books.sent, recent))):
        await asyncio.to_thread(_tell, node, item)


def took_effect(node: Node, item: Item) -> bool:
    """Whether the asked node has said that the withdrawal came before any decision of its officers."""
    acknowledged = node.outbox.get(_letter_id(item)).acknowledgement
    told = orjson.loads(acknowledged)["body"] if acknowledged else {}
    return bool(told.get("state") == ItemState.WITHDRAWN)


def _letter_id(item: Item) -> str:
    return f"{item.id}:withdrawal"


def _tell(node: Node, item: Item) -> None:
    """Put the withdrawal into the outbox; once it is there, nothing changes."""
    made = item.decision
    assert made is not None  # noqa: S101  # only what has ended is told
    told = FollowUpWithdrawal(
        id=_letter_id(item),
        item=item.id,
        request=item.request,
        query_id=item.query_id,
        tier=item.tier,
        reason=item.reason,
        urgency=Urgency(item.urgency),
    )
    node.outbox.put(Letter(told.id, item.node, WITHDRAWAL, told.body, made.at, made.at + DAY))
