"""The index in memory, for tests and simulated worlds."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice

from audit.index import Search, checked_tally
from audit.merkle import Frontier
from audit.row import Row


class MemoryIndex:
    """A list of rows; see `audit.index.LeafIndex`."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._rows: list[Row] = []
        self._grown = Frontier()

    def grown(self) -> Frontier:
        """Return the frontier."""
        return self._grown

    def extend(self, rows: Sequence[Row], size: int, grown: Frontier) -> bool:
        """Add the rows if the index has this size."""
        if size != self._grown.size:
            return False
        self._rows += rows
        self._grown = grown
        return True

    def clear(self) -> None:
        """Forget all rows."""
        self._rows, self._grown = [], Frontier()

    def find(self, search: Search) -> list[Row]:
        """Return the first rows that the search admits."""
        return list(islice(filter(search.admits, self._rows), search.first))

    def count(self, search: Search) -> int:
        """Return how many rows it admits."""
        return sum(map(search.admits, self._rows))

    def tally(self, search: Search, by: Sequence[str]) -> dict[tuple[str, ...], int]:
        """Return how many rows it admits for each value of the fields."""
        names = checked_tally(by)
        return Counter(
            tuple(getattr(row, name) for name in names) for row in self._rows if search.admits(row)
        )
