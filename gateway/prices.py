"""The reference for prices and weights that a node keeps: a table in its home, for questions that name none.

Who runs the node puts it there (`gateway.pricing`). It is read anew at each question, whole or not at all.
Partners are not told of it: a comparison happens at the node that asks.
"""

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sharing.money.reference import COLUMNS, Reference, ReferenceRefused, read_reference

FILE = "prices.csv"
LARGEST = 1 << 20
"""Bytes of a table."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Rows of a reference, and the digest of the file if the node keeps it; "" of a question's own."""

    rows: Sequence[Reference]
    digest: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """Whose statistics they are, each once."""
        return tuple(sorted({each.source for each in self.rows}))


@dataclass(frozen=True, slots=True)
class PriceBook:
    """The table of one home; without a file there is none."""

    path: Path | None = None

    def kept(self) -> Prices | None:
        """The table as it stands now; raises `ReferenceRefused` for a file that somebody has altered."""
        if self.path is None or not self.path.exists():
            return None
        return read_table(self.path)

    def since(self) -> date | None:
        """The day, in UTC, since which the table is kept as it stands; None without a file."""
        if self.path is None or not self.path.exists():
            return None
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC).date()


def table_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table as its file tells them; raises `ReferenceRefused` for what is no such table."""
    content = path.read_bytes()
    if len(content) > LARGEST:
        raise ReferenceRefused(f"{path}: more than {LARGEST} bytes")
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ReferenceRefused(f"{path}: is no UTF-8 text; save it as UTF-8") from error
    reader = csv.DictReader(lines, delimiter=";" if lines and ";" in lines[0] else ",")
    missing = set(COLUMNS) - set(reader.fieldnames or ())
    if missing:
        raise ReferenceRefused(f"{path}: has no column {', '.join(sorted(missing))}")
    return [{name: row.get(name) or "" for name in COLUMNS} for row in reader]


def read_table(path: Path) -> Prices:
    """A whole table; raises `ReferenceRefused`."""
    rows = read_reference(table_rows(path))
    return Prices(rows, f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}")


def named(rows: Sequence[Mapping[str, object]]) -> Prices:
    """The table that a question brings; raises `ReferenceRefused`."""
    return Prices(read_reference(rows))
