"""What arrived on the shelf and nobody has compared with standing questions yet.

A load writes an arrival for each new version of a record that names an identifier, in the transaction that
writes the version: so neither is there without the other, however the load ends. Whoever compares takes a
page, does its work durably, and then says that it is taken; after a crash in between the page comes again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    Table,
    and_,
    delete,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from policy.decision import Permit
from policy.terms import Mode
from tenants.database import Database
from tenants.errors import ShelfUnavailable
from tenants.preparing import Prepared
from tenants.shape import finds_by
from tenants.tables import ArrivalRow, IdentifierRow, RecordRow
from tenants.writer import Stamp

RECORD: Table = RecordRow.metadata.tables["record"]
IDENTIFIER: Table = IdentifierRow.metadata.tables["identifier"]
MOST_TAKEN = 1_000
ARRIVAL: Table = ArrivalRow.metadata.tables["arrival"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A version of a record and its identifiers as (kind, normal form); none when it was replaced since.

    `recorded_at` is when it was written here, RFC 3339 in UTC.
    """

    row: int
    version: int
    record: str
    recorded_at: str
    identifiers: tuple[tuple[str, str], ...]


def arrive(connection: Connection, records: Sequence[Prepared], stamp: Stamp) -> None:
    """Note what of these records was written under this stamp; in the transaction that wrote it."""
    ids = [record.id for record in records if record.identifiers]
    if not ids:
        return
    written = and_(RECORD.c.source == stamp.source, RECORD.c.recorded_at == stamp.at)
    _note(connection, select(RECORD.c.row, RECORD.c.version).where(RECORD.c.id.in_(ids), written))


def arrived(connection: Connection, row: int, version: int) -> None:
    """Note a version that was written by no load, if it names an identifier; in its transaction."""
    named = select(IDENTIFIER.c.record_row).where(IDENTIFIER.c.record_row == RECORD.c.row).exists()
    found = select(RECORD.c.row, RECORD.c.version)
    _note(connection, found.where(RECORD.c.row == row, RECORD.c.version == version, named))


def _note(connection: Connection, found: Select[tuple[Any, ...]]) -> None:
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    noted = insert(ARRIVAL).from_select(["record_row", "version"], found)
    connection.execute(noted.on_conflict_do_nothing())


class Arrivals:
    """The arrivals of one shelf; every method raises `ShelfUnavailable` when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self) -> Sequence[Arrival]:
        """At most 1,000 that nobody has taken."""
        same = and_(RECORD.c.row == ARRIVAL.c.record_row, RECORD.c.version == ARRIVAL.c.version)
        columns = (ARRIVAL.c.record_row, ARRIVAL.c.version, RECORD.c.id, RECORD.c.recorded_at)
        page = select(*columns).outerjoin(RECORD, same)
        named = select(IDENTIFIER.c.record_row, IDENTIFIER.c.kind, IDENTIFIER.c.normal).distinct()
        found: dict[int, list[tuple[str, str]]] = {}
        try:
            with self._database.reading() as connection:
                order = (ARRIVAL.c.record_row, ARRIVAL.c.version)
                rows = connection.execute(page.order_by(*order).limit(MOST_TAKEN)).all()
                here = IDENTIFIER.c.record_row.in_([row.record_row for row in rows])
                for place, kind, normal in connection.execute(named.where(here)):
                    found.setdefault(place, []).append((kind, normal))
        except DBAPIError as error:
            raise ShelfUnavailable(f"arrivals: {error.orig}") from error
        return [
            Arrival(
                place, version, record or "", at or "", tuple(sorted(found.get(place, ())) if record else ())
            )
            for place, version, record, at in rows
        ]

    def taken(self, arrivals: Sequence[Arrival]) -> None:
        """These were compared: they do not come again."""
        keys = [(each.row, each.version) for each in arrivals]
        try:
            with self._database.writing() as connection:
                for start in range(0, len(keys), MOST_TAKEN):
                    part = keys[start : start + MOST_TAKEN]
                    here = tuple_(ARRIVAL.c.record_row, ARRIVAL.c.version).in_(part)
                    connection.execute(delete(ARRIVAL).where(here))
        except DBAPIError as error:
            raise ShelfUnavailable(f"arrivals: {error.orig}") from error

    def named_by(self, record: str, kind: str, normal: str) -> frozenset[str]:
        """The properties by which a record names an identifier now."""
        same = (RECORD.c.id == record, IDENTIFIER.c.kind == kind, IDENTIFIER.c.normal == normal)
        join = IDENTIFIER.join(RECORD, RECORD.c.row == IDENTIFIER.c.record_row)
        try:
            with self._database.reading() as connection:
                rows = connection.execute(select(IDENTIFIER.c.property).select_from(join).where(*same))
                return frozenset(str(name) for name in rows.scalars())
        except DBAPIError as error:
            raise ShelfUnavailable(f"arrivals: {error.orig}") from error


def found_by(permit: Permit, properties: Collection[str], grants: Collection[str]) -> bool:
    """Whether a record seen under the permit would be found by one of these properties.

    `grants` are those that list it. Where it is listed by none, nobody is told which branch let it through:
    then every branch must find by one and the same property, so that no mask of any of them tells.
    """
    if grants:
        listing = [
            each for each in permit.branches if each.grant in grants and each.mode in {Mode.CORE, Mode.RECORD}
        ]
        return any(finds_by(permit, branch, name) for branch in listing for name in properties)
    return any(all(finds_by(permit, branch, name) for branch in permit.branches) for name in properties)
