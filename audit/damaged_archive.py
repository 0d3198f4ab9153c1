"""A copy of a running log, broken on purpose in one place: to show what a verification makes of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from audit.canonical import parse_object
from audit.errors import FormatRefused
from audit.reader_archive import ReaderArchive
from audit.reading import TileReader
from audit.store import LogReader
from audit.tiles import WIDTH, Tile

_AT = b'"at":"'
_MINUTE = len("2026-01-31T23:5")


@dataclass(frozen=True, slots=True)
class Damage:
    """A byte of a leaf that was changed: the leaf's time as it was, and as it reads now."""

    leaf: int
    was: str
    reads: str


class DamagedArchive(ReaderArchive):
    """A copy of a running log with one bit of one leaf changed; the log itself stays as it is.

    Changed is the minute of the leaf's time, so that the leaf is still well formed and only the tree tells.
    The copy has the hashes that were served for it, of full tiles and of those that are not full yet.
    """

    def __init__(self, name: str, reader: LogReader, size: int, checkpoint: str, leaf: int) -> None:
        """Break the copy at `leaf`; `FormatRefused` if there is none of that number."""
        super().__init__(name, reader, size, checkpoint)
        self._served = TileReader(reader)
        if not 0 <= leaf < size:
            raise FormatRefused(f"log {name}: has leaves 0 to {size - 1}, not {leaf}")
        whole = super().leaf(leaf)
        self._broken = _minute_changed(whole)
        self.damage = Damage(leaf, _time(whole), _time(self._broken))

    def bundles(self) -> Iterator[list[bytes]]:
        """Yield the leaves, 256 at a time, one of them broken."""
        for place, leaves in enumerate(super().bundles()):
            at = self.damage.leaf - place * WIDTH
            yield [*leaves[:at], self._broken, *leaves[at + 1 :]] if 0 <= at < WIDTH else leaves

    def leaf(self, index: int) -> bytes:
        """Return one leaf."""
        return self._broken if index == self.damage.leaf else super().leaf(index)

    def tile(self, tile: Tile) -> bytes:
        """Return a tile as it was served."""
        return self._served.tile(tile.level, tile.index, tile.width)


def _minute_changed(leaf: bytes) -> bytes:
    """The leaf with the last bit of its time's minute turned, which makes another digit of any digit."""
    at = leaf.index(_AT) + len(_AT) + _MINUTE
    return leaf[:at] + bytes([leaf[at] ^ 1]) + leaf[at + 1 :]


def _time(leaf: bytes) -> str:
    return str(parse_object(leaf)["at"])
