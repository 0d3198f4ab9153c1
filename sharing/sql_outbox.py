"""An outbox in SQL, SQLite or PostgreSQL."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Engine, Select, Update, and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from audit.canonical import encode, parse_object
from sharing.errors import OutboxRefused, OutboxUnknown
from sharing.outbox import MOST, Letter, Listed
from sharing.recall_tables import OutboxRow

_OWED = col(OutboxRow.acknowledged_at).is_(None)


class SqlOutbox:
    """Letters in the table of `sharing.recall_tables`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, *letters: Letter) -> None:
        """See `Outbox.put`; of two processes that put one id, one wins and the other looks again."""
        try:
            self._put(letters)
        except IntegrityError:
            self._put(letters)

    def _put(self, letters: Sequence[Letter]) -> None:
        with self._engine.begin() as connection:
            for each in letters:
                if not _known(connection, each):
                    connection.execute(insert(OutboxRow).values(**_written(each)))

    def get(self, letter_id: str) -> Letter:
        """See `Outbox.get`."""
        found = self._read(select(OutboxRow).where(col(OutboxRow.id) == letter_id))
        if not found:
            raise OutboxUnknown(f"letter {letter_id[:80]!r}: not in the outbox")
        return found[0]

    def listed(self, wanted: Listed) -> Sequence[Letter]:
        """See `Outbox.listed`."""
        query = select(OutboxRow).order_by(col(OutboxRow.created_at).desc(), col(OutboxRow.id).desc())
        conditions: list[ColumnElement[bool]] = []
        if wanted.type:
            conditions.append(col(OutboxRow.type) == wanted.type)
        if wanted.to:
            conditions.append(col(OutboxRow.partner) == wanted.to)
        if wanted.before:
            conditions.append(col(OutboxRow.created_at) < wanted.before)
        if wanted.owed:
            conditions.append(_OWED)
        return self._read(query.where(*conditions).limit(min(wanted.first, MOST)))

    def due(self, now: int, limit: int = MOST) -> Sequence[Letter]:
        """See `Deliveries.due`."""
        query = select(OutboxRow).where(_OWED, col(OutboxRow.next_at) <= now)
        order = (col(OutboxRow.attempts), col(OutboxRow.created_at), col(OutboxRow.id))
        return self._read(query.order_by(*order).limit(limit))

    def begin(self, letter: Letter, now: int) -> bool:
        """See `Deliveries.begin`."""
        tried = letter.tried(now)
        same = and_(_OWED, col(OutboxRow.id) == letter.id, col(OutboxRow.attempts) == letter.attempts)
        change = update(OutboxRow).where(same).values(attempts=tried.attempts, next_at=tried.next_at)
        return self._changed(change) == 1

    def postpone(self, to: str, until: int) -> None:
        """See `Deliveries.postpone`."""
        waiting = and_(_OWED, col(OutboxRow.partner) == to, col(OutboxRow.next_at) < until)
        self._changed(update(OutboxRow).where(waiting).values(next_at=until))

    def acknowledge(self, letter_id: str, at: int, acknowledgement: str) -> None:
        """See `Deliveries.acknowledge`."""
        owed = update(OutboxRow).where(_OWED, col(OutboxRow.id) == letter_id)
        if not self._changed(owed.values(acknowledged_at=at, acknowledgement=acknowledgement)):
            self.get(letter_id)

    def overdue(self, now: int, limit: int = MOST) -> Sequence[Letter]:
        """See `Deliveries.overdue`."""
        late = and_(_OWED, col(OutboxRow.due_at) <= now, col(OutboxRow.escalated_at).is_(None))
        query = select(OutboxRow).where(late).order_by(col(OutboxRow.due_at), col(OutboxRow.id))
        return self._read(query.limit(limit))

    def escalated(self, letter_id: str, at: int) -> None:
        """See `Deliveries.escalated`."""
        first = func.coalesce(col(OutboxRow.escalated_at), at)
        if not self._changed(
            update(OutboxRow).where(col(OutboxRow.id) == letter_id).values(escalated_at=first)
        ):
            raise OutboxUnknown(f"letter {letter_id[:80]!r}: not in the outbox")

    def _changed(self, change: Update) -> int:
        with self._engine.begin() as connection:
            return connection.execute(change).rowcount

    def _read(self, query: Select[OutboxRow]) -> list[Letter]:
        with Session(self._engine) as session:
            return [_letter(row) for row in session.scalars(query)]


def _known(connection: Connection, letter: Letter) -> bool:
    """Whether this very letter is there; `OutboxRefused` when another one has its id."""
    columns = (col(OutboxRow.partner), col(OutboxRow.type), col(OutboxRow.body))
    row = connection.execute(select(*columns).where(col(OutboxRow.id) == letter.id)).one_or_none()
    if row is not None and (row[0], row[1], row[2].encode()) != letter.content:
        raise OutboxRefused(f"letter {letter.id}: one with another content is in the outbox")
    return row is not None


def _written(letter: Letter) -> dict[str, object]:
    told = {name: getattr(letter, name) for name in OutboxRow.model_fields if name not in {"partner", "body"}}
    return told | {"partner": letter.to, "body": encode(letter.body).decode()}


def _letter(row: OutboxRow) -> Letter:
    return Letter(
        id=row.id,
        to=row.partner,
        type=row.type,
        body=parse_object(row.body.encode()),
        created_at=row.created_at,
        due_at=row.due_at,
        attempts=row.attempts,
        next_at=row.next_at,
        acknowledged_at=row.acknowledged_at,
        acknowledgement=row.acknowledgement,
        escalated_at=row.escalated_at,
    )
