"""The use case of the node whose analyst asks: decide, log, seal, fan out, merge, log, show.

1 sign in, 2 mandate, 3 decide, 4 log the intent, 5 seal, 6 fan out, 7 merge, 8 log the outcome, then show.
The own node is asked like every other: through the same door, under the same policy, into the same log.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway import emergencies
from gateway.errors import IdentifierNotUnderstood, VariablesRejected
from gateway.facts import moment, of_mandate, of_verdict, retain_until
from gateway.mandates import held
from gateway.node import Node
from gateway.observer import QUESTION, Use
from gateway.outcomes import Sent, outcomes
from gateway.ranking import ranked
from gateway.show import picture_shown, refusal_shown
from gateway.trusted import question_of
from gateway.visit import Visit
from policy.decision import Permit, Refusal
from policy.mandate import Mandate
from policy.question import Question
from policy.terms import Operation, Role
from sharing.directory import DirectoryNode
from sharing.encoding import fresh
from sharing.envelope import seal_requests
from sharing.fanout import Deadlines, as_they_come, fan_out
from sharing.merge import Picture, merge
from sharing.message import Refused, Reply, Request
from tenants.marks import meet
from tenants.selection import MOST_ROWS, check_arguments

Shown = Mapping[str, Any]
Told = Callable[[Shown], None]
MOST_NODES = 40  # whose ids, at their longest, fit into the one leaf of the intent


@dataclass(frozen=True, slots=True)
class Asking:
    """What an analyst wants to know, of whom; no `nodes` means all."""

    operation: Operation
    variables: Mapping[str, JSON]
    mandate: str
    nodes: list[str] | None = None
    document: str = ""
    """The partner document's name, where it is not the operation's usual one."""


def asking_of(operation: Operation, told: Mapping[str, Any]) -> Asking:
    """A question in the desk's words (`identifier`, `handle` …) in those of the partner documents."""
    names = dict(told)
    mandate, nodes = str(names.pop("mandate")), names.pop("nodes", None)
    if "handle" in names:
        node, names["id"] = split_handle(str(names.pop("handle")))
        nodes = [node]
    if names.get("after") is not None:
        node, names["after"] = split_handle(str(names["after"]))
        nodes = [node]
    if "identifier" in names:
        names["value"] = names.pop("identifier")
    variables = {name: value for name, value in names.items() if value is not None}
    return Asking(operation, variables, mandate, nodes)


@dataclass(frozen=True, slots=True)
class Unasked:
    """A question that the own node did not let out: no partner was asked."""

    request: Request
    refusal: Refusal


async def ask(visit: Visit, asking: Asking, told: Told | None = None) -> Shown:
    """The picture as it may be shown; every node asked has a status in it.

    `told` is called with each node's own part of it as soon as that is logged (ADR 0715).
    """
    found = await (inquire(visit, asking) if told is None else _followed(visit, asking, told))
    if isinstance(found, Unasked):
        return refusal_shown(visit.node.id, found.request, found.refusal)
    return _shown(asking, found)


async def inquire(visit: Visit, asking: Asking) -> Picture | Unasked:
    """The answers of all nodes, merged and logged, for who works on with them; the steps are the module's."""
    with visit.node.observer.step(Use.ASK, QUESTION):
        return await _inquired(visit, asking)


async def _inquired(visit: Visit, asking: Asking) -> Picture | Unasked:
    node, sent = visit.node, await _sent(visit, asking)  # 1 to 5
    if isinstance(sent, Unasked):
        return sent
    way, step = node.post, node.observer.step
    with step(Use.ASK, "fan_out"):
        replies = await fan_out(  # 6
            sent.sealed, way.courier, way.backoff, deadlines=_deadlines(node), clock=node.clock
        )
    with step(Use.ASK, "merge"):
        picture = merge(sent.request.query_id, sent.request.asked_at, replies)  # 7
    with step(Use.ASK, "log_outcome"):
        await node.log.append_many(outcomes(node, sent, replies, picture))  # 8
    _counted(node, replies)
    return picture


def _counted(node: Node, replies: Sequence[Reply]) -> None:
    """Tell what came of the question, by partner and code."""
    for reply in replies:
        reason = reply.reasons[0] if isinstance(reply, Refused) and reply.reasons else ""
        node.observer.outcome(Use.ASK, reply.node, reply.status.value, reason)


async def _followed(visit: Visit, asking: Asking, told: Told) -> Picture | Unasked:
    """The same, but 7 and 8 for each reply as it comes; all but the last outcome leave the intent open."""
    with visit.node.observer.step(Use.ASK, QUESTION):
        return await _followed_up(visit, asking, told)


async def _followed_up(visit: Visit, asking: Asking, told: Told) -> Picture | Unasked:
    node, sent = visit.node, await _sent(visit, asking)
    if isinstance(sent, Unasked):
        return sent
    request, way, replies = sent.request, node.post, list[Reply]()
    arriving = as_they_come(
        sent.sealed, way.courier, way.backoff, deadlines=_deadlines(node), clock=node.clock
    )
    with node.observer.step(Use.ASK, "fan_out"):
        async with aclosing(arriving):
            async for reply in arriving:
                replies.append(reply)
                part = merge(request.query_id, request.asked_at, [reply])
                pending = len(replies) < len(sent.sealed)
                await node.log.append_many(outcomes(node, sent, [reply], part, pending=pending))
                told(_shown(asking, part))
    _counted(node, replies)
    return merge(request.query_id, request.asked_at, replies)


def _shown(asking: Asking, picture: Picture) -> Shown:
    text = asking.variables.get("text") if asking.operation is Operation.SEARCH else None
    return picture_shown(picture, ranked(str(text), picture.claims) if text else ())


async def _sent(visit: Visit, asking: Asking) -> Sent | Unasked:
    """The question decided, logged and sealed, or why it does not leave."""
    node, now, step = visit.node, visit.node.now(), visit.node.observer.step
    with step(Use.ASK, "prepare"):
        actor = visit.require(Role.ANALYST)  # 1
        mandate = held(node, asking.mandate, actor)  # 2
        request, question = _question(node, asking, now)
        addressees = _addressees(node, asking.nodes)
    with step(Use.ASK, "decide"):
        verdict = await node.judge.may_ask(mandate, question, now=now)  # 3
    if isinstance(verdict, Permit):
        verdict = emergencies.barred(node, mandate, verdict)
    if isinstance(verdict, Refusal):
        await node.log.append(_not_asked(visit, mandate, request, verdict))
        node.observer.outcome(Use.ASK, node.id, "REFUSED", verdict.reasons[0].value)
        return Unasked(request, verdict)
    with step(Use.ASK, "log_intent"):
        intent = await node.log.append(_intent(visit, mandate, request, verdict, addressees))  # 4
    emergencies.told_at_home(node, verdict, request.digest, request.query_id)
    known = asking.operation is Operation.LOOKUP and node.settings.standing.deconflict
    with step(Use.ASK, "seal"):
        sealed = await node.post.seal(  # 5
            lambda keys: seal_requests(request, mandate, intent, keys, addressees, now=now, known=known)
        )
    return Sent(request, intent, sealed)


def split_handle(handle: str) -> tuple[str, str]:
    """Node and record id of a handle `<node>/<record id>`; `IdentifierNotUnderstood` if it is none."""
    node, slash, record = handle.partition("/")
    if not (node and slash and record):
        raise IdentifierNotUnderstood(f"handle {handle[:80]!r}: is not of the form <node>/<record id>")
    return node, record


def _addressees(node: Node, wanted: list[str] | None) -> tuple[DirectoryNode, ...]:
    """Whom to ask; at most as many as one log entry can name."""
    found = node.post.addressees(wanted)
    if not 0 < len(found) <= MOST_NODES:
        raise VariablesRejected(f"nodes: {len(found)} are named, 1 to {MOST_NODES} are asked at once")
    return found


def _deadlines(node: Node) -> Deadlines:
    seconds = node.settings.limits.question_seconds
    return Deadlines(overall=seconds, per_node=seconds)


def _question(node: Node, asking: Asking, now: int) -> tuple[Request, Question]:
    document = node.documents.named(asking.document or asking.operation)
    selection = node.documents.selection(document, asking.variables)
    check_arguments(selection, MOST_ROWS)
    seconds = node.settings.limits.question_seconds
    request = Request(f"q-{fresh()}", document.id, asking.variables, node.id, now, int(seconds * 1000))
    return request, question_of(document, selection, asking.variables)


def _intent(
    visit: Visit, mandate: Mandate, request: Request, permit: Permit, addressees: Sequence[DirectoryNode]
) -> Entry:
    node = visit.node
    facts: dict[str, JSON] = of_mandate(node, mandate) | {
        "query_id": request.query_id,
        "document": request.document,
        "asker": _asker(node, mandate),
        "nodes_asked": [each.id for each in addressees],
        "query_digest": node.digests.of_value(dict(request.variables)),
        "requested_at": moment(request.asked_at),
        "decision": permit.id,
        "policy_revision": permit.revision,
        "retain_until": retain_until(request.asked_at, Kind.ASKED),
    }
    facts |= {"self_lookup": True} if _about_oneself(visit, request) else {}
    return Entry(Kind.ASKED, node.id, facts, subject=request.digest, sealed=_person(visit, mandate))


def _about_oneself(visit: Visit, request: Request) -> bool:
    """Whether the person asks for a mark of their own, in whatever spelling; only the answer is logged."""
    told = [str(request.variables[name]) for name in ("value", "text") if name in request.variables]
    return meet(visit.session.marks, told, country=visit.node.settings.node.country)


def _person(visit: Visit, mandate: Mandate) -> bytes:
    """Who asks, in clear, to be sealed beside the entry."""
    actor = mandate.actor
    told = {"subject": actor.subject, "name": visit.session.name, "case": mandate.case, "mandate": mandate.id}
    return json.dumps(told | {"unit": actor.unit, "roles": sorted(actor.roles)}, ensure_ascii=False).encode()


def _asker(node: Node, mandate: Mandate) -> str:
    """The person's pseudonym within the own node: the same over all questions, resolvable here only."""
    return node.post.keys.pseudonym(node.id, mandate.actor.subject)


def _not_asked(visit: Visit, mandate: Mandate, request: Request, refusal: Refusal) -> Entry:
    node = visit.node
    facts = of_mandate(node, mandate) | of_verdict(refusal)
    facts |= {"query_id": request.query_id, "asker": _asker(node, mandate), "status": "REFUSED"}
    facts |= {"query_digest": node.digests.of_value(dict(request.variables))}
    facts |= {"retain_until": retain_until(request.asked_at, Kind.REFUSED)}
    return Entry(Kind.REFUSED, node.id, facts, subject=request.digest, sealed=_person(visit, mandate))
