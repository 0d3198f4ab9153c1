"""The notice `RECEIPTS`: a partner of an exchange asks for witnessed receipts of its entries, and gets them.

Body `{"request": <digest>}`, reply `{"receipts": [<tlog-proof>, …]}`. A node gives them to the other party of
the exchange only, and takes none that is not of the very leaf that its own log commits to.
"""

import asyncio
import logging
from collections.abc import Mapping

from audit.errors import AuditError
from audit.receipt import VerifiedReceipt
from gateway.node import Node
from gateway.notices import Handled, send
from gateway.own_receipts import receipts_of, verified, witnesses_of
from sharing import reading
from sharing.codes import DIGEST
from sharing.errors import SharingError
from sharing.notice import DONE, Notice, NoticeReply
from sharing.opening import MAX_RECEIPT

RECEIPTS = "RECEIPTS"
MOST = 4
"""Receipts in one reply: an exchange has an intent and an outcome on each side."""

log = logging.getLogger(__name__)


async def on_receipts(node: Node, notice: Notice) -> Handled:
    """What the sender of the notice may have of the exchange that it names."""
    request = reading.matching(reading.exact(notice.body, frozenset({"request"})), "request", DIGEST)
    found = await receipts_of(node, request, notice.sender)
    return Handled({"receipts": found[-MOST:]}, facts={"request": request, "records": len(found[-MOST:])})


async def of_partners(
    node: Node, request: str, leaves: Mapping[str, str]
) -> list[tuple[str, VerifiedReceipt]]:
    """The partners' receipts for the leaves that our log commits to, by node; a silent partner has none.

    `AuditUnavailable` if our log cannot hold that they were asked for.
    """
    partners = [partner for partner in sorted(leaves) if partner != node.id]
    replies = await asyncio.gather(*(send(node, each, RECEIPTS, {"request": request}) for each in partners))
    found = []
    for partner, reply in zip(partners, replies, strict=True):
        if isinstance(reply, NoticeReply) and reply.status == DONE:
            found += [(partner, each) for each in _taken(node, reply) if each.leaf_digest == leaves[partner]]
    return found


def _taken(node: Node, reply: NoticeReply) -> list[VerifiedReceipt]:
    """The receipts in a reply, if all hold, cosignatures included; else none, and the operators are told."""
    try:
        texts = reading.texts(
            reading.exact(reply.body, frozenset({"receipts"})), "receipts", MOST, MAX_RECEIPT
        )
        found = [verified(node, reply.node, text) for text in texts]
        for each in found:
            witnesses_of(node, each)
    except (AuditError, SharingError) as error:
        log.warning("%s: receipts of %s not taken: %s", node.id, reply.node, error)
        return []
    return found
