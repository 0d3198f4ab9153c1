"""Comparing the own log with another node's over their shared exchanges; see `gateway.reconcile_notice`.

1 take the period, 2 read the own lines, 3 ask whether the other side has the same, 4 for each hour that
differs exchange the lines, page by page, and compare, 5 keep the findings, 6 log that it was done, 7 remember
how far. With itself a node compares without asking. A partner that is away, silent or wrong ends the run with
a code; what was found until then is kept.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.errors import FormatRefused
from audit.line import Line, instant
from audit.progress import Progress
from audit.reconcile import Bucket, Discrepancy, digests, worst
from audit.severity import Severity
from gateway.comparing import HOUR, Period, Span, compared, keep, lines_with, trouble
from gateway.errors import GatewayError
from gateway.node import Node
from gateway.notices import send
from gateway.reconcile_notice import (
    LONGEST,
    MOST_REPLIED,
    MOST_SENT,
    RECONCILE,
    Page,
    hours_body,
    read_lines,
    read_span,
    whole,
)
from sharing import reading
from sharing.codes import DIGEST
from sharing.errors import FieldRefused
from sharing.notice import DONE, Unanswered

MOST_PAGES = 2000
OVERDUE = 3 * 86_400
AWAY = frozenset({"UNREACHABLE", "TIMED_OUT"})
_MOST_HOURS = 2 * (LONGEST // HOUR + 1)
_HOUR = re.compile(r"\d{4}-\d\d-\d\dT\d\d", re.ASCII)


class ReconcileBusy(GatewayError):
    """A reconciliation with that partner is under way."""

    code = "RECONCILE_BUSY"


class PartnerFailed(GatewayError):
    """The partner did not do its part; `code` of this error is what it said, or what was wrong."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(slots=True)
class Run:
    """One reconciliation: with whom, of which period, what it found, and how it ended."""

    partner: str
    period: Period
    found: list[Discrepancy] = field(default_factory=list)
    hours: int = 0
    pages: int = 0
    findings: int = 0
    outcome: str = DONE

    @property
    def severity(self) -> Severity:
        """The gravest severity."""
        return worst(self.found)


def next_period(node: Node, partner: str) -> Period:
    """From the end of the last success, or 31 days back, to some minutes ago; at most 31 days."""
    until = node.now() - node.settings.reconcile.margin_seconds
    state = node.oversight.progress.all().get(partner)
    since = min(state.until if state and state.until else until - LONGEST, until - 1)
    return Period(since, min(until, since + LONGEST))


async def reconcile_with(node: Node, partner: str, period: Period | None = None) -> Run:
    """Compare and return what was found; `ReconcileBusy` while another run with the partner goes on."""
    node.post.directory.node(partner)
    with _alone(node, partner):
        if period is None:  # 1
            period = await asyncio.to_thread(next_period, node, partner)
        run = Run(partner, period)
        try:
            await _compare(node, run)
        except (PartnerFailed, FieldRefused) as error:
            run.outcome = error.code if isinstance(error, PartnerFailed) else "INVALID_ANSWER"
        run.findings, _ = await keep(node, partner, run.found)  # 5
        await node.log.append(_entry(node, run))  # 6
        await asyncio.to_thread(_remember, node, run)  # 7
        return run


@contextmanager
def _alone(node: Node, partner: str) -> Iterator[None]:
    if partner in node.paces.running:
        raise ReconcileBusy(f"reconciliation of {node.id} with {partner}: is under way")
    node.paces.running.add(partner)
    try:
        yield
    finally:
        node.paces.running.discard(partner)


async def _compare(node: Node, run: Run) -> None:
    mine = await lines_with(node, run.partner, run.period)  # 2
    if run.partner == node.id:
        run.found += await compared(node, node.id, mine, mine)
        return
    body = await _asked(node, run, hours_body(run.period, mine))  # 3
    for part in run.period.hours(_differing(mine, body, (node.id, run.partner))):  # 4
        run.hours += 1
        await _part(node, run, part, list(filter(part.holds, mine)))


async def _part(node: Node, run: Run, part: Period, mine: Sequence[Line]) -> None:
    """One hour, span by span, until both sides have compared all of it."""
    span = Span()
    while True:
        run.pages += 1
        if run.pages > MOST_PAGES:
            raise PartnerFailed("TOO_MANY_PAGES", f"{run.partner}: over {MOST_PAGES} pages differ")
        sent, wanted = span.cut(mine, MOST_SENT)
        body = await _asked(node, run, Page(part, wanted, sent).body)
        told, theirs = _replied(body, part, wanted, (run.partner, node.id))
        run.found += await compared(node, run.partner, told.of(mine), theirs)
        if not told.upto:
            return
        span = Span(told.upto)


async def _asked(node: Node, run: Run, body: Mapping[str, JSON]) -> reading.Object:
    """The body of the partner's reply; `PartnerFailed` when there is none."""
    reply = await send(node, run.partner, RECONCILE, body)
    if isinstance(reply, Unanswered):
        raise PartnerFailed(reply.code, reply.detail)
    if reply.status != DONE:
        raise PartnerFailed(reply.status, f"{run.partner}: says {reply.status}")
    return dict(reply.body)


def _differing(mine: Sequence[Line], body: reading.Object, nodes: tuple[str, str]) -> set[str]:
    """The hours whose digests differ; `FieldRefused` for a reply that is none."""
    body = reading.exact(body, frozenset({"digest", "hours"}))
    if reading.matching(body, "digest", DIGEST) == whole(mine):
        return set()
    theirs = dict(_bucket(each, nodes) for each in reading.items(body, "hours", _MOST_HOURS))
    ours = digests(mine)
    differ = {bucket for bucket in ours.keys() | theirs.keys() if ours.get(bucket) != theirs.get(bucket)}
    if not differ:
        raise FieldRefused("hours are the same, the digest over them is not")
    return {hour for _, _, hour in differ}


def _bucket(value: object, nodes: tuple[str, str]) -> tuple[Bucket, str]:
    """Asker, answerer, hour and digest, as a reply lists them."""
    if not isinstance(value, list) or [type(each) for each in value] != [str] * 4:
        raise FieldRefused("an hour is not asker, answerer, hour and digest")
    asker, answerer, hour, told = value
    if (asker, answerer) not in {nodes, nodes[::-1]}:
        raise FieldRefused(f"an hour of {asker[:80]!r} and {answerer[:80]!r}, not of {nodes}")
    if not _HOUR.fullmatch(hour) or not DIGEST.fullmatch(told):
        raise FieldRefused("an hour is not in its form")
    _exists(hour)
    return (asker, answerer, hour), told


def _exists(hour: str) -> None:
    try:
        instant(f"{hour}:00:00+00:00")
    except FormatRefused as error:
        raise FieldRefused(f"hour {hour}: there is none") from error


def _replied(
    body: reading.Object, part: Period, wanted: Span, nodes: tuple[str, str]
) -> tuple[Span, list[Line]]:
    """The span that the reply is about, and the other side's lines of it."""
    body = reading.exact(body, frozenset({"upto", "lines"}))
    told = read_span({"after": wanted.after, "upto": body["upto"]})
    shorter = wanted.after < told.upto and (not wanted.upto or told.upto < wanted.upto)
    if told != wanted and not shorter:
        raise FieldRefused(f"reply of {nodes[0]}: goes beyond what was asked, or not on")
    theirs = read_lines(body, "lines", MOST_REPLIED, nodes)
    if len(told.of(theirs)) != len(theirs) or not all(map(part.holds, theirs)):
        raise FieldRefused(f"reply of {nodes[0]}: a line is not of what was asked")
    return told, theirs


def _entry(node: Node, run: Run) -> Entry:
    facts: dict[str, JSON] = run.period.facts | {
        "action": "RECONCILED" if run.outcome == DONE else "RECONCILE_FAILED",
        "partner": run.partner,
        "status": run.outcome,
        "findings": run.findings,
        "severity": run.severity.value,
    }
    return Entry(Kind.ADMINISTRATION, node.id, facts)


def _remember(node: Node, run: Run) -> None:
    """Move the end of what was compared, if the run began where it was; tell of a partner that fails."""
    books, now = node.oversight, node.now()
    before = books.progress.all().get(run.partner)
    until = before.until if before else 0
    if run.outcome == DONE and run.period.since <= max(until, run.period.until - LONGEST):
        until = max(until, run.period.until)
    books.progress.put(Progress(run.partner, until, now, run.outcome, run.findings))
    if run.outcome in AWAY and now - until > OVERDUE:
        books.findings.add([trouble(node, run.partner, "RECONCILIATION_OVERDUE", Severity.LOW)])
    elif run.outcome not in {DONE, *AWAY}:
        books.findings.add([trouble(node, run.partner, "RECONCILIATION_FAILED", Severity.MEDIUM)])
