"""The use case of open intents: what a crash left open is closed by an entry that says so.

An intent (ASKED, QUESTION_RECEIVED) without outcome is listed as open. Once no process can still be at work
on it, a CLOSED entry names it, when it was opened and why it never got its outcome; nothing is hidden by
that: oversight finds both entries. What happened in between (whether rows were read, whether bytes left) is
unknown, and the code says no more.
"""

import asyncio
import logging
from datetime import UTC, datetime

from audit.canonical import JSON, parse_object
from audit.entry import Entry, Kind
from audit.errors import AuditError, Duplicate
from audit.store import Intent
from gateway.node import Node

LONGEST = 120
"""Seconds that a question may take at most, on either side."""
MARGIN = 60
"""Seconds after which a process that was at work on a question has given up or ended, clocks included."""
SWEEP = 60.0
INTERRUPTED = "INTERRUPTED"
_SPENT = 7 * 86_400
_SAID_AGAIN = ("query_id", "request", "partner", "case", "purpose", "unit", "asker")

log = logging.getLogger(__name__)


async def interrupted(node: Node) -> list[Intent]:
    """Open intents that are too old for any process, of this node or another, to be at work on."""
    latest = node.clock() - LONGEST - MARGIN
    opened = await node.log.open_intents()
    return [each for each in opened if datetime.fromisoformat(each.at).timestamp() < latest]


async def close_interrupted(node: Node) -> int:
    """Close what was interrupted, and return how many were closed here; `AuditUnavailable` if it cannot be.

    Several processes may do this at once: each intent is closed once.
    """
    closed = 0
    for intent in await interrupted(node):
        try:
            await node.log.append(await _closing(node, intent))
            closed += 1
        except Duplicate:
            log.info("%s: intent %s is closed by another process", node.id, intent.entry_id)
    return closed


async def keep_closing(node: Node) -> None:
    """Close what was interrupted now and every minute, until cancelled; a log that is down is tried again."""
    while True:
        try:
            closed = await close_interrupted(node)
        except AuditError as error:
            log.error("%s: open intents not closed: %s: %s", node.id, error.code, error)  # noqa: TRY400  # no trace needed
        else:
            if closed:
                log.warning("%s: %d interrupted questions were closed in the log", node.id, closed)
        await asyncio.sleep(SWEEP)


async def _closing(node: Node, intent: Intent) -> Entry:
    """The entry that closes an intent: what it was about, in the intent's own words."""
    (stored,) = await node.log.entries(intent.index, intent.index + 1)
    record = parse_object(stored.leaf)
    asked = intent.kind == Kind.ASKED
    request = str(record.get("subject" if asked else "request", ""))
    facts: dict[str, JSON] = {name: record[name] for name in _SAID_AGAIN if name in record}
    facts |= {"intent": intent.entry_id, "opened_at": intent.at, "reasons": [INTERRUPTED]}
    facts |= {"request": request} if request else {}
    return Entry(
        Kind.CLOSED,
        node.id,
        facts,
        subject=request,
        once=f"closed:{intent.entry_id}",
        expires=datetime.fromtimestamp(node.clock() + _SPENT, UTC),
    )
