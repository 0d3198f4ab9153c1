"""Two observers as one."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from gateway.observer import Observer, Use


class Both:
    """Tells the second within what it tells the first."""

    def __init__(self, first: Observer, second: Observer) -> None:
        self._first, self._second = first, second

    @contextmanager
    def step(self, use: Use, name: str) -> Iterator[None]:
        """See `Observer.step`."""
        with self._first.step(use, name), self._second.step(use, name):
            yield

    def from_afar(self, headers: Mapping[str, str]) -> AbstractContextManager[object]:
        """See `Observer.from_afar`; metrics belong to no trace."""
        return self._second.from_afar(headers)

    def onward(self) -> Mapping[str, str]:
        """See `Observer.onward`."""
        return {**self._first.onward(), **self._second.onward()}

    def delivered(self, partner: str, seconds: float, skew: float | None) -> None:
        """See `Observer.delivered`."""
        self._first.delivered(partner, seconds, skew)
        self._second.delivered(partner, seconds, skew)

    def outcome(self, use: Use, partner: str, status: str, reason: str) -> None:
        """See `Observer.outcome`."""
        self._first.outcome(use, partner, status, reason)
        self._second.outcome(use, partner, status, reason)
