"""Statistics of a log for a period: who asked how often, for what and with what outcome. No personal data.

Pure: records in, tables out. Persons are only counted, as distinct pseudonyms. Groups by role and unit, and
every number of persons, are small enough to point at somebody: a number from 1 to 4 is told as `<5` there,
and one that would give it away by subtraction is withheld as `*`. The totals of the whole log are told.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from audit.entry import Kind
from audit.errors import FormatRefused
from audit.line import instant

SMALLEST: Final = 5
"""The smallest number that is told of a small group."""
FEW: Final = f"<{SMALLEST}"
WITHHELD: Final = "*"
NOT_STATED: Final = ""
OTHER: Final = "OTHER"
MOST_GROUPS: Final = 1000
_LONGEST_EXCHANGE = timedelta(days=1)
_FIRST_YEAR, _LAST_YEAR = 1970, 9000
_DAY = re.compile(rb'"at":"(\d{4}-\d\d-\d\d)T')

COLUMNS = ("entries", "asked", "received", "disclosed", "refused", "answered", "persons")
"""All entries, those of four kinds, answers that came back, and the persons who asked."""
_COLUMN_OF = {
    Kind.ASKED.value: "asked",
    Kind.QUESTION_RECEIVED.value: "received",
    Kind.DISCLOSED.value: "disclosed",
    Kind.REFUSED.value: "refused",
    Kind.ANSWERS_RECEIVED.value: "answered",
}
_ENTRIES, _KINDS = 0, range(1, 1 + len(_COLUMN_OF))
DIMENSIONS = (
    "month", "operation", "kind", "purpose", "legal_basis", "offence", "partner", "role", "unit", "status",
)  # fmt: skip
SMALL = frozenset({"role", "unit"})
_OF_THE_INTENT = ("purpose", "legal_basis", "offence", "role", "unit")
"""What an outcome takes over from the intent that it ends."""

Count: TypeAlias = int | str
"""A number, `FEW` for one from 1 to 4, or `WITHHELD` for one that would give such a one away."""


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment up to, and not including, another one."""

    start: datetime
    end: datetime

    @classmethod
    def parse(cls, start: str, end: str) -> "Period":
        """Read two dates or RFC 3339 times, in UTC without a zone; `FormatRefused` unless they ascend."""
        period = cls(instant(start), instant(end))
        if (
            not _FIRST_YEAR <= period.start.year <= period.end.year <= _LAST_YEAR
            or period.start >= period.end
        ):
            raise FormatRefused(
                f"period from {start} to {end}: does not end after it starts, or is not of our time"
            )
        return period

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end

    def around(self, at: datetime) -> bool:
        """Whether an exchange that was at work at this moment may reach into the period."""
        return self.start - _LONGEST_EXCHANGE <= at < self.end + _LONGEST_EXCHANGE

    def may_hold(self, leaf: bytes) -> bool:
        """Whether the day that a leaf names is near the period; True for bytes that name none.

        In a leaf's canonical form the first `at` with a time is the entry's own.
        """
        day = _DAY.search(leaf)
        if day is None:
            return True
        first, last = self.start - 2 * _LONGEST_EXCHANGE, self.end + 2 * _LONGEST_EXCHANGE
        return f"{first:%Y-%m-%d}" <= day[1].decode() <= f"{last:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class Row:
    """One group's numbers, in the order of `COLUMNS`."""

    group: str
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """All groups of one dimension, the largest first. An entry with several values counts in each group."""

    dimension: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """The numbers of a period: in all, and by each dimension."""

    period: Period
    totals: Row
    tables: tuple[Table, ...]
    unreadable: int = 0


@dataclass(slots=True)
class _Tally:
    """The numbers of one group while it is counted."""

    counts: Counter[str] = field(default_factory=Counter)
    persons: set[str] = field(default_factory=set)

    def add(self, kind: str, person: str) -> None:
        self.counts["entries"] += 1
        if kind in _COLUMN_OF:
            self.counts[_COLUMN_OF[kind]] += 1
        if person:
            self.persons.add(person)

    def numbers(self) -> tuple[int, ...]:
        return tuple(len(self.persons) if name == "persons" else self.counts[name] for name in COLUMNS)


def count(records: Iterable[Mapping[str, Any] | None], period: Period) -> Statistics:
    """Count the records of a log's leaves, in order; None stands for a leaf that could not be read."""
    groups: dict[str, dict[str, _Tally]] = {name: defaultdict(_Tally) for name in DIMENSIONS}
    intents: dict[str, dict[str, str]] = {}
    total, unreadable = _Tally(), 0
    for record in records:
        at = _moment(record)
        if record is None or at is None:
            unreadable += 1
            continue
        if not period.around(at):
            continue
        stated = _stated(record, intents)
        if at in period:
            person = str(record.get("asker", ""))
            total.add(record["kind"], person)
            for dimension, tallies in groups.items():
                for group in _groups(dimension, at, record, stated):
                    known = group in tallies or len(tallies) < MOST_GROUPS
                    tallies[group if known else OTHER].add(record["kind"], person)
    tables = tuple(_table(dimension, tallies) for dimension, tallies in groups.items())
    totals = withheld([total.numbers()], [COLUMNS.index("persons")])[0]
    return Statistics(period, Row("", totals), tables, unreadable)


def _moment(record: Mapping[str, Any] | None) -> datetime | None:
    """When the entry was made; None for a record that says no moment."""
    try:
        return None if record is None else instant(record["at"])
    except FormatRefused:
        return None


def _stated(record: Mapping[str, Any], intents: dict[str, dict[str, str]]) -> Mapping[str, Any]:
    """What an entry states of its mandate, itself or by the intent that it ends."""
    if record["kind"] in {Kind.ASKED, Kind.QUESTION_RECEIVED}:
        intents[record["id"]] = {name: record[name] for name in _OF_THE_INTENT if name in record}
    return {**intents.get(str(record.get("intent")), {}), **record}


def _groups(
    dimension: str, at: datetime, record: Mapping[str, Any], stated: Mapping[str, Any]
) -> Sequence[str]:
    """The groups that an entry belongs to: one, and several where it tells of several nodes."""
    if dimension == "month":
        return [f"{at.year}-{at.month:02}"]
    if dimension == "status" and "nodes_replied" in record:
        return sorted(set(record["nodes_replied"].values())) or [NOT_STATED]
    if dimension == "partner":
        return _partners(record)
    return [str(stated.get(dimension, NOT_STATED))]


def _partners(record: Mapping[str, Any]) -> Sequence[str]:
    """The other nodes of an exchange."""
    if "partner" in record:
        return [record["partner"]]
    named = record.get("nodes_asked") or sorted(record.get("nodes_replied", ()))
    return sorted({node for node in named if node != record["node"]}) or [NOT_STATED]


def _table(dimension: str, tallies: Mapping[str, _Tally]) -> Table:
    """The groups in order of time or, for other dimensions, the largest first; small numbers withheld."""
    found = {group: tally.numbers() for group, tally in sorted(tallies.items())}
    order = list(found) if dimension == "month" else sorted(found, key=lambda group: -found[group][0])
    columns = range(len(COLUMNS)) if dimension in SMALL else [COLUMNS.index("persons")]
    rows = withheld([found[group] for group in order], columns)
    return Table(dimension, tuple(map(Row, order, rows)))


def withheld(rows: Sequence[Sequence[int]], columns: Sequence[int]) -> list[tuple[Count, ...]]:
    """Return the rows with the small numbers of these columns withheld, and what would give them away."""
    small = {
        (place, column) for place, row in enumerate(rows) for column in columns if _is_small(row[column])
    }
    hidden = set(small)
    while more := _complements(rows, columns, hidden) - hidden:
        hidden |= more

    def told(place: int, column: int, number: int) -> Count:
        if (place, column) in small:
            return FEW
        return WITHHELD if (place, column) in hidden else number

    return [
        tuple(told(place, column, number) for column, number in enumerate(row))
        for place, row in enumerate(rows)
    ]


def _is_small(number: int) -> bool:
    return 0 < number < SMALLEST


def _complements(
    rows: Sequence[Sequence[int]], columns: Sequence[int], hidden: set[tuple[int, int]]
) -> set[tuple[int, int]]:
    """Return what must be hidden with these: where one number alone is hidden, it follows from the sum.

    In a column the next smallest group goes with it; in a row the number of all entries does.
    """
    more: set[tuple[int, int]] = set()
    for column in columns:
        told = [(row[column], place) for place, row in enumerate(rows) if (place, column) not in hidden]
        if len(rows) - len(told) == 1:
            more |= {(place, column) for _, place in sorted(each for each in told if each[0])[:1]}
    if _ENTRIES in columns:
        for place in range(len(rows)):
            if sum((place, column) in hidden for column in _KINDS) == 1:
                more.add((place, _ENTRIES))
    return more
