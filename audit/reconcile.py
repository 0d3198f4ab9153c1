"""Do two logs tell the same story? Digests per hour to find where they differ, and what exactly differs.

Pure, standard library only: lines in (`audit.exchanges` makes them), discrepancies out; no order matters.
Every exchange has two sides, and each side's log commits to the other's leaf, so an entry that was dropped,
altered, added or written late in one log stands against what the other one holds. What both sides agreed not
to log is not seen here, nor by any other means of cryptography.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TypeAlias

from audit.canonical import encode
from audit.line import CLOSED, Line, Side, instant
from audit.severity import Severity

Bucket: TypeAlias = tuple[str, str, str]
"""Asker, answerer, and the hour of the request in UTC."""

REFUSED = frozenset({"REFUSED", "OVER_QUOTA"})
SILENT = frozenset({"TIMED_OUT", "UNREACHABLE", CLOSED})
UNUSABLE = frozenset({"INVALID_ANSWER"})


class Code(StrEnum):
    """How two logs can differ."""

    MISSING_AT_ANSWERER = "MISSING_AT_ANSWERER"
    MISSING_AT_ASKER = "MISSING_AT_ASKER"
    LEAF_ALTERED = "LEAF_ALTERED"
    NOT_COMMITTED = "NOT_COMMITTED"
    FACTS_DIFFER = "FACTS_DIFFER"
    OUTCOME_DIFFERS = "OUTCOME_DIFFERS"
    STILL_OPEN = "STILL_OPEN"
    LATE = "LATE"
    CLOCKS_DIFFER = "CLOCKS_DIFFER"
    TWICE = "TWICE"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How long after its request an entry may be made, and how far two clocks may be apart."""

    deadline: timedelta = timedelta(seconds=120)
    skew: timedelta = timedelta(seconds=30)


EXPECTED = Tolerance()
"""The longest deadline a request may have and the skew that messages may have (`sharing.opening`)."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One way in which two logs differ over one exchange; both sides' lines as far as there are any."""

    code: Code
    severity: Severity
    asker: str
    answerer: str
    request: str
    text: str
    asked: Line | None = field(default=None, repr=False)
    answered: Line | None = field(default=None, repr=False)

    @property
    def id(self) -> str:
        """The same at both nodes and at every comparison that finds it again."""
        told = f"{self.code}|{self.asker}|{self.answerer}|{self.request}"
        return f"reconcile:{sha256(told.encode()).hexdigest()[:32]}"


def digests(lines: Iterable[Line]) -> dict[Bucket, str]:
    """Return one SHA-256 per asker, answerer and hour, over the sorted shared parts of its lines.

    Two sides' digests of an hour are equal if and only if no shared part differs and no line is open, late or
    early: such a one is marked with its side, so that both sides come to compare it.
    """
    buckets: dict[Bucket, list[tuple[str, ...]]] = defaultdict(list)
    for line in lines:
        mark = () if _in_order(line, EXPECTED) else (line.side,)
        buckets[line.asker, line.answerer, line.hour].append((*line.shared, *mark))
    return {
        bucket: f"sha256:{sha256(encode([list(each) for each in sorted(shared)])).hexdigest()}"
        for bucket, shared in sorted(buckets.items())
    }


def reconcile(
    one: Iterable[Line], other: Iterable[Line], nodes: tuple[str, str], tolerance: Tolerance = EXPECTED
) -> list[Discrepancy]:
    """Compare the lines of two logs in both directions; `nodes` are whose logs `one` and `other` are.

    Lines that concern a third node are passed over. For a node's questions to itself both logs are the same.
    """
    first, second = nodes
    ours, theirs = list(one), list(other)
    found = _one_way(ours, theirs, first, second, tolerance)
    if first != second:
        found += _one_way(theirs, ours, second, first, tolerance)
    return found


def _one_way(
    asking: list[Line], answering: list[Line], asker: str, answerer: str, tolerance: Tolerance
) -> list[Discrepancy]:
    def between(lines: list[Line], side: Side) -> list[Line]:
        return [line for line in lines if (line.asker, line.answerer, line.side) == (asker, answerer, side)]

    return compare(between(asking, Side.ASKER), between(answering, Side.ANSWERER), tolerance)


def compare(
    asker_lines: Iterable[Line], answerer_lines: Iterable[Line], tolerance: Tolerance = EXPECTED
) -> list[Discrepancy]:
    """Return how the askers' lines and the answerers' lines of the same exchanges differ, in a fixed order.

    For each request: 1. each side has it once (`TWICE`). 2. Both have it (`MISSING_AT_ANSWERER`,
    `MISSING_AT_ASKER`). 3. Each leaf is the one that the other side committed to (`LEAF_ALTERED`,
    `NOT_COMMITTED`). 4. Both tell the same of the request and its outcome (`FACTS_DIFFER`,
    `OUTCOME_DIFFERS`). 5. Neither is open (`STILL_OPEN`). 6. The times fit (`LATE`, `CLOCKS_DIFFER`).
    """
    asked, answered = _by_request(asker_lines), _by_request(answerer_lines)
    found: list[Discrepancy] = []
    for key in sorted(asked.keys() | answered.keys()):
        found += _Exchange(key, asked.get(key, []), answered.get(key, []), tolerance).differences()
    return found


_Key: TypeAlias = tuple[str, str, str]


def _by_request(lines: Iterable[Line]) -> dict[_Key, list[Line]]:
    """The lines by nodes and request; the one that tells most comes first, repetitions of a line once."""
    found: dict[_Key, list[Line]] = defaultdict(list)
    for line in sorted(set(lines), key=lambda line: (not line.intent_leaf, not line.closed_at, line)):
        found[line.asker, line.answerer, line.request].append(line)
    return found


@dataclass(slots=True)
class _Exchange:
    """All lines of one request between two nodes, and what is wrong with them."""

    key: _Key
    asked: Sequence[Line]
    answered: Sequence[Line]
    tolerance: Tolerance
    found: dict[Code, Discrepancy] = field(default_factory=dict)

    def differences(self) -> list[Discrepancy]:
        """At most one discrepancy of each code, in the order of the codes."""
        if len(self.asked) > 1:  # 1
            self._say(Code.TWICE, Severity.MEDIUM, f"is logged {len(self.asked)} times at the asker")
        if len(self.answered) > 1:
            self._say(Code.TWICE, Severity.MEDIUM, f"was received {len(self.answered)} times")
        if self.asked and self.answered:  # 2
            self._pair(self.asked[0], self.answered[0])
        elif self.asked:
            self._missing_at_answerer(self.asked[0])
        else:
            text = "was received, and the log of the asker does not know it"
            self._say(Code.MISSING_AT_ASKER, Severity.CRITICAL, text)
        for line in (*self.asked[:1], *self.answered[:1]):
            self._alone(line)
        return [self.found[code] for code in Code if code in self.found]

    def _say(self, code: Code, severity: Severity, text: str) -> None:
        """Keep the gravest of each code."""
        asker, answerer, _ = self.key
        before = self.found.get(code)
        if before is None or before.severity.rank < severity.rank:
            words = f"{asker} to {answerer}: {text}"
            asked, answered = next(iter(self.asked), None), next(iter(self.answered), None)
            self.found[code] = Discrepancy(code, severity, *self.key, words, asked, answered)

    def _missing_at_answerer(self, asked: Line) -> None:
        """Grave when the asker holds a receipt or was told an outcome that only a log entry can give."""
        severity, told = Severity.HIGH, f"the asker was told {asked.status}"
        if asked.receipt or asked.outcome_leaf:
            told = f"the asker was told {asked.status} and holds a receipt"
        elif asked.status in REFUSED | UNUSABLE:
            severity = Severity.LOW
        elif asked.status in SILENT or not asked.status:
            severity, told = Severity.INFO, f"the asker got no answer ({asked.status or 'open'})"
        self._say(Code.MISSING_AT_ANSWERER, severity, f"the log of the answerer does not know it, {told}")

    def _pair(self, asked: Line, answered: Line) -> None:
        self._leaves(asked, answered)  # 3
        if (asked.query_id, asked.requested_at) != (answered.query_id, answered.requested_at):  # 4
            name = "another" if asked.query_id != answered.query_id else "the same"
            told = f"was made at {asked.requested_at}, at {answered.requested_at} to the answerer"
            self._say(Code.FACTS_DIFFER, Severity.HIGH, f"{told}, under {name} query id")
        self._outcome(asked, answered)
        self._clocks(asked, answered)  # 6

    def _leaves(self, asked: Line, answered: Line) -> None:
        sides = (
            ("asker", asked.asked_leaf, answered.asked_leaf, _commits_to_question(answered)),
            ("answerer", answered.outcome_leaf, asked.outcome_leaf, bool(asked.receipt)),
        )
        for whose, there, committed, expected in sides:
            if committed and committed != there:
                text = f"leaf of the {whose} is {there or 'gone'}, the other side committed to {committed}"
                self._say(Code.LEAF_ALTERED, Severity.CRITICAL, text)
            elif expected and not committed:
                text = f"the other side commits to no leaf of the {whose}"
                self._say(Code.NOT_COMMITTED, Severity.MEDIUM, text)

    def _outcome(self, asked: Line, answered: Line) -> None:
        if not asked.status or not answered.status or asked.status == answered.status:
            return
        severity = Severity.HIGH
        if asked.status in SILENT | UNUSABLE:
            severity = Severity.INFO if answered.status in REFUSED | SILENT else Severity.LOW
        text = f"the asker was told {asked.status}, the answerer logged {answered.status}"
        self._say(Code.OUTCOME_DIFFERS, severity, text)

    def _clocks(self, asked: Line, answered: Line) -> None:
        if asked.receipt and answered.closed_at and asked.closed_at:
            ahead = instant(answered.closed_at) - instant(asked.closed_at)
            if ahead > self.tolerance.skew:
                text = f"was answered at {answered.closed_at}, after the asker had it at {asked.closed_at}"
                self._say(Code.CLOCKS_DIFFER, Severity.LOW, text)

    def _alone(self, line: Line) -> None:
        """What one side's line shows by itself."""
        if not line.status and Code.LEAF_ALTERED not in self.found:  # 5
            self._say(Code.STILL_OPEN, Severity.MEDIUM, f"has no outcome in the log of the {line.side}")
        if _early(line, self.tolerance):  # 6
            text = f"was made at {line.requested_at}, logged by the {line.side} at {line.opened_at}"
            self._say(Code.CLOCKS_DIFFER, Severity.LOW, text)
        for at in _late(line, self.tolerance):
            text = f"was made at {line.requested_at}, logged by the {line.side} at {at.isoformat()}"
            self._say(Code.LATE, Severity.MEDIUM, text)


def _commits_to_question(answered: Line) -> bool:
    """A question that was taken in names the asker's leaf; one turned away at the door need not."""
    return bool(answered.intent_leaf) or answered.status not in REFUSED


def _in_order(line: Line, tolerance: Tolerance) -> bool:
    return bool(line.status) and not _early(line, tolerance) and not _late(line, tolerance)


def _early(line: Line, tolerance: Tolerance) -> bool:
    return instant(line.opened_at) - instant(line.requested_at) < -tolerance.skew


def _late(line: Line, tolerance: Tolerance) -> list[datetime]:
    """The late entries' times; a closing entry comes when the node is back, however late."""
    closed = [line.closed_at] if line.closed_at and line.status != CLOSED else []
    requested, latest = instant(line.requested_at), tolerance.deadline + tolerance.skew
    return [at for at in map(instant, (line.opened_at, *closed)) if at - requested > latest]


def worst(found: Iterable[Discrepancy]) -> Severity:
    """Return the gravest severity among them, `INFO` for none."""
    return max((each.severity for each in found), key=lambda each: each.rank, default=Severity.INFO)
