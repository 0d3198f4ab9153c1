"""What partners are told of an own standing question, round by round, and what each made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from gateway.node import Node
from sharing.errors import OutboxUnknown
from sharing.outbox import Letter
from sharing.standing import Standing
from sharing.standing_notice import STANDING_QUESTION, STANDING_STOP, Placed, stop_body

HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Standpoint:
    """How a question stands at one node: WAITING until the node has it, TAKEN, or REFUSED for a `reason`.

    `until` is when the node asks for another round (Unix seconds), if it said so.
    """

    node: str
    state: str
    reason: str = ""
    until: int | None = None


def send(node: Node, question: Standing) -> None:
    """Put a round of an own active question into the outbox for each partner; it is put once."""
    now = node.now()
    node.outbox.put(
        *(
            Letter(
                _letter_id(question, each),
                each,
                STANDING_QUESTION,
                _placed(node, question, each).body,
                now,
                max(question.asked_until, now),
            )
            for each in question.nodes
            if each != node.id
        )
    )


def send_stop(node: Node, question: Standing) -> None:
    """Put the end of an own question into the outbox for each partner."""
    now = node.now()
    node.outbox.put(
        *(
            Letter(f"{question.id}.stop.{each}", each, STANDING_STOP, stop_body(question.id), now, now + HOUR)
            for each in question.nodes
            if each != node.id
        )
    )


def standpoint(node: Node, question: Standing, at: str) -> Standpoint:
    """What the node `at` made of the question's last round."""
    if at == node.id:
        return Standpoint(at, "TAKEN", until=question.asked_until)
    try:
        told = node.outbox.get(_letter_id(question, at)).acknowledgement
    except OutboxUnknown:
        told = ""
    if not told:
        return Standpoint(at, "WAITING")
    body: Mapping[str, Any] = orjson.loads(told)["body"]
    if body.get("refused"):
        return Standpoint(at, "REFUSED", str(body["refused"]))
    until = body.get("until")
    return Standpoint(at, "TAKEN", until=_until(question, until) if type(until) is int else None)


def _until(question: Standing, told: int) -> int:
    """What a node said, within what it was told."""
    return max(question.created_at, min(told, question.asked_until))


def _letter_id(question: Standing, partner: str) -> str:
    return f"{question.id}.{question.round}.{partner}"


def _placed(node: Node, question: Standing, partner: str) -> Placed:
    """The question as the partner reads it: the mandate as that node would see it."""
    keys, mandate = node.post.keys, question.mandate
    there = replace(
        mandate,
        id=keys.mandate_alias(partner, mandate.id),
        actor=replace(mandate.actor, subject=keys.pseudonym(partner, mandate.actor.subject)),
    )
    return Placed(
        question.id, question.kind, question.identifier, question.created_at, question.since,
        question.expires_at, question.known, question.round, there,
    )  # fmt: skip
