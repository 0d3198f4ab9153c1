"""A hot standby that answers for the primary, as long as it holds every change that the primary holds.

A record that was erased, withdrawn or corrected at the primary must not be shown from a server that does not
know yet. So each question asks the primary for its mark (`tenants.revision`), and the standby for its own;
only where both are the same the standby is read. It follows in one direction: what it holds when it is
compared it holds a moment later. Whatever stands against it, being behind or away, the primary is read. No
answer is older than its question.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from tenants.revision import MARK

PAUSE: Final = 2.0
"""So many seconds one that was away is left alone."""
WITHIN: Final = 1.0
"""So many seconds a connection and a mark may take."""
_LOOK: Final = 0.005
OUTCOMES: Final = ("replica", "behind", "away")

Marked = Callable[[], Awaitable[str]]
Read = tuple[tuple[str, ...], list[tuple[object, ...]]]


class Replica:
    """The standby at one address; `counts` says how questions ended here, by `OUTCOMES`."""

    def __init__(self, address: str, pool: Mapping[str, Any], patience: float) -> None:
        """Prepare a pool, in its own words; a question waits `patience` seconds for the newest change."""
        self._pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            address, **(dict(pool) | {"timeout": WITHIN, "reconnect_timeout": 5.0})
        )
        self._patience, self._late = patience, False
        self._open, self._until, self._trying = False, 0.0, False
        self.counts: Counter[str] = Counter()

    async def read(self, marked: Marked, sql: str, arguments: tuple[object, ...]) -> Read | None:
        """What a statement gives here; None where the primary has to be read.

        `marked` gives the primary's mark. Raises what that raises, and `QueryCanceled` for a statement that
        took too long.
        """
        mark = await marked()
        if not mark or self._trying or monotonic() < self._until:
            self.counts["away"] += 1
            return None
        try:
            async with self._ready(), self._pool.connection() as connection:
                if not await self._level(connection, mark, marked):
                    self.counts["behind"] += 1
                    return None
                cursor = await connection.execute(sql, arguments)
                found = await cursor.fetchall()
                names = tuple(column.name for column in cursor.description or ())
        except psycopg.errors.QueryCanceled:
            raise
        except (psycopg.Error, TimeoutError):
            self._until = monotonic() + PAUSE
            self.counts["away"] += 1
            return None
        self.counts["replica"] += 1
        return names, found

    @asynccontextmanager
    async def _ready(self) -> AsyncIterator[None]:
        """Open the pool. After a pause one question tries alone, without the connections that are gone."""
        if not self._open:
            await self._pool.open()
            self._open = True
        self._trying = bool(self._until)
        try:
            if self._trying:
                await self._pool.check()
            yield
            self._until = 0.0
        finally:
            self._trying = False

    async def _level(self, connection: AsyncConnection[Any], mark: str, marked: Marked) -> bool:
        """Whether both servers hold the same; one that was behind the last time is not waited for."""
        end = monotonic() + (0.0 if self._late else self._patience)
        while True:
            async with asyncio.timeout(WITHIN):
                row = await (await connection.execute(MARK)).fetchone()
            self._late = row is None or row[0] != mark
            if not self._late or monotonic() >= end:
                return not self._late
            await asyncio.sleep(_LOOK)
            mark = await marked()

    async def close(self) -> None:
        """Give the connections back."""
        await self._pool.close()
