"""A backup of a node's home, which may be running: a folder of copies with a manifest.

1. The folder is empty, or holds what was begun and cut short: that is begun anew. Nothing is overwritten.
2. The guard is copied before the log: a log that is ahead of its guard starts, one that is behind does not.
3. A SQLite file is copied by SQLite's own online backup within one read transaction: one moment of the file.
4. Secrets go under the passphrase together, or stay out and the manifest has no `keys.jwe`.
5. What lies on a server or outside the home is named with the commands that save it.
6. The manifest is written last.
"""

import hashlib
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, make_url, text

from audit.files import write_whole
from audit.keys import write_secret
from audit.merkle import EMPTY_ROOT
from gateway.databases import LOCK, connected, in_use
from gateway.errors import BackupRefused
from gateway.facts import moment
from gateway.home import Home, read_card
from gateway.manifest import INSIDE, KEYS, NAME, Elsewhere, LogHead, Manifest, Part
from gateway.quarantine import FILE, refuse_marked
from gateway.sealed_keys import seal
from gateway.settings import Settings, database

Told = Callable[[str, int, int], None]
"""Told of the part, how much of it is done, and how much there is."""

UNFINISHED: Final = "unfinished"
_MARK: Final = b"entente-backup/v1\n"
_SQLITE: Final = ".sqlite"
_BESIDE: Final = ("-wal", "-shm", "-journal")
_NOT_KEPT: Final = frozenset({LOCK, FILE})
_PAGES: Final = 2048
_HIDDEN: Final = ".key"


def back_up(
    home: Home, folder: Path, passphrase: bytes | None, now: Callable[[], datetime], told: Told
) -> Manifest:
    """Write the backup and return its manifest; `BackupRefused` where it cannot be whole."""
    settings = home.settings()
    card = read_card(home.card)
    refuse_marked(home.path, card.log_origin)
    if folder.resolve().is_relative_to(home.path.resolve()):
        raise BackupRefused(f"{folder}: lies in the home that is to be saved; name a folder outside it")
    with in_use(home.path):
        _begin(folder)
        secret, plain = _sorted(home, settings)
        ends = _database_ends(home, settings)
        parts = [_copy(home.path / path, folder, path, ends, told) for path in plain]
        if passphrase is not None:
            files = {path: (home.path / path).read_bytes() for path in secret}
            write_secret(folder / KEYS, seal(files, passphrase))
            parts.append(_part(folder, KEYS, 0o600))
        size, root, checkpoint = _head(home, folder, settings)
        log = LogHead(origin=card.log_origin, size=size, root=root, at=moment(now().timestamp()))
    manifest = Manifest(
        node=settings.node.id,
        log=log,
        checkpoint=checkpoint,
        parts=tuple(sorted(parts, key=lambda each: each.path)),
        elsewhere=tuple(_elsewhere(home, settings)),
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
        (folder / KEYS).unlink(missing_ok=True)
    else:
        write_secret(begun, _MARK)
    (folder / INSIDE).mkdir(mode=0o700)


def _sorted(home: Home, settings: Settings) -> tuple[list[str], list[str]]:
    """The paths of the home's secrets, and of its other files, the guards of its logs first."""
    named = {
        settings.tls.key,
        settings.signin.client_secret_file if settings.signin else None,
        settings.policy.opa_token_file,
        settings.observe.token_file,
    }
    secret, plain = list[str](), list[str]()
    for path in _files(home, settings):
        hidden = path.startswith("keys/") or path.endswith(_HIDDEN) or path in named
        (secret if hidden else plain).append(path)
    return secret, sorted(plain, key=lambda path: ("guard" not in path, path))


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


_HEAD = "SELECT size, root FROM audit_tree_head ORDER BY size DESC LIMIT 1"
_NOTE = "SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 1"


def _head(home: Home, folder: Path, settings: Settings) -> tuple[int, str, str]:
    """Size and root of the log in its copy, on a server as it is now, and its newest kept checkpoint."""
    url = database(home.path, settings.store.audit)
    inside = _inside(home, url)
    if inside is not None:
        copy = (folder / INSIDE / inside).absolute()
        if not copy.exists():
            return 0, EMPTY_ROOT.hex(), ""
        with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro&immutable=1", uri=True)) as held:
            found: list[Any] = [held.execute(each).fetchone() for each in (_HEAD, _NOTE)]
    else:
        with connected(url) as connection:
            found = [connection.execute(text(each)).one_or_none() for each in (_HEAD, _NOTE)]
    head, note = found
    size, root = (head[0], bytes(head[1])) if head else (0, EMPTY_ROOT)
    return size, root.hex(), note[0] if note else ""


def _inside(home: Home, url: str) -> str | None:
    """The path of a SQLite file below the home; None for one elsewhere, and for a server."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    path, whole = Path(parsed.database).resolve(), home.path.resolve()
    return path.relative_to(whole).as_posix() if path.is_relative_to(whole) else None


def _open(url: URL) -> str:
    """The address without its password, as the server's own programs read it."""
    parts = (url.get_backend_name(), url.username, None, url.host, url.port, url.database, url.query)
    return URL.create(*parts).render_as_string()


def _elsewhere(home: Home, settings: Settings) -> Iterator[Elsewhere]:
    """The databases outside the home, each once; passwords are left out."""
    rooms: dict[str, list[str]] = {}
    for room in type(settings.store).model_fields:
        url = database(home.path, getattr(settings.store, room))
        if _inside(home, url) is None:
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
