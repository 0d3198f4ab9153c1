"""Loads files: streams, rejects bad rows by name, commits batch by batch, and can be killed at any moment.

A load is known by the digest of its file and of its settings. Its progress is committed with each batch, so a
killed load goes on where it stopped; a finished one that is run again finds everything unchanged. The rejects
file is written from the database when the load ends, in one step, so it is whole or absent.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Table, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from policy.mandate import digest_of
from tenants.arrivals import arrive
from tenants.changes import Change
from tenants.cleaning import clean
from tenants.database import Database, put
from tenants.envelope import Defaults, check_defaults
from tenants.errors import ShelfUnavailable
from tenants.formats.port import Codec
from tenants.formats.source import read_format
from tenants.intake import remember
from tenants.jsonl_source import Read, read_lines
from tenants.mapped_source import read_mapped
from tenants.mapping import Mapping
from tenants.model import EntityModel
from tenants.preparing import Batch, Reject
from tenants.record import Reader
from tenants.rejects import write_rejects
from tenants.tables import RejectRow, SourceRow
from tenants.unchanged import unchanged
from tenants.writer import Stamp, Written, write

SOURCE: Table = SourceRow.metadata.tables["source"]
REJECT: Table = RejectRow.metadata.tables["reject"]
BATCH = 1_000
LARGE = 16 << 20  # bytes from which on helpers clean
MOST_HELPERS = 2
#: Bytes done, bytes in all.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What one load did, for people and for the log (COLLECTED: `loaded`, ALTERED: `altered`).

    `quarantined` counts the persons without a category among the loaded and altered. `source_digest` is the
    `sha256:<hex>` of the file. `rejects_path` is `None` when nothing was rejected or left out. `resumed` says
    that an earlier run of the same load had been cut short; the counts are of the whole load, `number` is the
    load's.
    """

    number: int
    loaded: int
    altered: int
    unchanged: int
    rejected: int
    quarantined: int
    source_digest: str
    rejects_path: Path | None
    resumed: bool


class Watch(Protocol):
    """Who must know of a load. Whatever a method raises ends the load, which later goes on from there."""

    def changing(self, load: int, changes: Sequence[Change]) -> None:
        """These records are about to change: told before anybody can see it, and again after a crash."""

    def written(self, report: LoadReport) -> None:
        """Everything is on the shelf: told before the load counts as done, and again after a crash."""


class Unwatched:
    """Nobody has to know."""

    def changing(self, load: int, changes: Sequence[Change]) -> None:
        """See `Watch.changing`."""

    def written(self, report: LoadReport) -> None:
        """See `Watch.written`."""


@dataclass(frozen=True, slots=True)
class _State:
    """How far a load is: lines and bytes done, and what became of them."""

    number: int
    lines: int = 0
    position: int = 0
    loaded: int = 0
    altered: int = 0
    unchanged: int = 0
    rejected: int = 0
    quarantined: int = 0

    def after(self, written: Written, rejected: int, last: Batch) -> "_State":
        return replace(
            self,
            lines=last.line,
            position=last.position,
            loaded=self.loaded + written.loaded,
            altered=self.altered + written.altered,
            unchanged=self.unchanged + written.unchanged,
            rejected=self.rejected + rejected,
            quarantined=self.quarantined + written.quarantined,
        )


@dataclass(frozen=True, slots=True)
class _Source:
    """A file, what its rows are read as, and how they are read from (line, byte) on."""

    path: Path
    defaults: Defaults
    described: object
    rows: Callable[[int, int], Iterator[Read]]


class Loader:
    """Writes records of `node`; `now` gives Unix seconds, `by` stands in every record as who recorded it."""

    def __init__(  # noqa: PLR0913  # what a load works with
        self,
        database: Database,
        model: EntityModel,
        node: str,
        *,
        now: Callable[[], int],
        by: str = "",
        watch: Watch | None = None,
        aside: Path | None = None,
    ) -> None:
        """Rejects files go to `aside` where none can be written beside the source."""
        self._database = database
        self._model = model
        self._node = node
        self._now = now
        self._by = by or node
        self._watch = watch or Unwatched()
        self._aside = aside

    def load_jsonl(self, path: Path, defaults: Defaults, progress: Progress | None = None) -> LoadReport:
        """Load FollowTheMoney JSON lines, each with an envelope of its own or that of `defaults`.

        Raises `SourceRejected` when the file cannot be read, `RecordRejected` for defaults that no row could
        use, `ShelfUnavailable` when the database fails; a bad row is rejected and the rest is loaded.
        """
        source = _Source(path, defaults, None, lambda line, position: read_lines(path, line, position))
        return self._load(source, progress)

    def load_mapped(self, path: Path, mapping: Mapping, progress: Progress | None = None) -> LoadReport:
        """Load a CSV file, a JSON list or an adjacency matrix as `mapping` says; raises like `load_jsonl`."""
        source = _Source(
            path, mapping.defaults, mapping.described, lambda line, _: read_mapped(path, mapping, line)
        )
        return self._load(source, progress)

    def load_format(
        self, path: Path, codec: Codec, defaults: Defaults, progress: Progress | None = None
    ) -> LoadReport:
        """Load a file of another program, whole; raises like `load_jsonl`. Lines count its records."""
        described = {"format": codec.format.value}
        rows = partial(read_format, path, codec)
        return self._load(_Source(path, defaults, described, lambda line, _: rows(line)), progress)

    def _load(self, source: _Source, progress: Progress | None) -> LoadReport:
        check_defaults(source.defaults, self._node)
        try:
            with unchanged(source.path) as (digest, total):
                settings = digest_of([self._node, asdict(source.defaults), source.described])
                state, resumed = self._begin(source.path, digest, settings)
                reader = Reader(self._model, self._node, source.defaults)
                runs = _runs(source.rows(state.lines, state.position))
                for batch in clean(runs, reader, _helpers(total - state.position)):
                    state = self._batch(batch, state)
                    if progress is not None:
                        progress(min(state.position, total), total)
            return self._finish(source.path, state, digest, resumed=resumed)
        except DBAPIError as error:
            raise ShelfUnavailable(f"loading {source.path.name}: {error.orig}") from error

    def _begin(self, path: Path, digest: str, settings: str) -> tuple[_State, bool]:
        """The state of this load: where it was cut short, or its beginning."""
        with self._database.writing() as connection:
            same = (SOURCE.c.digest == digest, SOURCE.c.settings == settings)
            row = connection.execute(select(SOURCE).where(*same)).one_or_none()
            if row is not None and row.finished_at is None:
                counts = {name: getattr(row, name) for name in _State.__dataclass_fields__}
                return _State(**counts), row.lines > 0
            state = _State(_next(connection) if row is None else row.number)
            connection.execute(delete(REJECT).where(REJECT.c.source == state.number))
            connection.execute(delete(SOURCE).where(SOURCE.c.number == state.number))
            known = {"digest": digest, "settings": settings, "finished_at": None}
            connection.execute(insert(SOURCE), asdict(state) | known)
            remember(connection, state.number, _storable(path.name))
            return state, False

    def _batch(self, batch: Batch, state: _State) -> _State:
        now = self._now()
        stamp = Stamp(self._by, _text(now), now, state.number)
        with self._database.writing() as connection:
            written = write(connection, batch.records, stamp)
            arrive(connection, batch.records, stamp)
            rejects = [*batch.rejects, *written.rejects]
            put(connection, REJECT, list(_reject_rows(state.number, rejects)))
            after = state.after(written, sum(not reject.kept for reject in rejects), batch)
            connection.execute(update(SOURCE).where(SOURCE.c.number == state.number), asdict(after))
            if written.changes:
                self._watch.changing(state.number, written.changes)
        return after

    def _finish(self, path: Path, state: _State, digest: str, *, resumed: bool) -> LoadReport:
        with self._database.engine.connect() as connection:
            rejects = write_rejects(connection, path, state.number, self._aside)
        told = ("number", "loaded", "altered", "unchanged", "rejected", "quarantined")
        counts = {name: getattr(state, name) for name in told}
        report = LoadReport(**counts, source_digest=digest, rejects_path=rejects, resumed=resumed)
        self._watch.written(report)
        with self._database.writing() as connection:
            done = {"finished_at": _text(self._now())}
            connection.execute(update(SOURCE).where(SOURCE.c.number == state.number), done)
        if state.loaded + state.altered:
            self._database.analyse()
        return report


def _storable(name: str) -> str:
    """A file's name as every database can hold it."""
    return name[:255].encode("utf-8", "backslashreplace").decode()


def _next(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(SOURCE.c.number), 0))).scalar_one()) + 1


def _helpers(size: int) -> int:
    """How many processes clean: starting one takes as long as cleaning some ten thousand records."""
    return min(MOST_HELPERS, os.cpu_count() or 1) if size >= LARGE else 0


def _runs(source: Iterator[Read]) -> Iterator[list[Read]]:
    while run := list(islice(source, BATCH)):
        yield run


def _reject_rows(number: int, rejects: Sequence[Reject]) -> Iterator[tuple[object, ...]]:
    """Rows of `reject`; several of one line are numbered."""
    ordinals: dict[int, int] = {}
    for reject in rejects:
        ordinal = ordinals[reject.line] = ordinals.get(reject.line, -1) + 1
        yield number, reject.line, ordinal, reject.field, reject.code, reject.reason, reject.kept


def _text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
