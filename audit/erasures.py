"""Erasures that wait for a second person, and legal holds: what is kept of them, and who keeps it.

Nothing here identifies a person or a case: indexes of leaves, codes, pseudonyms, keyed digests, times (Unix
seconds). A proposal lapses when nobody approves it within a week. An approved one is done when every blob of
it is gone; until then whoever resumes it goes on where it stopped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from audit.errors import ErasureRefused, FormatRefused
from audit.fields import CODE, DIGEST, REFERENCE
from audit.ranges import count_of, read_ranges

LIFE = 7 * 86_400
MAX_RECORDS = 100_000
MAX_RANGES = 20_000


class State(StrEnum):
    """How far an erasure is."""

    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    DONE = "DONE"


@dataclass(frozen=True, slots=True)
class Erasure:
    """Blobs that somebody proposed to erase: ranges of leaf indexes, a code for why, pseudonyms of who.

    `log` is the origin of the log that the indexes are of: after a compromise there is another one.
    """

    id: str
    log: str
    ranges: tuple[str, ...]
    reason: str
    proposer: str
    proposed_at: int
    approver: str = ""
    approved_at: int = 0
    state: State = State.PROPOSED

    def __post_init__(self) -> None:
        """Refuse what is not in the forms of a leaf, empty, or too much for one erasure."""
        references = (self.id, self.log, self.proposer, *([self.approver] if self.approver else []))
        if not CODE(self.reason) or not all(map(REFERENCE, references)):
            raise ErasureRefused(f"erasure {self.id[:40]!r}: reason, id or pseudonym is not in its form")
        try:
            records = self.records
        except FormatRefused as error:
            raise ErasureRefused(f"erasure {self.id}: {error}") from error
        if not 0 < records <= MAX_RECORDS or len(self.ranges) > MAX_RANGES:
            raise ErasureRefused(
                f"erasure {self.id}: {records} records in {len(self.ranges)} ranges, 1 to {MAX_RECORDS} "
                f"in at most {MAX_RANGES} are erased at once"
            )

    @property
    def records(self) -> int:
        """How many leaves it names."""
        return count_of(read_ranges(self.ranges))

    @property
    def indexes(self) -> list[int]:
        """The leaves it names, ascending."""
        return [index for each in read_ranges(self.ranges) for index in each]

    def lapsed(self, now: int) -> bool:
        """Whether its week went by without an approval."""
        return self.state is State.PROPOSED and now >= self.proposed_at + LIFE

    def approved(self, approver: str, now: int) -> "Erasure":
        """The erasure with its second approval; `ErasureRefused` by the proposer, too late, or twice."""
        if approver == self.proposer:
            raise ErasureRefused(f"erasure {self.id}: proposed and approved by one person, {approver}")
        if self.state is not State.PROPOSED or self.lapsed(now):
            until = self.proposed_at + LIFE
            raise ErasureRefused(
                f"erasure {self.id}: is {self.state}, could be approved until {until}, it is {now}"
            )
        return replace(self, approver=approver, approved_at=now, state=State.APPROVED)


@dataclass(frozen=True, slots=True)
class Hold:
    """A case whose evidence stays until the hold is released: keyed digest, pseudonym of who, since when."""

    case: str
    by: str
    since: int

    def __post_init__(self) -> None:
        """Refuse a case that is not a digest: a case reference must not lie here."""
        if not DIGEST(self.case) or not REFERENCE(self.by):
            raise ErasureRefused(f"legal hold by {self.by[:40]!r}: the case is not a keyed digest")


class ErasureBook(Protocol):
    """Keeps proposals and holds over restarts; durable on return."""

    def add(self, erasure: Erasure) -> None:
        """Keep a new proposal; `ErasureRefused` if one of that id is there."""

    def get(self, erasure_id: str) -> Erasure:
        """Return it; `ErasureRefused` if there is none."""

    def waiting(self, now: int) -> Sequence[Erasure]:
        """Return what waits for an approval or is not done yet, oldest first; lapsed ones are left out."""

    def step(self, erasure: Erasure, was: State) -> None:
        """Replace the one of that id, if its state is still `was`; `ErasureRefused` otherwise."""

    def hold(self, hold: Hold) -> None:
        """Put a case on hold; one that is held already stays as it is."""

    def release(self, case: str) -> None:
        """End a hold; `ErasureRefused` if the case is not held."""

    def holds(self) -> Sequence[Hold]:
        """Return the holds, oldest first."""
