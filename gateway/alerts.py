"""The use case of alerts: a person lists those that are for them, has seen one, rejects one for a reason.

An analyst has alerts of their own; those without a person are for the liaison officers. A rejection is logged
before it is kept, and the same evidence is not told to that person in that case again.
"""

import asyncio
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.fields import CODE
from gateway.errors import NotAllowed, VariablesRejected
from gateway.facts import moment, retain_until
from gateway.node import Node
from gateway.visit import Visit
from policy.terms import Role
from sharing.alert_words import belief, disproofs, sentence
from sharing.alerts import Alert, AlertState
from sharing.wording import Language

Shown = Mapping[str, Any]


async def mine(visit: Visit, state: AlertState | None, language: Language) -> list[Shown]:
    """The caller's alerts, newest first; a liaison officer's are those of the node."""
    found: list[Alert] = []
    for subject in _subjects(visit):
        found += await asyncio.to_thread(visit.node.watching.alerts.of, subject, state)
    found.sort(key=lambda each: (-each.at, each.id))
    return [shown(visit.node, each, language) for each in found]


async def see(visit: Visit, alert_id: str, language: Language) -> Shown:
    """An alert of the caller, which is no longer new."""
    node = visit.node
    alert = await _own(visit, alert_id)
    if alert.state is AlertState.NEW:
        alert = alert.seen(_pseudonym(visit), node.now())
        await asyncio.to_thread(node.watching.alerts.put, alert)
    return shown(node, alert, language)


async def reject(visit: Visit, alert_id: str, reason: str, language: Language) -> Shown:
    """Reject an alert of the caller for good, for a reason (a code): 1 checked, 2 logged, 3 kept."""
    node = visit.node
    if not CODE(reason):
        raise VariablesRejected(f"reason {reason[:40]!r}: is no code, such as OTHER_PERSON")
    rejected = (await _own(visit, alert_id)).rejected(_pseudonym(visit), node.now(), reason)  # 1
    await node.log.append(_entry(node, rejected))  # 2
    await asyncio.to_thread(node.watching.alerts.put, rejected)  # 3
    return shown(node, rejected, language)


def shown(node: Node, alert: Alert, language: Language) -> Shown:
    """An alert as the desk's schema tells it."""
    return {
        "id": alert.id,
        "kind": alert.kind.value,
        "sentence": sentence(alert, language, ZoneInfo(node.settings.log.time_zone)),
        "code": alert.code,
        "statements": [
            {
                "owner": each.owner,
                "tier": each.tier,
                "handle": each.handle or None,
                "handling": list(each.handling),
                "source": each.source,
            }
            for each in alert.statements
        ],
        "disproof": disproofs(alert, language),
        "score": alert.score,
        "calibrated": alert.calibrated,
        "belief": belief(alert, language),
        "at": moment(alert.at),
        "state": alert.state.value,
        "changedBy": alert.by or None,
        "changedAt": None if alert.changed_at is None else moment(alert.changed_at),
        "reason": alert.reason or None,
    }


async def _own(visit: Visit, alert_id: str) -> Alert:
    alert = await asyncio.to_thread(visit.node.watching.alerts.get, alert_id)
    if alert.subject not in _subjects(visit):
        raise NotAllowed(f"alert {alert_id[:80]}: is another person's")
    return alert


def _subjects(visit: Visit) -> list[str]:
    """Whose alerts the caller sees; `NotAllowed` for who is neither analyst nor liaison officer."""
    actor = visit.session.actor
    subjects = [actor.subject] if Role.ANALYST in actor.roles else []
    subjects += [""] if Role.LIAISON in actor.roles else []
    if not subjects:
        raise NotAllowed(f"alerts: need role {Role.ANALYST.value} or {Role.LIAISON.value}")
    return subjects


def _pseudonym(visit: Visit) -> str:
    return visit.node.post.keys.pseudonym(visit.node.id, visit.session.actor.subject)


def _entry(node: Node, alert: Alert) -> Entry:
    facts: dict[str, JSON] = {
        "action": "ALERT_REJECTED",
        "asker": alert.by,
        "request_id": alert.id,
        "reasons": [alert.reason],
        "target": alert.evidence,
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    return Entry(Kind.ADMINISTRATION, node.id, facts)
