"""A shared picture survives: a partner away for a day, a withdrawal, two who edit one note, an old backup."""

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from gateway.delivering import deliver_due
from gateway.liaise import revoke
from gateway.picture_notices import shared_with
from gateway.picture_syncing import sync_with
from gateway.recalls import write_due
from policy.terms import Role
from sharing.recall import Recall, Sort
from tests.flow.picture_desk import (
    DAY,
    FR,
    FR_BOX,
    SE,
    SE_BOX,
    SE_PHONE,
    Desk,
    away,
    granted,
    opened,
    told,
)
from tests.world import Ground, World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[World]:
    """One world for the whole story: each test goes on where the one before ended."""
    ground = Ground(opa=str(opa_binary), cache=policy_cache)
    async with open_world(tmp_path_factory.mktemp("world"), ground) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(world: World) -> tuple[Desk, Desk]:
    """FR and SE at one picture, each with a record in it."""
    fr, se = await opened(world)
    await fr.place(FR_BOX)
    await se.place(SE_BOX, SE_PHONE)
    await told(world)
    await fr.look()
    await se.look()
    return fr, se


async def test_a_day_without_the_partner_and_nothing_is_lost(world: World, both: tuple[Desk, Desk]) -> None:
    fr, se = both
    async with away(world, SE):
        await fr.note("written while SE was away")
        await se.note("written at SE meanwhile")
        await deliver_due(world.nodes[FR])
        world.later(DAY)
        await fr.note("and a day later")
        await deliver_due(world.nodes[FR])
        stale = await fr.record(SE_BOX)
        assert (stale["sight"], stale["claim"]) == ("STALE", None), "no content is kept"
        assert stale["reason"] in {"UNREACHABLE", "TIMED_OUT"}
        assert (stale["version"], stale["handling"]) == (1, ["H0"])
        assert stale["lastShownAt"] < (await fr.look(as_of="now"))["asOf"]
        assert (await fr.record(FR_BOX))["sight"] == "SHOWN"
        alone = await se.texts()
        assert alone == [["written at SE meanwhile"]]
    world.later(3600)
    await told(world)
    assert sorted(await fr.texts()) == sorted(await se.texts())
    assert len(await se.texts()) == 3
    assert (await fr.record(SE_BOX))["sight"] == "SHOWN"


async def test_two_who_edit_one_note_stand_side_by_side_until_one_joins_them(
    world: World, both: tuple[Desk, Desk]
) -> None:
    fr, se = both
    first = await fr.note("seen at the quay")
    await told(world)
    here = await fr.note("seen at the quay, twice", refs=(first,))
    there = await se.note("seen at the quay, by night", refs=(first,))
    await told(world)
    for desk in both:
        assert sorted((await desk.texts())[-1]) == ["seen at the quay, by night", "seen at the quay, twice"]
    await se.note("seen at the quay, twice, by night", refs=(here, there))
    await told(world)
    for desk in both:
        assert (await desk.texts())[-1] == ["seen at the quay, twice, by night"]


def flags(look: Mapping[str, Any]) -> dict[str, Any]:
    """What each text of a picture rests on that no longer stands."""
    return {each["text"]: each["flags"] for text in look["texts"] for each in text["versions"]}


async def test_revoked_in_the_middle_is_a_stub_and_what_rests_on_it_is_flagged(
    world: World, both: tuple[Desk, Desk]
) -> None:
    fr, se = both
    note = "the telephone of the hub"
    await se.note(note, SE_PHONE)
    await told(world)
    assert flags(await fr.look())[note] == []
    officer = world.visit(SE, "officer-1", Role.LIAISON)
    await revoke(officer, "g-picture", "the case is closed")
    refused = await fr.record(SE_PHONE)
    assert (refused["sight"], refused["claim"]) == ("STUB", None), "even before the notice"
    await write_due(world.nodes[SE])
    await told(world)
    before = len(world.wire)
    stub = await fr.record(SE_PHONE)
    assert (stub["sight"], stub["reason"]) == ("STUB", "GRANT_REVOKED")
    asked = [each for each in world.wire[before:] if each[0] == SE]
    assert asked == [], "a stub is not asked for"
    assert flags(await fr.look())[note] == [{"handle": SE_PHONE, "reason": "GRANT_REVOKED"}]
    assert flags(await se.look())[note] == [], "SE sees its own record"
    await granted(world, "g-picture-2")
    await fr.place(SE_PHONE, SE_BOX)
    assert (await fr.record(SE_PHONE))["sight"] == "SHOWN", "granted anew, and placed anew"


async def test_what_was_put_right_is_shown_anew_and_flags_what_was_written_before(
    world: World, both: tuple[Desk, Desk]
) -> None:
    fr, _ = both
    await fr.note("rests on the first version", SE_BOX)
    world.later(60)
    record = SE_BOX.partition("/")[2]
    world.nodes[SE].lending.recalls.order(
        Recall(Sort.RECTIFY, "RECORD_RECTIFIED", "", ((record, 2),)), world.nodes[SE].now()
    )
    await write_due(world.nodes[SE])
    await told(world)
    look = await fr.look()
    (shown,) = [each for each in look["records"] if each["handle"] == SE_BOX]
    assert shown["sight"] == "SHOWN"
    assert flags(look)["rests on the first version"] == [{"handle": SE_BOX, "reason": "RECORD_RECTIFIED"}]


async def test_a_node_restored_from_yesterdays_backup_gets_back_what_it_had(
    world: World, both: tuple[Desk, Desk], tmp_path: Path
) -> None:
    fr, se = both
    sharing = world.homes[SE].path / "sharing.sqlite"
    with closing(sqlite3.connect(sharing)) as source, closing(sqlite3.connect(tmp_path / "backup")) as copy:
        source.backup(copy)
    world.later(DAY)
    await fr.note("written today at FR")
    await se.note("written today at SE")
    await told(world)
    whole = sorted(await fr.texts())
    assert sorted(await se.texts()) == whole
    with closing(sqlite3.connect(tmp_path / "backup")) as copy, closing(sqlite3.connect(sharing)) as target:
        copy.backup(target)
    assert len(await se.texts()) == len(whole) - 2, "as it was yesterday"
    node = world.nodes[SE]
    assert await sync_with(node, FR, shared_with(node, FR)) >= 2
    assert sorted(await se.texts()) == whole
    await se.note("and it goes on")
    await told(world)
    assert sorted(await se.texts()) == sorted(await fr.texts())
