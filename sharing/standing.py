"""Standing questions: "tell me when you learn of this identifier", under a mandate, until an end.

A question has an end of its own, and is asked only while its mandate holds: when that is over it is
suspended, answers nothing, and goes on when it is renewed under another mandate that says the same. Each
renewal is a round; of two rounds the higher counts, in whatever order they come.

A question is known here by the node that asks and that node's id for it. What it is about is kept as a keyed
digest; only the node whose question it is keeps the identifier, for its analyst. Which questions arriving
data answer is one look at an index: its cost grows with the data and not with the questions. What they
answer is a hit, kept until somebody has decided on it, and never kept twice.
"""

from collections.abc import Iterator, Sequence
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
    """Whether it is asked: not while its mandate is over, no more once it ended or its time is over."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    ENDED = "ENDED"
    LAPSED = "LAPSED"


OPEN = frozenset({StandingState.ACTIVE, StandingState.SUSPENDED})
"""States of a question that can still be renewed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What `owner` wants to be told of; `mandate` as this node knows it. Times are Unix seconds.

    `target` is this node's keyed digest of kind and normal form, `identifier` the normal form, empty in
    another node's question. `nodes` are those asked, in an own one. `known` says that other services which
    ask about the same may be told that this service does. `since` is from when on it was asked without a gap.
    """

    id: str
    owner: str
    mandate: Mandate
    kind: str
    target: str
    created_at: int
    since: int
    expires_at: int
    identifier: str = field(default="", repr=False)
    nodes: tuple[str, ...] = ()
    known: bool = True
    round: int = 0
    ended_at: int | None = None

    def __post_init__(self) -> None:
        """Refuse one that is not in its form, has no end, or begins without a mandate."""
        if not (ID.fullmatch(self.id) and ID.fullmatch(self.kind) and NODE_ID.fullmatch(self.owner)):
            raise StandingRefused(f"standing question {self.id[:80]!r} of {self.owner[:80]!r}: is in no form")
        if not DIGEST(self.target):
            raise StandingRefused(f"standing question {self.id}: its target is no digest")
        if not 0 <= self.created_at <= self.since < self.asked_until or self.round < 0:
            raise StandingRefused(
                f"standing question {self.id}: round {self.round} from {self.created_at} by {self.since} to"
                f" {self.expires_at}, its mandate ends at {self.mandate.expires_at}"
            )

    @property
    def asked_until(self) -> int:
        """When it is asked no more unless it is renewed: its own end, or its mandate's."""
        return min(self.expires_at, self.mandate.expires_at)

    def state(self, now: int) -> StandingState:
        """What it is at `now`."""
        if self.ended_at is not None:
            return StandingState.ENDED
        if now >= self.expires_at:
            return StandingState.LAPSED
        return StandingState.ACTIVE if now < self.mandate.expires_at else StandingState.SUSPENDED

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

    def renew(self, question: Standing) -> bool:
        """Keep a later round of one that is there; False, with nothing done, if it ended or has that one."""

    def end(self, owner: str, question_id: str, at: int) -> bool:
        """End it, and return whether it was there and had not ended; one that is not there never begins."""

    def of(
        self, owner: str, subject: str = "", *, now: int | None = None, after: tuple[int, str] | None = None
    ) -> Sequence[Standing]:
        """At most 500 of a node's questions, or of one person's there, newest first; at `now` open ones.

        Open are active and suspended ones. `after` is beginning and id of the last one of the page before.
        """

    def open(self, owner: str, now: int) -> int:
        """How many open questions a node has here."""

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


def every_open(book: StandingBook, owner: str, now: int) -> Iterator[Standing]:
    """Yield all open questions of a node, newest first, a page at a time."""
    page = book.of(owner, now=now)
    while page:
        yield from page
        page = book.of(owner, now=now, after=(page[-1].created_at, page[-1].id))
