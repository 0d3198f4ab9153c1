"""One exchange in plain: who asked, what, why, with which outcome at each node, and what proves it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from audit.canonical import parse_object
from audit.checkpoint import Checkpoint
from audit.entry import Kind
from audit.index import Search
from audit.note import Note
from audit.row import Row
from audit.store import StoredLeaf
from gateway.errors import VariablesRejected
from gateway.node import Node
from gateway.oversight.look import Shown, indexed, look
from gateway.visit import Visit

_ASKS = (Kind.ASKED, Kind.QUESTION_RECEIVED)
WHY = ("purpose", "legal_basis", "case", "offence", "subject_category", "aim", "mandate")
WHAT = ("operation", "document", "query_digest", "policy_revision", "decision", "requested_at")
_DONE = ("status", "tier", "results", "answer_digest", "replied_at")


async def record(visit: Visit, justification: str, query_id: str) -> Shown:
    """All entries of the exchange of this query id, side by side; logged before they are read."""
    if not query_id:
        raise VariablesRejected("record: of which query id?")
    await look(visit, "read_record", justification, {"query_id": query_id})
    node = visit.node
    index = await indexed(node)
    rows = await asyncio.to_thread(index.find, Search(query_id=query_id))
    stored = await asyncio.to_thread(_stored, node, rows)
    return record_shown(node, query_id, rows, stored)


def _stored(node: Node, rows: Sequence[Row]) -> list[StoredLeaf]:
    return [each for row in rows for each in node.log.reader.leaves(row.index, row.index + 1)]


def record_shown(node: Node, query_id: str, rows: Sequence[Row], stored: Sequence[StoredLeaf]) -> Shown:
    """The exchange as the desk's schema tells it. No entry means that this log knows nothing of it."""
    witnessed = _witnessed(node)
    leaves = [parse_object(each.leaf) for each in stored]
    told = list(zip(rows, stored, leaves, strict=True))
    return {
        "queryId": query_id,
        "size": node.log.head.size,
        "witnessedSize": witnessed,
        "asked": [_asked(row, leaf) for row, _, leaf in told if row.kind in _ASKS or _refused_here(row)],
        "outcomes": [each for row, _, leaf in told for each in _outcomes(node, row, leaf)],
        "open": _open(rows, leaves),
        "entries": [_entry(row, each, witnessed) for row, each, _ in told],
    }


def _refused_here(row: Row) -> bool:
    return row.kind == Kind.REFUSED and not row.intent


def _asked(row: Row, leaf: Mapping[str, Any]) -> Shown:
    """Who, what and why, as one entry of intent says it."""
    return {
        "index": row.index,
        "at": row.at,
        "side": "ASKER" if row.kind != Kind.QUESTION_RECEIVED else "ANSWERER",
        "asker": row.asker,
        "unit": row.unit or None,
        "partner": row.partner or None,
        "nodes": list(row.nodes),
        "selfLookup": row.self_lookup,
        "sealed": row.sealed,
        "what": _facts(leaf, WHAT),
        "why": _facts(leaf, WHY),
    }


def _facts(leaf: Mapping[str, Any], names: Sequence[str]) -> list[Shown]:
    return [{"name": name, "value": str(leaf[name])} for name in names if name in leaf]


def _outcomes(node: Node, row: Row, leaf: Mapping[str, Any]) -> list[Shown]:
    """The outcome node by node: from what came back, or from what this node did."""
    if row.kind == Kind.ANSWERS_RECEIVED:
        return [_of_node(row, leaf, each) for each in leaf.get("nodes_replied", {})]
    if row.kind not in {Kind.DISCLOSED, Kind.REFUSED, Kind.CLOSED}:
        return []
    return [
        {
            "index": row.index,
            "at": row.at,
            "node": node.id,
            "status": leaf.get("status", row.kind),
            "results": row.results,
            "reasons": list(row.reasons),
            "receipt": "OWN",
            "counterpartLeaf": None,
            "facts": _facts(leaf, _DONE),
        }
    ]


def _of_node(row: Row, leaf: Mapping[str, Any], node: str) -> Shown:
    """What one node replied, and whether its receipt came with it."""
    received = leaf.get("receipts", {}).get(node)
    told = [("receipt", received), ("answer_digest", leaf.get("answer_digests", {}).get(node))]
    return {
        "index": row.index,
        "at": leaf.get("times_replied", {}).get(node, row.at),
        "node": node,
        "status": leaf["nodes_replied"][node],
        "results": leaf.get("results_by_node", {}).get(node),
        "reasons": [],
        "receipt": "RECEIVED" if received else "MISSING",
        "counterpartLeaf": leaf.get("leaves", {}).get(node),
        "facts": [{"name": name, "value": value} for name, value in told if value],
    }


def _open(rows: Sequence[Row], leaves: Sequence[Mapping[str, Any]]) -> bool:
    """Whether an intent has no outcome yet, or not all of its outcomes."""
    done = {row.intent for row, leaf in zip(rows, leaves, strict=True) if not leaf.get("pending")}
    return any(row.kind in _ASKS and row.entry_id not in done for row in rows)


def _entry(row: Row, stored: StoredLeaf, witnessed: int) -> Shown:
    return {
        "index": row.index,
        "kind": row.kind,
        "operation": row.operation,
        "at": row.at,
        "leafHash": row.leaf_hash,
        "leaf": stored.leaf.decode(),
        "proof": "WITNESSED" if row.index < witnessed else "SIGNED",
        "seal": "NONE" if not row.sealed else "ERASED" if stored.blob is None else "SEALED",
    }


def _witnessed(node: Node) -> int:
    """How many leaves a quorum of witnesses has cosigned; 0 where none is asked for."""
    note = node.watch.note
    return Checkpoint.parse(Note.parse(note).text).size if note else 0
