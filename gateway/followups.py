"""The use case of an analyst who wants more than a node gave: request a higher tier, see what became of it.

1 analyst, 2 the exchange in the own log, 3 the mandate, as long as it holds, 4 decide as for asking, 5 log
the intent, 6 keep it, 7 into the outbox. The decision comes back as a notice; the analyst then asks again.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.errors import Duplicate
from audit.fields import CODE
from gateway.ask import asking_of
from gateway.errors import MandateNotValid, NotAllowed, VariablesRejected
from gateway.facts import TIERS, moment, of_mandate, of_verdict, retain_until
from gateway.followed import Earlier, QuestionDiffers, asked_by
from gateway.node import Node
from gateway.trusted import TrustedDocument
from gateway.visit import Visit
from policy.clocks import deadline
from policy.decision import Permit, Refusal
from policy.mandate import Actor, Mandate
from policy.question import Question
from policy.terms import Mode, Reason, Role, Urgency
from sharing.follow_up import FOLLOW_UP, FollowUp
from sharing.inbox import Decision, Item, ItemKind, ItemState, Wanted, every_item, found
from sharing.outbox import Letter
from sharing.wording import local_moment

LEAST = Mode.CONTACT
"""The lowest tier that can be more than was given."""

Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """What an analyst wants of a node after the answer to `query_id`, and why (a code).

    `reference` is what a contact named; `question` the earlier question in the desk's words, if given again.
    """

    query_id: str
    node: str
    tier: Mode
    reason: str
    urgency: Urgency
    reference: str = ""
    question: Mapping[str, Any] = field(default_factory=dict)


async def request(visit: Visit, wish: Wish) -> Shown:
    """Ask the officers of a node for a higher tier; the same wish again changes nothing."""
    node, now = visit.node, visit.node.now()
    actor = visit.require(Role.ANALYST)  # 1
    _check(node, wish)
    asker = node.post.keys.pseudonym(node.id, actor.subject)
    earlier = await asked_by(node, wish.query_id, asker, wish.node)  # 2
    mandate = _mandate(node, actor, earlier, now)  # 3
    told = _told(node, wish, earlier, mandate)
    document = node.documents.get(earlier.leaf["document"])
    permit = await _decided(node, told, mandate, document, asker)  # 4
    item = _item(node, wish, told, mandate, now)
    kept = await asyncio.to_thread(found, node.books.sent, item.id)
    if kept is not None:
        await asyncio.to_thread(hand_over, node, kept)
        return shown(node, kept)
    facts = of_mandate(node, mandate) | of_verdict(permit) | {"asker": asker}
    facts["retain_until"] = retain_until(now, Kind.ADMINISTRATION)
    await node.log.append(entry(node, "FOLLOW_UP_REQUESTED", item, facts))  # 5
    await asyncio.to_thread(node.books.sent.add, item)  # 6
    await asyncio.to_thread(hand_over, node, item)  # 7
    return shown(node, item)


async def mine(visit: Visit, query_id: str, first: int) -> list[Shown]:
    """The caller's requests, the next deadline first: what was asked, how it stands, why not."""
    node, actor = visit.node, visit.require(Role.ANALYST)
    wanted = Wanted(kind=ItemKind.FOLLOW_UP, subject=actor.subject, query_id=query_id, first=first)
    return [shown(node, each) for each in await asyncio.to_thread(node.books.sent.list, wanted)]


async def settle(node: Node) -> int:
    """Close the open requests that the other node did not take, and return how many those were.

    What a crash kept from the outbox is put there.
    """
    wanted = Wanted(state=ItemState.OPEN, kind=ItemKind.FOLLOW_UP)
    closed = 0
    for item in await asyncio.to_thread(lambda: list(every_item(node.books.sent, wanted))):
        await asyncio.to_thread(hand_over, node, item)
        refused = _acknowledged(node, item).get("refused", "")
        if refused:
            reason = refused if CODE(refused) else Reason.POLICY.value
            await close(node, item, Decision(ItemState.REFUSED, item.node, node.now(), reason))
            closed += 1
    return closed


async def close(node: Node, item: Item, decision: Decision, tier: Mode = Mode.NONE, until: int = 0) -> Item:
    """Log how another node decided, then keep it; `ItemRefused` when that is known already."""
    decided = item.decided(decision)
    told: dict[str, JSON] = {"expires_at": moment(until)} if until else {}
    told |= {"tier": TIERS[tier]}
    await node.log.append(entry(node, "FOLLOW_UP_CLOSED", decided, told))
    kept = replace(decided, draft={"tier": tier.value, "until": until})
    return await asyncio.to_thread(node.books.sent.put, kept)


def entry(node: Node, action: str, item: Item, facts: Mapping[str, JSON]) -> Entry:
    """The log entry of a step of a follow-up, on either side: codes and references only."""
    about: dict[str, JSON] = {"query_id": item.query_id, "request": item.request}
    about["justification"] = item.reason if CODE(item.reason) else ""
    told: dict[str, JSON] = {
        "action": action,
        "mode": item.kind.value,
        "partner": item.node,
        "tier": TIERS[item.tier],
        "urgent": item.urgency != Urgency.ORDINARY,
        "state": item.state.value,
    }
    told |= {name: value for name, value in about.items() if value}
    made = item.decision
    told |= {"reasons": [made.reason]} if made and made.reason else {}
    told |= {"grant": made.grant} if made and made.grant else {}
    return Entry(Kind.ADMINISTRATION, node.id, told | dict(facts), subject=item.request)


async def once(node: Node, said: Entry, key: str) -> bool:
    """Log a step that happens once, for ever; False if it stands in the log already."""
    try:
        await node.log.append(replace(said, once=key))
    except Duplicate:
        return False
    return True


def shown(node: Node, item: Item) -> Shown:
    """A request as the analyst is told of it: the reason of a refusal by its code alone."""
    made = item.decision
    due_at = int(_acknowledged(node, item).get("due_at") or item.due_at)
    until = item.draft.get("until")
    ends = until if isinstance(until, int) and until else None
    return {
        "id": item.id,
        "node": item.node,
        "queryId": item.query_id,
        "tier": item.tier.value,
        "reason": item.reason,
        "urgency": item.urgency,
        "requestedAt": moment(item.received_at),
        "dueAt": moment(due_at),
        "dueAtLocal": local_moment(due_at, zone_of(node)),
        "state": item.state.value,
        "overdue": item.state is ItemState.OPEN and node.now() >= due_at,
        "decidedAt": moment(made.at) if made else None,
        "decisionReason": (made.reason or None) if made else None,
        "tierGiven": str(item.draft["tier"]) if "tier" in item.draft else None,
        "until": None if ends is None else moment(ends),
        "untilLocal": None if ends is None else local_moment(ends, zone_of(node)),
    }


def zone_of(node: Node) -> ZoneInfo:
    """The zone that the node's people read clocks in."""
    return ZoneInfo(node.settings.log.time_zone)


def _acknowledged(node: Node, item: Item) -> Mapping[str, Any]:
    """What the other node's door said of the request: empty until it has it."""
    letter = node.outbox.get(item.id)
    if not letter.acknowledgement:
        return {}
    body: Mapping[str, Any] = orjson.loads(letter.acknowledgement)["body"]
    return {
        name: value
        for name, value in body.items()
        if isinstance(value, {"refused": str, "due_at": int}.get(name, bytes))
    }


def hand_over(node: Node, item: Item) -> None:
    """Put an open request into the outbox; once it is there, nothing changes."""
    if item.state is ItemState.OPEN:
        node.outbox.put(Letter(item.id, item.node, FOLLOW_UP, item.content, item.received_at, item.due_at))


def _check(node: Node, wish: Wish) -> None:
    if wish.node == node.id:
        raise VariablesRejected(f"follow-up: {wish.node} is this node; its own officers are asked in person")
    if wish.tier.rank < LEAST.rank or not CODE(wish.reason):
        raise VariablesRejected(f"follow-up: tier {wish.tier} for {wish.reason[:40]!r}; a code is needed")


def _mandate(node: Node, actor: Actor, earlier: Earlier, now: int) -> Mandate:
    """The mandate that the question was asked under, if it still holds."""
    for each in node.books.mandates.of(actor.subject, now):
        if each.digest == earlier.leaf["mandate"]:
            return each
    raise MandateNotValid(f"question {earlier.leaf['query_id']}: its mandate does not hold any more")


def _told(node: Node, wish: Wish, earlier: Earlier, mandate: Mandate) -> FollowUp:
    """The request as the other node reads it: the mandate as that node saw it."""
    keys, leaf = node.post.keys, earlier.leaf
    there = replace(
        mandate,
        id=keys.mandate_alias(wish.node, mandate.id),
        actor=replace(mandate.actor, subject=keys.pseudonym(wish.node, mandate.actor.subject)),
    )
    about = f"{wish.node} {leaf['subject']} {wish.tier}"
    return FollowUp(
        id=f"f-{sha256(about.encode()).hexdigest()[:32]}",
        request=leaf["subject"],
        query_id=wish.query_id,
        reference=wish.reference,
        tier=wish.tier,
        reason=wish.reason,
        urgency=wish.urgency,
        mandate=there,
        variables=_variables(node, wish, earlier),
    )


def _variables(node: Node, wish: Wish, earlier: Earlier) -> Mapping[str, JSON]:
    """The question's variables as they were asked, defaults said or not; `QuestionDiffers` if neither is."""
    if not wish.question:
        return {}
    document = node.documents.get(earlier.leaf["document"])
    given = asking_of(document.operation, {**wish.question, "mandate": ""}).variables
    with_defaults: dict[str, Any] = {**document.defaults, **given}
    for variables in (given, with_defaults):
        if node.digests.of_value(dict(variables)) == earlier.leaf["query_digest"]:
            return variables
    raise QuestionDiffers(f"question of {wish.query_id}: is not the one that was asked")


async def _decided(
    node: Node, told: FollowUp, mandate: Mandate, document: TrustedDocument, asker: str
) -> Permit:
    """The law's decision, as on the question itself; a refusal is logged before it is told."""
    question = Question(document.operation, document.id, told.request)
    verdict = await node.judge.may_ask(mandate, question, now=node.now())
    if not isinstance(verdict, Refusal):
        return verdict
    facts = of_mandate(node, mandate) | of_verdict(verdict) | {"action": "FOLLOW_UP_REFUSED", "asker": asker}
    facts |= {"request": told.request, "query_id": told.query_id, "status": "REFUSED"}
    await node.log.append(Entry(Kind.ADMINISTRATION, node.id, facts, subject=told.request))
    raise NotAllowed(f"follow-up: not asked ({', '.join(each.value for each in verdict.reasons)})")


def _item(node: Node, wish: Wish, told: FollowUp, mandate: Mandate, now: int) -> Item:
    return Item(
        id=told.id,
        kind=ItemKind.FOLLOW_UP,
        node=wish.node,
        received_at=now,
        due_at=deadline(wish.urgency, now),
        query_id=wish.query_id,
        request=told.request,
        reference=wish.reference,
        tier=wish.tier,
        reason=wish.reason,
        urgency=wish.urgency.value,
        facts=of_mandate(node, mandate),
        subject=mandate.actor.subject,
        content=told.body,
    )
