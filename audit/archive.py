"""A copy of a log, read without the program that wrote it: a SQLite file, or a directory of tiles.

Standard library and `cryptography` only. Nothing that a copy holds is believed before it is checked: whoever
made it may have meant harm.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from audit.sealing import Blob
from audit.sqlite_archive import SqliteArchive
from audit.tile_archive import TileArchive
from audit.tiles import Tile


class Archive(Protocol):
    """A copy of a log. Methods raise `FormatRefused` when a file cannot be read or is not in its form."""

    name: str
    size: int
    """The number of leaves it says it holds; `bundles` finds out."""
    checkpoint: str | None
    """The last signed checkpoint it holds, a note as text."""
    keeps_blobs: bool
    """Whether sealed blobs are part of such a copy."""

    def bundles(self) -> Iterator[list[bytes]]:
        """Yield the leaves in order, 256 at a time; `FormatRefused` where one is missing."""

    def leaf(self, index: int) -> bytes:
        """Return one leaf; `FormatRefused` if the copy does not hold it."""

    def tile(self, tile: Tile) -> bytes | None:
        """Return the bytes kept for a tile of this tree, None if the copy keeps none."""

    def steps(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield `(prev, size, root)` of every step the log took, if the copy keeps them."""

    def checkpoints(self) -> Iterator[tuple[int, str]]:
        """Yield `(size, note)` of every signed checkpoint the copy keeps, smallest first."""

    def newest(self) -> Iterator[str]:
        """Yield the note of every signed checkpoint the copy keeps, largest first."""

    def blob(self, index: int) -> Blob | None:
        """Return what is sealed beside a leaf, None if there is nothing or it was erased."""

    def blobs(self) -> Iterator[int]:
        """Yield the indexes of all sealed blobs, ascending."""

    def close(self) -> None:
        """Let go of the files."""


def open_archive(path: Path) -> Archive:
    """Open a copy: a directory of tiles or a SQLite file."""
    return TileArchive.open(path) if path.is_dir() else SqliteArchive.open(path)
