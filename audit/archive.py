"""A copy of a log, read without the program that wrote it: a SQLite file, or a directory of tiles.

Standard library only. A SQLite file is opened read-only and read in one snapshot, so a running log may be
read.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, Self
from urllib.parse import quote

from audit.checkpoint import Checkpoint
from audit.errors import FormatRefused
from audit.note import Note
from audit.tiles import WIDTH, Tile, bundles_of, decode_bundle


class Archive(Protocol):
    """A copy of a log. Methods raise `FormatRefused` when a file cannot be read."""

    name: str
    size: int
    """The number of leaves it holds."""
    checkpoint: str | None
    """The last signed checkpoint it holds, a note as text."""

    def bundles(self) -> Iterator[list[bytes]]:
        """Yield the leaves in order, 256 at a time."""

    def tile(self, tile: Tile) -> bytes | None:
        """Return the bytes kept for a tile of this tree, None if the copy keeps none."""

    def steps(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield `(prev, size, root)` of every step the log took, if the copy keeps them."""

    def checkpoints(self) -> Iterator[tuple[int, str]]:
        """Yield `(size, note)` of every signed checkpoint the copy keeps, smallest first."""

    def close(self) -> None:
        """Let go of the files."""


def open_archive(path: Path) -> Archive:
    """Open a copy: a directory of tiles or a SQLite file."""
    if path.is_dir():
        return TileDirectory.open(path)
    return SqliteArchive.open(path)


class SqliteArchive:
    """A log in a SQLite file, with the columns that `audit.tables` describes."""

    def __init__(self, name: str, database: sqlite3.Connection) -> None:
        """Read through a connection; `open` is the way in."""
        self.name, self._database = name, database
        (self.size, low, high) = self._one("SELECT count(*), min(idx), max(idx) FROM audit_entry")
        if self.size and (low, high) != (0, self.size - 1):
            raise FormatRefused(f"log {name}: {self.size} leaves, numbered {low} to {high}: some are missing")
        self.checkpoint: str | None = self._one(
            "SELECT (SELECT note FROM audit_checkpoint ORDER BY size DESC)"
        )[0]

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file read-only; a copy that lies alone is not touched at all."""
        if not path.is_file():
            raise FormatRefused(f"log {path.name}: there is no such file")
        alone = not path.with_name(path.name + "-wal").exists()
        uri = f"file:{quote(str(path.resolve()))}?mode=ro{'&immutable=1' if alone else ''}"
        with _readable(path.name):
            database = sqlite3.connect(uri, uri=True, isolation_level=None)
            database.execute("BEGIN")
        try:
            return cls(path.name, database)
        except BaseException:
            database.close()
            raise

    def _rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        with _readable(self.name):
            yield from self._database.execute(query, values)

    def _one(self, query: str, *values: object) -> tuple[Any, ...]:
        return next(self._rows(query, *values))

    def bundles(self) -> Iterator[list[bytes]]:
        """Yield the leaves, 256 at a time."""
        with _readable(self.name):
            cursor = self._database.execute("SELECT leaf FROM audit_entry ORDER BY idx")
            cursor.row_factory = _first
            while leaves := cursor.fetchmany(WIDTH):
                yield leaves

    def tile(self, tile: Tile) -> bytes | None:
        """Return a full tile; partial ones are not kept."""
        query = "SELECT (SELECT hashes FROM audit_tile WHERE level = ? AND idx = ?)"
        if tile.width < WIDTH:
            return None
        return self._one(query, tile.level, tile.index)[0] or b""

    def steps(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield every step."""
        return self._rows("SELECT prev, size, root FROM audit_tree_head ORDER BY size")

    def checkpoints(self) -> Iterator[tuple[int, str]]:
        """Yield every signed checkpoint."""
        return self._rows("SELECT size, note FROM audit_checkpoint ORDER BY size")

    def close(self) -> None:
        """Close the file."""
        self._database.close()


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Turn SQLite's errors into this room's."""
    try:
        yield
    except sqlite3.Error as error:
        raise FormatRefused(f"log {name}: {error}") from error


def _first(_cursor: sqlite3.Cursor, row: tuple[bytes]) -> bytes:
    return row[0]


class TileDirectory:
    """A log as a directory in the tlog-tiles layout: `checkpoint`, `tile/<L>/…`, `tile/entries/…`."""

    def __init__(self, path: Path, checkpoint: str) -> None:
        """Read below a path; `open` is the way in."""
        self.name, self._path = path.name, path
        self.checkpoint: str | None = checkpoint
        self.size = Checkpoint.parse(Note.parse(checkpoint).text).size

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the directory; its size is the one that its checkpoint says."""
        return cls(path, _read(path / "checkpoint").decode("utf-8", "replace"))

    def bundles(self) -> Iterator[list[bytes]]:
        """Yield the leaves of each entry bundle."""
        for bundle in bundles_of(self.size):
            leaves = decode_bundle(_read(self._path / bundle.path))
            if len(leaves) != bundle.width:
                raise FormatRefused(f"{bundle.path}: {len(leaves)} leaves, {bundle.width} belong to it")
            yield leaves

    def tile(self, tile: Tile) -> bytes | None:
        """Return a tile, full or partial."""
        return _read(self._path / tile.path)

    def steps(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield nothing: tiles tell no steps."""
        return iter(())

    def checkpoints(self) -> Iterator[tuple[int, str]]:
        """Yield the one checkpoint."""
        return iter([(self.size, self.checkpoint or "")])

    def close(self) -> None:
        """Do nothing; no file stays open."""


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FormatRefused(f"{path.parent.name}/{path.name}: {error.strerror}") from error
