"""Alerts: what a person is told unasked, so that it can be checked, and once rejected is not told again.

An alert is said by a code and its arguments, in words by `alert_words`. It names the statements that it rests
on, each with owner and handling, and what would disprove it. Its evidence is what it rests on without the
moment and without who told: whoever has rejected that for a case is not told of it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol, Self

from audit.fields import CODE
from policy.mandate import digest_of
from sharing.codes import ID
from sharing.errors import AlertRefused

MOST_ALERTS = 200
MOST_STATEMENTS = 50


class AlertKind(StrEnum):
    """What made it: data that arrived at a standing question."""

    STANDING = "STANDING"


class AlertState(StrEnum):
    """NEW until its person has looked at it; REJECTED for good."""

    NEW = "NEW"
    SEEN = "SEEN"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True)
class Said:
    """What one owner says: the tier it is said in, the handle from T2 on, the codes it is under.

    `source` is the receipt or the id of the question by which we know.
    """

    owner: str
    tier: str
    handle: str = ""
    handling: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert to `subject`, an opaque id; none is for the liaison officers.

    `code` and `arguments` say it, `about` is a digest of what it is about, `case` the keyed digest of the
    case, `disproof` codes of what would disprove it. `score` is 0 to 1, a probability where `calibrated`.
    """

    id: str
    kind: AlertKind
    subject: str
    case: str
    code: str
    arguments: Mapping[str, str]
    about: str
    statements: tuple[Said, ...]
    disproof: tuple[str, ...]
    at: int
    score: float | None = None
    calibrated: bool = False
    state: AlertState = AlertState.NEW
    by: str = ""
    changed_at: int | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse what nobody could check."""
        if not ID.fullmatch(self.id) or not CODE(self.code) or not all(map(CODE, self.disproof)):
            raise AlertRefused(f"alert {self.id[:80]!r}: id or a code is not in its form")
        if not 0 < len(self.statements) <= MOST_STATEMENTS or not self.disproof:
            raise AlertRefused(
                f"alert {self.id}: rests on {len(self.statements)} statements, 1 to {MOST_STATEMENTS} are"
                " needed, and what would disprove it"
            )
        if self.score is not None and not 0 <= self.score <= 1:
            raise AlertRefused(f"alert {self.id}: a score of {self.score}, 0 to 1 is one")

    @property
    def evidence(self) -> str:
        """`sha256:<hex>` of what it rests on: the same for the same statements about the same."""
        rests = sorted([each.owner, each.tier, each.handle] for each in self.statements)
        return digest_of([self.kind, self.code, self.about, rests])

    def seen(self, by: str, at: int) -> Self:
        """The alert once its person has looked at it; `AlertRefused` when it was rejected."""
        return self._now(AlertState.SEEN, by, at, "")

    def rejected(self, by: str, at: int, reason: str) -> Self:
        """The alert as its person rejects it, for a reason (a code)."""
        if not CODE(reason):
            raise AlertRefused(f"alert {self.id}: rejected for {reason[:40]!r}, which is no code")
        return self._now(AlertState.REJECTED, by, at, reason)

    def _now(self, state: AlertState, by: str, at: int, reason: str) -> Self:
        if self.state is AlertState.REJECTED:
            raise AlertRefused(f"alert {self.id}: was rejected at {self.changed_at} by {self.by}")
        return replace(self, state=state, by=by, changed_at=at, reason=reason)


class AlertBook(Protocol):
    """The alerts of a node's people, durable, shared by all of its processes."""

    def add(self, alert: Alert) -> bool:
        """Keep it and return True; False if it is there, or its evidence was rejected by person and case."""

    def get(self, alert_id: str) -> Alert:
        """The alert; `AlertUnknown`."""

    def of(self, subject: str, state: AlertState | None = None, limit: int = MOST_ALERTS) -> Sequence[Alert]:
        """A person's alerts, or (no subject) the officers', newest first; those of a state where given."""

    def put(self, alert: Alert) -> None:
        """Keep how an alert that is there stands now; `AlertRefused`, and nothing done, once rejected."""
