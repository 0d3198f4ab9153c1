"""Who may grow a log that several sequencers could: a lease with an epoch, in the log's own database.

Its holder moves a beat; a sequencer that has seen the beat stand still for so many seconds of its own
monotonic clock takes the lease over, which raises the epoch. Nobody compares wall clocks, and the lease alone
protects nothing: what does is that every commit checks its epoch in its own transaction (`Fenced`).
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from audit.errors import AuditUnavailable, Fenced

_LOOKS = 4


@dataclass(frozen=True, slots=True)
class Tenure:
    """A state of the lease: epoch, beat within it, and whether its holder has not given it back."""

    epoch: int
    beat: int
    held: bool


class Lease(Protocol):
    """The lease of one log. Every method raises `AuditUnavailable` when the database fails."""

    def seen(self) -> Tenure | None:
        """Return its state, None if nobody ever held it."""

    def take(self, seen: Tenure | None) -> int | None:
        """Hold it under a new epoch, which is returned, if its state is still `seen`; else None."""

    def beat(self, epoch: int) -> None:
        """Show that its holder of this epoch lives; `Fenced` if there is a later epoch."""

    def release(self, epoch: int) -> None:
        """Give it back, if this epoch still holds it."""

    def close(self) -> None:
        """Let go of the database."""


@dataclass(frozen=True, slots=True)
class Patience:
    """`seconds` without a beat end a tenure; a `standby` waits for that as long as it takes."""

    seconds: float
    standby: bool = False
    now: Callable[[], float] = time.monotonic


async def hold(lease: Lease, patience: Patience) -> int:
    """Return the epoch under which this process holds the lease from now on.

    `Fenced` if another one holds it and lives, unless this one is a standby; a standby bears a database that
    fails for a while, too.
    """
    first: Tenure | None = None
    before, since = first, patience.now()
    while True:
        try:
            seen = await asyncio.to_thread(lease.seen)
            if seen != before:
                before, since = seen, patience.now()
            first = first or seen
            if seen is None or not seen.held or patience.now() - since >= patience.seconds:
                epoch = await asyncio.to_thread(lease.take, seen)
                if epoch is not None:
                    return epoch
            elif seen != first and not patience.standby:
                raise Fenced(f"log: another sequencer holds epoch {seen.epoch}, and lives")
        except AuditUnavailable as error:
            if not patience.standby or isinstance(error, Fenced):
                raise
            since = patience.now()
        await asyncio.sleep(patience.seconds / _LOOKS)
