"""Reconciling on demand: oversight or an administrator starts it; only oversight is shown what differs.

Oversight gives a justification, which stands in the log before anything is compared; an administrator gets
numbers and codes alone. The run logs itself at both nodes (`gateway.reconciling`).
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from audit.line import Line
from audit.reconcile import Discrepancy
from gateway.comparing import Period
from gateway.errors import NotAllowed, VariablesRejected
from gateway.facts import moment
from gateway.node import Node
from gateway.oversight.look import Shown, look
from gateway.reconciling import Run, reconcile_with
from gateway.visit import Visit
from policy.terms import Role

DAY = 86_400
MOST_DAYS = 31
MOST_SHOWN = 500


async def reconcile(visit: Visit, partner: str, days: int | None, justification: str | None) -> Shown:
    """Compare with a partner (or with the own node) and return what was found, the gravest first.

    `days` back from some minutes ago, at most 31; without it from the end of the last success on.
    """
    node, seen = visit.node, Role.OVERSIGHT in visit.session.actor.roles
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise VariablesRejected(f"days: {days}, 1 to {MOST_DAYS} are compared at once")
    node.post.directory.node(partner)
    if seen:
        await look(visit, "reconcile", justification or "", {"partner": partner, "days": days})
    else:
        visit.require(Role.ADMINISTRATOR)
    return _run_shown(await reconcile_with(node, partner, _period(node, days)), seen=seen)


async def reconciliations(visit: Visit) -> list[Shown]:
    """How far reconciliation has come with each partner; role oversight or administrator."""
    if not visit.session.actor.roles & {Role.OVERSIGHT, Role.ADMINISTRATOR}:
        raise NotAllowed("role OVERSIGHT or ADMINISTRATOR: is not held by the person who is signed in")
    states = await asyncio.to_thread(visit.node.oversight.progress.all)
    return [
        {
            "partner": each.node,
            "until": moment(each.until) if each.until else None,
            "triedAt": moment(each.tried_at),
            "outcome": each.outcome,
            "findings": each.findings,
        }
        for _, each in sorted(states.items())
    ]


def _period(node: Node, days: int | None) -> Period | None:
    if days is None:
        return None
    until = node.now() - node.settings.reconcile.margin_seconds
    return Period(until - days * DAY, until)


def _run_shown(run: Run, *, seen: bool) -> Shown:
    found = sorted(run.found, key=lambda each: -each.severity.rank)
    return {
        "partner": run.partner,
        "since": moment(run.period.since),
        "until": moment(run.period.until),
        "outcome": run.outcome,
        "hoursCompared": run.hours,
        "findings": run.findings,
        "severity": run.severity.value,
        "discrepancies": [_shown(each) for each in found[:MOST_SHOWN]] if seen else [],
    }


def _shown(each: Discrepancy) -> Mapping[str, Any]:
    return {
        "code": each.code.value,
        "severity": each.severity.value,
        "asker": each.asker,
        "answerer": each.answerer,
        "request": each.request,
        "text": each.text,
        "asked": _line(each.asked),
        "answered": _line(each.answered),
    }


def _line(line: Line | None) -> Mapping[str, Any] | None:
    if line is None:
        return None
    return {
        "index": line.index,
        "queryId": line.query_id,
        "requestedAt": line.requested_at,
        "openedAt": line.opened_at,
        "closedAt": line.closed_at or None,
        "status": line.status or None,
        "askedLeaf": line.asked_leaf or None,
        "outcomeLeaf": line.outcome_leaf or None,
    }
