"""What a history over all nodes is made of, whatever it is about, with the names that the desk publishes."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from gateway.exploring import Exploration
from gateway.show import contact_shown
from policy.terms import Status
from sharing.container_words import of_answers
from sharing.containers.spans import Span
from sharing.findings import Finding, Side
from sharing.merge import NodeStatus
from sharing.wording import Language

Shown = Mapping[str, Any]
R = TypeVar("R", bound=StrEnum)
_HEARD = frozenset({Status.ANSWERED, Status.NO_HIT})


def answers_shown(
    exploration: Exploration, nodes: Sequence[NodeStatus], language: Language, *, compared: bool
) -> Shown:
    """How every node answered, and how complete that makes the history."""
    heard = [each for _, each in sorted(exploration.heard.items())]
    contacts = {each.node: each.contact for each in nodes if each.contact is not None}
    answered = sum(each.status in _HEARD for each in heard)
    stop = exploration.stop
    whole = answered == len(heard) and compared
    return {
        "complete": whole and not (stop or exploration.common or exploration.shared or contacts),
        "completeness": of_answers(answered, len(heard), language),
        "stopped": stop.value if stop else "DONE" if compared else "TOO_MANY",
        "questions": exploration.questions,
        "nodes": [
            {
                "node": each.node,
                "status": each.status.value,
                "reasons": list(each.reasons),
                "questions": each.questions,
                "contact": contact_shown(contacts.get(each.node)),
            }
            for each in heard
        ],
    }


def finding_shown(finding: Finding[R], sentence: str, assumes: str, cannot_say: str) -> Shown:
    """A finding with its words."""
    return {
        "rule": finding.rule.value,
        "sentence": sentence,
        "assumes": assumes,
        "cannotSay": cannot_say,
        "left": _side(finding.left),
        "right": _side(finding.right),
        "figures": [{"name": name, "value": value} for name, value in finding.figures.items()],
        "explainedBy": list(finding.explained_by),
    }


def span_shown(span: Span | None) -> Shown | None:
    """Within which an instant lies."""
    if span is None:
        return None
    return {"earliest": span.earliest.isoformat(), "latest": span.latest.isoformat()}


def _side(side: Side) -> Shown:
    return {"handles": list(side.handles), "owners": list(side.owners), "says": side.says}
