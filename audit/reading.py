"""A stored log read as tiles: what the store keeps (full tiles and leaves) made into any tile of the tree."""

from audit.errors import StoreRefused
from audit.merkle import HASH_SIZE, leaf_hash, subtree_root
from audit.store import LogReader
from audit.tiles import WIDTH, split_hashes


class TileReader:
    """Reads the tiles of one log; `tile` is a `tiles.ReadTile`."""

    def __init__(self, reader: LogReader) -> None:
        """Read through the store's reading door."""
        self._reader = reader

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return the first `width` hashes of the tile; `StoreRefused` when leaves are missing."""
        stored = self._reader.tile(level, index)
        if stored is not None:
            if len(stored) != HASH_SIZE * WIDTH:
                expected = f"a full tile has {HASH_SIZE * WIDTH}"
                raise StoreRefused(f"tile {level}/{index}: {len(stored)} bytes are stored, {expected}")
            return stored[: HASH_SIZE * width]
        start, end = index * WIDTH, index * WIDTH + width
        if level:
            return b"".join(self._root_of_full(level - 1, place) for place in range(start, end))
        leaves = self._reader.leaves(start, end)
        if len(leaves) != width:
            raise StoreRefused(f"tile 0/{index}: {len(leaves)} leaves are stored, {width} belong to it")
        return b"".join(leaf_hash(stored.leaf) for stored in leaves)

    def _root_of_full(self, level: int, index: int) -> bytes:
        return subtree_root(split_hashes(self.tile(level, index, WIDTH)))
