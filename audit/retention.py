"""Which sealed blobs have outlived their time: pure, over the leaves of a log in their order.

A blob is due when its leaf's `retain_until` has passed and nothing holds it. A leaf that says no date counts
from its own time and the period given. A hold is on a case (by its keyed digest, as the leaf has it), or on
anything an open finding names: a query id, an entry id, a request's digest, an index. It reaches every later
leaf of the same exchange, since an outcome names its intent or query id after the leaf that names the case.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from audit.canonical import parse_object
from audit.store import StoredLeaf

Period: TypeAlias = Callable[[str, date], date]
"""Gives, for a kind and the day of its leaf, the last day on which its blob is kept."""

_LINKS = ("id", "query_id", "request", "subject", "intent")
_DAY = 10


@dataclass(frozen=True, slots=True)
class Holds:
    """What must stay: cases by keyed digest, and references (query id, entry id, digest, index as text)."""

    cases: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Due:
    """A blob that may go: its leaf's index, kind, day, and the last day on which it was to be kept."""

    index: int
    kind: str
    on: date
    until: date


@dataclass(slots=True)
class Survey:
    """Reads leaves in order (`take`) and gathers what is due.

    `held` are all leaves whose blobs must stay, `kept` counts those of them that would be due.
    """

    today: date
    holds: Holds
    period: Period
    due: list[Due] = field(default_factory=list)
    held: set[int] = field(default_factory=set)
    kept: int = 0
    sealed: int = 0
    _links: set[str] = field(default_factory=set)

    def take(self, start: int, leaves: Iterable[StoredLeaf]) -> None:
        """Take the leaves from index `start` on; each must come once and in order."""
        for index, stored in enumerate(leaves, start):
            record = parse_object(stored.leaf)
            held = self._holds(index, record)
            if stored.blob is None:
                continue
            self.sealed += 1
            found = self._due(index, record)
            if held:
                self.held.add(index)
                self.kept += found is not None
            elif found is not None:
                self.due.append(found)

    def _holds(self, index: int, record: Mapping[str, Any]) -> bool:
        links = {str(record[name]) for name in _LINKS if name in record}
        named = self.holds.references
        held = (
            record.get("case") in self.holds.cases
            or str(index) in named
            or not named.isdisjoint(links)
            or not self._links.isdisjoint(links)
        )
        if held:
            self._links |= links
        return held

    def _due(self, index: int, record: Mapping[str, Any]) -> Due | None:
        kind, on = str(record["kind"]), date.fromisoformat(str(record["at"])[:_DAY])
        said = record.get("retain_until")
        until = self.period(kind, on) if said is None else date.fromisoformat(str(said)[:_DAY])
        return Due(index, kind, on, until) if until < self.today else None


def summary(due: Iterable[Due]) -> dict[str, Any]:
    """Return what is due in counts and days: nothing of it points to a person or a case."""
    found = list(due)
    return {
        "records": len(found),
        "kinds": dict(sorted(Counter(each.kind for each in found).items())),
        "oldest": min((each.on for each in found), default=None),
        "newest": max((each.on for each in found), default=None),
    }
