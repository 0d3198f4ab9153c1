"""The judge: every reason, every invariant against an engine that lies, and what holds of every decision."""

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy import inputs
from policy.bundle import Bundle
from policy.decision import OversightPermit, Permit, Refusal
from policy.engine import Engine
from policy.errors import EngineFailed
from policy.filters import Compound, Field, matches
from policy.grants import GrantTerms
from policy.handling import DataUse
from policy.judge import MAX_CANDIDATES, Judge
from policy.mandate import Mandate
from policy.onward import MAX_CONSENTS, MAX_RELEASED, OnwardConsent
from policy.question import Question
from policy.terms import LegalBasis, Mode, Obligation, Purpose, Reason, Role, SubjectCategory
from policy.wasm_engine import WasmEngine
from tests.policy import draws
from tests.policy.cases import AUDITOR, CROSS, RESCUE
from tests.policy.law import (
    ACTOR,
    HOME,
    MANDATE,
    NODE,
    NOW,
    QUESTION,
    actor,
    answer,
    consent,
    grant,
    mandate,
    question,
)

Json = dict[str, Any]


@pytest.fixture
def judge(wasm_engine: WasmEngine) -> Judge:
    return Judge(wasm_engine, NODE)


@pytest.fixture
def home(wasm_engine: WasmEngine) -> Judge:
    return Judge(wasm_engine, HOME)


async def decided(
    judge: Judge,
    *grants: GrantTerms,
    of: Mandate = MANDATE,
    about: Question = QUESTION,
    partner: str = HOME,
    consents: Sequence[OnwardConsent] = (),
    now: int = NOW,
) -> Permit | Refusal:
    return await judge.may_answer(of, about, partner, grants, consents, now=now)


async def granted(judge: Judge, *grants: GrantTerms, **rest: Any) -> Permit:
    verdict = await decided(judge, *grants, **rest)
    assert isinstance(verdict, Permit), verdict
    return verdict


async def refused(judge: Judge, *grants: GrantTerms, **rest: Any) -> Refusal:
    verdict = await decided(judge, *grants, **rest)
    assert isinstance(verdict, Refusal), verdict
    return verdict


# --- what a yes holds


def test_a_judge_says_by_what_it_decides(judge: Judge, wasm_engine: WasmEngine) -> None:
    assert judge.engine is wasm_engine
    assert judge.revision == wasm_engine.revision == Bundle.packaged().revision


async def test_one_branch_for_each_grant_that_covers(judge: Judge) -> None:
    core = grant(id="g-2", mode=Mode.CORE, masked=("birthDate",), max_rows=20)
    permit = await granted(judge, grant(), core, grant(id="g-3", revoked_at=1), about=question(fields=("*",)))
    assert permit.grants == ("g-1@1", "g-2@1")
    assert [branch.mode for branch in permit.branches] == [Mode.RECORD, Mode.CORE]
    assert (permit.mode, permit.max_rows, permit.obligations) == (Mode.RECORD, 20, ())
    assert permit.shows["*"] == permit.shows["birthDate"] == ("g-1@1",)
    assert permit.shows["name"] == ("g-1@1", "g-2@1")
    assert permit.shows["address"] == ()
    assert (permit.mandate, permit.partner, permit.decided_at) == (MANDATE, HOME, NOW)
    assert re.fullmatch("[0-9a-f]{32}", permit.id)
    assert re.fullmatch("sha256:[0-9a-f]{64}", permit.revision)
    assert permit.revision == judge.revision
    assert {branch.grant: branch.masked for branch in permit.branches} == {
        "g-1@1": ("address",),
        "g-2@1": ("birthDate",),
    }


async def test_two_decisions_have_two_ids(judge: Judge) -> None:
    assert (await granted(judge, grant())).id != (await granted(judge, grant())).id


async def test_a_question_that_names_its_fields_is_shown_no_other(judge: Judge) -> None:
    permit = await granted(judge, grant(), about=question(fields=("name", "address", "notes")))
    assert permit.shows == {"name": ("g-1@1",), "notes": ("g-1@1",), "address": (), "*": ()}


async def test_hit_and_contact_show_no_field(judge: Judge) -> None:
    permit = await granted(judge, grant(mode=Mode.HIT), grant(id="g-2", mode=Mode.CONTACT))
    assert permit.mode is Mode.CONTACT
    assert set(permit.shows.values()) == {()}


async def test_a_threat_to_life_obliges_to_tell_the_provider(judge: Judge) -> None:
    rescue = grant(purposes=(Purpose.THREAT_TO_LIFE,), legal_bases=(LegalBasis.ER_22_2,))
    assert (await granted(judge, rescue, of=RESCUE)).obligations == (Obligation.NOTIFY_PROVIDER,)


ROW: Json = {
    "id": "r-1",
    "schema": "Person",
    "dataset": "cases",
    "case_ref": "SE-7",
    "owner": NODE,
    "subject_category": "SUSPECT_OR_CONVICTED",
    "h2": False,
    "ongoing": False,
    "retain_until": NOW + 1,
}


@pytest.mark.parametrize(
    ("row", "passes"),
    [
        ({}, True),
        ({"dataset": "ports"}, False),
        ({"schema": "Vessel"}, False),
        ({"subject_category": "NOT_A_PERSON"}, True),
        ({"subject_category": "WITNESS"}, True),
        ({"subject_category": "VICTIM"}, False),
        ({"subject_category": "UNCATEGORISED"}, False),
        ({"subject_category": None}, False),
        ({"retain_until": NOW}, False),
        ({"retain_until": None}, False),
        ({"ongoing": True}, False),
        ({"ongoing": None}, False),
        ({"h2": True}, True),
        ({"h2": True, "owner": HOME}, False),
        ({"h2": False, "owner": HOME}, True),
        ({"case_ref": None}, True),
    ],
)
async def test_which_rows_a_grant_lets_through(judge: Judge, row: Json, *, passes: bool) -> None:
    (branch,) = (await granted(judge, grant())).branches
    assert matches(branch.filter, ROW | row) is passes


async def test_cross_checking_reaches_suspects_and_objects_only(judge: Judge) -> None:
    (branch,) = (await granted(judge, grant(), of=CROSS)).branches
    reached = [
        each for each in SubjectCategory if matches(branch.filter, ROW | {"subject_category": each.value})
    ]
    assert reached == [SubjectCategory.SUSPECT_OR_CONVICTED, SubjectCategory.NOT_A_PERSON]


async def test_selectors_pin_case_and_record(judge: Judge) -> None:
    narrow = grant(cases=("FR-2026-0418", "SE-7"), record_ids=("r-1",), dataset="*", schemata=("*",))
    (branch,) = (await granted(judge, narrow)).branches
    assert matches(branch.filter, ROW | {"dataset": "ports", "schema": "Port"})
    assert not matches(branch.filter, ROW | {"case_ref": "SE-8"})
    assert not matches(branch.filter, ROW | {"case_ref": None})
    assert not matches(branch.filter, ROW | {"id": "r-2"})


async def test_the_own_service_needs_a_grant_and_keeps_retention(judge: Judge) -> None:
    own = actor(node=NODE)
    house = grant(recipients=(NODE,), dataset="*", schemata=("*",))
    (branch,) = (await granted(judge, house, of=own, partner=NODE)).branches
    assert matches(branch.filter, ROW | {"ongoing": True})
    assert not matches(branch.filter, ROW | {"retain_until": NOW})
    assert not matches(branch.filter, ROW | {"h2": True, "owner": HOME})
    assert (await refused(judge, of=own, partner=NODE)).reasons == (Reason.NO_GRANT,)


@pytest.mark.parametrize(
    ("row", "passes"),
    [
        ({"owner": "eu.europol", "id": "x-1"}, True),
        ({"owner": "eu.europol", "id": "x-2"}, False),
        ({"owner": "nl.politie", "id": "x-1"}, False),
        ({"owner": None, "id": "x-1"}, False),
        ({"owner": "eu.europol", "id": "x-1", "ongoing": True}, False),
        ({"owner": "eu.europol", "id": "x-1", "retain_until": NOW}, False),
        ({"owner": "eu.europol", "id": "x-1", "subject_category": "VICTIM"}, False),
        ({"owner": "eu.europol", "id": "x-1", "dataset": "ports"}, False),
    ],
)
async def test_a_consent_opens_the_records_that_it_names_and_that_a_grant_shows(
    judge: Judge, row: Json, *, passes: bool
) -> None:
    (branch,) = (await granted(judge, grant(), consents=(consent(),))).branches
    assert matches(branch.filter, ROW | {"h2": True} | row) is passes
    (branch,) = (await granted(judge, grant())).branches
    assert not matches(branch.filter, ROW | {"h2": True} | row)


@pytest.mark.parametrize(
    ("changes", "opens"),
    [
        ({"not_before": NOW, "expires_at": NOW + 1}, True),
        ({"not_before": NOW + 1}, False),
        ({"expires_at": NOW}, False),
        ({"withdrawn_at": NOW + 9}, False),
        ({"to": ("eu.europol", "unit-1")}, False),
        ({"to": ()}, False),
        ({"purposes": (Purpose.CROSS_CHECKING,)}, False),
        ({"recipient": HOME}, False),
        ({"use": DataUse.JUDICIAL}, False),
        ({"records": ()}, False),
    ],
)
async def test_a_consent_opens_only_what_it_says(judge: Judge, changes: Json, *, opens: bool) -> None:
    (branch,) = (await granted(judge, grant(), consents=(consent(**changes),))).branches
    assert matches(branch.filter, ROW | {"h2": True, "owner": "eu.europol", "id": "x-1"}) is opens


async def test_a_permit_names_and_binds_the_consents_that_count(judge: Judge) -> None:
    ended = consent(id=f"{NODE}:c-2", withdrawn_at=NOW)
    permit = await granted(judge, grant(), consents=(ended, consent()))
    assert permit.consents == (f"{NODE}:c-1@1",)
    assert (await granted(judge, grant(), consents=(ended,))).consents == ()


async def test_the_own_service_passes_on_within_the_house_what_is_permitted_to_it(judge: Judge) -> None:
    own, house = actor(node=NODE), grant(recipients=(NODE,))
    permitted = consent(to=(NODE,))
    (branch,) = (await granted(judge, house, of=own, partner=NODE, consents=(permitted,))).branches
    assert matches(branch.filter, ROW | {"h2": True, "owner": "eu.europol", "id": "x-1"})


# --- every reason of a no


@pytest.mark.parametrize(
    ("grants", "changes", "reasons", "rules"),
    [
        ((), {}, {Reason.NO_GRANT}, ("no-grant",)),
        ((grant(owner="eu.europol"),), {}, {Reason.NO_GRANT}, ("no-grant",)),
        ((grant(not_before=NOW + 1),), {}, {Reason.NO_GRANT}, ("grant-not-yet:g-1@1",)),
        ((grant(mode=Mode.NONE),), {}, {Reason.NO_GRANT}, ("grant-shows-nothing:g-1@1",)),
        ((grant(expires_at=NOW),), {}, {Reason.GRANT_EXPIRED}, ("grant-expired:g-1@1",)),
        ((grant(revoked_at=NOW),), {}, {Reason.GRANT_REVOKED}, ("grant-revoked:g-1@1",)),
        ((grant(purposes=()),), {}, {Reason.PURPOSE_NOT_COVERED}, ("purpose-not-covered:g-1@1",)),
        ((grant(legal_bases=()),), {}, {Reason.PURPOSE_NOT_COVERED}, ("basis-not-covered:g-1@1",)),
        ((grant(categories=()),), {}, {Reason.CATEGORY_NOT_COVERED}, ("category-not-covered:g-1@1",)),
        ((grant(cases=("SE-7",)),), {}, {Reason.CASE_NOT_COVERED}, ("case-not-covered:g-1@1",)),
        ((grant(roles=()),), {}, {Reason.ROLE_NOT_COVERED}, ("role-not-covered:g-1@1",)),
        ((grant(units=("u-9",)),), {}, {Reason.ROLE_NOT_COVERED}, ("unit-not-covered:g-1@1",)),
        ((grant(),), {"of": mandate(expires_at=NOW)}, {Reason.MANDATE_EXPIRED}, ("mandate-not-open",)),
        (
            (grant(),),
            {"of": mandate(subject_category=SubjectCategory.UNCATEGORISED)},
            {Reason.UNCATEGORISED},
            ("uncategorised",),
        ),
        ((grant(),), {"of": mandate(offence="")}, {Reason.POLICY}, ("offence-missing",)),
        ((grant(),), {"partner": "eu.europol"}, {Reason.POLICY}, ("actor-not-of-partner",)),
        (
            (grant(id="g-2", expires_at=1), grant(cases=("SE-7",)), grant(id="g-3", cases=("SE-8",))),
            {},
            {Reason.GRANT_EXPIRED, Reason.CASE_NOT_COVERED},
            ("case-not-covered:g-1@1", "case-not-covered:g-3@1", "grant-expired:g-2@1"),
        ),
    ],
)
async def test_reasons_are_precise(
    judge: Judge,
    grants: tuple[GrantTerms, ...],
    changes: Json,
    reasons: set[Reason],
    rules: tuple[str, ...],
) -> None:
    refusal = await refused(judge, *grants, **changes)
    assert (set(refusal.reasons), refusal.rules) == (reasons, rules)
    assert len(refusal.reasons) == len(reasons)


async def test_no_more_candidates_than_the_law_reads(judge: Judge) -> None:
    most = [grant(id=f"g-{number}") for number in range(MAX_CANDIDATES)]
    assert len((await granted(judge, *most)).branches) == MAX_CANDIDATES
    refusal = await refused(judge, *most, grant(id="one-more"))
    assert (refusal.reasons, refusal.rules) == ((Reason.POLICY,), ("too-many-grants",))


async def test_no_more_consents_than_the_law_reads(judge: Judge) -> None:
    most = [consent(id=f"c-{number}", records=("x-1",) * 5) for number in range(MAX_CONSENTS)]
    most[0] = consent(records=("x-1",) * 11)
    await granted(judge, grant(), consents=most)
    for many in (
        [*most, consent(id="one-more", records=())],
        [*most[1:], consent(records=("x-1",) * (MAX_RELEASED + 1 - 49 * 5))],
    ):
        refusal = await refused(judge, grant(), consents=many)
        assert (refusal.reasons, refusal.rules) == ((Reason.POLICY,), ("too-many-consents",))


@pytest.mark.parametrize(
    "changes",
    [
        {"provider": "eu europol"},
        {"recipient": ""},
        {"use": "ONWARD"},
        {"purposes": ["OPERATIONAL_ANALYSIS"]},
        {"to": HOME},
        {"records": ("free text",)},
        {"not_before": -1},
        {"expires_at": "never"},
        {"withdrawn_at": 2.5},
    ],
)
async def test_a_consent_that_may_not_enter_refuses(judge: Judge, changes: Json) -> None:
    refusal = await refused(judge, grant(), consents=(consent(**changes),))
    assert refusal.reasons == (Reason.POLICY_UNAVAILABLE,)
    assert refusal.rules == (f"consent-rejected:{next(iter(changes))}",)


# --- asking and overseeing


OF_VICTIM = replace(CROSS, subject_category=SubjectCategory.VICTIM)
REJECTED = "input-rejected:mandate.case"


async def test_an_analyst_with_a_whole_mandate_may_ask(home: Judge) -> None:
    permit = await home.may_ask(MANDATE, QUESTION, now=NOW)
    assert isinstance(permit, Permit)
    assert (permit.partner, permit.mode, permit.branches, permit.max_rows) == (HOME, Mode.NONE, (), 0)


@pytest.mark.parametrize(
    ("of", "reason", "rule"),
    [
        (actor(roles=frozenset({Role.LIAISON})), Reason.ROLE_NOT_COVERED, "role-not-analyst"),
        (actor(roles=frozenset({Role.ANALYST, Role.OVERSIGHT})), Reason.ROLE_NOT_COVERED, "roles-conflict"),
        (actor(node=NODE), Reason.POLICY, "actor-not-of-partner"),
        (mandate(expires_at=NOW), Reason.MANDATE_EXPIRED, "mandate-not-open"),
        (mandate(legal_basis=LegalBasis.PRUM2_26), Reason.PURPOSE_NOT_COVERED, "basis-unfit"),
        (OF_VICTIM, Reason.CATEGORY_NOT_COVERED, "category-out-of-reach"),
        (mandate(case=""), Reason.CASE_NOT_COVERED, "case-missing"),
        (mandate(offence=""), Reason.POLICY, "offence-missing"),
        (mandate(case="free text"), Reason.POLICY, REJECTED),
    ],
)  # fmt: skip
async def test_what_an_analyst_may_not_ask(home: Judge, of: Mandate, reason: Reason, rule: str) -> None:
    refusal = await home.may_ask(of, QUESTION, now=NOW)
    assert isinstance(refusal, Refusal)
    assert (refusal.reasons, refusal.rules) == ((reason,), (rule,))


async def test_oversight_looks_with_a_justification(home: Judge) -> None:
    permit = await home.may_oversee(AUDITOR, "read_entries", "SELF_MONITORING", now=NOW)
    assert isinstance(permit, OversightPermit)
    assert permit.digest != replace_id(await home.may_oversee(AUDITOR, "read_entries", "INTEGRITY", now=NOW))
    for by, act, justification, reason in (
        (AUDITOR, "read_entries", "", Reason.POLICY),
        (AUDITOR, "", "INTEGRITY", Reason.POLICY),
        (AUDITOR, "read_entries", "because I can", Reason.POLICY),
        (ACTOR, "read_entries", "INTEGRITY", Reason.ROLE_NOT_COVERED),
        (
            replace(AUDITOR, roles=frozenset({Role.OVERSIGHT, Role.LIAISON})),
            "r",
            "I",
            Reason.ROLE_NOT_COVERED,
        ),
    ):
        refusal = await home.may_oversee(by, act, justification, now=NOW)
        assert isinstance(refusal, Refusal)
        assert refusal.reasons == (reason,)


def replace_id(verdict: OversightPermit | Refusal) -> str:
    assert isinstance(verdict, OversightPermit)
    return verdict.digest


# --- input that may not enter


@pytest.mark.parametrize(
    "changes",
    [
        {"of": mandate(id='m-1","x":"')},
        {"of": mandate(offence="drug trafficking")},
        {"of": mandate(case="a" * 129)},
        {"of": mandate(purpose="OPERATIONAL_ANALYSIS")},
        {"of": mandate(expires_at=float(NOW + 9))},
        {"of": mandate(expires_at=True)},
        {"of": mandate(opened_at=-1)},
        {"of": actor(subject="Jean Exemple")},
        {"of": actor(roles=("analyst",))},
        {"about": question(fields=("name", "na me"))},
        {"about": question(fields=["name"])},
        {"about": question(schemata=("Person",) * 257)},
        {"about": question(operation="lookup")},
        {"partner": "fr.ofast\n"},
        {"now": 1.5},
    ],
)
async def test_what_the_asker_may_not_send(judge: Judge, changes: Json) -> None:
    refusal = await refused(judge, grant(), **changes)
    assert refusal.reasons == (Reason.POLICY,)
    assert refusal.rules[0].startswith("input-rejected:")


@pytest.mark.parametrize(
    "candidates",
    [
        (grant(), grant(mode=Mode.CORE)),
        (grant(id="g 1"),),
        (grant(id="g" * 127),),
        (grant(version="1"),),
        (grant(mode="record"),),
        (grant(expires_at="never"),),
        (grant(revoked_at=2.5),),
        (grant(purposes=["OPERATIONAL_ANALYSIS"]),),
        (grant(recipients=(HOME,) * 257),),
        (grant(cases=("",)),),
        (grant(max_rows=-1),),
    ],
)
async def test_a_grant_that_may_not_enter_refuses(judge: Judge, candidates: tuple[GrantTerms, ...]) -> None:
    refusal = await refused(judge, *candidates)
    assert refusal.reasons == (Reason.POLICY_UNAVAILABLE,)
    assert refusal.rules[0].startswith("grant-rejected:")


async def test_a_grant_is_checked_once_and_never_taken_for_one_that_equals_it(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "_KEPT", 2)
    whole, other = grant(), grant(version=True)
    assert whole == other
    for _ in range(2):
        await granted(judge, whole)
        assert (await refused(judge, other)).rules[0].startswith("grant-rejected:")
    for number in range(5):
        await granted(judge, grant(id=f"g-{number}"))
    assert len(inputs._CHECKED) <= 2


# --- an engine that lies, fails or answers nonsense


class Liar:
    """A real engine whose answer is bent on the way."""

    name = "liar"

    def __init__(self, engine: Engine, bend: Callable[[Any], object]) -> None:
        self.revision = engine.revision
        self._engine, self._bend = engine, bend

    async def evaluate(self, rule: str, document: Mapping[str, object]) -> object:
        truth = copy.deepcopy(await self._engine.evaluate(rule, document))
        bent = self._bend(truth)
        return truth if bent is None else bent

    async def close(self) -> None:
        """Nothing is held."""


FAR = grant(id="g-far", cases=("FR-2026-0418",), record_ids=("r-1",), masked=("address", "iban"), max_rows=50)
CORE = grant(id="g-z", mode=Mode.CORE, masked=())


def parts_of(truth: Json, number: int = 0) -> list[Json]:
    parts: list[Json] = truth["branches"][number]["filter"]["value"]
    return parts


def without(column: str) -> Callable[[Json], None]:
    def bend(truth: Json) -> None:
        parts = parts_of(truth)
        parts[:] = [part for part in parts if part.get("field") != column]

    return bend


def setting(column: str, **changes: object) -> Callable[[Json], None]:
    def bend(truth: Json) -> None:
        next(part for part in parts_of(truth) if part.get("field") == column).update(changes)

    return bend


def path(*steps: str | int, to: object) -> Callable[[Json], None]:
    def bend(truth: Json) -> None:
        inner: Any = truth
        for step in steps[:-1]:
            inner = inner[step]
        inner[steps[-1]] = to

    return bend


def onward(truth: Json) -> None:
    parts_of(truth)[:] = [part for part in parts_of(truth) if part["type"] != "compound"]


def onward_widened(truth: Json) -> None:
    wider = {"type": "field", "operator": "eq", "field": "h2", "value": True}
    next(part for part in parts_of(truth) if part["type"] == "compound")["value"].append(wider)


def twice(truth: Json) -> None:
    truth["branches"].append(truth["branches"][0])


def either(truth: Json) -> None:
    truth["branches"][0]["filter"]["operator"] = "or"


def unmask(truth: Json) -> None:
    truth["shows"] = [group for group in truth["shows"] if group["fields"] != ["address"]]


BARE = {"type": "field", "operator": "eq", "field": "dataset", "value": "cases"}
BENDS: dict[str, tuple[str, Callable[[Any], object]]] = {
    "branch twice": ("branch-twice", twice),
    "grant left out": ("grants-differ", path("grants", to=["g-far:1"])),
    "unknown grant": ("grants-differ", path("branches", 0, "grant", to="g-9:1")),
    "mode above the grant": ("mode-above-grant", path("branches", 1, "mode", to="record")),
    "branch that shows nothing": ("mode-above-grant", path("branches", 1, "mode", to="none")),
    "mode above the branches": ("mode-above-branches", path("mode", to="hit")),
    "more rows": ("rows-above-grant", path("max_rows", to=51)),
    "no rows": ("rows-above-grant", path("max_rows", to=0)),
    "no and": ("filter-no-and", either),
    "bare field": ("filter-no-and", path("branches", 0, "filter", to=BARE)),
    "no dataset": ("filter-without-dataset", without("dataset")),
    "other dataset": ("filter-without-dataset", setting("dataset", value="ports")),
    "all but a dataset": ("filter-without-dataset", setting("dataset", operator="ne")),
    "no schemata": ("filter-without-schemata", without("schema")),
    "one schema more": ("filter-without-schemata", setting("schema", value=["Person", "Vessel"])),
    "no categories": ("filter-without-categories", without("subject_category")),
    "uncategorised": ("filter-without-categories", setting("subject_category", value=["UNCATEGORISED"])),
    "no retention": ("filter-without-retention", without("retain_until")),
    "retention of yesterday": ("filter-without-retention", setting("retain_until", value=NOW - 1)),
    "retention upside down": ("filter-without-retention", setting("retain_until", operator="lt")),
    "no onward rule": ("filter-without-onward", onward),
    "wider onward rule": ("filter-without-onward", onward_widened),
    "ongoing shown": ("filter-without-ongoing", without("ongoing")),
    "masked shown": ("shows-masked", path("shows", 2, "grants", to=["g-far:1"])),
    "masked by omission": ("shows-masked", unmask),
    "field twice": ("shows-not-once", path("shows", 0, "fields", to=["*"])),
    "others not decided": ("shows-not-once", path("shows", 1, "fields", to=["notes"])),
    "shown by nobody's grant": ("shows-unknown-grant", path("shows", 0, "grants", to=["g-9:1"])),
    "core shows all": ("shows-above-tier", path("shows", 1, "grants", to=["g-z:1"])),
    "unknown key": ("decision-malformed", path("more", to=1)),
    "no key": ("decision-malformed", lambda truth: {k: v for k, v in truth.items() if k != "obligations"}),
    "a list": ("decision-malformed", lambda truth: [truth]),
    "true": ("decision-malformed", lambda _: True),
    "allow as number": ("decision-malformed", path("allow", to=1)),
    "revision as number": ("decision-malformed", path("revision", to=1)),
    "unknown mode": ("decision-malformed", path("mode", to="all")),
    "unknown obligation": ("decision-malformed", path("obligations", to=["FORGET"])),
    "rows as text": ("decision-malformed", path("max_rows", to="50")),
    "rows below nothing": ("decision-malformed", path("max_rows", to=-1)),
    "rows as yes": ("decision-malformed", path("max_rows", to=True)),
    "grants as text": ("decision-malformed", path("grants", to="g-far:1")),
    "grants as numbers": ("decision-malformed", path("grants", to=[1])),
    "rules as list": ("decision-malformed", path("rules", to=[])),
    "branch with more": ("decision-malformed", path("branches", 0, "more", to=1)),
    "shows as object": ("decision-malformed", path("shows", to={"*": []})),
    "filter outside of the algebra": ("filter-rejected", setting("dataset", operator="like")),
    "a yes with a reason": ("decision-contradicts-itself", path("reasons", to=["POLICY"])),
    "a yes with a rule": ("decision-contradicts-itself", path("rules", to={"no-grant": []})),
    "a yes without branches": ("decision-contradicts-itself", path("branches", to=[])),
    "another revision": ("revision-differs", path("revision", to="sha256:0")),
}  # fmt: skip


@pytest.mark.parametrize("name", BENDS)
async def test_no_engine_is_believed(wasm_engine: WasmEngine, name: str) -> None:
    rule, bend = BENDS[name]
    refusal = await refused(Judge(Liar(wasm_engine, bend), NODE), FAR, CORE)
    assert refusal.reasons == (Reason.POLICY_UNAVAILABLE,)
    assert refusal.rules == (f"invariant:{rule}",)


async def test_an_honest_engine_is_believed_in_the_same_case(wasm_engine: WasmEngine) -> None:
    await granted(Judge(Liar(wasm_engine, lambda _: None), NODE), FAR, CORE)


def permitting(*parts: Json, operator: str = "and") -> Callable[[Json], None]:
    """Rego that passes something of others on."""

    def bend(truth: Json) -> None:
        more = {"type": "compound", "operator": operator, "value": list(parts)}
        next(part for part in parts_of(truth) if part["type"] == "compound")["value"].append(more)

    return bend


def one(column: str, value: object, operator: str = "eq") -> Json:
    return {"type": "field", "operator": operator, "field": column, "value": value}


OWNED, NAMED = one("owner", "eu.europol"), one("id", ["x-1"], "in")
OPENED: dict[str, tuple[Callable[[Json], None], Json]] = {
    "no consent": (permitting(OWNED, NAMED), {"withdrawn_at": NOW + 9}),
    "over": (permitting(OWNED, NAMED), {"expires_at": NOW}),
    "not yet": (permitting(OWNED, NAMED), {"not_before": NOW + 1}),
    "for another partner": (permitting(OWNED, NAMED), {"to": ("eu.europol",)}),
    "for another purpose": (permitting(OWNED, NAMED), {"purposes": (Purpose.CROSS_CHECKING,)}),
    "to another node": (permitting(OWNED, NAMED), {"recipient": HOME}),
    "for the court": (permitting(OWNED, NAMED), {"use": DataUse.JUDICIAL}),
    "a record more": (permitting(OWNED, one("id", ["x-1", "x-2"], "in")), {}),
    "of any owner": (permitting(NAMED), {}),
    "of another owner": (permitting(one("owner", "nl.politie"), NAMED), {}),
    "every record": (permitting(OWNED), {}),
    "either": (permitting(OWNED, NAMED, operator="or"), {}),
}


@pytest.mark.parametrize("name", OPENED)
async def test_nothing_is_passed_on_beyond_a_consent(wasm_engine: WasmEngine, name: str) -> None:
    bend, changes = OPENED[name]
    refusal = await refused(Judge(Liar(wasm_engine, bend), NODE), grant(), consents=(consent(**changes),))
    assert refusal.rules == ("invariant:filter-without-onward",)


async def test_less_than_a_consent_is_the_law_of_the_node(wasm_engine: WasmEngine) -> None:
    for bend in (permitting(OWNED, one("id", "x-1"), one("tlp", "GREEN")), permitting(OWNED, NAMED)):
        await granted(Judge(Liar(wasm_engine, bend), NODE), grant(), consents=(consent(),))


SELECTORS = {"filter-without-cases": "case_ref", "filter-without-records": "id"}


@pytest.mark.parametrize("rule", SELECTORS)
async def test_selectors_are_checked(wasm_engine: WasmEngine, rule: str) -> None:
    refusal = await refused(Judge(Liar(wasm_engine, without(SELECTORS[rule])), NODE), FAR)
    assert refusal.rules == (f"invariant:{rule}",)


async def test_a_field_that_was_not_asked_for_is_not_shown(wasm_engine: WasmEngine) -> None:
    liar = Liar(wasm_engine, path("shows", 2, "grants", to=["g-1:1"]))
    refusal = await refused(Judge(liar, NODE), grant(), about=question(fields=("name",)))
    assert refusal.rules == ("invariant:field-not-asked",)


async def test_a_grant_that_masks_all_shows_nothing(wasm_engine: WasmEngine) -> None:
    liar = Liar(wasm_engine, path("shows", 0, "grants", to=["g-1:1"]))
    refusal = await refused(Judge(liar, NODE), grant(masked=("*",)))
    assert refusal.rules == ("invariant:shows-masked",)


async def test_narrower_than_the_grant_is_the_law_of_the_node(wasm_engine: WasmEngine) -> None:
    def narrow(truth: Json) -> None:
        setting("schema", operator="eq", value="Person")(truth)
        setting("retain_until", value=NOW + 86400)(truth)
        own = {"type": "field", "operator": "eq", "field": "owner", "value": NODE}
        parts_of(truth)[:] = [own if part["type"] == "compound" else part for part in parts_of(truth)]
        truth["branches"][0]["mode"] = truth["mode"] = "core"
        truth["shows"] = [{"fields": ["name"], "grants": ["g-1:1"]}, {"fields": ["*"], "grants": []}]
        truth["max_rows"] = 7

    permit = await granted(Judge(Liar(wasm_engine, narrow), NODE), grant())
    assert (permit.mode, permit.max_rows, permit.shows) == (Mode.CORE, 7, {"name": ("g-1@1",), "*": ()})


@pytest.mark.parametrize(
    ("spoilt", "rule"),
    [
        (grant(owner="eu.europol"), "grant-of-another"),
        (grant(recipients=()), "grant-for-another"),
        (grant(revoked_at=NOW + 9), "grant-revoked"),
        (grant(expires_at=NOW), "grant-out-of-time"),
        (grant(not_before=NOW + 1), "grant-out-of-time"),
        (grant(purposes=()), "purpose-not-covered"),
        (grant(legal_bases=()), "basis-not-covered"),
        (grant(roles=()), "role-not-covered"),
        (grant(units=("u-9",)), "unit-not-covered"),
        (grant(cases=("SE-7",)), "case-not-covered"),
        (grant(dataset="ports"), "dataset-not-asked"),
        (grant(schemata=("Vessel",)), "schemata-not-asked"),
        (grant(schemata=()), "schemata-not-asked"),
        (grant(mode=Mode.NONE), "mode-above-grant"),
        (grant(categories=(SubjectCategory.UNCATEGORISED,)), "filter-without-categories"),
    ],
)
async def test_a_yes_for_a_grant_that_does_not_cover_is_no_yes(
    wasm_engine: WasmEngine, spoilt: GrantTerms, rule: str
) -> None:
    about = question(datasets=("cases",), schemata=("Person",))
    honest = await wasm_engine.evaluate("answer.decision", answer(grant(), about=about))
    liar = Liar(wasm_engine, lambda _: copy.deepcopy(honest))
    refusal = await refused(Judge(liar, NODE), spoilt, about=about)
    assert refusal.reasons == (Reason.POLICY_UNAVAILABLE,)
    assert refusal.rules == (f"invariant:{rule}",)


async def test_a_yes_for_a_grant_that_is_no_candidate(wasm_engine: WasmEngine) -> None:
    honest = await wasm_engine.evaluate("answer.decision", answer(grant()))
    refusal = await refused(Judge(Liar(wasm_engine, lambda _: honest), NODE), grant(version=2))
    assert refusal.rules == ("invariant:grant-unknown",)


NO_BENDS: dict[str, Callable[[Any], object]] = {
    "no reason": path("reasons", to=[]),
    "no rule": path("rules", to={}),
    "unknown reason": path("reasons", to=["BECAUSE"]),
    "shows all the same": path("shows", to=[{"fields": ["*"], "grants": []}]),
    "grants all the same": path("grants", to=["g-1:1"]),
    "unknown grant": path("rules", to={"grant-expired": ["g-9:1"]}),
}


@pytest.mark.parametrize("name", NO_BENDS)
async def test_no_engine_is_believed_in_a_no(wasm_engine: WasmEngine, name: str) -> None:
    refusal = await refused(Judge(Liar(wasm_engine, NO_BENDS[name]), NODE), grant(expires_at=NOW))
    assert refusal.reasons == (Reason.POLICY_UNAVAILABLE,)


@pytest.mark.parametrize(
    ("failure", "rule"), [(EngineFailed("down"), "engine-failed"), (OSError(), "fault:OSError")]
)
async def test_whatever_an_engine_raises_is_a_refusal(
    wasm_engine: WasmEngine, failure: Exception, rule: str
) -> None:
    def fail(_: object) -> object:
        raise failure

    liar = Liar(wasm_engine, fail)
    verdicts = [
        await decided(Judge(liar, NODE), grant()),
        await Judge(liar, HOME).may_ask(MANDATE, QUESTION, now=NOW),
        await Judge(liar, HOME).may_oversee(AUDITOR, "read", "INTEGRITY", now=NOW),
    ]
    for verdict in verdicts:
        assert isinstance(verdict, Refusal)
        assert (verdict.reasons, verdict.rules) == ((Reason.POLICY_UNAVAILABLE,), (rule,))


# --- what holds of every decision


@given(st.integers(0, 2**32), st.integers(0, 2**32))
async def test_of_every_decision(wasm_engine: WasmEngine, bundle: Bundle, seed: int, shuffle: int) -> None:
    rng = Random(seed)
    about, grants = draws.question_of(rng), draws.grants_of(rng, most=6)
    consents = draws.consents_of(rng)
    of = replace(draws.mandate_of(rng), actor=replace(ACTOR, **draws.actor_of(rng, HOME)))
    judge = Judge(wasm_engine, NODE)
    verdict = await judge.may_answer(of, about, HOME, grants, consents, now=NOW)
    assert not isinstance(verdict, Refusal) or Reason.POLICY_UNAVAILABLE not in verdict.reasons

    shuffled = list(grants)
    Random(shuffle).shuffle(shuffled)
    again = await judge.may_answer(of, about, HOME, shuffled, consents[::-1], now=NOW)
    assert type(again) is type(verdict)
    assert _same(again) == _same(verdict), "the order of grants and consents decides nothing"
    if isinstance(verdict, Permit):
        _check_rests_on_grants(
            verdict, {terms.ref: terms for terms in grants}, set(bundle.data["law"]["core"])
        )


def _same(verdict: Permit | Refusal) -> Permit | Refusal | tuple[object, ...]:
    if isinstance(verdict, Refusal):
        return replace(verdict, id="")
    return (
        verdict.mode,
        verdict.branches,
        verdict.shows,
        verdict.max_rows,
        verdict.obligations,
        verdict.grants,
    )


def _check_rests_on_grants(permit: Permit, grants: dict[str, GrantTerms], core: set[str]) -> None:
    """It never shows a masked field, and never outlives a grant."""
    for name in (*draws.NAMES, "caption", *permit.shows):
        for ref in permit.shows.get(name, permit.shows["*"]):
            terms = grants[ref]
            assert not {name, "*"} & set(terms.masked)
            assert terms.mode is Mode.RECORD or (terms.mode is Mode.CORE and name in core)
    for branch in permit.branches:
        terms = grants[branch.grant]
        assert terms.revoked_at is None
        assert terms.not_before <= NOW < terms.expires_at
        assert branch.mode is terms.mode
        assert isinstance(branch.filter, Compound)
        assert Field("gt", "retain_until", NOW) in branch.filter.parts
    assert permit.max_rows == min(grants[ref].max_rows for ref in permit.grants)


@given(st.integers(0, 2**32))
async def test_consents_change_nothing_but_which_records_of_others_are_passed_on(
    wasm_engine: WasmEngine, seed: int
) -> None:
    rng = Random(seed)
    about, grants, consents = draws.question_of(rng), draws.grants_of(rng), draws.consents_of(rng)
    of = draws.mandate_of(rng)
    judge = Judge(wasm_engine, NODE)
    without = await judge.may_answer(of, about, HOME, grants, now=NOW)
    verdict = await judge.may_answer(of, about, HOME, grants, consents, now=NOW)
    if isinstance(without, Refusal):
        assert _same(verdict) == _same(without)
        return
    assert isinstance(verdict, Permit)
    row = draws.row_of(rng)
    for before, after in zip(without.branches, verdict.branches, strict=True):
        if matches(before.filter, row):
            assert matches(after.filter, row)
        elif matches(after.filter, row):
            assert matches(before.filter, row | {"h2": False}), "whatever else withholds it still does"
            assert any(
                row["owner"] == each.provider
                and row["id"] in each.records
                and each.covers(NODE, HOME, of.purpose, NOW)
                for each in consents
            )


@given(st.integers(0, 2**32))
async def test_a_grant_more_never_shows_less(wasm_engine: WasmEngine, seed: int) -> None:
    rng = Random(seed)
    of, about, grants = draws.mandate_of(rng), draws.question_of(rng), draws.grants_of(rng)
    judge = Judge(wasm_engine, NODE)
    few = await judge.may_answer(of, about, HOME, grants, now=NOW)
    more = await judge.may_answer(of, about, HOME, (*grants, draws.grant_of(rng, 99)), now=NOW)
    if isinstance(few, Permit):
        assert isinstance(more, Permit)
        assert set(few.branches) <= set(more.branches)
        for name, refs in few.shows.items():
            assert set(refs) <= set(more.shows.get(name, more.shows["*"]))
