"""Who else knows this? By every identifier and name of a record, under one mandate, and nothing is merged."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from gateway.errors import NobodyWaits, NotAllowed
from gateway.matching import resembling
from gateway.visit import Listener
from sharing.wording import Language
from tests.world import Ground, World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")
SE = "se.polisen"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[World]:
    """One world: every test asks, none changes anything."""
    ground = Ground(opa=str(opa_binary), cache=policy_cache)
    async with open_world(tmp_path_factory.mktemp("world"), ground) as opened:
        yield opened


async def asked(world: World, handle: str, language: Language = Language.EN) -> Mapping[str, Any]:
    visit = world.visit(SE)
    return await resembling(visit, handle, await world.mandate(visit), language=language)


async def test_one_person_in_three_scripts_at_three_nodes_and_no_namesake(world: World) -> None:
    found = await asked(world, "se.polisen/se-p-2")
    told = {each["right"]: each["band"] for each in found["proposals"]}
    assert told == {"fr.ofast/fr-p-3": "ALMOST_CERTAIN", "eu.europol/eu-p-1": "ALMOST_CERTAIN"}
    (russian,) = (each for each in found["proposals"] if each["right"] == "eu.europol/eu-p-1")
    features = {each["feature"]: each["level"] for each in russian["evidence"]}
    assert features["BIRTH_DATE"] == "EQUAL"
    assert features["NAME"] in {"EQUAL", "CLOSE"}


async def test_who_has_the_name_only_is_not_proposed(world: World) -> None:
    """Born in 1961, and the man of the hub in 1974."""
    found = await asked(world, "se.polisen/se-p-1")
    assert "fr.ofast/fr-d-4" not in {each["right"] for each in found["proposals"]}


async def test_a_clone_is_proposed_with_what_could_disprove_it(world: World) -> None:
    """Two boxes under one code: the identifier says one thing, an analyst may know better."""
    found = await asked(world, "se.polisen/se-ct-1", Language.SV)
    (box,) = (each for each in found["proposals"] if each["right"] == "fr.ofast/fr-ct-1")
    assert not box["calibrated"]
    assert "okalibrerat" in box["meaning"]
    assert "båda har samma beteckning" in {each["words"] for each in box["evidence"]}
    assert any("dokumentnummer" in each for each in box["disproof"])


async def test_every_question_stands_in_both_logs_and_every_answer_is_counted(world: World) -> None:
    before = len(await world.log(SE))
    found = await asked(world, "se.polisen/se-p-2")
    leaves = (await world.log(SE))[before:]
    intents = {leaf["query_id"] for leaf in leaves if leaf["kind"] == "ASKED"}
    assert intents == set(found["queries"])
    counted: dict[str, int] = {}
    for each in found["nodes"]:
        counted[each["node"]] = counted.get(each["node"], 0) + each["questions"]
    assert counted["fr.ofast"] == counted["eu.europol"] == len(intents) - 1
    assert counted[SE] == len(intents)


async def test_who_listens_hears_how_far_each_node_is(world: World) -> None:
    heard: list[Any] = []
    visit = replace(world.visit(SE), listener=Listener(lambda part: heard.append(part["resembling"])))
    found = await resembling(visit, "se.polisen/se-p-2", await world.mandate(visit))
    *answering, last = heard
    counts = [sum(each["questions"] for each in part["nodes"]) for part in answering]
    assert counts == list(range(1, 3 * found["questions"] + 2)), (
        "each answer by itself, and the record's first"
    )
    assert answering[-1]["nodes"] == last["nodes"] == found["nodes"]
    assert {part["comparing"] for part in answering} == {None}
    assert last["comparing"] >= len(found["proposals"]) > 0, "said before they are compared"
    assert not any(part["proposals"] for part in heard)


async def test_who_leaves_is_asked_no_further_question_for(world: World) -> None:
    visit = replace(world.visit(SE), listener=(listener := Listener(lambda _: None)))
    listener.told = lambda _: setattr(listener, "left", True)
    before = len(await world.log(SE))
    with pytest.raises(NobodyWaits, match="has left"):
        await resembling(visit, "se.polisen/se-p-2", await world.mandate(visit))
    leaves = (await world.log(SE))[before:]
    assert sum(leaf["kind"] == "ASKED" for leaf in leaves) == 1, "for the record alone"


async def test_what_its_node_does_not_show_is_compared_with_nothing(world: World) -> None:
    with pytest.raises(NotAllowed, match="does not show it"):
        await asked(world, "fr.ofast/fr-p-8")
