"""What a log serves to others: its files in the tlog-tiles layout, at the signed size, made when asked for.

    checkpoint                    the signed checkpoint, with the cosignatures that are kept for its size
    tile/<L>/<N>[.p/<W>]          a hash tile, c2sp.org/tlog-tiles
    tile/entries/<N>[.p/<W>]      an entry bundle
    sealed/<N>[.p/<W>]            the sealed blobs beside the leaves of that bundle, see `encode_sealed`

The bytes are those of `python -m audit export`, out of the store's leaves and full tiles. A tile is there in
every width that the signed tree has or once had; what lies beyond the signed size is not there, though it may
be written already.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from audit.canonical import JSON, encode
from audit.checkpoint import Checkpoint
from audit.errors import FormatRefused, StoreRefused
from audit.note import Note
from audit.reading import TileReader
from audit.store import LogReader, StoredLeaf
from audit.tiles import ENTRIES, WIDTH, Tile, encode_bundle, parse_path

CHECKPOINT = "checkpoint"
_SEALED = "sealed/"
_BUNDLES = "tile/entries/"
_HEIGHT = 8


class Part(Enum):
    """What a file of a log gives away: proofs tell nothing of what was logged, entries and blobs do."""

    CHECKPOINT = "checkpoint"
    HASHES = "hashes"
    ENTRIES = "entries"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class Place:
    """A file of the layout; `tile` is none for the checkpoint, and the bundle's place for sealed blobs."""

    part: Part
    tile: Tile | None = None

    @property
    def constant(self) -> bool:
        """Whether its bytes never change: a tile does not, a checkpoint grows, blobs are erased."""
        return self.part in {Part.HASHES, Part.ENTRIES}


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is served."""

    place: Place
    data: bytes = field(repr=False)


class Absent(Enum):
    """Why there is no such file."""

    NO_SUCH_FILE = "the log's layout has no such path"
    BEYOND_SIGNED_SIZE = "the signed tree has no such tile"


Found: TypeAlias = File | Absent


def place_of(path: str) -> Place | Absent:
    """Return what a path below the log's prefix names, whatever the log's size."""
    if path == CHECKPOINT:
        return Place(Part.CHECKPOINT)
    sealed = path.startswith(_SEALED)
    try:
        tile = parse_path(_BUNDLES + path.removeprefix(_SEALED) if sealed else path)
    except FormatRefused:
        return Absent.NO_SUCH_FILE
    if sealed:
        return Place(Part.SEALED, tile)
    return Place(Part.ENTRIES if tile.level == ENTRIES else Part.HASHES, tile)


def within(tile: Tile, size: int) -> bool:
    """Tell whether a tree of `size` leaves has the tile in this width."""
    width = size >> _HEIGHT * max(tile.level, 0)
    return tile.index * WIDTH + tile.width <= width


def read_file(reader: LogReader, place: Place, note: str) -> Found:
    """Return the file at `place` of the log whose last signed checkpoint is `note`.

    `AuditUnavailable` when the store cannot be read, `StoreRefused` when it lacks leaves that were signed.
    """
    size, tile = Checkpoint.parse(Note.parse(note).text).size, place.tile
    if tile is None:
        return File(place, (reader.note(size) or note).encode())
    if not within(tile, size):
        return Absent.BEYOND_SIGNED_SIZE
    if place.part is Part.HASHES:
        return File(place, TileReader(reader).tile(tile.level, tile.index, tile.width))
    first = tile.index * WIDTH
    leaves = reader.leaves(first, first + tile.width)
    if len(leaves) != tile.width:
        raise StoreRefused(f"{tile.path}: {len(leaves)} leaves are stored, {tile.width} were signed")
    if place.part is Part.SEALED:
        return File(place, encode_sealed(first, leaves))
    return File(place, encode_bundle(stored.leaf for stored in leaves))


def encode_sealed(first: int, leaves: Sequence[StoredLeaf]) -> bytes:
    """Return canonical JSON (RFC 8785) of the blobs beside the leaves from index `first` on.

    `{"first": index, "width": leaves, "blobs": [{"index": …, "sealed": …, "wrapped_key": …}]}`, bytes in
    base64. A leaf without a blob, or whose blob was erased, is not among them.
    """
    blobs: list[JSON] = [
        {
            "index": index,
            "sealed": b64encode(stored.blob.sealed).decode(),
            "wrapped_key": b64encode(stored.blob.wrapped_key).decode(),
        }
        for index, stored in enumerate(leaves, first)
        if stored.blob is not None
    ]
    return encode({"first": first, "width": len(leaves), "blobs": blobs})
