"""Reminders of what waits for the liaison officers, in the background of a served node.

Everything is computed from the moments that an item holds, so that no restart loses a reminder: it is given
when the first process looks after its moment, and once. A reminder is logged before it counts; what is
overdue becomes a finding; a follow-up that nobody decided in time lapses, and the other node is told.
"""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime

from audit.entry import timestamp
from audit.errors import AuditError
from audit.findings import Finding, Refs
from audit.severity import Severity
from gateway.errors import GatewayError
from gateway.followup_granting import lapse, resume
from gateway.followups import entry, settle
from gateway.node import Node
from policy.clocks import Stage, stage
from policy.errors import PolicyError
from policy.terms import Urgency
from sharing.errors import ItemConflict, SharingError
from sharing.inbox import Item, ItemKind, ItemState, Wanted, every_item

TICK = 60.0
OVERDUE = "FOLLOW_UP_OVERDUE"
log = logging.getLogger(__name__)


async def keep_reminding(node: Node) -> None:
    """Remind, settle and finish until cancelled; whatever breaks is tried again."""
    while True:
        try:
            await remind(node)
            await resume(node)
            await settle(node)
        except (GatewayError, SharingError, AuditError, PolicyError) as error:
            log.warning("inbox of %s: %s: %s", node.id, error.code, error)
        except Exception:
            log.exception("inbox of %s", node.id)
        await asyncio.sleep(TICK)


async def remind(node: Node) -> int:
    """Give the reminders that are due, once over all processes, and return how many those were."""
    wanted = Wanted(state=ItemState.OPEN)
    given = 0
    for item in await asyncio.to_thread(lambda: list(every_item(node.books.inbox, wanted))):
        now_at = stage(item.received_at, item.due_at, node.now())
        if now_at.rank <= item.reminded:
            continue
        try:
            await _reminded(node, item, now_at)
        except ItemConflict:
            continue
        given += 1
    return given


async def _reminded(node: Node, item: Item, now_at: Stage) -> None:
    follow_up = item.kind is ItemKind.FOLLOW_UP
    if now_at.rank >= Stage.OVERDUE.rank and follow_up:
        await asyncio.to_thread(node.oversight.findings.add, [_finding(item)])
    if now_at is Stage.LAPSED and follow_up:
        await lapse(node, item)
        return
    await node.log.append(entry(node, "REMINDED", item, {"status": now_at.value}))
    await asyncio.to_thread(node.books.inbox.put, replace(item, reminded=now_at.rank))
    log.warning("inbox of %s: %s %s: %s", node.id, item.kind, item.id, now_at)


def _finding(item: Item) -> Finding:
    """MEDIUM where it was urgent, else LOW."""
    severity = Severity.LOW if item.urgency == Urgency.ORDINARY else Severity.MEDIUM
    due = datetime.fromtimestamp(item.due_at, UTC)
    refs = Refs(request=item.request, query_id=item.query_id, partner=item.node)
    text = f"{item.urgency} follow-up {item.id} of {item.node}: not decided by {timestamp(due)}"
    return Finding.of(OVERDUE, severity, due, item.id, text, refs)
