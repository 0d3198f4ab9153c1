"""What the last check of the own log found, kept for all processes of the node: exports rest on it.

A check that does not hold, or breaks off, becomes a finding; one that holds afterwards becomes another. In
between nothing is exported: what leaves as evidence could not be proved by the log. Oversight, which decides
on findings, can dismiss the first one (the log was read wrongly); that is logged like every such decision.
"""

from datetime import UTC, datetime

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.findings import Finding, FindingBook, Refs, State, Wanted
from audit.severity import Severity
from gateway.errors import LogCheckFailed
from gateway.facts import of_mandate, retain_until
from gateway.node import Node
from gateway.verification import Progress, Stage
from policy.mandate import Mandate

FAILED, AGAIN = "LOG_DOES_NOT_HOLD", "LOG_HOLDS_AGAIN"
"""The rules of the two findings."""

_FAILURES = frozenset({Stage.DOES_NOT_HOLD, Stage.FAILED})


def keep(findings: FindingBook, progress: Progress) -> None:
    """Keep how a check ended; one that was stopped says nothing, and one that holds only after a failure."""
    failed = progress.stage in _FAILURES
    if not failed and (progress.stage is not Stage.HOLDS or not fails(findings)):
        return
    at = datetime.fromtimestamp(progress.ended_at, UTC)
    broken = progress.report.broken if progress.report else ()
    text = f"check of {progress.total} entries: {progress.stage}, {len(broken)} of them broken"
    rule, severity = (FAILED, Severity.CRITICAL) if failed else (AGAIN, Severity.INFO)
    about = f"{progress.started_at:.6f} {progress.ended_at:.6f}"
    findings.add([Finding.of(rule, severity, at, about, text, Refs(indexes=tuple(broken)))])


def fails(findings: FindingBook) -> bool:
    """Whether the last check failed, no later one held, and oversight has not dismissed it."""
    failed = _newest(findings, FAILED)
    if failed is None or failed.state is State.DISMISSED:
        return False
    again = _newest(findings, AGAIN)
    return again is None or again.number < failed.number


async def check_exports(node: Node, mandate: Mandate) -> None:
    """Raise `LogCheckFailed`, logged, while the last check of the own log has failed."""
    if not fails(node.oversight.findings):
        return
    facts: dict[str, JSON] = of_mandate(node, mandate) | {
        "action": "EXPORT_REFUSED",
        "asker": node.post.keys.pseudonym(node.id, mandate.actor.subject),
        "reasons": [LogCheckFailed.code],
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    await node.log.append(Entry(Kind.ADMINISTRATION, node.id, facts, subject=mandate.digest))
    raise LogCheckFailed(f"log of {node.id}: its last check failed; nothing is exported until one holds")


def _newest(findings: FindingBook, rule: str) -> Finding | None:
    return next(iter(findings.list(Wanted(rule=rule, first=1))), None)
