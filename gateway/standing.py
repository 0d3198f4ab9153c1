"""The use case of standing questions: an analyst places one, here and at partners, lists them, ends one.

1 analyst, mandate, identifier of one kind; 2 the law decides as on a lookup; 3 logged; 4 kept; 5 into the
outbox for each partner; 6 deconfliction. A question ends with its mandate at the latest. What a partner makes
of it comes back in the acknowledgement: a refusal rests on mandate and question only.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.deconfliction import deconflict
from gateway.errors import NotAllowed, VariablesRejected
from gateway.facts import moment, of_mandate, of_verdict, retain_until
from gateway.mandates import held
from gateway.node import Node
from gateway.trusted import question_of
from gateway.visit import Visit
from policy.decision import Refusal
from policy.mandate import Mandate
from policy.question import Question
from policy.terms import Operation, Purpose, Role
from sharing.encoding import fresh
from sharing.errors import MandateUnknown, OutboxUnknown
from sharing.outbox import Letter
from sharing.standing import Standing, StandingState
from sharing.standing_notice import STANDING_QUESTION, STANDING_STOP, Placed, stop_body
from tenants.selection import MOST_ROWS, check_arguments

HOUR = 3_600
Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanting:
    """What an analyst wants to be told of: for so many `minutes` at most, by `nodes` (none: by all)."""

    identifier: str
    mandate: str
    kind: str | None = None
    minutes: int | None = None
    nodes: list[str] | None = None


async def watch(visit: Visit, wanting: Wanting) -> Shown:
    """Place a standing question; the same one again under the same mandate changes nothing."""
    node, now = visit.node, visit.node.now()
    mandate = held(node, wanting.mandate, visit.require(Role.ANALYST))  # 1
    if mandate.purpose is Purpose.THREAT_TO_LIFE:
        raise VariablesRejected(f"standing question: {mandate.purpose} asks at once and is not for later")
    kind, normal = identified(node, wanting.identifier, wanting.kind)
    question = _question(node, wanting, mandate, (kind, normal), now)
    mine = await asyncio.to_thread(node.watching.book.of, node.id, mandate.actor.subject, now=now)
    for known in mine:
        if (known.target, known.mandate.id) == (question.target, mandate.id):
            return shown(node, known)
    _check(node, question, mine)
    await _permitted(node, question, normal)  # 2
    await node.log.append(entry(node, "STANDING_PLACED", question, of_mandate(node, mandate)))  # 3
    await asyncio.to_thread(node.watching.book.add, question)  # 4
    await asyncio.to_thread(send, node, question)  # 5
    await deconflict(node, question)  # 6
    return shown(node, question)


async def mine(visit: Visit, *, active: bool) -> list[Shown]:
    """The caller's standing questions, newest first, and what each node made of them."""
    node, actor = visit.node, visit.require(Role.ANALYST)
    now = node.now() if active else None
    found = await asyncio.to_thread(node.watching.book.of, node.id, actor.subject, now=now)
    return [shown(node, each) for each in found]


async def stop(visit: Visit, question_id: str) -> Shown:
    """End a question of the caller, here and at every node that was asked."""
    node, actor = visit.node, visit.require(Role.ANALYST)
    question = await asyncio.to_thread(node.watching.book.get, node.id, question_id)
    if question.mandate.actor.subject != actor.subject:
        raise NotAllowed(f"standing question {question_id[:80]}: is another person's")
    await end(node, question)
    return shown(node, await asyncio.to_thread(node.watching.book.get, node.id, question_id))


async def end(node: Node, question: Standing) -> None:
    """End an own question everywhere: log, tell the partners, then end it here."""
    if question.ended_at is not None:
        return
    now = node.now()
    await node.log.append(entry(node, "STANDING_ENDED", question, {}))
    letters = [
        Letter(f"{question.id}.stop.{each}", each, STANDING_STOP, stop_body(question.id), now, now + HOUR)
        for each in question.nodes
        if each != node.id
    ]
    await asyncio.to_thread(node.outbox.put, *letters)
    await asyncio.to_thread(node.watching.book.end, node.id, question.id, now)


async def end_over(node: Node) -> int:
    """End the own questions whose mandate was closed, and return how many; put letters that a crash lost."""
    ended = 0
    for question in await asyncio.to_thread(node.watching.book.of, node.id, now=node.now()):
        if await asyncio.to_thread(holds, node, question):
            await asyncio.to_thread(send, node, question)
        else:
            await end(node, question)
            ended += 1
    return ended


def holds(node: Node, question: Standing) -> bool:
    """Whether a question is still asked; of an own one the mandate must hold as well."""
    if question.state(node.now()) is not StandingState.ACTIVE:
        return False
    if question.owner != node.id:
        return True
    try:
        node.books.mandates.get(question.mandate.id, question.mandate.actor.subject, node.now())
    except MandateUnknown:
        return False
    return True


def identified(node: Node, identifier: str, kind: str | None) -> tuple[str, str]:
    """Kind and normal form; `VariablesRejected` unless it is an identifier of exactly one kind."""
    document = node.documents.named(Operation.LOOKUP)
    variables = {"value": identifier} | ({"kind": kind} if kind else {})
    found = check_arguments(node.documents.selection(document, variables), MOST_ROWS).identifiers
    if len(found) != 1:
        kinds = ", ".join(each for each, _ in found)
        raise VariablesRejected(f"identifier: can be {kinds}; say which kind is meant")
    return found[0]


def lookup_of(node: Node, kind: str, normal: str) -> Question:
    """The lookup that stands for a standing question, for the law."""
    document = node.documents.named(Operation.LOOKUP)
    variables = {"value": normal, "kind": kind}
    return question_of(document, node.documents.selection(document, variables), variables)


def target_of(node: Node, kind: str, normal: str) -> str:
    """The node's keyed digest of an identifier."""
    return node.digests.of_value([kind, normal])


def entry(node: Node, action: str, question: Standing, facts: Mapping[str, JSON]) -> Entry:
    """The log entry of a step of a standing question, on either side: codes, digests and references only."""
    told: dict[str, JSON] = {
        "action": action,
        "standing_query": question.id,
        "partner": question.owner,
        "asker": question.mandate.actor.subject
        if question.owner != node.id
        else node.post.keys.pseudonym(node.id, question.mandate.actor.subject),
        "target": question.target,
        "mandate": question.mandate.digest,
        "expires_at": moment(question.expires_at),
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    return Entry(Kind.ADMINISTRATION, node.id, told | dict(facts), subject=question.mandate.digest)


def send(node: Node, question: Standing) -> None:
    """Put an own active question into the outbox for each partner; once it is there, nothing changes."""
    node.outbox.put(
        *(
            Letter(
                letter_id(question, each),
                each,
                STANDING_QUESTION,
                _placed(node, question, each).body,
                question.created_at,
                question.expires_at,
            )
            for each in question.nodes
            if each != node.id
        )
    )


def letter_id(question: Standing, partner: str) -> str:
    """The id of the letter that places a question at a partner."""
    return f"{question.id}.{partner}"


def shown(node: Node, question: Standing) -> Shown:
    """A standing question as its analyst sees it; of one that has ended the identifier is forgotten."""
    return {
        "id": question.id,
        "kind": question.kind,
        "identifier": question.identifier or None,
        "mandate": question.mandate.id,
        "case": question.mandate.case,
        "createdAt": moment(question.created_at),
        "expiresAt": moment(question.expires_at),
        "state": question.state(node.now()).value,
        "nodes": [_at(node, question, each) for each in question.nodes],
    }


def _at(node: Node, question: Standing, partner: str) -> Shown:
    """How it stands at one node: WAITING until the node has it, TAKEN, or REFUSED with its reason."""
    if partner == node.id:
        return {"node": partner, "state": "TAKEN", "reason": None}
    try:
        told = node.outbox.get(letter_id(question, partner)).acknowledgement
    except OutboxUnknown:
        told = ""
    if not told:
        return {"node": partner, "state": "WAITING", "reason": None}
    refused = orjson.loads(told)["body"].get("refused")
    return {"node": partner, "state": "REFUSED" if refused else "TAKEN", "reason": str(refused or "") or None}


def _question(
    node: Node, wanting: Wanting, mandate: Mandate, identifier: tuple[str, str], now: int
) -> Standing:
    kind, normal = identifier
    part = node.settings.standing
    if wanting.minutes is not None and wanting.minutes < 1:
        raise VariablesRejected(f"minutes: {wanting.minutes}, a standing question lasts one at least")
    longest = part.most_hours * HOUR
    life = longest if wanting.minutes is None else min(longest, wanting.minutes * 60)
    return Standing(
        id=f"w-{fresh()}",
        owner=node.id,
        mandate=mandate,
        kind=kind,
        target=target_of(node, kind, normal),
        created_at=now,
        expires_at=min(now + life, mandate.expires_at),
        identifier=normal,
        nodes=tuple(each.id for each in node.post.addressees(wanting.nodes)),
        known=part.deconflict,
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


def _placed(node: Node, question: Standing, partner: str) -> Placed:
    """The question as the partner reads it: the mandate as that node would see it."""
    keys, mandate = node.post.keys, question.mandate
    there = replace(
        mandate,
        id=keys.mandate_alias(partner, mandate.id),
        actor=replace(mandate.actor, subject=keys.pseudonym(partner, mandate.actor.subject)),
    )
    return Placed(
        question.id, question.kind, question.identifier, question.created_at, question.expires_at,
        question.known, there,
    )  # fmt: skip
