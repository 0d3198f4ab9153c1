"""A search narrowed by case, evaluation, dataset and period, and paged: from the command line to nodes."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from click.testing import CliRunner

from gateway.cli import main
from gateway.cli.narrowing import narrowed
from gateway.cli.people import ask
from gateway.cli.show import show_picture
from gateway.graphql.analyst import analyst_schema
from gateway.shipped import shipped_texts
from tests.world import Ground, World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")
EU, FR, SE = "eu.europol", "fr.ofast", "se.polisen"
AT = ("--node", "http://127.0.0.1:1", "--as", "se-1", "--case", "SE-7")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[World]:
    """One world: every test asks, none changes anything."""
    ground = Ground(opa=str(opa_binary), cache=policy_cache)
    async with open_world(tmp_path_factory.mktemp("world"), ground) as opened:
        yield opened


async def searched(world: World, asker: str, *options: str, **other: Any) -> Mapping[str, Any]:
    """The desk's answer to who is called Voroshnin, narrowed as the command line reads `options`."""
    visit = world.visit(asker)
    told = narrowed("search", ask.make_context("ask", ["search", "Voroshnin", *AT, *options]).params)
    variables = {"text": "Voroshnin", "mandate": await world.mandate(visit), **told, **other}
    result = await analyst_schema().execute(
        shipped_texts("desk")["search"], variable_values=variables, context_value=visit
    )
    assert result.errors is None, result.errors
    assert result.data is not None
    found: Mapping[str, Any] = result.data["search"]
    return found


def handles(picture: Mapping[str, Any]) -> set[str]:
    return {each["handle"] for each in picture["claims"]}


@pytest.mark.parametrize(
    ("options", "nodes"),
    [
        (("--schema", "Person", "--dataset", "cases"), {EU, FR, SE}),
        (("--dataset", "none"), set()),
        (("--source", "B"), {EU, SE}),
        (("--information", "3"), {EU, FR, SE}),
        (("--information", "2"), {EU, SE}),
        (("--case-ref", "FR-2026-0418"), {FR}),
        (("--since", "2000-01-01"), {EU, FR, SE}),
        (("--until", "2000-01-01"), set()),
    ],
)
async def test_what_narrows_a_search_narrows_it_at_every_node(
    world: World, options: tuple[str, ...], nodes: set[str]
) -> None:
    picture = await searched(world, SE, *options)
    assert {each.split("/")[0] for each in handles(picture)} == nodes


async def test_a_node_that_only_names_a_contact_finds_nothing_by_what_it_does_not_show(world: World) -> None:
    plain, narrow = [await searched(world, FR, *each) for each in ((), ("--source", "X"))]
    told = [
        {each["node"]: (each["status"], each["contact"]) for each in one["nodes"]} for one in (plain, narrow)
    ]
    assert told[0][SE][1]["count"] == 1
    assert told[1][SE] == ("NO_HIT", None)
    assert handles(plain) == handles(narrow) != set()


@pytest.mark.parametrize(
    ("what", "option", "said"),
    [
        ("lookup", ("--since", "2026-01-01"), "since: narrows a search"),
        ("search", ("--since", "2026-13-01"), "2026-13-01"),
        ("search", ("--source", "D"), "'D' is not one of"),
    ],
)
async def test_options_that_make_no_sense_are_told_before_anybody_is_asked(
    what: str, option: tuple[str, ...], said: str
) -> None:
    done = CliRunner().invoke(main, ["ask", what, "Voroshnin", *AT, *option])
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize("place", [0, -1])
async def test_pages_in_any_order_are_the_one_large_page(
    world: World, place: int, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "telephone"
    whole = await searched(world, SE, text=text, first=200)
    assert not any(each["more"] or each["next"] for each in whole["nodes"])
    pages = [await searched(world, SE, text=text, first=1)]
    waiting = [each["next"] for each in pages[0]["nodes"] if each["more"]]
    assert len(waiting) > 1
    while waiting:
        cursor = waiting.pop(place)
        pages.append(await searched(world, SE, "--after", cursor, text=text, first=1))
        (asked,) = pages[-1]["nodes"]
        assert (asked["node"], asked["status"]) == (cursor.split("/")[0], "ANSWERED")
        waiting += [asked["next"]] if asked["more"] else []
    claims = [{**each, "receipt": ""} for page in pages for each in page["claims"]]
    assert sorted(claims, key=lambda each: each["handle"]) == [{**e, "receipt": ""} for e in whole["claims"]]
    places = [each for page in pages for each in page["ranked"]]
    assert sorted(places, key=lambda each: (-each["score"], each["handle"])) == whole["ranked"]
    show_picture(pages[0], "search")
    said = capsys.readouterr().out
    assert all(f"--after {each['next']}" in said for each in pages[0]["nodes"] if each["more"])
