"""Bringing databases to this program's version with Alembic, one step a transaction.

1. Nobody else on this home works with its databases, and nobody else changes this one (`DatabaseInUse`).
2. On a server no other session of a node is connected, from whatever machine.
3. What has no version gets the first one, if it is that; what this program does not know is refused.
4. Each step runs with the writing of its version in one transaction: what ends in the midst of it (a kill, a
   power cut, Ctrl-C) leaves the version before, and the next run goes on there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from gateway.databases import (
    FIRST,
    NAME,
    Room,
    adopt,
    alone,
    connected,
    refuse_others,
    unavailable,
    version,
)
from gateway.errors import DatabaseInUse, DatabaseNewer

SECONDS = 10
"""So long another process's lock on a database is waited for."""


@dataclass(frozen=True, slots=True)
class Step:
    """One version to the next; `told` is what the step says it does."""

    room: str
    version: str
    told: str


def steps(room: Room, found: str | None) -> list[Step]:
    """What leads from a version to the newest, in order; `""` is one from before versions."""
    if found and found not in room.versions:
        refuse_others(room, found)
    coming = [each for each in room.versions if each > (found or ("" if found is None else FIRST))]
    scripts = _scripts(room)
    told = [Step(room.name, each, (scripts.get_revision(each).doc or "").splitlines()[0]) for each in coming]
    return [Step(room.name, FIRST, "Write the version of what is there."), *told] if found == "" else told


def upgrade(room: Room, url: str, done: Callable[[Step], None]) -> None:
    """Bring one database to the newest version; `done` is told of each step once it is committed."""
    try:
        for step in _planned(room, url):
            with connected(url, seconds=SECONDS) as connection:
                alone(room, connection)
                refuse_sessions(room, connection)
                _take(room, connection, step)
            done(step)
    except SQLAlchemyError as error:
        if _locked(error):
            raise DatabaseInUse(f"database {room.name}: is locked; end what works with it") from error
        raise unavailable(room, error) from error


def _planned(room: Room, url: str) -> Iterator[Step]:
    with connected(url, seconds=SECONDS) as connection:
        planned = steps(room, version(room, connection))
    yield from planned


def _take(room: Room, connection: Connection, step: Step) -> None:
    """One step, if nobody was faster."""
    found = version(room, connection)
    if found == "":
        adopt(room, connection)
        return
    if found is not None and found >= step.version:
        return
    scripts = _scripts(room)

    def there(current: Any, _context: Any) -> Any:  # noqa: ANN401  # Alembic's own
        return scripts._upgrade_revs(step.version, current)  # noqa: SLF001  # as Alembic's command does

    with EnvironmentContext(Config(), scripts, fn=there, destination_rev=step.version) as environment:
        environment.configure(connection=connection, version_table=room.table.name, transactional_ddl=True)
        environment.run_migrations()


def refuse_sessions(room: Room, connection: Connection) -> None:
    """`DatabaseInUse` if sessions of a node are connected to the server's database."""
    if connection.dialect.name == "sqlite":
        return
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name = :name AND pid <> pg_backend_pid()"
    )
    if others := connection.execute(text(query), {"name": NAME}).scalar():
        raise DatabaseInUse(
            f"database {room.name}: {others} sessions of a node are connected; end the node first"
        )


def _scripts(room: Room) -> ScriptDirectory:
    """Alembic's view of the folder; two heads or a gap are an error of this program."""
    scripts = ScriptDirectory(str(room.folder), version_locations=[str(room.folder)])
    if scripts.get_current_head() != room.versions[-1]:
        raise DatabaseNewer(f"database {room.name}: the steps of this program do not lead to one version")
    return scripts


def _locked(error: SQLAlchemyError) -> bool:
    original = getattr(error, "orig", None)
    return "locked" in str(original) or getattr(original, "sqlstate", None) == "55P03"
