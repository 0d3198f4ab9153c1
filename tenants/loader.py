"""Loads files: streams, rejects bad rows by name, commits batch by batch, and can be killed at any moment.

A load is known by the digest of its file and of its settings. Its progress is committed with each batch, so a
killed load goes on where it stopped; a finished one that is run again finds everything unchanged. The rejects
file is written from the database when the load ends, in one step, so it is whole or absent.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import orjson
from sqlalchemy import Connection, Table, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from policy.mandate import digest_of
from tenants.database import Database, put
from tenants.envelope import Defaults, check_defaults
from tenants.errors import Rejected, ShelfUnavailable, SourceRejected
from tenants.jsonl_source import Read, read_lines
from tenants.mapped_source import read_mapped
from tenants.mapping import Mapping
from tenants.model import EntityModel
from tenants.record import Reader
from tenants.tables import RejectRow, SourceRow
from tenants.writer import Item, Stamp, Written, write

SOURCE: Table = SourceRow.metadata.tables["source"]
REJECT: Table = RejectRow.metadata.tables["reject"]
BATCH = 1_000
MOST_REJECTS_IN_MEMORY = 10_000
#: Bytes done, bytes in all.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What one load did, for people and for the log (COLLECTED: `loaded`, ALTERED: `altered`).

    `quarantined` counts the persons without a category among the loaded and altered. `source_digest` is the
    `sha256:<hex>` of the file. `rejects_path` is `None` when nothing was rejected or left out. `resumed` says
    that an earlier run of the same load had been cut short; the counts are of the whole load.
    """

    loaded: int
    altered: int
    unchanged: int
    rejected: int
    quarantined: int
    source_digest: str
    rejects_path: Path | None
    resumed: bool


@dataclass(frozen=True, slots=True)
class _State:
    number: int
    lines: int
    position: int
    loaded: int = 0
    altered: int = 0
    unchanged: int = 0
    rejected: int = 0
    quarantined: int = 0

    def after(self, written: Written, rejected: int, last: Read) -> "_State":
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


class Loader:
    """Writes records of `node`; `now` gives Unix seconds, `by` stands in every record as who recorded it."""

    def __init__(
        self, database: Database, model: EntityModel, node: str, *, now: Callable[[], int], by: str = ""
    ) -> None:
        self._database = database
        self._model = model
        self._node = node
        self._now = now
        self._by = by or node

    def load_jsonl(self, path: Path, defaults: Defaults, progress: Progress | None = None) -> LoadReport:
        """Load FollowTheMoney JSON lines, each with an envelope of its own or that of `defaults`.

        Raises `SourceRejected` when the file cannot be read, `RecordRejected` for defaults that no row could
        use, `ShelfUnavailable` when the database fails; a bad row is rejected and the rest is loaded.
        """
        check_defaults(defaults, self._node)
        return self._load(path, defaults, [], read_lines, progress)

    def load_mapped(self, path: Path, mapping: Mapping, progress: Progress | None = None) -> LoadReport:
        """Load a CSV file, a JSON list or an adjacency matrix as `mapping` says; raises like `load_jsonl`."""
        check_defaults(mapping.defaults, self._node)

        def rows(source: Path, line: int, position: int) -> Iterator[Read]:
            return read_mapped(source, mapping, line, position)

        return self._load(path, mapping.defaults, mapping.described, rows, progress)

    def _load(
        self,
        path: Path,
        defaults: Defaults,
        mapping: object,
        rows: Callable[[Path, int, int], Iterator[Read]],
        progress: Progress | None,
    ) -> LoadReport:
        digest, total = _digest(path)
        settings = digest_of(
            [self._node, dict(defaults.envelope), defaults.country, defaults.drop_bad_values, mapping]
        )
        reader = Reader(self._model, self._node, defaults)
        try:
            state, resumed = self._begin(digest, settings)
            source = rows(path, state.lines, state.position)
            while batch := list(islice(source, BATCH)):
                state = self._batch(batch, reader, state)
                if progress is not None:
                    progress(min(state.position, total), total)
            if _digest(path)[0] != digest:
                raise SourceRejected("SOURCE_CHANGED", "", f"{path} changed while it was read")
            return self._finish(path, state, digest, resumed=resumed)
        except DBAPIError as error:
            raise ShelfUnavailable(f"loading {path.name}: {error.orig}") from error

    def _begin(self, digest: str, settings: str) -> tuple[_State, bool]:
        """The state of this load: where it was cut short, or its beginning."""
        with self._database.writing() as connection:
            same = (SOURCE.c.digest == digest, SOURCE.c.settings == settings)
            row = connection.execute(select(SOURCE).where(*same)).one_or_none()
            if row is not None and row.finished_at is None:
                counts = {name: getattr(row, name) for name in _State.__dataclass_fields__}
                return _State(**counts), row.lines > 0
            number = self._next(connection) if row is None else row.number
            connection.execute(delete(REJECT).where(REJECT.c.source == number))
            connection.execute(delete(SOURCE).where(SOURCE.c.number == number))
            state = _State(number, 0, 0)
            connection.execute(
                insert(SOURCE), {**asdict(state), "digest": digest, "settings": settings, "finished_at": None}
            )
            return state, False

    @staticmethod
    def _next(connection: Connection) -> int:
        return int(connection.execute(select(func.coalesce(func.max(SOURCE.c.number), 0))).scalar_one()) + 1

    def _batch(self, batch: Sequence[Read], reader: Reader, state: _State) -> _State:
        items, rejects = _read(batch, reader)
        stamp = Stamp(self._by, _text(self._now()), state.number)
        with self._database.writing() as connection:
            written = write(connection, items, stamp)
            rejects += [_Reject(item.line, why, kept=False) for item, why in written.rejected]
            put(connection, REJECT, list(_reject_rows(state.number, rejects)))
            count = sum(not reject.kept for reject in rejects)
            after = state.after(written, count, batch[-1])
            connection.execute(update(SOURCE).where(SOURCE.c.number == state.number), asdict(after))
        return after

    def _finish(self, path: Path, state: _State, digest: str, *, resumed: bool) -> LoadReport:
        with self._database.engine.connect() as connection:
            rejects = self._write_rejects(connection, path, state.number)
        with self._database.writing() as connection:
            done = {"finished_at": _text(self._now())}
            connection.execute(update(SOURCE).where(SOURCE.c.number == state.number), done)
        counts = {
            name: getattr(state, name)
            for name in ("loaded", "altered", "unchanged", "rejected", "quarantined")
        }
        return LoadReport(**counts, source_digest=digest, rejects_path=rejects, resumed=resumed)

    @staticmethod
    def _write_rejects(connection: Connection, path: Path, number: int) -> Path | None:
        """`<source>.rejects.jsonl` beside the source, replaced in one step; removed when there is nothing in it."""
        target = path.with_name(f"{path.name}.rejects.jsonl")
        rows = connection.execution_options(stream_results=True).execute(
            select(REJECT).where(REJECT.c.source == number).order_by(REJECT.c.line, REJECT.c.ordinal)
        )
        lines = (
            orjson.dumps({
                "file": path.name, "line": row.line, "field": row.field, "code": row.code, "reason": row.reason,
                "kept": row.kept,
            })
            for row in rows
        )  # fmt: skip
        return _replace(target, lines)


@dataclass(frozen=True, slots=True)
class _Reject:
    line: int
    why: Rejected
    kept: bool


def _read(batch: Iterable[Read], reader: Reader) -> tuple[list[Item], list[_Reject]]:
    items: list[Item] = []
    rejects: list[_Reject] = []
    for read in batch:
        if isinstance(read.rows, Rejected):
            rejects.append(_Reject(read.line, read.rows, kept=False))
            continue
        for row in read.rows:
            try:
                record = reader.read(row)
            except Rejected as rejected:
                rejects.append(_Reject(read.line, rejected, kept=False))
                continue
            items.append(Item(read.line, record))
            rejects += [_Reject(read.line, why, kept=True) for why in record.dropped]
    return items, rejects


def _reject_rows(number: int, rejects: Sequence[_Reject]) -> Iterator[tuple[object, ...]]:
    """Rows of `reject`; several of one line are numbered."""
    ordinals: dict[int, int] = {}
    for reject in rejects:
        ordinal = ordinals[reject.line] = ordinals.get(reject.line, -1) + 1
        why = reject.why
        yield number, reject.line, ordinal, why.field, why.code, _printable(why.reason), reject.kept


def _printable(text: str) -> str:
    """A reason as any database and terminal can hold it."""
    return text[:500].encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def _digest(path: Path) -> tuple[str, int]:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return f"sha256:{digest}", file.tell()
    except OSError as error:
        raise SourceRejected("SOURCE_UNREADABLE", "", f"{path}: {error.strerror}") from error


def _replace(target: Path, lines: Iterable[bytes]) -> Path | None:
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        written = sum(file.write(line + b"\n") for line in lines)
        file.flush()
        os.fsync(file.fileno())
    if written:
        Path(file.name).replace(target)
        return target
    Path(file.name).unlink()
    target.unlink(missing_ok=True)
    return None


def _text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
