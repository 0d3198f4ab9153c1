"""A random sample that nobody has chosen, and that everybody can draw again. Pure.

The seed is SHA-256 of `entente/sample/v1`, the week and the root of a checkpoint, a line each: the first
checkpoint kept after the week's end, so that neither who reads nor who asked could know it beforehand. Each
exchange gets the rank SHA-256(seed, digest of its first leaf); the smallest ranks are the sample.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from hashlib import sha256
from heapq import nsmallest
from typing import Self

from audit.checkpoint import Checkpoint
from audit.errors import SearchRefused
from audit.index import LeafIndex, Search, every
from audit.note import Note
from audit.questions import KINDS, Question, questions
from audit.store import Head, LogReader

MOST_DRAWN = 200
_PAGE = 1000
_AROUND = timedelta(hours=1)
"""How long before and after the week entries of its exchanges may stand."""

_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Week:
    """A week of ISO 8601, from Monday 00:00 to the next Monday in a time zone."""

    name: str
    since: datetime
    until: datetime

    @classmethod
    def parse(cls, text: str, zone: tzinfo = UTC) -> Self:
        """Read `2026-W47`; `SearchRefused` if there is no such week."""
        found = _WEEK.fullmatch(text)
        try:
            if found is None:
                raise SearchRefused(f"week {text[:40]!r}: is not of the form 2026-W47")
            monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
            since = datetime(monday.year, monday.month, monday.day, tzinfo=zone)
            return cls(text, since, since + timedelta(days=7))
        except (ValueError, OverflowError) as error:
            raise SearchRefused(f"week {text[:40]!r}: there is none") from error


@dataclass(frozen=True, slots=True)
class Basis:
    """The head whose root decides the sample; `final` when it is a kept checkpoint, the same for ever."""

    head: Head
    final: bool


def seed(week: str, root: bytes) -> bytes:
    """Return the 32 bytes that decide the sample of a week."""
    return sha256(f"entente/sample/v1\n{week}\n{root.hex()}\n".encode()).digest()


def draw(decider: bytes, population: Iterable[Question], count: int) -> list[Question]:
    """Return `count` questions of the population, or all where there are fewer, in the order drawn."""
    if not 1 <= count <= MOST_DRAWN:
        raise SearchRefused(f"sample: {count} are wanted, 1 to {MOST_DRAWN} are drawn")
    return nsmallest(count, population, key=lambda each: rank(decider, each.row.leaf_hash))


def rank(decider: bytes, leaf: str) -> bytes:
    """Return the rank of the exchange whose first leaf has this digest (`sha256:<hex>`)."""
    return sha256(decider + bytes.fromhex(leaf.removeprefix("sha256:"))).digest()


def asked_in(index: LeafIndex, week: Week) -> list[Question]:
    """The week's questions, of own people and of other nodes, in the order of the log."""
    around = Search(since=week.since - _AROUND, until=week.until + _AROUND, kinds=KINDS)
    return [each for each in questions(every(index, around)) if week.since <= each.at < week.until]


def basis_of(index: LeafIndex, reader: LogReader, head: Head, after: datetime) -> Basis:
    """The first kept checkpoint over an entry made at or after `after`, or the head while there is none.

    The head can be moved by reading the log, and so chosen; a kept checkpoint cannot.
    """
    late = index.find(Search(since=after, first=1))
    first = late[0].index if late else head.size
    found: Checkpoint | None = None
    below = head.size + 1
    while notes := reader.notes(below, _PAGE):
        kept = [Checkpoint.parse(Note.parse(note).text) for note in notes]
        fitting = [each for each in kept if first < each.size <= head.size]
        if not fitting:
            break
        found = fitting[-1]
        below = min(below - 1, found.size)
    return Basis(Head(found.size, found.root), final=True) if found else Basis(head, final=False)
