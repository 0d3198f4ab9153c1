"""The index of a log: a projection of its leaves into rows that can be searched.

It is never written on the append path. `catch_up` brings it to the signed head before a search, in batches,
and can be cut short at any time. With the rows it keeps the Merkle frontier of the leaves they were made of:
its root at the head's size must be the signed one, or the index is thrown away and made anew. So a search is
over every leaf that was signed and over nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from audit.errors import IndexRefused, SearchRefused, StoreRefused
from audit.merkle import Frontier, leaf_hash
from audit.row import Row, row_of
from audit.store import Head, LogReader

BATCH = 1000
MOST_ROWS = 500
MAX_TEXT = 256
TALLIES = frozenset({"asker", "day", "hour", "kind", "partner", "purpose", "role", "unit"})


@dataclass(frozen=True, slots=True)
class Search:
    """What rows are wanted; an empty criterion admits every row.

    The period is half open, `[since, until)`. `node` is one that asked, was asked or replied; `status` and
    `reason` are among the row's own; `due` (a date) admits rows whose retention ended before it. Rows come
    in the order of the log, from `after` (exclusive) on, `first` of them.
    """

    since: datetime | None = None
    until: datetime | None = None
    kinds: tuple[str, ...] = ()
    node: str = ""
    purpose: str = ""
    case: str = ""
    with_case: bool | None = None
    status: str = ""
    reason: str = ""
    unit: str = ""
    asker: str = ""
    query_id: str = ""
    request: str = ""
    entry_id: str = ""
    intent: str = ""
    sealed: bool | None = None
    self_lookup: bool | None = None
    due: str = ""
    after: int = -1
    first: int = MOST_ROWS

    def __post_init__(self) -> None:
        """Refuse what no search can mean."""
        if not 1 <= self.first <= MOST_ROWS:
            raise SearchRefused(f"search: {self.first} rows are wanted, 1 to {MOST_ROWS} are given")
        for name in ("since", "until"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise SearchRefused(f"search: `{name}` has no time zone")
        if max(map(len, (*self.texts.values(), *self.kinds, self.due))) > MAX_TEXT:
            raise SearchRefused(f"search: a criterion has more than {MAX_TEXT} characters")

    @property
    def texts(self) -> Mapping[str, str]:
        """The criteria that are equalities on a row's field of the same name."""
        return {name: getattr(self, name) for name in EQUALITIES}

    def admits(self, row: Row) -> bool:
        """Whether the row is wanted, its place (`after`) included."""
        return (
            row.index > self.after
            and all(not value or getattr(row, name) == value for name, value in self.texts.items())
            and (not self.kinds or row.kind in self.kinds)
            and (self.since is None or row.at_ms >= milliseconds(self.since))
            and (self.until is None or row.at_ms < milliseconds(self.until))
            and (not self.node or self.node in row.nodes)
            and (not self.status or self.status in row.statuses)
            and (not self.reason or self.reason in row.reasons)
            and self.with_case in {None, bool(row.case)}
            and self.sealed in {None, row.sealed}
            and self.self_lookup in {None, row.self_lookup}
            and (not self.due or "" < row.retain_until < self.due)
        )


EQUALITIES = ("purpose", "case", "unit", "asker", "query_id", "request", "entry_id", "intent")


def milliseconds(at: datetime) -> int:
    """Unix milliseconds of a time with a zone."""
    return round(at.timestamp() * 1000)


class LeafIndex(Protocol):
    """Rows of one log. Every method raises `OversightUnavailable` when the database cannot be used."""

    def grown(self) -> Frontier:
        """Return the Merkle frontier of the leaves that the index holds."""

    def extend(self, rows: Sequence[Row], size: int, grown: Frontier) -> bool:
        """Add the rows from `size` on, all or none; False, with nothing done, if it has not that size."""

    def clear(self) -> None:
        """Forget all rows."""

    def find(self, search: Search) -> list[Row]:
        """Return the first rows that the search admits, in the order of the log."""

    def count(self, search: Search) -> int:
        """Return how many rows the search admits, whatever its `first`."""

    def tally(self, search: Search, by: Sequence[str]) -> dict[tuple[str, ...], int]:
        """Return how many rows it admits for each value of the fields `by`, which are of `TALLIES`."""


def catch_up(index: LeafIndex, reader: LogReader, head: Head) -> int:
    """Bring the index to the signed head and return how many leaves were read for it.

    1. An index beyond the head: the log has moved on (`IndexRefused`, ask again with its new head), or was
       put back to an older state, and the index is made anew.
    2. Read on to the head. The root must be the signed one, else the index is made anew.
    3. `StoreRefused` if the log's leaves still do not have the root that was signed: then nothing can be
       searched until the log is verified.
    """
    before = index.grown().size
    if before > head.size and reader.leaves(before - 1, before):
        raise IndexRefused(f"index: is at {before} leaves, beyond the head of {head.size}")
    if before <= head.size:
        reached, read = _follow(index, reader, head.size)
        if reached.root() == head.root:
            return read
    index.clear()
    reached, read = _follow(index, reader, head.size)
    if reached.root() != head.root:
        raise StoreRefused(
            f"index: the leaves give root {reached.root().hex()} at size {reached.size}, signed is {head}"
        )
    return read


def _follow(index: LeafIndex, reader: LogReader, size: int) -> tuple[Frontier, int]:
    """Read on from where the index is to `size`, or beyond where another one took it meanwhile."""
    grown, read = index.grown(), 0
    while grown.size < size:
        start = grown.size
        stored = reader.leaves(start, min(start + BATCH, size))
        if not stored:
            raise StoreRefused(f"index: the log has {start} leaves, {size} were signed")
        rows = [row_of(place, each.leaf) for place, each in enumerate(stored, start)]
        after = grown.append(leaf_hash(each.leaf) for each in stored)
        grown = after if index.extend(rows, start, after) else index.grown()
        read += len(rows)
    if grown.size > size:
        raise IndexRefused(f"index: is at {grown.size} leaves, beyond the head of {size}")
    return grown, read


def every(index: LeafIndex, search: Search) -> Iterator[Row]:
    """Yield all rows that the search admits, a page at a time."""
    page = replace(search, first=MOST_ROWS)
    while rows := index.find(page):
        yield from rows
        if len(rows) < MOST_ROWS:
            return
        page = replace(page, after=rows[-1].index)


def checked_tally(by: Sequence[str]) -> tuple[str, ...]:
    """Return the fields to count by, or refuse none and one that is none."""
    if not by:
        raise SearchRefused("tally: by nothing, a field is needed")
    if stray := sorted(set(by) - TALLIES):
        raise SearchRefused(f"tally: by {stray[0][:80]}, one of {', '.join(sorted(TALLIES))} is needed")
    return tuple(by)
