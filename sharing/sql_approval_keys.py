"""A `KeyBook` in SQL, SQLite or PostgreSQL."""

from sqlalchemy import ColumnElement, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from sharing.approval_key_tables import ApprovalKeyRow
from sharing.approval_keys import ApprovalKey, KeyBook, KeyEnd, Person

_NEVER = -1


class SqlApprovalKeys(KeyBook):
    """Keys in the table of `sharing.approval_key_tables`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, key: ApprovalKey) -> bool:
        """See `KeyBook.add`."""
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(ApprovalKeyRow).values(**_row(key)))
        except IntegrityError:
            return False
        return True

    def of(self, person: Person) -> tuple[ApprovalKey, ...]:
        """See `KeyBook.of`."""
        query = select(ApprovalKeyRow).where(_theirs(person))
        query = query.order_by(col(ApprovalKeyRow.added_at), col(ApprovalKeyRow.id))
        with Session(self._engine) as session:
            return tuple(_read(row) for row in session.scalars(query))

    def kept(self, issuer: str) -> tuple[ApprovalKey, ...]:
        """See `KeyBook.kept`."""
        query = select(ApprovalKeyRow).where(
            col(ApprovalKeyRow.issuer) == issuer, col(ApprovalKeyRow.ended) != KeyEnd.RESET.value
        )
        query = query.order_by(
            col(ApprovalKeyRow.subject), col(ApprovalKeyRow.added_at), col(ApprovalKeyRow.id)
        )
        with Session(self._engine) as session:
            return tuple(_read(row) for row in session.scalars(query))

    def used(self, key: ApprovalKey, count: int, at: int) -> bool:
        """See `KeyBook.used`."""
        same = col(ApprovalKeyRow.uses) == key.count
        return self._changed(_live(key.id) & same, uses=count, used_at=at) == 1

    def find(self, key_id: str) -> ApprovalKey | None:
        """See `KeyBook.find`."""
        with Session(self._engine) as session:
            row = session.get(ApprovalKeyRow, key_id)
        return None if row is None else _read(row)

    def removed(self, key_id: str, at: int) -> bool:
        """See `KeyBook.removed`."""
        return self._changed(_live(key_id), ended=KeyEnd.REMOVED.value, ended_at=at) == 1

    def reset(self, person: Person, at: int) -> int:
        """See `KeyBook.reset`."""
        not_yet = col(ApprovalKeyRow.ended) != KeyEnd.RESET.value
        return self._changed(_theirs(person) & not_yet, ended=KeyEnd.RESET.value, ended_at=at)

    def _changed(self, which: ColumnElement[bool], **values: object) -> int:
        with self._engine.begin() as connection:
            return connection.execute(update(ApprovalKeyRow).where(which).values(**values)).rowcount


def _theirs(person: Person) -> ColumnElement[bool]:
    return (col(ApprovalKeyRow.issuer) == person.issuer) & (col(ApprovalKeyRow.subject) == person.subject)


def _live(key_id: str) -> ColumnElement[bool]:
    return (col(ApprovalKeyRow.id) == key_id) & (col(ApprovalKeyRow.ended) == KeyEnd.LIVE.value)


def _row(key: ApprovalKey) -> dict[str, str | int]:
    return {
        "id": key.id,
        "issuer": key.person.issuer,
        "subject": key.person.subject,
        "label": key.label,
        "cose": key.cose,
        "spki": key.spki,
        "aaguid": key.aaguid,
        "transports": " ".join(key.transports),
        "synced": int(key.synced),
        "uses": key.count,
        "added_at": key.added_at,
        "used_at": _NEVER if key.used_at is None else key.used_at,
        "ended_at": _NEVER if key.ended_at is None else key.ended_at,
        "ended": key.end.value,
    }


def _read(row: ApprovalKeyRow) -> ApprovalKey:
    return ApprovalKey(
        id=row.id,
        person=Person(row.issuer, row.subject),
        label=row.label,
        cose=row.cose,
        spki=row.spki,
        aaguid=row.aaguid,
        transports=tuple(row.transports.split()),
        synced=bool(row.synced),
        count=row.uses,
        added_at=row.added_at,
        used_at=None if row.used_at == _NEVER else row.used_at,
        ended_at=None if row.ended_at == _NEVER else row.ended_at,
        end=KeyEnd(row.ended),
    )
