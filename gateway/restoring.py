"""A node's home out of its backup: every digest first, then all of it or nothing, its log in quarantine.

1. The manifest is read, every part held against its digest; the first that differs is named.
2. The home is not there, or empty. 3. The mark of the quarantine is made in a new folder beside it, then the
parts, held against their digests once more. 4. The folder takes the home's name, in one step.
"""

import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Final

from audit.keys import write_secret
from gateway.backing_up import Told, measured
from gateway.errors import BackupDiffers, BackupRefused, HomeNotEmpty
from gateway.facts import moment
from gateway.manifest import INSIDE, KEYS, NAME, LogHead, Manifest, Part
from gateway.quarantine import FILE
from gateway.sealed_keys import unseal

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


def restore(folder: Path, home: Path, passphrase: bytes | None, now: datetime, told: Told) -> Manifest:
    """Make the home; the backup stays as it is. Without a passphrase the keys are left out.

    `HomeNotEmpty` if anything is there, `BackupRefused` and `BackupDiffers` before anything is made.
    """
    manifest, home = read_backup(folder), home.absolute()
    if home.is_symlink() or (home.exists() and (not home.is_dir() or any(home.iterdir()))):
        raise HomeNotEmpty(f"{home}: is not empty; a backup is put back into a new home")
    sealed = any(each.path == KEYS for each in manifest.parts)
    secrets = unseal((folder / KEYS).read_bytes(), passphrase) if sealed and passphrase else {}
    draft = home.with_name(f".{home.name}.restoring")
    if draft.exists():
        if not (draft / FILE).is_file():
            raise HomeNotEmpty(f"{draft}: is in the way, and no restore has made it")
        shutil.rmtree(draft)
    draft.mkdir(parents=True, mode=0o700)
    log = manifest.log
    mark = LogHead(origin=log.origin, size=log.size, root=log.root, at=moment(now.timestamp()))
    write_secret(draft / FILE, mark.model_dump_json().encode())
    files = [each for each in manifest.parts if each.path != KEYS]
    for done, part in enumerate(files, 1):
        _put(folder, part, draft)
        told(part.path, done, len(files))
    for path, data in secrets.items():
        target = draft / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_secret(target, data)
    _replace(draft, home)
    return manifest


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
