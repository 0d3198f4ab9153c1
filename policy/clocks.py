"""The clocks of follow-up requests, as pure functions: deadline, reminders, lapse. Times are Unix seconds.

Directive (EU) 2023/977 Art. 5(1): eight hours for urgent requests for what is directly accessible, three
calendar days for other urgent ones, seven calendar days for all others. The reminders and the end of what
nobody answers are our own. Everything follows from two moments, so no restart loses a timer.
"""

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from policy.terms import Urgency

HOUR: Final = 3600
DAY: Final = 86_400

ALLOWED: Final = MappingProxyType(
    {Urgency.URGENT_DIRECT: 8 * HOUR, Urgency.URGENT: 3 * DAY, Urgency.ORDINARY: 7 * DAY}
)
"""Seconds from receipt to deadline."""

LAPSES_AFTER: Final = 30 * DAY
"""Seconds after the deadline at which a request that nobody decided has lapsed."""


class Stage(StrEnum):
    """How far a clock has run, in order."""

    RUNNING = "RUNNING"
    HALF = "HALF"
    LAST = "LAST"
    OVERDUE = "OVERDUE"
    LAPSED = "LAPSED"

    @property
    def rank(self) -> int:
        """0 to 4; a clock never goes back."""
        return list(Stage).index(self)


def deadline(urgency: Urgency, received_at: int) -> int:
    """When the answer is due."""
    return received_at + ALLOWED[urgency]


def reminders(received_at: int, due_at: int) -> tuple[int, int]:
    """When to remind: at half time, and an hour before the deadline, or a day where a day is left to that."""
    allowed = due_at - received_at
    last = DAY if allowed > 2 * DAY else HOUR
    half = received_at + allowed // 2
    return half, max(half, due_at - last)


def stage(received_at: int, due_at: int, now: int) -> Stage:
    """How far the clock has run; on the deadline's second it is overdue."""
    half, last = reminders(received_at, due_at)
    moments = (half, last, due_at, due_at + LAPSES_AFTER)
    return list(Stage)[sum(now >= moment for moment in moments)]
