"""The one place where the log grows: commit, guard, sign, reply, in that order, one group at a time.

Synchronous and used by one thread. What is in memory (frontier, right edge) changes only after the store has committed,
so a failed commit leaves nothing to undo; after a failure the store is asked anew what it holds.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import TypeAlias

from audit.checkpoint import Checkpoint
from audit.entry import INTENTS, Entry
from audit.errors import AuditError, AuditUnavailable, Duplicate, ForkRefused, GuardRefused, StoreRefused
from audit.keys import SigningKey
from audit.merkle import EMPTY_ROOT, Frontier, Growth, range_root
from audit.proof import Proof
from audit.reading import TileReader
from audit.receipt import Claim, Receipt
from audit.sealing import Blob
from audit.store import FOREVER, Group, Guard, Head, Intent, LogStore
from audit.tiles import Edge, Tile, load_edge, node_reader

Clock: TypeAlias = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry made into a leaf, ready to be appended: its time, the leaf's bytes, the blob beside it, and what its receipt will say."""

    entry: Entry
    at: str
    leaf: bytes
    blob: Blob | None
    claim: Claim


Batch: TypeAlias = Sequence[Draft]
"""Drafts that are appended all or not at all."""

Outcome: TypeAlias = list[Receipt] | AuditError


class Sequencer:
    """Grows one log: `start` first, then `commit` for each group."""

    def __init__(self, store: LogStore, guard: Guard, key: SigningKey, clock: Clock) -> None:
        """Take the log's parts; nothing is read before `start`."""
        self._store, self._guard, self._key, self.clock = store, guard, key, clock
        self._tiles = TileReader(store.reader)
        self._frontier, self._edge = Frontier(), Edge()
        self._unsure: int | None = None
        self._refused: AuditError | None = None
        self._kept = -1
        self._checkpoint = Checkpoint(key.name, 0, EMPTY_ROOT)
        self.head = Head(-1, b"")
        self.note = ""

    @property
    def origin(self) -> str:
        """The log's identity: the name of its key."""
        return self._key.name

    def start(self) -> None:
        """Recover, and sign the stored head.

        1. The stored tree must have the root that its last head says.
        2. It must extend the head that the guard remembers; a missing guard is good for an empty log only.
        3. Groups that were committed and not signed (a crash between the two) are signed now.
        """
        stored = self._load()
        last = self._guard.last()
        if last is None and stored.size:
            raise GuardRefused(f"log {self._key.name}: the store is at {stored}, and there is no guard for it")
        if last is not None:
            self._check_guard(stored, last)
        self._sign(stored, known=last)
        self.keep_note()

    def _load(self) -> Head:
        """Take over what the store holds."""
        stored = self._store.start() or Head(0, EMPTY_ROOT)
        edge = load_edge(self._tiles.tile, stored.size)
        frontier = edge.frontier()
        if frontier.root() != stored.root:
            raise StoreRefused(f"log {self._key.name}: the head says {stored}, the leaves give {frontier.root().hex()}")
        self._edge, self._frontier = edge, frontier
        return stored

    def _check_guard(self, stored: Head, last: Head) -> None:
        if stored.size < last.size:
            raise GuardRefused(f"log {self._key.name}: the store went back to {stored}, signed was {last}")
        root = range_root(node_reader(self._tiles.tile, stored.size), 0, last.size)
        if root != last.root:
            raise GuardRefused(f"log {self._key.name}: signed was {last}, the store has root {root.hex()} there")

    def commit(self, batches: Sequence[Batch]) -> list[Outcome]:
        """Append the batches as one group and return one outcome for each, in order.

        A batch with a spent `once` key fails alone with `Duplicate`; any other failure is the whole group's.
        """
        try:
            self._settle()
            refusals, accepted = self._admit(batches)
            growth = self._write(accepted)
            self._sign(Head(growth.frontier.size, growth.root), known=self.head)
        except AuditError as error:
            return [error for _ in batches]
        receipts = iter(self._receipts(accepted, growth))
        return [
            refusal or [next(receipts) for _ in batch] for refusal, batch in zip(refusals, batches, strict=True)
        ]

    def _settle(self) -> None:
        """After a failure, learn whether its group was written; refuse for good after a fork."""
        if self._refused is not None:
            raise self._refused
        if self._unsure is None:
            return
        known = {self._frontier.size, self._unsure}
        with self._quarantine():
            stored = self._load()
            if stored.size not in known:
                raise ForkRefused(f"log {self._key.name}: expected one of {sorted(known)}, the store is at {stored.size}")
        self._unsure = None

    @contextmanager
    def _quarantine(self) -> Iterator[None]:
        """Keep a refusal, so that nothing is ever appended after it."""
        try:
            yield
        except (ForkRefused, StoreRefused) as error:
            self._refused = error
            raise

    def _admit(self, batches: Sequence[Batch]) -> tuple[list[Duplicate | None], list[Draft]]:
        """Return a refusal or None for each batch, and the drafts of those without one."""
        keys = [draft.entry.once for batch in batches for draft in batch if draft.entry.once is not None]
        spent = self._store.spent(keys, int(self.clock().timestamp())) if keys else set()
        refusals: list[Duplicate | None] = []
        accepted: list[Draft] = []
        for batch in batches:
            own = [draft.entry.once for draft in batch if draft.entry.once is not None]
            if len(set(own)) < len(own) or not spent.isdisjoint(own):
                refusals.append(Duplicate(f"log {self._key.name}: this {batch[0].entry.kind} is logged already"))
                continue
            refusals.append(None)
            spent.update(own)
            accepted += batch
        return refusals, accepted

    def _write(self, drafts: Sequence[Draft]) -> Growth:
        """Commit the drafts, and only then let memory follow."""
        hashes = [draft.claim.leaf_hash for draft in drafts]
        growth = self._frontier.extend(hashes)
        if not drafts:
            return growth
        edge, tiles = self._edge.extend(hashes)
        head = Head(growth.frontier.size, growth.root)
        group = self._group(drafts, head, tiles)
        self._unsure = head.size
        with self._quarantine():
            self._store.commit(group)
        self._unsure, self._frontier, self._edge = None, growth.frontier, edge
        self._kept = self.head.size
        return growth

    def _group(self, drafts: Sequence[Draft], head: Head, tiles: Sequence[tuple[Tile, bytes]]) -> Group:
        prev = self._frontier.size
        placed = list(enumerate(drafts, prev))
        return Group(
            prev=prev,
            head=head,
            leaves=[draft.leaf for draft in drafts],
            blobs=[(index, draft.blob) for index, draft in placed if draft.blob is not None],
            tiles=tiles,
            once=[(draft.entry.once, _lapse(draft.entry)) for draft in drafts if draft.entry.once is not None],
            opened=[
                Intent(draft.entry.id, index, draft.entry.kind.value, draft.at)
                for index, draft in placed
                if draft.entry.kind in INTENTS
            ],
            closed=[draft.entry.intent for draft in drafts if draft.entry.intent is not None],
            note=(self.head.size, self.note) if self.note_pending else None,
        )

    def _sign(self, head: Head, known: Head | None) -> None:
        """Let the guard remember the head, then sign it."""
        if head == self.head:
            return
        if head != known:
            self._guard.remember(head)
        self._checkpoint = Checkpoint(self._key.name, head.size, head.root)
        self.note = self._checkpoint.sign(self._key)
        self.head = head

    @property
    def note_pending(self) -> bool:
        """Whether the last signed checkpoint is not in the store yet."""
        return self._kept != self.head.size

    def keep_note(self) -> None:
        """Put the last signed checkpoint into the store; a failure costs nothing, the next start signs again."""
        with suppress(AuditUnavailable):
            self._store.commit(Group(prev=self.head.size, note=(self.head.size, self.note)))
        self._kept = self.head.size

    def _receipts(self, drafts: Sequence[Draft], growth: Growth) -> list[Receipt]:
        first = growth.frontier.size - len(drafts)
        return [
            Receipt.issue(draft.entry.id, draft.claim, Proof(first + i, tuple(path), self.note), self._checkpoint)
            for i, (draft, path) in enumerate(zip(drafts, growth.proofs, strict=True))
        ]


def _lapse(entry: Entry) -> int:
    """Return the second from which the entry's `once` key may be used again."""
    return FOREVER if entry.expires is None else ceil(entry.expires.timestamp())
