"""The desk's documents of shared pictures, executed as the desk does; what the command line shows of them."""

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from gateway.cli.picture_show import show_difference, show_pictures, show_view, tell_added
from gateway.graphql.analyst import analyst_schema
from gateway.shipped import shipped_texts
from tests.flow.picture_desk import FR_BOX, SE, SE_BOX, Desk, opened, told
from tests.world import Ground, World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOTE = "seen \u202e twice"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[World]:
    """One world for the whole story."""
    ground = Ground(opa=str(opa_binary), cache=policy_cache)
    async with open_world(tmp_path_factory.mktemp("world"), ground) as made:
        yield made


async def run(desk: Desk, document: str, **variables: Any) -> Any:
    """What a shipped document gives at the desk of an analyst."""
    result = await analyst_schema().execute(
        shipped_texts("desk")[document], variable_values=variables, context_value=desk.visit
    )
    assert result.errors is None, result.errors
    assert result.data is not None
    return next(iter(result.data.values()))


def shown(capsys: pytest.CaptureFixture[str], show: Callable[..., None], *what: Any, **how: Any) -> str:
    """What a person reads on the terminal."""
    show(*what, **how)
    return capsys.readouterr().out


async def test_a_picture_by_documents_alone(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    fr, se = await opened(world)
    one = {"node": SE, "person": se.member.person}
    assert await run(se, "picture_self") == one
    world.later(1)
    other = await run(fr, "open_picture", mandate=await fr.mandate(), title="Göteborg", members=[one], days=9)
    assert one in other["members"]
    fr.picture = se.picture = other["id"]
    await told(world)
    listed = await run(se, "shared_pictures")
    assert [each["title"] for each in listed] == ["Göteborg", "Le Havre"], "the newest first"
    assert "Göteborg, case FR-2026-0418, until 20" in shown(capsys, show_pictures, listed)

    here = {"id": fr.picture, "mandate": await fr.mandate()}
    there = {"id": se.picture, "mandate": await se.mandate()}
    (placed,) = await run(fr, "place_in_picture", **here, handles=[FR_BOX])
    assert (placed["act"], placed["handles"], placed["notTold"]) == ("PLACED", [FR_BOX], [])
    await run(se, "place_in_picture", **there, handles=[SE_BOX])
    text = {"text": NOTE, "act": "NOTE", "handles": [FR_BOX], "assessment": "FACT", "tlp": "AMBER_STRICT"}
    note = await run(fr, "write_in_picture", **here, text=text)
    assert note["notTold"] == [], "both consented"
    assert note["mark"] == {"handling": ["H0", "H2"], "evaluation": "X4", "tlp": "AMBER+STRICT"}
    kept = await run(fr, "write_in_picture", **here, text={"text": "ours", "act": "TASK", "tlp": "RED"})
    assert [each["to"] for each in kept["notTold"]] == [SE], "nobody can consent to what names no record"
    assert f"not told to {SE}" in shown(capsys, tell_added, [kept], as_json=False)
    edited = await run(fr, "write_in_picture", **here, text={"text": f"{NOTE}!", "refs": [note["id"]]})
    await told(world)
    said = {"act": "SAME", "left": FR_BOX, "right": SE_BOX, "score": 0.5, "evidence": ["container"]}
    same = await run(se, "say_same_in_picture", **there, same=said)
    await told(world)
    await run(fr, "judge_in_picture", **here, refs=[same["id"]])

    look = await run(fr, "shared_picture", **here, network=True)
    assert look["things"] == [{"handles": [FR_BOX, SE_BOX]}]
    assert [each["id"] for text in look["texts"] for each in text["versions"]] in (
        [edited["id"], kept["id"]],
        [kept["id"], edited["id"]],
    )
    assert look["network"]["things"][0]["handles"] == [FR_BOX, SE_BOX]
    page = shown(capsys, show_view, look)
    assert "SHOWN" in page
    assert "\u202e" not in page, "direction marks of others are made visible"
    assert "0.500 (uncalibrated)" in page
    stub = await run(se, "shared_picture", **there, only=[])
    assert [each["sight"] for each in stub["records"]] == ["NOT_ASKED", "NOT_ASKED"]
    assert [each["id"] for each in stub["missing"]] == [kept["id"]]
    assert "not here: sha256:" in shown(capsys, show_view, stub)

    await run(fr, "retract_from_picture", **here, refs=[kept["id"]])
    await run(fr, "remove_from_picture", **here, handle=FR_BOX)
    difference = await run(fr, "picture_difference", **here, earlier="2026-01-01")
    assert {each["act"] for each in difference["added"]} == {"NOTE", "SAME"} | {
        each["act"] for each in difference["added"] if each["handles"] == [SE_BOX]
    }
    assert "+ SAME by se.polisen" in shown(capsys, show_difference, difference)
    await run(fr, "join_picture", **here, members=[{"node": "eu.europol", "person": "p-1"}])
    closed: Mapping[str, Any] = await run(fr, "close_picture", **here)
    assert not closed["open"]
    assert closed["closedAt"]
