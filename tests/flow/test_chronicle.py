"""A network's past over three nodes: what was planted as changed, what is not sure, and the three times."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from gateway.chronicle import About, differing
from gateway.chronicle_shown import compared_shown
from gateway.demo.score import chronicle_scored
from gateway.errors import VariablesRejected
from gateway.graphql.analyst import analyst_schema
from gateway.kept import keep
from gateway.shipped import shipped_texts
from sharing.wording import Language
from tests.flow.picture_desk import away, opened
from tests.world import Ground, World, open_world

FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
TRADER, AGENT = "fr.ofast/fr-hc-1", "se.polisen/se-hr-1"
DAYS = {"since": "2026-01-15", "until": "2026-06-15"}
Shown = Mapping[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[World]:
    ground = Ground(opa=str(opa_binary), cache=policy_cache)
    async with open_world(tmp_path_factory.mktemp("world"), ground) as made:
        yield made


async def run(world: World, document: str, of: Shown, **variables: Any) -> Shown:
    """What a shipped document gives at the desk of the French analyst."""
    visit = world.visit(FR)
    wanted = {**variables, "of": of, "mandate": await world.mandate(visit)}
    result = await analyst_schema().execute(
        shipped_texts("desk")[document], variable_values=wanted, context_value=visit
    )
    assert result.errors is None, result.errors
    assert result.data is not None
    told: Shown = next(iter(result.data.values()))
    return told


def by_handle(facts: list[Shown]) -> dict[str, Shown]:
    return {each["handle"]: each for each in facts}


@pytest.mark.asyncio(loop_scope="module")
async def test_what_was_planted_as_changed_is_told_and_no_decoy(world: World) -> None:
    (asked,) = world.truth["chronicle"]
    found = await run(world, "network_changes", {"handles": [asked["handle"]]}, **DAYS)
    score = chronicle_scored(world.truth, lambda *_: found["changes"])
    assert [each["turn"] for each in score["chronicle"] if each["found"]] == [
        "HANDED_OVER",
        "MOVED",
        "SUCCEEDED",
    ]
    assert score["chronicleDecoys"] == []
    (doubtful,) = (each for each in found["changes"] if each["turn"] == "UNCERTAIN")
    assert [each["handle"] for each in doubtful["after"]["facts"]] == ["se.polisen/se-hd-1"]
    assert [(each["handle"], each["whySays"]) for each in found["withoutTime"]] == [
        ("fr.ofast/fr-hd-1", "time not stated")
    ]
    assert found["completeness"] == "3 of 3 nodes answered."
    assert "QUESTION_RECEIVED" in await world.kinds(SE), "each step stands in the log of who answered"
    alone = await run(world, "network_changes", {"handles": ["se.polisen/se-ha-1"]}, **DAYS)
    assert [each["turn"] for each in alone["changes"]] == ["BEGAN"], "the trader's new account, of its own"


def test_what_was_not_planted_is_a_decoy_and_what_is_uncertain_is_none() -> None:
    planted = {"turn": "MOVED", "before": ["a/1"], "after": ["b/1"]}
    asked = {"asker": FR, "handle": "a/1", "since": "", "until": "", "planted": [planted]}
    side = {"facts": [{"handle": "b/1"}]}
    told = [
        {"turn": turn, "sentence": turn, "before": side, "after": side} for turn in ("UNCERTAIN", "MOVED")
    ]
    score = chronicle_scored({"chronicle": [asked]}, lambda *_: told)
    assert [each["found"] for each in score["chronicle"]] == [False]
    assert score["chronicleDecoys"] == [{"turn": "MOVED", "sentence": "MOVED"}]


@pytest.mark.asyncio(loop_scope="module")
async def test_a_change_is_said_in_three_languages(world: World) -> None:
    visit = world.visit(FR)
    found = await differing(visit, About([TRADER]), await world.mandate(visit), **DAYS)
    beginnings = ("another place: ", "un autre lieu : ", "en annan plats: ")
    for language, said in zip(Language, beginnings, strict=True):
        told = compared_shown(found, language)
        (moved,) = (each["sentence"] for each in told["changes"] if each["turn"] == "MOVED")
        assert moved.startswith(said)
        assert all(each in moved for each in ("Terminal de Normandie", "(se.polisen)", *DAYS.values()))


@pytest.mark.asyncio(loop_scope="module")
async def test_a_replay_is_in_the_order_of_time_and_says_who_appears(world: World) -> None:
    told = await run(world, "network_replay", {"handles": [TRADER]}, **DAYS)
    names = {each["place"]: each["caption"] for each in told["things"]}
    steps = [
        (each["step"], each["told"], each["fact"]["handle"].partition("/")[2]) for each in told["events"]
    ]
    assert steps == [
        ("ENDED", "2026-02", "fr-ht-1"),
        ("ENDED", "2026-02-28", "fr-hr-1"),
        ("BEGAN", "2026-03-01", "se-hr-1"),
        ("ENDED", "2026-03-15", "fr-hw-1"),
        ("BEGAN", "2026-03-20", "se-hw-1"),
        ("BEGAN", "2026-04", "se-ht-1"),
        ("BEGAN", "2026-06", "se-hd-1"),
    ]
    assert [names[place] for each in told["events"] for place in each["appears"]] == [
        "Skärgårdsklarering Exempel AB",
        "account of the trader at Göteborg",
        "Arendals containerterminal",
    ]
    assert [each["state"] for each in told["events"]] == ["YES"] * 6 + ["UNCERTAIN"]


@pytest.mark.asyncio(loop_scope="module")
async def test_what_was_not_known_or_not_here_by_then_is_not_told(world: World) -> None:
    of = {"handles": [TRADER]}
    now = await run(world, "network_on", of, day=DAYS["until"])
    facts = by_handle(now["facts"])
    assert set(facts) == {f"{SE}/{each}" for each in ("se-hr-1", "se-ht-1", "se-hw-1", "se-hd-1")}
    assert facts[AGENT]["state"] == "YES"
    assert (await run(world, "network_on", of | {"knownBy": "2020-01-01"}, day=DAYS["until"]))["facts"] == []
    visit = world.visit(FR)
    await keep(visit, AGENT, await world.mandate(visit))
    world.later(5)
    by = datetime.fromtimestamp(world.clock() - 2, UTC).isoformat()
    shared = await run(world, "network_on", of | {"sharedBy": by}, day=DAYS["until"])
    assert set(by_handle(shared["facts"])) == {AGENT}, "what was kept for the case had come by then"
    before = await run(world, "network_on", of | {"sharedBy": "2020-01-01"}, day=DAYS["until"])
    assert before["facts"] == []


@pytest.mark.asyncio(loop_scope="module")
async def test_of_a_shared_picture_what_was_placed_in_it_is_asked_about(world: World) -> None:
    fr, _ = await opened(world)
    await fr.place(TRADER)
    told = await run(world, "network_changes", {"picture": fr.picture}, **DAYS)
    assert {"HANDED_OVER", "MOVED", "SUCCEEDED"} <= {each["turn"] for each in told["changes"]}
    assert "PICTURE_VIEWED" in [each.get("action") for each in await world.log(FR)]


@pytest.mark.parametrize(
    ("about", "days", "why"),
    [
        (About([TRADER]), ("2026-02-30", "2026-06-15"), "no day"),
        (About([TRADER]), ("2026-06-16", "2026-06-15"), "is after"),
        (About([TRADER], days=-1), ("2026-01-01", "2026-06-15"), "not within 0"),
        (About([TRADER], hops=4), ("2026-01-01", "2026-06-15"), "not within 1"),
        (About([TRADER], known_by="soon"), ("2026-01-01", "2026-06-15"), "neither a day"),
        (About(), ("2026-01-01", "2026-06-15"), "0 are named"),
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_what_does_not_read_is_asked_of_nobody(
    world: World, about: About, days: tuple[str, str], why: str
) -> None:
    visit = world.visit(FR)
    mandate, sent = await world.mandate(visit), len(world.wire)
    with pytest.raises(VariablesRejected, match=why):
        await differing(visit, about, mandate, *days)
    assert len(world.wire) == sent


@pytest.mark.asyncio(loop_scope="module")
async def test_a_node_that_is_silent_takes_a_change_away_and_is_named(world: World) -> None:
    async with away(world, SE):
        told = await run(world, "network_changes", {"handles": [TRADER]}, **DAYS)
    assert {each["turn"] for each in told["changes"]} == {"ENDED"}
    assert told["completeness"] == "2 of 3 nodes answered."
    assert not told["complete"]
