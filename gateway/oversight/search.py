"""Oversight searches the log: by period, node, purpose, case, outcome, unit, person's pseudonym."""

import asyncio
from collections.abc import Mapping
from typing import Any

from audit.entry import Kind
from audit.errors import SearchRefused
from audit.index import LeafIndex, Search
from audit.row import Row
from gateway.errors import VariablesRejected
from gateway.node import Node
from gateway.oversight.look import Period, Shown, indexed, look, moment_of
from gateway.visit import Visit

_KEYED = "hmac-sha256:"


async def search(visit: Visit, justification: str, wanted: Mapping[str, Any]) -> Shown:
    """The rows that are wanted and how many there are in all; logged before it is done."""
    query = search_of(visit.node, wanted)
    await look(visit, "search_log", justification, dict(wanted), Period(query.since, query.until))
    index = await indexed(visit.node)
    rows, total = await asyncio.to_thread(_found, index, query)
    return {"total": total, "size": visit.node.log.head.size, "rows": [row_shown(row) for row in rows]}


def _found(index: LeafIndex, query: Search) -> tuple[list[Row], int]:
    return index.find(query), index.count(query)


def search_of(node: Node, wanted: Mapping[str, Any]) -> Search:
    """The desk's words as a search; a case may be given by its reference or by its keyed digest."""
    told = {name: value for name, value in wanted.items() if value is not None}
    case = str(told.pop("case", ""))
    if case and not case.startswith(_KEYED):
        case = node.digests.of(case.encode())
    if unknown := sorted(set(kinds := told.pop("kinds", ())) - set(Kind)):
        raise VariablesRejected(f"kinds: {unknown[0][:40]} is no kind of entry")
    since, until = (moment_of(told.pop(name, None), name) for name in ("since", "until"))
    try:
        return Search(since=since, until=until, kinds=tuple(kinds), case=case, **told)
    except (SearchRefused, TypeError) as error:
        raise VariablesRejected(str(error)) from error


def row_shown(row: Row) -> Shown:
    """A row as the desk's schema tells it."""
    return {
        "index": row.index,
        "kind": row.kind,
        "operation": row.operation,
        "at": row.at,
        "queryId": row.query_id or None,
        "request": row.request or None,
        "asker": row.asker or None,
        "role": row.role or None,
        "unit": row.unit or None,
        "partner": row.partner or None,
        "nodes": list(row.nodes),
        "purpose": row.purpose or None,
        "legalBasis": row.legal_basis or None,
        "offence": row.offence or None,
        "case": row.case or None,
        "statuses": list(row.statuses),
        "reasons": list(row.reasons),
        "tier": row.tier or None,
        "action": row.action or None,
        "results": row.results,
        "retainUntil": row.retain_until or None,
        "sealed": row.sealed,
        "selfLookup": row.self_lookup,
        "leafHash": row.leaf_hash,
    }
