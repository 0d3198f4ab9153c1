"""The use case of oversight: read the log. Reading is decided and logged before anything is read."""

from collections.abc import Mapping
from typing import Any

from audit.canonical import parse_object
from audit.entry import Entry, Kind
from gateway.errors import NotAllowed, VariablesRejected
from gateway.facts import retain_until
from gateway.node import Node
from gateway.visit import Visit
from policy.decision import Refusal
from policy.mandate import Actor
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
    node, actor = visit.node, visit.require(Role.OVERSIGHT)
    if start < 0 or not 1 <= first <= MAX_ENTRIES:
        raise VariablesRejected(f"entries: from {start}, {first} of them; at most {MAX_ENTRIES} from 0 on")
    verdict = await node.judge.may_oversee(actor, "read_entries", justification, now=node.now())
    if isinstance(verdict, Refusal):
        raise NotAllowed(f"log: not read ({', '.join(each.value for each in verdict.reasons)})")
    await node.log.append(_entry(node, actor, justification, verdict.id))
    return await _leaves(node, start, first)


def _entry(node: Node, actor: Actor, justification: str, decision: str) -> Entry:
    facts = {
        "reader": node.post.keys.pseudonym(node.id, actor.subject),
        "decision": decision,
        "unit": actor.unit,
        "retain_until": retain_until(node.now(), Kind.LOG_READ),
    }
    sealed = f"{actor.subject}\n{justification}".encode()
    return Entry(Kind.LOG_READ, node.id, facts, sealed=sealed)


async def _leaves(node: Node, start: int, first: int) -> list[Mapping[str, Any]]:
    stored = await node.log.entries(start, start + first)
    rows: list[Mapping[str, Any]] = []
    for index, each in enumerate(stored, start):
        leaf = parse_object(each.leaf)
        rows.append({"index": index, "kind": leaf["kind"], "at": leaf["at"], "leaf": each.leaf.decode()})
    return rows
