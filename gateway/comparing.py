"""The node's own side of a reconciliation: its lines, what a comparison found, and the log entry of it."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from audit.between import lines_between, lines_of
from audit.canonical import JSON
from audit.findings import Finding, Refs
from audit.line import Line, instant
from audit.reconcile import Discrepancy, reconcile, worst
from audit.severity import Severity
from gateway.facts import moment
from gateway.node import Node
from gateway.oversight.look import indexed

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Period:
    """`[since, until)` in Unix seconds, by the time of the request."""

    since: int
    until: int

    def holds(self, line: Line) -> bool:
        """Whether the line's request was made in it."""
        return self.since <= instant(line.requested_at).timestamp() < self.until

    def hours(self, wanted: Iterable[str]) -> list["Period"]:
        """The parts of it that are in those hours (`2026-01-31T23`), in order."""
        starts = (int(instant(f"{hour}:00:00+00:00").timestamp()) for hour in sorted(set(wanted)))
        parts = (Period(max(self.since, at), min(self.until, at + HOUR)) for at in starts)
        return [part for part in parts if part.since < part.until]

    @property
    def facts(self) -> dict[str, JSON]:
        """What a log entry says of it."""
        return {"period_from": moment(self.since), "period_to": moment(self.until)}


@dataclass(frozen=True, slots=True)
class Span:
    """The requests (by digest) after `after` up to and including `upto`; an empty end is open."""

    after: str = ""
    upto: str = ""

    def of(self, lines: Iterable[Line]) -> list[Line]:
        """Those of the lines that are in it, by request."""
        inside = (line for line in lines if line.request > self.after)
        return sorted(
            (line for line in inside if not self.upto or line.request <= self.upto),
            key=lambda line: (line.request, line),
        )

    def cut(self, lines: Iterable[Line], most: int) -> tuple[list[Line], "Span"]:
        """At most so many of its lines, and the part of it that they are all of."""
        inside = self.of(lines)
        if len(inside) <= most:
            return inside, self
        upto = inside[most - 1].request
        if upto == inside[most].request and upto != inside[0].request:
            upto = max(line.request for line in inside[:most] if line.request < upto)
        return [line for line in inside[:most] if line.request <= upto], Span(self.after, upto)


async def lines_with(node: Node, other: str, period: Period) -> list[Line]:
    """The node's own lines of its exchanges with `other` in a period; the log is not read as a whole."""
    index, nodes = await indexed(node), (node.id, other)
    since, until = (datetime.fromtimestamp(at, UTC) for at in (period.since, period.until))
    return await asyncio.to_thread(lines_between, index, node.log.reader, nodes, since, until)


async def compared(node: Node, other: str, mine: Sequence[Line], theirs: Sequence[Line]) -> list[Discrepancy]:
    """How the two sides differ; what the other one lists and is not in `mine` is looked for everywhere."""
    unknown = {line.request for line in theirs} - {line.request for line in mine}
    elsewhere = await asyncio.to_thread(
        lines_of, node.oversight.index, node.log.reader, (node.id, other), unknown
    )
    return reconcile([*mine, *elsewhere], theirs, (node.id, other))


async def keep(node: Node, other: str, found: Sequence[Discrepancy]) -> tuple[int, Severity]:
    """Keep what is above INFO as findings; how many there were and the gravest severity.

    One partner causes a limited number a day: beyond it the gravest are kept, and one finding says so.
    """
    above = [each for each in found if each.severity is not Severity.INFO]
    above.sort(key=lambda each: -each.severity.rank)
    room = node.paces.findings.take(other, node.clock, len(above))
    findings = [_finding(node, other, each) for each in above[:room]]
    if room < len(above):
        findings.append(trouble(node, other, "TOO_MANY_FINDINGS", Severity.HIGH))
    if findings:
        await asyncio.to_thread(node.oversight.findings.add, findings)
    return len(above), worst(above)


def _finding(node: Node, other: str, each: Discrepancy) -> Finding:
    own = [line for line in (each.asked, each.answered) if line is not None and _is_own(node, other, line)]
    known = own or [line for line in (each.asked, each.answered) if line is not None]
    refs = Refs(
        indexes=tuple(line.index for line in own),
        request=each.request,
        query_id=known[0].query_id,
        partner=other,
    )
    about = f"{each.asker} {each.answerer} {each.request}"
    at = instant(known[0].requested_at)
    return Finding.of(each.code.value, each.severity, at, about, each.text, refs)


def _is_own(node: Node, other: str, line: Line) -> bool:
    """Whether the line is of this node's log; between a node and itself both are."""
    return other == node.id or (line.asker == node.id) == (line.side == "ASKER")


def trouble(node: Node, other: str, rule: str, severity: Severity) -> Finding:
    """What went wrong with a partner, once for each partner and day."""
    today = datetime.fromtimestamp(node.now(), UTC)
    about = f"{other} {today.date().isoformat()}"
    text = f"reconciliation with {other}: {rule} on {today.date().isoformat()}"
    return Finding.of(rule, severity, today, about, text, Refs(partner=other))
