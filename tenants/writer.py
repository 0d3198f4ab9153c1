"""Writes batches of records: current and past versions and the indexes together, in one transaction.

Equal content changes nothing; different content moves the present version to `record_version`. A second row
for the same id in one source, with different content, is a mistake of that source and is rejected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Table, delete, func, select

from tenants.changes import Change, change_of
from tenants.database import put
from tenants.errors import RecordRejected
from tenants.names import name_keys, name_row
from tenants.preparing import Prepared, Reject, rejected
from tenants.profiles.kept import keep
from tenants.tables import CountryRow, IdentifierRow, LinkRow, NameRow, NameWordRow, RecordRow, VersionRow
from tenants.vocabulary import forget, learn

RECORD: Table = RecordRow.metadata.tables["record"]
VERSION: Table = VersionRow.metadata.tables["record_version"]
IDENTIFIER: Table = IdentifierRow.metadata.tables["identifier"]
NAME: Table = NameRow.metadata.tables["name"]
NAME_WORD: Table = NameWordRow.metadata.tables["name_word"]
COUNTRY: Table = CountryRow.metadata.tables["country"]
LINK: Table = LinkRow.metadata.tables["link"]


@dataclass(frozen=True, slots=True)
class Written:
    """What a batch did."""

    loaded: int
    altered: int
    unchanged: int
    quarantined: int
    rejects: tuple[Reject, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who records, when (RFC 3339, UTC, and Unix seconds), from which source."""

    by: str
    at: str
    now: int
    source: int


@dataclass(frozen=True, slots=True)
class _Known:
    row: int
    version: int
    digest: bytes
    source: int
    line: int
    findings: str | None


def write(connection: Connection, records: Sequence[Prepared], stamp: Stamp) -> Written:
    """Write one batch; the caller commits."""
    batch = _Batch(connection, stamp)
    known = _known(connection, [record.id for record in records])
    for record in records:
        batch.take(record, known.get(record.id))
    batch.write()
    return batch.written


def _known(connection: Connection, ids: Sequence[str]) -> Mapping[str, _Known]:
    names = ("row", "version", "digest", "source", "source_line", "findings")
    columns = [RECORD.c[name] for name in names]
    found = connection.execute(select(RECORD.c.id, *columns).where(RECORD.c.id.in_(ids)))
    return {id_: _Known(*rest) for id_, *rest in found}


class _Batch:
    """Sorts the records of one batch, collects the rows of every table, writes them."""

    def __init__(self, connection: Connection, stamp: Stamp) -> None:
        self._connection = connection
        self._stamp = stamp
        self._taken: dict[str, bytes] = {}
        self._rows: dict[Table, list[tuple[object, ...]]] = {
            table: [] for table in (RECORD, IDENTIFIER, NAME, NAME_WORD, COUNTRY, LINK)
        }
        self._profiles: dict[int, tuple[str, bytes]] = {}
        self._past: dict[int, tuple[object, ...]] = {}
        self._changes: list[Change] = []
        self._row = self._last(RECORD)
        self._loaded = self._unchanged = self._quarantined = 0
        self._rejects: list[Reject] = []

    @property
    def written(self) -> Written:
        altered, rejects, changes = len(self._past), tuple(self._rejects), tuple(self._changes)
        return Written(self._loaded, altered, self._unchanged, self._quarantined, rejects, changes)

    def take(self, record: Prepared, known: _Known | None) -> None:
        earlier = self._taken.get(record.id)
        if record.digest == earlier or (
            earlier is None and known is not None and known.digest == record.digest
        ):
            self._unchanged += 1
        elif earlier is not None or (known is not None and self._twice(record, known)):
            where = "its batch" if known is None else f"line {known.line}"
            reason = f"{record.id} stands in {where} already, with different content"
            self._rejects.append(
                rejected(record.line, RecordRejected("DUPLICATE_ID", "id", reason), kept=False)
            )
        else:
            self._taken[record.id] = record.digest
            self._quarantined += record.quarantined
            self._add(record, known)

    def write(self) -> None:
        self._archive()
        for table, rows in self._rows.items():
            put(self._connection, table, rows)
        keep(self._connection, self._profiles, replaced=self._past)
        learn(self._connection, {str(key) for key, _ in self._rows[NAME_WORD] if " " not in str(key)})

    def _twice(self, record: Prepared, known: _Known) -> bool:
        return known.source == self._stamp.source and known.line != record.line

    def _last(self, table: Table) -> int:
        return int(self._connection.execute(select(func.coalesce(func.max(table.c.row), 0))).scalar_one())

    def _numbered(self, known: _Known | None) -> tuple[int, int]:
        """Row number and version."""
        if known is not None:
            return known.row, known.version + 1
        self._loaded += 1
        self._row += 1
        return self._row, 1

    def _add(self, record: Prepared, known: _Known | None) -> None:
        row, version = self._numbered(known)
        stamp, rows = self._stamp, self._rows
        findings = None if known is None else known.findings
        head = (row, version, stamp.at, stamp.by, stamp.source, record.line, findings)
        rows[RECORD].append(head + record.columns)
        if known is not None:
            self._past[row] = head + record.columns
        for ordinal, (normal, kind, name, original) in enumerate(record.identifiers):
            rows[IDENTIFIER].append((normal, kind, row, ordinal, name, original))
        for ordinal, (name, latin) in enumerate(record.names):
            place = name_row(latin, row, ordinal)
            rows[NAME].append((place, row, name, latin))
            rows[NAME_WORD] += [(key, place) for key in name_keys(latin)]
        for code, name in record.countries:
            rows[COUNTRY].append((row, code, name))
        for end, name, is_end in record.links:
            rows[LINK].append((end, row, name, is_end))
        if record.profile is not None:
            self._profiles[row] = record.profile

    def _archive(self) -> None:
        """Keep the versions that are replaced, and take their entries out of the indexes."""
        if not self._past:
            return
        rows = list(self._past)
        past = self._connection.execute(select(RECORD).where(RECORD.c.row.in_(rows))).all()
        at = self._stamp.at
        self._changes = [_change(old, self._past[old.row], self._stamp.now) for old in past]
        archived(self._connection, past, at)
        names = select(NAME.c.row, NAME.c.latin).where(NAME.c.record_row.in_(rows))
        gone = [(row, latin) for row, latin in self._connection.execute(names)]
        forget(self._connection, gone)
        for table in (IDENTIFIER, NAME, COUNTRY, LINK):
            self._connection.execute(delete(table).where(table.c.record_row.in_(rows)))
        self._connection.execute(delete(RECORD).where(RECORD.c.row.in_(rows)))


def archived(connection: Connection, past: Sequence[Row[Any]], at: str) -> None:
    """Keep rows of `record` as past versions, superseded at `at`."""
    rows = [(old.id, old.version, old.recorded_at, at, _document(old)) for old in past]
    put(connection, VERSION, rows)


def _change(old: Row[Any], new: tuple[object, ...], now: int) -> Change:
    """What becomes of a record whose row was `old` and is `new`."""
    after: dict[str, Any] = dict(zip(RECORD.c.keys(), new, strict=True))
    before = old._mapping  # noqa: SLF001  # SQLAlchemy's public name for a row as a mapping
    told = {str(name): value for name, value in before.items()}
    return change_of(told, after, now)


def _document(row: Row[Any]) -> str:
    """A version as JSON, for reading later: what the columns said, the JSON columns as JSON."""
    columns = row._mapping  # noqa: SLF001  # SQLAlchemy's public name for a row as a mapping
    said = {str(name): value for name, value in columns.items() if name not in ("row", "digest")}
    said |= {name: orjson.loads(said[name]) for name in ("handling", "properties", "identifiers")}
    return orjson.dumps(said | {"digest": f"sha256:{row.digest.hex()}"}).decode()
