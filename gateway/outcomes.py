"""What came back of a question, for the log."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.receipt import Receipt
from gateway.facts import moment, retain_until
from gateway.node import Node
from sharing.envelope import Sealed
from sharing.merge import Picture
from sharing.message import Answer, Refused, Reply, Request, Silence
from sharing.papers import Paper, bundle

NODES_A_LEAF = 5


@dataclass(frozen=True, slots=True)
class Sent:
    """A question that is logged, sealed for each node, and may leave."""

    request: Request
    intent: Receipt
    sealed: Sequence[Sealed]


def outcomes(
    node: Node,
    sent: Sent,
    replies: Sequence[Reply],
    picture: Picture,
    *,
    pending: bool = False,
) -> list[Entry]:
    """What came back, for the log: one entry for every five nodes, so that each fits a leaf of 4 KiB.

    With `pending` other replies are still waited for.
    """
    request, intent = sent.request, sent.intent
    payloads = {each.node: each.payload for each in replies if isinstance(each, Answer)}
    heard = {each.node: each for each in replies if not isinstance(each, Silence)}
    parts = [
        picture.nodes[start : start + NODES_A_LEAF] for start in range(0, len(picture.nodes), NODES_A_LEAF)
    ]
    replied_at = moment(node.clock())
    entries = []
    for told in parts:
        facts: dict[str, JSON] = {
            "intent": intent.entry_id,
            "query_id": request.query_id,
            "request": request.digest,
            "nodes_replied": {each.node: each.status.value for each in told},
            "times_replied": {each.node: moment(each.replied_at) for each in told},
            "receipts": {each.node: each.receipt for each in told if each.receipt},
            "leaves": {each.node: heard[each.node].receipt_leaf for each in told if each.receipt},
            "results_by_node": {each.node: each.count for each in told},
            "answer_digests": {
                each.node: node.digests.of(payloads[each.node]) for each in told if each.node in payloads
            },
            "complete": picture.complete,
            "replied_at": replied_at,
            "retain_until": retain_until(request.asked_at, Kind.ANSWERS_RECEIVED),
        }
        facts |= {"pending": True} if pending else {}
        papers = [paper for each in told if (paper := _paper(heard.get(each.node)))]
        sealed = bundle(papers) if papers else None
        entries.append(Entry(Kind.ANSWERS_RECEIVED, node.id, facts, subject=request.digest, sealed=sealed))
    return entries


def _paper(reply: Answer | Refused | None) -> Paper | None:
    """What proves the reply to others; a rejection has no receipt, and its paper is whole already."""
    if reply is None or reply.paper is None or not reply.receipt:
        return reply.paper if reply else None
    return replace(reply.paper, statement=reply.statement.decode(), outcome_receipt=reply.receipt)
