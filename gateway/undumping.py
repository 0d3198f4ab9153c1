"""The dumps of a backup back into their databases on servers: refused before, all of each or nothing.

A dump goes into the database that the settings name for its rooms. What an earlier run, cut short, has
brought back is noted in the unfinished home and stays: a dump is in its database whole or not at all.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from audit.keys import write_secret
from gateway.backing_up import HEAD, Told, on_servers
from gateway.databases import as_role, connected, first_line
from gateway.errors import BackupDiffers, BackupRefused, DatabaseNewer, DatabaseUnavailable
from gateway.logs import LOG
from gateway.manifest import Dump, LogHead, Manifest, Part
from gateway.postgres_dump import Moved, bring_back, refuse_unfit
from gateway.rooms import ROOMS
from gateway.settings import Settings

NOTE: Final = "databases.restored"


@dataclass(slots=True)
class Undumping:
    """The dumps of the backup in `folder`, on their way into the databases of `settings`.

    `user` is the role that will own the tables; the one that owned them where it is empty.
    """

    folder: Path
    manifest: Manifest
    settings: Settings
    user: str = ""
    done: dict[str, str] = field(default_factory=dict)
    """The digests of the dumps that are in their databases, by database."""

    def prepare(self, draft: Path) -> None:
        """Raise unless every dump can be brought back; what an earlier run has noted in `draft` is there."""
        with suppress(OSError, ValueError):
            self.done = dict(json.loads((draft / NOTE).read_text(encoding="utf-8")))
        for dump, url in self._targets():
            _refuse_newer(dump)
            with _reached(dump, url) as connection:
                if not self._is_done(dump, url):
                    refuse_unfit(connection, dump, _name(url))

    def note(self, draft: Path) -> None:
        """Write down what is in its database."""
        path = draft / NOTE
        path.unlink(missing_ok=True)
        write_secret(path, json.dumps(self.done).encode())

    def bring_back(self, draft: Path, told: Told) -> None:
        """Bring back what is not there yet, and hold the log against the manifest."""
        for dump, url in self._targets():
            part = self.manifest.part(dump.path)
            if not self._is_done(dump, url):
                bring_back(url, dump, self.folder / dump.path, part.sha256, _telling(told, part))
                self.done[_name(url)] = part.sha256
                self.note(draft)
            if LOG.name in dump.rooms:
                with _reached(dump, url) as connection:
                    _hold(connection, self.manifest.log)
        (draft / NOTE).unlink(missing_ok=True)

    def _is_done(self, dump: Dump, url: str) -> bool:
        return self.done.get(_name(url)) == self.manifest.part(dump.path).sha256

    def _targets(self) -> Iterator[tuple[Dump, str]]:
        """The address of each dump's database; `BackupRefused` unless it is for the dump's rooms alone."""
        servers = {tuple(sorted(rooms)): url for url, rooms in on_servers(self.settings).items()}
        for dump in self.manifest.databases:
            url = servers.get(tuple(sorted(dump.rooms)))
            if url is None:
                raise BackupRefused(
                    f"{dump.path}: holds {', '.join(dump.rooms)}; [store] names no database on a server for "
                    "these and no other"
                )
            yield dump, as_role(url, self.user or dump.owner)


def _telling(told: Told, part: Part) -> Moved:
    return lambda done: told(part.path, done, max(part.size, 1))


@contextmanager
def _reached(dump: Dump, url: str) -> Iterator[Connection]:
    try:
        with connected(url) as connection:
            yield connection
    except SQLAlchemyError as error:
        raise DatabaseUnavailable(f"database {' '.join(dump.rooms)}: {first_line(error)}") from error


def _name(url: str) -> str:
    """A database as it is noted: host, port and name."""
    parsed = make_url(url)
    return f"{parsed.host or ''}:{parsed.port or ''}/{parsed.database}"


def _refuse_newer(dump: Dump) -> None:
    """Raise `DatabaseNewer` for a version that this program does not know; an older one is upgraded after."""
    for room in ROOMS:
        found = dump.versions.get(room.name, "")
        if found and found not in room.versions:
            raise DatabaseNewer(
                f"{dump.path}: {room.name} has version {found[:32]!r}, this program knows "
                f"{room.versions[-1]} at most; run the program that it was saved with"
            )


def _hold(connection: Connection, log: LogHead) -> None:
    """Raise `BackupDiffers` unless the log in the database ends where the manifest says."""
    row = connection.execute(text(HEAD)).one_or_none() if log.size else None
    if log.size and (row is None or (row[0], bytes(row[1]).hex()) != (log.size, log.root)):
        there = "no entry" if row is None else f"{row[0]} entries with root {bytes(row[1]).hex()}"
        raise BackupDiffers(
            f"log {log.origin}: its database holds {there}, the manifest says {log.size} with root {log.root}"
        )
