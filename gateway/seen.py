"""The use case of an analyst who asks to which partners a record of the own service was shown.

1 an analyst of this node under an own mandate, a record of this node, 2 the law decides as on the record
itself, 3 logged, 4 the same view that answers: of what it does not show nothing is told, 5 the register
brought to the log's head, 6 each answer that held the record, as the own log tells it: partner, unit and
purpose. No person of a partner is named or opened; of its case only whether it is the mandate's.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.index import LeafIndex, Search, every
from audit.row import Row
from gateway.disclosures import catch_up
from gateway.errors import NotAllowed, VariablesRejected
from gateway.facts import moment, of_mandate, of_verdict, retain_until
from gateway.mandates import held
from gateway.node import Node
from gateway.oversight.look import indexed
from gateway.trusted import question_of
from gateway.visit import Visit
from policy.decision import Permit, Refusal, admit
from policy.mandate import Mandate
from policy.terms import Mode, Operation, Role
from sharing.register import Given
from tenants.selection import Selection

MOST = 100
"""Answers that are told, the newest; `complete` is false where there were more."""
SHOWN = "DISCLOSURES_SHOWN"
Shown = Mapping[str, Any]


async def seen_by(visit: Visit, handle: str, mandate_id: str) -> Shown:
    """What partners were shown of the record, newest first; nothing of one that the caller may not see."""
    node, actor = visit.node, visit.require(Role.ANALYST)  # 1
    mandate = held(node, mandate_id, actor)
    owner, _, record = handle.partition("/")
    if owner != node.id:
        raise VariablesRejected(f"record {handle[:80]!r}: only {owner[:80]!r} knows to whom it showed it")
    permit, selection = await _decided(node, mandate, record)
    receipt = await node.log.append(_entry(node, mandate, permit, record))  # 3
    if not (await node.view.read(admit(permit, receipt), selection)).hit:  # 4
        return {"handle": handle, "complete": True, "disclosures": []}
    await catch_up(node)  # 5
    register = node.lending.register
    given = await asyncio.to_thread(register.of_record, record, besides=node.id)
    index = await indexed(node)
    told = [await asyncio.to_thread(_told, node, index, mandate, each) for each in given[:MOST]]  # 6
    return {"handle": handle, "complete": len(given) <= MOST, "disclosures": told}


async def _decided(node: Node, mandate: Mandate, record: str) -> tuple[Permit, Selection]:
    """The law's decision on the record for the own service; a refusal is logged before it is told."""
    document, variables = node.documents.named(Operation.ENTITY), {"id": record}
    selection = node.documents.selection(document, variables)
    question, now = question_of(document, selection, variables), node.now()
    grants = node.books.grants.candidates(node.id, now, mandate.case, question)
    consents = node.consents.onward(node.id, node.id, mandate.purpose, now)
    verdict = await node.judge.may_answer(mandate, question, node.id, grants, consents, now=now)  # 2
    if isinstance(verdict, Refusal):
        await node.log.append(_entry(node, mandate, verdict, record))
        reasons = ", ".join(each.value for each in verdict.reasons)
        raise NotAllowed(f"who has seen {node.id}/{record[:80]}: not told ({reasons})")
    return verdict, selection


def _entry(node: Node, mandate: Mandate, verdict: Permit | Refusal, record: str) -> Entry:
    facts: dict[str, JSON] = of_mandate(node, mandate) | of_verdict(verdict)
    facts |= {
        "action": SHOWN,
        "reader": node.post.keys.pseudonym(node.id, mandate.actor.subject),
        "target": node.digests.of_value({"id": record}),
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    subject = verdict.digest if isinstance(verdict, Permit) else mandate.digest
    return Entry(Kind.ADMINISTRATION, node.id, facts, subject=subject, sealed=mandate.actor.subject.encode())


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
