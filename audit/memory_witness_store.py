"""What a witness must not forget, in memory, for tests and simulated worlds."""

from threading import Lock

from audit.witness import Fork, Seen


class MemoryWitnessStore:
    """A `WitnessStore` over dictionaries."""

    def __init__(self) -> None:
        """Start without any log."""
        self._lock = Lock()
        self._seen: dict[str, Seen] = {}
        self._forks: dict[tuple[str, int], Fork] = {}

    def latest(self, origin: str) -> Seen | None:
        """See `WitnessStore.latest`."""
        return self._seen.get(origin)

    def origins(self) -> list[str]:
        """See `WitnessStore.origins`."""
        return sorted(self._seen)

    def advance(self, origin: str, old: Seen | None, new: Seen) -> bool:
        """See `WitnessStore.advance`."""
        with self._lock:
            last = self._seen.get(origin)
            if (last and (last.size, last.root)) != (old and (old.size, old.root)):
                return False
            self._seen[origin] = new
        return True

    def accuse(self, fork: Fork) -> None:
        """See `WitnessStore.accuse`."""
        self._forks.setdefault((fork.origin, fork.size), fork)

    def forks(self) -> list[Fork]:
        """See `WitnessStore.forks`."""
        return [fork for _, fork in sorted(self._forks.items())]

    def close(self) -> None:
        """Keep everything, as a database would."""
