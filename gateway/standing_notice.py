"""The notices of standing questions: what a node does with a partner's question, its end, and an alert.

Each comes from an outbox, so perhaps twice and out of order, and acts once. A question is taken when mandate
and law would let a lookup of it be answered now; what is not taken is acknowledged with a code, which rests
on mandate and question only. Whether anything is known of the identifier is not looked at.
"""

import asyncio
from types import MappingProxyType

from audit.canonical import JSON
from gateway.alerting import alert_of
from gateway.deconfliction import deconflict, item_of
from gateway.errors import GatewayError
from gateway.facts import TIERS, of_mandate, of_verdict
from gateway.node import Node
from gateway.notices import Handled, Types
from gateway.standing import HOUR, entry, identified, lookup_of, target_of
from policy.decision import Refusal
from policy.terms import Purpose, Reason
from sharing.errors import FieldRefused, StandingUnknown
from sharing.notice import Notice
from sharing.standing import Standing, StandingState
from sharing.standing_notice import (
    ALERT,
    DECONFLICTION,
    STANDING_QUESTION,
    STANDING_STOP,
    Given,
    Placed,
    deconfliction_read,
    stop_read,
)
from tenants.errors import QuestionRejected

_LATER = frozenset({Reason.POLICY_UNAVAILABLE})


class NotNow(GatewayError):
    """The law cannot be asked now: the partner tells it again."""

    code = Reason.POLICY_UNAVAILABLE.value


async def on_question(node: Node, notice: Notice) -> Handled:
    """Take a partner's question: 1 read, 2 within bounds, 3 the law, 4 log, 5 keep, 6 deconfliction."""
    placed = Placed.read(notice.sender, dict(notice.body))  # 1
    question = _question(node, notice.sender, placed)
    known = await asyncio.to_thread(_known, node, question)
    if known is None:
        refused = await _refused(node, question, placed)  # 2, 3
        if refused:
            facts: dict[str, JSON] = {"standing_query": question.id, "reasons": [refused]}
            return Handled({"refused": refused}, action="STANDING_NOT_TAKEN", facts=facts)
        await node.log.append(
            entry(node, "STANDING_TAKEN", question, of_mandate(node, question.mandate))
        )  # 4
        await asyncio.to_thread(node.watching.book.add, question)  # 5
    await deconflict(node, known or question)  # 6
    return Handled({}, facts={"standing_query": question.id})


def _question(node: Node, sender: str, placed: Placed) -> Standing:
    """The question as it is kept here: by our own normal form, without the identifier."""
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
        created_at=placed.since,
        expires_at=placed.until,
        known=placed.known,
    )


def _known(node: Node, question: Standing) -> Standing | None:
    try:
        return node.watching.book.get(question.owner, question.id)
    except StandingUnknown:
        return None


async def _refused(node: Node, question: Standing, placed: Placed) -> str:
    """The code of why a question is not taken; empty when it is."""
    now, part, mandate = node.now(), node.settings.standing, question.mandate
    if question.state(now) is not StandingState.ACTIVE:
        return Reason.MANDATE_EXPIRED.value
    if mandate.purpose is Purpose.THREAT_TO_LIFE or question.expires_at > now + part.most_hours * HOUR:
        return Reason.POLICY.value
    if await asyncio.to_thread(node.watching.book.active, question.owner, now) >= part.most_per_partner:
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
    """Tell our person what a node asked has learned; once, and only while the question is asked."""
    given = Given.read(notice.sender, dict(notice.body))
    question = await asyncio.to_thread(_own, node, given.question, notice.sender)
    facts: dict[str, JSON] = {"standing_query": question.id, "tier": TIERS[given.tier]}
    if question.state(node.now()) is StandingState.ENDED:
        return Handled({}, facts=facts | {"reasons": [StandingState.ENDED.value]})
    alert = alert_of(node, question, notice.sender, str(notice.body["id"]), given)
    await node.log.append(entry(node, "ALERT_RECEIVED", question, {**facts, "partner": notice.sender}))
    await asyncio.to_thread(node.watching.alerts.add, alert)
    return Handled({}, facts=facts)


async def on_deconfliction(node: Node, notice: Notice) -> Handled:
    """Tell our officers that another service watches the same as one of our questions; once."""
    name, service = deconfliction_read(dict(notice.body))
    question = await asyncio.to_thread(_own, node, name, notice.sender)
    listed = node.post.directory.node(service)
    await asyncio.to_thread(node.books.inbox.add, item_of(node, question.id, listed.id))
    return Handled({}, facts={"standing_query": name})


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
    }
)
"""The notices of standing questions that a node understands."""
