"""The use case of whoever runs a node: a table of prices and weights is read, logged, then kept.

The node may be running; the next question uses the new table. The log says which file it was, so that an
answer can be held to it later.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.beside import LogBeside
from gateway.facts import retain_until
from gateway.home import Home
from gateway.prices import FILE, Prices, read_table


async def keep(home: Home, source: Path, *, clock: Callable[[], float] = time.time) -> Prices:
    """Read, log, keep, in place of what was kept; raises `ReferenceRefused`, and then nothing has changed."""
    settings = home.settings()
    found = await asyncio.to_thread(read_table, source)
    content = await asyncio.to_thread(source.read_bytes)
    async with AsyncExitStack() as stack:
        log = LogBeside(home, settings, clock=lambda: datetime.fromtimestamp(clock(), UTC))
        stack.push_async_callback(log.close)
        facts: dict[str, JSON] = {
            "action": "PRICES_KEPT",
            "source": found.digest,
            "records": len(found.rows),
            "retain_until": retain_until(int(clock()), Kind.ADMINISTRATION),
        }
        await log.append(Entry(Kind.ADMINISTRATION, settings.node.id, facts))
        await asyncio.to_thread(_put, home.path / FILE, content)
    return found


def _put(path: Path, content: bytes) -> None:
    """In one step: whoever reads sees the old table or the new one."""
    beside = path.with_suffix(".new")
    beside.write_bytes(content)
    beside.replace(path)
