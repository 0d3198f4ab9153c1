"""Bodies of the notices of standing questions: read back as written, and nothing else is read."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.terms import Mode
from sharing.errors import FieldRefused
from sharing.standing_notice import (
    Given,
    Placed,
    deconfliction_body,
    deconfliction_read,
    stop_body,
    stop_read,
)
from tests.sharing.office import NOW, mandate

SE = "se.polisen"
PLACED = Placed("w-1", "phone", "+46701", NOW, NOW + 9, NOW + 60, known=True, round=2, mandate=mandate(SE))
GIVEN = Given("w-1", Mode.CORE, NOW, "d-1", "R-1", ("H2",))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


def test_what_is_told_is_read_back() -> None:
    assert Placed.read(SE, {**PLACED.body, "id": "x"}) == PLACED
    for each in (GIVEN, Given("w-1", Mode.CONTACT, NOW, "d-1"), Given("w-1", Mode.HIT, NOW)):
        assert Given.read(SE, {**each.body, "id": "x"}) == each
    assert stop_read({**stop_body("w-1"), "id": "x"}) == "w-1"
    assert deconfliction_read({**deconfliction_body("w-1", SE), "id": "x"}) == ("w-1", SE)


@pytest.mark.parametrize(
    "wrong",
    [
        {"record": ""}, {"tier": "contact"}, {"tier": "hit", "record": "", "handling": []}, {"tier": "none"},
        {"tier": "more"}, {"reference": ""}, {"handling": ["H2"] * 33}, {"record": "a b"}, {"at": -1},
    ],
)  # fmt: skip
def test_a_tier_that_tells_more_or_less_than_it_may_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(FieldRefused):
        Given.read(SE, {**GIVEN.body, "id": "x", **wrong})


@given(field=st.sampled_from(sorted({*PLACED.body, *GIVEN.body})), value=json_values)
def test_any_other_value_is_read_as_itself_or_refused(field: str, value: Any) -> None:
    readers: list[tuple[dict[str, Any], Callable[[str, object], Any]]] = [
        ({**PLACED.body, "id": "x"}, Placed.read),
        ({**GIVEN.body, "id": "x"}, Given.read),
    ]
    for body, read in readers:
        if field not in body:
            continue
        told = {**body, field: value}
        try:
            found = read(SE, told)
        except FieldRefused:
            continue
        assert {**found.body, "id": "x"} == told


@given(value=json_values)
def test_no_foreign_value_breaks_a_reader(value: Any) -> None:
    for read in (
        stop_read,
        deconfliction_read,
        lambda told: Placed.read(SE, told),
        lambda told: Given.read(SE, told),
    ):
        with pytest.raises(FieldRefused):
            read(value)
