"""A copy of a log that others serve, in the tlog-tiles layout: file by file, each checked as it comes.

1. The checkpoint is signed by a known key, and is not smaller than the one copied last.
2. Leaf by leaf: the bundle hashes to the tile that is served for it (c2sp.org/tlog-tiles).
3. Every higher tile is what the hashes below it give.
4. The tree as it grows passes through the root that was copied last: nothing was removed or altered since.
5. At the end the root is the signed one; only then the new checkpoint is put beside the tiles.

What was fetched before is read from the copy, so a copy that was cut short goes on, and one that is whole is
brought up to date. What a step before 5 refuses leaves the old checkpoint and the files that it covers.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from audit.checkpoint import Checkpoint, open_checkpoint
from audit.errors import FormatRefused, ProofRefused
from audit.files import read_text, write_whole
from audit.merkle import leaf_hashes
from audit.note import Note, Verifier
from audit.serving import CHECKPOINT
from audit.tiles import ENTRIES, Edge, Tile, decode_bundle, partial_tiles, split_hashes, tiles_of
from audit.verifier import Progress

Fetch: TypeAlias = Callable[[str], bytes]
"""A path below the log's prefix to its bytes; raises what its maker says when there are none."""


@dataclass(frozen=True, slots=True)
class Mirror:
    """A folder that holds the copy; without `entries` it holds proofs only, as partners may read them."""

    folder: Path
    fetch: Fetch
    entries: bool = True

    def update(self, keys: Sequence[Verifier], progress: Progress) -> Checkpoint:
        """Bring the copy up to what is served now and return that checkpoint.

        `ProofRefused` and `FormatRefused` name what does not hold; whatever `fetch` raises comes through.
        """
        note = self.fetch(CHECKPOINT).decode("utf-8", "replace")
        checkpoint, last = open_checkpoint(note, keys), self._last()  # 1
        if last is not None and (last.origin != checkpoint.origin or last.size > checkpoint.size):
            raise ProofRefused(f"{checkpoint}, but the copy holds {last}")
        edge = Edge()
        for tile in _lowest(checkpoint.size):
            hashes = self._hashes(tile)  # 2
            if last is not None and edge.size < last.size <= edge.size + len(hashes):
                _passes_through(edge, hashes, last)  # 4
            edge, full = edge.extend(hashes)
            for above, data in full:
                self._same(above, data)  # 3
            progress(edge.size, checkpoint.size)
        for above, data in partial_tiles(edge):
            self._same(above, data)  # 3
        if (root := edge.frontier().root()) != checkpoint.root:
            raise ProofRefused(f"{checkpoint}: the tiles give root {root.hex()}")
        write_whole(self.folder / CHECKPOINT, note.encode())  # 5
        return checkpoint

    def _last(self) -> Checkpoint | None:
        """The checkpoint that was copied last, whose signature was checked then."""
        path = self.folder / CHECKPOINT
        if not path.exists():
            return None
        return Checkpoint.parse(Note.parse(read_text(path)).text)

    def _hashes(self, tile: Tile) -> list[bytes]:
        data, new = self._take(tile)
        hashes = split_hashes(data)
        if len(hashes) != tile.width:
            raise FormatRefused(f"{tile.path}: {len(hashes)} hashes, {tile.width} belong to it")
        if self.entries:
            self._check_bundle(Tile(ENTRIES, tile.index, tile.width), hashes)
        if new:
            write_whole(self.folder / tile.path, data)
        return hashes

    def _check_bundle(self, bundle: Tile, hashes: Sequence[bytes]) -> None:
        data, new = self._take(bundle)
        if leaf_hashes(decode_bundle(data)) != hashes:
            raise ProofRefused(
                f"{bundle.path}: its leaves do not hash to {Tile(0, bundle.index, bundle.width).path}"
            )
        if new:
            write_whole(self.folder / bundle.path, data)

    def _same(self, tile: Tile, expected: bytes) -> None:
        data, new = self._take(tile)
        if data != expected:
            raise ProofRefused(f"{tile.path}: is not what the tiles below it give")
        if new:
            write_whole(self.folder / tile.path, data)

    def _take(self, tile: Tile) -> tuple[bytes, bool]:
        """The tile's bytes, and whether they come from outside and are not in the copy yet."""
        path = self.folder / tile.path
        if path.is_file():
            return path.read_bytes(), False
        return self.fetch(tile.path), True


def _lowest(size: int) -> Iterator[Tile]:
    return (tile for tile in tiles_of(size) if tile.level == 0)


def _passes_through(edge: Edge, hashes: Sequence[bytes], last: Checkpoint) -> None:
    root = edge.frontier().append(hashes[: last.size - edge.size]).root()
    if root != last.root:
        raise ProofRefused(f"{last} was signed; what is served now had root {root.hex()} at that size")
