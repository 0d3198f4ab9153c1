"""A `ChangeBook` in SQL, SQLite or PostgreSQL, in one database with the orders."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, bindparam, or_, select, text, update
from sqlmodel import col

from sharing.recall import Recall, Sort
from sharing.recall_changes import MOST_CHANGES, Changed, Fate, Since
from sharing.recall_tables import ChangeRow
from sharing.sql_recalls import put_order

_NOTE = text(
    "INSERT INTO sharing_change (record, version, sort, reason, load, at, fate)"
    " VALUES (:record, :version, :sort, :reason, :load, :at, 'OPEN') ON CONFLICT (record, version) DO UPDATE"
    " SET sort = excluded.sort, reason = excluded.reason, load = excluded.load, at = excluded.at"
    " WHERE sharing_change.fate = 'OPEN'"
)
_COLUMNS = (
    ChangeRow.record, ChangeRow.version, ChangeRow.sort, ChangeRow.reason, ChangeRow.load, ChangeRow.at,
    ChangeRow.fate,
)  # fmt: skip


class SqlChanges:
    """Changes in the table of `sharing.recall_tables`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(self, changes: Sequence[Changed]) -> None:
        """See `ChangeBook.note`."""
        if not changes:
            return
        with self._engine.begin() as connection:
            connection.execute(_NOTE, [_row(each) for each in changes])

    def list(
        self, since: Since, after: tuple[str, int] = ("", 0), limit: int = MOST_CHANGES
    ) -> Sequence[Changed]:
        """See `ChangeBook.list`."""
        record, version = col(ChangeRow.record), col(ChangeRow.version)
        beyond = or_(record > after[0], and_(record == after[0], version > after[1]))
        query = select(*map(col, _COLUMNS)).where(beyond, *_wanted(since))
        with self._engine.connect() as connection:
            rows: Sequence[Any] = connection.execute(query.order_by(record, version).limit(limit)).all()
        return [Changed(row[0], row[1], Sort(row[2]), row[3], row[4], row[5], Fate(row[6])) for row in rows]

    def settle(
        self, changes: Sequence[Changed], fate: Fate, orders: Sequence[Recall] = (), at: int = 0
    ) -> None:
        """See `ChangeBook.settle`."""
        if not changes:
            return
        same = (
            col(ChangeRow.record) == bindparam("of_record"),
            col(ChangeRow.version) == bindparam("of_version"),
        )
        rows = [{"of_record": each.record, "of_version": each.version} for each in changes]
        with self._engine.begin() as connection:
            for order in orders:
                put_order(connection, order, at)
            connection.execute(update(ChangeRow).where(*same).values(fate=fate.value), rows)


def _row(changed: Changed) -> dict[str, object]:
    return {
        "record": changed.record,
        "version": changed.version,
        "sort": changed.sort.value,
        "reason": changed.reason,
        "load": changed.load,
        "at": changed.at,
    }


def _wanted(since: Since) -> list[ColumnElement[bool]]:
    wanted = [col(ChangeRow.at) >= since.at, col(ChangeRow.fate).in_([each.value for each in since.fates])]
    if since.load is not None:
        wanted.append(col(ChangeRow.load) == since.load)
    if since.until is not None:
        wanted.append(col(ChangeRow.at) <= since.until)
    return wanted
