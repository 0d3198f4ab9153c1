"""The log's store in SQLite (one file) or PostgreSQL (psycopg 3), by way of SQLAlchemy's engine.

The writing door keeps one connection and writes plain statements, one per table and group: a step of the log
costs a handful of calls and one flush. The reading door takes connections from the pool.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from time import monotonic
from typing import Any, TypeAlias

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from audit.errors import AuditUnavailable, Fenced, ForkRefused, StoreRefused
from audit.postgres_line import Line, Session, Watch
from audit.sealing import Blob
from audit.standbys import Standbys, refuse_alone, standbys
from audit.store import Group, Head, Intent, StoredLeaf
from audit.tables import LEASE_CHECK, AuditTable

_Row: TypeAlias = tuple[Any, ...]
_Statement: TypeAlias = tuple[str, Sequence[Any]]

_BUSY_MS = 5000
_PATIENCE_MS = 100
_PART = 1000
FRESH = 0.1
"""So many seconds after it was used a connection that has said nothing is taken to live."""
SECONDS = 10.0
"""Whatever a server is asked has an end after so many seconds."""
_FENCE = "UPDATE audit_lease SET claimed = ? WHERE id = 1"

_SYNCHRONOUS = {2: "FULL", 3: "EXTRA"}


class SqlReader:
    """The reading door; see `audit.store.LogReader`."""

    def __init__(self, engine: Engine) -> None:
        """Read through the engine's pool."""
        self._engine = engine

    def leaves(self, start: int, end: int) -> list[StoredLeaf]:
        """Return the leaves `[start, end)`."""
        rows = self._all(
            "SELECT e.leaf, b.sealed, b.wrapped_key FROM audit_entry e LEFT JOIN audit_blob b "
            "ON b.idx = e.idx WHERE e.idx >= :start AND e.idx < :end ORDER BY e.idx",
            start=start,
            end=end,
        )
        return [StoredLeaf(leaf, None if sealed is None else Blob(sealed, key)) for leaf, sealed, key in rows]

    def tile(self, level: int, index: int) -> bytes | None:
        """Return a full tile."""
        rows = self._all(
            "SELECT hashes FROM audit_tile WHERE level = :level AND idx = :idx", level=level, idx=index
        )
        return rows[0][0] if rows else None

    def note(self, size: int) -> str | None:
        """Return the checkpoint kept for this size."""
        rows = self._all("SELECT note FROM audit_checkpoint WHERE size = :size", size=size)
        return rows[0][0] if rows else None

    def notes(self, below: int, limit: int) -> list[str]:
        """Return kept checkpoints, the largest size first."""
        query = "SELECT note FROM audit_checkpoint WHERE size < :below ORDER BY size DESC LIMIT :most"
        return [row[0] for row in self._all(query, below=below, most=limit)]

    def intents(self) -> list[Intent]:
        """Return the open intents, oldest first."""
        return [
            Intent(*row) for row in self._all("SELECT entry_id, idx, kind, at FROM audit_intent ORDER BY idx")
        ]

    def standbys(self) -> Standbys | None:
        """Return what a server says of its standbys; None of a file."""
        if self._engine.dialect.name == "sqlite":
            return None
        try:
            with self._engine.connect() as connection:
                return standbys(connection)
        except SQLAlchemyError as error:
            raise AuditUnavailable(f"log store {_name(self._engine)}: cannot be read") from error

    def _all(self, statement: str, **values: object) -> list[_Row]:
        try:
            with self._engine.connect() as connection:
                return [tuple(row) for row in connection.execute(text(statement), values)]
        except SQLAlchemyError as error:
            raise AuditUnavailable(f"log store {_name(self._engine)}: cannot be read") from error


class SqlStore:
    """Both doors on one database; with less than FULL as SQLite's `synchronous` it does not start."""

    def __init__(  # noqa: PLR0913  # what differs between the databases of logs
        self,
        url: str,
        *,
        synchronous: str = "FULL",
        epoch: int | None = None,
        keeper: str | None = None,
        standby: bool = False,
        seconds: float = SECONDS,
    ) -> None:
        """Prepare the engine for `sqlite:///file` or `postgresql://…`; nothing is opened before `start`.

        With an `epoch`, every commit fails with `Fenced` once the log's lease is at another one. On
        PostgreSQL blobs are taken away and their keys wrapped anew as the role `keeper`, if one is given;
        nothing takes longer than `seconds`; with `standby`, every commit must have waited for a synchronous
        one (`StandbyMissing`).
        """
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        server = parsed.get_backend_name() != "sqlite"
        patience = {"connect_timeout": max(2, round(seconds))} if server else {}
        self._engine = create_engine(
            parsed, isolation_level="AUTOCOMMIT", pool_pre_ping=server, connect_args=patience
        )
        self._synchronous, self._standby = synchronous, standby
        self._watch = Watch(seconds)
        self._line: Line | None = None
        self._left: Session | None = None
        self._fence: list[tuple[str, Sequence[Any]]] = [] if epoch is None else [(_FENCE, (epoch,))]
        self._sqlite = self._engine.dialect.name == "sqlite"
        self._keeper = None if self._sqlite else keeper
        self._connection: Connection | None = None
        self._cursor: Any = None
        self._stale = False
        self._started = False
        self._head: Head | None = None
        self._used = 0.0
        self._reader = SqlReader(self._engine)

    @property
    def reader(self) -> SqlReader:
        """The reading door."""
        return self._reader

    def start(self) -> Head | None:
        """Connect anew, check that commits are durable, make missing tables, return the last head.

        On a server that is the head of what is durable wherever it must be, with no commit still under way.
        """
        with self._failures():
            AuditTable.metadata.create_all(self._connect())
            if self._line is not None:
                self._line.confirm(_name(self._engine), self._watch.seconds)
            self._head, self._started = self._stored(), True
        return self._head

    def _connect(self) -> Connection:
        """Take a connection anew, and check that what is committed on it is durable."""
        self._drop()
        self._connection = connection = self._engine.connect()
        self._cursor = connection.connection.cursor()
        if self._sqlite:
            self._check_sqlite()
        else:
            self._listen(connection)
        self._used = monotonic()
        return connection

    def _listen(self, connection: Connection) -> None:
        """On a server: watch the new connection, check the server, wait for the end of the session before."""
        self._line = self._watch.line = line = Line(connection)
        line.meet()
        self._check_postgres(line)
        if self._left is not None:
            line.wait_for(self._left, _name(self._engine))
            self._left = None

    def _stored(self) -> Head | None:
        row = self._one("SELECT size, root FROM audit_tree_head ORDER BY size DESC LIMIT 1")
        return Head(row[0], bytes(row[1])) if row else None

    def _alive(self) -> None:
        """Before anything is asked or written: put another connection in the place of one that has died.

        A connection that was used a moment ago is taken to live. A server that lives again must hold what was
        committed before: `ForkRefused` if it does not (it was brought back from a backup).
        """
        if self._sqlite or not self._started or self._lives():
            return
        self._connect()
        if (found := self._stored()) != self._head:
            raise ForkRefused(
                f"log store {_name(self._engine)}: the server is at {found}, committed was {self._head}"
            )

    def _lives(self) -> bool:
        """Whether the connection can be used."""
        if self._connection is None or self._line is None or self._left is not None:
            return False
        if self._line.heard or monotonic() - self._used >= FRESH:
            try:
                self._one("SELECT 1")
            except self._engine.dialect.loaded_dbapi.Error:
                return False
        self._used = monotonic()
        return True

    def _check_sqlite(self) -> None:
        """Refuse a file that a power cut could roll back (sqlite.org/pragma.html#pragma_synchronous)."""
        if (mode := self._one("PRAGMA journal_mode=WAL")) != ("wal",):
            raise StoreRefused(f"log store {_name(self._engine)}: journal mode is {mode}, WAL is needed")
        self._cursor.execute(f"PRAGMA synchronous={self._synchronous}")
        level = self._one("PRAGMA synchronous")
        if level is None or level[0] not in _SYNCHRONOUS:
            raise StoreRefused(
                f"log store {_name(self._engine)}: synchronous={self._synchronous}, FULL is needed: "
                "a power cut could lose acknowledged entries"
            )
        self._cursor.execute("PRAGMA secure_delete=ON")

    def _check_postgres(self, line: Line) -> None:
        """Refuse a server that answers before it has flushed, or before its standby has."""
        for setting in ("fsync", "synchronous_commit"):
            value = self._one(f"SHOW {setting}")
            if value is None or value[0] == "off":
                raise StoreRefused(f"log store {_name(self._engine)}: {setting} is {value}, `on` is needed")
        if self._standby:
            refuse_alone(_name(self._engine), *line.standing())

    def spent(self, keys: Sequence[str], now: int) -> set[str]:
        """Return the keys that are used and not lapsed."""
        with self._failures():
            self._alive()
            query = _in("SELECT key FROM audit_once WHERE key IN (?) AND expires > ?", len(keys))
            self._cursor.execute(*self._sql(query, [*keys, now]))
            return {row[0] for row in self._cursor.fetchall()}

    def sealed(self, indexes: Sequence[int]) -> set[int]:
        """Return those of the leaves that have a blob."""
        found: set[int] = set()
        with self._failures():
            self._alive()
            for part in _parts(indexes):
                self._cursor.execute(
                    *self._sql(_in("SELECT idx FROM audit_blob WHERE idx IN (?)", len(part)), part)
                )
                found.update(row[0] for row in self._cursor.fetchall())
        return found

    def rewrap(self, keys: Sequence[tuple[int, bytes]]) -> None:
        """Replace wrapped data keys in one transaction."""
        change = "UPDATE audit_blob SET wrapped_key = ? WHERE idx = ?"
        with self._failures(bounded=False):
            self._transact(self._kept([(change, (key, index)) for index, key in keys]))
            self._forget()

    def commit(self, group: Group) -> None:
        """Write the group in one transaction."""
        with self._failures(group):
            self._alive()
            self._transact([*self._fence, *_statements(group), *self._kept(list(_erased(group)))])
            self._head = group.head or self._head
            if group.erased or self._stale:
                self._forget()

    def _kept(self, statements: list[_Statement]) -> list[_Statement]:
        """The statements as they are said by the role that may, for the rest of the transaction at most."""
        if self._keeper is None or not statements:
            return statements
        role = self._engine.dialect.identifier_preparer.quote_identifier(self._keeper)
        return [(f"SET LOCAL ROLE {role}", ()), *statements, ("RESET ROLE", ())]

    def _transact(self, statements: Sequence[_Statement]) -> None:
        if self._line is not None:
            written = [self._sql(*each) for each in statements]
            self._line.transact(written, _name(self._engine), standby=self._standby)
            return
        for statement, values in (("BEGIN IMMEDIATE", ()), *statements, ("COMMIT", ())):
            self._cursor.execute(statement, values)

    def _forget(self) -> None:
        """Move all of SQLite's WAL into the file and empty it, so that what was deleted is nowhere any more.

        `secure_delete` has zeroed it in the pages. While a reader is at work the WAL stays; then the next
        commit tries again. PostgreSQL keeps dead rows until VACUUM: see deploy/docs/retention.md.
        """
        self._stale = False
        if self._sqlite:
            self._cursor.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
            row = self._one("PRAGMA wal_checkpoint(TRUNCATE)")
            self._stale = row is None or row[0] != 0
            self._cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")

    def close(self) -> None:
        """Close every connection."""
        self._watch.close()
        self._drop()
        self._engine.dispose()

    def _sql(self, query: str, values: Sequence[Any]) -> _Statement:
        """Return the statement with the driver's own parameter marks."""
        return (query if self._sqlite else query.replace("?", "%s")), values

    def _one(self, query: str) -> _Row | None:
        self._cursor.execute(query)
        row: _Row | None = self._cursor.fetchone()
        return row

    @contextmanager
    def _failures(self, group: Group | None = None, *, bounded: bool = True) -> Iterator[None]:
        """Turn the driver's errors into this room's, leave no transaction open, and let nothing hang."""
        watched = bounded and not self._sqlite
        driver = self._engine.dialect.loaded_dbapi
        try:
            with self._watch.running() if watched else nullcontext():
                try:
                    yield
                except (driver.Error, SQLAlchemyError):
                    self._undo()
                    raise
        except AuditUnavailable:
            self._used = 0.0
            raise
        except (driver.Error, SQLAlchemyError) as error:
            self._used = 0.0
            if watched and self._watch.cut:
                raise AuditUnavailable(
                    f"log store {_name(self._engine)}: no answer within {self._watch.seconds} s; a commit "
                    "waits for the server's synchronous standbys, if it has any"
                ) from error
            if group is not None and LEASE_CHECK in str(error):
                raise Fenced(f"log store {_name(self._engine)}: another sequencer has taken over") from error
            if group is not None and isinstance(error, driver.IntegrityError):
                raise ForkRefused(
                    f"log store {_name(self._engine)}: another writer has gone on from {group.prev} leaves"
                ) from error
            raise AuditUnavailable(
                f"log store {_name(self._engine)}: {type(error).__name__}: {error}"
            ) from error

    def _undo(self) -> None:
        if self._cursor is not None:
            with suppress(self._engine.dialect.loaded_dbapi.Error):
                self._cursor.execute("ROLLBACK")

    def _drop(self) -> None:
        """Let go of the writing connection, whatever state it is in."""
        connection, self._connection, self._cursor = self._connection, None, None
        line, self._line, self._watch.line = self._line, None, None
        if line is not None:
            self._left = self._left or line.session
            line.close()
        if connection is not None:
            with suppress(SQLAlchemyError):
                connection.invalidate()
                connection.close()


def _name(engine: Engine) -> str:
    """Return the database's name without host, path or password."""
    return (engine.url.database or "").rpartition("/")[2]


def _marks(count: int) -> str:
    return ",".join("?" * count)


def _parts(indexes: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the indexes in parts that fit one statement."""
    for start in range(0, len(indexes), _PART):
        yield indexes[start : start + _PART]


def _in(query: str, count: int) -> str:
    """Return the query with as many marks in its `IN (?)`."""
    return query.replace("IN (?)", f"IN ({_marks(count)})")


def _rows(head: str, rows: Sequence[_Row], tail: str = "") -> Iterator[_Statement]:
    """Yield one insert for all rows, if there are any."""
    if rows:
        row = f"({_marks(len(rows[0]))})"
        yield f"{head} VALUES {','.join([row] * len(rows))}{tail}", [value for row in rows for value in row]


def _statements(group: Group) -> Iterator[_Statement]:
    """Yield the statements that write a group."""
    if group.head is not None:
        step = (group.head.size, group.prev, group.head.root)
        yield from _rows("INSERT INTO audit_tree_head (size, prev, root)", [step])
    yield from _rows("INSERT INTO audit_entry (idx, leaf)", list(enumerate(group.leaves, group.prev)))
    yield from _rows(
        "INSERT INTO audit_blob (idx, sealed, wrapped_key)",
        [(index, blob.sealed, blob.wrapped_key) for index, blob in group.blobs],
    )
    yield from _rows(
        "INSERT INTO audit_tile (level, idx, hashes)",
        [(tile.level, tile.index, data) for tile, data in group.tiles],
    )
    if group.lapsed is not None:
        yield "DELETE FROM audit_once WHERE expires <= ?", (group.lapsed,)
    yield from _rows(
        "INSERT INTO audit_once (key, expires)",
        list(group.once),
        " ON CONFLICT (key) DO UPDATE SET expires = excluded.expires",
    )
    yield from _rows(
        "INSERT INTO audit_intent (entry_id, idx, kind, at)",
        [(intent.entry_id, intent.index, intent.kind, intent.at) for intent in group.opened],
        " ON CONFLICT DO NOTHING",
    )
    if group.closed:
        yield _in("DELETE FROM audit_intent WHERE entry_id IN (?)", len(group.closed)), group.closed
    if group.note is not None:
        yield from _rows("INSERT INTO audit_checkpoint (size, note)", [group.note], " ON CONFLICT DO NOTHING")
    if group.cosigned is not None:
        newer = " ON CONFLICT (size) DO UPDATE SET note = excluded.note"
        yield from _rows("INSERT INTO audit_checkpoint (size, note)", [group.cosigned], newer)


def _erased(group: Group) -> Iterator[_Statement]:
    """Yield the statements that take away the blobs that a group erases."""
    for part in _parts(group.erased):
        yield _in("DELETE FROM audit_blob WHERE idx IN (?)", len(part)), part
