"""The receipts that this node's own log gives for an exchange, and how a receipt is told at the desk."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from audit.checkpoint import Checkpoint
from audit.index import Search, every
from audit.note import Note
from audit.receipt import ForeignReceipt, Receipt, VerifiedReceipt
from audit.row import Row
from gateway.node import Node
from gateway.oversight.look import indexed

KINDS = frozenset({"ASKED", "ANSWERS_RECEIVED", "QUESTION_RECEIVED", "DISCLOSED", "REFUSED", "CLOSED"})
MOST = 200
"""Entries of one exchange that are looked at; forty nodes make eight outcomes."""

Shown = Mapping[str, Any]


async def receipts_of(node: Node, exchange: str, party: str) -> list[str]:
    """The witnessed receipts of this node's entries of an exchange (query id or request digest) with `party`.

    Empty until a checkpoint that covers them is witnessed, and for a party that took no part.
    """
    rows = [row for row in await rows_of(node, exchange) if party in row.nodes]
    return [each.text for each in await witnessed(node, rows)]


async def rows_of(node: Node, exchange: str) -> list[Row]:
    """The exchange's entries in our log, the outcomes of its intents among them."""
    search = Search(request=exchange) if exchange.startswith("sha256:") else Search(query_id=exchange)
    index = await indexed(node)
    found = await asyncio.to_thread(lambda: list(every(index, search)))
    return [row for row in found if row.kind in KINDS][:MOST]


async def witnessed(node: Node, rows: Sequence[Row]) -> list[Receipt]:
    """Receipts against the last checkpoint that has its quorum, of those entries that it covers."""
    if not node.watch.note:
        return []
    size = Checkpoint.parse(Note.parse(node.watch.note).text).size
    return [await node.log.receipt(row.index, size) for row in rows if row.index < size]


def verified(node: Node, partner: str, text: str) -> VerifiedReceipt:
    """A partner's receipt, once a log key of the partner in the directory has signed a tree with its leaf."""
    return ForeignReceipt.parse(text).verify(*node.post.directory.node(partner).log_keys)


def witnesses_of(node: Node, receipt: Receipt | VerifiedReceipt) -> tuple[str, ...]:
    """The witnesses we know that have cosigned its checkpoint; `ProofRefused` if a cosignature is forged."""
    policy = node.watch.policy
    if policy is None:
        return ()
    note = Note.parse(ForeignReceipt.parse(receipt.text).proof.checkpoint)
    good = note.verified_by(list(policy.witnesses.values()))
    return tuple(name for name, witness in policy.witnesses.items() if witness in good)


def told(node: str, receipt: Receipt | VerifiedReceipt, witnesses: Sequence[str]) -> Shown:
    """A receipt of the log of `node`, as the desk's schema tells it."""
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
