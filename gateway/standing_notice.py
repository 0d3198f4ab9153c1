"""The notices of standing questions: what a node does with a partner's question, its end, and an alert.

Each comes from an outbox, so perhaps twice and out of order, and acts once. A question is taken, and taken
again for another round, when mandate and law would let a lookup of it be answered now; what is not taken is
acknowledged with a code, which rests on mandate and question only. Whether anything is known of the
identifier is not looked at. What is taken is acknowledged with the moment at which this node wants another
round.
"""

import asyncio
from types import MappingProxyType

from audit.canonical import JSON
from gateway.alerting import alert_of
from gateway.deconfliction import deconflict, item_of, looked_up_item
from gateway.errors import GatewayError
from gateway.facts import TIERS, of_mandate, of_verdict
from gateway.followed import asked_of
from gateway.node import Node
from gateway.notices import Handled, Types
from gateway.standing_entries import entry
from gateway.standing_target import identified, lookup_of, target_of
from policy.decision import Refusal
from policy.terms import Purpose, Reason
from sharing.errors import FieldRefused, StandingUnknown
from sharing.notice import Notice
from sharing.signature import SKEW
from sharing.standing import Standing, StandingState
from sharing.standing_notice import (
    ALERT,
    DECONFLICTION,
    DECONFLICTION_LOOKUP,
    STANDING_QUESTION,
    STANDING_STOP,
    Given,
    Placed,
    deconfliction_read,
    lookup_read,
    stop_read,
)
from tenants.errors import QuestionRejected

DAY = 86_400
_LATER = frozenset({Reason.POLICY_UNAVAILABLE})


class NotNow(GatewayError):
    """The law cannot be asked now: the partner tells it again."""

    code = Reason.POLICY_UNAVAILABLE.value


async def on_question(node: Node, notice: Notice) -> Handled:
    """Take a partner's question: 1 read, 2 within bounds, 3 the law, 4 log, 5 keep, 6 deconfliction."""
    placed = Placed.read(notice.sender, dict(notice.body))  # 1
    question = _question(node, notice.sender, placed)
    known = await asyncio.to_thread(_known, node, question)
    facts: dict[str, JSON] = {"standing_query": question.id, "serial": placed.round}
    if known is not None and known.ended_at is not None:
        return Handled({}, facts=facts | {"reasons": [StandingState.ENDED.value]})
    if known is None or known.round < question.round:
        refused = await _refused(node, question, placed, known)  # 2, 3
        if refused:
            told = {"refused": refused}
            return Handled(told, action="STANDING_NOT_TAKEN", facts=facts | {"reasons": [refused]})
        action = "STANDING_RENEWED" if known else "STANDING_TAKEN"
        await node.log.append(entry(node, action, question, of_mandate(node, question.mandate)))  # 4
        book = node.watching.book
        await asyncio.to_thread(book.renew if known else book.add, question)  # 5
        known = question
    await deconflict(node, known)  # 6
    return Handled({"until": known.asked_until}, facts=facts)


def _question(node: Node, sender: str, placed: Placed) -> Standing:
    """The question as it is kept here: by our own normal form, without the identifier, until we ask anew."""
    try:
        kind, normal = identified(node, placed.value, placed.kind)
    except (GatewayError, QuestionRejected) as error:
        raise FieldRefused(f"standing question of {sender}: no identifier ({error.code})") from error
    return Standing(
        id=placed.question,
        owner=sender,
        mandate=placed.mandate,
        kind=kind,
        target=target_of(node, kind, normal),
        created_at=placed.begun,
        since=placed.since,
        expires_at=min(placed.until, node.now() + node.settings.standing.renew_days * DAY),
        known=placed.known,
        round=placed.round,
    )


def _known(node: Node, question: Standing) -> Standing | None:
    try:
        return node.watching.book.get(question.owner, question.id)
    except StandingUnknown:
        return None


async def _refused(node: Node, question: Standing, placed: Placed, known: Standing | None) -> str:
    """The code of why a question, or another round of a known one, is not taken; empty when it is."""
    now, part, mandate = node.now(), node.settings.standing, question.mandate
    if question.state(now) is not StandingState.ACTIVE:
        return Reason.MANDATE_EXPIRED.value
    if mandate.purpose is Purpose.THREAT_TO_LIFE:
        return Reason.POLICY.value
    if known is None and node.watching.book.open(question.owner, now) >= part.most_per_partner:
        return Reason.QUOTA.value
    asked = lookup_of(node, question.kind, placed.value)
    candidates = node.books.grants.candidates(question.owner, now, mandate.case, asked)
    consents = node.consents.onward(node.id, question.owner, mandate.purpose, now)
    verdict = await node.judge.may_answer(mandate, asked, question.owner, candidates, consents, now=now)
    if not isinstance(verdict, Refusal):
        return ""
    facts = of_mandate(node, mandate) | of_verdict(verdict) | {"status": "REFUSED"}
    await node.log.append(entry(node, "STANDING_REFUSED", question, facts))
    if not _LATER.isdisjoint(verdict.reasons):
        raise NotNow(f"standing question {question.id} of {question.owner}: the law cannot be asked now")
    return verdict.reasons[0].value


async def on_stop(node: Node, notice: Notice) -> Handled:
    """End a partner's question, whether it has come yet or not."""
    name = stop_read(dict(notice.body))
    await asyncio.to_thread(node.watching.book.end, notice.sender, name, node.now())
    return Handled({}, facts={"standing_query": name})


async def on_alert(node: Node, notice: Notice) -> Handled:
    """Tell our person what a node asked has learned, once; nothing that it learned when it was not asked."""
    given = Given.read(notice.sender, dict(notice.body))
    question = await asyncio.to_thread(_own, node, given.question, notice.sender)
    facts: dict[str, JSON] = {"standing_query": question.id, "tier": TIERS[given.tier]}
    if question.ended_at is not None or given.at >= question.asked_until + SKEW:
        return Handled({}, facts=facts | {"reasons": [question.state(node.now()).value]})
    alert = alert_of(node, question, notice.sender, str(notice.body["id"]), given)
    await node.log.append(entry(node, "ALERT_RECEIVED", question, {**facts, "partner": notice.sender}))
    await asyncio.to_thread(node.watching.alerts.add, alert)
    return Handled({}, facts=facts)


async def on_deconfliction(node: Node, notice: Notice) -> Handled:
    """Tell our officers that another service is at the same as one of our questions."""
    name, service = deconfliction_read(dict(notice.body))
    question = await asyncio.to_thread(_own, node, name, notice.sender)
    listed = node.post.directory.node(service)
    await asyncio.to_thread(node.books.inbox.add, item_of(node, question.id, listed.id))
    return Handled({}, facts={"standing_query": name})


async def on_lookup(node: Node, notice: Notice) -> Handled:
    """Tell our officers that another service watches what we looked up at the sender."""
    name, service = lookup_read(dict(notice.body))
    asked = await asked_of(node, name, notice.sender)
    listed = node.post.directory.node(service)
    await asyncio.to_thread(node.books.inbox.add, looked_up_item(node, asked.query_id, listed.id))
    return Handled({}, facts={"query_id": asked.query_id})


def _own(node: Node, name: str, sender: str) -> Standing:
    """Our question of that id, if that node was asked; `StandingUnknown` otherwise."""
    question = node.watching.book.get(node.id, name)
    if sender not in question.nodes:
        raise StandingUnknown(f"standing question {name}: {sender} was not asked")
    return question


STANDING_TYPES: Types = MappingProxyType(
    {
        STANDING_QUESTION: on_question,
        STANDING_STOP: on_stop,
        ALERT: on_alert,
        DECONFLICTION: on_deconfliction,
        DECONFLICTION_LOOKUP: on_lookup,
    }
)
"""The notices of standing questions that a node understands."""
