"""The version of each of a node's databases: looked at before anything of the node opens it.

A database holds one room, and says its version in a table of its own, in Alembic's form. The versions that
this program knows lie in a folder for each room: `r0001.py` and its SQL for the first one, a step for each
one after it (`gateway.upgrading`). Here nothing is changed that has a version:

1. nothing there: the room's tables are made as they are today, and the version is written;
2. tables without a version: what was made before there were versions. It becomes the first version, if it is
   what that version's SQL says;
3. this program's version: nothing to do;
4. any other: refused, with the command that helps.
"""

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import (
    URL,
    Column,
    Connection,
    MetaData,
    NullPool,
    PrimaryKeyConstraint,
    String,
    Table,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import SQLAlchemyError

from gateway.errors import DatabaseForeign, DatabaseInUse, DatabaseNewer, DatabaseOlder, DatabaseUnavailable
from gateway.settings import DatabasePart, Settings, database

FIRST: Final = "0001"
NAME: Final = "entente"
"""What a connection calls itself to a server (`application_name`)."""
LOCK: Final = "databases.lock"
"""In a node's home: held shared by whatever works on its databases, alone by who changes their version."""
_ONE_AT_A_TIME: Final = 0x5E21  # the number of the advisory lock on PostgreSQL
_REVISION: Final = re.compile(r"r(\d{4})\.py")
_PLACE: Final = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Room:
    """What one database holds: its name under `[store]`, its tables, and what makes them as they are now.

    `check` looks at a database that has no version, and raises what the room raises for one it cannot read.
    """

    name: str
    tables: tuple[Table, ...]
    make: Callable[[Connection], None]
    check: Callable[[Connection], None] = lambda _: None
    place: Path = _PLACE

    @property
    def folder(self) -> Path:
        """Where its versions lie."""
        return self.place / self.name

    @property
    def versions(self) -> tuple[str, ...]:
        """All that this program knows, the newest last."""
        found = (_REVISION.fullmatch(each.name) for each in self.folder.iterdir())
        return tuple(sorted(each[1] for each in found if each))

    @property
    def table(self) -> Table:
        """Where its version stands, as Alembic makes it."""
        name = f"entente_{self.name}"
        column = Column("version_num", String(32), nullable=False)
        return Table(name, MetaData(), column, PrimaryKeyConstraint("version_num", name=f"{name}_pkc"))

    def first(self, dialect: str) -> tuple[str, ...]:
        """The statements of the first version; on what has it they change nothing, or they fail."""
        return statements((self.folder / f"r{FIRST}.{dialect}.sql").read_text(encoding="utf-8"))


def statements(sql: str) -> tuple[str, ...]:
    """The statements of a file of ours: each ends with a semicolon and an empty line."""
    return tuple(each.strip().removesuffix(";") for each in sql.split(";\n\n") if each.strip())


def version(room: Room, connection: Connection) -> str | None:
    """The version of a database; empty if it has tables of the room and none, None if it has neither."""
    present = set(inspect(connection).get_table_names())
    if room.table.name in present:
        return str(connection.execute(select(room.table.c.version_num)).scalar() or "")
    return "" if present & {each.name for each in room.tables} else None


def present(room: Room, url: str) -> str | None:
    """The same of a database that nobody has opened; nothing is made. `DatabaseUnavailable`."""
    path = make_url(url).database if url.startswith("sqlite") else None
    if path is not None and not Path(path).exists():
        return None
    try:
        with connected(url) as connection:
            return version(room, connection)
    except SQLAlchemyError as error:
        raise unavailable(room, error) from error


def ready(room: Room, url: str) -> str:
    """`url`, once its database has this program's version (see above).

    `DatabaseOlder`, `DatabaseNewer`, `DatabaseForeign`, `DatabaseInUse`, `DatabaseUnavailable`.
    """
    try:
        with connected(url) as connection:
            found = version(room, connection)
        if not found:
            with connected(url) as connection:
                alone(room, connection)
                found = _begun(room, connection)
    except SQLAlchemyError as error:
        raise unavailable(room, error) from error
    refuse_others(room, found)
    return url


def opened(room: Room, home: Path, settings: Settings) -> str:
    """The address of a node's database, once that is `ready`.

    On a server its sessions say whose they are, and have the settings' limits; what the address says counts.
    """
    url = ready(room, database(home, getattr(settings.store, room.name)))
    parsed, limits = make_url(url), settings.database
    if parsed.get_backend_name() == "sqlite":
        return url
    told = {
        "application_name": NAME,
        "options": f"-c lock_timeout={round(limits.lock_seconds * 1000)} "
        f"-c idle_in_transaction_session_timeout={round(limits.idle_seconds * 1000)}",
    }
    whole = parsed.set(query=told | dict(parsed.query)).render_as_string(hide_password=False)
    address, _, query = whole.partition("?")
    return f"{address}?{query.replace('+', '%20')}"  # the server's own library reads no `+` as a space


def pool(limits: DatabasePart) -> dict[str, object]:
    """How an engine keeps its connections to a server, in SQLAlchemy's words."""
    return {
        "pool_size": limits.connections,
        "max_overflow": limits.connections,
        "pool_timeout": limits.wait_seconds,
        "pool_recycle": limits.recycle_seconds,
    }


def refuse_others(room: Room, found: str) -> None:
    """Raise unless this is the version that the program works with."""
    known = room.versions
    if found not in known:
        raise DatabaseNewer(
            f"database {room.name}: has version {found[:32]!r}, this program knows {known[-1]} at most; "
            "run the program that it was made with, or a newer one"
        )
    if found != known[-1]:
        raise DatabaseOlder(
            f"database {room.name}: has version {found}, this program needs {known[-1]}; "
            "run `entente database upgrade HOME` while no node serves it"
        )


def _begun(room: Room, connection: Connection) -> str:
    """Make what is not there, or take over what has no version; its version now."""
    found = version(room, connection)  # nobody else is at it any more
    if found:
        return found
    if found is None:
        room.make(connection)
        return stamp(room, connection, room.versions[-1])
    return adopt(room, connection)


def adopt(room: Room, connection: Connection) -> str:
    """Give the first version to a database that was made before there were any."""
    room.check(connection)
    try:
        for each in room.first(connection.dialect.name):
            connection.exec_driver_sql(each)
    except SQLAlchemyError as error:
        raise DatabaseForeign(
            f"database {room.name}: has tables called like ours, no version, and is not what version {FIRST} "
            f"is: {first_line(error)}"
        ) from error
    return stamp(room, connection, FIRST)


def stamp(room: Room, connection: Connection, now: str) -> str:
    """Write the version."""
    room.table.create(connection, checkfirst=True)
    connection.execute(insert(room.table).values(version_num=now))
    return now


@contextmanager
def connected(url: str, *, seconds: int = 30) -> Iterator[Connection]:
    """One transaction on a connection of its own; on SQLite it may write from its first statement on.

    What another one locks is waited for `seconds`. On a server no standby is waited for: whatever is done
    here comes before the log's first commit, and that one waits for it.
    """
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    server = parsed.get_backend_name() != "sqlite"
    if not server and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    patience = (
        {
            "connect_timeout": 10,
            "options": f"-c lock_timeout={seconds * 1000} -c synchronous_commit=local",
            "application_name": "entente-version",
        }
        if server
        else {"timeout": seconds}
    )
    engine = create_engine(parsed, poolclass=NullPool, connect_args=patience)
    if not server:
        event.listen(engine, "connect", _by_hand)
        event.listen(engine, "begin", _at_once)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def as_role(url: str, user: str) -> str:
    """The address of the same database for another role; its password is for the server's library to find.

    The same address where no role is named, or the role is the address's own.
    """
    parsed = make_url(url)
    if not user or user == parsed.username or parsed.get_backend_name() == "sqlite":
        return url
    other = URL.create(parsed.drivername, user, None, parsed.host, parsed.port, parsed.database, parsed.query)
    return other.render_as_string(hide_password=False)


def _by_hand(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # sqlite3's: DDL belongs to transactions


def _at_once(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def alone(room: Room, connection: Connection) -> None:
    """From here to the end of the transaction nobody else makes or changes tables; `DatabaseInUse`."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    try:
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ONE_AT_A_TIME})
    except SQLAlchemyError as error:
        raise DatabaseInUse(
            f"database {room.name}: another process is changing its version; try again when it has ended"
        ) from error


def unavailable(room: Room, error: SQLAlchemyError) -> DatabaseUnavailable:
    """What to say of a database that does not answer, or not as a database does."""
    return DatabaseUnavailable(f"database {room.name}: {first_line(error)}")


def first_line(error: SQLAlchemyError) -> str:
    """What a database said, shortened to its first line."""
    told = str(getattr(error, "orig", None) or error).strip()
    return told.splitlines()[0] if told else type(error).__name__


@contextmanager
def in_use(home: Path, *, alone_for: str = "") -> Iterator[None]:
    """While the block runs the databases of this home keep their version; with `alone_for`, nobody uses them.

    `DatabaseInUse` at once if that cannot be.
    """
    descriptor = os.open(home / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        kind = fcntl.LOCK_EX if alone_for else fcntl.LOCK_SH
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            told = f"end it before {alone_for}" if alone_for else "try again when that has ended"
            other = "a node or a command of it is running" if alone_for else "their version is being changed"
            raise DatabaseInUse(f"{home}: databases: {other}; {told}") from error
        yield
    finally:
        os.close(descriptor)
