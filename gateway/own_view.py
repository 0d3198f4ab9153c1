"""What the node itself has on a question that a partner asked: seen by a liaison officer who must decide.

The officer asks the own node through the same door as everybody, under the purpose of the partner's mandate:
decided by the own service's grants, logged as an exchange of the node with itself. 1 log the intent, 2 seal,
3 ask, 4 merge, 5 log the outcome.
"""

import json
from collections.abc import Mapping

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.errors import NodeNotReady, VariablesRejected
from gateway.facts import moment, of_mandate, retain_until
from gateway.node import Node
from gateway.outcomes import Sent, outcomes
from policy.mandate import Mandate
from policy.terms import Status
from sharing.encoding import fresh
from sharing.envelope import seal_requests
from sharing.fanout import Deadlines, fan_out
from sharing.merge import Claim, NodeStatus, Picture, merge
from sharing.message import Request

MOST_RECORDS = 200
"""Records that one decision can be about; a grant's list of records has as many."""


async def own_view(
    node: Node, mandate: Mandate, document: str, variables: Mapping[str, JSON]
) -> tuple[Claim, ...]:
    """The records that the question finds here; `NodeNotReady` when the own node does not answer it whole.

    `mandate` is the officer's own, of this node; `VariablesRejected` when there are more than can be decided.
    """
    now = node.now()
    seconds = node.settings.limits.question_seconds
    request = Request(f"q-{fresh()}", document, variables, node.id, now, int(seconds * 1000))
    here = node.post.directory.node(node.id)
    intent = await node.log.append(_intent(node, mandate, request))  # 1
    sealed = await node.post.seal(  # 2
        lambda keys: seal_requests(request, mandate, intent, keys, (here,), now=now)
    )
    deadlines = Deadlines(overall=seconds, per_node=seconds)
    replies = await fan_out(  # 3
        sealed, node.post.courier, node.post.backoff, deadlines=deadlines, clock=node.clock
    )
    picture = merge(request.query_id, request.asked_at, replies)  # 4
    await node.log.append_many(outcomes(node, Sent(request, intent, sealed), replies, picture))  # 5
    return _whole(node, picture, picture.nodes[0])


def _whole(node: Node, picture: Picture, status: NodeStatus) -> tuple[Claim, ...]:
    if status.status not in {Status.ANSWERED, Status.NO_HIT}:
        told = " ".join(status.reasons) or status.status.value
        raise NodeNotReady(f"own view of {node.id}: {told}")
    if status.more or len(picture.claims) > MOST_RECORDS:
        raise VariablesRejected(f"records: more than {MOST_RECORDS} are found; name those that are meant")
    return picture.claims


def _intent(node: Node, mandate: Mandate, request: Request) -> Entry:
    actor = mandate.actor
    facts: dict[str, JSON] = of_mandate(node, mandate) | {
        "query_id": request.query_id,
        "document": request.document,
        "asker": node.post.keys.pseudonym(node.id, actor.subject),
        "action": "FOLLOW_UP_EXAMINED",
        "nodes_asked": [node.id],
        "query_digest": node.digests.of_value(dict(request.variables)),
        "requested_at": moment(request.asked_at),
        "retain_until": retain_until(request.asked_at, Kind.ASKED),
    }
    told = {"subject": actor.subject, "case": mandate.case, "roles": sorted(actor.roles), "unit": actor.unit}
    sealed = json.dumps(told, ensure_ascii=False).encode()
    return Entry(Kind.ASKED, node.id, facts, subject=request.digest, sealed=sealed)
