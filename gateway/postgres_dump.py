"""A database on a server into a file and out of it, by PostgreSQL's own `pg_dump` and `pg_restore`.

- A dump is of one snapshot: a transaction exports it, says what the manifest tells of the database, and
  `pg_dump` takes it over (postgresql.org/docs/current/app-pgdump.html, `--snapshot`).
- What the programs write and read runs through pipes of this process: it is measured on its way, and a
  program whose other end has gone ends as well.
- A dump comes back in one transaction, by the role that owns the tables: all of it or nothing. Its last bytes
  are handed over only when the digest of all of them is the manifest's.
- No argument of a program holds a password: it is in the environment, or where the server's library looks.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, make_url, text

from gateway.databases import version
from gateway.errors import BackupDiffers, BackupRefused, DatabaseNotEmpty, DumpProgramMissing
from gateway.manifest import Dump
from gateway.rooms import ROOMS

Moved = Callable[[int], None]
"""Told how many bytes have gone through."""

_PROGRAMS: Final = Path("/usr/lib/postgresql")
_MAJOR: Final = re.compile(r"\(PostgreSQL\) (\d+)")
_PATIENCE: Final = "--lock-wait-timeout=60000"
_PIECE: Final = 1 << 20
_SECRETS: Final = ("password", "sslpassword")


@dataclass(frozen=True, slots=True)
class Program:
    """A program of PostgreSQL, and its major version."""

    path: str
    major: int


def program(name: str, least: int, *, folder: Path = _PROGRAMS) -> Program:
    """The oldest `name` of version `least` or newer: what a newer one writes an older server may not read.

    Looked for in `folder`, where Debian keeps each version, and on the PATH; `DumpProgramMissing`.
    """
    places = [*sorted(folder.glob(f"*/bin/{name}")), *filter(None, [shutil.which(name)])]
    found = [Program(str(path), major) for path in places if (major := _major(str(path)))]
    if fit := [each for each in found if each.major >= least]:
        return min(fit, key=lambda each: each.major)
    there = ", ".join(str(each.major) for each in found) or "none"
    raise DumpProgramMissing(
        f"{name}: version {least} or newer is needed on this machine, there is {there}; "
        f"install postgresql-client-{least}"
    )


def _major(path: str) -> int:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=30)  # noqa: S603  # PostgreSQL's own
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = _MAJOR.search(said.stdout)
    return int(found[1]) if found else 0


@dataclass(frozen=True, slots=True)
class Way:
    """The way to a database for a program: an argument without a password, and the environment."""

    told: str
    environment: Mapping[str, str]

    @classmethod
    def to(cls, url: str) -> "Way":
        """The way to the database at an address of the settings."""
        parsed = make_url(url).set(drivername="postgresql+psycopg")
        _, named = parsed.get_dialect()().create_connect_args(parsed)
        word = named.pop("password", None)
        if hidden := [each for each in _SECRETS if each in named]:
            raise BackupRefused(
                f"database {parsed.database}: its address holds {hidden[0]}; put that into a service file"
            )
        more = {"PGPASSWORD": str(word)} if word else {}
        return cls(make_conninfo("", **named), os.environ | more | {"LC_ALL": "C", "PGAPPNAME": "entente"})


@contextmanager
def snapshot(connection: Connection) -> Iterator[str]:
    """The name of a snapshot that holds while the block runs; `connection` is at its transaction's begin."""
    connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    yield str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())


_OWNER: Final = (
    "SELECT pg_get_userbyid(relowner) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE relkind = 'r' AND relname = ANY(:tables) AND nspname !~ '^pg_' ORDER BY 1 LIMIT 1"
)
_ROLES: Final = (
    "SELECT DISTINCT rolname FROM pg_roles r JOIN (SELECT relacl AS acl FROM pg_class WHERE relkind = ANY("
    "'{r,p,S,v,m}') AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)' UNION ALL "
    "SELECT nspacl FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)') a ON true, "
    "aclexplode(a.acl) e WHERE e.grantee = r.oid ORDER BY 1"
)
_MAJOR_OF: Final = "SELECT current_setting('server_version_num')::int / 10000"
_SIZE: Final = "SELECT pg_database_size(current_database())"
_HOLDS: Final = (
    "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE nspname !~ '^(pg_|information_schema)' ORDER BY 1 LIMIT 1"
)


def described(connection: Connection, rooms: Iterable[str], path: str) -> Dump:
    """What the manifest tells of a database, before a program is chosen; in the transaction of a snapshot."""
    held = [room for room in ROOMS if room.name in set(rooms)]
    tables = [each.table.name for each in held]
    owner = connection.execute(text(_OWNER), {"tables": tables}).scalar()
    major = int(connection.execute(text(_MAJOR_OF)).scalar_one())
    return Dump(
        path=path,
        rooms=tuple(room.name for room in held),
        versions={room.name: version(room, connection) or "" for room in held},
        server=major,
        program=program("pg_dump", major).major,
        owner=str(owner or connection.execute(text("SELECT current_user")).scalar_one()),
        roles=tuple(connection.execute(text(_ROLES)).scalars()),
    )


def bytes_of(connection: Connection) -> int:
    """How many bytes a database takes up on its server; its dump is mostly smaller."""
    return int(connection.execute(text(_SIZE)).scalar_one())


def save(url: str, name: str, described_: Dump, target: IO[bytes], moved: Moved) -> None:
    """Write the dump of the snapshot `name` into `target`; `BackupRefused` with what the program said."""
    way = Way.to(url)
    command = [program("pg_dump", described_.server).path, "--format=custom", "--no-password", _PATIENCE]
    with _running([*command, f"--snapshot={name}", f"--dbname={way.told}"], way) as (process, told):
        source = _of(process.stdout)
        done = 0
        while piece := source.read(_PIECE):
            done += target.write(piece)
            moved(done)
        _ended(process, told, f"database {' '.join(described_.rooms)}: cannot be saved")


def refuse_unfit(connection: Connection, dump: Dump, database: str) -> None:
    """Raise unless the dump can come into this database: empty, its server as new, the roles there.

    `DatabaseNotEmpty`, `BackupRefused`, `DumpProgramMissing`.
    """
    here = int(connection.execute(text(_MAJOR_OF)).scalar_one())
    if here < dump.server:
        raise BackupRefused(
            f"database {database}: its server has version {here}, the dump is of {dump.server}; "
            "a dump comes back on the same version or a newer one"
        )
    program("pg_restore", max(here, dump.program))
    there = set(connection.execute(text("SELECT rolname FROM pg_roles")).scalars())
    if missing := sorted(set(dump.roles) - there):
        raise BackupRefused(
            f"database {database}: its dump gives privileges to {', '.join(missing)}, "
            "who are no roles of this server; `entente database roles` makes them"
        )
    if (held := connection.execute(text(_HOLDS)).scalar()) is not None:
        raise DatabaseNotEmpty(f"database {database}: holds {held}; a dump is put back into an empty one")


def bring_back(url: str, dump: Dump, source: Path, digest: str, moved: Moved) -> None:
    """Put a dump into the empty database, in one transaction, as the role of `url`, which will own it all.

    `BackupDiffers` if the file is not what `digest` says, `BackupRefused` with what the program said.
    """
    way = Way.to(url)
    chosen = program("pg_restore", max(dump.server, dump.program))
    command = [chosen.path, "--format=custom", "--no-password", "--no-owner", "--single-transaction"]
    with (
        source.open("rb") as file,
        _running([*command, "--exit-on-error", f"--dbname={way.told}"], way) as (process, told),
    ):
        sink, seen, done, last = _of(process.stdin), sha256(), 0, b""
        try:
            while piece := file.read(_PIECE):
                seen.update(piece)
                done += sink.write(last)
                last = piece
                moved(done)
            if seen.hexdigest() != digest:
                raise BackupDiffers(f"{source.name}: is not what its manifest says any more")
            sink.write(last)
            sink.close()
        except BrokenPipeError:  # it has ended before it had read all, and says why
            with suppress(BrokenPipeError):
                sink.close()
        _ended(process, told, f"{source.name}: cannot be brought back")


@contextmanager
def _running(command: list[str], way: Way) -> Iterator[tuple["subprocess.Popen[bytes]", IO[bytes]]]:
    """The program, with what it says in a file; it does not outlive the block."""
    with (
        tempfile.TemporaryFile() as told,
        subprocess.Popen(  # noqa: S603  # PostgreSQL's own
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=told,
            env=dict(way.environment),
        ) as process,
    ):
        try:
            yield process, told
        except BaseException:
            process.kill()
            with suppress(BrokenPipeError):
                _of(process.stdin).close()
            raise


def _ended(process: "subprocess.Popen[bytes]", told: IO[bytes], what: str) -> None:
    """Wait for the end; `BackupRefused` with the program's first line unless it went well."""
    _of(process.stdout).read()
    if process.wait() != 0:
        told.seek(0)
        said = told.read(2000).decode("utf-8", "replace").strip().splitlines()
        raise BackupRefused(f"{what} ({said[0] if said else f'exit code {process.returncode}'})")


def _of(pipe: IO[bytes] | None) -> IO[bytes]:
    """A pipe that was asked for is there."""
    if pipe is None:
        raise RuntimeError("a pipe that was asked for is not there")
    return pipe
