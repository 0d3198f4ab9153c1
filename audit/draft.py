"""An entry on its way into the log: made into a leaf, not yet in the tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Self, TypeAlias

from audit.entry import INTENTS, Entry, closed_by, timestamp
from audit.merkle import leaf_hash
from audit.receipt import Claim
from audit.sealing import Blob
from audit.store import FOREVER, Group, Head, Intent
from audit.tiles import Tile


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry made into a leaf: what its receipt will say, what is kept beside it.

    `closes` is the id of the intent that this is the last outcome of; `once` may not be used again before the
    second `lapses`; `erased` are the leaves whose blobs go when this is appended.
    """

    id: str
    claim: Claim
    at: str
    leaf: bytes
    blob: Blob | None = None
    closes: str | None = None
    once: str | None = None
    lapses: int = FOREVER
    erased: tuple[int, ...] = ()

    @classmethod
    def of(
        cls, entry: Entry, at: datetime, sealed: tuple[str, Blob] | None, erased: Sequence[int] = ()
    ) -> Self:
        """Make the entry's draft for the time `at`; `sealed` is the commitment and the blob, if any."""
        commitment, blob = sealed or (None, None)
        leaf = entry.leaf(at, commitment)
        claim = Claim(entry.kind, leaf_hash(leaf), entry.subject)
        lapses = FOREVER if entry.expires is None else ceil(entry.expires.timestamp())
        closes, gone = closed_by(entry.facts), tuple(erased)
        return cls(entry.id, claim, timestamp(at), leaf, blob, closes, entry.once, lapses, gone)


Batch: TypeAlias = Sequence[Draft]
"""Drafts that are appended all or not at all."""


def once_keys(batch: Batch) -> list[str]:
    """Return the `once` keys of a batch."""
    return [draft.once for draft in batch if draft.once is not None]


def erased_of(batches: Sequence[Batch]) -> list[int]:
    """Return the leaves whose blobs the batches erase."""
    return [index for batch in batches for draft in batch for index in draft.erased]


def group_of(
    drafts: Sequence[Draft], prev: int, head: Head, tiles: Sequence[tuple[Tile, bytes]] = ()
) -> Group:
    """Return the step from `prev` leaves to `head` that the drafts make, with the tiles that became full."""
    placed = list(enumerate(drafts, prev))
    return Group(
        prev=prev,
        head=head,
        leaves=[draft.leaf for draft in drafts],
        blobs=[(index, draft.blob) for index, draft in placed if draft.blob is not None],
        tiles=tiles,
        once=[(draft.once, draft.lapses) for draft in drafts if draft.once is not None],
        opened=[_intent(index, draft) for index, draft in placed if draft.claim.kind in INTENTS],
        closed=[draft.closes for draft in drafts if draft.closes is not None],
        erased=erased_of([drafts]),
    )


def _intent(index: int, draft: Draft) -> Intent:
    return Intent(draft.id, index, draft.claim.kind.value, draft.at)
