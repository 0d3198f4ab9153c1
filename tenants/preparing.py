"""Rows of a source made ready for the tables, apart from row numbers and versions: no database needed.

What goes between processes is plain tuples, so that a large file can be cleaned by several of them.
"""

from collections.abc import Iterable
from typing import NamedTuple

import orjson

from policy.terms import SubjectCategory
from tenants.errors import Rejected
from tenants.jsonl_source import Read, parse
from tenants.profiles.kept import kept
from tenants.record import Reader, Record


class Prepared(NamedTuple):
    """A record from `line`; `columns` are those of the table `record` from `id` on, in their order."""

    line: int
    id: str
    digest: bytes
    quarantined: bool
    columns: tuple[object, ...]
    identifiers: tuple[tuple[str, str, str, str], ...]  # normal, kind, property, original
    names: tuple[tuple[str, str], ...]  # property, latin
    countries: tuple[tuple[str, str], ...]  # code, property
    links: tuple[tuple[str, str, bool], ...]  # end, property, is_end
    profile: tuple[str, bytes] | None = None  # series, amounts


class Reject(NamedTuple):
    """A line that was not taken, or (`kept`) a value left out of one that was."""

    line: int
    field: str
    code: str
    reason: str
    kept: bool


class Batch(NamedTuple):
    """What a run of lines gave; `line` and `position` are those of the last one."""

    line: int
    position: int
    records: list[Prepared]
    rejects: list[Reject]


def prepare(reads: Iterable[Read], reader: Reader) -> Batch:
    """Parse, check and clean."""
    batch = Batch(0, 0, [], [])
    for read in reads:
        batch = batch._replace(line=read.line, position=read.position)
        for record in _records(read, reader, batch.rejects):
            batch.records.append(_prepared(read.line, record))
            batch.rejects.extend(rejected(read.line, why, kept=True) for why in record.dropped)
    return batch


def rejected(line: int, why: Rejected, *, kept: bool) -> Reject:
    """A rejection as any database and terminal can hold it."""
    reason = why.reason[:500].encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
    return Reject(line, why.field, why.code, reason, kept)


def _records(read: Read, reader: Reader, rejects: list[Reject]) -> Iterable[Record]:
    found = []
    try:
        rows = [parse(read.rows)] if isinstance(read.rows, bytes) else read.rows
        if isinstance(rows, Rejected):
            raise rows
    except Rejected as why:
        rejects.append(rejected(read.line, why, kept=False))
        return ()
    for row in rows:
        try:
            found.append(reader.read(row))
        except Rejected as why:
            rejects.append(rejected(read.line, why, kept=False))
    return found


def _prepared(line: int, record: Record) -> Prepared:
    digest, ends = record.digest, record.kind.ends
    return Prepared(
        line=line,
        id=record.id,
        digest=digest,
        quarantined=record.envelope.subject_category is SubjectCategory.UNCATEGORISED,
        columns=_columns(record, digest),
        identifiers=tuple(
            [(found.normal, found.kind, name, found.original) for name, found in record.identifiers]
        ),
        names=record.names,
        countries=tuple([(code, name) for name, code in record.countries]),
        links=tuple([(end, name, name in ends) for name, end in record.references]),
        profile=None if record.profile is None else kept(record.profile),
    )


def _columns(record: Record, digest: bytes) -> tuple[object, ...]:
    envelope, kind = record.envelope, record.kind
    origin = envelope.provenance
    return (
        record.id, kind.name, kind.edge, envelope.dataset, envelope.case, envelope.owner,
        envelope.subject_category.value, envelope.tlp.value, envelope.source.value,
        envelope.information.value, envelope.assessment.value, *envelope.flags, envelope.ongoing,
        envelope.retain_until, envelope.review_at, _json(envelope.handling), envelope.handling_text,
        origin.instrument, origin.authority, origin.method, origin.digest, origin.text,
        *(record.caption or (None, None)), digest,
        _json([{"name": name, "values": values} for name, values in record.properties.items()]),
        _json([
            {"kind": found.kind, "normal": found.normal, "original": found.original}
            for _, found in record.identifiers
        ]),
    )  # fmt: skip


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
