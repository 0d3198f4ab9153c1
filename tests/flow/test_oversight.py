"""Oversight at work: planted misuse is found, every look is logged before it, and roles stay apart."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from audit import committer
from audit.entry import Entry, Kind
from audit.errors import FindingRefused
from audit.findings import State
from audit.freshness import Freshness
from audit.merkle import leaf_hash
from audit.signals import RULES
from gateway import ask as asking
from gateway import oversee
from gateway.errors import GatewayError, NotAllowed, VariablesRejected
from gateway.graphql.analyst import analyst_schema
from gateway.oversight.anomalies import anomalies
from gateway.oversight.findings import findings, set_state
from gateway.oversight.identity import identity
from gateway.oversight.record import record
from gateway.oversight.sample import sample
from gateway.oversight.search import search
from gateway.oversight.state import intents, stop_verifying, verification, verify_now, witnesses
from gateway.shipped import shipped_texts
from gateway.visit import Visit
from policy.terms import Operation, Purpose, Role
from tenants.marks import marks_of
from tests.world import World

BOX: Mapping[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}
WHY = "YEARLY_REVIEW"
HOME = "fr.ofast"


@pytest.fixture
def auditor(world: World) -> Visit:
    return world.visit(HOME, "auditor-1", Role.OVERSIGHT)


async def last(world: World, node: str = HOME) -> Mapping[str, Any]:
    return (await world.log(node))[-1]


async def ask(world: World, subject: str, told: Mapping[str, Any] = BOX, **why: Any) -> Mapping[str, Any]:
    """A question of one person, whose marks the sign-in knows."""
    visit = world.visit(HOME, subject)
    known = marks_of([subject, "Odile Verchère", "+33 1 99 00 12 34"])
    visit = replace(visit, session=replace(visit.session, marks=known))
    mandate = await world.mandate(visit, **why)
    return await asking.ask(visit, asking.Asking(Operation.LOOKUP, told, mandate, None))


async def test_a_search_finds_both_sides_of_a_question_and_is_logged_first(
    world: World, auditor: Visit
) -> None:
    picture = await ask(world, "analyst-1")
    found = await search(auditor, WHY, {"query_id": picture["queryId"]})
    assert [row["kind"] for row in found["rows"]] == [
        "ASKED",
        "QUESTION_RECEIVED",
        "DISCLOSED",
        "ANSWERS_RECEIVED",
    ]
    assert found["total"] == 4
    assert set(found["rows"][3]["nodes"]) == {"fr.ofast", "se.polisen", "eu.europol"}
    read = await last(world)
    assert (read["kind"], read["justification"], read["action"]) == ("LOG_READ", WHY, "SEARCH_LOG")
    assert read["reader"] == auditor.node.post.keys.pseudonym(HOME, "auditor-1")
    assert read["target"].startswith("hmac-sha256:")
    assert found["size"] == auditor.node.log.head.size


async def test_a_search_by_case_period_outcome_and_unit(world: World, auditor: Visit) -> None:
    await ask(world, "analyst-1", case="FR-2026-0418")
    world.later(7200)
    await ask(world, "analyst-2", case="FR-2026-0777")
    middle = datetime.fromtimestamp(world.clock() - 3600, UTC).isoformat()

    async def askers(**wanted: Any) -> list[str]:
        told = await search(auditor, WHY, {"kinds": ["ASKED"], **wanted})
        return [row["asker"] for row in told["rows"]]

    one, two = (auditor.node.post.keys.pseudonym(HOME, f"analyst-{number}") for number in (1, 2))
    assert await askers(case="FR-2026-0777") == [two]
    assert await askers(case=auditor.node.digests.of(b"FR-2026-0418")) == [one]
    assert await askers(unit="unit-1", asker=two) == [two]
    assert await askers(with_case=False) == []
    assert await askers(first=1, after=-1) == [one]
    assert (await search(auditor, WHY, {"until": middle, "since": None}))["total"] > 0
    assert (await last(world))["period_to"].startswith(middle[:10])
    assert (await search(auditor, WHY, {"status": "ANSWERED", "node": "se.polisen"}))["total"] == 2


SENSELESS: list[dict[str, Any]] = [
    {"first": 501},
    {"kinds": ["NOTHING"]},
    {"since": "yesterday"},
    {"since": "2026-01-01T00:00:00"},
    {"unit": "x" * 300},
    {"stray": "x"},
]


async def test_what_means_nothing_or_has_no_reason_is_refused_and_not_logged(auditor: Visit) -> None:
    size = auditor.node.log.head.size
    for wanted in SENSELESS:
        with pytest.raises(VariablesRejected):
            await search(auditor, WHY, wanted)
    for why in ("", "-", "n/a", "test", "xxx", "just looking around", "x" * 65):
        with pytest.raises(GatewayError):
            await search(auditor, why, {})
    for week in ("2026-47", "2099-W01"):
        with pytest.raises(VariablesRejected):
            await sample(auditor, WHY, week, 3)
    for period in (("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"), ("2020-01-01T00:00:00Z", None)):
        with pytest.raises(VariablesRejected):
            await anomalies(auditor, WHY, *period)
    with pytest.raises(VariablesRejected):
        await anomalies(auditor, WHY, None, None, "NO_RULE")
    with pytest.raises(VariablesRejected):
        await findings(auditor, WHY, {"first": 501})
    with pytest.raises(VariablesRejected):
        await set_state(auditor, "f-1", State.UNDER_REVIEW, "because", WHY)
    assert auditor.node.log.head.size == size


async def test_a_reference_as_justification_is_sealed(world: World, auditor: Visit) -> None:
    await search(auditor, "CNIL-2026/114.b", {})
    assert (await last(world))["justification"] == "REFERENCE"
    sealed = await auditor.node.log.unseal(auditor.node.log.head.size - 1)
    assert b"CNIL-2026/114.b" in sealed


async def test_no_other_role_looks(world: World) -> None:
    for role in (Role.ANALYST, Role.LIAISON, Role.ADMINISTRATOR):
        await sees_nothing(world.visit(HOME, "someone-1", role))
    for role in (Role.ANALYST, Role.LIAISON):
        with pytest.raises(NotAllowed):
            witnesses(world.visit(HOME, "someone-1", role))


async def test_who_runs_the_node_sees_whether_its_log_is_witnessed(world: World) -> None:
    assert witnesses(world.visit(HOME, "someone-1", Role.ADMINISTRATOR))


async def sees_nothing(visit: Visit) -> None:
    looks = [
        search(visit, WHY, {}),
        record(visit, WHY, "q-1"),
        identity(visit, 0, WHY),
        sample(visit, WHY, "2026-W20", 3),
        anomalies(visit, WHY, None, None),
        findings(visit, WHY, {}),
        set_state(visit, "f-1", State.UNDER_REVIEW, "LOOK", WHY),
        intents(visit, WHY),
        verify_now(visit, WHY),
        stop_verifying(visit),
        oversee.entries(visit, WHY, 0, 1),
    ]
    size = visit.node.log.head.size
    for each in looks:
        with pytest.raises((NotAllowed, VariablesRejected)):
            await each
    with pytest.raises(NotAllowed):
        verification(visit)
    assert visit.node.log.head.size == size


async def test_oversight_asks_no_questions(world: World, auditor: Visit) -> None:
    with pytest.raises(NotAllowed):
        await world.mandate(auditor)
    with pytest.raises(NotAllowed):
        await asking.ask(auditor, asking.Asking(Operation.LOOKUP, BOX, "m-1", None))


async def test_a_record_in_plain(world: World, auditor: Visit) -> None:
    picture = await ask(world, "analyst-1")
    told = await record(auditor, WHY, picture["queryId"])
    assert [each["side"] for each in told["asked"]] == ["ASKER", "ANSWERER"]
    why = {each["name"]: each["value"] for each in told["asked"][0]["why"]}
    assert (why["purpose"], why["offence"]) == ("OPERATIONAL_ANALYSIS", "DRUG_TRAFFICKING")
    outcomes = {each["node"]: each for each in told["outcomes"] if each["receipt"] != "OWN"}
    assert set(outcomes) == {"fr.ofast", "se.polisen", "eu.europol"}
    assert {each["receipt"] for each in outcomes.values()} == {"RECEIVED"}
    assert all(each["counterpartLeaf"].startswith("sha256:") for each in outcomes.values())
    assert told["entries"][0]["seal"] == "SEALED"
    assert {each["proof"] for each in told["entries"]} == {"SIGNED"}
    assert not told["open"]
    swedish = await record(world.visit("se.polisen", "auditor-2", Role.OVERSIGHT), WHY, picture["queryId"])
    assert [each["side"] for each in swedish["asked"]] == ["ANSWERER"]
    assert [each["node"] for each in swedish["outcomes"]] == ["se.polisen"]
    nothing = await record(auditor, WHY, "q-unknown")
    assert (nothing["entries"], nothing["open"]) == ([], False)


async def test_an_identity_is_opened_with_a_reason_that_is_logged_first(world: World, auditor: Visit) -> None:
    await ask(world, "analyst-7")
    (row,) = (await search(auditor, WHY, {"kinds": ["ASKED"]}))["rows"]
    person = await identity(auditor, row["index"], "COMPLAINT")
    assert (person["subject"], person["name"]) == ("analyst-7", "Name of analyst-7")
    read = await last(world)
    assert (read["action"], read["justification"]) == ("OPEN_IDENTITY", "COMPLAINT")
    assert read["target"] == row["leafHash"]
    reader = await identity(auditor, auditor.node.log.head.size - 1, WHY)
    assert (reader["subject"], reader["justification"]) == ("auditor-1", "COMPLAINT")


async def test_what_is_no_identity_stays_closed(world: World, auditor: Visit) -> None:
    await ask(world, "analyst-1")
    rows = (await search(auditor, WHY, {}))["rows"]
    closed = [
        row["index"] for row in rows if row["kind"] in {"DISCLOSED", "ANSWERS_RECEIVED", "QUESTION_RECEIVED"}
    ]
    size = auditor.node.log.head.size
    for index in (*closed, -1, size):
        with pytest.raises(VariablesRejected):
            await identity(auditor, index, WHY)
    assert auditor.node.log.head.size == size


async def test_planted_misuse_is_found(world: World, auditor: Visit) -> None:
    await ask(world, "analyst-1", case="test")
    await ask(world, "analyst-2", {"value": "0033 1 99 00 12 34", "kind": "phone"})
    for _ in range(3):
        await ask(world, "analyst-3")
    told = {each["rule"]: each for each in await anomalies(auditor, WHY, None, None)}
    assert set(told) == set(RULES)
    keys = auditor.node.post.keys
    assert [each["asker"] for each in told["NO_CASE"]["findings"]] == [keys.pseudonym(HOME, "analyst-1")]
    assert (told["NO_CASE"]["part"], told["NO_CASE"]["whole"]) == (1, 5)
    (self_lookup,) = told["SELF_LOOKUP"]["findings"]
    assert self_lookup["asker"] == keys.pseudonym(HOME, "analyst-2")
    assert self_lookup["severity"] == "HIGH"
    for rule in ("VOLUME", "QUOTA_PROBING", "PURPOSE_SHOPPING", "REFUSED_THEN_SUCCESS"):
        assert told[rule]["findings"] == []
    leaf = next(each for each in await world.log(HOME) if each.get("self_lookup"))
    assert "199001234" not in str(leaf)
    booked = await findings(auditor, WHY, {"least": "HIGH"})
    assert [(each["rule"], each["state"]) for each in booked] == [("SELF_LOOKUP", "OPEN")]


async def test_a_question_that_was_refused_for_one_purpose_and_answered_for_another(
    world: World, auditor: Visit
) -> None:
    await ask(world, "analyst-1", purpose=Purpose.STRATEGIC_ANALYSIS)
    await ask(world, "analyst-1")
    (told,) = await anomalies(auditor, WHY, None, None, "PURPOSE_SHOPPING")
    (found,) = told["findings"]
    assert (told["part"], told["whole"], found["severity"]) == (1, 2, "MEDIUM")
    assert "limits" in told


async def test_a_finding_is_taken_up_and_closed_and_each_step_is_logged_first(
    world: World, auditor: Visit
) -> None:
    await ask(world, "analyst-1", case="none")
    ((found,),) = ((await anomalies(auditor, WHY, None, None, "NO_CASE"))[0]["findings"],)
    with pytest.raises(FindingRefused, match="is OPEN, it cannot become DISMISSED"):
        await set_state(auditor, found["id"], State.DISMISSED, "FALSE_ALARM", WHY)
    taken = await set_state(auditor, found["id"], State.UNDER_REVIEW, "ASSIGNED", WHY)
    assert (taken["state"], taken["reason"]) == ("UNDER_REVIEW", "ASSIGNED")
    entry = await last(world)
    assert (entry["kind"], entry["action"], entry["finding"]) == (
        "ADMINISTRATION",
        "FINDING_STATE",
        found["id"],
    )
    assert (entry["severity"], entry["justification"], entry["status"]) == ("MEDIUM", WHY, "UNDER_REVIEW")
    closed = await set_state(auditor, found["id"], State.CONFIRMED, "NO_CASE_FILE", "CNIL-2026/1")
    assert closed["changedBy"] == auditor.node.post.keys.pseudonym(HOME, "auditor-1")
    listed = await findings(auditor, WHY, {"state": "CONFIRMED"})
    assert [each["id"] for each in listed] == [found["id"]]
    with pytest.raises(FindingRefused, match="there is none"):
        await set_state(auditor, "f-none", State.UNDER_REVIEW, "LOOK", WHY)


async def test_a_sample_of_a_week_that_anybody_can_draw_again(
    world: World, auditor: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committer, "QUIET_SECONDS", 3600.0)  # no checkpoint is kept, however long this takes
    for number in range(4):
        await ask(world, f"analyst-{number}")
    year, number, _ = datetime.now(UTC).isocalendar()
    week = f"{year}-W{number:02}"
    with pytest.raises(VariablesRejected, match="is not over"):
        await sample(auditor, WHY, week, 3)
    world.later(8 * 86_400)
    drawn = await sample(auditor, WHY, week, 3)
    assert (len(drawn["drawn"]), drawn["population"], drawn["final"]) == (3, 4, False)
    read = await last(world)
    assert (read["action"], read["period_from"][:10]) == ("DRAW_SAMPLE", drawn["since"][:10])
    decider = sha256(f"entente/sample/v1\n{week}\n{drawn['root']}\n".encode()).digest()
    assert decider.hex() == drawn["seed"]
    leaves = [leaf_hash(each.leaf) for each in await auditor.node.log.entries(0, drawn["size"])]
    asked = [index for index, leaf in enumerate(await world.log(HOME)) if leaf["kind"] == "ASKED"]
    again = sorted(asked, key=lambda index: sha256(decider + leaves[index]).digest())[:3]
    assert [each["row"]["index"] for each in drawn["drawn"]] == again
    assert all(each["outcomes"] for each in drawn["drawn"])


async def test_the_state_of_the_log(world: World, auditor: Visit) -> None:
    intent = Entry(Kind.ASKED, HOME, {"query_id": "q-crashed"}, subject=f"sha256:{'a' * 64}")
    await auditor.node.log.append(intent)
    assert [each["entryId"] for each in await intents(auditor, WHY)] == [intent.id]
    assert (await record(auditor, WHY, "q-crashed"))["open"]
    assert witnesses(auditor)["freshness"] in {each.value for each in Freshness}
    assert verification(auditor)["stage"] == "NONE"
    started = await verify_now(auditor, WHY)
    assert started["total"] == auditor.node.log.head.size
    for _ in range(600):
        if verification(auditor)["stage"] != "RUNNING":
            break
        await asyncio.sleep(0.05)
    told = verification(auditor)
    assert (told["stage"], told["findings"]) == ("HOLDS", [])
    assert [(each["name"], each["verdict"]) for each in told["steps"]] == [
        ("SIGNATURE", "GOOD"),
        ("WITNESSES", "NOT_ASKED"),
        ("LEAVES", "COMPARED"),
        ("CHECKPOINTS", "COMPARED"),
        ("FINDINGS", "NONE"),
    ]
    assert told["steps"][2]["count"] == told["total"]
    await verify_now(auditor, WHY)
    assert (await stop_verifying(auditor))["stage"] in {"STOPPED", "HOLDS"}


async def test_the_desks_documents_ask_all_of_it(world: World, auditor: Visit) -> None:
    picture = await ask(world, "analyst-1", case="none")
    schema, texts = analyst_schema(), shipped_texts("desk")

    async def run(name: str, **variables: Any) -> Any:
        result = await schema.execute(texts[name], variable_values=variables, context_value=auditor)
        assert result.errors is None, result.errors
        assert result.data is not None
        return next(iter(result.data.values()))

    rows = (await run("log_search", justification=WHY, wanted={"kinds": ["ASKED"], "withCase": False}))[
        "rows"
    ]
    assert [row["queryId"] for row in rows] == [picture["queryId"]]
    told = await run("log_record", justification=WHY, queryId=picture["queryId"])
    assert told["asked"][0]["asker"] == rows[0]["asker"]
    person = await run("open_identity", justification=WHY, index=rows[0]["index"])
    assert person["subject"] == "analyst-1"
    lists = await run("anomalies", justification=WHY)
    finding = next(each for each in lists if each["rule"] == "NO_CASE")["findings"][0]
    assert [each["id"] for each in await run("findings", justification=WHY)] == [finding["id"]]
    variables = {"id": finding["id"], "state": "UNDER_REVIEW", "reason": "ASSIGNED", "justification": WHY}
    assert (await run("set_finding_state", **variables))["state"] == "UNDER_REVIEW"
    assert await run("open_intents", justification=WHY) == []
    assert (await run("witness_state"))["seconds"] >= 0
    assert (await run("verify_log", justification=WHY))["total"] > 0
    assert (await run("stop_verification"))["stage"] in {"STOPPED", "HOLDS"}
    assert (await run("log_verification"))["stage"] in {"STOPPED", "HOLDS"}
    world.later(8 * 86_400)
    year, number, _ = datetime.now(UTC).isocalendar()
    drawn = await run("log_sample", justification=WHY, week=f"{year}-W{number:02}", count=1)
    assert drawn["drawn"][0]["row"]["queryId"] == picture["queryId"]
