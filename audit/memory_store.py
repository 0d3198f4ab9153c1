"""The log's store in memory, for tests and simulated worlds; two logs on one store fork as on a database."""

from collections.abc import Sequence
from dataclasses import replace

from audit.errors import ForkRefused
from audit.store import Group, Head, Intent, StoredLeaf


class MemoryStore:
    """Both doors of `audit.store` over dictionaries."""

    def __init__(self) -> None:
        """Start with an empty log."""
        self._leaves: list[StoredLeaf] = []
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._head: Head | None = None
        self._notes: dict[int, str] = {}
        self._once: dict[str, int] = {}
        self._intents: dict[str, Intent] = {}

    @property
    def reader(self) -> "MemoryStore":
        """The reading door: the store itself."""
        return self

    def start(self) -> Head | None:
        """Return the last committed head."""
        return self._head

    def spent(self, keys: Sequence[str], now: int) -> set[str]:
        """Return the keys that are used and not lapsed."""
        return {key for key in keys if self._once.get(key, 0) > now}

    def sealed(self, indexes: Sequence[int]) -> set[int]:
        """Return those of the leaves that have a blob."""
        size = len(self._leaves)
        return {index for index in indexes if index < size and self._leaves[index].blob is not None}

    def rewrap(self, keys: Sequence[tuple[int, bytes]]) -> None:
        """Replace wrapped data keys."""
        for index, key in keys:
            stored = self._leaves[index]
            if stored.blob is not None:
                self._leaves[index] = replace(stored, blob=replace(stored.blob, wrapped_key=key))

    def commit(self, group: Group) -> None:
        """Apply the group."""
        if group.head is not None:
            self._step(group, group.head)
        if group.note is not None:
            self._notes.setdefault(*group.note)
        if group.cosigned is not None:
            self._notes[group.cosigned[0]] = group.cosigned[1]

    def _step(self, group: Group, head: Head) -> None:
        if group.prev != len(self._leaves):
            raise ForkRefused(
                f"log: a step from {group.prev} to {head.size}, the store is at {len(self._leaves)}"
            )
        blobs = dict(group.blobs)
        self._leaves += [StoredLeaf(leaf, blobs.get(group.prev + i)) for i, leaf in enumerate(group.leaves)]
        self._tiles |= {(tile.level, tile.index): data for tile, data in group.tiles}
        if group.lapsed is not None:
            self._once = {key: until for key, until in self._once.items() if until > group.lapsed}
        self._once |= dict(group.once)
        self._intents |= {intent.entry_id: intent for intent in group.opened}
        for entry_id in group.closed:
            self._intents.pop(entry_id, None)
        for index in group.erased:
            self._leaves[index] = replace(self._leaves[index], blob=None)
        self._head = head

    def close(self) -> None:
        """Keep everything, as a database would."""

    def leaves(self, start: int, end: int) -> list[StoredLeaf]:
        """Return the leaves `[start, end)`."""
        return self._leaves[start:end]

    def tile(self, level: int, index: int) -> bytes | None:
        """Return a full tile."""
        return self._tiles.get((level, index))

    def note(self, size: int) -> str | None:
        """Return the checkpoint kept for this size."""
        return self._notes.get(size)

    def notes(self, below: int, limit: int) -> list[str]:
        """Return kept checkpoints, the largest size first."""
        sizes = sorted((size for size in self._notes if size < below), reverse=True)
        return [self._notes[size] for size in sizes[:limit]]

    def intents(self) -> list[Intent]:
        """Return the open intents, oldest first."""
        return sorted(self._intents.values(), key=lambda intent: intent.index)
