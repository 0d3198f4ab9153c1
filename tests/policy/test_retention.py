"""How long evidence is kept: periods, and the table in the law's data."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.bundle import Bundle
from policy.errors import RuleBroken
from policy.retention import Period, Retention


@pytest.mark.parametrize(
    ("period", "day", "until"),
    [
        ("P3Y", "2026-02-28", "2029-02-28"),
        ("P3Y", "2028-02-29", "2031-02-28"),
        ("P4Y", "2028-02-29", "2032-02-29"),
        ("P1M", "2026-12-31", "2027-01-31"),
        ("P1M", "2026-01-31", "2026-02-28"),
        ("P18M", "2026-07-01", "2028-01-01"),
        ("P90D", "2026-01-01", "2026-04-01"),
    ],
)
def test_a_period_after_a_day(period: str, day: str, until: str) -> None:
    assert Period.parse(period).after(date.fromisoformat(day)) == date.fromisoformat(until)


@pytest.mark.parametrize("text", ["", "3Y", "P0Y", "P3", "P3Y1M", "P-1Y", "P3y", "P99999Y", 3, None, "P3Y\n"])
def test_what_is_no_period_is_refused(text: object) -> None:
    with pytest.raises(RuleBroken, match="is not a period"):
        Period.parse(text)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 999), st.sampled_from("YMD"))
def test_a_period_always_ends_later(day: date, number: int, unit: str) -> None:
    assert Period.parse(f"P{number}{unit}").after(day) > day


def test_the_packaged_default_is_three_years() -> None:
    assert Retention.packaged().until("ASKED", date(2026, 5, 1)) == date(2029, 5, 1)
    assert Retention.of(Bundle.packaged().data) == Retention.packaged()


def test_a_kind_may_have_its_own_period() -> None:
    told = Retention.of({"law": {"retention": {"default": "P3Y", "kinds": {"LOG_READ": "P5Y"}}}})
    assert told.until("LOG_READ", date(2026, 5, 1)) == date(2031, 5, 1)
    assert told.until("ASKED", date(2026, 5, 1)) == date(2029, 5, 1)


@pytest.mark.parametrize("table", [None, {}, {"default": "P3Y"}, {"default": "P3Y", "kinds": {}, "x": 1}])
def test_a_table_that_is_none_is_refused(table: object) -> None:
    with pytest.raises(RuleBroken, match="retention-table"):
        Retention.of({"law": {"retention": table}})
