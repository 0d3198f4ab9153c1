"""Findings: what a rule, a witness or a reconciliation has noticed, and what oversight made of it.

A finding holds codes, numbers and references into the log, never personal data. Its id follows from the rule
and from what it is about, so that finding the same thing twice adds it once. It is never deleted: it goes
from OPEN to UNDER_REVIEW, from there to CONFIRMED or DISMISSED, and may be taken up again. The caller logs
a change before it makes it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Protocol, Self

from audit.entry import timestamp
from audit.errors import FindingRefused
from audit.fields import CODE, REFERENCE
from audit.severity import Severity

MOST_FINDINGS = 500
MAX_REFS = 64
_TEXT = re.compile(r"[A-Za-z0-9 _.,:;=/%+()<>-]{1,400}", re.ASCII)


class State(StrEnum):
    """What oversight has made of a finding so far."""

    OPEN = "OPEN"
    UNDER_REVIEW = "UNDER_REVIEW"
    CONFIRMED = "CONFIRMED"
    DISMISSED = "DISMISSED"


NEXT = {
    State.OPEN: frozenset({State.UNDER_REVIEW}),
    State.UNDER_REVIEW: frozenset({State.CONFIRMED, State.DISMISSED}),
    State.CONFIRMED: frozenset({State.UNDER_REVIEW}),
    State.DISMISSED: frozenset({State.UNDER_REVIEW}),
}
"""Where a finding may go from each state."""


@dataclass(frozen=True, slots=True)
class Refs:
    """Where in the log to look: leaf indexes, the exchange, the person's pseudonym, the partner."""

    indexes: tuple[int, ...] = ()
    request: str = ""
    query_id: str = ""
    asker: str = ""
    partner: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A new state with its reason (a code), who made it (a pseudonym) and when."""

    state: State
    reason: str
    by: str
    at: str

    def __post_init__(self) -> None:
        """Refuse free text."""
        if not CODE(self.reason):
            raise FindingRefused(f"finding: the reason {self.reason[:80]!r} is not a code")
        if not REFERENCE(self.by):
            raise FindingRefused("finding: who changes it is not named by a pseudonym")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something noticed. `at` is when it happened, `text` says it in codes and numbers."""

    id: str
    rule: str
    severity: Severity
    at: str
    refs: Refs
    text: str
    state: State = State.OPEN
    change: Change | None = None
    number: int = 0
    """Its place in the book, from 1 on; 0 before it is there."""

    @classmethod
    def of(  # noqa: PLR0913, PLR0917  # one argument per fact of a finding
        cls, rule: str, severity: Severity, at: datetime, about: str, text: str, refs: Refs
    ) -> Self:
        """Return the finding of a rule about something; `about` is whatever tells it from all others.

        `FindingRefused` for a text that might hold more than codes and numbers.
        """
        if not CODE(rule):
            raise FindingRefused(f"finding: the rule {rule[:80]!r} is not a code")
        if not _TEXT.fullmatch(text):
            raise FindingRefused(f"finding of {rule}: its text is not made of codes and numbers")
        short = replace(refs, indexes=refs.indexes[:MAX_REFS])
        return cls(finding_id(rule, about), rule, Severity(severity), timestamp(at), short, text)

    def changed(self, change: Change) -> Self:
        """Return the finding in its new state, or refuse a step that there is not."""
        if change.state not in NEXT[self.state]:
            raise FindingRefused(f"finding {self.id}: is {self.state}, it cannot become {change.state}")
        return replace(self, state=change.state, change=change)


def finding_id(rule: str, about: str) -> str:
    """Return the id that a rule gives to what it is about."""
    digest = sha256(f"{rule} {about}".encode())
    return f"f-{digest.hexdigest()[:32]}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings to list: newest first, those with a number below `before` (0: from the newest on)."""

    state: State | None = None
    rule: str = ""
    least: Severity = Severity.INFO
    asker: str = ""
    before: int = 0
    first: int = MOST_FINDINGS

    def __post_init__(self) -> None:
        """Refuse a page without end."""
        if not 1 <= self.first <= MOST_FINDINGS:
            raise FindingRefused(f"findings: {self.first} are wanted, 1 to {MOST_FINDINGS} are given")

    def admits(self, finding: Finding) -> bool:
        """Whether the finding is wanted."""
        return (
            self.state in {None, finding.state}
            and self.rule in {"", finding.rule}
            and self.asker in {"", finding.refs.asker}
            and finding.severity.rank >= self.least.rank
            and (not self.before or finding.number < self.before)
        )


class FindingBook(Protocol):
    """The findings of one node. Methods raise `OversightUnavailable` when the database cannot be used."""

    def add(self, findings: Sequence[Finding]) -> int:
        """Keep those that are not there yet and return how many; one that is there keeps its state."""

    def get(self, finding_id: str) -> Finding:
        """Return a finding; `FindingRefused` if there is none of that id."""

    def list(self, wanted: Wanted) -> Sequence[Finding]:
        """Return the findings that are wanted, newest first."""

    def set_state(self, finding: Finding, change: Change) -> Finding:
        """Change a finding as it was read; `FindingRefused` if it has changed since, or may not so change."""
