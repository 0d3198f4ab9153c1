"""One process holds a node's home at a time: the log has a single signer."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.errors import NodeNotReady


@contextmanager
def hold(home: Path) -> Iterator[None]:
    """Hold the node's home; `NodeNotReady` names the process that has it. It is freed with the process."""
    path = home / "node.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = path.read_text(encoding="ascii").strip() or "unknown"
            raise NodeNotReady(f"{home}: is held by process {owner}") from error
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        yield
    finally:
        os.close(handle)
