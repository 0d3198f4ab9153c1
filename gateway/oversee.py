"""Oversight's first look: the log's head, and its entries in order. See `gateway.oversight` for questions."""

from collections.abc import Mapping
from typing import Any

from audit.canonical import parse_object
from gateway.errors import VariablesRejected
from gateway.node import Node
from gateway.oversight.look import look
from gateway.visit import Visit
from policy.terms import Role

MAX_ENTRIES = 500


async def head(visit: Visit) -> Mapping[str, Any]:
    """The last signed checkpoint; it holds no entry, so it is told without a justification."""
    visit.require(Role.OVERSIGHT)
    log = visit.node.log
    told = log.head
    return {"origin": log.origin, "size": told.size, "root": told.root.hex(), "checkpoint": log.checkpoint()}


async def entries(visit: Visit, justification: str, start: int, first: int) -> list[Mapping[str, Any]]:
    """Up to `first` entries from index `start` on; the reader and the reason stand in the log before."""
    if start < 0 or not 1 <= first <= MAX_ENTRIES:
        raise VariablesRejected(f"entries: from {start}, {first} of them; at most {MAX_ENTRIES} from 0 on")
    await look(visit, "read_entries", justification, {"start": start, "first": first})
    return await _leaves(visit.node, start, first)


async def _leaves(node: Node, start: int, first: int) -> list[Mapping[str, Any]]:
    stored = await node.log.entries(start, start + first)
    rows: list[Mapping[str, Any]] = []
    for index, each in enumerate(stored, start):
        leaf = parse_object(each.leaf)
        rows.append({"index": index, "kind": leaf["kind"], "at": leaf["at"], "leaf": each.leaf.decode()})
    return rows
