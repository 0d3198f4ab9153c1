"""The notices `RECALL` and `RECTIFY`: a partner takes back what it gave, or has put it right.

Body `{"id", "grant", "records": [[<id>, <version>], …], "reason", "due"}`, reply `{"ended", "held"}`: how
many leases here ended (or have a newer version), and how many that it names still stand, for another grant
gave them too. The door has logged the notice before this acts; the outcome's entry says what came of it. What
a node says is about its own records and grants, whatever it names, so nobody can recall another's.
"""

import asyncio

from audit.canonical import JSON
from gateway.node import Node
from gateway.notices import Handled
from sharing.notice import Notice
from sharing.recall import Sort, read_recall

RECALL, RECTIFY = Sort.RECALL.value, Sort.RECTIFY.value
_ACTIONS = {Sort.RECALL: "RECALLED", Sort.RECTIFY: "RECTIFIED"}


async def on_recall(node: Node, notice: Notice) -> Handled:
    """Leases on what the sender names end; asked again, the answer is the same."""
    sort = Sort(notice.type)
    notice_id, recall = read_recall(sort, notice.body)
    marks = recall.marks(notice.sender)
    counts = await asyncio.to_thread(node.lending.leases.take, notice_id, marks, node.now())
    facts: dict[str, JSON] = {"recall": notice_id, "records": counts.ended, "reasons": [recall.reason]}
    facts |= {"grant": recall.grant} if recall.grant else {}
    return Handled({"ended": counts.ended, "held": counts.held}, action=_ACTIONS[sort], facts=facts)
