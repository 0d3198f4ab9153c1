"""What loading changed of this node's own records, until all who were given an older version are told.

A change is kept before it can be seen on the shelf, so that no crash forgets it; it counts when the shelf has
that version, so that none invents it. Who was given the record is looked up afterwards, all at once: so it
cannot matter what was answered while the load ran.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sharing.recall import Recall, Sort
from sharing.register import Reached

MOST_CHANGES = 1_000
RECTIFIED = "RECORD_RECTIFIED"


class Fate(StrEnum):
    """OPEN is not looked at yet. Then NOBODY had it, or it waits for an officer, or it was ordered."""

    OPEN = "OPEN"
    NOBODY = "NOBODY"
    PROPOSED = "PROPOSED"
    ORDERED = "ORDERED"


@dataclass(frozen=True, slots=True)
class Changed:
    """A record's new `version`, written by a load at `at` (Unix seconds); `reason` is a code."""

    record: str
    version: int
    sort: Sort
    reason: str
    load: int
    at: int
    fate: Fate = Fate.OPEN

    @property
    def told(self) -> tuple[str, int]:
        """What a notice says: the version that puts it right, or the last one that is taken back."""
        return self.record, self.version - (self.sort is Sort.RECALL)

    def concerns(self, reached: Reached) -> bool:
        """Whether that partner was given an older version."""
        return reached.record == self.record and reached.oldest < self.version


@dataclass(frozen=True, slots=True)
class Since:
    """Changes from a moment (Unix seconds) on, or those of one load; of these fates."""

    at: int = 0
    load: int | None = None
    fates: tuple[Fate, ...] = tuple(Fate)
    until: int | None = None
    """Not those after this moment."""


class ChangeBook(Protocol):
    """The changes, durable, by record and version."""

    def note(self, changes: Sequence[Changed]) -> None:
        """Keep them durably; one that is there is replaced unless its fate is known."""

    def list(
        self, since: Since, after: tuple[str, int] = ("", 0), limit: int = MOST_CHANGES
    ) -> Sequence[Changed]:
        """A page of the changes that are wanted, by record and version."""

    def settle(
        self, changes: Sequence[Changed], fate: Fate, orders: Sequence[Recall] = (), at: int = 0
    ) -> None:
        """Give the changes their fate and keep the orders for them, both or neither, durably."""


def orders(changes: Sequence[Changed]) -> tuple[Recall, ...]:
    """One order for each sort and reason, by record; of several changes of a record the last counts."""
    last: dict[tuple[Sort, str], dict[str, int]] = {}
    for each in sorted(changes, key=lambda change: (change.record, change.version)):
        name, version = each.told
        last.setdefault((each.sort, each.reason), {})[name] = version
    return tuple(
        Recall(sort, reason, "", tuple(records.items())) for (sort, reason), records in sorted(last.items())
    )
