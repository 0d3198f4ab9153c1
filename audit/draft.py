"""An entry on its way into the log: made into a leaf, not yet in the tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TypeAlias

from audit.entry import INTENTS, Entry
from audit.receipt import Claim
from audit.sealing import Blob
from audit.store import FOREVER, Group, Head, Intent
from audit.tiles import Tile


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry made into a leaf: its time, the leaf, the blob beside it, what its receipt will say."""

    entry: Entry
    at: str
    leaf: bytes
    blob: Blob | None
    claim: Claim


Batch: TypeAlias = Sequence[Draft]
"""Drafts that are appended all or not at all."""


def once_keys(batch: Batch) -> list[str]:
    """Return the `once` keys of a batch."""
    return [draft.entry.once for draft in batch if draft.entry.once is not None]


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
        once=[(draft.entry.once, _lapse(draft.entry)) for draft in drafts if draft.entry.once is not None],
        opened=[_intent(index, draft) for index, draft in placed if draft.entry.kind in INTENTS],
        closed=[draft.entry.intent for draft in drafts if draft.entry.intent is not None],
    )


def _intent(index: int, draft: Draft) -> Intent:
    return Intent(draft.entry.id, index, draft.entry.kind.value, draft.at)


def _lapse(entry: Entry) -> int:
    """Return the second from which the entry's `once` key may be used again."""
    return FOREVER if entry.expires is None else ceil(entry.expires.timestamp())
