"""Names compared in a process of their own, `python -m tenants.matching.serving_names <file descriptor>`.

The field's matcher takes seconds to load and some hundred megabytes; a node that never compares names never
starts it, and none waits for it at the start. Nodes that share a process share it. It ends when its socket
closes: it does not outlive them.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tenants.errors import MatcherUnavailable
from tenants.matching.comparable import Comparable
from tenants.matching.names import NameScore

SECONDS = 120.0
"""For one run of pairs, the start of the process included."""
RUN = 2_000
"""Pairs handed over at once."""

Pairs = Sequence[tuple[Comparable, Comparable]]


class ProcessNames:
    """`NameScores` by a child process that is started when it is first needed. Safe for several threads."""

    def __init__(self, own: Path) -> None:
        self._own = own
        self._lock = threading.Lock()
        self._link: Connection[Any, Any] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def scores(self, pairs: Pairs) -> Sequence[NameScore | None]:
        """One for each pair; `MatcherUnavailable` when the process is gone or late: the next starts anew."""
        found: list[NameScore | None] = []
        with self._lock:
            for start in range(0, len(pairs), RUN):
                found += self._run(pairs[start : start + RUN])
        return found

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _run(self, pairs: Pairs) -> Sequence[NameScore | None]:
        try:
            link = self._started()
            link.send(list(pairs))
            answered = link.poll(SECONDS)
            found: Sequence[NameScore | None] = link.recv() if answered else ()
        except (EOFError, OSError) as error:
            self._end()
            raise MatcherUnavailable(f"names: the process is gone: {type(error).__name__}") from error
        if not answered:
            self._end()
            raise MatcherUnavailable(f"names: no answer for {len(pairs)} pairs within {SECONDS:.0f} s")
        return found

    def _started(self) -> "Connection[Any, Any]":
        if self._link is None:
            self._link, theirs = Pipe()
            command = [sys.executable, "-m", "tenants.matching.serving_names", str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()])  # noqa: S603  # our own module
            theirs.close()
            self._link.send(self._own)
        return self._link

    def _end(self) -> None:
        if self._link is not None and self._process is not None:
            self._link.close()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(1)
            self._process.kill()
            self._process.wait()
        self._link = self._process = None


_SHARED: dict[Path, tuple[ProcessNames, int]] = {}
_SHARING = threading.Lock()


@contextmanager
def shared_names(own: Path) -> Iterator[ProcessNames]:
    """The one of this process for the schemata in `own`; closed when the last who holds it lets go."""
    with _SHARING:
        names, holders = _SHARED.get(own) or (ProcessNames(own), 0)
        _SHARED[own] = names, holders + 1
    try:
        yield names
    finally:
        with _SHARING:
            names, holders = _SHARED.pop(own)
            if holders > 1:
                _SHARED[own] = names, holders - 1
        if holders == 1:
            names.close()
