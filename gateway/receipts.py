"""The use case of receipts by query id: proofs that stand without this node.

At once there is the log-signed one of every entry of the exchange, and the partner's, which came with its
answer. Within seconds there is the witnessed one: the same leaf, proved against a checkpoint that the quorum
of the trust policy has cosigned. An analyst gets those of own questions, oversight all of them, a partner
those of the exchanges it took part in.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from audit.checkpoint import Checkpoint
from audit.errors import SealRefused
from audit.index import Search, every
from audit.note import Note
from audit.receipt import ForeignReceipt, Receipt, VerifiedReceipt
from audit.row import Row
from gateway.errors import NotAllowed
from gateway.node import Node
from gateway.oversight.look import indexed, look
from gateway.visit import Visit
from policy.terms import Role
from sharing.papers import read_bundle

KINDS = frozenset({"ASKED", "ANSWERS_RECEIVED", "QUESTION_RECEIVED", "DISCLOSED", "REFUSED", "CLOSED"})
MOST = 200
"""Entries of one exchange that are looked at; forty nodes make eight outcomes."""

Shown = Mapping[str, Any]


async def receipts(visit: Visit, query_id: str, justification: str | None) -> Shown:
    """The receipts of an exchange that this node has; oversight needs a justification, and is logged."""
    node, actor = visit.node, visit.session.actor
    if Role.OVERSIGHT in actor.roles:
        await look(visit, "read_receipts", justification or "", {"query_id": query_id})
        rows = await _rows(node, query_id)
    else:
        asker = node.post.keys.pseudonym(node.id, visit.require(Role.ANALYST).subject)
        rows = await _rows(node, query_id)
        if not any(row.asker == asker and not row.partner for row in rows):
            raise NotAllowed(f"query {query_id[:80]!r}: was not asked by the person who is signed in")
    told = [_told(node.id, await node.log.receipt(row.index), ()) for row in rows]
    told += [_told(node.id, each, _witnesses(node, each)) for each in await _witnessed(node, rows)]
    return {"queryId": query_id, "receipts": told + await _partners(node, rows)}


async def receipts_of(node: Node, exchange: str, party: str) -> list[str]:
    """The witnessed receipts of this node's entries of an exchange (query id or request digest) with `party`.

    Empty until a checkpoint that covers them is witnessed, and for a party that took no part.
    """
    rows = [row for row in await _rows(node, exchange) if party in row.nodes]
    return [each.text for each in await _witnessed(node, rows)]


def verified(node: Node, partner: str, text: str) -> Shown:
    """A partner's receipt as it is shown; `AuditError` or `SharingError` if it does not hold.

    1. A log key of the partner in the directory has signed a tree with the leaf in it. 2. No cosignature of a
    witness that we know is bad; those that are good are named.
    """
    receipt = ForeignReceipt.parse(text).verify(*node.post.directory.node(partner).log_keys)
    return _told(partner, receipt, _witnesses(node, receipt))


async def _rows(node: Node, exchange: str) -> list[Row]:
    """The exchange's entries in our log, the outcomes of its intents among them."""
    search = Search(request=exchange) if exchange.startswith("sha256:") else Search(query_id=exchange)
    index = await indexed(node)
    found = await asyncio.to_thread(lambda: list(every(index, search)))
    return [row for row in found if row.kind in KINDS][:MOST]


async def _witnessed(node: Node, rows: Sequence[Row]) -> list[Receipt]:
    """Receipts against the last checkpoint that has its quorum, of those entries that it covers."""
    if not node.watch.note:
        return []
    size = Checkpoint.parse(Note.parse(node.watch.note).text).size
    return [await node.log.receipt(row.index, size) for row in rows if row.index < size]


async def _partners(node: Node, rows: Sequence[Row]) -> list[Shown]:
    """The receipts that came with the answers, as long as they are kept."""
    told = []
    for row in rows:
        if row.kind != "ANSWERS_RECEIVED" or not row.sealed:
            continue
        try:
            papers = read_bundle(await node.log.unseal(row.index))
        except SealRefused:
            continue
        told += [verified(node, each.asked, each.outcome_receipt) for each in papers if each.outcome_receipt]
    return told


def _witnesses(node: Node, receipt: Receipt | VerifiedReceipt) -> tuple[str, ...]:
    """The names of the witnesses we know that have cosigned the receipt's checkpoint."""
    policy = node.watch.policy
    if policy is None:
        return ()
    note = Note.parse(ForeignReceipt.parse(receipt.text).proof.checkpoint)
    good = note.verified_by(list(policy.witnesses.values()))
    return tuple(name for name, witness in policy.witnesses.items() if witness in good)


def _told(node: str, receipt: Receipt | VerifiedReceipt, witnesses: Sequence[str]) -> Shown:
    return {
        "node": node,
        "kind": receipt.kind.value,
        "index": receipt.index,
        "size": receipt.size,
        "leaf": receipt.leaf_digest,
        "subject": receipt.subject or None,
        "witnesses": list(witnesses),
        "text": receipt.text,
    }
