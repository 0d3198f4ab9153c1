"""The use case of explaining one question: what was decided here, by which grants and rules, what came of it.

1. A liaison officer asks of any question that this node asked or was asked, an analyst of an own one. 2. Who
reads, and why, stands in the log before any entry or paper is read. 3. The entries of the query id. 4. The
side that was asked: `gateway.explain_decision`; only the owner's officers and oversight hear it. 5. The side
that asked: `gateway.explain_asking`; of other nodes it has the codes that they gave.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit.canonical import JSON, parse_object
from audit.entry import Entry, Kind
from audit.fields import CODE
from audit.index import MOST_ROWS, Search
from audit.row import Row
from gateway.errors import VariablesRejected
from gateway.explain_asking import Asking, asking
from gateway.explain_decision import Leaf, Received, answered
from gateway.facts import retain_until
from gateway.node import Node
from gateway.oversight.look import indexed
from gateway.past_consents import past_books
from gateway.visit import Visit
from policy.mandate import Actor
from policy.terms import Role
from sharing.codes import ID

MOST_QUESTIONS = 20
"""Questions under one query id: a partner chooses its ids, and may use one twice."""
ACTION = "QUESTION_EXPLAINED"
_KINDS = (
    Kind.ASKED,
    Kind.QUESTION_RECEIVED,
    Kind.ANSWERS_RECEIVED,
    Kind.DISCLOSED,
    Kind.REFUSED,
    Kind.CLOSED,
)
Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """What a person may hear: own questions of `asker` alone (empty: of everybody), the asked side, cases."""

    asker: str = ""
    owner: bool = False
    cases: bool = False


async def explain_question(visit: Visit, query_id: str, justification: str) -> Shown:
    """The explanation for who is signed in; `justification` is a code.

    `NotAllowed` for other roles; `VariablesRejected` without a justification, and for a query id of which the
    log holds nothing that this person may hear.
    """
    node = visit.node
    officer = Role.LIAISON in visit.session.actor.roles
    actor = visit.require(Role.LIAISON if officer else Role.ANALYST)  # 1
    if not CODE(justification):
        raise VariablesRejected("explain: a justification is a code: A-Z, 0-9 and _, at most 64")
    _checked(query_id)
    await node.log.append(_look(node, actor, query_id, justification))  # 2
    if officer:
        return await explained(node, query_id, Reader(owner=True, cases=True))
    return await explained(node, query_id, Reader(asker=node.post.keys.pseudonym(node.id, actor.subject)))


async def explained(node: Node, query_id: str, reader: Reader) -> Shown:
    """The explanation for a reader whose look is logged; `VariablesRejected` when there is none."""
    rows = await _rows(node, _checked(query_id))  # 3
    leaves = {row.index: await _leaf(node, row) for row in rows}
    received = _received(rows, leaves) if reader.owner else []
    own = _own(rows, leaves, reader)
    if own is None and not received:
        raise VariablesRejected(f"question {query_id[:80]}: this log holds none that you may have explained")
    newest = received[-MOST_QUESTIONS:]
    books = await past_books(node) if newest else None
    return {
        "queryId": query_id,
        "asked": None if own is None else await asking(node, own),  # 5
        "answered": [await answered(node, each, books, case=reader.cases) for each in newest if books],  # 4
        "more": len(newest) < len(received) or len(rows) == MOST_ROWS,
    }


def _checked(query_id: str) -> str:
    if not ID.fullmatch(query_id):
        raise VariablesRejected(f"question {query_id[:40]!r}: is no query id")
    return query_id


async def _rows(node: Node, query_id: str) -> list[Row]:
    index = await indexed(node)
    search = Search(query_id=query_id, kinds=tuple(each.value for each in _KINDS))
    return await asyncio.to_thread(index.find, search)


async def _leaf(node: Node, row: Row) -> Leaf:
    (stored,) = await node.log.entries(row.index, row.index + 1)
    return parse_object(stored.leaf)


def _received(rows: Sequence[Row], leaves: Mapping[int, Leaf]) -> list[Received]:
    """The questions that came under the id, in the order of the log, rejected messages among them."""
    closing = {row.intent: row for row in rows if row.intent}
    found = []
    for row in rows:
        rejected = row.kind == Kind.REFUSED and not row.intent and row.partner
        if row.kind == Kind.QUESTION_RECEIVED or rejected:
            outcome = row if rejected else closing.get(row.entry_id)
            found.append(
                Received(row, leaves[row.index], outcome, leaves[outcome.index] if outcome else None)
            )
    return found


def _own(rows: Sequence[Row], leaves: Mapping[int, Leaf], reader: Reader) -> Asking | None:
    """The question that this node asked under the id, or that its law did not let out."""
    for row in rows:
        refused = row.kind == Kind.REFUSED and not row.intent and not row.partner
        if (row.kind == Kind.ASKED or refused) and reader.asker in {"", row.asker}:
            outcomes = [(each, leaves[each.index]) for each in rows if each.intent == row.entry_id]
            return Asking(row, leaves[row.index], outcomes)
    return None


def _look(node: Node, actor: Actor, query_id: str, justification: str) -> Entry:
    facts: dict[str, JSON] = {
        "reader": node.post.keys.pseudonym(node.id, actor.subject),
        "unit": actor.unit,
        "action": ACTION,
        "justification": justification,
        "target": node.digests.of_value({"query_id": query_id}),
        "retain_until": retain_until(node.now(), Kind.LOG_READ),
    }
    return Entry(Kind.LOG_READ, node.id, facts, sealed=f"{actor.subject}\n{justification}".encode())
