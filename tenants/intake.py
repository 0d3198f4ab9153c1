"""What loads brought, for whoever runs the node: each load, what it turned away, persons without a category.

A person without a category is stored and never shared. Its category comes with the next load that says one,
or by a decision that somebody answers for: then the record gets a new version with nothing else changed. The
decision stands as long as the source says what it said; a row that changed is what the source says now.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, insert, select, tuple_, update
from sqlalchemy.exc import DBAPIError

from policy.terms import SubjectCategory
from tenants.arrivals import arrived
from tenants.changes import Change, change_of
from tenants.database import Database
from tenants.errors import CategoryRefused, ShelfUnavailable
from tenants.tables import RecordRow, RejectRow, SourceFileRow, SourceRow
from tenants.writer import archived

RECORD: Table = RecordRow.metadata.tables["record"]
REJECT: Table = RejectRow.metadata.tables["reject"]
SOURCE: Table = SourceRow.metadata.tables["source"]
FILE: Table = SourceFileRow.metadata.tables["source_file"]
MOST_LISTED = 500
OF_A_PERSON = frozenset(SubjectCategory) - {SubjectCategory.NOT_A_PERSON, SubjectCategory.UNCATEGORISED}
"""The categories that a person can be given."""

#: Is told the load that a record came by, and what is about to change of it.
Changing = Callable[[int, Change], None]
#: A line of a source and the number of what was found there.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Load:
    """One load of one file: its name (empty for loads before names were kept), digest, and what became of it.

    `finished_at` is None while it runs, or when it was cut short and waits to be run again.
    """

    number: int
    file: str
    digest: str
    lines: int
    loaded: int
    altered: int
    unchanged: int
    rejected: int
    quarantined: int
    finished_at: str | None


@dataclass(frozen=True, slots=True)
class Turned:
    """A row that was not taken, or (`kept`) a value left out of one that was; `reason` names both sides."""

    line: int
    ordinal: int
    field: str
    code: str
    reason: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A person without a subject category: stored, never shared; told as far as it takes to find the row."""

    id: str
    version: int
    schema: str
    dataset: str
    case: str | None
    recorded_at: str
    source: int
    line: int


@dataclass(frozen=True, slots=True)
class Category:
    """The category for a person's record, of which `version` was seen."""

    record: str
    version: int
    category: SubjectCategory


class Intake:
    """The loads of one shelf; every method raises `ShelfUnavailable` when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def loads(self, before: int = 0, first: int = MOST_LISTED) -> Sequence[Load]:
        """Loads, the newest first; `before` is the number that ended the page before, 0 for the first."""
        told = [SOURCE.c[name] for name in Load.__dataclass_fields__ if name != "file"]
        wanted = select(FILE.c.name, *told).outerjoin(FILE, FILE.c.number == SOURCE.c.number)
        if before:
            wanted = wanted.where(SOURCE.c.number < before)
        rows = self._read(wanted.order_by(SOURCE.c.number.desc()).limit(_page(first)))
        return [Load(number, name or "", *rest) for name, number, *rest in rows]

    def turned(self, load: int, after: Place = (0, -1), first: int = MOST_LISTED) -> Sequence[Turned]:
        """What a load turned away, line by line; `after` is the place that ended the page before."""
        columns = [REJECT.c[name] for name in Turned.__dataclass_fields__]
        place = tuple_(REJECT.c.line, REJECT.c.ordinal)
        wanted = select(*columns).where(REJECT.c.source == load, place > after)
        rows = self._read(wanted.order_by(REJECT.c.line, REJECT.c.ordinal).limit(_page(first)))
        return [Turned(*row) for row in rows]

    def files(self, numbers: Sequence[int]) -> Mapping[int, str]:
        """The names of the files of these loads, as far as they are kept."""
        wanted = select(FILE.c.number, FILE.c.name).where(FILE.c.number.in_(numbers[:MOST_LISTED]))
        return dict(self._read(wanted))

    def quarantined(self, after: str = "", first: int = MOST_LISTED) -> Sequence[Quarantined]:
        """Persons without a category, by id; `after` is the id that ended the page before."""
        columns = (
            RECORD.c.id, RECORD.c.version, RECORD.c.schema, RECORD.c.dataset, RECORD.c.case_ref,
            RECORD.c.recorded_at, RECORD.c.source, RECORD.c.source_line,
        )  # fmt: skip
        without = RECORD.c.subject_category == SubjectCategory.UNCATEGORISED.value
        wanted = select(*columns).where(without, RECORD.c.id > after).order_by(RECORD.c.id)
        return [Quarantined(*row) for row in self._read(wanted.limit(_page(first)))]

    def check(self, wanted: Category) -> None:
        """`CategoryRefused` where `categorise` would refuse it now."""
        _of_a_person(wanted.category)
        _waiting(wanted, self._read(_state(wanted.record)))

    def categorise(self, wanted: Category, by: str, now: int, changing: Changing) -> Change:
        """Give a person its category; `changing` is told the load that it came by and the change first.

        `CategoryRefused` unless the record is a person without one, still at that version, and the category
        is one of a person. What `changing` raises undoes it. `now` is Unix seconds.
        """
        _of_a_person(wanted.category)
        at = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        new = {"subject_category": wanted.category.value, "recorded_at": at, "recorded_by": by}
        try:
            with self._database.writing() as connection:
                _waiting(wanted, [tuple(row) for row in connection.execute(_state(wanted.record))])
                old = connection.execute(select(RECORD).where(RECORD.c.id == wanted.record)).one()
                change = revised(connection, old, new, now)
                changing(old.source, change)
        except DBAPIError as error:
            raise ShelfUnavailable(f"category of a record: {error.orig}") from error
        return change

    def _read(self, wanted: Any) -> Sequence[tuple[Any, ...]]:  # noqa: ANN401  # a select of any columns
        try:
            with self._database.reading() as connection:
                return [tuple(row) for row in connection.execute(wanted)]
        except DBAPIError as error:
            raise ShelfUnavailable(f"loads: {error.orig}") from error


def _of_a_person(category: SubjectCategory) -> None:
    if category not in OF_A_PERSON:
        known = ", ".join(sorted(OF_A_PERSON))
        raise CategoryRefused(f"category {category}: a person has one of {known}")


def _state(record: str) -> Select[tuple[Any, ...]]:
    return select(RECORD.c.version, RECORD.c.subject_category).where(RECORD.c.id == record)


def _waiting(wanted: Category, found: Sequence[tuple[Any, ...]]) -> None:
    """`CategoryRefused` unless the record is a person without a category, as it was seen."""
    name = wanted.record[:128]
    if not found:
        raise CategoryRefused(f"record {name}: is not here")
    version, category = found[0]
    if category != SubjectCategory.UNCATEGORISED:
        raise CategoryRefused(f"record {name}: is {category}, not {SubjectCategory.UNCATEGORISED}")
    if version != wanted.version:
        raise CategoryRefused(f"record {name}: is at version {version}, not {wanted.version}")


def revised(connection: Connection, old: Row[Any], new: dict[str, Any], now: int) -> Change:
    """Keep the version before, and make the one with what is `new` present and an arrival."""
    before = {str(name): value for name, value in old._mapping.items()}  # noqa: SLF001  # a row as a mapping
    after = before | new | {"version": old.version + 1}
    archived(connection, [old], after["recorded_at"])
    changed = {name: after[name] for name in (*new, "version")}
    connection.execute(update(RECORD).where(RECORD.c.row == old.row), changed)
    arrived(connection, old.row, after["version"])
    return change_of(before, after, now)


def _page(first: int) -> int:
    return max(1, min(first, MOST_LISTED))


def remember(connection: Connection, number: int, name: str) -> None:
    """Keep the name of a load's file, in the transaction that begins the load."""
    connection.execute(FILE.delete().where(FILE.c.number == number))
    connection.execute(insert(FILE), {"number": number, "name": name})
