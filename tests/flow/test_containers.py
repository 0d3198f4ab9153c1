"""A container and a vessel over three nodes: who saw them where, and what of that contradicts itself."""

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from gateway import vessels, vessels_shown
from gateway.containers import history
from gateway.containers_shown import code_shown, history_shown
from gateway.demo.score import traced
from gateway.errors import IdentifierNotUnderstood, VariablesRejected
from policy.terms import LegalBasis, Purpose
from sharing.containers.finding import Limits
from sharing.vessels import rules as vessel_rules
from sharing.wording import Language
from tests.world import NODES, Ground, World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")
FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
CLONE, FIRST_CLONE, PHANTOM = "XQZU 522017 3", "XQZU 418026-6", "XQZU5220316"
Shown = Mapping[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[World]:
    ground = Ground(opa=str(opa_binary), cache=policy_cache)
    async with open_world(tmp_path_factory.mktemp("world"), ground) as opened:
        yield opened


async def asked(
    world: World, node: str, code: str, language: Language = Language.EN, speed: float = 120.0, **why: Any
) -> Shown:
    visit = world.visit(node)
    mandate = await world.mandate(visit, **why)
    return history_shown(await history(visit, code, mandate, Limits(speed=speed)), language)


def rules(found: Shown) -> list[str]:
    return [each["rule"] for each in found["findings"]]


async def test_all_that_was_planted_is_found_and_no_decoy(world: World) -> None:
    found: dict[tuple[str, str], Sequence[Shown]] = {}
    told = world.truth["containers"]
    for each in (*told["planted"], *told["decoys"]):
        key = (each["asker"], each["code"])
        if key not in found:
            found[key] = (await asked(world, *key))["findings"]
    score = traced(world.truth, "containers", lambda asker, code: found[asker, code])
    assert [each["rule"] for each in score["containers"] if not each["found"]] == []
    assert score["containerDecoys"] == []
    assert len(score["containers"]) == 10
    explained = [each["explainedBy"] for each in found[FR, "XQZU5220595"]]
    assert explained == [["fr.ofast/fr-tm-7"]] * 2, "the change of the seal stands beside what it explains"


async def test_a_finding_names_both_sides_and_what_it_rests_on_and_every_node_is_accounted_for(
    world: World,
) -> None:
    before = {node: len(await world.log(node)) for node in NODES}
    told = await asked(world, FR, CLONE, Language.FR)
    first = told["findings"][0]
    assert (first["rule"], first["left"]["says"], first["right"]["says"]) == (
        "TWO_PLACES",
        "Le Havre",
        "Göteborg",
    )
    assert (first["left"]["owners"], first["right"]["owners"]) == ([FR], [SE])
    assert first["sentence"] == (
        "En deux lieux à la fois : Le Havre (fr.ofast) et Göteborg (se.polisen), distants de 1\u202f198 km."
    )
    assert "120 km/h" in first["assumes"]
    assert first["cannotSay"].startswith("Cela ne dit pas lequel")
    assert told["completeness"] == "3 nœuds sur 3 ont répondu."
    assert (told["complete"], told["stopped"]) == (True, "DONE")
    assert [each["handle"] for each in told["movements"]] == [
        "fr.ofast/fr-tm-1",
        "fr.ofast/fr-tm-3",
        "fr.ofast/fr-tm-2",
        "fr.ofast/fr-tm-4",
        "se.polisen/se-tm-1",
    ]
    gone = told["movements"][-1]
    assert (gone["unlocode"], gone["seal"], gone["haulier"]) == ("SEGOT", "EC0052209", "Väderöarnas Åkeri AB")
    assert gone["begin"]["earliest"] == gone["end"]["latest"] == "2026-05-06T20:15:00+00:00"
    logs = {node: (await world.log(node))[before[node] :] for node in NODES}
    intents = [each for each in logs[FR] if each["kind"] == "ASKED"]
    assert sum(len(each["nodes_asked"]) for each in intents) == told["questions"]
    received = [each for each in logs[SE] if each["kind"] == "QUESTION_RECEIVED"]
    assert received, "each question stands in the log of the node that answered it"


async def test_what_a_node_does_not_show_is_in_no_finding_and_its_contact_is_told(world: World) -> None:
    """Of the first clone Sweden gives France a count; France shows Sweden sizes and types, and no times."""
    told = await asked(world, FR, FIRST_CLONE)
    assert rules(told) == []
    (sweden,) = [each for each in told["nodes"] if each["node"] == SE]
    assert (sweden["status"], sweden["contact"]["count"]) == ("ANSWERED", 1)
    assert not told["complete"], "there is more to ask for"
    theirs = await asked(world, SE, FIRST_CLONE)
    assert rules(theirs) == ["SIZE_TYPE"]
    assert {each["node"] for each in theirs["claims"]} == {FR, SE, EU}


async def test_a_shipment_that_nobody_saw_move_is_listed_and_no_finding_without_a_tally(
    world: World,
) -> None:
    told = await asked(world, SE, PHANTOM)
    assert rules(told) == ["PHANTOM_SHIPMENT"]
    assert told["notSeenMoving"] == ["eu.europol/eu-ts-1"]
    assert told["notCompared"] == []


async def test_a_node_that_falls_silent_is_said_and_takes_its_side_away(world: World) -> None:
    true, world.doors[SE] = world.doors[SE], silent
    try:
        told = await asked(world, FR, CLONE)
    finally:
        world.doors[SE] = true
    assert told["completeness"] == "2 of 3 nodes answered."
    assert not told["complete"]
    assert rules(told) == ["PICKUP_ACCOUNT"], "France's own two accounts"
    (sweden,) = [each for each in told["nodes"] if each["node"] == SE]
    assert sweden["status"] == "UNREACHABLE"


async def silent(*_: object) -> Any:
    raise ConnectionError("not there")


async def test_the_stated_speed_decides_and_a_purpose_that_no_grant_covers_gives_nothing(
    world: World,
) -> None:
    assert "IMPOSSIBLE_TRAVEL" in rules(await asked(world, FR, CLONE, speed=20.0))
    refused = await asked(
        world, FR, CLONE, purpose=Purpose.STRATEGIC_ANALYSIS, legal_basis=LegalBasis.ER_18_2_B
    )
    assert {each["node"]: each["status"] for each in refused["nodes"]}[SE] == "REFUSED"
    assert SE not in {each["node"] for each in refused["claims"]}


async def test_a_code_that_does_not_check_is_asked_of_nobody(world: World) -> None:
    sent, visit = len(world.wire), world.visit(FR)
    mandate = await world.mandate(visit)
    with pytest.raises(IdentifierNotUnderstood, match=r"perhaps XQZU5220173 \(character 8: O looks like 0\)"):
        await history(visit, "XQZU 522O17 3", mandate, Limits())
    assert len(world.wire) == sent
    told = code_shown("XQZU 522O17 3", "45R1", Language.SV)
    assert (told["checks"], told["sizeType"]) == (False, "12.19 x 2.90 m, kyl")
    assert told["suggestions"][0] == {
        "code": "XQZU5220173",
        "slip": "MISREAD",
        "reason": "tecken 8: O liknar 0",
    }


# --- vessels

SHIP, RENAMED, AREA = "IMO 2004191", "2004206", "se.polisen/se-vda-1"


async def followed(world: World, number: str, areas: Sequence[str] = (), **why: Any) -> Shown:
    visit = world.visit(FR)
    mandate = await world.mandate(visit, **why)
    found = await vessels.history(visit, number, mandate, areas, vessel_rules.Limits())
    return vessels_shown.history_shown(found, Language.EN)


async def test_a_vessels_signals_and_contradictions_are_found_and_no_decoy(world: World) -> None:
    told = world.truth["vessels"]
    codes = {each["code"] for each in (*told["planted"], *told["decoys"])}
    found = {code: (await followed(world, code))["findings"] for code in codes}
    score = traced(world.truth, "vessels", lambda _, code: found[code])
    assert [each["rule"] for each in score["vessels"] if not each["found"]] == []
    assert (len(score["vessels"]), score["vesselDecoys"]) == (4, [])


async def test_who_lists_a_vessel_is_told_line_by_line_with_each_owners_codes(world: World) -> None:
    told = await followed(world, SHIP)
    listed = {each["owner"]: each for each in told["entries"] if each["schema"] == "VesselListing"}
    assert {owner: each["handling"] for owner, each in listed.items()} == {
        FR: ["H0", "H2"], SE: ["H0", "H1", "H2"], EU: listed[EU]["handling"],
    }  # fmt: skip
    assert listed[SE]["reason"] == "met by small craft at night"
    assert (told["imos"], told["mmsis"]) == (["2004191"], ["200041911", "200041922"])
    names = [(each["name"], each["mmsis"]) for each in told["entries"] if each["schema"] == "VesselPeriod"]
    assert names == [("Costa Alva", ["200041911"]), ("ALBA STAR", ["200041922"])], "as each owner says"
    gap, meeting = told["events"]
    assert (gap["provider"], gap["method"], gap["methodVersion"], gap["confidence"]) == (
        "Vigie Inventée", "silence", "2.1", 0.8,
    )  # fmt: skip
    assert (meeting["event"], meeting["counts"], told["areas"]) == ("ENCOUNTER", True, [AREA])
    assert [(each["owner"], each["points"]) for each in told["tracks"]] == [(EU, 3)]
    assert (told["complete"], told["stopped"], told["loneGaps"]) == (True, "DONE", [])
    assert rules(await followed(world, "200041911")) == rules(told), "by its MMSI too"


async def test_two_gaps_of_two_services_are_no_signal_and_are_listed_as_what_they_are(world: World) -> None:
    told = await followed(world, RENAMED, [AREA])
    assert rules(told) == []
    assert told["loneGaps"] == ["fr.ofast/fr-vae-2", "se.polisen/se-vae-2"]
    assert "no signal" in told["loneGapsSay"]
    waiting = next(each for each in told["events"] if each["event"] == "LOITERING")
    assert not waiting["counts"], "it waits far from the area that was named"


async def test_a_node_that_is_silent_takes_the_second_sign_away_and_a_gap_remains(world: World) -> None:
    true, world.doors[SE] = world.doors[SE], silent
    try:
        told = await followed(world, SHIP)
    finally:
        world.doors[SE] = true
    assert (rules(told), told["loneGaps"]) == ([], ["fr.ofast/fr-vae-1"])
    assert told["completeness"] == "2 of 3 nodes answered."
    refused = await followed(
        world, SHIP, purpose=Purpose.STRATEGIC_ANALYSIS, legal_basis=LegalBasis.ER_18_2_B
    )
    assert {each["owner"] for each in refused["entries"]} <= {FR}


async def test_only_the_nodes_that_were_ticked_are_asked(world: World) -> None:
    visit, limits = world.visit(FR), vessel_rules.Limits()
    mandate = await world.mandate(visit)
    sent = len(world.wire)
    found = await vessels.history(visit, SHIP, mandate, (), limits, nodes=[FR])
    told = vessels_shown.history_shown(found, Language.EN)
    assert [each["node"] for each in told["nodes"]] == [FR]
    assert {each["owner"] for each in told["entries"]} == {FR}
    assert (told["loneGaps"], told["completeness"]) == (["fr.ofast/fr-vae-1"], "1 of 1 nodes answered.")
    with pytest.raises(VariablesRejected, match=r"no node 'no\.where'"):
        await vessels.history(visit, SHIP, mandate, (), limits, nodes=[FR, "no.where"])
    assert not [each for each in world.wire[sent:] if SE in str(each) or EU in str(each)]


async def test_a_number_that_does_not_check_is_asked_of_nobody(world: World) -> None:
    sent, visit = len(world.wire), world.visit(FR)
    mandate = await world.mandate(visit)
    with pytest.raises(IdentifierNotUnderstood, match="IMO_INVALID, MMSI_INVALID"):
        await vessels.history(visit, "2004190", mandate, (), vessel_rules.Limits())
    with pytest.raises(IdentifierNotUnderstood, match="is not of the form"):
        await vessels.history(visit, SHIP, mandate, ["area"], vessel_rules.Limits())
    with pytest.raises(VariablesRejected, match="21 are named"):
        await vessels.history(visit, SHIP, mandate, [AREA] * 21, vessel_rules.Limits())
    assert len(world.wire) == sent
    told = vessels_shown.numbers_shown("2004190", None, "HO2508", Language.EN)
    assert (told["checks"], told["checkDigit"], told["callSign"]) == (False, "1", "HO2508")
    told = vessels_shown.numbers_shown("265041800", "PA", None, Language.FR)
    assert (told["stationSays"], told["countries"], told["flagFits"]) == ("navire", ["se"], False)
