"""How much one partner may cause: a bucket per partner that fills with time, in this process only."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Pace:
    """At most `burst` at once and `per_second` in the long run, per partner of the directory."""

    burst: float
    per_second: float
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, partner: str, clock: Callable[[], float], wanted: int = 1) -> int:
        """Take up to `wanted` for the partner and return how many there were."""
        now = clock()
        left, at = self._left.get(partner, (self.burst, now))
        left = min(self.burst, left + max(0.0, now - at) * self.per_second)
        taken = min(wanted, int(left))
        self._left[partner] = (left - taken, now)
        return taken


@dataclass(frozen=True, slots=True)
class Paces:
    """What partners may cause by notices, and with whom a reconciliation is under way.

    `notices` are handled, `findings` kept; the rest is turned away or told by one finding. `comparisons` are
    steps in comparing pictures that look at whole pictures.
    """

    notices: Pace = field(default_factory=lambda: Pace(2000, 5))
    findings: Pace = field(default_factory=lambda: Pace(1000, 1000 / 86_400))
    comparisons: Pace = field(default_factory=lambda: Pace(300, 0.5))
    running: set[str] = field(default_factory=set)
