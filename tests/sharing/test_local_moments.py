"""Deadlines as people read them: local time with offset and zone, also when the clocks change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.clocks import deadline
from policy.terms import Urgency
from sharing.wording import local_moment

ZONES = ["Europe/Paris", "Europe/Stockholm"]
AUTUMN, SPRING = "2026-10-24T20:00:00+00:00", "2027-03-27T20:00:00+00:00"
CLOCKS = (
    (AUTUMN, Urgency.URGENT_DIRECT, "2026-10-25 05:00:00+01:00"),
    (AUTUMN, Urgency.URGENT, "2026-10-27 21:00:00+01:00"),
    (AUTUMN, Urgency.ORDINARY, "2026-10-31 21:00:00+01:00"),
    (SPRING, Urgency.URGENT_DIRECT, "2027-03-28 06:00:00+02:00"),
    (SPRING, Urgency.URGENT, "2027-03-30 22:00:00+02:00"),
    (SPRING, Urgency.ORDINARY, "2027-04-03 22:00:00+02:00"),
)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("received", "urgency", "local"), CLOCKS)
def test_a_deadline_over_a_change_of_clocks(received: str, urgency: Urgency, local: str, zone: str) -> None:
    """The hours allowed are hours that pass, whatever the clocks on the wall do."""
    due = deadline(urgency, int(datetime.fromisoformat(received).timestamp()))
    assert local_moment(due, ZoneInfo(zone)) == f"{local} ({zone})"


@pytest.mark.parametrize("zone", ZONES)
def test_the_hour_that_comes_twice_is_told_apart(zone: str) -> None:
    first = int(datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp())
    told = [local_moment(first + hours * 3600, ZoneInfo(zone)) for hours in (0, 1)]
    assert told == [f"2026-10-25 02:30:00+02:00 ({zone})", f"2026-10-25 02:30:00+01:00 ({zone})"]


@given(
    st.integers(0, 2**32),
    st.sampled_from(Urgency),
    st.sampled_from([*ZONES, "UTC", "Atlantic/Azores", "America/Cayenne"]),
)
def test_what_is_read_is_the_moment_that_is_meant(received: int, urgency: Urgency, zone: str) -> None:
    due = deadline(urgency, received)
    said, _, name = local_moment(due, ZoneInfo(zone)).rpartition(" ")
    assert datetime.fromisoformat(said).timestamp() == due
    assert name == f"({zone})"
