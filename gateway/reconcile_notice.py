"""The notice `RECONCILE`: what it says, and what a node answers to a partner that sends it.

Two steps. `HOURS`: a digest over all hour digests of a period; the reply is the same, or the hour digests of
the one that is asked. `PAGE`: the sender's lines of a part of one hour, all of those whose request digest is
in a span; the reply is the other side's lines of that span, or of its beginning when they are too many. Both
compare the same lines. A node speaks only of exchanges in which the sender is the other party.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from audit.canonical import JSON, encode
from audit.errors import AuditError
from audit.line import Line, Side
from audit.reconcile import digests
from gateway.comparing import HOUR, Period, Span, compared, keep, lines_with
from gateway.errors import GatewayError
from gateway.node import Node
from gateway.notices import Handled
from sharing import reading
from sharing.codes import DIGEST
from sharing.errors import FieldRefused
from sharing.notice import Notice

RECONCILE = "RECONCILE"
DAY = 86_400
LONGEST = 31 * DAY
SETTLED = 60
"""Seconds after which an exchange may be asked about; whoever starts leaves out minutes."""

MOST_SENT = 64
MOST_REPLIED = 1000
_LEAST = 1_500_000_000
_HOURS = frozenset({"step", "since", "until", "digest"})
_PAGE = frozenset({"step", "since", "until", "after", "upto", "lines"})


class PeriodRefused(GatewayError):
    """A period that is too long, of exchanges that are still under way, or no period."""

    code = "PERIOD_REFUSED"


@dataclass(frozen=True, slots=True)
class Page:
    """All of one side's lines of a period and a span."""

    period: Period
    span: Span
    lines: Sequence[Line]

    @property
    def body(self) -> dict[str, JSON]:
        """The page as a notice says it; the side is the sender's."""
        return {
            "step": "PAGE",
            "since": self.period.since,
            "until": self.period.until,
            "after": self.span.after,
            "upto": self.span.upto,
            "lines": written(self.lines),
        }


def hours_body(period: Period, lines: Sequence[Line]) -> dict[str, JSON]:
    """The first step's notice."""
    return {"step": "HOURS", "since": period.since, "until": period.until, "digest": whole(lines)}


def whole(lines: Sequence[Line]) -> str:
    """One digest over all hour digests."""
    told = [[*bucket, value] for bucket, value in digests(lines).items()]
    return f"sha256:{sha256(encode(told)).hexdigest()}"


def written(lines: Sequence[Line]) -> list[JSON]:
    """Lines for the other side, each with the side of the one whose log tells it."""
    return [[line.side.value, *line.record()] for line in lines]


def read_lines(value: reading.Object, name: str, most: int, nodes: tuple[str, str]) -> list[Line]:
    """Lines of the log of the first of `nodes`, which that node sent to the second one."""
    return [_line(each, nodes) for each in reading.items(value, name, most)]


def _line(value: object, nodes: tuple[str, str]) -> Line:
    if not isinstance(value, list) or not value or value[0] not in list(Side):
        raise FieldRefused(f"line of {nodes[0]}: names no side")
    side = Side(value[0])
    asker, answerer = nodes if side is Side.ASKER else nodes[::-1]
    try:
        return Line.read(asker, answerer, side, value[1:])
    except AuditError as error:
        raise FieldRefused(str(error)) from error


async def on_reconcile(node: Node, notice: Notice) -> Handled:
    """The answer to a partner that wants to compare; a period that was compared is logged as such."""
    step = notice.body.get("step")
    if notice.sender == node.id:
        raise FieldRefused(f"notice of {node.id} to itself: it compares without asking")
    if step == "HOURS":
        return await _hours(node, notice)
    if step == "PAGE":
        return await _page(node, notice)
    raise FieldRefused("step is neither HOURS nor PAGE")


async def _hours(node: Node, notice: Notice) -> Handled:
    body = reading.exact(dict(notice.body), _HOURS)
    period = _period(body, node.now(), LONGEST)
    theirs = reading.matching(body, "digest", DIGEST)
    mine = await lines_with(node, notice.sender, period)
    if theirs == whole(mine):
        facts = period.facts | {"findings": 0}
        return Handled({"digest": theirs, "hours": []}, action="RECONCILED", facts=facts)
    hours: list[JSON] = [
        [asker, answerer, hour, value] for (asker, answerer, hour), value in digests(mine).items()
    ]
    return Handled({"digest": whole(mine), "hours": hours}, facts=period.facts)


async def _page(node: Node, notice: Notice) -> Handled:
    body = reading.exact(dict(notice.body), _PAGE)
    period = _period(body, node.now(), HOUR)
    span = read_span(body)
    theirs = read_lines(body, "lines", MOST_SENT, (notice.sender, node.id))
    if span.of(theirs) != sorted(theirs, key=lambda line: (line.request, line)):
        raise FieldRefused(f"page of {notice.sender}: a line is not of its span")
    if not all(map(period.holds, theirs)):
        raise FieldRefused(f"page of {notice.sender}: a line is not of its period")
    mine, told = span.cut(await lines_with(node, notice.sender, period), MOST_REPLIED)
    found = await compared(node, notice.sender, mine, told.of(theirs))
    number, severity = await keep(node, notice.sender, found)
    facts: Mapping[str, JSON] = period.facts | {"findings": number, "severity": severity.value}
    return Handled({"upto": told.upto, "lines": written(mine)}, action="RECONCILED", facts=facts)


def read_span(body: reading.Object) -> Span:
    """The span of a page; each end is a digest or empty."""
    ends = [
        reading.text(body, name, 0) if body[name] == "" else reading.matching(body, name, DIGEST)
        for name in ("after", "upto")
    ]
    return Span(*ends)


def _period(body: reading.Object, now: int, longest: int) -> Period:
    since, until = reading.whole(body, "since", _LEAST), reading.whole(body, "until", _LEAST)
    if not since < until <= now - SETTLED or until - since > longest:
        raise PeriodRefused(f"period from {since} to {until}: at most {longest} s that ended before {now}")
    return Period(since, until)
