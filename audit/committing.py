"""The port through which a log grows: in this process (`Committer`), or in another one behind a socket."""

from collections.abc import Awaitable
from typing import Protocol

from audit.draft import Batch
from audit.placed import Placed
from audit.store import Head


class Committing(Protocol):
    """Whoever holds the log's key, guard and writing door, as seen from one event loop."""

    @property
    def origin(self) -> str:
        """The log's identity, the first line of its checkpoints."""

    @property
    def head(self) -> Head:
        """The last signed head that is known here."""

    @property
    def note(self) -> str:
        """The signed checkpoint of `head`."""

    async def start(self) -> None:
        """Get ready to append; raises what stands against it."""

    def submit(self, batch: Batch) -> Awaitable[Placed]:
        """Queue a batch; what is returned gives its place in the log, or raises.

        `Duplicate` if a `once` key of the batch is spent; `AuditUnavailable` if it is not appended, or not
        known to be. A caller that is cancelled loses nothing: the batch is appended all the same.
        """

    async def keep(self, note: str) -> None:
        """Keep a signed checkpoint with more signatures on it; `ProofRefused` if the log never signed it."""

    def quarantine(self, reason: str) -> None:
        """Refuse every later append with `Quarantined`; the head stays readable."""

    async def stop(self) -> None:
        """Finish what is queued, and let go of everything held."""
