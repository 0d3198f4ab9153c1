"""Why a row is withheld: every rule once, and never another opinion than the filter's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.explaining import Fault, faults, row_rules, withheld_by
from policy.filters import Compound, Field, Filter, matches
from policy.terms import Reason
from tests.tenants.policies import FILTERS

NOW = 1_780_000_000
ROW: dict[str, object] = {
    "id": "r-1", "schema": "Person", "dataset": "cases", "case_ref": "C-1", "owner": "fr.ofast",
    "subject_category": "WITNESS", "tlp": "GREEN", "source_evaluation": "A", "information_evaluation": "1",
    "assessment": "FACT", "h1": False, "h2": False, "h3": False, "ongoing": False, "retain_until": NOW + 1,
}  # fmt: skip
HOUSE = Compound(
    "and",
    (
        Field("eq", "dataset", "cases"),
        Field("in", "case_ref", ("C-1",)),
        Field("in", "subject_category", ("WITNESS",)),
        Field("gt", "retain_until", NOW),
        Compound("or", (Field("eq", "owner", "fr.ofast"), Field("eq", "h2", value=False))),
        Field("eq", "ongoing", value=False),
    ),
)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"retain_until": NOW}, Reason.RETENTION_EXPIRED),
        ({"retain_until": None}, Reason.RETENTION_EXPIRED),
        ({"ongoing": True}, Reason.ONGOING_INVESTIGATION),
        ({"owner": "se.polisen", "h2": True}, Reason.THIRD_PARTY_CONSENT),
        ({"subject_category": "VICTIM"}, Reason.CATEGORY_NOT_COVERED),
        ({"subject_category": "UNCATEGORISED"}, Reason.UNCATEGORISED),
        ({"case_ref": "C-2"}, Reason.CASE_NOT_COVERED),
        ({"dataset": "ports"}, Reason.NO_GRANT),
    ],
)
def test_each_rule_of_the_house_is_told_by_its_code(row: dict[str, object], reason: Reason) -> None:
    assert {each.reason for each in withheld_by(HOUSE, ROW | row)} == {reason}


def test_a_row_that_passes_is_withheld_by_nothing() -> None:
    assert withheld_by(HOUSE, ROW) == ()
    assert withheld_by(HOUSE, ROW | {"owner": "se.polisen"}) == ()


def test_an_empty_alternative_selects_nothing() -> None:
    assert [each.reason for each in withheld_by(Compound("or", ()), ROW)] == [Reason.NO_GRANT]


@given(row_filter=FILTERS, change=st.sampled_from([{}, {"case_ref": None}, {"owner": "se.polisen"}]))
def test_the_explanation_agrees_with_the_filter(row_filter: Filter, change: dict[str, object]) -> None:
    row = ROW | change
    assert (withheld_by(row_filter, row) == ()) == matches(row_filter, row)


def test_the_rules_that_hold_a_row_are_those_that_can_withhold_it() -> None:
    named = {each.rule for each in row_rules(HOUSE)}
    assert named == {"row-not-selected", "row-case", "row-category", "retention", "third-party", "ongoing"}
    assert {each.rule for each in withheld_by(HOUSE, {"subject_category": "WITNESS"})} <= named


def test_a_rule_of_the_law_has_its_own_code_and_names_its_grant() -> None:
    told = faults(["role-not-covered:g:1@2", "case-missing", "purpose-not-covered:g@1"], ["A", "B", "C"])
    assert told == (
        Fault("case-missing", "", Reason.CASE_NOT_COVERED),
        Fault("purpose-not-covered", "g@1", Reason.PURPOSE_NOT_COVERED),
        Fault("role-not-covered", "g:1@2", Reason.ROLE_NOT_COVERED),
    )


def test_a_rule_that_is_none_of_the_laws_has_the_code_of_a_refusal_that_has_one() -> None:
    assert faults(["quota-person-rows-day"], ["QUOTA"]) == (Fault("quota-person-rows-day", "", "QUOTA"),)
    assert faults(["fault:KeyError"], ["POLICY", "QUOTA"]) == (Fault("fault:KeyError", "", ""),)
