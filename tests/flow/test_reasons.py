"""Every reason code is produced by the product, for who asks and for who owns; tests and a page say where.

Who asks hears the code alone; the rule and the grant that produced it stand in the owner's log, or come when
its officer asks. Codes that only a row can produce are never told to who asks: a hidden row looks like none.
"""

import ast
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gateway import liaise
from policy.grants import GrantTerms
from policy.terms import LegalBasis, Mode, Operation, Purpose, Reason, Role, SubjectCategory
from tests.flow.followup_desk import DAY, FR, SE
from tests.world import World

TESTS = Path(__file__).resolve().parents[1]
PAGE = TESTS.parent / "deploy" / "docs" / "reasons.md"
CROSS = {"purpose": Purpose.CROSS_CHECKING, "legal_basis": LegalBasis.ER_18_2_A}
COVERS_CROSS = {"purposes": (Purpose.CROSS_CHECKING,), "legal_bases": (LegalBasis.ER_18_2_A,)}
REFUSED_ABROAD: tuple[tuple[Reason, str, Mapping[str, Any], Mapping[str, Any]], ...] = (
    (Reason.GRANT_EXPIRED, "grant-expired", {"not_before": -2 * DAY, "expires_at": -DAY}, {}),
    (Reason.GRANT_REVOKED, "grant-revoked", {}, {}),
    (Reason.NO_GRANT, "grant-not-yet", {"not_before": DAY}, {}),
    (Reason.PURPOSE_NOT_COVERED, "purpose-not-covered", {"purposes": (Purpose.STRATEGIC_ANALYSIS,)}, {}),
    (Reason.PURPOSE_NOT_COVERED, "basis-not-covered", {"legal_bases": (LegalBasis.NATIONAL,)}, {}),
    (
        Reason.CATEGORY_NOT_COVERED,
        "category-not-covered",
        {**COVERS_CROSS, "categories": (SubjectCategory.VICTIM,)},
        CROSS,
    ),
    (Reason.CASE_NOT_COVERED, "case-not-covered", {"cases": ("FR-2026-9999",)}, {}),
    (Reason.ROLE_NOT_COVERED, "role-not-covered", {"roles": (Role.LIAISON,)}, {}),
    (Reason.ROLE_NOT_COVERED, "unit-not-covered", {"units": ("unit-9",)}, {}),
)
REFUSED_AT_HOME: tuple[tuple[Reason, str, Mapping[str, Any]], ...] = (
    (
        Reason.CATEGORY_NOT_COVERED,
        "category-out-of-reach",
        {**CROSS, "subject_category": SubjectCategory.WITNESS},
    ),
    (Reason.PURPOSE_NOT_COVERED, "basis-unfit", {"legal_basis": LegalBasis.PRUM2_26}),
)

Place = tuple[str, str]
HERE = "flow/test_reasons.py"
ABROAD: Place = (HERE, "test_who_asks_hears_the_code_and_the_owners_log_names_rule_and_grant")
HOME: Place = (HERE, "test_a_question_that_may_not_leave_is_refused_at_home")
JUDGE: Place = ("policy/test_judge.py", "test_reasons_are_precise")
HIDDEN: Place = ("flow/test_explain.py", "test_what_hides_a_record_is_told_to_its_owner_alone")
MASKED: Place = ("flow/test_explain.py", "test_what_is_explained_as_shown_is_what_the_partner_gets")
QUOTA: Place = (
    "flow/test_quota.py",
    "test_a_person_over_budget_is_told_when_it_renews_and_may_ask_again_then",
)
BARRED: Place = ("flow/test_break_glass.py", "test_an_overdue_review_is_critical_and_bars_the_next")
H1: Place = ("flow/test_handling.py", "test_an_h1_record_in_an_evidence_export")
H2: Place = ("flow/test_handling.py", "test_h2_to_another_unit")
H3: Place = ("flow/test_handling.py", "test_h3_is_read_before_it_is_used")
WORD: Place = ("flow/test_followups.py", "test_refused_for_every_reason_that_a_person_can_have")
FAULTS = "flow/test_faults.py"
WITNESSED: Place = (
    "flow/test_witnesses.py",
    "test_without_a_quorum_for_four_hours_nothing_is_answered_abroad",
)
LATE: Place = ("flow/test_followups.py", "test_a_mandate_that_ends_on_the_way_reaches_nobody")
PRODUCED: Mapping[Reason, tuple[Place, ...]] = {
    Reason.NO_GRANT: (ABROAD, HIDDEN),
    Reason.GRANT_EXPIRED: (ABROAD, ("flow/test_explain.py", "test_a_grant_that_ended_is_told_as_ended")),
    Reason.GRANT_REVOKED: (ABROAD,),
    Reason.PURPOSE_NOT_COVERED: (ABROAD, HOME, WORD),
    Reason.CATEGORY_NOT_COVERED: (ABROAD, HOME, HIDDEN, WORD),
    Reason.CASE_NOT_COVERED: (ABROAD, WORD),
    Reason.ROLE_NOT_COVERED: (ABROAD,),
    Reason.FIELD_MASKED: (MASKED,),
    Reason.HANDLING_CODE: (H3, WORD),
    Reason.UNCATEGORISED: (JUDGE, HIDDEN, WORD),
    Reason.RETENTION_EXPIRED: (HIDDEN, WORD),
    Reason.ONGOING_INVESTIGATION: (HIDDEN, WORD),
    Reason.THIRD_PARTY_CONSENT: (H2, HIDDEN, WORD),
    Reason.JUDICIAL_AUTHORISATION_NEEDED: (H1, WORD),
    Reason.QUOTA: (QUOTA,),
    Reason.POLICY: (BARRED, WORD),
    Reason.POLICY_UNAVAILABLE: (
        ("flow/test_break_glass.py", "test_an_answer_does_not_leave_when_the_provider_cannot_be_told"),
        ("policy/test_judge.py", "test_whatever_an_engine_raises_is_a_refusal"),
    ),
    Reason.AUDIT_UNAVAILABLE: ((FAULTS, "test_a_log_that_cannot_append_stops_the_answer"),),
    Reason.SHELF_UNAVAILABLE: ((FAULTS, "test_a_shelf_that_cannot_be_read_closes_its_intent"),),
    Reason.LOG_NOT_WITNESSED: (WITNESSED,),
    Reason.MANDATE_EXPIRED: (LATE,),
}


def terms(world: World, number: int, changes: Mapping[str, Any]) -> GrantTerms:
    """A grant of its own dataset, so that no other one has a say in what is refused."""
    now = int(world.clock())
    told: dict[str, Any] = {
        "id": f"g-{number}",
        "version": 1,
        "owner": SE,
        "recipients": (FR,),
        "roles": (Role.ANALYST,),
        "purposes": (Purpose.OPERATIONAL_ANALYSIS,),
        "legal_bases": (LegalBasis.ER_20_2A,),
        "categories": (SubjectCategory.SUSPECT_OR_CONVICTED,),
        "dataset": f"set-{number}",
        "schemata": ("*",),
        "mode": Mode.RECORD,
        "not_before": -1,
        "expires_at": 30 * DAY,
    }
    told |= changes
    told |= {name: now + told[name] for name in ("not_before", "expires_at")}
    return GrantTerms(**told)


async def refused(world: World, number: int, mandate: Mapping[str, Any]) -> Mapping[str, Any]:
    """The picture of a question about that dataset, in which one node refuses."""
    variables = {"text": "anybody", "dataset": f"set-{number}"}
    picture = await world.ask(FR, Operation.SEARCH, variables, nodes=[SE], **mandate)
    assert [each["status"] for each in picture["nodes"]] == ["REFUSED"]
    assert picture["claims"] == []
    return picture


async def test_who_asks_hears_the_code_and_the_owners_log_names_rule_and_grant(world: World) -> None:
    officer = world.visit(SE, "officer-1", Role.LIAISON)
    for number, (reason, rule, changes, mandate) in enumerate(REFUSED_ABROAD):
        await world.grant(SE, terms(world, number, changes))
        if reason is Reason.GRANT_REVOKED:
            await liaise.revoke(officer, f"g-{number}", "TEST")
        picture = await refused(world, number, mandate)
        (status,) = picture["nodes"]
        assert (status["node"], status["reasons"], status["detail"]) == (SE, [reason.value], "")
        assert rule not in json.dumps(picture)
        assert f"g-{number}" not in json.dumps(picture)
        outcome = (await world.log(SE))[-1]
        version = 2 if reason is Reason.GRANT_REVOKED else 1
        assert (outcome["kind"], outcome["reasons"]) == ("REFUSED", [reason.value])
        assert outcome["rules"] == [f"{rule}:g-{number}@{version}"]
    picture = await refused(world, len(REFUSED_ABROAD), {})
    assert picture["nodes"][0]["reasons"] == [Reason.NO_GRANT.value]
    assert (await world.log(SE))[-1]["rules"] == ["no-grant"]


async def test_a_question_that_may_not_leave_is_refused_at_home(world: World) -> None:
    for reason, rule, mandate in REFUSED_AT_HOME:
        picture = await refused(world, 0, mandate)
        (status,) = picture["nodes"]
        assert (status["node"], status["reasons"]) == (FR, [reason.value])
        outcome = (await world.log(FR))[-1]
        assert (outcome["kind"], outcome["reasons"], outcome["rules"]) == ("REFUSED", [reason.value], [rule])
    assert not world.wire


def test_no_code_is_without_a_test() -> None:
    assert PRODUCED.keys() == set(Reason)
    assert {reason for reason, *_ in REFUSED_ABROAD} <= {
        code for code, at in PRODUCED.items() if ABROAD in at
    }
    assert {reason for reason, *_ in REFUSED_AT_HOME} <= {code for code, at in PRODUCED.items() if HOME in at}


@pytest.mark.parametrize(
    ("reason", "place"), [(reason, place) for reason, places in PRODUCED.items() for place in places]
)
def test_the_test_is_there_and_is_about_the_code(reason: Reason, place: Place) -> None:
    """In the test itself, or in the tables that it names: each code by name, or all that officers may say."""
    words = told_in(*place)
    assert reason.value in words or (place == WORD and "REFUSALS" in words)


def test_the_page_has_a_row_for_every_code() -> None:
    rows = [
        line.split("`")[1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    ]
    assert rows == [each.value for each in Reason]


@cache
def parsed(file: str) -> ast.Module:
    return ast.parse((TESTS / file).read_text(encoding="utf-8"))


@cache
def told_in(file: str, name: str) -> str:
    """A test as it is written, with its decorators and the tables of its module that it names."""
    tables: dict[str, str] = {}
    found = ""
    for each in parsed(file).body:
        if isinstance(each, ast.Assign | ast.AnnAssign):
            targets = each.targets if isinstance(each, ast.Assign) else [each.target]
            tables |= {target.id: ast.unparse(each) for target in targets if isinstance(target, ast.Name)}
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name == name:
            found = ast.unparse(each)
    assert found, f"{file} has no test {name}"
    return found + "".join(text for table, text in tables.items() if table in found)
