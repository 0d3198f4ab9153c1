"""The use case of liaison officers who decide on a partner's request for more.

To answer, in whole or in part, is to make a narrow grant: to that node, for the purpose, roles and unit of
the mandate, over the records that the earlier question finds here, for days. It takes as many officers as any
grant of the node, who all want the same. To refuse takes one, and a reason. Log before effect.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from audit.approval import digest
from audit.canonical import JSON, encode
from gateway.approving import FOLLOW_UP, with_key
from gateway.errors import VariablesRejected
from gateway.facts import moment
from gateway.followup_granting import approve, end
from gateway.followups import zone_of
from gateway.key_given import GivenAssertion
from gateway.node import Node
from gateway.own_view import MOST_RECORDS, own_view
from gateway.visit import Visit
from policy.clocks import HOUR, reminders, stage
from policy.mandate import Actor, Mandate
from policy.terms import Aim, LegalBasis, Mode, Purpose, Reason, Role, SubjectCategory
from sharing.encoding import fresh
from sharing.grants import Approval
from sharing.inbox import Decision, Item, ItemKind, ItemState, Wanted
from sharing.merge import Claim
from sharing.wording import local_moment

MOST_DAYS = 31
EXAMINING = 300
"""Seconds for which an officer's own mandate holds while a request is examined."""

REFUSALS = frozenset(
    {
        Reason.PURPOSE_NOT_COVERED,
        Reason.CATEGORY_NOT_COVERED,
        Reason.CASE_NOT_COVERED,
        Reason.HANDLING_CODE,
        Reason.UNCATEGORISED,
        Reason.RETENTION_EXPIRED,
        Reason.ONGOING_INVESTIGATION,
        Reason.THIRD_PARTY_CONSENT,
        Reason.JUDICIAL_AUTHORISATION_NEEDED,
        Reason.POLICY,
    }
)
"""Reasons that a person can have to refuse; the others are what a machine finds."""

Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an officer decides: `state` is ANSWERED, PARTLY_ANSWERED or REFUSED.

    To refuse needs `reason`. To answer in part gives less than was asked for: a lower `tier` (NONE: as asked
    for), `masked` properties, or fewer `records` (empty: all that the question finds here), for `days`.
    """

    state: ItemState
    reason: str = ""
    tier: Mode = Mode.NONE
    masked: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    days: int = 1


async def inbox(visit: Visit, state: ItemState | None, kind: ItemKind | None, first: int) -> list[Shown]:
    """What waits for the officers, the next deadline first, and how far each clock has run."""
    visit.require(Role.LIAISON)
    node = visit.node
    items = await asyncio.to_thread(node.books.inbox.list, Wanted(state=state, kind=kind, first=first))
    return [shown(node, each) for each in items]


async def decide(
    visit: Visit, item_id: str, ruling: Ruling, given: GivenAssertion | None = None, *, dry_run: bool
) -> Shown:
    """Decide on a follow-up, or (`dry_run`) show what that would be: the records and who else must approve.

    The item stays OPEN until enough officers have approved the same, each no longer ago than a proposal of a
    grant may wait; a dry run examines, and changes nothing. Who approves what another officer wants signs
    its digest with a key of their own, as for any grant: `KeyRefused` without it.
    """
    node = visit.node
    officer = visit.require(Role.LIAISON)
    item = await asyncio.to_thread(node.books.inbox.get, item_id)
    _check(item, ruling)
    approval = Approval(officer.subject, node.now())
    if ruling.state is not ItemState.REFUSED and not dry_run:
        visit.proven()
    if ruling.state is ItemState.REFUSED:
        made = Decision(ItemState.REFUSED, officer.subject, node.now(), ruling.reason)
        return shown(node, item.decided(made) if dry_run else await end(node, item, made))
    claims = await _examined(visit, item)
    since = approval.at - node.settings.sharing.proposal_hours * HOUR
    draft = _draft(item, ruling, claims)
    approved = item.approved(draft, approval, since=since)
    said = _said(node, item, draft) if len(approved.approvals) > 1 else None
    if not dry_run:
        paper = None if said is None else with_key(visit, FOLLOW_UP, item.id, said, given)
        if paper is not None:
            approved = item.approved(draft, replace(approval, proof=paper.digest), since=since)
        approved = await approve(node, approved, paper, said)
    told = shown(node, approved, claims or ())
    return dict(told) | {"digest": digest(encode(said)) if said is not None and dry_run else None}


def _said(node: Node, item: Item, draft: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """What an officer approves who approves what another one wants: this request, these records, so much."""
    about: dict[str, JSON] = {"item": item.id, "partner": item.node, "request": item.request}
    return about | {"draft": dict(draft), "officers": node.settings.sharing.officers}


def shown(node: Node, item: Item, claims: tuple[Claim, ...] = ()) -> Shown:
    """An item as officers see it, with the question and the case while it is open."""
    made, now, zone = item.decision, node.now(), zone_of(node)
    half, last = reminders(item.received_at, item.due_at)
    variables = item.content.get("variables")
    return {
        "id": item.id,
        "kind": item.kind.value,
        "node": item.node,
        "queryId": item.query_id,
        "reference": item.reference or None,
        "tier": item.tier.value,
        "reason": item.reason,
        "urgency": item.urgency,
        "purpose": item.facts.get("purpose"),
        "legalBasis": item.facts.get("legal_basis"),
        "offence": item.facts.get("offence"),
        "subjectCategory": item.facts.get("subject_category"),
        "case": item.content.get("case"),
        "question": [
            {"name": name, "value": str(value)}
            for name, value in (variables.items() if isinstance(variables, dict) else ())
        ],
        "tierGiven": item.content.get("given"),
        "receivedAt": moment(item.received_at),
        "remindAt": [moment(half), moment(last)],
        "remindAtLocal": [local_moment(half, zone), local_moment(last, zone)],
        "dueAt": moment(item.due_at),
        "dueAtLocal": local_moment(item.due_at, zone),
        "clock": stage(item.received_at, item.due_at, now).value if made is None else None,
        "state": item.state.value,
        "approvals": len(item.approvals),
        "approvalsNeeded": node.settings.sharing.officers,
        "approvedBy": [each.officer for each in item.approvals],
        "decidedBy": made.by if made else None,
        "decidedAt": moment(made.at) if made else None,
        "decisionReason": (made.reason or None) if made else None,
        "grant": (made.grant or None) if made else None,
        "digest": None,
        "records": [_record(each) for each in claims],
    }


def _record(claim: Claim) -> Shown:
    record = claim.record
    told = {"id": record.id, "schema": record.schema, "caption": record.texts.get("caption")}
    return told | {"case": record.texts.get("caseRef"), "handling": list(record.handling)}


def _check(item: Item, ruling: Ruling) -> None:
    """What the words alone decide; whether the records exist is found out later."""
    if item.kind is not ItemKind.FOLLOW_UP:
        raise VariablesRejected(f"item {item.id}: is a {item.kind}, not a follow-up")
    item.check_open()
    if ruling.state is ItemState.REFUSED:
        if ruling.reason not in REFUSALS:
            told = ", ".join(sorted(REFUSALS))
            raise VariablesRejected(f"reason {ruling.reason[:40]!r}: to refuse needs one of {told}")
        return
    if ruling.state not in {ItemState.ANSWERED, ItemState.PARTLY_ANSWERED}:
        raise VariablesRejected(f"item {item.id}: {ruling.state} is not for an officer to decide")
    if not 1 <= ruling.days <= MOST_DAYS:
        raise VariablesRejected(f"days: {ruling.days}, 1 to {MOST_DAYS} are given to a follow-up")
    given, tier = Mode(str(item.content.get("given", Mode.NONE))), ruling.tier
    if tier is not Mode.NONE and not given.rank < tier.rank <= item.tier.rank:
        raise VariablesRejected(f"tier {tier}: {given} was given, {item.tier} is asked for")
    fewer = ruling.records and item.content.get("variables")
    less = ruling.masked or fewer or tier not in {Mode.NONE, item.tier}
    if (ruling.state is ItemState.PARTLY_ANSWERED) != bool(less):
        raise VariablesRejected(
            f"item {item.id}: an answer in part gives less (tier, masks, records), a whole one all of it"
        )


def _draft(item: Item, ruling: Ruling, claims: tuple[Claim, ...] | None) -> dict[str, JSON]:
    """What is to be granted; over named records alone where the question was not given again."""
    found = {each.record.id: each.record.texts.get("caseRef") for each in claims or ()}
    if claims is not None and (stray := sorted(set(ruling.records) - found.keys())):
        raise VariablesRejected(f"record {stray[0][:80]!r}: is not among those that the question finds")
    records = sorted(ruling.records) or sorted(found)
    if not 0 < len(records) <= MOST_RECORDS:
        raise VariablesRejected(
            f"records: {len(records)} are meant, 1 to {MOST_RECORDS} can be given; name them if need be"
        )
    case = item.content["case"]
    return {
        "state": ruling.state.value,
        "reason": ruling.reason,
        "tier": (item.tier if ruling.tier is Mode.NONE else ruling.tier).value,
        "masked": sorted(ruling.masked),
        "records": list(records),
        "cases": [case] if {found.get(each) for each in records} == {case} else [],
        "days": ruling.days,
    }


async def _examined(visit: Visit, item: Item) -> tuple[Claim, ...] | None:
    """What the question finds under the own service's view; None where it was not given again."""
    variables = item.content.get("variables")
    if not isinstance(variables, dict) or not variables:
        return None
    node, officer, now = visit.node, visit.session.actor, visit.node.now()
    mandate = Mandate(
        id=f"m-{fresh()}",
        actor=Actor(node.id, officer.subject, frozenset({Role.LIAISON}), officer.unit),
        purpose=Purpose(str(item.facts["purpose"])),
        legal_basis=LegalBasis(str(item.facts["legal_basis"])),
        case=str(item.content["case"]),
        offence=str(item.facts["offence"]),
        subject_category=SubjectCategory(str(item.facts["subject_category"])),
        aim=Aim(str(item.facts["aim"])),
        opened_at=now,
        expires_at=now + EXAMINING,
    )
    return await own_view(node, mandate, str(item.content["document"]), variables)
