"""What courts say of a record as evidence after it was loaded: kept beside what its source says of it.

A ruling makes a new version with nothing else changed, so that everybody who was given an older one is told.
It outlives loads: a source that does not know of it takes nothing away. Only a later ruling does.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, Select, Table, select
from sqlalchemy.exc import DBAPIError

from policy.errors import ProvenanceRejected
from policy.provenance import Ruling, read_rulings, written
from tenants.changes import Change
from tenants.database import Database
from tenants.errors import RulingRefused, ShelfUnavailable
from tenants.intake import MOST_LISTED, revised
from tenants.tables import RecordRow

RECORD: Table = RecordRow.metadata.tables["record"]
#: Is told what is about to change of a record.
Changing = Callable[[Change], None]


class Rulings:
    """The rulings on one shelf's records; every method raises `ShelfUnavailable` when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entered(self) -> Sequence[tuple[str, int, tuple[Ruling, ...]]]:
        """The first 500 records that have any, by id: id, version, and the rulings in the order they came."""
        wanted = select(RECORD.c.id, RECORD.c.version, RECORD.c.findings)
        wanted = wanted.where(RECORD.c.findings.is_not(None)).order_by(RECORD.c.id).limit(MOST_LISTED)
        return [(row.id, row.version, read_rulings(row.findings)) for row in self._read(wanted)]

    def check(self, record: str, ruling: Ruling) -> str | None:
        """The record's case; `RulingRefused` where `enter` would refuse the ruling now."""
        wanted = select(RECORD.c.findings, RECORD.c.case_ref).where(RECORD.c.id == record)
        rows = self._read(wanted)
        if not rows:
            raise RulingRefused(f"record {record[:128]}: is not here")
        _with(record, rows[0].findings, ruling)
        case: str | None = rows[0].case_ref
        return case

    def enter(self, record: str, ruling: Ruling, by: str, now: int, changing: Changing) -> Change:
        """Add a ruling; `changing` is told of the new version before anybody can see it, and may undo it.

        `RulingRefused` when the record is not here, has this ruling already, or can hold no more. `now` is
        Unix seconds, `by` stands in the new version as who recorded it.
        """
        at = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        try:
            with self._database.writing() as connection:
                old = connection.execute(select(RECORD).where(RECORD.c.id == record)).one_or_none()
                if old is None:
                    raise RulingRefused(f"record {record[:128]}: is not here")
                findings = _with(record, old.findings, ruling)
                new = {"findings": findings, "recorded_at": at, "recorded_by": by}
                change = revised(connection, old, new, now)
                changing(change)
        except DBAPIError as error:
            raise ShelfUnavailable(f"ruling on a record: {error.orig}") from error
        return change

    def _read(self, wanted: Select[Any]) -> Sequence[Row[Any]]:
        try:
            with self._database.reading() as connection:
                return connection.execute(wanted).all()
        except DBAPIError as error:
            raise ShelfUnavailable(f"rulings: {error.orig}") from error


def _with(record: str, before: str | None, ruling: Ruling) -> str:
    known = read_rulings(before or "[]")
    if ruling in known:
        raise RulingRefused(f"record {record[:128]}: has the ruling {ruling.reference!r:.80} already")
    told = written([*known, ruling])
    try:
        read_rulings(told)
    except ProvenanceRejected as error:
        raise RulingRefused(f"record {record[:128]}: holds no more rulings than {len(known)}") from error
    return told
