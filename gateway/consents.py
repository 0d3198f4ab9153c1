"""The use case of consents, where they are asked for: an analyst requests one of the provider of records.

Logged before effect. What goes to the other node lies in the outbox and is told until it is acknowledged; a
request to the own node's officers goes straight into their inbox. `consenting` is the providers' side.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.fields import CODE
from gateway.errors import NotAllowed, VariablesRejected
from gateway.facts import moment, of_mandate, retain_until
from gateway.mandates import held
from gateway.node import Node
from gateway.visit import Visit
from policy.handling import LIFTED_FOR, DataUse
from policy.mandate import Mandate
from policy.terms import Role
from sharing.answer_shape import RECORD_ID
from sharing.consents import MAX_RECORDS, Consent, ConsentTerms, terms_read, terms_written
from sharing.encoding import fresh
from sharing.inbox import Decision, Item, ItemKind, ItemState, Wanted
from sharing.outbox import Letter

CONSENT_REQUEST, CONSENT, CONSENT_WITHDRAWN = "CONSENT_REQUEST", "CONSENT", "CONSENT_WITHDRAWN"
DAY = 86_400
ANSWER_WITHIN = 7 * DAY  # Directive (EU) 2023/977 Art. 5(1): all requests that are not urgent
TOLD_WITHIN = DAY
MOST_DAYS = 366
MOST_NAMED = 16
MANDATE_CODES = ("purpose", "legal_basis", "offence", "subject_category", "aim")
NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}", re.ASCII)
"""The form of a unit, service or court that receives records."""
Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanting:
    """What an analyst wants a consent for; `reason` is a code, `to` who would get the records."""

    handles: tuple[str, ...]
    use: DataUse
    mandate: str
    reason: str
    to: tuple[str, ...] = ()
    days: int = 30


async def request(visit: Visit, wanting: Wanting) -> list[Shown]:
    """Ask each provider of the handles for its consent, one request each: log, keep, send."""
    node = visit.node
    mandate = held(node, wanting.mandate, visit.require(Role.ANALYST))
    records: dict[str, list[str]] = {}
    for handle in dict.fromkeys(wanting.handles):
        provider, _, record = handle.partition("/")
        records.setdefault(node.post.directory.node(provider).id, []).append(record)
    asked = [_wanted(node, wanting, mandate, provider, ids) for provider, ids in records.items()]
    for terms in asked:
        await _request(node, mandate, terms, wanting.reason)
    return [request_shown(node.books.sent.get(terms.id)) for terms in asked]


def _wanted(
    node: Node, wanting: Wanting, mandate: Mandate, provider: str, records: Sequence[str]
) -> ConsentTerms:
    """The terms that are wanted of one provider; `VariablesRejected` names what is wrong with them."""
    if not CODE(wanting.reason) or not 1 <= wanting.days <= MOST_DAYS:
        raise VariablesRejected(
            f"consent: reason is not a code, or {wanting.days} is not 1 to {MOST_DAYS} days"
        )
    if wanting.use not in LIFTED_FOR or (wanting.use is DataUse.ONWARD) > bool(wanting.to):
        raise VariablesRejected(f"consent: use {wanting.use} needs none, or names nobody who receives")
    if len(wanting.to) > MOST_NAMED or not all(map(NAMED.fullmatch, wanting.to)):
        raise VariablesRejected(f"consent: a recipient is not of the form {NAMED.pattern}")
    if len(records) > MAX_RECORDS or not all(map(RECORD_ID.fullmatch, records)):
        raise VariablesRejected(f"consent: over {MAX_RECORDS} records of {provider}, or one that is none")
    now = node.now()
    return ConsentTerms(
        id=f"{node.id}:{fresh()}",
        version=1,
        provider=provider,
        recipient=node.id,
        use=wanting.use,
        purposes=(mandate.purpose,),
        not_before=now,
        expires_at=now + wanting.days * DAY,
        records=tuple(records),
        to=wanting.to,
    )


async def _request(node: Node, mandate: Mandate, terms: ConsentTerms, reason: str) -> None:
    now = node.now()
    asker = node.post.keys.pseudonym(terms.provider, mandate.actor.subject)
    own = node.post.keys.pseudonym(node.id, mandate.actor.subject)
    facts = of_mandate(node, mandate) | {"asker": own, "justification": reason, "records": len(terms.records)}
    await node.log.append(entry(node, "CONSENT_REQUESTED", terms.provider, facts, terms))
    told = {name: facts[name] for name in MANDATE_CODES}
    content: dict[str, JSON] = {"wanted": terms_written(terms), "case": mandate.case, "asker": asker}
    item = item_of(terms, reason, told, content, now)
    node.books.sent.add(replace(item, node=terms.provider, subject=mandate.actor.subject))
    if terms.provider == node.id:
        node.books.inbox.add(item)
        return
    body: dict[str, JSON] = {**content, "mandate": told, "reason": reason}
    letter = Letter(terms.id, terms.provider, CONSENT_REQUEST, body, now, now + TOLD_WITHIN, next_at=now)
    node.outbox.put(letter)


def item_of(
    terms: ConsentTerms, reason: str, mandate: Mapping[str, JSON], content: Mapping[str, JSON], now: int
) -> Item:
    """A request as it waits in the provider's inbox; `content` is what its officers must read to decide."""
    facts: dict[str, JSON] = {**mandate, "use": terms.use.value, "records": len(terms.records)}
    return Item(
        id=terms.id,
        kind=ItemKind.CONSENT,
        node=terms.recipient,
        received_at=now,
        due_at=now + ANSWER_WITHIN,
        reason=reason,
        facts=facts,
        content=content,
    )


def wanted_of(item: Item) -> ConsentTerms:
    """What an open request asks for."""
    return terms_read(item.content["wanted"])


def consents(visit: Visit) -> list[Shown]:
    """Consents that this node gave and got, the newest version of each; role liaison or analyst."""
    if not visit.session.actor.roles & {Role.LIAISON, Role.ANALYST}:
        raise NotAllowed("consents: are for officers and analysts, the person signed in is neither")
    return [shown(each, visit.node.now()) for each in visit.node.consents.listed()]


def requests(visit: Visit) -> list[Shown]:
    """Requests: to an officer those that wait here or were decided, to an analyst the own ones."""
    node = visit.node
    if Role.LIAISON in visit.session.actor.roles:
        return [request_shown(each) for each in node.books.inbox.list(Wanted(kind=ItemKind.CONSENT))]
    wanted = Wanted(kind=ItemKind.CONSENT, subject=visit.require(Role.ANALYST).subject)
    return [request_shown(each) for each in node.books.sent.list(wanted)]


def conclude(node: Node, asked_by: str, item_id: str, decision: Decision) -> None:
    """Note on our own person's request how it ended; nothing to note for others', or a second time."""
    if asked_by != node.id:
        return
    item = node.books.sent.get(item_id)
    if item.state is ItemState.OPEN:
        node.books.sent.put(item.decided(decision))


def entry(node: Node, action: str, partner: str, facts: Mapping[str, JSON], terms: ConsentTerms) -> Entry:
    """What the log is told of a consent, on either side: no record ids, their number."""
    told: dict[str, JSON] = {
        "action": action,
        "partner": partner,
        "consent": terms.ref,
        "use": terms.use.value,
        "handling": [terms.code.value],
        "purposes": [each.value for each in terms.purposes],
        "recipients": list(terms.to),
        "records": len(terms.records),
        "retain_until": retain_until(node.now()),
        **facts,
    }
    return Entry(Kind.ADMINISTRATION, node.id, told)


def shown(consent: Consent, now: int) -> Shown:
    """A consent as the desk's schema tells it."""
    terms = consent.terms
    states = (
        (terms.withdrawn_at is not None, "WITHDRAWN"),
        (terms.expires_at <= now, "EXPIRED"),
        (terms.not_before > now, "NOT_YET"),
    )
    return {
        "id": terms.id,
        "ref": terms.ref,
        "provider": terms.provider,
        "recipient": terms.recipient,
        "state": next((state for holds, state in states if holds), "IN_FORCE"),
        "use": terms.use.value,
        "code": terms.code.value,
        "purposes": [each.value for each in terms.purposes],
        "records": list(terms.records),
        "to": list(terms.to),
        "notBefore": moment(terms.not_before),
        "expiresAt": moment(terms.expires_at),
        "withdrawnAt": None if terms.withdrawn_at is None else moment(terms.withdrawn_at),
        "statement": consent.statement,
    }


def request_shown(item: Item) -> Shown:
    """A request as the desk's schema tells it; what was asked for is forgotten once it is decided."""
    wanted = wanted_of(item) if item.content else None
    decision = item.decision
    return {
        "id": item.id,
        "node": item.node,
        "state": item.state.value,
        "use": str(item.facts["use"]),
        "purpose": str(item.facts["purpose"]),
        "case": str(item.content["case"]) if wanted else None,
        "reason": item.reason,
        "records": list(wanted.records) if wanted else [],
        "recordCount": int(str(item.facts["records"])),
        "to": list(wanted.to) if wanted else [],
        "dueAt": moment(item.due_at),
        "approvals": len(item.approvals),
        "decidedAt": None if decision is None else moment(decision.at),
        "refusal": decision.reason or None if decision else None,
    }
