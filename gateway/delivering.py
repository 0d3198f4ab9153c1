"""Delivering: what lies in the outbox is told until it is acknowledged, while a node is served.

Every attempt is counted before it is made, and logged by `notices.send`: a process that dies in between
leaves a letter that is told again. A node that does not answer is left alone as a whole, for longer each
time; a letter that it answers with a refusal waits alone. What is late becomes a finding, and is told on.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby

from audit.canonical import JSON, encode
from audit.entry import Entry, Kind
from audit.errors import AuditError
from audit.findings import Finding, Refs
from audit.severity import Severity
from gateway.errors import GatewayError
from gateway.facts import moment
from gateway.node import Node
from gateway.notices import send
from sharing.errors import SharingError
from sharing.inbox import Item, ItemKind
from sharing.notice import DONE, NoticeReply, Unanswered
from sharing.outbox import Letter
from sharing.recall import Sort

TICK = 5.0
LONGEST_ACKNOWLEDGEMENT = 16_384
OVERDUE = "NOTICE_OVERDUE"
DAY = 86_400
_CALLED_BACK = frozenset(Sort)
log = logging.getLogger(__name__)


async def keep_delivering(node: Node) -> None:
    """Deliver and escalate until cancelled; whatever breaks is tried again."""
    while True:
        try:
            await deliver_due(node)
            await escalate_overdue(node)
        except (GatewayError, SharingError, AuditError) as error:
            log.warning("outbox of %s: %s: %s", node.id, error.code, error)
        except Exception:
            log.exception("outbox of %s", node.id)
        await asyncio.sleep(TICK)


async def deliver_due(node: Node) -> int:
    """Tell what is due, to every node at the same time, and return how much was acknowledged."""
    if node.post.directory_now() is None:
        return 0
    due = sorted(await asyncio.to_thread(node.outbox.due, node.now()), key=lambda each: each.to)
    parts = [list(letters) for _, letters in groupby(due, key=lambda each: each.to)]
    return sum(await asyncio.gather(*(_delivered(node, part) for part in parts)))


async def _delivered(node: Node, letters: Sequence[Letter]) -> int:
    """Tell one node its letters in turn, until it does not answer; how many it acknowledged."""
    done = 0
    for letter in letters:
        now = node.now()
        if not await asyncio.to_thread(node.outbox.begin, letter, now):
            continue
        reply = await _told(node, letter)
        if isinstance(reply, Unanswered):
            await asyncio.to_thread(node.outbox.postpone, letter.to, letter.tried(now).next_at)
            return done
        if reply.status == DONE:
            await asyncio.to_thread(node.outbox.acknowledge, letter.id, node.now(), _kept(reply))
            done += 1
        else:
            log.warning("%s: %s %s of %s: %s", node.id, letter.type, letter.id, letter.to, reply.status)
    return done


async def _told(node: Node, letter: Letter) -> NoticeReply | Unanswered:
    """What the other node says; one that is in no directory in force cannot be told anything."""
    try:
        return await send(node, letter.to, letter.type, letter.told)
    except SharingError as error:
        log.warning("%s: %s %s to %s: %s", node.id, letter.type, letter.id, letter.to, error)
        return Unanswered(letter.to, error.code, str(error))


def _kept(reply: NoticeReply) -> str:
    """The reply as it is kept: its digest, and its body unless that is far longer than any known one."""
    body: JSON = dict(reply.body) if len(reply.payload) <= LONGEST_ACKNOWLEDGEMENT else {}
    return encode({"reply": reply.digest, "body": body}).decode()


async def escalate_overdue(node: Node) -> int:
    """Log and find what was not acknowledged in time, and return how many letters that were.

    A crash in between logs again and finds the same finding.
    """
    late = await asyncio.to_thread(node.outbox.overdue, node.now())
    for letter in late:
        finding = _finding(letter)
        facts: dict[str, JSON] = {
            "action": OVERDUE,
            "mode": letter.type,
            "partner": letter.to,
            "recall": letter.id,
            "finding": finding.id,
            "severity": finding.severity.value,
        }
        await node.log.append(Entry(Kind.ADMINISTRATION, node.id, facts))
        await asyncio.to_thread(node.oversight.findings.add, [finding])
        if letter.type in _CALLED_BACK:
            await asyncio.to_thread(node.books.inbox.add, _item(letter, node.now()))
        await asyncio.to_thread(node.outbox.escalated, letter.id, node.now())
    return len(late)


def _finding(letter: Letter) -> Finding:
    """`<type>_OVERDUE`: RECALL_OVERDUE, RECTIFY_OVERDUE and so on."""
    due = datetime.fromtimestamp(letter.due_at, UTC)
    text = f"{letter.type} {letter.id} to {letter.to}: not acknowledged by {moment(letter.due_at)}"
    refs = Refs(partner=letter.to)
    return Finding.of(f"{letter.type}_OVERDUE", Severity.HIGH, due, letter.id, text, refs)


def _item(letter: Letter, now: int) -> Item:
    """For the officers: somebody has to call the partner within a day."""
    return Item(letter.id, ItemKind.RECALL_OVERDUE, letter.to, now, now + DAY, reason=letter.type)
