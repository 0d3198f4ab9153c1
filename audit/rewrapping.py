"""A new blob key: the data keys of all blobs are wrapped by it, batch by batch, on a log that is not running.

May be cut short at any time and begun again: a blob that is wrapped by the new key already is left alone.
Only wrapped keys change; ciphertexts, leaves and proofs stay as they are.
"""

from collections.abc import Callable

from audit.sealing import BlobKey
from audit.store import LogStore

BATCH = 500


def rewrap(store: LogStore, key: BlobKey, progress: Callable[[int, int], None]) -> int:
    """Wrap the data keys of all blobs in `store` by `key`; return how many were not yet.

    `SealRefused` if a blob was wrapped neither by `key` nor by the one before it; the blobs before are done.
    """
    head = store.start()
    size, changed = 0 if head is None else head.size, 0
    for start in range(0, size, BATCH):
        leaves = store.reader.leaves(start, start + BATCH)
        found = [
            (index, wrapped)
            for index, stored in enumerate(leaves, start)
            if stored.blob is not None and (wrapped := key.rewrapped(stored.blob)) is not None
        ]
        if found:
            store.rewrap(found)
        changed += len(found)
        progress(min(start + BATCH, size), size)
    return changed
