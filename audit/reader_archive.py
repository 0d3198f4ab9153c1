"""A running log as an archive: what its store holds up to a signed head, for the verifier.

Leaves are only ever added, so the leaves up to a head are a snapshot. The store's own record of steps is not
read; the kept checkpoints and the leaves are.
"""

from collections.abc import Iterator
from typing import Self

from audit.checkpoint import Checkpoint
from audit.errors import FormatRefused
from audit.note import Note
from audit.sealing import Blob
from audit.store import LogReader
from audit.tiles import WIDTH, Tile

_PAGE = 1000
_ANY = 2**62


class ReaderArchive:
    """Reads through a store's reading door; see `audit.archive.Archive`. Its owner closes the store."""

    keeps_blobs = True

    def __init__(self, name: str, reader: LogReader, size: int, checkpoint: str) -> None:
        """Show the first `size` leaves, which `checkpoint` has signed."""
        self.name, self.size = name, size
        self.checkpoint: str | None = checkpoint
        self._reader = reader

    @classmethod
    def kept(cls, name: str, reader: LogReader) -> Self:
        """The log up to the newest checkpoint that its store keeps; `FormatRefused` if it keeps none."""
        for note in reader.notes(_ANY, 1):
            return cls(name, reader, _size(note), note)
        raise FormatRefused(f"log {name}: holds no signed checkpoint")

    def bundles(self) -> Iterator[list[bytes]]:
        """Yield the leaves, 256 at a time."""
        for start in range(0, self.size, WIDTH):
            end = min(start + WIDTH, self.size)
            leaves = [stored.leaf for stored in self._reader.leaves(start, end)]
            if len(leaves) != end - start:
                raise FormatRefused(f"log {self.name}: leaf {start + len(leaves)} is missing")
            yield leaves

    def leaf(self, index: int) -> bytes:
        """Return one leaf."""
        for stored in self._reader.leaves(index, index + 1) if index < self.size else ():
            return stored.leaf
        raise FormatRefused(f"log {self.name}: leaf {index} is missing")

    def tile(self, tile: Tile) -> bytes | None:
        """Return a full tile; partial ones are not kept."""
        return None if tile.width < WIDTH else self._reader.tile(tile.level, tile.index) or b""

    def steps(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield nothing."""
        return iter(())

    def checkpoints(self) -> Iterator[tuple[int, str]]:
        """Yield the kept checkpoints up to the head, smallest first."""
        return reversed([(_size(note), note) for note in self.newest()])

    def newest(self) -> Iterator[str]:
        """Yield the kept checkpoints up to the head, largest first."""
        below = self.size + 1
        while notes := self._reader.notes(below, _PAGE):
            yield from notes
            last = _size(notes[-1])
            if last >= below:
                raise FormatRefused(f"log {self.name}: the checkpoint of size {last} is kept below {below}")
            below = last

    def blob(self, index: int) -> Blob | None:
        """Return what is sealed beside a leaf."""
        for stored in self._reader.leaves(index, index + 1) if index < self.size else ():
            return stored.blob
        return None

    def blobs(self) -> Iterator[int]:
        """Yield the indexes of all sealed blobs."""
        for start in range(0, self.size, WIDTH):
            stored = self._reader.leaves(start, min(start + WIDTH, self.size))
            yield from (index for index, each in enumerate(stored, start) if each.blob is not None)

    def close(self) -> None:
        """Do nothing."""


def _size(note: str) -> int:
    return Checkpoint.parse(Note.parse(note).text).size
