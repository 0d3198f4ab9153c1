"""Erasures and holds in memory, for tests and simulated worlds."""

from collections.abc import Sequence

from audit.erasures import Erasure, Hold, State
from audit.errors import ErasureRefused


class MemoryErasures:
    """See `audit.erasures.ErasureBook`."""

    def __init__(self) -> None:
        """Start empty."""
        self._erasures: dict[str, Erasure] = {}
        self._holds: dict[str, Hold] = {}

    def add(self, erasure: Erasure) -> None:
        """See `ErasureBook.add`."""
        if erasure.id in self._erasures:
            raise ErasureRefused(f"erasure {erasure.id}: is there already")
        self._erasures[erasure.id] = erasure

    def get(self, erasure_id: str) -> Erasure:
        """See `ErasureBook.get`."""
        if erasure_id not in self._erasures:
            raise ErasureRefused(f"erasure {erasure_id[:40]!r}: was never proposed here")
        return self._erasures[erasure_id]

    def waiting(self, now: int) -> Sequence[Erasure]:
        """See `ErasureBook.waiting`."""
        found = [e for e in self._erasures.values() if e.state is not State.DONE and not e.lapsed(now)]
        return sorted(found, key=lambda each: (each.proposed_at, each.id))

    def step(self, erasure: Erasure, was: State) -> None:
        """See `ErasureBook.step`."""
        state = self.get(erasure.id).state
        if state is not was:
            raise ErasureRefused(f"erasure {erasure.id}: is {state}, not {was}; somebody was faster")
        self._erasures[erasure.id] = erasure

    def hold(self, hold: Hold) -> None:
        """See `ErasureBook.hold`."""
        self._holds.setdefault(hold.case, hold)

    def release(self, case: str) -> None:
        """See `ErasureBook.release`."""
        if self._holds.pop(case, None) is None:
            raise ErasureRefused("legal hold: the case to release is not held")

    def holds(self) -> Sequence[Hold]:
        """See `ErasureBook.holds`."""
        return sorted(self._holds.values(), key=lambda each: (each.since, each.case))
