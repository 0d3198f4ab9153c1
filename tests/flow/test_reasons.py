"""Every reason code has a test that produces it: this table says which, and that the test is there."""

import ast
from pathlib import Path

import pytest

from policy.terms import Reason

TESTS = Path(__file__).resolve().parents[1]
JUDGE = ("policy/test_judge.py", "test_reasons_are_precise")
ASKING = ("policy/test_judge.py", "test_what_an_analyst_may_not_ask")
HIDDEN = ("flow/test_explain.py", "test_what_hides_a_record_is_told_to_its_owner_alone")
PRODUCED: dict[Reason, tuple[str, str]] = {
    Reason.NO_GRANT: JUDGE,
    Reason.GRANT_EXPIRED: ("flow/test_explain.py", "test_a_grant_that_ended_is_told_as_ended"),
    Reason.GRANT_REVOKED: JUDGE,
    Reason.PURPOSE_NOT_COVERED: JUDGE,
    Reason.CATEGORY_NOT_COVERED: HIDDEN,
    Reason.CASE_NOT_COVERED: JUDGE,
    Reason.ROLE_NOT_COVERED: JUDGE,
    Reason.FIELD_MASKED: ("flow/test_explain.py", "test_what_is_explained_as_shown_is_what_the_partner_gets"),
    Reason.HANDLING_CODE: ("flow/test_handling.py", "test_an_h1_record_in_an_evidence_export"),
    Reason.UNCATEGORISED: HIDDEN,
    Reason.RETENTION_EXPIRED: HIDDEN,
    Reason.ONGOING_INVESTIGATION: HIDDEN,
    Reason.THIRD_PARTY_CONSENT: HIDDEN,
    Reason.JUDICIAL_AUTHORISATION_NEEDED: (
        "policy/test_handling.py",
        "test_a_code_withholds_its_use_until_its_condition_stands",
    ),
    Reason.QUOTA: (
        "flow/test_quota.py",
        "test_a_person_over_budget_is_told_when_it_renews_and_may_ask_again_then",
    ),
    Reason.POLICY: ("policy/test_judge.py", "test_what_the_asker_may_not_send"),
    Reason.POLICY_UNAVAILABLE: ("policy/test_judge.py", "test_whatever_an_engine_raises_is_a_refusal"),
    Reason.AUDIT_UNAVAILABLE: ("flow/test_faults.py", "test_a_log_that_cannot_append_stops_the_answer"),
    Reason.SHELF_UNAVAILABLE: ("flow/test_faults.py", "test_a_shelf_that_cannot_be_read_closes_its_intent"),
    Reason.LOG_NOT_WITNESSED: (
        "flow/test_witnesses.py",
        "test_without_a_quorum_for_four_hours_nothing_is_answered_abroad",
    ),
    Reason.MANDATE_EXPIRED: ASKING,
}


def test_no_code_is_without_a_test() -> None:
    assert PRODUCED.keys() == set(Reason)


@pytest.mark.parametrize(("reason", "place"), PRODUCED.items())
def test_the_test_is_there_and_names_the_code(reason: Reason, place: tuple[str, str]) -> None:
    text = (TESTS / place[0]).read_text(encoding="utf-8")
    functions = {each.name for each in ast.walk(ast.parse(text)) if isinstance(each, ast.AsyncFunctionDef)}
    functions |= {each.name for each in ast.walk(ast.parse(text)) if isinstance(each, ast.FunctionDef)}
    assert place[1] in functions
    assert reason.value in text
