"""The ports of the log: where leaves are kept (`LogStore`), and where the last signed head is kept (`Guard`).

A store is two doors: the writing one is used by the log's one committing thread, the reading one
(`LogReader`) by any thread at any time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from audit.sealing import Blob
from audit.tiles import Tile

FOREVER = 2**62


@dataclass(frozen=True, slots=True)
class Head:
    """A tree head: number of leaves and root hash."""

    size: int
    root: bytes

    def __str__(self) -> str:
        """Return it in words."""
        return f"size {self.size}, root {self.root.hex()}"


@dataclass(frozen=True, slots=True)
class Intent:
    """An intent whose outcome is not logged yet: entry id, index of its leaf, kind, and when."""

    entry_id: str
    index: int
    kind: str
    at: str


@dataclass(frozen=True, slots=True)
class StoredLeaf:
    """A leaf and the sealed blob beside it, which is None when there is none or it was erased."""

    leaf: bytes
    blob: Blob | None


@dataclass(frozen=True, slots=True)
class Group:
    """All that one transaction writes: the step from `prev` leaves to the new `head`.

    `leaves` are those from index `prev` on; `blobs` are by leaf index; `once` are keys with the second in
    which they lapse; `opened` and `closed` are intents and the ids of those that got an outcome; `note` is
    the signed checkpoint of an earlier head with that head's size, and gives way to one that is there;
    `cosigned` is one with more signatures on it, and does not; `lapsed` is the second up to which lapsed keys
    are to be forgotten now; `erased` are indexes of earlier leaves whose blobs are deleted, data key and all.
    A group without leaves (`head` is None) only keeps notes.
    """

    prev: int
    head: Head | None = None
    leaves: Sequence[bytes] = ()
    blobs: Sequence[tuple[int, Blob]] = ()
    tiles: Sequence[tuple[Tile, bytes]] = ()
    once: Sequence[tuple[str, int]] = ()
    opened: Sequence[Intent] = ()
    closed: Sequence[str] = ()
    erased: Sequence[int] = ()
    note: tuple[int, str] | None = None
    cosigned: tuple[int, str] | None = None
    lapsed: int | None = None


class LogReader(Protocol):
    """The reading door. Every method raises `AuditUnavailable` when the store cannot be read."""

    def leaves(self, start: int, end: int) -> list[StoredLeaf]:
        """Return the leaves `[start, end)` in order; fewer when the log is shorter."""

    def tile(self, level: int, index: int) -> bytes | None:
        """Return the bytes of a full tile, or None when it is not full."""

    def note(self, size: int) -> str | None:
        """Return the signed checkpoint that was kept for exactly this size, if any."""

    def notes(self, below: int, limit: int) -> list[str]:
        """Return at most `limit` kept checkpoints of sizes under `below`, the largest size first."""

    def intents(self) -> list[Intent]:
        """Return the intents without outcome, oldest first."""


class LogStore(Protocol):
    """The writing door, for one thread."""

    @property
    def reader(self) -> LogReader:
        """The reading door."""

    def start(self) -> Head | None:
        """Open, or open again after a failure, and return the last committed head, None for an empty log.

        `StoreRefused` if the store cannot promise that a commit survives a power cut.
        """

    def spent(self, keys: Sequence[str], now: int) -> set[str]:
        """Return those `once` keys that are used and have not lapsed at second `now`."""

    def sealed(self, indexes: Sequence[int]) -> set[int]:
        """Return those of the leaves that have a blob beside them."""

    def rewrap(self, keys: Sequence[tuple[int, bytes]]) -> None:
        """Replace the wrapped data keys beside these leaves, durably; leaves without one are left as is."""

    def commit(self, group: Group) -> None:
        """Write the whole group durably or nothing of it.

        `ForkRefused` if another writer has already made a step from `group.prev`; `AuditUnavailable` if the
        store failed, and then it is unknown whether the group was written until `start` is called again.
        """

    def close(self) -> None:
        """Let go of files and connections."""


class Guard(Protocol):
    """The keeper of the last head that was signed, on its own, apart from the store."""

    def last(self) -> Head | None:
        """Return the last head remembered, None if there never was one."""

    def remember(self, head: Head) -> None:
        """Make `head` durable before it is signed; after `AuditUnavailable` the last one still stands."""

    def close(self) -> None:
        """Let go of the file, so that another log may take over."""
