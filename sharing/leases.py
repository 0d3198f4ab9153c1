"""Leases: what analysts keep of partners' records is a handle with an end, never a copy.

Whether a lease still stands is computed from the marks its node has sent (`sharing.recall`), whenever it is
looked at, so it cannot matter in which order notices came, how often, or whether before the record was kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sharing.recall import Mark, Of

LONGEST = 30 * 86_400
MOST_LEASES = 500


class LeaseState(StrEnum):
    """HELD may be viewed anew, RECTIFIED too (its node has a newer version); the others are stubs."""

    HELD = "HELD"
    RECTIFIED = "RECTIFIED"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"


@dataclass(frozen=True, slots=True)
class Lease:
    """A record of `node` that was kept for a case. Times are Unix seconds; `grants` are refs.

    `case` is a keyed digest, `kept_by` a pseudonym, `query_id` the exchange in which the node gave it.
    """

    id: str
    node: str
    record: str
    version: int
    case: str
    kept_by: str
    query_id: str
    grants: tuple[str, ...]
    handling: tuple[str, ...]
    kept_at: int
    until: int

    @property
    def handle(self) -> str:
        """`<node>/<record id>`."""
        return f"{self.node}/{self.record}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a lease stands, and the code of why when its node has said one."""

    state: LeaseState
    reason: str = ""

    @property
    def open(self) -> bool:
        """Whether the record may be asked for anew."""
        return self.state in {LeaseState.HELD, LeaseState.RECTIFIED}


Marks = Mapping[tuple[str, str, str], Mark]


def joined(marks: Iterable[Mark]) -> dict[tuple[str, str, str], Mark]:
    """The marks that count, in whatever order and however often they come."""
    found: dict[tuple[str, str, str], Mark] = {}
    for mark in marks:
        found[mark.key] = found.get(mark.key, mark).joined(mark)
    return found


def standing(lease: Lease, marks: Marks, now: int) -> Standing:
    """How a lease stands at `now`.

    1. Withdrawn when its record was, in this version or a later one. 2. Withdrawn when all grants that gave
    it were: one that was not still carries it. 3. Lapsed when its time is over. 4. Rectified when there is a
    newer version. 5. Held.
    """
    record = marks.get((lease.node, Of.RECORD, lease.record))
    if record is not None and record.version >= lease.version:  # 1
        return Standing(LeaseState.WITHDRAWN, record.reason)
    ended = [_ended(lease, ref, marks) for ref in lease.grants]
    reasons = sorted(mark.reason for mark in ended if mark is not None)
    if reasons and len(reasons) == len(lease.grants):  # 2
        return Standing(LeaseState.WITHDRAWN, reasons[0])
    if lease.until <= now:  # 3
        return Standing(LeaseState.LAPSED)
    newer = marks.get((lease.node, Of.RECTIFIED, lease.record))
    if newer is not None and newer.version > lease.version:  # 4
        return Standing(LeaseState.RECTIFIED, newer.reason)
    return Standing(LeaseState.HELD)  # 5


def _ended(lease: Lease, ref: str, marks: Marks) -> Mark | None:
    name, _, version = ref.rpartition("@")
    mark = marks.get((lease.node, Of.GRANT, name))
    return mark if mark is not None and mark.version >= int(version) else None


@dataclass(frozen=True, slots=True)
class Kept:
    """A lease with the marks that bear on it."""

    lease: Lease
    marks: Marks

    def at(self, now: int) -> Standing:
        """How it stands at `now`."""
        return standing(self.lease, self.marks, now)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a notice did here: so many leases `ended` (or were rectified), so many it names stay `held`."""

    ended: int
    held: int


class LeaseBook(Protocol):
    """What this node's analysts keep of records, and what other nodes said of them."""

    def keep(self, lease: Lease) -> None:
        """Keep it, durably."""

    def get(self, lease_id: str) -> Kept:
        """The lease; `LeaseUnknown`."""

    def of_case(self, case: str, limit: int = MOST_LEASES) -> Sequence[Kept]:
        """What is kept for a case, newest first."""

    def affected(self, handles: Sequence[str]) -> Sequence[Kept]:
        """All leases on these handles: what is derived from them is flagged by how they stand.

        As many questions to the database for ten thousand handles as for one.
        """

    def take(self, notice_id: str, marks: Sequence[Mark], now: int) -> Counts:
        """Keep the marks of one node's notice, durably, and count what they did; again: the same counts.

        `RecallRefused` when the node has sent another content under that id.
        """
