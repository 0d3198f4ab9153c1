"""The comparison of names: a port, because the field's own matcher takes seconds to load."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tenants.matching.comparable import Comparable


@dataclass(frozen=True, slots=True)
class NameScore:
    """How alike two records' names are, 0 to 1, and the two names that agree best."""

    score: float
    left: str
    right: str


class NameScores(Protocol):
    """Compares the names of records, in any script and order."""

    def scores(self, pairs: Sequence[tuple[Comparable, Comparable]]) -> Sequence[NameScore | None]:
        """One for each pair, in order; None where one side has no name. Blocks while it computes."""
