"""The view on SQLite: short questions in the event loop's thread, long ones in a worker.

A question that takes more than `PATIENCE` virtual machine steps (about 2 ms) is interrupted in the event loop
and asked again in a worker thread, where `BUDGET` steps end it for good.
"""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from policy.decision import Access
from tenants.answering import Desk, found, resembled
from tenants.census import Census
from tenants.dialects import SqliteWords
from tenants.errors import QuestionTooHeavy, ShelfUnavailable
from tenants.explaining import columns_statement
from tenants.plan import Compiler, Statement
from tenants.profiles.index import ProfileIndex
from tenants.rows_view import Row, assemble
from tenants.selection import Selection
from tenants.view import Found

PATIENCE = 250_000
BUDGET = 400_000_000
WORKERS = 2
OLDEST = (3, 38, 0)


class SqliteView:
    """Reads one database file; every connection of it is read-only. `captions`: see `Sight`."""

    def __init__(
        self, path: Path, spoc: str, captions: Mapping[str, tuple[str, ...]], profiles: ProfileIndex
    ) -> None:
        if sqlite3.sqlite_version_info < OLDEST:
            raise ShelfUnavailable(f"SQLite {sqlite3.sqlite_version} is older than 3.38, which reads JSON")
        self._desk = Desk(Compiler(SqliteWords(), captions), spoc)
        self._profiles = profiles
        self._near = _connect(path, PATIENCE)
        self._far: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        for _ in range(WORKERS):
            self._far.put(_connect(path, BUDGET))
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="shelf")

    async def read(self, access: Access, selection: Selection) -> Found:
        """See `View.read`."""
        prepared = self._desk.prepare(access, selection, await resembled(self._profiles, selection))
        cursor = await self._run(prepared.statement, prepared.arguments)
        return found(cursor[1][0], prepared.shape)

    async def rows(self, access: Access, selection: Selection) -> Mapping[str, object]:
        """See `View.rows`."""
        resembling = await resembled(self._profiles, selection)
        return await assemble(self._desk, access, selection, self._rows, resembling)

    async def census(self, access: Access) -> Census:
        """See `View.census`."""
        return await self._desk.census(access, self._rows)

    async def columns(self, access: Access, record_id: str) -> Mapping[str, object] | None:
        """See `View.columns`."""
        statement, arguments = columns_statement(SqliteWords.dialect, access, record_id)
        found = await self._rows(statement, arguments)
        return found[0] if found else None

    async def close(self) -> None:
        """Give the connections back; a second call does nothing."""
        self._workers.shutdown()
        self._near.close()
        while not self._far.empty():
            self._far.get_nowait().close()

    async def _rows(self, statement: Statement, arguments: tuple[object, ...]) -> Sequence[Row]:
        names, rows = await self._run(statement, arguments)
        return [dict(zip(names, row, strict=True)) for row in rows]

    async def _run(self, statement: Statement, arguments: tuple[object, ...]) -> "Result":
        try:
            return _fetch(self._near, statement.sql, arguments)
        except sqlite3.Error as error:
            if not _interrupted(error):
                raise ShelfUnavailable(f"reading: {error}") from error
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._workers, self._patiently, statement.sql, arguments)

    def _patiently(self, sql: str, arguments: tuple[object, ...]) -> "Result":
        connection = self._far.get()
        try:
            return _fetch(connection, sql, arguments)
        except sqlite3.Error as error:
            if _interrupted(error):
                raise QuestionTooHeavy(f"over {BUDGET} steps") from error
            raise ShelfUnavailable(f"reading: {error}") from error
        finally:
            self._far.put(connection)


Result = tuple[tuple[str, ...], list[tuple[object, ...]]]


def _fetch(connection: sqlite3.Connection, sql: str, arguments: tuple[object, ...]) -> Result:
    cursor = connection.execute(sql, arguments)
    rows = cursor.fetchall()
    return tuple(column[0] for column in cursor.description), rows


def _connect(path: Path, steps: int) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False,
        cached_statements=256,
    )  # fmt: skip
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA mmap_size = 1073741824")
    connection.execute("PRAGMA cache_size = -32768")
    connection.execute("PRAGMA automatic_index = OFF")  # a passing one reads the whole table it is made of
    connection.set_progress_handler(lambda: 1, steps)
    return connection


def _interrupted(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT
