"""What arrives on the shelf and answers a standing question becomes an alert, by the law of that moment.

1 Arrivals are compared with the questions, hits kept, then the arrivals taken: nothing is lost by a crash.
For each hit: 2 the question is still asked, 3 the law decides as on the lookup, with the grants and consents
as they are now, 4 the decision is logged, 5 the record itself is read under the permit, and must be found by
what no mask hides, 6 what is told is logged, 7 it goes to the owner of the question, and the officers here
learn of it, 8 the hit is settled. Every step may be repeated: ids follow from what is said.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256

import orjson

from audit.canonical import JSON
from audit.entry import Kind
from audit.errors import AuditError
from audit.freshness import Freshness
from gateway import quota
from gateway.alerting import alert_of, alert_to_officers, officers_item
from gateway.delivering import TICK
from gateway.disclosures import sealed_given
from gateway.errors import GatewayError
from gateway.facts import TIERS, of_mandate, of_verdict, retain_until
from gateway.node import Digests, Node
from gateway.standing import end_over, holds, resume
from gateway.standing_entries import entry
from gateway.standing_target import lookup_of
from policy.decision import Permit, Refusal, admit
from policy.grants import GrantTerms
from policy.terms import Mode, Operation, Reason
from sharing.errors import OutboxUnknown, SharingError
from sharing.outbox import Letter
from sharing.signature import SKEW
from sharing.standing import Hit, Questions, Standing
from sharing.standing_notice import ALERT, Given
from tenants.arrivals import Arrival, Arrivals, found_by
from tenants.errors import ShelfError
from tenants.selection import Selection
from tenants.view import Found

WAITS = frozenset({Reason.POLICY_UNAVAILABLE, Reason.SHELF_UNAVAILABLE, Reason.AUDIT_UNAVAILABLE})
"""Reasons that say nothing of the question: the hit is decided on later."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Looked:
    """What was read of a hit's record under a permit."""

    permit: Permit
    found: Found
    given: Given


async def keep_watching(node: Node) -> None:
    """Compare, alert and end what is over until cancelled; whatever breaks is tried again.

    What a process that is gone left undone is done once, at the beginning.
    """
    looked, resumed = 0, False
    while True:
        now = node.now()
        try:
            if not resumed:
                await resume(node)
                resumed = True
            await end_over(node, looked)
            looked = now - SKEW
            await alert_due(node)
        except (GatewayError, SharingError, AuditError, ShelfError) as error:
            log.warning("standing questions of %s: %s: %s", node.id, error.code, error)
        except Exception:
            log.exception("standing questions of %s", node.id)
        await asyncio.sleep(TICK)


async def alert_due(node: Node) -> int:
    """Compare what arrived, decide on every hit that waits, and return how many alerts that gave."""
    watching = node.watching
    await asyncio.to_thread(compare, watching.arrivals, watching.book, node.digests, node.now())
    told = 0
    for hit in await asyncio.to_thread(watching.book.waiting):
        told += await _decided(node, hit)
    return told


def compare(arrivals: Arrivals, book: Questions, digests: Digests, now: int) -> int:
    """Keep a hit for each standing question that an arrival answers, and return how many are new.

    What was written before a question was asked, by any clock within the window, is no news; neither is what
    was written while it was suspended.
    """
    noted = 0
    while page := arrivals.waiting():  # 1
        named: dict[str, list[tuple[Arrival, str]]] = {}
        for arrival in page:
            for kind, normal in arrival.identifiers:
                target = digests.of_value([kind, normal])
                named.setdefault(target, []).append((arrival, normal))
        questions = book.matching(list(named), now) if named else []
        hits = [
            Hit(each.owner, each.id, arrival.record, arrival.version, normal, now)
            for each in questions
            for arrival, normal in named[each.target]
            if arrival.recorded_at >= _second(each.since - SKEW)
        ]
        noted += book.note(hits) if hits else 0
        arrivals.taken(page)
    return noted


def _second(seconds: int) -> str:
    """Unix seconds as the shelf writes them."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def _decided(node: Node, hit: Hit) -> bool:
    """Whether the hit became an alert; it stays where it is when it could not be decided."""
    book = node.watching.book
    question = await asyncio.to_thread(book.get, hit.owner, hit.question)
    if not await asyncio.to_thread(_asked, node, question):  # 2
        await asyncio.to_thread(book.settle, hit)
        return False
    if not await asyncio.to_thread(_told, node, hit):
        decided = await _verdict(node, question, hit)  # 3
        if decided is None:
            return False
        looked = await _looked(node, question, hit, *decided)
        if looked is None:
            return False
        if isinstance(looked, Refusal):
            await asyncio.to_thread(book.settle, hit)
            return False
        await _alert(node, question, hit, looked)
    await asyncio.to_thread(book.settle, hit)  # 8
    return True


def _asked(node: Node, question: Standing) -> bool:
    """Whether it is still asked, and of this node."""
    return holds(node, question) and (question.owner != node.id or node.id in question.nodes)


def _told(node: Node, hit: Hit) -> bool:
    """Whether a letter on the hit was written already, by a process that went away after that."""
    try:
        node.outbox.get(_letter_id(hit))
    except OutboxUnknown:
        return False
    return True


async def _verdict(
    node: Node, question: Standing, hit: Hit
) -> tuple[Permit | Refusal, Sequence[GrantTerms]] | None:
    """The decision on the lookup at this moment; None when it cannot be made now."""
    mandate, partner, now = question.mandate, question.owner, node.now()
    if partner != node.id and node.watch.freshness().state is Freshness.STOP:
        return None
    asked = lookup_of(node, question.kind, hit.normal)
    candidates = node.books.grants.candidates(partner, now, mandate.case, asked)
    consents = node.consents.onward(node.id, partner, mandate.purpose, now)
    verdict = await node.judge.may_answer(mandate, asked, partner, candidates, consents, now=now)
    if isinstance(verdict, Refusal) and not WAITS.isdisjoint(verdict.reasons):
        return None
    return verdict, candidates


async def _looked(
    node: Node, question: Standing, hit: Hit, verdict: Permit | Refusal, candidates: Sequence[GrantTerms]
) -> _Looked | Refusal | None:
    """What the permit shows of the record, or the refusal; None when it shows nothing of it: then settled."""
    subject = verdict.digest if isinstance(verdict, Permit) else question.mandate.digest
    facts = of_mandate(node, question.mandate) | of_verdict(verdict)
    said = entry(node, "STANDING_EXAMINED", question, facts)
    receipt = await node.log.append(replace(said, subject=subject))  # 4
    query_id = f"{question.id}.{hit.version}"
    limited = quota.limited(candidates)
    payer = quota.Payer(node, question.owner, question.mandate, subject, query_id, node.now(), limited)
    verdict, _ = quota.asked(payer, verdict)
    if isinstance(verdict, Refusal):
        return verdict
    document = node.documents.named(Operation.LOOKUP)
    selection = Selection(Operation.ENTITY, {"id": hit.record}, document.tree)
    found = await node.view.read(admit(verdict, receipt), selection)  # 5
    refusal, _ = quota.shown(payer, verdict, found)
    if refusal is not None:
        return refusal
    names = await asyncio.to_thread(node.watching.arrivals.named_by, hit.record, question.kind, hit.normal)
    given = _given(question, hit, verdict, found, names)
    if given is None:
        await asyncio.to_thread(node.watching.book.settle, hit)
        return None
    return _Looked(verdict, found, given)


def _given(question: Standing, hit: Hit, permit: Permit, found: Found, names: frozenset[str]) -> Given | None:
    """What may be said of the record: from T2 on its id; None when nothing may."""
    told = orjson.loads(found.payload)
    if not found.hit:
        return None
    for record in told["records"]:
        if not found_by(permit, names, record["grants"]):
            return None
        mode = Mode(record["mode"].lower())
        return Given(question.id, mode, hit.at, permit.id, hit.record, tuple(record["handling"]))
    if not found_by(permit, names, ()):
        return None
    if told["contact"]:
        return Given(question.id, Mode.CONTACT, hit.at, permit.id)
    return Given(question.id, Mode.HIT, hit.at)


async def _alert(node: Node, question: Standing, hit: Hit, looked: _Looked) -> None:
    permit, given = looked.permit, looked.given
    tier: dict[str, JSON] = {"tier": TIERS[given.tier], "results": 1, "status": "ANSWERED"}
    facts = of_mandate(node, question.mandate) | of_verdict(permit) | tier
    facts |= {"recipients": [question.mandate.actor.subject]} if question.owner != node.id else {}
    facts |= {"retain_until": retain_until(node.now(), Kind.DISCLOSED)}
    said = entry(node, "ALERT_GIVEN", question, facts)
    sealed = sealed_given(permit, looked.found)
    await node.log.append(replace(said, subject=permit.digest, sealed=sealed))  # 6
    name = _letter_id(hit)
    if question.owner == node.id:  # 7
        await asyncio.to_thread(node.watching.alerts.add, alert_of(node, question, node.id, name, given))
        return
    await asyncio.to_thread(node.books.inbox.add, officers_item(node, question, hit, given, name))
    await asyncio.to_thread(node.watching.alerts.add, alert_to_officers(node, question, hit, given, name))
    made = node.now()
    letter = Letter(name, question.owner, ALERT, given.body, made, max(question.expires_at, made))
    await asyncio.to_thread(node.outbox.put, letter)


def _letter_id(hit: Hit) -> str:
    about = f"{hit.owner} {hit.question} {hit.record} {hit.version}"
    return f"a-{sha256(about.encode()).hexdigest()[:40]}"
