"""A backup of a node's home, which may be running: a folder of copies with a manifest.

1. The folder is empty, or holds what was begun and cut short: that is begun anew. Nothing is overwritten.
2. The guard is copied first: a log that is ahead of its guard starts, one that is behind does not. The log
   comes last: what the other databases hold was logged before, so its entry is there.
3. A SQLite file is copied by SQLite's own online backup within one read transaction: one moment of the file.
   A database on a server is dumped from one snapshot of it, from which the log's head is read as well.
4. Secrets go under the passphrase together, or stay out and the manifest has no `keys.jwe`. Keys on a token
   are in neither: the files that refer to them are parts like others, and the manifest names these keys.
5. What lies outside the home, and what is saved apart, is named with the commands that save it.
6. The guard's copy is held against the log's; then the manifest is written, last.
"""

import hashlib
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from audit.files import write_whole
from audit.guard import remembered
from audit.keys import write_secret
from audit.merkle import EMPTY_ROOT
from gateway.databases import LOCK, as_role, connected, first_line, in_use
from gateway.errors import BackupRefused, DatabaseUnavailable
from gateway.facts import moment
from gateway.home import Home, read_card
from gateway.logs import LOG
from gateway.manifest import DUMPS, INSIDE, KEYS, NAME, Dump, Elsewhere, LogHead, Manifest, OnToken, Part
from gateway.postgres_dump import bytes_of, described, save, snapshot
from gateway.quarantine import FILE, WITNESS_FILE, refuse_marked
from gateway.sealed_keys import seal
from gateway.settings import Settings, database
from gateway.signers import referred

Told = Callable[[str, int, int], None]
"""Told of the part, how much of it is done, and how much there is."""

UNFINISHED: Final = "unfinished"
_MARK: Final = b"entente-backup/v1\n"
_SQLITE: Final = ".sqlite"
_BESIDE: Final = ("-wal", "-shm", "-journal")
_NOT_KEPT: Final = frozenset({LOCK, FILE, WITNESS_FILE})
_PAGES: Final = 2048
_HIDDEN: Final = ".key"


@dataclass(frozen=True, slots=True)
class Saving:
    """How a node is saved: the passphrase of its secrets, which stay out without one.

    On servers: as the role `user` where that is not the settings' one; with `apart` databases there are only
    named, for who saves them by other means.
    """

    passphrase: bytes | None = None
    user: str = ""
    apart: bool = False


def back_up(home: Home, folder: Path, saving: Saving, now: Callable[[], datetime], told: Told) -> Manifest:
    """Write the backup and return its manifest; `BackupRefused` where it cannot be whole.

    `DatabaseUnavailable` if a server does not answer, `DumpProgramMissing` without its `pg_dump`.
    """
    settings, passphrase = home.settings(), saving.passphrase
    card = read_card(home.card)
    refuse_marked(home.path, card.log_origin)
    if folder.resolve().is_relative_to(home.path.resolve()):
        raise BackupRefused(f"{folder}: lies in the home that is to be saved; name a folder outside it")
    with in_use(home.path):
        _begin(folder)
        secret, plain = _sorted(home, settings)
        servers = {} if saving.apart else on_servers(settings)
        saved = _saved(home, folder, plain, _Servers(servers, saving.user), told)
        if passphrase is not None:
            files = {path: (home.path / path).read_bytes() for path in secret}
            write_secret(folder / KEYS, seal(files, passphrase))
            saved.parts.append(_part(folder, KEYS, 0o600))
        size, root, checkpoint = saved.head or _head(home, folder, settings)
        log = LogHead(origin=card.log_origin, size=size, root=root, at=moment(now().timestamp()))
    refuse_ahead(folder / INSIDE / home.guard.name, log)
    manifest = Manifest(
        node=settings.node.id,
        log=log,
        checkpoint=checkpoint,
        parts=tuple(sorted(saved.parts, key=lambda each: each.path)),
        databases=tuple(saved.dumps),
        elsewhere=tuple(_elsewhere(home, settings, dumped=not saving.apart)),
        on_token=tuple(_on_token(home)),
    )
    write_whole(folder / NAME, manifest.text)
    (folder / UNFINISHED).unlink()
    return manifest


def _begin(folder: Path) -> None:
    """Make the folder ready; what an earlier run has left unfinished in it goes."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    begun = folder / UNFINISHED
    found = {each.name for each in folder.iterdir()}
    if NAME in found:
        raise BackupRefused(f"{folder}: holds a backup already; name another folder")
    if found and (UNFINISHED not in found or begun.read_bytes() != _MARK):
        raise BackupRefused(f"{folder}: is not empty; name a new folder")
    if found:
        shutil.rmtree(folder / INSIDE, ignore_errors=True)
        shutil.rmtree(folder / DUMPS, ignore_errors=True)
        (folder / KEYS).unlink(missing_ok=True)
    else:
        write_secret(begun, _MARK)
    (folder / INSIDE).mkdir(mode=0o700)


def _sorted(home: Home, settings: Settings) -> tuple[list[str], list[str]]:
    """The paths of the home's secrets, and of its other files: the guards first, the log last."""
    named = {
        settings.tls.key,
        settings.signin.client_secret_file if settings.signin else None,
        settings.policy.opa_token_file,
        settings.observe.token_file,
        settings.keys.pin_file,
    }
    referring = {each.path for each in _on_token(home)}
    secret, plain = list[str](), list[str]()
    for path in _files(home, settings):
        hidden = path.startswith("keys/") or path.endswith(_HIDDEN) or path in named
        hidden = hidden and path not in referring
        (secret if hidden else plain).append(path)
    log = _inside(home, database(home.path, settings.store.audit))
    return secret, sorted(plain, key=lambda path: (path == log, "guard" not in path, path))


_Head = tuple[int, str, str]
"""A log's size, its root in hexadecimal, and its newest kept checkpoint, empty for none."""


@dataclass(slots=True)
class _Saved:
    """What is in the folder so far; `head` is that of a log in a dump."""

    parts: list[Part]
    dumps: list[Dump]
    head: _Head | None = None


@dataclass(frozen=True, slots=True)
class _Servers:
    """The databases on servers by their addresses, each with its rooms, and the role that saves them."""

    rooms: Mapping[str, Sequence[str]]
    user: str


def on_servers(settings: Settings) -> dict[str, list[str]]:
    """The rooms of each database on a server, by its address; that of the log is the last one."""
    found: dict[str, list[str]] = {}
    for room in sorted(type(settings.store).model_fields, key=lambda room: room == LOG.name):
        url = str(getattr(settings.store, room))
        if make_url(url).get_backend_name() == "sqlite":
            continue
        same = next((each for each in found if _place(each) == _place(url)), url)
        found[url] = [*found.pop(same, []), room]
    return found


def _place(url: str) -> tuple[object, ...]:
    """Which database it is, whoever signs in to it."""
    parsed = make_url(url)
    return parsed.host, parsed.port, parsed.database, tuple(sorted(parsed.query.items()))


def _saved(home: Home, folder: Path, plain: Sequence[str], servers: _Servers, told: Told) -> _Saved:
    """Copies and dumps: all but the log, then the log, wherever it is."""
    settings, saved = home.settings(), _Saved([], [])
    ends, log = _database_ends(home, settings), _inside(home, database(home.path, settings.store.audit))
    for path in plain:
        if path != log:
            saved.parts.append(_copy(home.path / path, folder, path, ends, told))
    for url, rooms in servers.rooms.items():
        _dump(as_role(url, servers.user), rooms, folder, saved, told)
    if log is not None and log in plain:
        saved.parts.append(_copy(home.path / log, folder, log, ends, told))
    return saved


def _dump(url: str, rooms: Sequence[str], folder: Path, saved: _Saved, told: Told) -> None:
    """Dump one database, and read the log's head in the same snapshot if the log is there."""
    path = f"{DUMPS}{rooms[-1]}.dump"
    target = folder / path
    target.parent.mkdir(exist_ok=True, mode=0o700)
    write_secret(target, b"")
    try:
        with connected(url) as connection, snapshot(connection) as name, target.open("wb") as file:
            dump, whole = described(connection, rooms, path), max(bytes_of(connection), 1)
            if LOG.name in rooms:
                saved.head = _read_head(connection) if dump.versions[LOG.name] else _EMPTY
            save(url, name, dump, file, lambda done: told(path, done, max(done, whole)))
            file.flush()
            os.fsync(file.fileno())
    except SQLAlchemyError as error:
        raise DatabaseUnavailable(f"database {' '.join(rooms)}: {first_line(error)}") from error
    saved.parts.append(_part(folder, path, 0o600))
    saved.dumps.append(dump)


def refuse_ahead(guard: Path, log: LogHead) -> None:
    """Raise `BackupRefused` if the guard in this file remembers more of the log than there is.

    That would be a log read from a copy that lags behind: entries that were signed are not in it.
    """
    last = remembered(guard, log.origin)
    if last is not None and last.size > log.size:
        raise BackupRefused(
            f"log {log.origin}: the guard remembers {last.size} entries, its database has {log.size}; "
            "an address of [store] that leads to a copy which lags behind cannot be saved"
        )


def _on_token(home: Home) -> Iterator[OnToken]:
    """The keys that lie on a token, by the files that refer to them."""
    for path in sorted(home.keys.glob("*.key")):
        reference = referred(path)
        if reference is not None:
            name = path.relative_to(home.path).as_posix()
            yield OnToken(path=name, uri=reference.uri.text, vkey=reference.public.vkey)


def _files(home: Home, settings: Settings) -> Iterator[str]:
    """All files of a home but those that are made anew; `BackupRefused` for a link."""
    cache = (home.path / settings.policy.cache).resolve()
    for found, folders, names in os.walk(home.path):
        at = Path(found)
        folders[:] = [each for each in folders if (at / each).resolve() != cache]
        for path in (*(at / each for each in folders), *(at / each for each in names)):
            name = path.relative_to(home.path).as_posix()
            try:
                kind = path.lstat().st_mode
            except FileNotFoundError:  # a draft of the running node that has just become the file itself
                continue
            if stat.S_ISLNK(kind):
                raise BackupRefused(f"{home.path}: {name} is a link; put the file itself there")
            if stat.S_ISREG(kind) and name not in _NOT_KEPT and not _beside(path):
                yield name


def _beside(path: Path) -> bool:
    """Whether it is SQLite's own file beside a database: its online backup reads it."""
    ends = next((each for each in _BESIDE if path.name.endswith(each)), "")
    return bool(ends) and path.with_name(path.name.removesuffix(ends)).exists()


def _database_ends(home: Home, settings: Settings) -> frozenset[str]:
    """How the names of SQLite files of this home end, those of logs that were set aside among them."""
    rooms = (getattr(settings.store, room) for room in type(settings.store).model_fields)
    inside = (_inside(home, database(home.path, url)) for url in rooms)
    ends = frozenset(Path(each).suffix for each in inside if each is not None)
    if "" in ends:
        raise BackupRefused(f"{home.path}: a database in it has a name without an ending such as {_SQLITE}")
    return ends | {_SQLITE}


def _copy(source: Path, folder: Path, path: str, kept_by_sqlite: frozenset[str], told: Told) -> Part:
    target = folder / INSIDE / path
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_secret(target, b"")
    if source.suffix in kept_by_sqlite:  # never opened by hand: closing it would take SQLite's locks away
        _copy_database(source, target, lambda done, whole: told(path, done, whole))
    else:
        shutil.copyfile(source, target)
        told(path, 1, 1)
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return _part(folder, INSIDE + path, stat.S_IMODE(source.stat().st_mode))


def _copy_database(source: Path, target: Path, told: Callable[[int, int], None]) -> None:
    """One moment of a SQLite file: its open read transaction holds it while pages are copied."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as held,
            closing(sqlite3.connect(target)) as copy,
        ):
            held.isolation_level = None
            held.execute("BEGIN")
            held.execute("SELECT count(*) FROM sqlite_master").fetchone()
            held.backup(
                copy, pages=_PAGES, progress=lambda _state, left, whole: told(whole - left, max(whole, 1))
            )
    except sqlite3.Error as error:
        raise BackupRefused(f"{source.name}: cannot be copied ({error})") from error


def _part(folder: Path, path: str, mode: int) -> Part:
    size, digest = measured(folder / path)
    try:
        return Part(path=path, size=size, sha256=digest, mode=f"{mode & 0o777:03o}")
    except ValueError as error:
        raise BackupRefused(f"{path!r}: has a name or mode that no backup takes") from error


def measured(path: Path) -> tuple[int, str]:
    """Length and SHA-256 of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest


HEAD: Final = "SELECT size, root FROM audit_tree_head ORDER BY size DESC LIMIT 1"
_NOTE: Final = "SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 1"


_EMPTY: Final[_Head] = (0, EMPTY_ROOT.hex(), "")


def _head(home: Home, folder: Path, settings: Settings) -> _Head:
    """The log's head in its copy, or as it is now where it lies elsewhere."""
    url = database(home.path, settings.store.audit)
    inside = _inside(home, url)
    if inside is None:
        with connected(url) as connection:
            return _read_head(connection)
    copy = (folder / INSIDE / inside).absolute()
    if not copy.exists():
        return _EMPTY
    with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro&immutable=1", uri=True)) as held:
        return _as_head(*(held.execute(each).fetchone() for each in (HEAD, _NOTE)))


def _read_head(connection: Connection) -> _Head:
    return _as_head(*(connection.execute(text(each)).one_or_none() for each in (HEAD, _NOTE)))


def _as_head(head: Sequence[Any] | None, note: Sequence[Any] | None) -> _Head:
    return (head[0], bytes(head[1]).hex(), note[0] if note else "") if head else _EMPTY


def _inside(home: Home, url: str) -> str | None:
    """The path of a SQLite file below the home; None for one elsewhere, and for a server."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    path, whole = Path(parsed.database).resolve(), home.path.resolve()
    return path.relative_to(whole).as_posix() if path.is_relative_to(whole) else None


def _open(url: URL) -> str:
    """The address without its password, as the server's own programs read it."""
    query = {name: value for name, value in url.query.items() if "password" not in name}
    parts = (url.get_backend_name(), url.username, None, url.host, url.port, url.database, query)
    return URL.create(*parts).render_as_string()


def _elsewhere(home: Home, settings: Settings, *, dumped: bool) -> Iterator[Elsewhere]:
    """The databases outside the home that were not dumped, each once; passwords are left out."""
    rooms: dict[str, list[str]] = {}
    for room in type(settings.store).model_fields:
        url = database(home.path, getattr(settings.store, room))
        server = make_url(url).get_backend_name() != "sqlite"
        if _inside(home, url) is None and not (server and dumped):
            rooms.setdefault(_open(make_url(url)), []).append(room)
    for url, named in rooms.items():
        file, path = f"{named[0]}.dump", make_url(url).database
        if make_url(url).get_backend_name() == "sqlite":
            yield Elsewhere(
                rooms=tuple(named),
                save=f"sqlite3 '{path}' \"VACUUM INTO '{named[0]}.sqlite'\"",
                bring_back=f"cp --no-clobber {named[0]}.sqlite '{path}'",
            )
            continue
        yield Elsewhere(
            rooms=tuple(named),
            save=f"pg_dump --format=custom --file={file} --dbname='{url}'",
            bring_back=f"pg_restore --dbname='{url}' {file}",
        )
