"""A node's log for one command, which may outlive the process that holds it.

The command appends through the node that is running, or holds the log itself where none is. When the node is
ended or killed meanwhile, what must be kept waits for the next holder, or the command becomes that itself.
"""

import asyncio

from audit.entry import Entry, utc_now
from audit.errors import AuditUnavailable, Duplicate, GuardRefused
from audit.log import Log
from audit.receipt import Receipt
from audit.sequencer import Clock
from gateway.home import Home
from gateway.logs import open_beside
from gateway.settings import Settings

PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between tries: about as long as a service manager takes to start a node anew."""


class LogBeside:
    """See `gateway.collect.Appending`; opened at the first entry, `close` it at the end."""

    def __init__(self, home: Home, settings: Settings, *, clock: Clock = utc_now) -> None:
        self._home, self._settings, self._clock = home, settings, clock
        self._log: Log | None = None

    async def append(self, entry: Entry) -> Receipt:
        """See `Log.append`."""
        return await (await self._opened()).append(entry)

    async def keep(self, entry: Entry) -> None:
        """Append it; `AuditUnavailable` or `GuardRefused` when that fails for a quarter of a minute."""
        for pause in PAUSES:
            try:
                await self._once(entry)
            except (AuditUnavailable, GuardRefused):
                await self.close()
                await asyncio.sleep(pause)
            else:
                return
        await self._once(entry)

    async def close(self) -> None:
        """Let go of the log."""
        if self._log is not None:
            await self._log.close()
            self._log = None

    async def _once(self, entry: Entry) -> None:
        """Append an entry that an earlier try may have appended."""
        try:
            await self.append(entry)
        except Duplicate:
            return

    async def _opened(self) -> Log:
        if self._log is None:
            self._log = await open_beside(self._home, self._settings, clock=self._clock)
        return self._log
