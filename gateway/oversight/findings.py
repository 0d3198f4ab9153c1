"""The findings of the node: oversight lists them, takes them up, confirms or dismisses them."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from audit.canonical import JSON
from audit.entry import Entry, Kind, timestamp
from audit.errors import FindingRefused
from audit.fields import CODE
from audit.findings import Change, Finding, FindingBook, State, Wanted
from audit.severity import Severity
from gateway.emergencies import FIRST
from gateway.errors import VariablesRejected
from gateway.facts import retain_until
from gateway.oversight.anomalies import finding_shown
from gateway.oversight.look import Shown, decided, look, sealed_reason
from gateway.visit import Visit


async def findings(visit: Visit, justification: str, wanted: Mapping[str, Any]) -> list[Shown]:
    """The findings that are wanted, newest first; the look is logged first."""
    query = _wanted(wanted)
    await look(visit, "list_findings", justification, dict(wanted))
    found = await asyncio.to_thread(_urgent_first, visit.node.oversight.findings, query)
    return [finding_shown(each) for each in found]


def _urgent_first(book: FindingBook, query: Wanted) -> list[Finding]:
    """A page; the first one begins with the open findings on threats to life, however old they are."""
    page = book.list(query)
    if query.before or query.rule or query.state not in {None, State.OPEN}:
        return list(page)
    urgent = [each for rule in FIRST for each in book.list(replace(query, rule=rule, state=State.OPEN))]
    return [*urgent, *(each for each in page if each not in urgent)]


def _wanted(wanted: Mapping[str, Any]) -> Wanted:
    told = {name: value for name, value in wanted.items() if value is not None}
    try:
        state = State(told.pop("state")) if "state" in told else None
        least = Severity(told.pop("least", Severity.INFO))
        return Wanted(state, least=least, **told)
    except (FindingRefused, ValueError, TypeError) as error:
        raise VariablesRejected(f"findings: {error}") from error


async def set_state(visit: Visit, finding_id: str, state: State, reason: str, justification: str) -> Shown:
    """Take a finding to another state, for a reason that is a code; role oversight.

    1. Decided. 2. A step that there is. 3. Logged: finding, severity, new state, who and why. 4. Done; who
    changed it meanwhile wins, and the entry stands as the attempt that it was.
    """
    node = visit.node
    if not CODE(reason):
        raise VariablesRejected(f"reason {reason[:40]!r}: a code such as FALSE_ALARM is needed")
    why = await decided(visit, "change_finding", justification)  # 1
    book = node.oversight.findings
    finding = await asyncio.to_thread(book.get, finding_id)
    at = timestamp(datetime.fromtimestamp(node.clock(), UTC))
    change = Change(state, reason, why.pseudonym, at)
    changed = finding.changed(change)  # 2
    facts: dict[str, JSON] = {
        "action": "FINDING_STATE",
        "finding": finding.id,
        "severity": finding.severity.value,
        "status": changed.state.value,
        "reasons": [reason],
        "justification": why.said,
        "approver": why.pseudonym,
        "unit": why.actor.unit,
        "decision": why.decision,
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    await node.log.append(Entry(Kind.ADMINISTRATION, node.id, facts, sealed=sealed_reason(why)))  # 3
    return finding_shown(await asyncio.to_thread(book.set_state, finding, change))  # 4
