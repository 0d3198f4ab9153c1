"""One question explained: to the officer whose node was asked, to who asked, and to oversight."""

from collections.abc import Mapping
from typing import Any

import pytest

from audit.entry import Entry, Kind
from audit.index import Search
from gateway.answer import answer
from gateway.errors import NotAllowed, VariablesRejected
from gateway.explain_oversight import explain as explain_to_oversight
from gateway.explain_question import explain_question
from gateway.liaise import revoke
from gateway.oversight.look import indexed
from gateway.visit import Visit
from policy.terms import LegalBasis, Mode, Operation, Purpose, Role
from tests.flow.test_preview import terms
from tests.world import World

ASKER, OWNER, CASE = "fr.ofast", "se.polisen", "FR-2026-0418"
BOX: dict[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}
WHY = "COMPLAINT_7"
GRANT = "g-preview@1"


def officer(world: World, node: str = OWNER) -> Visit:
    return world.visit(node, "officer-a", Role.LIAISON)


async def ask(world: World, **why: Any) -> str:
    """The query id of a question of fr.ofast to se.polisen, masked by the grant of `granted`."""
    picture = await world.ask(ASKER, Operation.LOOKUP, BOX, **{"nodes": [OWNER], "case": CASE} | why)
    return str(picture["queryId"])


async def at_owner(world: World, query: str) -> Mapping[str, Any]:
    told = await explain_question(officer(world), query, WHY)
    assert told["asked"] is None
    (one,) = told["answered"]
    return dict(one)


@pytest.fixture
async def granted(world: World) -> World:
    """The world with a grant of the record tier that masks two properties."""
    await world.grant(OWNER, terms(world, masked=("sealNumber", "weight")))
    return world


async def test_the_owner_is_told_grants_rules_masks_and_outcome(granted: World) -> None:
    await granted.grant(
        OWNER, terms(granted, id="g-other", cases=("SE-9",), purposes=(Purpose.CROSS_CHECKING,))
    )
    told = await at_owner(granted, await ask(granted))
    assert (told["partner"], told["operation"], told["case"]) == (ASKER, "lookup", CASE)
    outcome = told["outcome"]
    assert (outcome["status"], outcome["tier"], outcome["reasons"]) == ("ANSWERED", "T3", [])
    assert GRANT in outcome["grants"]
    assert outcome["masked"] == [{"name": each, "code": "FIELD_MASKED"} for each in ("sealNumber", "weight")]
    assert outcome["quotaLeft"] > 0
    lines = {each["grant"]: each for each in told["grants"]}
    assert [(each["name"], each["rule"]) for each in lines[GRANT]["masked"]] == [
        ("sealNumber", f"field-masked:{GRANT}"),
        ("weight", f"field-masked:{GRANT}"),
    ]
    assert (lines[GRANT]["covers"], lines[GRANT]["tier"]) == (True, "T3")
    assert {"third-party", "retention"} <= {each["rule"] for each in lines[GRANT]["rowRules"]}
    short = lines["g-other@1"]
    assert (short["covers"], short["tier"], short["masked"], short["rowRules"]) == (False, "NONE", [], [])
    assert short["reasons"] == [
        {"code": "CASE_NOT_COVERED", "rule": "case-not-covered:g-other@1"},
        {"code": "PURPOSE_NOT_COVERED", "rule": "purpose-not-covered:g-other@1"},
    ]
    assert (told["asLogged"], told["cause"], told["today"]["same"]) == (True, None, True)
    assert told["today"]["changes"] == []


async def test_a_core_grant_withholds_the_rest_by_its_tier(world: World) -> None:
    await world.grant(OWNER, terms(world, mode=Mode.CORE, masked=("name",)))
    told = await at_owner(world, await ask(world))
    (line,) = [each for each in told["grants"] if each["grant"] == GRANT]
    assert {each["name"]: each["rule"] for each in line["masked"]} == {
        "*": f"tier-core:{GRANT}",
        "name": f"field-masked:{GRANT}",
    }


async def test_what_became_of_a_grant_tells_why_today_differs(granted: World) -> None:
    query = await ask(granted)
    await revoke(officer(granted), "g-preview", "case closed")
    told = await at_owner(granted, query)
    assert (told["asLogged"], told["today"]["same"]) == (True, False)
    assert told["today"]["grants"] == [
        "se-terminals@1",
        "se-to-fr-profiles@1",
        "se-to-fr@1",
    ], "a contact, terminals and profiles"
    assert told["today"]["changes"] == [{"grant": GRANT, "what": "REVOKED"}]


async def test_time_and_new_versions_are_told_as_what_they_are(world: World) -> None:
    soon = int(world.clock()) + 3_600
    await world.grant(OWNER, terms(world, id="g-later", not_before=soon))
    await world.grant(OWNER, terms(world))
    await world.grant(OWNER, terms(world, id="g-moved"))
    query = await ask(world)
    await world.grant(OWNER, terms(world, id="g-moved", version=2, recipients=("eu.europol",)))
    await world.grant(OWNER, terms(world, id="g-new"))
    world.later(2 * 3_600)
    changes = {each["grant"]: each["what"] for each in (await at_owner(world, query))["today"]["changes"]}
    assert changes == {"g-later@1": "BEGUN", "g-moved@1": "SUPERSEDED", "g-new@1": "NEW"}
    world.later(86_400)
    changes = {each["grant"]: each["what"] for each in (await at_owner(world, query))["today"]["changes"]}
    assert changes[GRANT] == "EXPIRED"


async def test_a_refusal_names_each_rule_with_its_code_and_grant(world: World) -> None:
    await world.grant(OWNER, terms(world, units=("unit-9",), schemata=("Container",)))
    query = await ask(world, purpose=Purpose.STRATEGIC_ANALYSIS, legal_basis=LegalBasis.ER_18_2_B)
    told = await at_owner(world, query)
    assert told["outcome"]["status"] == "REFUSED"
    assert {"code": "ROLE_NOT_COVERED", "rule": f"unit-not-covered:{GRANT}"} in told["outcome"]["reasons"]
    assert {"code": "PURPOSE_NOT_COVERED", "rule": f"purpose-not-covered:{GRANT}"} in told["outcome"][
        "reasons"
    ]
    assert not any(each["covers"] for each in told["grants"])
    assert (told["asLogged"], told["today"]["same"], told["today"]["tier"]) == (True, True, "NONE")


async def test_the_look_is_logged_before_anything_is_read(granted: World) -> None:
    query = await ask(granted)
    size = len(await granted.log(OWNER))
    await at_owner(granted, query)
    (look,) = (await granted.log(OWNER))[size:]
    assert (look["kind"], look["action"], look["justification"]) == ("LOG_READ", "QUESTION_EXPLAINED", WHY)
    assert look["reader"] == granted.nodes[OWNER].post.keys.pseudonym(OWNER, "officer-a")
    assert query not in str(look)
    await granted.nodes[OWNER].log.close()
    with pytest.raises(Exception, match="closed"):
        await at_owner(granted, query)


async def test_who_asked_hears_the_codes_of_each_node_and_no_rule_of_theirs(granted: World) -> None:
    await granted.grant("eu.europol", terms(granted, owner="eu.europol", units=("unit-9",)))
    query = await ask(granted, nodes=None, purpose=Purpose.CROSS_CHECKING, legal_basis=LegalBasis.PRUM2_26)
    for visit in (granted.visit(ASKER), officer(granted, ASKER)):
        told = await explain_question(visit, query, WHY)
        asked = told["asked"]
        assert (asked["allowed"], asked["reasons"]) == (True, [])
        nodes = {each["node"]: each for each in asked["nodes"]}
        assert set(nodes) == {ASKER, OWNER, "eu.europol"}
        assert nodes["eu.europol"]["status"] == "REFUSED"
        assert {"PURPOSE_NOT_COVERED"} <= set(nodes["eu.europol"]["reasons"])
        assert "covered:" not in str(asked["nodes"])
        own = told["answered"]
        assert [each["partner"] for each in own] == (
            [] if Role.ANALYST in visit.session.actor.roles else [ASKER]
        )


async def test_who_asked_hears_the_names_that_were_masked(granted: World) -> None:
    told = await explain_question(granted.visit(ASKER), await ask(granted), WHY)
    (reply,) = told["asked"]["nodes"]
    assert reply["masked"] == [{"name": each, "code": "FIELD_MASKED"} for each in ("sealNumber", "weight")]
    assert (GRANT in reply["grants"], reply["results"]) == (True, 1)
    assert reply["receipt"].startswith("sha256:")


async def test_a_node_that_kept_silent_and_a_law_that_said_no(world: World) -> None:
    del world.doors[OWNER]
    told = await explain_question(world.visit(ASKER), await ask(world), WHY)
    (reply,) = told["asked"]["nodes"]
    assert (reply["status"], reply["reasons"], reply["receipt"]) == ("UNREACHABLE", [], None)
    unfit = await ask(world, purpose=Purpose.CROSS_CHECKING, legal_basis=LegalBasis.EIO_2014_41)
    asked = (await explain_question(world.visit(ASKER), unfit, WHY))["asked"]
    assert (asked["allowed"], asked["nodes"]) == (False, [])
    assert asked["reasons"] == [{"code": "PURPOSE_NOT_COVERED", "rule": "basis-unfit"}]


async def test_oversight_hears_rules_and_grants_and_no_case(granted: World) -> None:
    query = await ask(granted)
    size = len(await granted.log(OWNER))
    told = await explain_to_oversight(granted.visit(OWNER, "auditor-1", Role.OVERSIGHT), WHY, query)
    (one,) = told["answered"]
    assert GRANT in {each["grant"] for each in one["grants"]}
    assert one["case"] is None
    assert CASE not in str(told)
    assert "se-ct-1" not in str(told)
    (look,) = (await granted.log(OWNER))[size:]
    assert (look["kind"], look["action"], look["justification"]) == ("LOG_READ", "EXPLAIN_QUESTION", WHY)
    asked = await explain_to_oversight(granted.visit(ASKER, "auditor-1", Role.OVERSIGHT), WHY, query)
    assert [each["status"] for each in asked["asked"]["nodes"]] == ["ANSWERED"]


async def test_what_was_erased_is_told_from_the_log_alone(granted: World) -> None:
    query = await ask(granted)
    for node, kind in ((OWNER, Kind.QUESTION_RECEIVED), (ASKER, Kind.ANSWERS_RECEIVED)):
        index = await indexed(granted.nodes[node])
        (row,) = index.find(Search(kinds=(kind.value,)))
        told: Mapping[str, Any] = {
            "ranges": [str(row.index)],
            "records": 1,
            "reasons": ["COURT_ORDER"],
            "approvers": ["a", "b"],
        }
        await granted.nodes[node].log.erase([row.index], Entry(Kind.ERASED, node, dict(told)))
    one = await at_owner(granted, query)
    assert (one["cause"], one["asLogged"], one["today"], one["grants"]) == ("ERASED", None, None, [])
    assert (one["outcome"]["tier"], GRANT in one["outcome"]["grants"]) == ("T3", True)
    (reply,) = (await explain_question(granted.visit(ASKER), query, WHY))["asked"]["nodes"]
    assert (reply["status"], reply["masked"]) == ("ANSWERED", [])


async def test_a_message_that_was_rejected_is_told_beside_the_question(granted: World) -> None:
    query = await ask(granted)
    ((_, headers, body),) = granted.wire
    await answer(granted.nodes[OWNER], headers, body)
    told = await explain_question(officer(granted), query, WHY)
    first, again = told["answered"]
    assert (first["asLogged"], again["cause"], again["grants"]) == (True, "REJECTED", [])
    assert again["outcome"]["reasons"] == [{"code": "REPLAYED", "rule": None}]


async def test_nobody_hears_what_is_not_theirs(granted: World) -> None:
    query = await ask(granted)
    for visit in (granted.visit(ASKER, "analyst-2"), granted.visit(OWNER), officer(granted, "eu.europol")):
        with pytest.raises(VariablesRejected, match="none that you may have explained"):
            await explain_question(visit, query, WHY)
    for role in (Role.OVERSIGHT, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            await explain_question(granted.visit(OWNER, "someone", role), query, WHY)
    for role in (Role.ANALYST, Role.LIAISON, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            await explain_to_oversight(granted.visit(OWNER, "someone", role), WHY, query)
    for bad in ((query, "because"), ("q 1", WHY), ("", WHY)):
        with pytest.raises(VariablesRejected):
            await explain_question(officer(granted), *bad)
