"""Deconfliction: two services that are at the same are told of each other, through their liaison officers.

The node that holds a standing question tells its owner which other service watches or looked up the same, and
tells that other service, and says nothing of the person, the mandate or the case. It does so only where
`[standing] deconflict` of that node and of both services says so: a service's word travels with what it asks.
Of the same two it is told once in `deconflict_days`. It is logged where it is noticed, before it is told.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.errors import AuditError
from gateway.errors import GatewayError
from gateway.facts import retain_until
from gateway.node import Node
from gateway.standing_target import target_of
from sharing.errors import OutboxUnknown, SharingError
from sharing.inbox import Item, ItemKind, found
from sharing.mandate_token import known_by
from sharing.opened import Opened
from sharing.outbox import Letter
from sharing.standing import Standing
from sharing.standing_notice import (
    DECONFLICTION,
    DECONFLICTION_LOOKUP,
    deconfliction_body,
    lookup_body,
)

DAY = 86_400
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Word:
    """What `to` is told: `service` is at the same as its standing question, or watches what it looked up."""

    to: str
    service: str
    standing: str = ""
    query: str = ""

    def item(self, node: Node) -> Item:
        """For our officers."""
        if self.query:
            return looked_up_item(node, self.query, self.service)
        return item_of(node, self.standing, self.service)

    def letter(self, node: Node, target: str) -> Letter:
        """For those of a partner: one for each question, or for each thing however often it is looked up."""
        now = node.now()
        name = _id(node, f"{self.standing or target} {self.to} {self.service}")
        if self.query:
            body, kind = lookup_body(self.query, self.service), DECONFLICTION_LOOKUP
        else:
            body, kind = deconfliction_body(self.standing, self.service), DECONFLICTION
        return Letter(name, self.to, kind, body, now, now + DAY)


async def deconflict(node: Node, question: Standing) -> int:
    """Tell the owners of this question and of others on the same target of each other; how many others."""
    if not (question.known and node.settings.standing.deconflict):
        return 0
    others = await asyncio.to_thread(_watching, node, [question.target], question.owner)
    for other in others:
        words = (
            _Word(question.owner, other.owner, standing=question.id),
            _Word(other.owner, question.owner, standing=other.id),
        )
        await _say(node, question, words)
    return len(others)


async def looked_up(node: Node, opened: Opened, identifiers: Sequence[tuple[str, str]]) -> int:
    """Tell who was answered on identifiers, and who watches one of them, of each other; how many watch.

    An answer never depends on it: what breaks is in the log of the process, and that is all.
    """
    if not (identifiers and node.settings.standing.deconflict):
        return 0
    try:
        targets = [target_of(node, *each) for each in identifiers]
        others = _watching(node, targets, opened.sender.id)
        if not (others and known_by(opened.paper.request["entente-mandate"])):
            return 0
        for other in others:
            words = (
                _Word(opened.sender.id, other.owner, query=opened.request.query_id),
                _Word(other.owner, opened.sender.id, standing=other.id),
            )
            await _say(node, other, words)
    except (GatewayError, SharingError, AuditError) as error:
        log.warning("deconfliction of %s: %s: %s", node.id, error.code, error)
        return 0
    except Exception:
        log.exception("deconfliction of %s", node.id)
        return 0
    return len(others)


def item_of(node: Node, question_id: str, service: str) -> Item:
    """For our officers: `service` is at what our question is about; one a period, whoever noticed it."""
    return replace(_item(node, question_id, service), reference=question_id)


def looked_up_item(node: Node, query_id: str, service: str) -> Item:
    """For our officers: `service` watches what our people looked up; one, whoever noticed it."""
    return replace(_item(node, query_id, service), query_id=query_id)


def _watching(node: Node, targets: Sequence[str], but: str) -> list[Standing]:
    """The questions of other services about one of these that may be told of."""
    about = node.watching.book.matching(targets, node.now())
    return [each for each in about if each.known and each.owner != but]


async def _say(node: Node, question: Standing, words: Sequence[_Word]) -> None:
    """Log it, then tell both, unless both were told in this period."""
    if await asyncio.to_thread(_told, node, question, words):
        return
    await node.log.append(_entry(node, question, [each.to for each in words]))
    await asyncio.to_thread(_tell, node, question, words)


def _told(node: Node, question: Standing, words: Sequence[_Word]) -> bool:
    return all(
        found(node.books.inbox, each.item(node).id) is not None
        if each.to == node.id
        else _lies(node, each.letter(node, question.target).id)
        for each in words
    )


def _lies(node: Node, letter_id: str) -> bool:
    try:
        node.outbox.get(letter_id)
    except OutboxUnknown:
        return False
    return True


def _tell(node: Node, question: Standing, words: Sequence[_Word]) -> None:
    for each in words:
        if each.to == node.id:
            node.books.inbox.add(each.item(node))
        elif not _lies(node, (letter := each.letter(node, question.target)).id):
            node.outbox.put(letter)


def _item(node: Node, about: str, service: str) -> Item:
    now, kind = node.now(), ItemKind.DECONFLICTION
    return Item(_id(node, f"{about} {service}"), kind, service, now, now + DAY, reason=kind.value)


def _id(node: Node, about: str) -> str:
    """An id that is another one in the next period."""
    period = node.now() // (node.settings.standing.deconflict_days * DAY)
    return f"d-{sha256(f'{about} {period}'.encode()).hexdigest()[:32]}"


def _entry(node: Node, question: Standing, recipients: Sequence[str]) -> Entry:
    facts: dict[str, JSON] = {
        "action": "DECONFLICTION_TOLD",
        "standing_query": question.id,
        "recipients": sorted(recipients),
        "target": question.target,
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    return Entry(Kind.ADMINISTRATION, node.id, facts)
