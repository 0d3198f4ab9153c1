"""The log: entries in, receipts out.

It grows through a `Committing`, in this process or behind a socket, and is read at its store's reading door.
`append` returns when the entry is durable in the store, its head remembered by the guard and signed. Whatever
is queued when the committing thread comes for it goes into one transaction; no timer, no waiting for more. A
caller that is cancelled loses nothing: its entry is appended all the same.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol, Self

from audit.canonical import parse_object
from audit.checkpoint import Checkpoint
from audit.committer import Committer
from audit.committing import Committing
from audit.draft import Batch, Draft
from audit.entry import Entry, utc_now
from audit.errors import ProofRefused, SealRefused
from audit.merkle import prove_consistency, prove_inclusion
from audit.note import Note
from audit.proof import Proof
from audit.reading import TileReader
from audit.receipt import Receipt, claim_of
from audit.sealing import BlobKey
from audit.sequencer import Clock, Retiring, Sequencer
from audit.signer import Signer
from audit.store import Guard, Head, Intent, LogReader, LogStore, StoredLeaf
from audit.tiles import node_reader


class Readable(Protocol):
    """A store as far as a log itself needs it."""

    @property
    def reader(self) -> LogReader:
        """The reading door."""

    def close(self) -> None:
        """Let go of files and connections."""


class Log:
    """One node's log. `open` it in the event loop that will use it; `close` it at the end."""

    def __init__(
        self, committing: Committing, store: Readable, blob_key: BlobKey | None, clock: Clock
    ) -> None:
        """Take the parts; `open` and `over` are the ways to a log that works."""
        self._committer, self._store, self._blob_key, self._clock = committing, store, blob_key, clock
        self._tiles = TileReader(store.reader)

    @classmethod
    async def open(  # noqa: PLR0913  # the parts of a log
        cls,
        store: LogStore,
        guard: Guard,
        key: Signer,
        *,
        blob_key: BlobKey | None = None,
        clock: Clock = utc_now,
        retiring: Retiring | None = None,
    ) -> Self:
        """Recover the stored log and start its committing thread; the key's name becomes the log's origin.

        `retiring` is the key before it, which signs beside it until its time is over.
        `GuardRefused` if the store contradicts the guard, `StoreRefused` if it is damaged or not durable. The
        log owns store and guard from here on and closes them.
        """
        committer = Committer(Sequencer(store, guard, key, clock, retiring))
        return await cls.over(committer, store, blob_key=blob_key, clock=clock)

    @classmethod
    async def over(
        cls,
        committing: Committing,
        store: Readable,
        *,
        blob_key: BlobKey | None = None,
        clock: Clock = utc_now,
    ) -> Self:
        """Start a log that grows through `committing` and is read from `store`; it closes both at the end."""
        log = cls(committing, store, blob_key, clock)
        try:
            await log._committer.start()
        except BaseException:
            await log.close()
            raise
        return log

    @property
    def origin(self) -> str:
        """The log's identity, the first line of its checkpoints."""
        return self._committer.origin

    @property
    def head(self) -> Head:
        """The last signed head."""
        return self._committer.head

    def checkpoint(self) -> str:
        """Return the last signed checkpoint, a note as text."""
        return self._committer.note

    @property
    def committing(self) -> Committing:
        """What the log grows through: what a sequencer's door hands batches to."""
        return self._committer

    @property
    def reader(self) -> LogReader:
        """The store's reading door, for any thread."""
        return self._store.reader

    async def append(self, entry: Entry) -> Receipt:
        """Append one entry and return its receipt.

        `Duplicate` if its `once` key is spent; `AuditUnavailable` if it could not be made durable and signed:
        then it may or may not be in the log, and nothing may be read or sent on its account.
        """
        (receipt,) = await self._submit([self._draft(entry)])
        return receipt

    async def append_many(self, entries: Sequence[Entry]) -> list[Receipt]:
        """Append the entries in one transaction, all or none of them, and return their receipts in order."""
        if not entries:
            return []
        return await self._submit([self._draft(entry) for entry in entries])

    async def erase(self, indexes: Sequence[int], entry: Entry) -> Receipt:
        """Append an entry of kind ERASED and delete the blobs of the leaves `indexes`, in one transaction.

        The entry says their `ranges` and number (`records`), `reasons`, and two different `approvers`.
        `ErasureRefused` if it does not, or if a blob is not there or gone already; then nothing is erased.
        """
        (receipt,) = await self._submit([self._draft(entry, indexes)])
        return receipt

    async def _submit(self, batch: Batch) -> list[Receipt]:
        placed = await self._committer.submit(batch)
        return placed.receipts(batch)

    def _draft(self, entry: Entry, erased: Sequence[int] = ()) -> Draft:
        at = self._clock()
        sealed = None if entry.sealed is None else self._key_for_blobs().seal(entry.sealed, entry.id)
        return Draft.of(entry, at, sealed, erased)

    def _key_for_blobs(self) -> BlobKey:
        if self._blob_key is None:
            raise SealRefused(f"log {self.origin}: was opened without a blob key")
        return self._blob_key

    async def keep(self, note: str) -> None:
        """Keep a checkpoint of this log with the cosignatures it has won; those kept before stay.

        `ProofRefused` if the log has not signed this very text; `AuditUnavailable` if it cannot be kept now.
        """
        await self._committer.keep(note)

    def quarantine(self, reason: str) -> None:
        """Append nothing more, whoever asks: `Quarantined` from now on. Head and reading doors still work."""
        self._committer.quarantine(reason)

    async def entries(self, start: int, end: int) -> list[StoredLeaf]:
        """Return the leaves `[start, end)` of the signed tree, in order, with their sealed blobs."""
        return await asyncio.to_thread(self._store.reader.leaves, start, min(end, self.head.size))

    async def open_intents(self) -> list[Intent]:
        """Return the intents that have no outcome, oldest first; those now under way are among them."""
        return await asyncio.to_thread(self._store.reader.intents)

    async def receipt(self, index: int, at_size: int | None = None) -> Receipt:
        """Return a receipt for a leaf against the last checkpoint, or the one signed at `at_size` leaves."""
        note = self.checkpoint() if at_size is None else await asyncio.to_thread(self._note, at_size)
        return await asyncio.to_thread(self._receipt, index, note)

    def _note(self, size: int) -> str:
        note = self._store.reader.note(size)
        if note is None:
            raise ProofRefused(f"log {self.origin}: no checkpoint of size {size} was kept")
        return note

    def _receipt(self, index: int, note: str) -> Receipt:
        checkpoint = Checkpoint.parse(Note.parse(note).text)
        path = prove_inclusion(node_reader(self._tiles.tile, checkpoint.size), index, checkpoint.size)
        (stored,) = self._store.reader.leaves(index, index + 1)
        entry_id = str(parse_object(stored.leaf)["id"])
        return Receipt.issue(entry_id, claim_of(stored.leaf), Proof(index, tuple(path), note), checkpoint)

    async def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """Return the proof that `old` leaves are a prefix of the tree of `new` (None: the signed one)."""
        size = self.head.size if new is None else new
        if size > self.head.size:
            raise ProofRefused(f"log {self.origin}: size {size} is beyond the signed {self.head.size}")
        return await asyncio.to_thread(prove_consistency, node_reader(self._tiles.tile, size), old, size)

    async def unseal(self, index: int) -> bytes:
        """Return what was sealed beside a leaf; `SealRefused` if there is nothing or it was erased.

        The caller has checked who asks and has logged it.
        """
        return (await self.unseal_salted(index))[1]

    async def unseal_salted(self, index: int) -> tuple[bytes, bytes]:
        """Return the same with the salt before it, for who must check the leaf's commitment elsewhere."""
        for stored in await self.entries(index, index + 1):
            if stored.blob is not None:
                record = parse_object(stored.leaf)
                key = self._key_for_blobs()
                return key.open_salted(stored.blob, str(record["id"]), str(record["commitment"]))
        raise SealRefused(f"log {self.origin}: leaf {index} has no sealed blob, or it was erased")

    async def close(self) -> None:
        """Append what is queued, keep the last checkpoint, let go of everything."""
        await self._committer.stop()
        self._store.close()
