"""The use case of a node that is asked: log before look, log before send.

1 open, 2 decide, 3 log the intent and charge the budgets, 4 admit, 5 read and charge what is shown, 6 log the
outcome, 7 tell the officers of who watches what was looked up, 8 seal. Each step needs the value of the one
before. What comes from outside is never raised out of here: it becomes a sealed answer, refusal or rejection.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.errors import AuditError, Duplicate
from audit.freshness import Freshness
from audit.receipt import Receipt
from gateway import emergencies, quota
from gateway.crowd import Crowded
from gateway.deconfliction import looked_up
from gateway.disclosures import sealed_given, tiers_given
from gateway.errors import GatewayError, UnknownDocument
from gateway.facts import TIERS, moment, of_mandate, of_masks, of_question, of_verdict, retain_until
from gateway.node import Node
from gateway.observer import QUESTION, UNKNOWN, Use
from gateway.trusted import question_of
from policy.decision import Access, Permit, Refusal, admit
from policy.grants import GrantTerms
from policy.question import Question
from policy.terms import Reason, Status
from sharing.encoding import fresh
from sharing.envelope import (
    Opened,
    Rejected,
    Rejection,
    SealedReply,
    open_request,
    seal_answer,
    seal_rejection,
)
from sharing.message import Answer, Refused
from sharing.papers import bundle
from sharing.signature import Headers
from tenants.errors import Rejected as ArgumentsRejected
from tenants.errors import ShelfError
from tenants.selection import MOST_ROWS, Selection, check_arguments
from tenants.view import Found

_REJECTED = "REJECTED"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """An opened request with the question in it."""

    opened: Opened
    selection: Selection
    question: Question
    identifiers: tuple[tuple[str, str], ...]


async def answer(node: Node, headers: Headers, body: bytes) -> SealedReply:
    """The sealed reply to whatever came through the partner door."""
    with node.observer.step(Use.ANSWER, QUESTION):
        return await _answered(node, headers, body)


async def _answered(node: Node, headers: Headers, body: bytes) -> SealedReply:
    now = node.now()
    with node.observer.step(Use.ANSWER, "open"):
        opened = open_request(headers, body, node.post.directory, own=node.id, now=now)  # 1
    if isinstance(opened, Rejected):
        node.observer.outcome(Use.ANSWER, UNKNOWN, _REJECTED, opened.code.value)
        return await _rejected(node, opened, now)
    try:
        async with node.crowds.partners.place(opened.sender.id):
            return await _answer(node, _asked(node, opened), now)
    except Crowded as error:
        return await _reject(node, opened, opened.reject(Rejection.OVER_QUOTA, str(error)), now)
    except (GatewayError, ArgumentsRejected) as error:
        unknown = isinstance(error, UnknownDocument)
        code = Rejection.UNKNOWN_DOCUMENT if unknown else Rejection.MALFORMED
        return await _reject(node, opened, opened.reject(code, str(error)), now)
    except Duplicate as error:
        return await _reject(node, opened, opened.reject(Rejection.REPLAYED, str(error)), now)
    except AuditError as error:
        log.error("log of %s: %s", node.id, error)  # noqa: TRY400  # the code and the text say it; no trace needed
        node.observer.outcome(Use.ANSWER, opened.sender.id, _REJECTED, Rejection.AUDIT_UNAVAILABLE.value)
        return await _rejected(node, opened.reject(Rejection.AUDIT_UNAVAILABLE, str(error)), now)


async def _answer(node: Node, asked: _Asked, now: int) -> SealedReply:
    opened, step = asked.opened, node.observer.step
    with step(Use.ANSWER, "decide"):
        verdict, candidates = await _decide(node, asked, now)  # 2
    with step(Use.ANSWER, "log_intent"):
        intent = await node.log.append(_intent(node, asked, verdict, now))  # 3
    request = opened.request
    limited = quota.limited(candidates)
    payer = quota.Payer(
        node, opened.sender.id, opened.mandate, request.digest, request.query_id, now, limited
    )
    verdict, toll = quota.asked(payer, verdict)
    verdict = emergencies.told_to_provider(node, opened.mandate, verdict, request.digest, request.query_id)
    if isinstance(verdict, Refusal):
        (reply, told), given = _turned_down(node, asked, verdict, toll), None
    else:
        with step(Use.ANSWER, "read"):
            reply, told, given = await _read(node, asked, admit(verdict, intent), payer, toll)  # 4, 5
    with step(Use.ANSWER, "log_outcome"):
        outcome = await node.log.append(_outcome(node, asked, reply, intent, told, given))  # 6
    if isinstance(reply, Answer):
        await looked_up(node, opened, asked.identifiers)  # 7
    reason = reply.reasons[0] if isinstance(reply, Refused) and reply.reasons else ""
    node.observer.outcome(Use.ANSWER, opened.sender.id, reply.status.value, reason)
    with step(Use.ANSWER, "seal"):
        return await node.post.seal(  # 8
            lambda keys: seal_answer(reply, outcome, opened, keys, now=node.now())
        )


async def _decide(node: Node, asked: _Asked, now: int) -> tuple[Permit | Refusal, Sequence[GrantTerms]]:
    """The verdict on the grants and the consents of other services as they stand now, and these grants.

    A book that cannot be read refuses; so does a log that nobody has cosigned for too long, abroad.
    """
    opened = asked.opened

    def refusal(reason: Reason, rule: str) -> tuple[Refusal, Sequence[GrantTerms]]:
        return Refusal(f"d-{fresh()}", opened.sender.id, (reason,), (rule,), node.judge.revision, now), ()

    if opened.sender.id != node.id and node.watch.freshness().state is Freshness.STOP:
        return refusal(Reason.LOG_NOT_WITNESSED, "log-freshness")
    partner, mandate = opened.sender.id, opened.mandate
    try:
        candidates = node.books.grants.candidates(partner, now, mandate.case, asked.question)
        consents = node.consents.onward(node.id, partner, mandate.purpose, now)
    except Exception:  # whatever breaks here must end in a refusal, never in an answer
        log.exception("grant book of %s", node.id)
        return refusal(Reason.POLICY_UNAVAILABLE, "grant-book")
    verdict = await node.judge.may_answer(mandate, asked.question, partner, candidates, consents, now=now)
    return verdict, candidates


async def _read(
    node: Node, asked: _Asked, access: Access, payer: quota.Payer, toll: quota.Toll
) -> tuple[Answer | Refused, dict[str, JSON], bytes | None]:
    """The rows, and which they are; a refusal when the shelf is out of order: no intent is left open."""
    told = of_verdict(access.permit)
    try:
        found = await node.view.read(access, asked.selection)
    except ShelfError as error:
        log.error("shelf of %s: %s", node.id, error)  # noqa: TRY400  # the text says it; no trace needed
        reasons = (Reason.SHELF_UNAVAILABLE.value,)
        return _refused(node, asked, reasons, access.permit.revision), told | {"reasons": list(reasons)}, None
    refusal, shown = quota.shown(replace(payer, now=node.now()), access.permit, found)
    if refusal is not None:
        return *_turned_down(node, asked, refusal, shown), None
    facts, given = told | _result(node, access.permit, found) | toll.facts, sealed_given(access.permit, found)
    return _found(node, asked, access.permit, found), facts, given


def _turned_down(
    node: Node, asked: _Asked, refusal: Refusal, toll: quota.Toll
) -> tuple[Answer | Refused, dict[str, JSON]]:
    reasons = tuple(each.value for each in refusal.reasons)
    reply = _refused(node, asked, reasons, refusal.revision, renews_at=toll.renews_at)
    return reply, of_verdict(refusal) | toll.facts


def _asked(node: Node, opened: Opened) -> _Asked:
    document = node.documents.get(opened.request.document)
    selection = node.documents.selection(document, opened.request.variables)
    checked = check_arguments(selection, MOST_ROWS)
    question = question_of(document, selection, opened.request.variables)
    return _Asked(opened, selection, question, checked.identifiers)


def _intent(node: Node, asked: _Asked, verdict: Permit | Refusal, now: int) -> Entry:
    opened = asked.opened
    request = opened.request
    facts: dict[str, JSON] = of_mandate(node, opened.mandate) | of_question(node, asked.question)
    facts |= {
        "query_id": request.query_id,
        "document": request.document,
        "request": request.digest,
        "partner": opened.sender.id,
        "asker": opened.mandate.actor.subject,
        "key": opened.key_id,
        "query_digest": node.digests.of_value(dict(request.variables)),
        "counterpart": opened.receipt.digest,
        "counterpart_leaf": opened.receipt.leaf_digest,
        "requested_at": moment(request.asked_at),
        "decision": verdict.id,
        "policy_revision": verdict.revision,
        "retain_until": retain_until(now, Kind.QUESTION_RECEIVED),
    }
    return Entry(
        Kind.QUESTION_RECEIVED,
        node.id,
        facts,
        subject=verdict.digest if isinstance(verdict, Permit) else request.digest,
        sealed=bundle([opened.paper]),
        once=opened.once,
        expires=datetime.fromtimestamp(opened.once_until, UTC),
    )


def _outcome(  # noqa: PLR0913, PLR0917  # one argument for each part of the entry
    node: Node,
    asked: _Asked,
    reply: Answer | Refused,
    intent: Receipt,
    told: dict[str, JSON],
    given: bytes | None = None,
) -> Entry:
    facts: dict[str, JSON] = told | {
        "intent": intent.entry_id,
        "query_id": reply.query_id,
        "request": reply.request_digest,
        "partner": asked.opened.sender.id,
        "recipients": [asked.opened.mandate.actor.subject],
        "status": reply.status.value,
        "replied_at": moment(reply.answered_at),
    }
    kind = Kind.DISCLOSED if isinstance(reply, Answer) else Kind.REFUSED
    facts |= {} if given is None else {"retain_until": retain_until(reply.answered_at, kind)}
    return Entry(kind, node.id, facts, subject=reply.digest, sealed=given)


def _result(node: Node, permit: Permit, found: Found) -> dict[str, JSON]:
    told: dict[str, JSON] = {
        "results": found.count or found.around,
        "answer_digest": node.digests.of(found.payload),
    }
    told |= {"tiers": [TIERS[each] for each in tiers_given(permit, found)]} if found.hit else {}
    return told | of_masks(found.masked)


def _found(node: Node, asked: _Asked, permit: Permit, found: Found) -> Answer:
    return Answer(
        node=node.id,
        query_id=asked.opened.request.query_id,
        request_digest=asked.opened.request.digest,
        status=Status.ANSWERED if found.hit else Status.NO_HIT,
        payload=found.payload,
        grants=permit.grants,
        revision=permit.revision,
        masked=found.masked,
        answered_at=node.now(),
    )


def _refused(
    node: Node, asked: _Asked, reasons: tuple[str, ...], revision: str, *, renews_at: int | None = None
) -> Refused:
    request = asked.opened.request
    return Refused(
        node.id, request.query_id, request.digest, reasons, revision, node.now(), renews_at=renews_at
    )


async def _reject(node: Node, opened: Opened, rejected: Rejected, now: int) -> SealedReply:
    """Log that a partner's well-signed request was turned away, then say so."""
    node.observer.outcome(Use.ANSWER, opened.sender.id, _REJECTED, rejected.code.value)
    facts: dict[str, JSON] = {
        "query_id": opened.request.query_id,
        "request": opened.request.digest,
        "partner": opened.sender.id,
        "asker": opened.mandate.actor.subject,
        "key": opened.key_id,
        "counterpart": opened.receipt.digest,
        "counterpart_leaf": opened.receipt.leaf_digest,
        "requested_at": moment(opened.request.asked_at),
        "reasons": [rejected.code.value],
        "status": Status.REFUSED.value,
    }
    try:
        await node.log.append(Entry(Kind.REFUSED, node.id, facts, subject=opened.request.digest))
    except AuditError as error:
        rejected = opened.reject(Rejection.AUDIT_UNAVAILABLE, str(error))
    return await _rejected(node, rejected, now)


async def _rejected(node: Node, rejected: Rejected, now: int) -> SealedReply:
    return await node.post.seal(lambda keys: seal_rejection(rejected, keys, now=now))
