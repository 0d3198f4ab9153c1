"""The notices `RECALL` and `RECTIFY`: a partner takes back what it gave, or has put it right.

Body `{"id", "grant", "records": [[<id>, <version>], …], "reason", "due"}`, reply `{"ended", "held"}`: how
many leases here ended (or have a newer version), and how many that it names still stand, for another grant
gave them too. A reason `EVIDENCE_…` says how records stand as evidence now: the officers get an item, and
every case here that keeps one of them an entry of its own, which its evidence pack holds. The door has logged
the notice before this acts; the outcome's entry says what came of it. What a node says is about its own
records and grants, whatever it names, so nobody can recall another's.
"""

import asyncio

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.facts import retain_until
from gateway.node import Node
from gateway.notices import Handled
from sharing.inbox import Item, ItemKind, found
from sharing.notice import Notice
from sharing.recall import Recall, Sort, read_recall

RECALL, RECTIFY = Sort.RECALL.value, Sort.RECTIFY.value
EVIDENCE = "EVIDENCE_"
MOST_NAME = 128
DAYS = 7 * 86_400
"""Until when officers are to have seen that a record stands otherwise as evidence."""
_ACTIONS = {Sort.RECALL: "RECALLED", Sort.RECTIFY: "RECTIFIED"}


async def on_recall(node: Node, notice: Notice) -> Handled:
    """Leases on what the sender names end; asked again, the answer is the same."""
    sort = Sort(notice.type)
    notice_id, recall = read_recall(sort, notice.body)
    marks = recall.marks(notice.sender)
    counts = await asyncio.to_thread(node.lending.leases.take, notice_id, marks, node.now())
    if sort is Sort.RECTIFY and recall.reason.startswith(EVIDENCE):
        await _ruled(node, notice.sender, notice_id, recall)
    facts: dict[str, JSON] = {"recall": notice_id, "records": counts.ended, "reasons": [recall.reason]}
    facts |= {"grant": recall.grant} if recall.grant else {}
    return Handled({"ended": counts.ended, "held": counts.held}, action=_ACTIONS[sort], facts=facts)


async def _ruled(node: Node, sender: str, notice_id: str, recall: Recall) -> None:
    """Tell the cases that keep any of it, in the log, and the officers; repeated, nothing is said twice."""
    handles = [f"{sender}/{name}" for name, _ in recall.records]
    name, now = f"ruling-{sender}-{notice_id}"[:MOST_NAME], node.now()
    item = Item(
        name, ItemKind.EVIDENCE_RULING, sender, now, now + DAYS, reference=notice_id, reason=recall.reason,
        content={"handles": list[JSON](handles)},
    )  # fmt: skip
    if await asyncio.to_thread(found, node.books.inbox, name):
        return
    affected = await asyncio.to_thread(node.lending.leases.affected, handles)
    for case in sorted({each.lease.case for each in affected}):
        facts: dict[str, JSON] = {"action": "RULING_HEARD", "case": case, "partner": sender}
        facts |= {"recall": notice_id, "reasons": [recall.reason], "records": len(handles)}
        facts |= {"retain_until": retain_until(now, Kind.ADMINISTRATION)}
        await node.log.append(Entry(Kind.ADMINISTRATION, node.id, facts))
    await asyncio.to_thread(node.books.inbox.add, item)
