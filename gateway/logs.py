"""A node's log: grown in this process, in the sequencer's, or in that of the node that runs.

Apart from the rest of the composition, so that the process that holds the log's key loads little else.
"""

import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from audit.entry import utc_now
from audit.errors import AuditUnavailable
from audit.guard import FileGuard
from audit.log import Log
from audit.sealing import BlobKey
from audit.sequencer import Clock
from audit.socket_committer import SocketCommitter
from audit.socket_door import SocketDoor
from audit.sql_store import SqlStore
from audit.tables import AuditTable
from gateway.databases import Room, opened
from gateway.home import Home, read_card
from gateway.log_keys import load_blob_key, load_log_keys
from gateway.quarantine import refuse_marked
from gateway.settings import Settings

LOG = Room("audit", tuple(AuditTable.metadata.sorted_tables), AuditTable.metadata.create_all)
BESIDE = "log.sock"
"""Where a node that appends by itself lets commands append through it, in its home."""

log = logging.getLogger(__name__)


async def open_log(home: Home, settings: Settings, *, clock: Clock = utc_now) -> Log:
    """The node's log, ready to append; the caller closes it. What is appended has the time of `clock`.

    It grows in this process, which alone may hold it, or in that of the sequencer: then its key is not read.
    """
    if settings.log.sequencer is None:
        return await grow_log(home, settings, blob_key=load_blob_key(home), clock=clock)
    return await _through(home, settings, home.path / settings.log.sequencer, clock)


async def open_beside(home: Home, settings: Settings, *, clock: Clock = utc_now) -> Log:
    """The log for a command: through the node that is running, where one is, else as for a node.

    `GuardRefused` where the log is held by a process that has no socket, or not yet.
    """
    path = home.path / BESIDE
    if settings.log.sequencer is None and _listens(path):
        return await _through(home, settings, path, clock)
    return await open_log(home, settings, clock=clock)


async def _through(home: Home, settings: Settings, path: Path, clock: Clock) -> Log:
    keys = read_card(home.card).log_keys
    refuse_marked(home.path, keys[0].name)
    behind = SocketCommitter(path, keys, silence=settings.log.lease_seconds)
    store = SqlStore(opened(LOG, home.path, settings))
    return await Log.over(behind, store, blob_key=load_blob_key(home), clock=clock)


def _listens(path: Path) -> bool:
    """Whether a process answers at the socket; what a killed one has left does not."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


@asynccontextmanager
async def letting_in(home: Home, settings: Settings, held: Log) -> AsyncIterator[None]:
    """While the block runs, commands append through the log `held` here, unless a sequencer has it.

    A home whose path is too long for a socket has no such door: commands then ask for the node to be ended.
    """
    if settings.log.sequencer is not None:
        yield
        return
    life = min(settings.log.lease_seconds / 4, 1.0)
    door = SocketDoor(held.committing, home.path / BESIDE, settings.node.id, life=life)
    try:
        await door.start()
    except AuditUnavailable as error:
        log.warning("%s: commands cannot append beside it: %s", settings.node.id, error)
    try:
        yield
    finally:
        await door.stop()


async def grow_log(
    home: Home,
    settings: Settings,
    *,
    blob_key: BlobKey | None = None,
    epoch: int | None = None,
    clock: Clock = utc_now,
) -> Log:
    """The node's log with its key, guard and writing door in this process; fenced by the lease's `epoch`.

    `Quarantined` if it has come back from a backup and was not compared with its witnesses yet.
    """
    refuse_marked(home.path, load_log_keys(home)[0].name)
    return await _grow(home, settings, blob_key, epoch, clock)


async def grow_marked(home: Home, settings: Settings) -> Log:
    """The same in spite of the quarantine, for who compares the log and appends nothing before."""
    return await _grow(home, settings, None, None, utc_now)


async def _grow(
    home: Home, settings: Settings, blob_key: BlobKey | None, epoch: int | None, clock: Clock
) -> Log:
    key, retiring = load_log_keys(home)
    limits = settings.database
    store = SqlStore(
        opened(LOG, home.path, settings),
        epoch=epoch,
        keeper=limits.keeper,
        standby=limits.synchronous,
        seconds=limits.log_seconds,
    )
    guard = FileGuard(home.guard, key.name, epoch)
    return await Log.open(store, guard, key, blob_key=blob_key, clock=clock, retiring=retiring)
