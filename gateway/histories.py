"""What a history over all nodes is made of, whatever it is about, with the names that the desk publishes."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from gateway.exploring import Exploration
from gateway.heard_shown import all_answered, completeness, nodes_shown
from gateway.show import contact_shown
from sharing.claimed import Source
from sharing.findings import Finding, Side
from sharing.merge import NodeStatus
from sharing.spans import Span
from sharing.wording import Language

Shown = Mapping[str, Any]
R = TypeVar("R", bound=StrEnum)


def answers_shown(
    exploration: Exploration, nodes: Sequence[NodeStatus], language: Language, *, compared: bool
) -> Shown:
    """How every node answered, and how complete that makes the history."""
    contacts = {each.node: each.contact for each in nodes if each.contact is not None}
    stop = exploration.stop
    whole = all_answered(exploration) and compared
    return {
        "complete": whole and not (stop or exploration.common or exploration.shared or contacts),
        "completeness": completeness(exploration, language),
        "stopped": stop.value if stop else "DONE" if compared else "TOO_MANY",
        "questions": exploration.questions,
        "nodes": [
            {**each, "contact": contact_shown(contacts.get(each["node"]))}
            for each in nodes_shown(exploration)
        ],
    }


def when(stay: tuple[Span, Span] | None, source: Source) -> tuple[bool, str, str]:
    """By what a history is sorted: what has a time first, the earliest before the others."""
    begin = stay[0].earliest.isoformat() if stay else ""
    return not begin, begin, source.handle


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
