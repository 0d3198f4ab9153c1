"""The use case of liaison officers who close what they were only told, by a code for what they did about it.

An alert that was given, another service that is at the same, a partner that does not answer: nothing is
granted or refused by it. 1 officer, 2 such an item, still open, 3 logged, 4 kept.
"""

import asyncio

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.errors import VariablesRejected
from gateway.facts import retain_until
from gateway.followup_officers import Shown, shown
from gateway.node import Node
from gateway.visit import Visit
from policy.mandate import Actor
from policy.terms import Role
from sharing.inbox import Acknowledgement, Decision, Item, ItemKind, ItemState

TOLD = frozenset({
    ItemKind.ALERT_GIVEN, ItemKind.DECONFLICTION, ItemKind.RECALL_OVERDUE, ItemKind.EVIDENCE_RULING,
})  # fmt: skip
"""What officers are told and need not decide on."""


async def acknowledge(visit: Visit, item_id: str, outcome: Acknowledgement) -> Shown:
    """Close an item for good; `ItemRefused` if it is closed already."""
    node, officer = visit.node, visit.require(Role.LIAISON)  # 1
    item = await asyncio.to_thread(node.books.inbox.get, item_id)
    if item.kind not in TOLD:  # 2
        raise VariablesRejected(f"item {item.id}: is a {item.kind}, which is decided, not acknowledged")
    decision = Decision(ItemState.ACKNOWLEDGED, officer.subject, node.now(), outcome.value)
    closed = item.decided(decision)
    await node.log.append(_entry(node, item, officer, outcome))  # 3
    return shown(node, await asyncio.to_thread(node.books.inbox.put, closed))  # 4


def _entry(node: Node, item: Item, officer: Actor, outcome: Acknowledgement) -> Entry:
    facts: dict[str, JSON] = {
        "action": "ITEM_ACKNOWLEDGED",
        "mode": item.kind.value,
        "request_id": item.id,
        "partner": item.node,
        "outcome": outcome.value,
        "approver": node.post.keys.pseudonym(node.id, officer.subject),
        "unit": officer.unit,
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    return Entry(Kind.ADMINISTRATION, node.id, facts)
