"""One question that this node's own person asked: the own law's word, and what each node answered.

Of other nodes the codes are told that they gave, never a rule or what a grant of theirs says. They stand in
the papers sealed beside the outcome, which the caller has logged that it opens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit.entry import Kind
from audit.errors import SealRefused
from audit.row import Row
from gateway.explain_decision import WHY
from gateway.explain_reasons import reasons_shown
from gateway.facts import moment
from gateway.node import Node
from policy.terms import Reason
from sharing.errors import FieldRefused
from sharing.papers import read_bundle
from sharing.recorded_reply import RecordedReply, recorded_reply

OPEN, CUT_SHORT = "OPEN", "CLOSED"
"""In place of a node's status: it is still waited for, or a crash cut the question short."""
Leaf = Mapping[str, Any]
Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asking:
    """The entry of a question that was asked, or that the own law did not let out; and its outcomes."""

    row: Row
    leaf: Leaf
    outcomes: Sequence[tuple[Row, Leaf]]


async def asking(node: Node, asked: Asking) -> Shown:
    """The explanation of an own question. A paper that was erased or cannot be read leaves its codes out."""
    leaf = asked.leaf
    replies = [each for each in asked.outcomes if each[0].kind == Kind.ANSWERS_RECEIVED]
    nodes = [one for row, told in replies for one in await _replies(node, row, told)]
    left = CUT_SHORT if len(replies) < len(asked.outcomes) else OPEN
    heard = {each["node"] for each in nodes}
    silent = [_reply(each, left) for each in leaf.get("nodes_asked", ()) if each not in heard]
    return {
        "index": asked.row.index,
        "askedAt": leaf.get("requested_at", leaf["at"]),
        "allowed": asked.row.kind == Kind.ASKED,
        "reasons": reasons_shown(leaf.get("rules", ()), leaf.get("reasons", ())),
        "decision": leaf.get("decision"),
        "revision": leaf.get("policy_revision"),
        "complete": _complete(replies, silent),
        "nodes": sorted([*nodes, *silent], key=lambda each: str(each["node"])),
        **{name: leaf.get(field) for name, field in WHY.items()},
    }


def _complete(replies: Sequence[tuple[Row, Leaf]], silent: Sequence[Shown]) -> bool | None:
    """Whether every node gave all of an answer; None while that is not known."""
    told = [leaf["complete"] for _, leaf in replies if "complete" in leaf]
    if not all(told):
        return False
    return None if silent or not told else True


async def _replies(node: Node, row: Row, leaf: Leaf) -> list[Shown]:
    """What an entry of outcome says node by node."""
    said = await _papers(node, row)
    times, counts, receipts = (
        leaf.get(name, {}) for name in ("times_replied", "results_by_node", "receipts")
    )
    return [
        _reply(
            name,
            status,
            said.get(name, RecordedReply()),
            results=counts.get(name),
            repliedAt=times.get(name),
            receipt=receipts.get(name),
        )
        for name, status in leaf.get("nodes_replied", {}).items()
    ]


async def _papers(node: Node, row: Row) -> Mapping[str, RecordedReply]:
    if not row.sealed:
        return {}
    try:
        papers = read_bundle(await node.log.unseal(row.index))
        return {each.asked: recorded_reply(each.statement) for each in papers}
    except (FieldRefused, SealRefused):
        return {}


def _reply(name: str, status: str, said: RecordedReply | None = None, **more: Any) -> Shown:  # noqa: ANN401  # published values
    said = said or RecordedReply()
    return {
        "node": name,
        "status": status,
        "reasons": list(said.reasons),
        "grants": list(said.grants),
        "masked": [{"name": each, "code": Reason.FIELD_MASKED.value} for each in said.masked],
        "revision": said.revision or None,
        "renewsAt": None if said.renews_at is None else moment(said.renews_at),
    } | ({"results": None, "repliedAt": None, "receipt": None} | more)
