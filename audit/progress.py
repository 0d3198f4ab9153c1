"""How far the log has been reconciled with each other node's, so that a missed night is caught up."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Progress:
    """The state with one node; times are Unix seconds.

    `until` is the end of the last period that was compared, 0 before there is one. `tried_at`, `outcome` (a
    code, `DONE` or why not) and `findings` are of the last attempt.
    """

    node: str
    until: int
    tried_at: int
    outcome: str
    findings: int


class ProgressBook(Protocol):
    """The states with all nodes. Methods raise `OversightUnavailable` when the database cannot be used."""

    def all(self) -> dict[str, Progress]:
        """Return the states by node."""

    def put(self, progress: Progress) -> None:
        """Keep the state with one node in the place of the one before."""
