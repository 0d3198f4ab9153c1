"""What the rules of oversight look at, and their thresholds. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeAlias

from audit.findings import Finding, Refs
from audit.questions import Question
from audit.severity import Severity

Counts: TypeAlias = Mapping[tuple[str, str], int]
"""How many questions a person (pseudonym) asked on a day (UTC, as `2026-11-20`)."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the ordinary ends. Times of day are local, in whole hours; weekends are never office hours.

    VOLUME: more than `volume_least` questions and more than the median of the last `volume_days` active days
    plus `volume_spread` times their median absolute deviation (at least 1); before `volume_known` active days
    of one's own the days of all persons before the period count.
    """

    opens: int = 6
    closes: int = 20
    volume_days: int = 28
    volume_known: int = 5
    volume_spread: int = 6
    volume_least: int = 30
    refusals: int = 3
    within: timedelta = timedelta(hours=24)
    quota_hits: int = 3
    quota_days: int = 3
    quota_percent: int = 90


@dataclass(frozen=True, slots=True)
class Seen:
    """The period `[since, until)`, its questions, how many each person ever asked, and the node's time zone.

    `questions` may begin before the period, so that a rule sees what came before; only what falls into the
    period is raised.
    """

    since: datetime
    until: datetime
    questions: Sequence[Question]
    counts: Counts = field(default_factory=dict)
    zone: tzinfo = UTC
    thresholds: Thresholds = field(default_factory=Thresholds)

    @property
    def asked(self) -> list[Question]:
        """The questions of the period itself."""
        return [each for each in self.questions if self.covers(each)]

    def covers(self, question: Question) -> bool:
        """Whether a question falls into the period."""
        return self.since <= question.at < self.until


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule raised: `part` of `whole` things that it looked at."""

    findings: Sequence[Finding]
    part: int
    whole: int


def about_questions(rule: str, severity: Severity, about: str, questions: Iterable[Question]) -> Finding:
    """Return the finding of a rule about questions of one person, the last of them the one that raised it."""
    told = list(questions)
    last = told[-1]
    indexes = tuple(index for each in told for index in each.indexes)
    refs = Refs(indexes, last.row.request, last.row.query_id, last.row.asker, last.row.partner)
    text = f"{rule}: {len(told)} questions from {told[0].row.at} to {last.row.at}"
    return Finding.of(rule, severity, last.at, about, text, refs)
