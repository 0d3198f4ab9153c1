"""The use case of consents at the provider: two officers give one, one refuses or withdraws it.

Log before effect. What the other node must know lies in the outbox and is told until it is acknowledged. An
officer may give less than was asked for, never more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from audit.canonical import JSON
from audit.fields import CODE
from gateway.consents import (
    CONSENT,
    CONSENT_WITHDRAWN,
    DAY,
    TOLD_WITHIN,
    Shown,
    conclude,
    entry,
    request_shown,
    shown,
    wanted_of,
)
from gateway.errors import VariablesRejected
from gateway.facts import moment
from gateway.node import Node
from gateway.visit import Visit
from policy.terms import Reason, Role
from sharing.consents import Consent, ConsentTerms, sign_consent, withdraw
from sharing.errors import ConsentUnknown
from sharing.grants import Approval
from sharing.inbox import Decision, Item, ItemKind, ItemState
from sharing.outbox import Letter

REFUSALS = frozenset(
    {
        Reason.THIRD_PARTY_CONSENT.value,
        Reason.JUDICIAL_AUTHORISATION_NEEDED.value,
        Reason.HANDLING_CODE.value,
        Reason.ONGOING_INVESTIGATION.value,
        Reason.RETENTION_EXPIRED.value,
        Reason.POLICY.value,
    }
)


async def give(visit: Visit, item_id: str, *, days: int | None, records: Sequence[str] | None) -> Shown:
    """Approve what is wanted, or less of it; with the last officer that it takes, the consent is signed.

    Without `days` and `records`: what the officers before approved, or all of what was asked for. 1 Log the
    approval. 2 Keep it while there are too few. 3 Log the consent. 4 Keep it, have it told, end the item; a
    crash in between is carried on by the officer who approves again.
    """
    node, officer = visit.node, visit.require(Role.LIAISON)
    item = _open_request(node, item_id)
    draft = _draft(item, days, records)
    approved = item.approved(draft, Approval(officer.subject, node.now()))
    asked = wanted_of(item)
    facts: dict[str, JSON] = {"approver": _own(node, officer.subject), "approvals": len(approved.approvals)}
    await node.log.append(entry(node, "CONSENT_APPROVED", item.node, facts, asked))  # 1
    if len(approved.approvals) < node.settings.sharing.officers:
        return request_shown(node.books.inbox.put(approved))  # 2
    consent = _signed(node, asked, approved)
    period = {"not_before": moment(consent.terms.not_before), "expires_at": moment(consent.terms.expires_at)}
    facts = {"approvals": len(consent.approvals), "target": consent.digest, **period}
    await node.log.append(entry(node, "CONSENT_GIVEN", item.node, facts, consent.terms))  # 3
    node.consents.add(consent)  # 4
    _tell(node, consent, CONSENT)
    partly = set(consent.terms.records) < set(asked.records)
    state = ItemState.PARTLY_ANSWERED if partly else ItemState.ANSWERED
    ended = node.books.inbox.put(approved.decided(Decision(state, officer.subject, node.now())))
    conclude(node, consent.terms.recipient, ended.id, Decision(state, node.id, node.now()))
    return request_shown(ended)


def _signed(node: Node, asked: ConsentTerms, item: Item) -> Consent:
    """The consent that the draft says, or the one that a crash left in the book."""
    try:
        return node.consents.current(node.id, asked.id)
    except ConsentUnknown:
        now = node.now()
        days, records = item.draft["days"], item.draft["records"]
        terms = replace(asked, not_before=now, expires_at=now + int(str(days)) * DAY)
        terms = replace(terms, records=tuple(map(str, records if isinstance(records, list) else ())))
        alias = node.post.keys.pseudonym
        approvals = [Approval(alias(asked.recipient, each.officer), each.at) for each in item.approvals]
        return sign_consent(terms, approvals, node.post.keys.grant, officers=node.settings.sharing.officers)


def _draft(item: Item, days: int | None, records: Sequence[str] | None) -> Mapping[str, JSON]:
    asked = wanted_of(item)
    wanted_days = (asked.expires_at - asked.not_before) // DAY
    before: Mapping[str, JSON] = item.draft or {"days": wanted_days, "records": list(asked.records)}
    draft = dict(before)
    if days is not None:
        draft["days"] = days
    if records is not None:
        draft["records"] = sorted(set(records))
    if not 1 <= int(str(draft["days"])) <= wanted_days:
        raise VariablesRejected(f"consent: {draft['days']} days, 1 to {wanted_days} were asked for")
    if not draft["records"] or not set(map(str, records or asked.records)) <= set(asked.records):
        raise VariablesRejected("consent: no record, or one that was not asked for")
    return draft


async def refuse(visit: Visit, item_id: str, reason: str) -> Shown:
    """Refuse a request with a reason code, which the other side is told; one officer is enough."""
    node, officer = visit.node, visit.require(Role.LIAISON)
    if reason not in REFUSALS:
        raise VariablesRejected(f"consent: {reason[:40]!r} refuses none, only {sorted(REFUSALS)} do")
    item = _open_request(node, item_id)
    facts: dict[str, JSON] = {"approver": _own(node, officer.subject), "reasons": [reason]}
    await node.log.append(entry(node, "CONSENT_REFUSED", item.node, facts, wanted_of(item)))
    now = node.now()
    if item.node != node.id:
        body: dict[str, JSON] = {"request": item.id, "reason": reason}
        letter = Letter(f"consent:{item.id}:0", item.node, CONSENT, body, now, now + TOLD_WITHIN, next_at=now)
        node.outbox.put(letter)
    decision = Decision(ItemState.REFUSED, officer.subject, now, reason)
    ended = node.books.inbox.put(item.decided(decision))
    conclude(node, item.node, item.id, replace(decision, by=node.id))
    return request_shown(ended)


async def end(visit: Visit, consent_id: str, reason: str) -> Shown:
    """Withdraw a consent of this node now; one officer is enough, at any time (Europol Reg. Art. 23(6))."""
    node, officer = visit.node, visit.require(Role.LIAISON)
    if not CODE(reason):
        raise VariablesRejected("consent: the reason to withdraw it is not a code")
    current, now = node.consents.current(node.id, consent_id), node.now()
    approval = Approval(node.post.keys.pseudonym(current.terms.recipient, officer.subject), now)
    last = withdraw(current, approval, node.post.keys.grant, at=now)
    facts: dict[str, JSON] = {"approver": _own(node, officer.subject), "justification": reason}
    facts["target"] = last.digest
    await node.log.append(entry(node, "CONSENT_WITHDRAWN", last.terms.recipient, facts, last.terms))
    node.consents.add(last)
    _tell(node, last, CONSENT_WITHDRAWN)
    return shown(last, now)


def _open_request(node: Node, item_id: str) -> Item:
    """The request, if it waits here; `ItemUnknown`, `ItemRefused` or `VariablesRejected`."""
    item = node.books.inbox.get(item_id)
    if item.kind is not ItemKind.CONSENT or not item.content:
        raise VariablesRejected(
            f"item {item.id}: is {item.kind} and {item.state}, no open request for consent"
        )
    return item


def _tell(node: Node, consent: Consent, kind: str) -> None:
    """Have the recipient told; the own node knows already."""
    terms, now = consent.terms, node.now()
    if terms.recipient == node.id:
        return
    name = f"consent:{terms.id}:{terms.version}"
    body: dict[str, JSON] = {"consent": consent.statement}
    node.outbox.put(Letter(name, terms.recipient, kind, body, now, now + TOLD_WITHIN, next_at=now))


def _own(node: Node, subject: str) -> str:
    """The officer's pseudonym within the own node."""
    return node.post.keys.pseudonym(node.id, subject)
