"""A standing question as its analyst sees it: whether it is asked, until when, what nodes made of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.facts import moment
from gateway.node import Node
from gateway.standing_letters import Standpoint, standpoint
from sharing.standing import OPEN, Standing

DAY = 86_400
_WARNED = 2 * DAY
"""Seconds before a question is suspended at which its renewal is due, at most."""

Shown = Mapping[str, Any]


def shown(node: Node, question: Standing) -> Shown:
    """The question in the words of the desk's schema; of one that has ended the identifier is forgotten."""
    now = node.now()
    state = question.state(now)
    stands = [standpoint(node, question, each) for each in question.nodes]
    renew_by = _renew_by(question, stands) if state in OPEN else None
    left = 0 if renew_by is None else max(0, renew_by - now)
    return {
        "id": question.id,
        "kind": question.kind,
        "identifier": question.identifier or None,
        "mandate": question.mandate.id,
        "case": question.mandate.case,
        "createdAt": moment(question.created_at),
        "watchedSince": moment(question.since),
        "expiresAt": moment(question.expires_at),
        "renewals": question.round,
        "renewBy": None if renew_by is None else moment(renew_by),
        "secondsLeft": left,
        "renewalDue": renew_by is not None and left <= _warned(node),
        "state": state.value,
        "nodes": [
            {
                "node": each.node,
                "state": each.state,
                "reason": each.reason or None,
                "until": None if each.until is None else moment(each.until),
            }
            for each in stands
        ],
    }


def _renew_by(question: Standing, stands: Sequence[Standpoint]) -> int | None:
    """When the first node will ask for another round; None where the question's own end comes first."""
    first = min([question.asked_until, *(each.until for each in stands if each.until is not None)])
    return first if first < question.expires_at else None


def _warned(node: Node) -> int:
    return min(_WARNED, node.settings.standing.renew_days * DAY // 3)
