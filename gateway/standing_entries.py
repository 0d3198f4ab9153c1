"""The log entries of standing questions, on either side: codes, digests and references only."""

from collections.abc import Mapping

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.facts import moment, retain_until
from gateway.node import Node
from sharing.standing import Standing


def entry(node: Node, action: str, question: Standing, facts: Mapping[str, JSON]) -> Entry:
    """A step of a standing question; `period_to` is when it must be justified anew, `serial` its round."""
    subject = question.mandate.actor.subject
    told: dict[str, JSON] = {
        "action": action,
        "standing_query": question.id,
        "serial": question.round,
        "partner": question.owner,
        "asker": subject if question.owner != node.id else node.post.keys.pseudonym(node.id, subject),
        "target": question.target,
        "mandate": question.mandate.digest,
        "period_from": moment(question.since),
        "period_to": moment(question.asked_until),
        "expires_at": moment(question.expires_at),
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    return Entry(Kind.ADMINISTRATION, node.id, told | dict(facts), subject=question.mandate.digest)
