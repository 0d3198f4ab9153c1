"""Reminders of what waits for the liaison officers, in the background of a served node.

Everything is computed from the moments that an item holds, so that no restart loses a reminder: each is given
when the first process looks after its moment, in order, and once. Giving it is its entry in the log, which
takes it once for ever, whoever breaks off after that; what is overdue becomes a finding; a follow-up that
nobody decided in time lapses, and the other node is told.
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
from gateway.followup_withdrawing import finish
from gateway.followups import entry, once, settle
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
            await finish(node)
        except (GatewayError, SharingError, AuditError, PolicyError) as error:
            log.warning("inbox of %s: %s: %s", node.id, error.code, error)
        except Exception:
            log.exception("inbox of %s", node.id)
        await asyncio.sleep(TICK)


async def remind(node: Node) -> int:
    """Give the reminders that are due, each once over all processes, and return how many this one gave."""
    wanted = Wanted(state=ItemState.OPEN)
    given = 0
    for item in await asyncio.to_thread(lambda: list(every_item(node.books.inbox, wanted))):
        reached = stage(item.received_at, item.due_at, node.now())
        for due in list(Stage)[item.reminded + 1 : reached.rank + 1]:
            try:
                item, new = await _reminded(node, item, due)  # noqa: PLW2901  # as it is kept now
            except ItemConflict:
                break
            given += new
    return given


async def _reminded(node: Node, item: Item, due: Stage) -> tuple[Item, bool]:
    """The item after a reminder, and whether it was given now: log, then keep.

    `ItemConflict` when somebody else has changed the item: whoever did has gone on with it.
    """
    follow_up = item.kind is ItemKind.FOLLOW_UP
    if due.rank >= Stage.OVERDUE.rank and follow_up:
        await asyncio.to_thread(node.oversight.findings.add, [_finding(item)])
    if due is Stage.LAPSED and follow_up:
        return await lapse(node, item), True
    new = await once(node, entry(node, "REMINDED", item, {"status": due.value}), f"reminded {item.id} {due}")
    kept = await asyncio.to_thread(node.books.inbox.put, replace(item, reminded=due.rank))
    if new:
        log.warning("inbox of %s: %s %s: %s", node.id, item.kind, item.id, due)
    return kept, new


def _finding(item: Item) -> Finding:
    """MEDIUM where it was urgent, else LOW."""
    severity = Severity.LOW if item.urgency == Urgency.ORDINARY else Severity.MEDIUM
    due = datetime.fromtimestamp(item.due_at, UTC)
    refs = Refs(request=item.request, query_id=item.query_id, partner=item.node)
    text = f"{item.urgency} follow-up {item.id} of {item.node}: not decided by {timestamp(due)}"
    return Finding.of(OVERDUE, severity, due, item.id, text, refs)
