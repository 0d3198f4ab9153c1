"""The guard: the last signed head in a small file of its own, so that an old backup of the store is noticed.

The file has two slots of one disk block each; a write goes to the slot that is not the newest and is flushed,
so a torn write leaves the other slot whole. Each slot is text: a header, origin, sequence number, size, root,
and the SHA-256 of those lines. The file is locked for as long as the log lives: a second log on the same
guard does not start.
"""

import fcntl
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from audit.errors import AuditUnavailable, GuardRefused
from audit.store import Head

_HEADER = "entente-guard/v1"
_BLOCK = 4096
_LINES = 6
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_DSYNC | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class _Slot:
    sequence: int
    head: Head


def _encode(origin: str, slot: _Slot) -> bytes:
    body = f"{_HEADER}\n{origin}\n{slot.sequence}\n{slot.head.size}\n{slot.head.root.hex()}\n"
    return (body + sha256(body.encode()).hexdigest() + "\n").encode().ljust(_BLOCK, b"\x00")


def _decode(origin: str, block: bytes) -> _Slot | None:
    """Return what a block holds, None if it is torn or empty."""
    lines = block.rstrip(b"\x00").decode("utf-8", "replace").splitlines()
    if len(lines) != _LINES or sha256(("\n".join(lines[:-1]) + "\n").encode()).hexdigest() != lines[-1]:
        return None
    if lines[:2] != [_HEADER, origin]:
        raise GuardRefused(f"guard of {lines[1]}: is not the guard of {origin}")
    return _Slot(int(lines[2]), Head(int(lines[3]), bytes.fromhex(lines[4])))


class FileGuard:
    """The guard of log `origin` in the file `path`; see `audit.store.Guard`."""

    def __init__(self, path: Path, origin: str) -> None:
        """Open and lock the file, or make it; `GuardRefused` if another log holds it or it is damaged."""
        self._origin = origin
        self._descriptor = _open(path)
        try:
            self._slot = self._read(path)
        except BaseException:
            os.close(self._descriptor)
            raise

    def _read(self, path: Path) -> _Slot:
        blocks = [os.pread(self._descriptor, _BLOCK, offset) for offset in (0, _BLOCK)]
        slots = [slot for block in blocks if (slot := _decode(self._origin, block)) is not None]
        if slots:
            return max(slots, key=lambda slot: slot.sequence)
        if any(block.strip(b"\x00") for block in blocks):
            raise GuardRefused(f"guard of {self._origin}: both slots of {path.name} are damaged")
        return _Slot(0, Head(0, b""))

    def last(self) -> Head | None:
        """Return the last head remembered."""
        return self._slot.head if self._slot.sequence else None

    def remember(self, head: Head) -> None:
        """Write the head to the older slot; the file is opened so that a write returns when it is durable."""
        slot = _Slot(self._slot.sequence + 1, head)
        try:
            os.pwrite(self._descriptor, _encode(self._origin, slot), slot.sequence % 2 * _BLOCK)
        except OSError as error:
            raise AuditUnavailable(f"guard of {self._origin}: {head} could not be written") from error
        self._slot = slot

    def close(self) -> None:
        """Unlock and close the file."""
        os.close(self._descriptor)


def _open(path: Path) -> int:
    """Open, lock and size the file; a new one is made durable with its directory."""
    try:
        descriptor = os.open(path, _FLAGS, 0o600)
    except OSError as error:
        raise GuardRefused(f"guard file {path.name}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_size < 2 * _BLOCK:
            os.posix_fallocate(descriptor, 0, 2 * _BLOCK)
            os.fsync(descriptor)
            _sync_directory(path.parent)
    except OSError as error:
        os.close(descriptor)
        raise GuardRefused(f"guard file {path.name}: held by another log, or no room for it") from error
    return descriptor


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class MemoryGuard:
    """A guard that forgets when the process ends; for tests and simulated worlds."""

    def __init__(self) -> None:
        """Start without a head."""
        self._head: Head | None = None

    def last(self) -> Head | None:
        """Return the last head remembered."""
        return self._head

    def remember(self, head: Head) -> None:
        """Keep the head."""
        self._head = head

    def close(self) -> None:
        """Do nothing; the head stays, as in a file."""
