"""The view on PostgreSQL: psycopg 3, a small pool, statements prepared by the server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.raw_cursor import AsyncRawCursor
from psycopg_pool import AsyncConnectionPool

from policy.decision import Access
from tenants.answering import Desk, found, resembled
from tenants.census import Census
from tenants.database import server_address
from tenants.dialects import PostgresWords
from tenants.errors import QuestionTooHeavy, ShelfUnavailable
from tenants.explaining import columns_statement
from tenants.plan import Compiler, Statement
from tenants.profiles.index import ProfileIndex
from tenants.replica import Replica
from tenants.revision import MARK
from tenants.rows_view import Row, assemble
from tenants.selection import Selection
from tenants.view import Found

Result = tuple[tuple[str, ...], list[tuple[object, ...]], bool]
"""Names, rows, and whether a replica was read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a view reads: by which address (the loader's if it is empty), over how many connections at most.

    It waits `wait` seconds for a free connection, keeps each for about `life` seconds; the server ends a
    statement after `seconds`. A `replica` is read in its place where it holds the same (`tenants.replica`);
    a question waits `patience` seconds for that.
    """

    address: str = ""
    connections: int = 8
    wait: float = 10.0
    life: float = 1800.0
    seconds: float = 10.0
    replica: str = ""
    patience: float = 0.05


class PostgresView:
    """Reads one database; every transaction is read-only. The pool opens at the first question.

    `captions`: see `Sight`.
    """

    def __init__(
        self,
        dsn: str,
        spoc: str,
        captions: Mapping[str, tuple[str, ...]],
        profiles: ProfileIndex,
        reading: Reading | None = None,
    ) -> None:
        self._reading = reading = reading or Reading()
        self._profiles = profiles
        self._desk = Desk(Compiler(PostgresWords(), captions), spoc)
        options = "-c default_transaction_read_only=on -c jit=off "
        options += f"-c statement_timeout={_milliseconds(reading.seconds)}"
        kept: dict[str, Any] = {
            "min_size": 1, "max_size": reading.connections, "open": False, "timeout": reading.wait,
            "max_lifetime": reading.life,
            "kwargs": {
                "autocommit": True, "options": options, "prepare_threshold": 2,
                "cursor_factory": AsyncRawCursor,
            },
        }  # fmt: skip
        self._pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            server_address(reading.address) if reading.address else dsn, **kept
        )
        self.replica = (
            Replica(server_address(reading.replica), kept, reading.patience) if reading.replica else None
        )
        self._state = "new"

    async def read(self, access: Access, selection: Selection) -> Found:
        """See `View.read`."""
        prepared = self._desk.prepare(access, selection, await resembled(self._profiles, selection))
        _, rows, replica = await self._run(prepared.statement, prepared.arguments)
        return replace(found(rows[0], prepared.shape), replica=replica)

    async def rows(self, access: Access, selection: Selection) -> Mapping[str, object]:
        """See `View.rows`."""
        resembling = await resembled(self._profiles, selection)
        return await assemble(self._desk, access, selection, self._rows, resembling)

    async def census(self, access: Access) -> Census:
        """See `View.census`."""
        return await self._desk.census(access, self._rows)

    async def columns(self, access: Access, record_id: str) -> Mapping[str, object] | None:
        """See `View.columns`."""
        statement, arguments = columns_statement(PostgresWords.dialect, access, record_id)
        found = await self._rows(statement, arguments)
        return found[0] if found else None

    async def close(self) -> None:
        """Give the connections back; a second call does nothing."""
        self._state = "closed"
        await self._pool.close()
        if self.replica is not None:
            await self.replica.close()

    async def _rows(self, statement: Statement, arguments: tuple[object, ...]) -> Sequence[Row]:
        names, rows, _ = await self._run(statement, arguments)
        return [dict(zip(names, row, strict=True)) for row in rows]

    async def _run(self, statement: Statement, arguments: tuple[object, ...]) -> Result:
        if self._state == "closed":
            raise ShelfUnavailable("reading: the view is closed")
        try:
            if self._state == "new":
                await self._pool.open()
                self._state = "open"
            try:
                return await self._anywhere(statement.sql, arguments)
            except _Lost:
                await (
                    self._pool.check()
                )  # the server may have been started anew: what it has left behind goes
                return await self._anywhere(statement.sql, arguments)
        except psycopg.errors.QueryCanceled as error:
            raise QuestionTooHeavy(f"over {_milliseconds(self._reading.seconds)} ms") from error
        except psycopg.Error as error:
            raise ShelfUnavailable(f"reading: {error}") from error

    async def _anywhere(self, sql: str, arguments: tuple[object, ...]) -> Result:
        """From the replica if there is one that holds what the primary holds, else from the primary."""
        if self.replica is not None and (read := await self.replica.read(self._mark, sql, arguments)):
            return *read, True
        return await self._asked(sql, arguments)

    async def _mark(self) -> str:
        """The primary's mark; empty where there is none."""
        _, rows, _ = await self._asked(MARK, ())
        return str(rows[0][0]) if rows else ""

    async def _asked(self, sql: str, arguments: tuple[object, ...]) -> Result:
        """Ask the primary once. It only reads: whoever has lost the connection may ask again."""
        async with self._pool.connection() as connection:
            try:
                cursor = await connection.execute(sql, arguments)
                names = tuple(column.name for column in cursor.description or ())
                return names, await cursor.fetchall(), False
            except psycopg.OperationalError as error:
                if connection.closed:
                    raise _Lost(str(error)) from error
                raise


class _Lost(psycopg.OperationalError):
    """The connection is gone, and with it the question."""


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
