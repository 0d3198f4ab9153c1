"""Same batch? A profile is asked about at every node: calibrated, tier by tier, never more than a support."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from deploy.demo import profiles as demo
from gateway.errors import NotAllowed, VariablesRejected
from gateway.profiles import match_profile, profile_of, typed
from gateway.wiring import open_records
from sharing.wording import Language
from tenants.profiles.calibration import Calibration, calibrate
from tenants.profiles.compounds import read_profile
from tenants.profiles.scoring import Measure, Treatment
from tests.world import Ground, World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")
FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"


def calibration() -> Calibration:
    labelled = [
        (f"L{lot}", read_profile(demo.METHOD, demo.VERSION, demo.compounds(f"known {lot}", 0.04, str(n))))
        for lot in range(40)
        for n in range(3)
    ]
    return calibrate(labelled, Treatment.FOURTH_ROOT, Measure.PEARSON, 0.002)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[World]:
    """France and Sweden are calibrated, Europol is not."""
    ground = Ground(opa=str(opa_binary), cache=policy_cache)
    async with open_world(tmp_path_factory.mktemp("world"), ground) as opened:
        for node in (FR, SE):
            shelf = open_records(opened.homes[node], opened.homes[node].settings())
            shelf.profiles.calibrate(calibration())
            await shelf.close()
        yield opened


async def asked(world: World, node: str, handle: str, language: Language = Language.EN) -> Mapping[str, Any]:
    visit = world.visit(node)
    mandate = await world.mandate(visit)
    return await match_profile(visit, await profile_of(visit, handle, mandate), mandate, None, language)


def by_node(found: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {each["status"]["node"]: each for each in found["nodes"]}


async def test_where_contact_is_granted_a_hit_is_a_count_and_nothing_else(world: World) -> None:
    """Sweden grants Europol contact; Europol asks with what its own laboratory measured."""
    visit, compounds = world.visit(EU), demo.compounds("lot-418", 0.02, "europol")
    mandate = await world.mandate(visit)
    found = await match_profile(visit, typed(demo.METHOD, "1", compounds), mandate, None, Language.EN)
    sweden = by_node(found)[SE]
    assert sweden["status"]["contact"]["count"] == 1
    assert sweden["comparable"] is True
    assert (sweden["samePairs"], sweden["differentPairs"]) == (120, 7020)
    assert SE not in {each["node"] for each in found["matches"]}
    assert "never says" in found["cannotSay"]


async def test_a_node_that_is_not_calibrated_says_so_and_is_no_missing_hit(world: World) -> None:
    europol = by_node(await asked(world, FR, "fr.ofast/fr-cp-1", Language.FR))[EU]
    assert (europol["comparable"], europol["reason"]) == (False, "NOT_CALIBRATED")
    assert europol["meaning"].startswith("non comparable")
    assert europol["status"]["status"] == "NO_HIT"


async def test_where_compounds_are_withheld_the_score_is_a_band(world: World) -> None:
    """France shows Sweden core fields: which record, how near, and no compound."""
    (match,) = (await asked(world, SE, "se.polisen/se-cp-1"))["matches"]
    assert match["handle"] == "fr.ofast/fr-cp-1"
    assert (match["score"], match["exact"], match["compounds"]) == (0.95, False, [])
    assert (match["laboratory"], match["ageDays"]) == ("NOT_TOLD", None)
    assert match["falsePositive"]["pairs"] == 7020
    assert 0 < match["falsePositive"]["high"] <= 0.002
    assert "band" in match["meaning"]


async def test_a_record_shown_whole_is_compared_compound_by_compound(world: World) -> None:
    before = {node: len(await world.log(node)) for node in (FR, SE)}
    found = await asked(world, FR, "fr.ofast/fr-cp-1")
    (match,) = found["matches"]
    assert match["handle"] == "se.polisen/se-cp-1"
    assert match["exact"] is True
    assert 0.999 < match["score"] <= 1
    assert match["meaning"].startswith("A common source is supported")
    assert match["truePositive"]["rate"] > 0.5
    assert match["ageDays"] == 6
    assert len(match["compounds"]) == len(demo.COMPOUNDS)
    parts = [each["part"] for each in match["compounds"]]
    assert parts == sorted(parts, reverse=True)
    assert abs(sum(parts) - 1) < 1e-6
    intents = [each for each in (await world.log(FR))[before[FR] :] if each["kind"] == "ASKED"]
    assert [each["query_id"] for each in intents] == found["queries"]
    kinds = [str(each["kind"]) for each in (await world.log(SE))[before[SE] :]]
    assert kinds == ["QUESTION_RECEIVED", "DISCLOSED"]


async def test_another_version_of_a_method_is_not_comparable_and_another_lot_no_match(world: World) -> None:
    visit = world.visit(FR)
    mandate = await world.mandate(visit)
    compounds = demo.compounds("lot-418", 0.02, "asked")
    other = await match_profile(visit, typed(demo.METHOD, "2", compounds), mandate, None, Language.SV)
    assert {each["reason"] for each in other["nodes"]} == {"NOT_CALIBRATED"}
    assert not other["matches"]
    near = demo.compounds("lot-another", 0.02, "asked")
    assert not (await match_profile(visit, typed(demo.METHOD, "1", near), mandate, None, Language.EN))[
        "matches"
    ]


async def test_what_is_no_profile_is_asked_of_nobody(world: World) -> None:
    sent = len(world.wire)
    with pytest.raises(VariablesRejected, match="AMOUNT compounds"):
        typed(demo.METHOD, "1", ["a: 1 %", "b: -1 %", "c: 2 %"])
    visit = world.visit(FR)
    mandate = await world.mandate(visit)
    with pytest.raises(NotAllowed, match="does not show it"):
        await profile_of(visit, "fr.ofast/fr-sm-1", mandate)
    assert len(world.wire) == sent
    with pytest.raises(NotAllowed, match=r"must consent \(H2\)"):
        await profile_of(world.visit(SE), "fr.ofast/fr-cp-1", await world.mandate(world.visit(SE)))
