"""The sequencer as a process of its own: the log's key, guard, writing door, and a socket for the gateways.

1. Hold the lease (a standby waits here), and show from then on that this process lives.
2. Recover the log under the lease's epoch: every commit is fenced by it, the guard's file is named after it.
3. Let `Check` ask whoever has seen this log: it may put it into quarantine before anything is appended.
4. Take over the socket; gateways connect anew by themselves.
5. End when told to, or when another sequencer has taken over (`Fenced`); give the lease back.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from typing import TypeAlias, TypeVar

from audit.errors import AuditUnavailable, Fenced
from audit.lease import Lease, Patience, hold
from audit.log import Log
from audit.socket_door import SocketDoor
from audit.sql_lease import SqlLease
from gateway.databases import in_use, opened
from gateway.errors import SettingsRejected
from gateway.home import Home, read_card
from gateway.logs import LOG, grow_log
from gateway.signers import check_places

T = TypeVar("T")

BEATS = 4
"""Signs of life in the time after which a sequencer counts as gone."""

Check: TypeAlias = Callable[[Home, Log], Awaitable[None]]

log = logging.getLogger(__name__)


async def unchecked(_home: Home, _log: Log) -> None:
    """Ask nobody: for a log that has no witnesses."""


async def sequence(
    home: Home, *, standby: bool = False, check: Check = unchecked, ready: Callable[[str], None] = print
) -> None:
    """Be the sequencer of the node at `home` until SIGTERM or SIGINT; `ready` is told when it is.

    `Fenced` if another one lives and this is no standby, or once another one has taken over.
    """
    settings = home.settings()
    if settings.log.sequencer is None:
        raise SettingsRejected(f"{home.path}: [log] sequencer is missing; the node appends by itself")
    seconds = settings.log.lease_seconds
    async with AsyncExitStack() as stack:
        stack.enter_context(in_use(home.path))
        ended = _signalled()
        lease = SqlLease(opened(LOG, home.path, settings))
        stack.callback(lease.close)
        epoch = await _unless(ended, hold(lease, Patience(seconds, standby)))
        if epoch is None:
            return
        stack.callback(_release, lease, epoch)
        beating = asyncio.create_task(_beat(lease, epoch, seconds / BEATS))
        stack.callback(beating.cancel)
        check_places(home.path, settings.keys, read_card(home.card))
        grown = await grow_log(home, settings, epoch=epoch)
        stack.push_async_callback(grown.close)
        await check(home, grown)
        path = home.path / settings.log.sequencer
        door = SocketDoor(grown.committing, path, settings.node.id, life=seconds / BEATS)
        await door.start()
        stack.push_async_callback(door.stop)
        ready(f"{grown.origin}: sequencer of epoch {epoch} at {path.name}, {grown.head}")
        await _unless(ended, beating)


def _signalled() -> asyncio.Event:
    """An event that is set when the process is asked to end."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, ended.set)
    return ended


async def _unless(ended: asyncio.Event, work: Awaitable[T]) -> T | None:
    """What the work gives or raises; None if the process is asked to end before."""
    working, ending = asyncio.ensure_future(work), asyncio.create_task(ended.wait())
    try:
        await asyncio.wait({working, ending}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        ending.cancel()


async def _beat(lease: Lease, epoch: int, pause: float) -> None:
    """Show that this process lives until that is no longer so; a database that fails shows nothing."""
    while True:
        try:
            await asyncio.to_thread(lease.beat, epoch)
        except Fenced:
            raise
        except AuditUnavailable as error:
            log.warning("epoch %d: %s", epoch, error)
        await asyncio.sleep(pause)


def _release(lease: Lease, epoch: int) -> None:
    with suppress(AuditUnavailable):
        lease.release(epoch)
