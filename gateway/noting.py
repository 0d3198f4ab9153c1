"""What changes on the shelf is noted for those who were given an older version, before anybody can see it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.collect import Outcome
from sharing.recall import Sort
from sharing.recall_changes import RECTIFIED, ChangeBook, Changed
from tenants.changes import Change
from tenants.loader import LoadReport


@dataclass(frozen=True, slots=True)
class Noting:
    """A `tenants.loader.Watch`: changes go into the post room's book, the report to the log."""

    changes: ChangeBook
    now: Callable[[], int]
    outcome: Outcome

    def changing(self, load: int, changes: Sequence[Change]) -> None:
        """See `Watch.changing`."""
        self.changes.note([noted(each, load, self.now()) for each in changes])

    def written(self, report: LoadReport) -> None:
        """See `Watch.written`."""
        self.outcome(report)


def noted(change: Change, load: int, at: int) -> Changed:
    """A change as those are told who were given an older version: taken back, or put right."""
    sort = Sort.RECALL if change.reason else Sort.RECTIFY
    return Changed(change.id, change.version, sort, change.reason or change.ruling or RECTIFIED, load, at)
