"""The use case of receipts by query id: proofs that stand without this node.

At once there is the log-signed one of every entry of the exchange, and the partner's, which came with its
answer. Within seconds there is the witnessed one: the same leaf, proved against a checkpoint that the quorum
of the trust policy has cosigned. An analyst gets those of own questions, oversight all of them, a partner
those of the exchanges it took part in.
"""

from collections.abc import Sequence

from audit.canonical import parse_object
from audit.errors import SealRefused
from audit.receipt import VerifiedReceipt
from audit.row import Row
from gateway.errors import NotAllowed
from gateway.node import Node
from gateway.oversight.look import look
from gateway.own_receipts import Shown, rows_of, told, verified, witnessed, witnesses_of
from gateway.receipts_notice import of_partners
from gateway.visit import Visit
from policy.terms import Role
from sharing.papers import read_bundle


async def receipts(visit: Visit, query_id: str, justification: str | None, *, ask_partners: bool) -> Shown:
    """The receipts of an exchange that this node has; oversight needs a justification, and is logged.

    With `ask_partners` its partners are asked for the witnessed ones of theirs.
    """
    node, actor = visit.node, visit.session.actor
    if Role.OVERSIGHT in actor.roles:
        await look(visit, "read_receipts", justification or "", {"query_id": query_id})
        rows = await rows_of(node, query_id)
    else:
        asker = node.post.keys.pseudonym(node.id, visit.require(Role.ANALYST).subject)
        rows = await rows_of(node, query_id)
        if not any(row.asker == asker and not row.partner for row in rows):
            raise NotAllowed(f"query {query_id[:80]!r}: was not asked by the person who is signed in")
    shown = [told(node.id, await node.log.receipt(row.index), ()) for row in rows]
    shown += [told(node.id, each, witnesses_of(node, each)) for each in await witnessed(node, rows)]
    foreign = await _kept(node, rows) + (await _asked(node, rows) if ask_partners else [])
    shown += [told(partner, each, witnesses_of(node, each)) for partner, each in foreign]
    return {"queryId": query_id, "receipts": shown}


async def _kept(node: Node, rows: Sequence[Row]) -> list[tuple[str, VerifiedReceipt]]:
    """The receipts that came with the answers, as long as they are kept."""
    found = []
    for row in rows:
        if row.kind != "ANSWERS_RECEIVED" or not row.sealed:
            continue
        try:
            papers = read_bundle(await node.log.unseal(row.index))
        except SealRefused:
            continue
        texts = [(each.asked, each.outcome_receipt) for each in papers if each.outcome_receipt]
        found += [(partner, verified(node, partner, text)) for partner, text in texts]
    return found


async def _asked(node: Node, rows: Sequence[Row]) -> list[tuple[str, VerifiedReceipt]]:
    """The partners' witnessed receipts, as they give them now."""
    leaves: dict[str, str] = {}
    for row in rows:
        if row.kind == "ANSWERS_RECEIVED":
            (stored,) = await node.log.entries(row.index, row.index + 1)
            leaves |= parse_object(stored.leaf).get("leaves", {})
    request = next((row.request for row in rows if row.kind == "ASKED"), "")
    return await of_partners(node, request, leaves) if leaves and request else []
