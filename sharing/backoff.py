"""How long a destination that failed is left alone: doubling from one second to a minute.

Pure, with the state behind a port: times are milliseconds since 1970. A destination that is left alone is
reported as such; it is not asked later on its own.
"""

from dataclasses import dataclass
from typing import Protocol

FIRST_MS = 1_000
LONGEST_MS = 60_000
FREE_FAILURES = 2
"""So many failures in a row cost nothing: one lost packet must not hide a partner."""


@dataclass(frozen=True, slots=True)
class Pause:
    """`failures` in a row, and the time before which the node is not asked."""

    failures: int = 0
    until_ms: int = 0


def after_failure(pause: Pause, now_ms: int) -> Pause:
    """The pause after one more failure."""
    failures = pause.failures + 1
    steps = failures - FREE_FAILURES - 1
    if steps < 0:
        return Pause(failures, 0)
    return Pause(failures, now_ms + min(LONGEST_MS, FIRST_MS << min(steps, 16)))


class BackoffStore(Protocol):
    """The pauses of all destinations, shared by the processes of a node."""

    def pauses(self) -> dict[str, Pause]:
        """All pauses there are; a node without one is asked."""

    def put(self, changes: dict[str, Pause | None]) -> None:
        """Store or (None) forget pauses. Best effort: a lost race costs one attempt."""


class MemoryBackoff:
    """Pauses of one process."""

    def __init__(self) -> None:
        self._pauses: dict[str, Pause] = {}

    def pauses(self) -> dict[str, Pause]:
        """See `BackoffStore.pauses`."""
        return dict(self._pauses)

    def put(self, changes: dict[str, Pause | None]) -> None:
        """See `BackoffStore.put`."""
        for node, pause in changes.items():
            self._pauses.pop(node, None)
            if pause is not None:
                self._pauses[node] = pause
