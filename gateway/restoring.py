"""A node's home out of its backup: every digest first, then all of it or nothing, its log in quarantine.

1. The manifest is read, every part held against its digest; the first that differs is named.
2. The home is not there, or empty; so are the databases on servers that its settings name
   (`gateway.undumping`).
3. The marks of the quarantine are made in a new folder beside it, then the parts, held against their digests
   once more.
4. The dumps go into their databases, each in one transaction; the log ends where the manifest says.
5. The folder takes the home's name, in one step.
"""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from audit.keys import write_secret
from gateway.backing_up import Told, measured, refuse_ahead
from gateway.errors import BackupDiffers, BackupRefused, HomeNotEmpty
from gateway.facts import moment
from gateway.home import Home, read_card
from gateway.logs import LOG
from gateway.manifest import INSIDE, KEYS, NAME, LogHead, Manifest, Part
from gateway.quarantine import FILE, WITNESS_FILE, WitnessMark
from gateway.sealed_keys import unseal
from gateway.settings import FILE as SETTINGS
from gateway.settings import Settings, settings_of
from gateway.undumping import Undumping

_LONGEST: Final = 64_000_000


def read_backup(folder: Path) -> Manifest:
    """The manifest of a backup whose every part is there and is what it says.

    `BackupRefused` if there is none, `BackupDiffers` naming the first part that differs.
    """
    try:
        with (folder / NAME).open("rb") as file:
            manifest = Manifest.parse(file.read(_LONGEST))
    except OSError as error:
        raise BackupRefused(f"{folder}: holds no finished backup ({NAME}: {error.strerror})") from error
    for part in manifest.parts:
        _hold(folder, part, folder / part.path)
    return manifest


def _hold(folder: Path, part: Part, path: Path) -> None:
    """Raise `BackupDiffers` unless the file is what the manifest says of the part."""
    if path.is_symlink() or not path.is_file():
        raise BackupDiffers(f"{folder}: {part.path} is not there as a plain file")
    size, digest = measured(path)
    if (size, digest) != (part.size, part.sha256):
        raise BackupDiffers(
            f"{folder}: {part.path} has {size} bytes and SHA-256 {digest}, "
            f"its manifest says {part.size} and {part.sha256}"
        )


@dataclass(frozen=True, slots=True)
class Bringing:
    """How a node is brought back: the passphrase of its secrets, which stay out without one.

    `settings` is a file that takes the place of the saved `node.toml`: other databases, another address.
    `user` is the role that owns the tables on servers, where that is not the one that owned them.
    """

    passphrase: bytes | None = None
    settings: Path | None = None
    user: str = ""


def restore(folder: Path, home: Path, bringing: Bringing, now: datetime, told: Told) -> Manifest:
    """Make the home; the backup stays as it is.

    `HomeNotEmpty` and `DatabaseNotEmpty` if anything is there, `BackupRefused`, `BackupDiffers`,
    `DatabaseNewer`, `DatabaseUnavailable` before anything is made.
    """
    manifest, home, passphrase = read_backup(folder), home.absolute(), bringing.passphrase
    if home.is_symlink() or (home.exists() and (not home.is_dir() or any(home.iterdir()))):
        raise HomeNotEmpty(f"{home}: is not empty; a backup is put back into a new home")
    sealed = any(each.path == KEYS for each in manifest.parts)
    secrets = unseal((folder / KEYS).read_bytes(), passphrase) if sealed and passphrase else {}
    draft = home.with_name(f".{home.name}.restoring")
    if draft.exists() and not (draft / FILE).is_file():
        raise HomeNotEmpty(f"{draft}: is in the way, and no restore has made it")
    undumping = Undumping(folder, manifest, _settings(folder, manifest, bringing.settings), bringing.user)
    undumping.prepare(draft)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    log = manifest.log
    mark = LogHead(origin=log.origin, size=log.size, root=log.root, at=moment(now.timestamp()))
    write_secret(draft / FILE, mark.model_dump_json().encode())
    if vkey := read_card(Home(folder / INSIDE).card).witness_vkey:
        write_secret(draft / WITNESS_FILE, WitnessMark(vkey=vkey, at=mark.at).model_dump_json().encode())
    undumping.note(draft)
    for done, part in enumerate(manifest.home, 1):
        _put(folder, part, draft)
        told(part.path, done, len(manifest.home))
    for path, data in secrets.items():
        target = draft / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_secret(target, data)
    if bringing.settings is not None:
        (draft / SETTINGS).write_bytes(bringing.settings.read_bytes())
    if any(LOG.name in each.rooms for each in manifest.databases):
        refuse_ahead(Home(draft).guard, log)
    undumping.bring_back(draft, told)
    _replace(draft, home)
    return manifest


def _settings(folder: Path, manifest: Manifest, other: Path | None) -> Settings:
    """The settings that the home will have; `BackupRefused` for those of another node."""
    settings = settings_of(other or folder / INSIDE / SETTINGS)
    if settings.node.id != manifest.node:
        raise BackupRefused(f"{other}: are settings of {settings.node.id}, the backup is of {manifest.node}")
    return settings


def _put(folder: Path, part: Part, draft: Path) -> None:
    """Copy one file of the home, durably; what was copied is held against the manifest."""
    target = draft / part.path.removeprefix(INSIDE)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_secret(target, b"")
    with (folder / part.path).open("rb") as source, target.open("wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())
    _hold(folder, part, target)
    target.chmod(int(part.mode, 8))


def _replace(draft: Path, home: Path) -> None:
    """Give the finished folder the home's name, durably."""
    try:
        draft.rename(home)
    except OSError as error:
        raise HomeNotEmpty(f"{home}: cannot be made ({error.strerror})") from error
    descriptor = os.open(home.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
