"""A copy of a log as a directory in the tlog-tiles layout: `checkpoint`, `tile/<L>/…`, `tile/entries/…`.

The directory may come from anyone: links are not followed, only plain files are read, and no more of them
than their form allows.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from audit.checkpoint import Checkpoint
from audit.errors import FormatRefused
from audit.merkle import HASH_SIZE
from audit.note import MAX_SIZE, Note
from audit.sealing import Blob
from audit.tiles import ENTRIES, WIDTH, Tile, bundles_of, decode_bundle

_MOST_NOTE = 4 * MAX_SIZE
_MOST_BUNDLE = WIDTH * (2 + 0xFFFF)
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class TileArchive:
    """A log as tiles and entry bundles; sealed blobs are never exported."""

    keeps_blobs = False

    def __init__(self, path: Path, checkpoint: str) -> None:
        """Read below a path; `open` is the way in."""
        self.name, self._path = path.name, path
        self.checkpoint: str | None = checkpoint
        self.size = Checkpoint.parse(Note.parse(checkpoint).text).size

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the directory; its size is the one that its checkpoint says."""
        root = path.resolve()
        return cls(root, _read(root, "checkpoint", _MOST_NOTE).decode("utf-8", "replace"))

    def bundles(self) -> Iterator[list[bytes]]:
        """Yield the leaves of each entry bundle."""
        return map(self._bundle, bundles_of(self.size))

    def _bundle(self, bundle: Tile) -> list[bytes]:
        leaves = decode_bundle(_read(self._path, bundle.path, _MOST_BUNDLE))
        if len(leaves) != bundle.width:
            raise FormatRefused(f"{bundle.path}: {len(leaves)} leaves, {bundle.width} belong to it")
        return leaves

    def leaf(self, index: int) -> bytes:
        """Return one leaf out of its bundle."""
        if not 0 <= index < self.size:
            raise FormatRefused(f"log {self.name}: has no leaf {index}, its last is {self.size - 1}")
        start = index - index % WIDTH
        return self._bundle(Tile(ENTRIES, start // WIDTH, min(WIDTH, self.size - start)))[index - start]

    def tile(self, tile: Tile) -> bytes | None:
        """Return a tile, full or partial."""
        return _read(self._path, tile.path, WIDTH * HASH_SIZE)

    def steps(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield nothing: tiles tell no steps."""
        return iter(())

    def checkpoints(self) -> Iterator[tuple[int, str]]:
        """Yield the one checkpoint."""
        return iter([(self.size, self.checkpoint or "")])

    def newest(self) -> Iterator[str]:
        """Yield the one checkpoint."""
        return iter([self.checkpoint or ""])

    def blob(self, index: int) -> Blob | None:
        """Say that there are none here."""
        raise FormatRefused(f"log {self.name}: tiles hold no sealed blobs, so none beside leaf {index}")

    def blobs(self) -> Iterator[int]:
        """Say that there are none here."""
        raise FormatRefused(f"log {self.name}: tiles hold no sealed blobs")

    def close(self) -> None:
        """Do nothing; no file stays open."""


def _read(root: Path, path: str, most: int) -> bytes:
    """Return a plain file's bytes; no part of the path below `root` may be a link."""
    whole = root / path
    if Path(os.path.realpath(whole.parent)) != whole.parent:
        raise FormatRefused(f"{path}: lies behind a symbolic link")
    try:
        descriptor = os.open(whole, _FLAGS)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FormatRefused(f"{path}: is not a plain file")
            data = file.read(most + 1)
    except OSError as error:
        raise FormatRefused(f"{path}: {error.strerror}") from error
    if len(data) > most:
        raise FormatRefused(f"{path}: more than {most} bytes")
    return data
