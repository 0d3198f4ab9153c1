"""What a witness must not forget, in SQLite or PostgreSQL: one row a log, that only its last reader moves."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    MetaData,
    Table,
    Text,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from audit.durable import durable_engine
from audit.errors import AuditUnavailable
from audit.witness import Fork, Seen

TABLES = MetaData()
_SEEN = Table(
    "witness_checkpoint",
    TABLES,
    Column("origin", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
)
_FORK = Table(
    "witness_fork",
    TABLES,
    Column("origin", Text, primary_key=True),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("first", Text, nullable=False),
    Column("second", Text, nullable=False),
)


class SqlWitnessStore:
    """A `WitnessStore` in a database; may be used by several threads and processes at once."""

    def __init__(self, url: str, pool: Mapping[str, Any] | None = None) -> None:
        """Open the database and make missing tables; `StoreRefused` if its commits are not durable."""
        with _failures("opened"):
            self._engine = durable_engine(url, pool)
            TABLES.create_all(self._engine)

    def latest(self, origin: str) -> Seen | None:
        """See `WitnessStore.latest`."""
        with self._connected("read") as connection:
            row = connection.execute(select(_SEEN).where(_SEEN.c.origin == origin)).first()
        return None if row is None else Seen(row.size, bytes(row.root), row.note)

    def origins(self) -> list[str]:
        """See `WitnessStore.origins`."""
        with self._connected("read") as connection:
            return sorted(connection.execute(select(_SEEN.c.origin)).scalars())

    def advance(self, origin: str, old: Seen | None, new: Seen) -> bool:
        """See `WitnessStore.advance`; the condition stands in the statement, so no race can go back."""
        values: dict[str, Any] = {"size": new.size, "root": new.root, "note": new.note}
        if old is None:
            return self._added(_SEEN, {"origin": origin} | values)
        last = (_SEEN.c.origin == origin) & (_SEEN.c.size == old.size) & (_SEEN.c.root == old.root)
        with self._connected("written") as connection:
            return connection.execute(update(_SEEN).where(last).values(**values)).rowcount == 1

    def accuse(self, fork: Fork) -> None:
        """See `WitnessStore.accuse`."""
        values = {"origin": fork.origin, "size": fork.size, "first": fork.first, "second": fork.second}
        self._added(_FORK, values)

    def forks(self) -> list[Fork]:
        """See `WitnessStore.forks`."""
        with self._connected("read") as connection:
            rows = connection.execute(select(_FORK).order_by(_FORK.c.origin, _FORK.c.size)).all()
        return [Fork(row.origin, row.size, row.first, row.second) for row in rows]

    def close(self) -> None:
        """See `WitnessStore.close`."""
        self._engine.dispose()

    def _added(self, table: Table, values: dict[str, Any]) -> bool:
        """Insert a row; False if there is one with its key."""
        with self._connected("written") as connection:
            try:
                connection.execute(insert(table).values(**values))
            except IntegrityError:
                return False
        return True

    @contextmanager
    def _connected(self, what: str) -> Iterator[Connection]:
        with _failures(what), self._engine.connect() as connection:
            yield connection


@contextmanager
def _failures(what: str) -> Iterator[None]:
    """Turn the database's errors into this room's."""
    try:
        yield
    except SQLAlchemyError as error:
        raise AuditUnavailable(f"witness store: cannot be {what}: {type(error).__name__}") from error
