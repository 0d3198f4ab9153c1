"""The clocks of Directive (EU) 2023/977: every moment follows from receipt and deadline."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.clocks import DAY, HOUR, LAPSES_AFTER, Stage, deadline, reminders, stage
from policy.terms import Urgency

RECEIVED = st.integers(0, 2**40)


@pytest.mark.parametrize(
    ("urgency", "allowed", "last"),
    [
        (Urgency.URGENT_DIRECT, 8 * HOUR, HOUR),
        (Urgency.URGENT, 3 * DAY, DAY),
        (Urgency.ORDINARY, 7 * DAY, DAY),
    ],
)
def test_the_periods_of_the_directive(urgency: Urgency, allowed: int, last: int) -> None:
    due = deadline(urgency, 1000)
    assert due == 1000 + allowed
    assert reminders(1000, due) == (1000 + allowed // 2, due - last)
    told = [stage(1000, due, at) for at in (0, due - last - 1, due - last, due - 1, due, due + LAPSES_AFTER)]
    assert told == [Stage.RUNNING, Stage.HALF, Stage.LAST, Stage.LAST, Stage.OVERDUE, Stage.LAPSED]


@given(RECEIVED, st.integers(0, 400 * DAY), st.lists(st.integers(0, 2**41), min_size=2))
def test_a_clock_only_runs_forward(received: int, allowed: int, moments: list[int]) -> None:
    due = received + allowed
    half, last = reminders(received, due)
    assert received <= half <= last
    assert last <= max(half, due)
    ranks = [stage(received, due, now).rank for now in sorted(moments)]
    assert ranks == sorted(ranks)
    assert stage(received, due, due).rank >= Stage.OVERDUE.rank
    assert stage(received, due, received - 1) is Stage.RUNNING
