"""How the nodes that were asked answered in an exploration, with the names that the desk publishes."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.exploring import Exploration, Stop
from policy.terms import Status
from sharing.answer_words import of_answers
from sharing.wording import Language

_HEARD = frozenset({Status.ANSWERED, Status.NO_HIT})


def heard_shown(exploration: Exploration, language: Language, stop: Stop | None = None) -> Mapping[str, Any]:
    """How complete it is: every node with its answer, what was too common, and why no more was asked."""
    ended = stop or exploration.stop or Stop.DONE
    left = exploration.common or exploration.shared or ended in (Stop.QUESTIONS, Stop.VERTICES)
    return {
        "complete": all_answered(exploration) and not left,
        "completeness": completeness(exploration, language),
        "stopped": ended.value,
        "questions": exploration.questions,
        "nodes": nodes_shown(exploration),
    }


def all_answered(exploration: Exploration) -> bool:
    """Whether no node refused, was silent or could not be reached."""
    return all(each.status in _HEARD for each in exploration.heard.values())


def completeness(exploration: Exploration, language: Language) -> str:
    """How many of how many nodes answered, in words."""
    heard = exploration.heard.values()
    return of_answers(sum(each.status in _HEARD for each in heard), len(heard), language)


def nodes_shown(exploration: Exploration) -> Sequence[Mapping[str, Any]]:
    """Each node that was asked, by name, with its worst answer and the number of questions."""
    return [
        {
            "node": each.node,
            "status": each.status.value,
            "reasons": list(each.reasons),
            "questions": each.questions,
        }
        for _, each in sorted(exploration.heard.items())
    ]
