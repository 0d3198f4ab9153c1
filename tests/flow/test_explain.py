"""A liaison officer asks who could see a record, and is told what a partner then gets, or why it does not."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.errors import NotAllowed, VariablesRejected
from gateway.explain import explain_record
from gateway.wiring import open_records
from policy.grants import GrantTerms
from policy.terms import LegalBasis, Mode, Operation, Purpose, Reason, Role, SubjectCategory
from tenants.envelope import Defaults
from tests.world import World

OWNER, PARTNER = "fr.ofast", "se.polisen"
OPEN = {"dataset": "explained", "retain_until": "2040-01-01", "subject_category": "SUSPECT_OR_CONVICTED"}
RECORDS: Mapping[str, Mapping[str, Any]] = {
    "x-open": {},
    "x-old": {"retain_until": "2020-01-01"},
    "x-ongoing": {"ongoing": True},
    "x-foreign": {"owner": "eu.europol", "handling": ["H2"]},
    "x-witness": {"subject_category": "WITNESS"},
    "x-uncategorised": {"subject_category": "UNCATEGORISED"},
    "x-other": {"dataset": "elsewhere"},
}
WHY = {
    "x-old": Reason.RETENTION_EXPIRED,
    "x-ongoing": Reason.ONGOING_INVESTIGATION,
    "x-foreign": Reason.THIRD_PARTY_CONSENT,
    "x-witness": Reason.CATEGORY_NOT_COVERED,
    "x-uncategorised": Reason.UNCATEGORISED,
    "x-other": Reason.NO_GRANT,
    "x-nowhere": Reason.NO_GRANT,
}


def _terms(now: int, **other: Any) -> GrantTerms:
    told: dict[str, Any] = {
        "id": "g-explained",
        "version": 1,
        "owner": OWNER,
        "recipients": (PARTNER,),
        "roles": (Role.ANALYST,),
        "purposes": (Purpose.OPERATIONAL_ANALYSIS,),
        "legal_bases": (LegalBasis.ER_20_2A,),
        "categories": (SubjectCategory.SUSPECT_OR_CONVICTED, SubjectCategory.NOT_A_PERSON),
        "dataset": "explained",
        "schemata": ("*",),
        "mode": Mode.RECORD,
        "not_before": now - 1,
        "expires_at": now + 86_400,
        "masked": ("birthDate",),
    }
    return GrantTerms(**told | other)


@pytest.fixture
async def explained(world: World, tmp_path: Path) -> World:
    """The world with records that each meet one rule, and a grant to the partner."""
    rows = [
        {
            "id": name,
            "schema": "Person",
            "properties": {"name": [f"Person {name}"], "birthDate": ["1980-01-01"]},
            "envelope": {**OPEN, **said},
        }
        for name, said in RECORDS.items()
    ]
    source = tmp_path / "explained.jsonl"
    source.write_bytes(b"\n".join(orjson.dumps(row) for row in rows))
    home = world.homes[OWNER]
    shelf = open_records(home, home.settings())
    try:
        report = shelf.loader(OWNER, lambda: int(world.clock())).load_jsonl(source, Defaults())
    finally:
        await shelf.close()
    assert report.rejected == 0
    await world.grant(OWNER, _terms(int(world.clock())))
    return world


async def _line(world: World, record: str, grant: str = "g-explained@1") -> Mapping[str, Any]:
    officer = world.visit(OWNER, "officer-1", Role.LIAISON)
    lines = await explain_record(officer, record, PARTNER)
    return next(each for each in lines if each["grant"] == grant)


async def test_what_is_explained_as_shown_is_what_the_partner_gets(explained: World) -> None:
    line = await _line(explained, "x-open")
    assert (line["shown"], line["tier"], line["reasons"]) == (True, "T3", [])
    assert {"name": "birthDate", "code": "FIELD_MASKED", "rule": "field-masked:g-explained@1"} in line[
        "masked"
    ]
    picture = await explained.ask(PARTNER, Operation.ENTITY, {"id": "x-open"}, nodes=[OWNER])
    record = picture["claims"][0]["record"]
    assert (record["id"], record["grants"]) == ("x-open", ["g-explained@1"])
    assert record["masked"] == [each["name"] for each in line["masked"]]


@pytest.mark.parametrize(("record", "reason"), WHY.items())
async def test_what_hides_a_record_is_told_to_its_owner_alone(
    explained: World, record: str, reason: Reason
) -> None:
    line = await _line(explained, record)
    assert (line["shown"], line["tier"]) == (False, "NONE")
    assert [each["code"] for each in line["reasons"]] == [reason.value]
    assert all(each["rule"] for each in line["reasons"])
    picture = await explained.ask(PARTNER, Operation.ENTITY, {"id": record}, nodes=[OWNER])
    assert (picture["nodes"][0]["status"], picture["nodes"][0]["reasons"]) == ("NO_HIT", [])


async def test_a_grant_that_ended_is_told_as_ended(explained: World) -> None:
    explained.later(2 * 86_400)
    line = await _line(explained, "x-open")
    assert line["reasons"] == [{"code": "GRANT_EXPIRED", "rule": "grant-expired:g-explained@1"}]


async def test_a_partner_without_a_grant_has_none(explained: World) -> None:
    officer = explained.visit("eu.europol", "officer-1", Role.LIAISON)
    lines = await explain_record(officer, "x-open", None)
    without = [each for each in lines if each["grant"] is None]
    assert all(each["reasons"] == [{"code": "NO_GRANT", "rule": "no-grant"}] for each in without)
    assert {each["partner"] for each in lines} == {"fr.ofast", "se.polisen"}


async def test_every_decision_is_logged_under_a_pseudonym_before_the_look(explained: World) -> None:
    await _line(explained, "x-old")
    told = [leaf for leaf in await explained.log(OWNER) if leaf.get("action") == "RECORD_EXPLAINED"]
    assert "g-explained@1" in {leaf["grant"] for leaf in told}
    assert all(leaf["partner"] == PARTNER and leaf["reader"] != "officer-1" for leaf in told)
    assert "x-old" not in str(told)


async def test_only_a_liaison_officer_asks_and_of_a_partner_that_is_known(explained: World) -> None:
    with pytest.raises(NotAllowed):
        await explain_record(explained.visit(OWNER), "x-open", PARTNER)
    with pytest.raises(VariablesRejected):
        await explain_record(explained.visit(OWNER, "o", Role.LIAISON), "x-open", "nl.nobody")
