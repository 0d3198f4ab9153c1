"""The lines of two nodes' shared exchanges, found through the index: no run reads the whole log.

The caller has brought the index to the signed head (`index.catch_up`). An entry is made at most `SLACK` after
its request, or it is late; a late one is found by its request or its intent, not by its time.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from audit.entry import Kind
from audit.exchanges import KINDS, lines
from audit.index import LeafIndex, Search, every
from audit.line import Line, instant
from audit.merkle import leaf_hash
from audit.row import Row
from audit.store import LogReader

SLACK = timedelta(minutes=5)
_SEARCHED = tuple(sorted(KINDS - {Kind.CLOSED}))
_INTENTS = frozenset({Kind.ASKED, Kind.QUESTION_RECEIVED})
_GAP = 8


def lines_between(
    index: LeafIndex, reader: LogReader, nodes: tuple[str, str], since: datetime, until: datetime
) -> list[Line]:
    """Return the lines of the exchanges between `nodes` that were requested in `[since, until)`.

    The first of `nodes` is whose log this is.
    """
    search = Search(since=since - SLACK, until=until + SLACK, kinds=_SEARCHED, node=nodes[1])
    found = _read(reader, _completed(index, every(index, search)))
    return [line for line in found if _of(line, nodes) and since <= instant(line.requested_at) < until]


def lines_of(
    index: LeafIndex, reader: LogReader, nodes: tuple[str, str], requests: Iterable[str]
) -> list[Line]:
    """Return the lines of those requests between `nodes`, whenever their entries were made."""
    rows = [row for request in set(requests) for row in every(index, Search(request=request))]
    return [line for line in _read(reader, _completed(index, rows)) if _of(line, nodes)]


def _of(line: Line, nodes: tuple[str, str]) -> bool:
    return (line.asker, line.answerer) in {nodes, nodes[::-1]}


def _completed(index: LeafIndex, rows: Iterable[Row]) -> set[int]:
    """The places of the rows, of the outcomes of their intents and of the intents of their outcomes."""
    found = {row.index: row for row in rows if row.kind in KINDS}
    opened = {row.entry_id for row in found.values() if row.kind in _INTENTS}
    closed = {row.intent for row in found.values() if row.intent}
    places = set(found)
    for entry_id in opened - closed:
        places |= {row.index for row in every(index, Search(intent=entry_id))}
    for entry_id in closed - opened:
        places |= {row.index for row in every(index, Search(entry_id=entry_id))}
    return places


def _read(reader: LogReader, places: set[int]) -> list[Line]:
    return lines(
        (place, stored.leaf, leaf_hash(stored.leaf))
        for start, end in _runs(sorted(places))
        for place, stored in enumerate(reader.leaves(start, end), start)
        if place in places
    )


def _runs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The places as few half-open runs; small gaps are read over."""
    start = end = -1
    for place in places:
        if start < 0:
            start = place
        elif place - end > _GAP:
            yield start, end
            start = place
        end = place + 1
    if start >= 0:
        yield start, end
