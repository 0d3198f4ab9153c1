"""The use case of an analyst who asks to which partners a record of the own service was shown.

1 an analyst of this node under an own mandate, a record of this node, 2 the record is asked for like any
other: decided and logged; of what is not shown nothing is told, 3 the look is logged, 4 the register brought
to the log's head, 5 each answer that held the record, as the own log tells it: partner, unit and purpose. No
person of a partner is named or opened; of its case only whether it is the mandate's.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.index import LeafIndex, Search, every
from audit.row import Row
from gateway.ask import Asking, ask, split_handle
from gateway.disclosures import catch_up
from gateway.errors import NotAllowed, VariablesRejected
from gateway.facts import moment, of_mandate, retain_until
from gateway.mandates import held
from gateway.node import Node
from gateway.oversight.look import indexed
from gateway.visit import Visit
from policy.mandate import Mandate
from policy.terms import Mode, Operation, Role, Status
from sharing.register import Given

MOST = 100
"""Answers that are told, the newest; `complete` is false where there were more."""
SHOWN = "DISCLOSURES_SHOWN"
Shown = Mapping[str, Any]


async def seen_by(visit: Visit, handle: str, mandate_id: str) -> Shown:
    """What partners were shown of the record, newest first; nothing of one that the caller may not see."""
    node, actor = visit.node, visit.require(Role.ANALYST)  # 1
    mandate = held(node, mandate_id, actor)
    owner, record = split_handle(handle)
    if owner != node.id:
        raise VariablesRejected(f"record {handle[:80]!r}: only {owner[:80]!r} knows to whom it showed it")
    picture = await ask(visit, Asking(Operation.ENTITY, {"id": record}, mandate_id, [node.id]))  # 2
    if not _shows(picture, handle):
        return {"handle": handle, "complete": True, "disclosures": []}
    await node.log.append(_entry(node, mandate, picture["queryId"], record))  # 3
    await catch_up(node)  # 4
    register = node.lending.register
    given = await asyncio.to_thread(register.of_record, record, besides=node.id)
    index = await indexed(node)
    told = [await asyncio.to_thread(_told, node, index, mandate, each) for each in given[:MOST]]  # 5
    return {"handle": handle, "complete": len(given) <= MOST, "disclosures": told}


def _shows(picture: Shown, handle: str) -> bool:
    """Whether the own node shows the record; `NotAllowed` where it does not answer the question at all."""
    (status,) = picture["nodes"]
    if status["status"] not in {Status.ANSWERED, Status.NO_HIT}:
        said = ", ".join(status["reasons"]) or status["status"]
        raise NotAllowed(f"who has seen {handle[:80]}: not told ({said})")
    return any(claim["handle"] == handle for claim in picture["claims"])


def _entry(node: Node, mandate: Mandate, query_id: str, record: str) -> Entry:
    facts: dict[str, JSON] = of_mandate(node, mandate) | {
        "action": SHOWN,
        "query_id": query_id,
        "reader": node.post.keys.pseudonym(node.id, mandate.actor.subject),
        "target": node.digests.of_value({"id": record}),
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    return Entry(
        Kind.ADMINISTRATION, node.id, facts, subject=mandate.digest, sealed=mandate.actor.subject.encode()
    )


def _told(node: Node, index: LeafIndex, mandate: Mandate, given: Given) -> Shown:
    """One answer, and of the question behind it what the own log has in clear."""
    asked = _asked(index, given.place)
    modes = [_mode(node, ref) for ref in given.grants]
    case = of_mandate(node, mandate).get("case")
    return {
        "partner": given.partner,
        "at": moment(given.at),
        "tier": max(modes, key=lambda mode: mode.rank, default=Mode.NONE).value,
        "version": given.version,
        "grants": list(given.grants),
        "purpose": asked.purpose if asked else None,
        "unit": asked.unit if asked else None,
        "ownCase": bool(asked and asked.case and asked.case == case),
    }


def _asked(index: LeafIndex, place: int) -> Row | None:
    """The question that the answer at that place of the log closed."""
    answer = next(every(index, Search(after=place - 1, first=1)), None)
    wanted = Search(entry_id=answer.intent, first=1) if answer and answer.intent else None
    return next(every(index, wanted), None) if wanted else None


def _mode(node: Node, ref: str) -> Mode:
    """The tier of the version of the grant that let the record through."""
    grant_id, _, version = ref.rpartition("@")
    terms = (each.terms for each in node.books.grants.history(grant_id))
    return next((each.mode for each in terms if str(each.version) == version), Mode.NONE)
