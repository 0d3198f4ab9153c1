"""The one place where the log grows: commit, guard, sign, reply, in that order, one group at a time.

Synchronous and used by one thread. What is in memory (frontier, right edge) changes only after the store has
committed, so a failed commit leaves nothing to undo; after a failure the store is asked anew what it holds.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TypeAlias

from audit.admission import Admission
from audit.checkpoint import Checkpoint, open_checkpoint
from audit.draft import Batch, Draft, erased_of, group_of, once_keys
from audit.errors import (
    AuditError,
    AuditUnavailable,
    ForkRefused,
    GuardRefused,
    ProofRefused,
    Quarantined,
    StoreRefused,
)
from audit.keys import VerifyKey
from audit.merkle import EMPTY_ROOT, Frontier, Growth, range_root
from audit.note import Note
from audit.placed import Placed
from audit.reading import TileReader
from audit.signer import Signer
from audit.store import Group, Guard, Head, LogStore
from audit.tiles import Edge, load_edge, node_reader

Clock: TypeAlias = Callable[[], datetime]


Outcome: TypeAlias = Placed | AuditError


CHORES_EVERY = 32
"""Steps between two that also keep the last checkpoint and forget lapsed keys."""


@dataclass(frozen=True, slots=True)
class Retiring:
    """The key before the present one: during the overlap, until this moment, it signs beside it."""

    key: Signer
    until: datetime


class Sequencer:
    """Grows one log: `start` first, then `commit` for each group."""

    def __init__(
        self, store: LogStore, guard: Guard, key: Signer, clock: Clock, retiring: Retiring | None = None
    ) -> None:
        """Take the log's parts; nothing is read before `start`."""
        self._retiring = retiring
        self._store, self._guard, self._key, self._clock = store, guard, key, clock
        self._tiles = TileReader(store.reader)
        self._frontier, self._edge = Frontier(), Edge()
        self._unsure: int | None = None
        self._refused: AuditError | None = None
        self._kept = -1
        self._steps = 0
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
            raise GuardRefused(
                f"log {self._key.name}: the store is at {stored}, and there is no guard for it"
            )
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
            raise StoreRefused(
                f"log {self._key.name}: the head says {stored}, the leaves give {frontier.root().hex()}"
            )
        self._edge, self._frontier = edge, frontier
        return stored

    def _check_guard(self, stored: Head, last: Head) -> None:
        if stored.size < last.size:
            raise GuardRefused(f"log {self._key.name}: the store went back to {stored}, signed was {last}")
        root = range_root(node_reader(self._tiles.tile, stored.size), 0, last.size)
        if root != last.root:
            raise GuardRefused(
                f"log {self._key.name}: signed was {last}, the store has root {root.hex()} there"
            )

    def look(self) -> None:
        """Raise `KeyUnavailable` unless the log's key is within reach; from any thread."""
        self._key.look()

    @property
    def refused(self) -> str | None:
        """The code of what stands against every later append; None while nothing does."""
        return None if self._refused is None else self._refused.code

    def commit(self, batches: Sequence[Batch]) -> list[Outcome]:
        """Append the batches as one group and return one outcome for each, in order.

        A batch with a spent `once` key fails alone with `Duplicate`, one that erases what is not there with
        `ErasureRefused`; any other failure is the whole group's.
        """
        try:
            self._settle()
            now = int(self._clock().timestamp())
            refusals, accepted = self._admit(batches, now)
            growth = self._write(accepted, now)
            self._sign(Head(growth.frontier.size, growth.root), known=self.head)
        except AuditError as error:
            return [error for _ in batches]
        first, paths = growth.frontier.size - len(accepted), iter(growth.proofs)
        outcomes: list[Outcome] = []
        for refusal, batch in zip(refusals, batches, strict=True):
            if refusal is None:
                own = list(islice(paths, len(batch)))
                outcomes.append(Placed(first, own, self.note, self._checkpoint))
                first += len(batch)
            else:
                outcomes.append(refusal)
        return outcomes

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
                raise ForkRefused(
                    f"log {self._key.name}: expected one of {sorted(known)}, the store is at {stored.size}"
                )
        self._unsure = None

    @contextmanager
    def _quarantine(self) -> Iterator[None]:
        """Keep a refusal, so that nothing is ever appended after it."""
        try:
            yield
        except (ForkRefused, StoreRefused) as error:
            self._refused = error
            raise

    def _admit(self, batches: Sequence[Batch], now: int) -> tuple[list[AuditError | None], list[Draft]]:
        """Return a refusal or None for each batch, and the drafts of those without one."""
        keys = [key for batch in batches for key in once_keys(batch)]
        erased = erased_of(batches)
        admission = Admission(
            self._key.name,
            self._store.spent(keys, now) if keys else set(),
            self._store.sealed(erased) if erased else set(),
        )
        refusals = [admission.refusal(batch) for batch in batches]
        accepted = [
            draft
            for batch, refusal in zip(batches, refusals, strict=True)
            if refusal is None
            for draft in batch
        ]
        return refusals, accepted

    def _write(self, drafts: Sequence[Draft], now: int) -> Growth:
        """Commit the drafts, and only then let memory follow."""
        hashes = [draft.claim.leaf_hash for draft in drafts]
        growth = self._frontier.extend(hashes)
        if not drafts:
            return growth
        edge, tiles = self._edge.extend(hashes)
        group = group_of(drafts, self._frontier.size, Head(growth.frontier.size, growth.root), tiles)
        self._steps += 1
        chores = self._steps % CHORES_EVERY == 0
        if chores:
            group = replace(group, note=(self.head.size, self.note), lapsed=now)
        self._unsure = growth.frontier.size
        with self._quarantine():
            self._store.commit(group)
        self._unsure, self._frontier, self._edge = None, growth.frontier, edge
        self._kept = self.head.size if chores else self._kept
        return growth

    def _sign(self, head: Head, known: Head | None) -> None:
        """Let the guard remember the head, then sign it."""
        if head == self.head:
            return
        if head != known:
            self._guard.remember(head)
        self._checkpoint = Checkpoint(self._key.name, head.size, head.root)
        self.note = self._checkpoint.sign(*self._signers())
        self.head = head

    def _signers(self) -> list[Signer]:
        """Return the present key, and during the overlap also the one before it."""
        retiring = self._retiring
        if retiring is None or self._clock() >= retiring.until:
            return [self._key]
        return [self._key, retiring.key]

    @property
    def _known(self) -> list[VerifyKey]:
        """The keys under which this log has signed of late."""
        return [self._key.public, *([self._retiring.key.public] if self._retiring else [])]

    @property
    def note_pending(self) -> bool:
        """Whether the last signed checkpoint is not in the store yet."""
        return self._kept != self.head.size

    def keep_note(self) -> None:
        """Put the last signed checkpoint into the store; if that fails, the next start signs anew."""
        with suppress(AuditUnavailable):
            self._store.commit(Group(prev=self.head.size, note=(self.head.size, self.note)))
        self._kept = self.head.size

    def keep(self, note: str) -> None:
        """Put a checkpoint of this log into the store with the signatures it has won.

        1. The log's own key has signed it, at a size that the log has reached.
        2. It names the root that the stored leaves give at that size.
        3. Signatures that were kept before stay, unless the same key has signed anew.
        """
        checkpoint = open_checkpoint(note, self._known)
        size = checkpoint.size
        if size > self.head.size:
            raise ProofRefused(f"{checkpoint}: was never signed, the log is at {self.head}")
        root = range_root(node_reader(self._tiles.tile, self.head.size), 0, size)
        if checkpoint.text != Checkpoint(self._key.name, size, root).text:
            raise ProofRefused(f"{checkpoint}: the log has root {root.hex()} there")
        kept, won = self._store.reader.note(size), Note.parse(note)
        joined = won if kept is None else Note.parse(kept).joined(won)
        self._store.commit(Group(prev=self.head.size, cosigned=(size, str(joined))))

    def quarantine(self, reason: str) -> None:
        """Refuse every later append, for this reason unless there is one already; from any thread."""
        self._refused = self._refused or Quarantined(f"log {self._key.name}: {reason}")

    def close(self) -> None:
        """Let go of store and guard."""
        self._store.close()
        self._guard.close()
