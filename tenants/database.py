"""The database as the loader needs it: layout, one writer at a time, each driver's fastest bulk insert."""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from tenants.errors import ShelfUnavailable
from tenants.laying_out import lay_out

_ONE_WRITER: Final = 0x5E1F  # the number of the advisory lock on PostgreSQL
_READING: Final = "reading"  # a connection's execution option: it takes no lock
_URL: Final = re.compile(r"(sqlite|postgresql)(?:\+\w+)?://")


def server_address(url: str) -> str:
    """A server's address as its own library reads it."""
    return _URL.sub("postgresql://", url, count=1)


class Database:
    """An opened database with the layout of this version; `path` is empty unless it is SQLite."""

    def __init__(self, url: str, pool: Mapping[str, Any] | None = None) -> None:
        """Open `url`; `pool` are SQLAlchemy's words for how a server's connections are kept."""
        found = _URL.match(url)
        if found is None:
            raise ShelfUnavailable(f"{url.partition('://')[0]}: neither sqlite:///<path> nor postgresql://…")
        self.dialect = found[1]
        self.path = Path(url.removeprefix(found[0]).removeprefix("/")) if self.dialect == "sqlite" else None
        self.dsn = server_address(url)
        self.engine = (
            _sqlite(self.path) if self.path is not None else _postgres(url[found.end() :], pool or {})
        )
        try:
            self._prepare()
        except DBAPIError as error:
            self.close()
            raise ShelfUnavailable(f"{self.dialect}: {error.orig}") from error
        except ShelfUnavailable:
            self.close()
            raise

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction of the only writer: committed at the end, rolled back on any error."""
        with self.engine.begin() as connection:
            if self.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ONE_WRITER})
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One moment of the database, whoever writes meanwhile; it keeps nobody from writing."""
        with self.engine.connect() as connection:
            yield connection.execution_options(**{_READING: True})

    def analyse(self) -> None:
        """Let the database see what it holds now, so that it plans for it."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if self.dialect == "sqlite":
                connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
            connection.exec_driver_sql("ANALYZE")

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def _prepare(self) -> None:
        with self.writing() as connection:
            lay_out(connection)


def put(connection: Connection, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows, each with the values of all columns in the order of the table."""
    if not rows:
        return
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in table.c)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(table.c))
        insertion = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({marks})"  # noqa: S608  # our own tables' names
        connection.exec_driver_sql(insertion, list(rows))
        return
    driver: Any = connection.connection.cursor()
    try:
        with driver, driver.copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise ShelfUnavailable(f"writing {table.name}: {error}") from error


def _sqlite(path: Path) -> Engine:
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 60})

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "cache_size = -65536",
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _began(connection: Connection) -> None:
        reads = connection.get_execution_options().get(_READING)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _postgres(rest: str, pool: Mapping[str, Any]) -> Engine:
    """An engine; a connection that the server has ended is replaced before it is used."""
    kept: dict[str, Any] = {"pool_size": 2, "pool_pre_ping": True} | dict(pool)
    return create_engine(f"postgresql+psycopg://{rest}", connect_args={"connect_timeout": 10}, **kept)
