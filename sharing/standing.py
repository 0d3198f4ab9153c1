"""Standing questions: "tell me when you learn of this identifier", under a mandate, until an end.

A question is known here by the node that asks and that node's id for it. What it is about is kept as a keyed
digest; only the node whose question it is keeps the identifier, for its analyst. Which questions arriving
data answer is one look at an index: its cost grows with the data and not with the questions. What they
answer is a hit, kept until somebody has decided on it, and never kept twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol, Self

from audit.fields import DIGEST
from policy.mandate import Mandate
from sharing.codes import ID, NODE_ID
from sharing.errors import StandingRefused

MOST_LISTED = 500
AT_ONCE = 500
"""Targets that one statement looks for."""


class StandingState(StrEnum):
    """Whether it is still asked: until it was ended, or its time was over."""

    ACTIVE = "ACTIVE"
    ENDED = "ENDED"
    LAPSED = "LAPSED"


@dataclass(frozen=True, slots=True)
class Standing:
    """What `owner` wants to be told of; `mandate` as this node knows it. Times are Unix seconds.

    `target` is this node's keyed digest of kind and normal form, `identifier` the normal form, empty in
    another node's question. `nodes` are those asked, in an own one. `known` says that other services which
    ask about the same may be told that this service does.
    """

    id: str
    owner: str
    mandate: Mandate
    kind: str
    target: str
    created_at: int
    expires_at: int
    identifier: str = field(default="", repr=False)
    nodes: tuple[str, ...] = ()
    known: bool = True
    ended_at: int | None = None

    def __post_init__(self) -> None:
        """Refuse one that is not in its form, has no end, or outlives its mandate."""
        if not (ID.fullmatch(self.id) and ID.fullmatch(self.kind) and NODE_ID.fullmatch(self.owner)):
            raise StandingRefused(f"standing question {self.id[:80]!r} of {self.owner[:80]!r}: is in no form")
        if not DIGEST(self.target):
            raise StandingRefused(f"standing question {self.id}: its target is no digest")
        if not 0 <= self.created_at < self.expires_at <= self.mandate.expires_at:
            raise StandingRefused(
                f"standing question {self.id}: from {self.created_at} to {self.expires_at}, its mandate ends"
                f" at {self.mandate.expires_at}"
            )

    def state(self, now: int) -> StandingState:
        """What it is at `now`."""
        if self.ended_at is not None:
            return StandingState.ENDED
        return StandingState.ACTIVE if now < self.expires_at else StandingState.LAPSED

    def ended(self, at: int) -> Self:
        """The question without what it was about, ended at `at`; the first end stays."""
        return replace(self, ended_at=at, identifier="") if self.ended_at is None else self


@dataclass(frozen=True, slots=True)
class Hit:
    """A version of a record that arrived here and names what a question is about; `at` is Unix seconds."""

    owner: str
    question: str
    record: str
    version: int
    normal: str = field(repr=False)
    at: int


class StandingBook(Protocol):
    """The questions, durable, shared by all processes of a node."""

    def add(self, question: Standing) -> bool:
        """Keep it and return True; False, with nothing done, if that one is there or was ended before."""

    def get(self, owner: str, question_id: str) -> Standing:
        """The question; `StandingUnknown`."""

    def end(self, owner: str, question_id: str, at: int) -> bool:
        """End it, and return whether it was there and had not ended; one that is not there never begins."""

    def of(self, owner: str, subject: str = "", *, now: int | None = None) -> Sequence[Standing]:
        """At most 500 of a node's questions, or of one person's there, newest first; active ones at `now`."""

    def active(self, owner: str, now: int) -> int:
        """How many active questions a node has here."""

    def matching(self, targets: Sequence[str], now: int) -> Sequence[Standing]:
        """The active questions about any of the targets, by owner and id."""


class HitBook(Protocol):
    """What arrived and answers a question, until it is decided on."""

    def note(self, hits: Sequence[Hit]) -> int:
        """Keep those that were never kept, and return how many those are."""

    def waiting(self, limit: int = MOST_LISTED) -> Sequence[Hit]:
        """Those not settled, the first to arrive first."""

    def settle(self, hit: Hit) -> None:
        """It is decided on: never waits again, and its identifier is forgotten."""


class Questions(StandingBook, HitBook, Protocol):
    """Both: one adapter keeps questions and hits together."""
