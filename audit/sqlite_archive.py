"""A copy of a log as the SQLite file that the node keeps, or a backup of it.

The file is opened read-only and read in one snapshot, so a running log may be read. It may be damaged, or
made to do harm: only plain tables are read, nothing in its schema is run, values have a limit and their type.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from audit.errors import FormatRefused
from audit.note import MAX_SIZE
from audit.sealing import Blob
from audit.tiles import WIDTH, Tile

_MOST_BYTES = 4 * MAX_SIZE
"""Of one value; a note has at most a million characters of at most four bytes."""
_TABLES = ("audit_entry", "audit_tile", "audit_tree_head", "audit_checkpoint", "audit_blob")
_FIRST_AND_LAST = "SELECT (SELECT min(idx) FROM audit_entry), (SELECT max(idx) FROM audit_entry)"
_LEAVES = """SELECT CAST(leaf AS BLOB) FROM audit_entry
WHERE idx >= ? AND idx < ? AND leaf IS NOT NULL ORDER BY idx"""


class SqliteArchive:
    """A log in a SQLite file, with the columns that `audit.tables` describes."""

    keeps_blobs = True

    def __init__(self, name: str, database: sqlite3.Connection) -> None:
        """Read through a connection; `open` is the way in."""
        self.name, self._database = name, database
        self._check_schema()
        low, high = self._one(_FIRST_AND_LAST)
        if not isinstance(low, int | None) or not isinstance(high, int | None):
            raise FormatRefused(f"log {name}: its leaves are not numbered")
        self.size = 0 if high is None else high + 1
        if self.size and low:
            raise FormatRefused(f"log {name}: leaves numbered {low} to {high}: some are missing")
        self.checkpoint: str | None = next(self.newest(), None)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file read-only; a copy that lies alone is not touched at all."""
        if not path.is_file():
            raise FormatRefused(f"log {path.name}: there is no such file")
        alone = not path.with_name(path.name + "-wal").exists()
        uri = f"file:{quote(str(path.resolve()))}?mode=ro{'&immutable=1' if alone else ''}"
        with _readable(path.name):
            database = sqlite3.connect(uri, uri=True, isolation_level=None)
        try:
            with _readable(path.name):
                database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BYTES)
                database.execute("PRAGMA trusted_schema=OFF")
                database.execute("BEGIN")
            return cls(path.name, database)
        except BaseException:
            database.close()
            raise

    def _check_schema(self) -> None:
        """Refuse a file where one of the tables is a view or a virtual table: reading it would run code."""
        query = "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view')"
        for name, kind, sql in self._rows(query):
            if str(name).lower() in _TABLES and (kind != "table" or "virtual" in str(sql).lower()):
                raise FormatRefused(f"log {self.name}: {name} is not a plain table")

    def _rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        with _readable(self.name):
            yield from self._database.execute(query, values)

    def _typed(self, query: str, *types: type) -> Iterator[tuple[Any, ...]]:
        """Yield rows whose columns have these types."""
        for row in self._rows(query):
            if tuple(map(type, row)) != types:
                raise FormatRefused(f"log {self.name}: a value of another type than its column's: {query}")
            yield row

    def _one(self, query: str, *values: object) -> tuple[Any, ...]:
        return next(self._rows(query, *values))

    def bundles(self) -> Iterator[list[bytes]]:
        """Yield the leaves, 256 at a time."""
        for start in range(0, self.size, WIDTH):
            end = min(start + WIDTH, self.size)
            with _readable(self.name):
                leaves = list(chain.from_iterable(self._database.execute(_LEAVES, (start, end))))
            if len(leaves) != end - start:
                missing = f"{len(leaves)} of the leaves {start} to {end - 1}: some are missing"
                raise FormatRefused(f"log {self.name}: holds {missing}")
            yield leaves

    def leaf(self, index: int) -> bytes:
        """Return one leaf."""
        if not 0 <= index < self.size:
            raise FormatRefused(f"log {self.name}: has no leaf {index}, its last is {self.size - 1}")
        for (leaf,) in self._rows(_LEAVES, index, index + 1):
            found: bytes = leaf
            return found
        raise FormatRefused(f"log {self.name}: leaf {index} is missing")

    def tile(self, tile: Tile) -> bytes | None:
        """Return a full tile; partial ones are not kept."""
        query = "SELECT (SELECT CAST(hashes AS BLOB) FROM audit_tile WHERE level = ? AND idx = ?)"
        if tile.width < WIDTH:
            return None
        return self._one(query, tile.level, tile.index)[0] or b""

    def steps(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield every step."""
        query = "SELECT prev, size, root FROM audit_tree_head ORDER BY size"
        return ((prev, size, root) for prev, size, root in self._typed(query, int, int, bytes))

    def checkpoints(self) -> Iterator[tuple[int, str]]:
        """Yield every signed checkpoint."""
        query = "SELECT size, note FROM audit_checkpoint ORDER BY size"
        return ((size, note) for size, note in self._typed(query, int, str))

    def newest(self) -> Iterator[str]:
        """Yield the notes, largest first."""
        return (note for (note,) in self._typed("SELECT note FROM audit_checkpoint ORDER BY size DESC", str))

    def blob(self, index: int) -> Blob | None:
        """Return the blob of a leaf."""
        query = "SELECT CAST(sealed AS BLOB), CAST(wrapped_key AS BLOB) FROM audit_blob WHERE idx = ?"
        return next((Blob(sealed or b"", key or b"") for sealed, key in self._rows(query, index)), None)

    def blobs(self) -> Iterator[int]:
        """Yield where the blobs are."""
        return (index for (index,) in self._typed("SELECT idx FROM audit_blob ORDER BY idx", int))

    def close(self) -> None:
        """Close the file."""
        self._database.close()


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Turn SQLite's errors into this room's; a damaged file also gives it words that are no text."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise FormatRefused(f"log {name}: {error}") from error
