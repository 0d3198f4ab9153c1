"""Which references name a case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.case_reference import LEAST, names_a_case


@pytest.mark.parametrize(
    "placeholder",
    [
        "",
        "-",
        "--",
        "none",
        "None",
        "n/a",
        "N.A.",
        "NA",
        "test",
        "TEST",
        "xxx",
        "XXXXX",
        "000",
        "tbd",
        "no-case",
        "a1",
        ".",
    ],
)
def test_placeholders_name_no_case(placeholder: str) -> None:
    assert not names_a_case(placeholder)


@pytest.mark.parametrize("reference", ["FR-2026-0418", "SE-7A", "C-1x", "test-2026-17", "K 4711-26", "A12"])
def test_references_name_one(reference: str) -> None:
    assert names_a_case(reference)


@given(st.text("-_./: ", max_size=10), st.text("AZ09", max_size=LEAST - 1))
def test_signs_around_it_make_no_case_of_too_little(around: str, little: str) -> None:
    assert not names_a_case(around + little + around)
