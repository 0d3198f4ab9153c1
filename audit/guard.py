"""The guard: the last signed head in a small file of its own, so that an old backup of the store is noticed.

The file has two slots of one disk block each; a write goes to the slot that is not the newest and is flushed,
so a torn write leaves the other slot whole. Each slot is text: a header, origin, sequence number, size, root,
and the SHA-256 of those lines. The file is locked for as long as the log lives: a second log on the same
guard does not start.

Sequencers that take over from each other share the lock and write one file each, named by their epoch beside
the guard's: one that was taken for dead and wakes up writes into a file that nobody else writes. Whoever
starts reads all of them; whatever was ever remembered is part of the log, so the largest head says it all.
"""

import fcntl
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
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


def _newest(origin: str, name: str, data: bytes) -> _Slot:
    """Return the newer slot of a guard's file."""
    blocks = [data[offset : offset + _BLOCK] for offset in (0, _BLOCK)]
    slots = [slot for block in blocks if (slot := _decode(origin, block)) is not None]
    if slots:
        return max(slots, key=lambda slot: slot.sequence)
    if any(block.strip(b"\x00") for block in blocks):
        raise GuardRefused(f"guard of {origin}: both slots of {name} are damaged")
    return _Slot(0, Head(0, b""))


def _largest(origin: str, slots: Sequence[_Slot]) -> Head | None:
    """Return the largest head of all; `GuardRefused` if two of one size differ."""
    heads = sorted((slot.head for slot in slots if slot.sequence), key=lambda head: head.size)
    for one, other in pairwise(heads):
        if one.size == other.size and one != other:
            raise GuardRefused(f"guard of {origin}: remembers {one}, and also {other}")
    return heads[-1] if heads else None


def remembered(path: Path, origin: str) -> Head | None:
    """Return the largest head in a copy of a guard's files, which is only read; None if there is none.

    `GuardRefused` if it is damaged, or the guard of another log.
    """
    if not path.exists():
        return None
    files = {path: path.read_bytes()} | _epochs(path)
    return _largest(origin, [_newest(origin, each.name, data) for each, data in files.items()])


class FileGuard:
    """The guard of log `origin` in the file `path`; see `audit.store.Guard`."""

    def __init__(self, path: Path, origin: str, epoch: int | None = None) -> None:
        """Open and lock the file, or make it; `GuardRefused` if another log holds it or it is damaged.

        With an `epoch`, the file is shared with the sequencers of other epochs, and this one writes its own.
        """
        self._origin = origin
        self._held = [_open(path, fcntl.LOCK_EX if epoch is None else fcntl.LOCK_SH)]
        try:
            files = _epochs(path)
            slots = [_newest(origin, each.name, data) for each, data in files.items()]
            self._slot = _newest(origin, path.name, _content(self._held[0]))
            self._last = _largest(origin, [self._slot, *slots])
            own = path.with_name(f"{path.name}.{epoch}")
            if epoch is not None:
                self._held.append(_open(own, fcntl.LOCK_EX))
                self._slot = _newest(origin, own.name, _content(self._held[1]))
        except BaseException:
            self.close()
            raise
        self._past = (
            [] if epoch is None else [each for each in files if int(each.name.rpartition(".")[2]) < epoch]
        )

    def last(self) -> Head | None:
        """Return the last head remembered."""
        return self._last

    def remember(self, head: Head) -> None:
        """Write the head to the older slot; the file is opened so that a write returns when it is durable.

        The files of past epochs go when this one's holds a head: it extends theirs.
        """
        slot = _Slot(self._slot.sequence + 1, head)
        try:
            os.pwrite(self._held[-1], _encode(self._origin, slot), slot.sequence % 2 * _BLOCK)
        except OSError as error:
            raise AuditUnavailable(f"guard of {self._origin}: {head} could not be written") from error
        self._slot, self._last = slot, head
        while self._past:
            with suppress(OSError):
                self._past.pop().unlink()

    def close(self) -> None:
        """Unlock and close what is held."""
        while self._held:
            os.close(self._held.pop())


def _epochs(path: Path) -> dict[Path, bytes]:
    """Return the files of all epochs beside the guard, read anew if one goes meanwhile."""
    while True:
        with suppress(FileNotFoundError):
            return {
                each: each.read_bytes()
                for each in sorted(path.parent.glob(f"{path.name}.*"))
                if each.suffix[1:].isdecimal()
            }


def _content(descriptor: int) -> bytes:
    return os.pread(descriptor, 2 * _BLOCK, 0)


def _open(path: Path, lock: int) -> int:
    """Open, lock and size the file; a new one is made durable with its directory."""
    try:
        descriptor = os.open(path, _FLAGS, 0o600)
    except OSError as error:
        raise GuardRefused(f"guard file {path.name}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, lock | fcntl.LOCK_NB)
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
