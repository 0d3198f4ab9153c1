"""A node's log: grown in this process, or in the sequencer's.

Apart from the rest of the composition, so that the process that holds the log's key loads little else.
"""

from audit.guard import FileGuard
from audit.log import Log
from audit.sealing import BlobKey
from audit.socket_committer import SocketCommitter
from audit.sql_store import SqlStore
from gateway.home import Home, read_card
from gateway.log_keys import load_blob_key, load_log_keys
from gateway.settings import Settings, database


async def open_log(home: Home, settings: Settings) -> Log:
    """The node's log, ready to append; the caller closes it.

    It grows in this process, which alone may hold it, or in that of the sequencer: then its key is not read.
    """
    blob_key = load_blob_key(home)
    if settings.log.sequencer is None:
        return await grow_log(home, settings, blob_key=blob_key)
    keys = read_card(home.card).log_keys
    behind = SocketCommitter(home.path / settings.log.sequencer, keys, silence=settings.log.lease_seconds)
    return await Log.over(behind, SqlStore(database(home.path, settings.store.audit)), blob_key=blob_key)


async def grow_log(
    home: Home, settings: Settings, *, blob_key: BlobKey | None = None, epoch: int | None = None
) -> Log:
    """The node's log with its key, guard and writing door in this process; fenced by the lease's `epoch`."""
    key, retiring = load_log_keys(home)
    store = SqlStore(database(home.path, settings.store.audit), epoch=epoch)
    guard = FileGuard(home.guard, key.name, epoch)
    return await Log.open(store, guard, key, blob_key=blob_key, retiring=retiring)
