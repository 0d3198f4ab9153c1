"""Anomaly lists: what each rule raises in a period, with its meaning and its base rate; kept as findings."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from audit.entry import Kind
from audit.findings import Finding
from audit.index import LeafIndex, Search, every
from audit.questions import KINDS, questions
from audit.seen import Seen, Thresholds
from audit.severity import Severity
from audit.signals import RULES, Raised, raised
from gateway.errors import VariablesRejected
from gateway.node import Node
from gateway.oversight.look import Period, Shown, indexed, look, moment_of
from gateway.visit import Visit

LONGEST = timedelta(days=366)
USUAL = timedelta(days=7)
_ASKED = (Kind.ASKED, Kind.QUESTION_RECEIVED)


async def anomalies(
    visit: Visit, justification: str, since: str | None, until: str | None, rule: str = ""
) -> list[Shown]:
    """What each rule (or the one named) raises in the period, the last seven days unless told otherwise.

    The look is logged first. What is more than ordinary is also kept in the book of findings, once.
    """
    node = visit.node
    if rule and rule not in RULES:
        raise VariablesRejected(f"rule {rule[:40]!r}: is none of {', '.join(RULES)}")
    period = _period(node, since, until)
    await look(visit, "list_anomalies", justification, {"rule": rule}, Period(*period))
    index = await indexed(node)
    found = await asyncio.to_thread(_raised, node, index, period, rule)
    return [_shown(each) for each in found]


def _period(node: Node, since: str | None, until: str | None) -> tuple[datetime, datetime]:
    end = moment_of(until, "until") or datetime.fromtimestamp(node.clock(), UTC)
    start = moment_of(since, "since") or end - USUAL
    if not timedelta() < end - start <= LONGEST:
        raise VariablesRejected(f"period: from {start} to {end}; it has an order, and at most a year")
    return start, end


def _raised(node: Node, index: LeafIndex, period: tuple[datetime, datetime], rule: str) -> Sequence[Raised]:
    found = raised(seen_of(node, index, *period), rule)
    noted = [one for each in found for one in each.found.findings if one.severity is not Severity.INFO]
    node.oversight.findings.add(noted)
    return found


def seen_of(node: Node, index: LeafIndex, since: datetime, until: datetime) -> Seen:
    """What the rules look at; questions from a day before the period on, counts from the log's beginning."""
    thresholds = Thresholds()
    rows = every(index, Search(since=since - thresholds.within, until=until, kinds=KINDS))
    tally = index.tally(Search(until=until, kinds=_ASKED), ("asker", "day", "partner"))
    counts: Counter[tuple[str, str]] = Counter()
    for (asker, day, partner), number in tally.items():
        if partner != node.id:  # the own node's answer to its own people is no second question
            counts[asker, day] += number
    zone = ZoneInfo(node.settings.log.time_zone)
    return Seen(since, until, questions(rows), counts, zone, thresholds)


def _shown(each: Raised) -> Shown:
    return {
        "rule": each.rule.id,
        "meaning": each.rule.meaning,
        "limits": each.rule.limits,
        "part": each.found.part,
        "whole": each.found.whole,
        "of": each.rule.of,
        "findings": [finding_shown(one) for one in each.found.findings],
    }


def finding_shown(finding: Finding) -> Shown:
    """A finding as the desk's schema tells it."""
    refs, change = finding.refs, finding.change
    return {
        "id": finding.id,
        "number": finding.number,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "at": finding.at,
        "text": finding.text,
        "indexes": list(refs.indexes),
        "request": refs.request or None,
        "queryId": refs.query_id or None,
        "asker": refs.asker or None,
        "partner": refs.partner or None,
        "state": finding.state.value,
        "reason": change.reason if change else None,
        "changedBy": change.by if change else None,
        "changedAt": change.at if change else None,
    }
