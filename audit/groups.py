"""How large the groups are that a log commits: counts only, for whoever measures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

BOUNDS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000)
"""Entries in a group, upper bounds; larger ones are counted beyond the last."""


@dataclass(slots=True)
class Groups:
    """Groups since the start by their entries; written by the committing thread, read by any."""

    entries: int = 0
    failed: int = 0
    last_failed: bool = False
    _counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))

    def committed(self, entries: int) -> None:
        """A group of so many entries is in the log."""
        place = next((at for at, bound in enumerate(BOUNDS) if entries <= bound), len(BOUNDS))
        self._counts[place] += 1
        self.entries += entries
        self.last_failed = False

    def refused(self, *, key_away: bool = False) -> None:
        """A group could not be appended. Whether the log's key is back is looked at without an append."""
        self.failed += 1
        self.last_failed = not key_away

    @property
    def cumulative(self) -> Sequence[int]:
        """Groups of at most `BOUNDS` entries, for each bound; last, all groups."""
        return list(accumulate(self._counts))
