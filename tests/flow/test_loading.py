"""What a load changes is told to who was given it: once, only what is real, and never by a crash alone."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from deploy.demo import story
from gateway import kept
from gateway.delivering import deliver_due
from gateway.errors import NotAllowed, VariablesRejected
from gateway.noting import Noting
from gateway.recall_since import read_since, rectify_since
from gateway.recalls import write_due
from gateway.wiring import open_changes, open_records
from policy.terms import Operation, Role
from sharing.inbox import ItemKind, ItemState, Wanted
from sharing.recall_changes import Fate, Since
from tenants.changes import Change
from tenants.envelope import Defaults
from tenants.loader import LoadReport
from tests.world import Ground, World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")
FR, SE = "fr.ofast", "se.polisen"
BOX: dict[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}
PROPOSING = '\n[recall]\non_load = "propose"\n'


class Killed(Exception):
    """Stands for the end of the process."""


class Dying(Noting):
    """A loader that is killed after it has noted what it is about to write."""

    def changing(self, load: int, changes: Sequence[Change]) -> None:
        super().changing(load, changes)
        raise Killed


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["send", "propose"])
async def world(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    opa_binary: Path,
    policy_cache: Path,
) -> AsyncIterator[World]:
    """A world for the whole story, whose nodes tell of loads by themselves, or ask their officers."""
    more = PROPOSING if request.param == "propose" else ""
    ground = Ground(opa=str(opa_binary), cache=policy_cache, settings=more)
    async with open_world(tmp_path_factory.mktemp("world"), ground) as opened:
        yield opened


def proposes(world: World) -> bool:
    return world.nodes[FR].settings.recall.on_load == "propose"


async def keep_one(world: World) -> tuple[str, str, Mapping[str, Any]]:
    """An analyst of SE keeps a record of FR: mandate, record id, lease."""
    picture = await world.ask(SE, Operation.LOOKUP, BOX, nodes=[FR])
    handle = str(picture["claims"][0]["handle"])
    visit = world.visit(SE)
    mandate = await world.mandate(visit)
    return mandate, handle.partition("/")[2], await kept.keep(visit, handle, mandate)


def told_by(record: str, description: str, **envelope: Any) -> Mapping[str, Any]:
    """A record of the story as its source tells it now."""
    (row,) = (each for each in story.records(FR) if each["id"] == record)
    properties = row["properties"] | {"description": [description]}
    return row | {"properties": properties, "envelope": row["envelope"] | envelope}


async def load(
    world: World, path: Path, *rows: Mapping[str, Any], watch: type[Noting] = Noting
) -> LoadReport:
    """Load into FR beside the open node, as the command does."""
    source = path / "more.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    home = world.homes[FR]
    async with AsyncExitStack() as stack:
        settings = home.settings()
        shelf = open_records(home, settings)
        stack.push_async_callback(shelf.close)
        now = world.nodes[FR].now
        told = watch(open_changes(home, settings, stack), now, lambda _: None)
        loader = shelf.loader(FR, now, watch=told)
        return loader.load_jsonl(source, Defaults({"dataset": "cases"}))


async def sent(world: World) -> int:
    """What the background work of FR does with the changes, a while later; in propose mode an officer too."""
    world.later(30)
    fr = world.nodes[FR]
    if proposes(world):
        assert await write_due(fr) == 0
        await rectify_since(world.visit(FR, "officer-1", Role.LIAISON), "2020-01-01")
    written = await write_due(fr)
    await deliver_due(fr)
    return written


async def viewed(world: World, lease: Mapping[str, Any], mandate: str) -> Mapping[str, Any]:
    return await kept.view(world.visit(SE), str(lease["id"]), mandate)


async def test_a_record_that_a_load_puts_right_is_flagged_and_shown_anew(
    world: World, tmp_path: Path
) -> None:
    mandate, record, lease = await keep_one(world)
    report = await load(world, tmp_path, told_by(record, "Weighed again"))
    assert (report.altered, report.unchanged) == (1, 0)
    assert (await viewed(world, lease, mandate))["kept"]["state"] == "HELD"
    assert await sent(world) == 1
    shown = await viewed(world, lease, mandate)
    assert (shown["kept"]["state"], shown["kept"]["reason"]) == ("RECTIFIED", "RECORD_RECTIFIED")
    assert shown["picture"]["claims"][0]["record"]["version"] == lease["version"] + 1
    again = await load(world, tmp_path, told_by(record, "Weighed again"))
    assert (again.altered, again.unchanged) == (0, 1)
    assert await sent(world) == 0, "equal content is no change"


async def test_what_nobody_was_given_is_told_nobody(world: World, tmp_path: Path) -> None:
    seen = {given.record for given in world.nodes[FR].lending.register.newest()}
    unseen = next(each["id"] for each in story.records(FR) if each["id"] not in seen)
    (row,) = (each for each in story.records(FR) if each["id"] == unseen)
    await load(world, tmp_path, row | {"envelope": row["envelope"] | {"review_at": "2031-01-01"}})
    assert await sent(world) == 0
    (change,) = [each for each in world.nodes[FR].lending.changes.list(Since()) if each.record == unseen]
    assert change.fate is Fate.NOBODY


async def test_a_crash_before_the_new_version_tells_nobody_and_the_next_run_does(
    world: World, tmp_path: Path
) -> None:
    mandate, record, lease = await keep_one(world)
    row = told_by(record, "Weighed a third time")
    with pytest.raises(Killed):
        await load(world, tmp_path, row, watch=Dying)
    open_ones = Since(fates=(Fate.OPEN,))
    assert [each.record for each in world.nodes[FR].lending.changes.list(open_ones)] == [record]
    assert await sent(world) == 0, "the order is there, the version is not"
    assert (await viewed(world, lease, mandate))["kept"]["state"] == "HELD"
    await load(world, tmp_path, row)
    assert await sent(world) == 1
    assert (await viewed(world, lease, mandate))["kept"]["state"] == "RECTIFIED"


async def test_what_an_officer_tells_since_a_load_is_told_once(world: World, tmp_path: Path) -> None:
    mandate, record, lease = await keep_one(world)
    report = await load(world, tmp_path, told_by(record, "Weighed a fourth time"))
    since, officer = f"load:{report.number}", world.visit(FR, "officer-1", Role.LIAISON)
    world.later(30)
    fr = world.nodes[FR]
    waits = Wanted(state=ItemState.OPEN, kind=ItemKind.RECALL_PROPOSED)
    written = await write_due(fr)
    assert (written, len(fr.books.inbox.list(waits))) == ((0, 1) if proposes(world) else (1, 0))
    dry = await rectify_since(officer, since, dry_run=True)
    assert (dry["dryRun"], dry["partners"]) == (True, [SE])
    assert (dry["records"], dry["told"]) == ((1, 0) if proposes(world) else (0, 1))
    (change,) = dry["changes"]
    assert (change["record"], change["load"]) == (record, since)
    assert change["fate"] == ("PROPOSED" if proposes(world) else "ORDERED")
    entries = await world.kinds(FR)
    done = await rectify_since(officer, since)
    assert done["changes"][0]["fate"] == "ORDERED"
    assert (len(await world.kinds(FR)) - len(entries)) == (1 if proposes(world) else 0)
    assert fr.books.inbox.list(waits) == []
    again = await rectify_since(officer, since)
    assert (again["records"], again["told"]) == (0, 1)
    await write_due(fr)
    await deliver_due(fr)
    assert (await viewed(world, lease, mandate))["kept"]["state"] == "RECTIFIED"


async def test_what_a_load_withdraws_is_a_stub_and_may_not_be_asked_for(world: World, tmp_path: Path) -> None:
    mandate, record, lease = await keep_one(world)
    await load(world, tmp_path, told_by(record, "Weighed a fifth time", withdrawn=True))
    assert await sent(world) == 1
    shown = await viewed(world, lease, mandate)
    assert (shown["kept"]["state"], shown["kept"]["reason"]) == ("WITHDRAWN", "RECORD_WITHDRAWN")
    assert shown["picture"] is None
    with pytest.raises(NotAllowed, match="does not show it"):
        await kept.keep(world.visit(SE), f"{FR}/{record}", mandate)


async def test_a_moment_or_a_load_is_meant(world: World) -> None:
    assert read_since("load:7") == Since(load=7)
    assert read_since("2026-11-21") == read_since("2026-11-21T01:00+01:00") == Since(at=1_795_219_200)
    for text in ("load:", "load:x", "load:99999999999", "yesterday", "", "1e9"):
        with pytest.raises(VariablesRejected, match="neither a moment"):
            read_since(text)
    with pytest.raises(NotAllowed):
        await rectify_since(world.visit(FR), "load:1")
