"""The use case of standing questions: an analyst places one, renews it, lists them, ends one.

1 analyst, mandate, identifier of one kind; 2 the law decides as on a lookup; 3 logged; 4 kept; 5 into the
outbox for each partner; 6 deconfliction. A question has its own end. Its mandate is for it alone, says what
the analyst's mandate says, and holds for `[standing] renew_days`; whoever watches the same under a later
mandate that says the same, renews it. What a partner makes of it comes back in the acknowledgement.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from audit.canonical import JSON
from gateway.deconfliction import deconflict
from gateway.errors import NotAllowed, VariablesRejected
from gateway.facts import of_mandate, of_verdict
from gateway.mandates import held
from gateway.node import Node
from gateway.standing_entries import entry
from gateway.standing_letters import send, send_stop
from gateway.standing_shown import shown
from gateway.standing_target import identified, lookup_of, target_of
from gateway.visit import Visit
from policy.decision import Refusal
from policy.mandate import Mandate
from policy.terms import Purpose, Role
from sharing.encoding import fresh
from sharing.standing import OPEN, Standing, StandingState, every_open

DAY = 86_400
_DATE = len("2026-11-21")
_SAID = ("purpose", "legal_basis", "case", "offence", "subject_category", "aim")
"""What a renewal must say as it was said before."""

Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanting:
    """What an analyst wants to be told of, by `nodes` (none: by all), for so many `minutes` or `until`.

    `until` is a day, which counts to its end in the node's time zone, or a moment in ISO 8601.
    """

    identifier: str
    mandate: str
    kind: str | None = None
    minutes: int | None = None
    nodes: list[str] | None = None
    until: str | None = None


async def watch(visit: Visit, wanting: Wanting) -> Shown:
    """Place a standing question; one that is open, is about the same and says the same goes on instead.

    The same again under the same mandate changes nothing, unless it says another end.
    """
    node, now = visit.node, visit.node.now()
    mandate = _mandate(visit, wanting.mandate)  # 1
    kind, normal = identified(node, wanting.identifier, wanting.kind)
    target, end = target_of(node, kind, normal), _end(node, wanting, now)
    mine = await asyncio.to_thread(node.watching.book.of, node.id, mandate.actor.subject, now=now)
    for known in mine:
        if known.target == target and not _differs(known, mandate):
            _check_nodes(known, wanting.nodes)
            return await _renewed(node, known, mandate, end)
    life = node.settings.standing.renew_days * DAY
    expires_at = end or now + life
    question = Standing(
        id=f"w-{fresh()}",
        owner=node.id,
        mandate=replace(mandate, expires_at=min(now + life, expires_at)),
        kind=kind,
        target=target,
        created_at=now,
        since=now,
        expires_at=expires_at,
        identifier=normal,
        nodes=tuple(each.id for each in node.post.addressees(wanting.nodes)),
        known=node.settings.standing.deconflict,
    )
    _check(node, question, mine)
    await _permitted(node, question, normal)  # 2
    await node.log.append(entry(node, "STANDING_PLACED", question, _why(node, question, mandate)))  # 3
    await asyncio.to_thread(node.watching.book.add, question)  # 4
    await asyncio.to_thread(send, node, question)  # 5
    await deconflict(node, question)  # 6
    return shown(node, question)


async def renew(visit: Visit, question_id: str, mandate_id: str, until: str | None = None) -> Shown:
    """Go on with a question of the caller under a mandate that says the same, to its end or a later one."""
    node = visit.node
    mandate = _mandate(visit, mandate_id)  # 1
    question = await _own(visit, question_id)
    if question.state(node.now()) not in OPEN:
        raise VariablesRejected(f"standing question {question.id}: is over; place another one")
    if differs := _differs(question, mandate):
        raise VariablesRejected(
            f"standing question {question.id}: its {differs} is {getattr(question.mandate, differs)}, the"
            f" mandate's is {getattr(mandate, differs)}; who has another reason asks another question"
        )
    end = _end(node, Wanting(question.identifier, mandate_id, until=until), node.now())
    return await _renewed(node, question, mandate, end)


async def mine(visit: Visit, *, active: bool) -> list[Shown]:
    """The caller's standing questions, newest first, or the open ones, and what each node made of them."""
    node, actor = visit.node, visit.require(Role.ANALYST)
    now = node.now() if active else None
    found = await asyncio.to_thread(node.watching.book.of, node.id, actor.subject, now=now)
    return [shown(node, each) for each in found]


async def stop(visit: Visit, question_id: str) -> Shown:
    """End a question of the caller, here and at every node that was asked."""
    node, question = visit.node, await _own(visit, question_id)
    await end(node, question)
    return shown(node, await asyncio.to_thread(node.watching.book.get, node.id, question_id))


async def end(node: Node, question: Standing) -> None:
    """End an own question everywhere: log, tell the partners, then end it here."""
    if question.ended_at is not None:
        return
    await node.log.append(entry(node, "STANDING_ENDED", question, {}))
    await asyncio.to_thread(send_stop, node, question)
    await asyncio.to_thread(node.watching.book.end, node.id, question.id, node.now())


async def end_over(node: Node, since: int = 0) -> int:
    """End the own questions whose mandate was closed at `since` or later, and return how many."""
    closed = await asyncio.to_thread(node.books.mandates.closed, since)
    if not closed:
        return 0
    questions = await asyncio.to_thread(lambda: list(every_open(node.watching.book, node.id, node.now())))
    over = [each for each in questions if each.mandate.id in closed]
    for question in over:
        await end(node, question)
    return len(over)


async def resume(node: Node) -> None:
    """Put letters of own questions into the outbox that a crash kept from it."""
    now = node.now()
    for question in await asyncio.to_thread(lambda: list(every_open(node.watching.book, node.id, now))):
        if await asyncio.to_thread(holds, node, question):
            await asyncio.to_thread(send, node, question)


def holds(node: Node, question: Standing) -> bool:
    """Whether a question is asked now; of an own one the mandate must not have been closed."""
    if question.state(node.now()) is not StandingState.ACTIVE:
        return False
    return question.owner != node.id or node.books.mandates.closed_at(question.mandate.id) is None


async def _renewed(node: Node, known: Standing, mandate: Mandate, end: int | None) -> Shown:
    """The next round of an own open question; the same mandate and end again is no round."""
    now, part = node.now(), node.settings.standing
    if known.mandate.id == mandate.id and end in {None, known.expires_at}:
        return shown(node, known)
    life = part.renew_days * DAY
    expires_at = end or max(known.expires_at, now + life)
    renewed = replace(
        known,
        mandate=replace(mandate, expires_at=min(now + life, expires_at)),
        since=known.since if await asyncio.to_thread(holds, node, known) else now,
        expires_at=expires_at,
        known=part.deconflict,
        round=known.round + 1,
    )
    await _permitted(node, renewed, known.identifier)  # 2
    await node.log.append(entry(node, "STANDING_RENEWED", renewed, _why(node, renewed, mandate)))  # 3
    if not await asyncio.to_thread(node.watching.book.renew, renewed):  # 4
        return shown(node, await asyncio.to_thread(node.watching.book.get, node.id, known.id))
    await asyncio.to_thread(send, node, renewed)  # 5
    await deconflict(node, renewed)  # 6
    return shown(node, renewed)


def _mandate(visit: Visit, mandate_id: str) -> Mandate:
    """The caller's mandate; one for a threat to life asks at once."""
    mandate = held(visit.node, mandate_id, visit.require(Role.ANALYST))
    if mandate.purpose is Purpose.THREAT_TO_LIFE:
        raise VariablesRejected(f"standing question: {mandate.purpose} asks at once and is not for later")
    return mandate


async def _own(visit: Visit, question_id: str) -> Standing:
    actor = visit.require(Role.ANALYST)
    question = await asyncio.to_thread(visit.node.watching.book.get, visit.node.id, question_id)
    if question.mandate.actor.subject != actor.subject:
        raise NotAllowed(f"standing question {question_id[:80]}: is another person's")
    return question


def _differs(question: Standing, mandate: Mandate) -> str:
    """The first part in which a mandate says another thing than the question's; empty if in none."""
    parts = (each for each in _SAID if getattr(question.mandate, each) != getattr(mandate, each))
    return next(parts, "")


def _end(node: Node, wanting: Wanting, now: int) -> int | None:
    """When the question ends, in Unix seconds; None where nothing is said."""
    longest = now + node.settings.standing.most_days * DAY
    if wanting.minutes is not None:
        if wanting.minutes < 1 or wanting.until:
            raise VariablesRejected(f"minutes: {wanting.minutes}, one at least and no other end beside it")
        return min(longest, now + wanting.minutes * 60)
    if not wanting.until:
        return None
    try:
        at = datetime.fromisoformat(wanting.until) + timedelta(days=len(wanting.until) == _DATE)
    except (ValueError, OverflowError) as error:
        raise VariablesRejected(
            f"until {wanting.until[:40]!r}: is no day like 2026-12-24 or moment"
        ) from error
    end = int((at if at.tzinfo else at.replace(tzinfo=ZoneInfo(node.settings.log.time_zone))).timestamp())
    if not now < end <= longest:
        raise VariablesRejected(
            f"until {wanting.until}: is over, or more than {node.settings.standing.most_days} days away"
        )
    return end


def _why(node: Node, question: Standing, mandate: Mandate) -> dict[str, JSON]:
    """The justification for the log, and under which mandate of the analyst it was given."""
    return of_mandate(node, question.mandate) | {"source": mandate.digest}


def _check_nodes(known: Standing, nodes: Sequence[str] | None) -> None:
    more = sorted(set(nodes or ()) - set(known.nodes))
    if more:
        raise VariablesRejected(
            f"nodes: {more[0][:80]} is not asked by {known.id}, which is about the same; stop it to ask more"
        )


def _check(node: Node, question: Standing, mine: Sequence[Standing]) -> None:
    most = node.settings.standing.most_per_person
    if len(mine) >= most:
        raise VariablesRejected(f"standing questions: {len(mine)} are open, a person has {most} at most")
    if not question.nodes:
        raise VariablesRejected("nodes: nobody is named")


async def _permitted(node: Node, question: Standing, normal: str) -> None:
    """The law's decision, as on the lookup itself; a refusal is logged before it is told."""
    asked = lookup_of(node, question.kind, normal)
    verdict = await node.judge.may_ask(question.mandate, asked, now=node.now())
    if not isinstance(verdict, Refusal):
        return
    facts = of_mandate(node, question.mandate) | of_verdict(verdict) | {"status": "REFUSED"}
    await node.log.append(entry(node, "STANDING_REFUSED", question, facts))
    raise NotAllowed(f"standing question: not asked ({', '.join(each.value for each in verdict.reasons)})")
