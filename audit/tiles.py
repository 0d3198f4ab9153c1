"""Tiles (c2sp.org/tlog-tiles): the tree as rows of 256 hashes, and the entries as bundles of 256 leaves.

A tile at level L holds the roots of complete subtrees of 256^L leaves. A full tile never changes; the partial
tile at level L of a tree of size s has floor(s / 256^L) mod 256 hashes. Pure: what is stored comes in through
`ReadTile`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from audit.errors import FormatRefused
from audit.merkle import HASH_SIZE, Frontier, subtree_root

WIDTH = 256
ENTRIES = -1
_HEIGHT = 8
_MAX_LEVEL = 63
_MAX_ENTRY = 0xFFFF
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)

ReadTile: TypeAlias = Callable[[int, int, int], bytes]
"""`(level, index, width)` to the tile's bytes, 32 for each hash."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile's place: level 0 to 63 (`ENTRIES` for a bundle), index in its level, and width 1 to 256."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Its path below the log's prefix, such as `tile/1/x001/x234/067.p/8`."""
        groups = [f"{self.index % 1000:03}"]
        rest = self.index // 1000
        while rest:
            groups.append(f"x{rest % 1000:03}")
            rest //= 1000
        level = "entries" if self.level == ENTRIES else str(self.level)
        suffix = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(reversed(groups))}{suffix}"


def parse_path(path: str) -> Tile:
    """Read a tile's path; `FormatRefused` for any other spelling than the one that `Tile.path` gives."""
    match = _PATH.fullmatch(path)
    if not match:
        raise FormatRefused(f"tile path {path[:80]!r}: not tile/<level>/<index>[.p/<width>]")
    level = ENTRIES if match["level"] == "entries" else int(match["level"])
    tile = Tile(level, int(match["index"].replace("x", "").replace("/", "")), int(match["width"] or WIDTH))
    if level > _MAX_LEVEL or tile.width > WIDTH or tile.path != path:
        raise FormatRefused(f"tile path {path[:80]!r}: spelled in full it is {tile.path}")
    return tile


def tiles_of(size: int, start: int = 0) -> Iterator[Tile]:
    """Yield the hash tiles that a tree of `size` leaves has and one of `start` has not, lowest first."""
    level, hashes, known = 0, size, start
    while hashes:
        for index in range(known // WIDTH, hashes // WIDTH):
            yield Tile(level, index)
        if hashes % WIDTH and hashes > known:
            yield Tile(level, hashes // WIDTH, hashes % WIDTH)
        level, hashes, known = level + 1, hashes // WIDTH, known // WIDTH


def bundles_of(size: int) -> Iterator[Tile]:
    """Yield the entry bundles of a log of `size` entries."""
    return (Tile(ENTRIES, tile.index, tile.width) for tile in tiles_of(size) if tile.level == 0)


def split_hashes(data: bytes) -> list[bytes]:
    """Return the hashes of a tile's bytes."""
    if len(data) % HASH_SIZE or not 0 < len(data) <= WIDTH * HASH_SIZE:
        raise FormatRefused(f"tile: {len(data)} bytes are not 1 to {WIDTH} hashes")
    return [data[i : i + HASH_SIZE] for i in range(0, len(data), HASH_SIZE)]


def encode_bundle(leaves: Iterable[bytes]) -> bytes:
    """Return the bundle: each leaf after its length as two big-endian bytes."""
    parts: list[bytes] = []
    for leaf in leaves:
        if len(leaf) > _MAX_ENTRY:
            raise FormatRefused(f"entry bundle: a leaf of {len(leaf)} bytes, at most {_MAX_ENTRY}")
        parts += (len(leaf).to_bytes(2, "big"), leaf)
    return b"".join(parts)


def decode_bundle(data: bytes) -> list[bytes]:
    """Return the leaves of a bundle; `FormatRefused` if it is cut off or holds more than 256."""
    leaves: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if at > len(data) or start > len(data) or len(leaves) == WIDTH:
            raise FormatRefused(f"entry bundle: cut off or too long at entry {len(leaves)}")
        leaves.append(data[start:at])
    return leaves


def read_node(read: ReadTile, size: int, level: int, index: int) -> bytes:
    """Return the complete node `(level, index)` of a tree of `size` leaves, out of its tiles."""
    row, below = divmod(level, _HEIGHT)
    first = index << below
    place = first // WIDTH
    width = min(WIDTH, (size >> _HEIGHT * row) - place * WIDTH)
    start = (first % WIDTH) * HASH_SIZE
    data = read(row, place, width)[start : start + (HASH_SIZE << below)]
    return subtree_root(split_hashes(data))


@dataclass(frozen=True, slots=True)
class Edge:
    """The partial tiles on a tree's right edge: `rows[L]` are the hashes of the one at level L."""

    rows: tuple[tuple[bytes, ...], ...] = ()
    counts: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """The number of leaves."""
        return self.counts[0] if self.counts else 0

    def extend(self, hashes: Sequence[bytes]) -> tuple["Edge", list[tuple[Tile, bytes]]]:
        """Return the edge after more leaves, and the tiles that became full; the edge itself stays."""
        full: list[tuple[Tile, bytes]] = []
        rows, counts = list(self.rows), list(self.counts)
        level, more = 0, list(hashes)
        while more:
            if level == len(rows):
                rows.append(())
                counts.append(0)
            row = [*rows[level], *more]
            place = counts[level] // WIDTH
            counts[level] += len(more)
            more = []
            while len(row) >= WIDTH:
                head, row = row[:WIDTH], row[WIDTH:]
                full.append((Tile(level, place), b"".join(head)))
                more.append(subtree_root(head))
                place += 1
            rows[level] = tuple(row)
            level += 1
        return Edge(tuple(rows), tuple(counts)), full

    def frontier(self) -> Frontier:
        """Return the complete nodes that cover the tree."""
        nodes: list[bytes] = []
        for row in reversed(self.rows):
            start = 0
            for bit in reversed(range(_HEIGHT)):
                if len(row) >> bit & 1:
                    nodes.append(subtree_root(row[start : start + (1 << bit)]))
                    start += 1 << bit
        return Frontier(self.size, tuple(nodes))


def partial_tiles(edge: Edge) -> Iterator[tuple[Tile, bytes]]:
    """Yield the partial tiles of a tree with their bytes, lowest level first."""
    for level, row in enumerate(edge.rows):
        if row:
            yield Tile(level, edge.counts[level] // WIDTH, len(row)), b"".join(row)


def load_edge(read: ReadTile, size: int) -> Edge:
    """Return the right edge of a stored tree of `size` leaves."""
    rows: list[tuple[bytes, ...]] = []
    counts: list[int] = []
    hashes = size
    while hashes:
        index, width = divmod(hashes, WIDTH)
        rows.append(tuple(split_hashes(read(len(rows), index, width))) if width else ())
        counts.append(hashes)
        hashes = index
    return Edge(tuple(rows), tuple(counts))


def node_reader(read: ReadTile, size: int) -> Callable[[int, int], bytes]:
    """Return the reader of complete nodes that `merkle` proves with."""
    return partial(read_node, read, size)
