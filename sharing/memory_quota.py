"""A `QuotaCounter` in memory, for tests and simulated worlds."""

from collections.abc import Sequence
from threading import Lock

from policy.quota import Account, Allowed, Charge, Guard, OverQuota, guarded, spend
from sharing.quota import counted, refusal_of


class MemoryQuota:
    """Counts of one process; see `sharing.quota.QuotaCounter`."""

    def __init__(self) -> None:
        """Start with nothing spent."""
        self._counts: dict[Account, int] = {}
        self._lock = Lock()

    def spend(self, charges: Sequence[Charge], guard: Guard | None = None) -> Allowed | OverQuota:
        """See `QuotaCounter.spend`."""
        with self._lock:
            wanted = guarded(charges, self._counts, guard) if guard else charges
            verdict = spend(wanted, self._counts)
            if isinstance(verdict, Allowed):
                self._counts |= verdict.spent
                return verdict
            place = refusal_of(verdict)
            self._counts[place] = number = self._counts.get(place, 0) + 1
            return counted(verdict, number)

    def spent(self, window: Account, most: int) -> tuple[tuple[Account, int], ...]:
        """See `QuotaCounter.spent`."""
        key, below = window.key, f"{window.key}/" if window.whose else window.key
        with self._lock:
            found = [
                (each, count)
                for each, count in self._counts.items()
                if each.key == key or each.key.startswith(below)
            ]
        return tuple(sorted(found, key=lambda each: (-each[1], each[0].key))[:most])

    def forget(self, now: int) -> int:
        """See `QuotaCounter.forget`."""
        with self._lock:
            over = [each for each in self._counts if each.renews_at <= now]
            for each in over:
                del self._counts[each]
            return len(over)
