"""The lease in the log's database, SQLite or PostgreSQL: one row, changed by compare-and-set."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateTable

from audit.errors import AuditUnavailable, Fenced
from audit.lease import Tenure
from audit.tables import AuditLease

_TABLE = "audit_lease"
_FIRST = (
    "INSERT INTO audit_lease (id, epoch, claimed, beat, held) VALUES (1, 1, 1, 0, 1) ON CONFLICT DO NOTHING"
)
_NEXT = (
    "UPDATE audit_lease SET epoch = epoch + 1, claimed = epoch + 1, beat = 0, held = 1 "
    "WHERE id = 1 AND epoch = :epoch AND beat = :beat AND held = :held"
)


class SqlLease:
    """See `audit.lease.Lease`."""

    def __init__(self, url: str) -> None:
        """Prepare the engine; the table is made at the first look."""
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self._engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite")
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _durable)

    def seen(self) -> Tenure | None:
        """Return the row."""
        with self._begun() as connection:
            if not inspect(connection).has_table(_TABLE):  # who may not make tables may not ask for it either
                connection.execute(CreateTable(AuditLease.metadata.tables[_TABLE], if_not_exists=True))
            row = connection.execute(text("SELECT epoch, beat, held FROM audit_lease WHERE id = 1")).first()
        return Tenure(row[0], row[1], bool(row[2])) if row else None

    def take(self, seen: Tenure | None) -> int | None:
        """Write the next epoch over the row that was seen, durably."""
        if seen is None:
            return 1 if self._changed(_FIRST) else None
        told = {"epoch": seen.epoch, "beat": seen.beat, "held": int(seen.held)}
        return seen.epoch + 1 if self._changed(_NEXT, **told) else None

    def beat(self, epoch: int) -> None:
        """Move the beat of this epoch."""
        if not self._moved("beat = beat + 1", epoch):
            raise Fenced(f"log: epoch {epoch} is over, another sequencer has taken over")

    def release(self, epoch: int) -> None:
        """Mark the row as free."""
        self._moved("held = 0", epoch)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _moved(self, change: str, epoch: int) -> bool:
        """A change that may be lost with a server: it waits for no standby that is away."""
        with self._begun() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL synchronous_commit = local"))
            # nosemgrep: sql-from-text  # the two changes above
            moved = text(f"UPDATE audit_lease SET {change} WHERE id = 1 AND epoch = :epoch")  # noqa: S608  # as above
            return connection.execute(moved, {"epoch": epoch}).rowcount == 1

    def _changed(self, statement: str, **values: int) -> bool:
        with self._begun() as connection:
            return connection.execute(text(statement), values).rowcount == 1

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            name = (self._engine.url.database or "").rpartition("/")[2]
            raise AuditUnavailable(f"lease in {name}: {type(error).__name__}") from error


def _durable(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DBAPI connection
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
