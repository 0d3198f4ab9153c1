"""Writes batches of records: current version, past versions and indexes together, in the caller's transaction.

Equal content changes nothing; different content moves the present version to `record_version`. A second row
for the same id in one source, with different content, is a mistake of that source and is rejected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Table, delete, func, select

from policy.terms import Handling, SubjectCategory
from tenants.database import put
from tenants.errors import RecordRejected
from tenants.record import Record
from tenants.tables import CountryRow, IdentifierRow, LinkRow, NameRow, RecordRow, VersionRow

RECORD: Table = RecordRow.metadata.tables["record"]
VERSION: Table = VersionRow.metadata.tables["record_version"]
IDENTIFIER: Table = IdentifierRow.metadata.tables["identifier"]
NAME: Table = NameRow.metadata.tables["name"]
COUNTRY: Table = CountryRow.metadata.tables["country"]
LINK: Table = LinkRow.metadata.tables["link"]
_ADD_LATIN = "INSERT INTO name_text (rowid, latin) VALUES (?, ?)"
_DROP_LATIN = "INSERT INTO name_text (name_text, rowid, latin) VALUES ('delete', ?, ?)"


@dataclass(frozen=True, slots=True)
class Item:
    """A record and the line of its source that it comes from."""

    line: int
    record: Record


@dataclass(frozen=True, slots=True)
class Written:
    """What a batch did; `rejected` are the items that were not taken, with the reason."""

    loaded: int
    altered: int
    unchanged: int
    quarantined: int
    rejected: tuple[tuple[Item, RecordRejected], ...]


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who records, when (RFC 3339, UTC), from which source."""

    by: str
    at: str
    source: int


def write(connection: Connection, items: Sequence[Item], stamp: Stamp) -> Written:
    """Write one batch; the caller commits."""
    known = _known(connection, [item.record.id for item in items])
    batch = _Batch(connection, stamp)
    for item in items:
        batch.take(item, known.get(item.record.id))
    batch.write()
    return batch.written


def _known(connection: Connection, ids: Sequence[str]) -> Mapping[str, Row[Any]]:
    found = connection.execute(select(RECORD).where(RECORD.c.id.in_(ids)))
    return {row.id: row for row in found}


class _Batch:
    """Sorts the items of one batch, collects the rows of every table, writes them."""

    def __init__(self, connection: Connection, stamp: Stamp) -> None:
        self._connection = connection
        self._stamp = stamp
        self._taken: dict[str, bytes] = {}
        self._rows: dict[Table, list[tuple[object, ...]]] = {}
        self._past: list[Row[Any]] = []
        self._row = self._last(RECORD)
        self._name = self._last(NAME)
        self._counts = {"loaded": 0, "altered": 0, "unchanged": 0, "quarantined": 0}
        self._rejected: list[tuple[Item, RecordRejected]] = []

    @property
    def written(self) -> Written:
        return Written(**self._counts, rejected=tuple(self._rejected))

    def take(self, item: Item, known: Row[Any] | None) -> None:
        record, digest = item.record, item.record.digest
        earlier = self._taken.get(record.id)
        if digest == earlier or (earlier is None and known is not None and known.digest == digest):
            self._counts["unchanged"] += 1
            return
        if earlier is not None or (known is not None and self._twice(item, known)):
            line = "this batch" if known is None else f"line {known.source_line}"
            reason = f"{record.id} stands in {line} with different content"
            self._rejected.append((item, RecordRejected("DUPLICATE_ID", "id", reason)))
            return
        self._taken[record.id] = digest
        self._count(record, known)
        if known is not None:
            self._past.append(known)
        else:
            self._row += 1
        self._add(
            item, digest, self._row if known is None else known.row, 1 if known is None else known.version + 1
        )

    def write(self) -> None:
        self._archive()
        for table in (RECORD, IDENTIFIER, NAME, COUNTRY, LINK):
            put(self._connection, table, self._rows.get(table, ()))
        names = self._rows.get(NAME)
        if names and self._connection.dialect.name == "sqlite":
            self._connection.exec_driver_sql(_ADD_LATIN, [(row, latin) for row, _, _, latin in names])

    def _twice(self, item: Item, known: Row[Any]) -> bool:
        return bool(known.source == self._stamp.source and known.source_line != item.line)

    def _count(self, record: Record, known: Row[Any] | None) -> None:
        self._counts["loaded" if known is None else "altered"] += 1
        if record.envelope.subject_category is SubjectCategory.UNCATEGORISED:
            self._counts["quarantined"] += 1

    def _last(self, table: Table) -> int:
        return int(self._connection.execute(select(func.coalesce(func.max(table.c.row), 0))).scalar_one())

    def _add(self, item: Item, digest: bytes, row: int, version: int) -> None:
        record, rows = item.record, self._rows
        rows.setdefault(RECORD, []).append(_record_row(item, digest, row, version, self._stamp))
        for ordinal, (name, found) in enumerate(record.identifiers):
            entry = (found.normal, found.kind, row, ordinal, name, found.original)
            rows.setdefault(IDENTIFIER, []).append(entry)
        for name, latin in record.names:
            self._name += 1
            rows.setdefault(NAME, []).append((self._name, row, name, latin))
        rows.setdefault(COUNTRY, []).extend((row, code, name) for name, code in record.countries)
        ends = record.kind.ends
        rows.setdefault(LINK, []).extend((end, row, name, name in ends) for name, end in record.references)

    def _archive(self) -> None:
        """Keep the versions that are replaced, and take their entries out of the indexes."""
        if not self._past:
            return
        at = self._stamp.at
        put(
            self._connection,
            VERSION,
            [(row.id, row.version, row.recorded_at, at, _document(row)) for row in self._past],
        )
        numbers = [row.row for row in self._past]
        if self._connection.dialect.name == "sqlite":
            names = self._connection.execute(
                select(NAME.c.row, NAME.c.latin).where(NAME.c.record_row.in_(numbers))
            )
            gone = [(row, latin) for row, latin in names]
            if gone:
                self._connection.exec_driver_sql(_DROP_LATIN, gone)
        for table in (IDENTIFIER, NAME, COUNTRY, LINK):
            self._connection.execute(delete(table).where(table.c.record_row.in_(numbers)))
        self._connection.execute(delete(RECORD).where(RECORD.c.row.in_(numbers)))


def _record_row(item: Item, digest: bytes, row: int, version: int, stamp: Stamp) -> tuple[object, ...]:
    """The columns of `record`, in their order."""
    record, envelope = item.record, item.record.envelope
    origin, flags = envelope.provenance, envelope.handling
    caption_property, caption = record.caption or (None, None)
    return (
        row, record.id, record.kind.name, envelope.dataset, envelope.case, envelope.owner,
        envelope.subject_category.value, envelope.tlp.value, envelope.source.value, envelope.information.value,
        envelope.assessment.value, Handling.H0 in flags, Handling.H1 in flags, Handling.H2 in flags,
        Handling.H3 in flags, envelope.ongoing, envelope.retain_until, envelope.review_at, _json(flags),
        envelope.handling_text, origin.instrument, origin.authority, origin.method, origin.digest, caption,
        caption_property, _json([{"name": name, "values": values} for name, values in record.properties.items()]),
        _json([
            {"kind": found.kind, "normal": found.normal, "original": found.original}
            for _, found in record.identifiers
        ]),
        record.kind.edge, version, stamp.at, stamp.by, digest, stamp.source, item.line,
    )  # fmt: skip


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _document(row: Row[Any]) -> str:
    """A version as JSON, for reading later: what the columns said, the JSON columns as JSON."""
    said = {str(name): value for name, value in row._mapping.items() if name not in ("row", "digest")}  # noqa: SLF001  # SQLAlchemy's public name for a row as a mapping
    said |= {name: orjson.loads(said[name]) for name in ("handling", "properties", "identifiers")}
    return _json(said | {"digest": f"sha256:{row.digest.hex()}"})
