"""An `Inbox` in memory, for tests and simulated worlds."""

from dataclasses import replace
from itertools import islice

from sharing.errors import ItemConflict, ItemUnknown
from sharing.inbox import Item, Wanted


class MemoryInbox:
    """A dictionary of items; see `sharing.inbox.Inbox`."""

    def __init__(self) -> None:
        """Start with none."""
        self._items: dict[str, Item] = {}

    def add(self, item: Item) -> bool:
        """See `Inbox.add`."""
        return self._items.setdefault(item.id, item) is item

    def get(self, item_id: str) -> Item:
        """See `Inbox.get`."""
        if item_id not in self._items:
            raise ItemUnknown(f"item {item_id[:80]!r}: not in the inbox")
        return self._items[item_id]

    def list(self, wanted: Wanted) -> list[Item]:
        """See `Inbox.list`."""
        found = sorted(self._items.values(), key=lambda item: (item.due_at, item.id))
        return list(islice(filter(wanted.admits, found), wanted.first))

    def put(self, item: Item) -> Item:
        """See `Inbox.put`."""
        if self.get(item.id).revision != item.revision:
            raise ItemConflict(f"item {item.id}: has changed since revision {item.revision} was read")
        self._items[item.id] = changed = replace(item, revision=item.revision + 1)
        return changed
