"""Deconfliction: two services that watch the same are told of each other, through their liaison officers.

The node that holds both questions tells each owner that the other service watches the same target, and
nothing of the person, the mandate or the case. It does so only where `[standing] deconflict` of that node
and of both owners says so: an owner's word travels with its question. It is logged where it is noticed.
"""

import asyncio
from hashlib import sha256

from audit.entry import Entry, Kind
from gateway.facts import retain_until
from gateway.node import Node
from sharing.inbox import Item, ItemKind
from sharing.outbox import Letter
from sharing.standing import Standing
from sharing.standing_notice import DECONFLICTION, deconfliction_body

DAY = 86_400


async def deconflict(node: Node, question: Standing) -> int:
    """Tell the owners of this question and of others on the same target of each other; how many others."""
    if not (question.known and node.settings.standing.deconflict):
        return 0
    found = await asyncio.to_thread(node.watching.book.matching, [question.target], node.now())
    others = [each for each in found if each.known and each.owner != question.owner]
    for other in others:
        await node.log.append(_entry(node, question, other))
        await asyncio.to_thread(_tell, node, question, other.owner)
        await asyncio.to_thread(_tell, node, other, question.owner)
    return len(others)


def item_of(node: Node, question_id: str, service: str) -> Item:
    """For our officers: `service` watches what our question is about; one, whoever noticed it."""
    now = node.now()
    name = f"d-{_name(question_id, service)}"
    return Item(
        name,
        ItemKind.DECONFLICTION,
        service,
        now,
        now + DAY,
        reference=question_id,
        reason=ItemKind.DECONFLICTION,
    )


def _tell(node: Node, question: Standing, service: str) -> None:
    if question.owner == node.id:
        node.books.inbox.add(item_of(node, question.id, service))
        return
    body, made = deconfliction_body(question.id, service), node.now()
    name = f"d-{_name(question.id, service)}"
    due = max(question.expires_at, made)
    node.outbox.put(Letter(name, question.owner, DECONFLICTION, body, made, due))


def _name(question_id: str, service: str) -> str:
    return sha256(f"{question_id} {service}".encode()).hexdigest()[:32]


def _entry(node: Node, question: Standing, other: Standing) -> Entry:
    return Entry(
        Kind.ADMINISTRATION,
        node.id,
        {
            "action": "DECONFLICTION_TOLD",
            "standing_query": question.id,
            "recipients": sorted({question.owner, other.owner}),
            "target": question.target,
            "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
        },
    )
