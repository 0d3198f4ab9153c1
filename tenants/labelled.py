"""Profiles with the source that each is known to be of, read from a laboratory's file for a calibration."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tenants.envelope import Defaults
from tenants.errors import RecordRejected, Rejected, SourceRejected
from tenants.jsonl_source import Read, parse, read_lines
from tenants.mapped_source import read_mapped
from tenants.mapping import Mapping
from tenants.model import EntityModel
from tenants.profiles.compounds import Profile
from tenants.record import Reader
from tenants.unchanged import unchanged

LARGEST = 64 << 20


@dataclass(frozen=True, slots=True)
class Labelled:
    """Each profile behind the source that it is known to be of; `digest` of the file they were read from."""

    digest: str
    profiles: Sequence[tuple[str, Profile]]


def read_labelled(path: Path, model: EntityModel, mapping: Mapping | None, label: str) -> Labelled:
    """The profiles in JSON lines, or in what `mapping` describes, with the value of the property `label`.

    A calibration is learnt from all of a file or from none: raises `SourceRejected` for the first line that
    is no record, or a profile without a label.
    """
    with unchanged(path) as (digest, size):
        if size > LARGEST:
            raise SourceRejected("SOURCE_TOO_LARGE", "", f"{path}: {size} bytes, at most {LARGEST}")
        return Labelled(digest, _read(path, model, mapping, label))


def _read(path: Path, model: EntityModel, mapping: Mapping | None, label: str) -> list[tuple[str, Profile]]:
    reads = read_lines(path, 0, 0) if mapping is None else read_mapped(path, mapping, 0)
    reader = Reader(model, "calibration", Defaults() if mapping is None else mapping.defaults)
    found: list[tuple[str, Profile]] = []
    for read in reads:
        try:
            found += _profiles(read, reader, label)
        except Rejected as error:
            raise SourceRejected(
                error.code, error.field, f"{path} line {read.line}: {error.reason}"
            ) from error
    return found


def _profiles(read: Read, reader: Reader, label: str) -> Iterator[tuple[str, Profile]]:
    rows = [parse(read.rows)] if isinstance(read.rows, bytes) else read.rows
    if isinstance(rows, Rejected):
        raise rows
    for row in rows:
        record = reader.read(row)
        if record.profile is None:
            continue
        told = record.properties.get(label, ())
        if len(told) != 1:
            raise RecordRejected("NO_LABEL", label, f"{len(told)} values, the known source is exactly one")
        yield told[0], record.profile
