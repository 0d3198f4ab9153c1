"""Recalling: what a node gave is taken back from every partner that received it, or put right there.

A decision is one durable line (`RecallBook.order`; for grants before the new version is stored), so that no
crash forgets it. What loads changed is ordered first (`recall_loads`). The letters are written in the
background: 1 the register is brought to the log's head,
2 what was ordered and has come true is looked up in it, 3 logged, the records sealed beside, 4 put into the
outbox, one for each partner, 5 done. Every step may be repeated: ids follow from what is said.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence

from audit.canonical import JSON, encode
from audit.entry import Entry, Kind
from audit.errors import AuditError
from gateway.delivering import TICK
from gateway.disclosures import catch_up
from gateway.errors import GatewayError
from gateway.facts import many, retain_until
from gateway.node import Node
from gateway.recall_loads import take_changes
from sharing.errors import GrantUnknown, SharingError
from sharing.outbox import Letter
from sharing.recall import Ordered, Recall, Sort

WRITTEN = "RECALL_WRITTEN"
HOUR = 3600
log = logging.getLogger(__name__)


async def keep_recalling(node: Node) -> None:
    """Write letters for what was ordered until cancelled; whatever breaks is tried again."""
    while True:
        try:
            await write_due(node)
        except (GatewayError, SharingError, AuditError) as error:
            log.warning("recalls of %s: %s: %s", node.id, error.code, error)
        except Exception:
            log.exception("recalls of %s", node.id)
        await asyncio.sleep(TICK)


async def write_due(node: Node) -> int:
    """Write the letters for all that was ordered and is in force, and return how many letters."""
    await take_changes(node)
    pending = await asyncio.to_thread(node.lending.recalls.pending)
    ready = [each for each in pending if _in_force(node, each.recall)]
    if not ready:
        return 0
    await catch_up(node)  # 1
    letters = 0
    for order in ready:
        letters += await _write(node, order)
    return letters


def _in_force(node: Node, recall: Recall) -> bool:
    """Whether what a recall says is true by now: a grant's newer version is stored."""
    if not recall.grant:
        return True
    name, _, version = recall.grant.rpartition("@")
    try:
        return node.books.grants.current(name).terms.version > int(version)
    except GrantUnknown:
        return False


async def _write(node: Node, order: Ordered) -> int:
    partners = await asyncio.to_thread(_received, node, order.recall)  # 2
    letters = [each for partner, part in partners for each in _letters(node, order, partner, part)]
    await node.log.append(_entry(node, order, letters))  # 3
    await asyncio.to_thread(node.outbox.put, *letters)  # 4
    await asyncio.to_thread(node.lending.recalls.written, order.id, node.now())  # 5
    return len(letters)


def _received(node: Node, recall: Recall) -> list[tuple[str, Recall]]:
    """Every partner that received something of it, and what of it to say there; the own node is one too.

    Who was only given what is right already is told nothing.
    """
    register = node.lending.register
    if recall.grant:
        name, _, version = recall.grant.rpartition("@")
        return [(partner, recall) for partner in register.partners_of(name, int(version))]
    told: dict[str, list[tuple[str, int]]] = {}
    newest = dict(recall.records)
    for each in register.reached_by(list(newest)):
        said = newest[each.record]
        if each.oldest < said + (recall.sort is Sort.RECALL):
            told.setdefault(each.partner, []).append((each.record, said))
    return [(each, Recall(recall.sort, recall.reason, "", tuple(told[each]))) for each in sorted(told)]


def _letters(node: Node, order: Ordered, partner: str, recall: Recall) -> Sequence[Letter]:
    """The letters to one partner, each of at most 200 records; the deadline runs from the decision."""
    due = order.at + int(node.settings.recall.hours * HOUR)
    return [
        Letter(
            f"{order.id}.{partner}.{number}",
            partner,
            part.sort.value,
            {**part.content, "due": due},
            order.at,
            max(due, order.at),
        )
        for number, part in enumerate(recall.parts())
    ]


def _entry(node: Node, order: Ordered, letters: Sequence[Letter]) -> Entry:
    recall = order.recall
    facts: dict[str, JSON] = {
        "action": WRITTEN,
        "mode": recall.sort.value,
        "recall": order.id,
        "reasons": [recall.reason],
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    facts |= {"grant": recall.grant} if recall.grant else {"records": len(recall.records)}
    facts |= many("recipients", sorted({each.to for each in letters}))
    told: Mapping[str, JSON] = recall.content
    return Entry(Kind.ADMINISTRATION, node.id, facts, sealed=encode(told))
