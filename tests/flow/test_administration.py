"""Who runs the node sees loads, partners, keys, and gives a person a category; for a reason, logged first."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from audit.progress import Progress
from audit.submission import Submission
from gateway import intake, partners
from gateway.errors import NotAllowed, VariablesRejected
from gateway.home import Home
from gateway.visit import Visit
from gateway.wiring import open_records
from policy.terms import Operation, Role, SubjectCategory
from sharing.backoff import Pause
from tenants.envelope import Defaults
from tenants.errors import CategoryRefused
from tests.world import NODES, Ground, World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")
FR, SE, EU = NODES
PHONE, NAME, WHY = "+33639980417", "Camille Sanscategorie", "FR-2026-0418"
PERSON = {
    "id": "fr-without",
    "schema": "Person",
    "properties": {"name": [NAME], "phone": [PHONE]},
    "envelope": {"case": "FR-2026-0418", "retain_until": "2031-01-01", "source": "B", "information": "2"},
}
SPOILT = {"id": "fr-spoilt", "schema": "Person", "properties": {"birthDate": ["never"], "name": ["X"]}}
Act = Callable[[Visit], Awaitable[Any]]
ACTS: Mapping[str, Act] = {
    "loads": lambda visit: intake.loads(visit, 0, 10),
    "turned": lambda visit: intake.turned(visit, 2, WHY, "", 10),
    "quarantined": lambda visit: intake.quarantined(visit, WHY, "", 10),
    "categorise": lambda visit: intake.categorise(visit, "fr-without", 1, SubjectCategory.WITNESS, WHY),
    "directory": partners.directory,
    "own_keys": partners.own_keys,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def world(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    opa_binary: Path,
    policy_cache: Path,
) -> AsyncIterator[World]:
    """A world whose French node keeps its records on either database, with a person without a category."""
    path, stores = tmp_path_factory.mktemp("world"), {}
    if request.param == "postgresql":
        cluster = request.getfixturevalue("postgres_cluster")
        stores = {FR: {"records": cluster.url_of(cluster.create("records_of_fr"))}}
    source = path / "seized.jsonl"
    source.write_text(f"{json.dumps(PERSON)}\n{json.dumps(SPOILT)}\n")
    async with open_world(path, Ground(opa=str(opa_binary), cache=policy_cache, stores=stores)) as opened:
        await loaded(opened.homes[FR], source, opened.nodes[FR].now)
        yield opened


async def loaded(home: Home, source: Path, now: Callable[[], int]) -> None:
    shelf = open_records(home, home.settings())
    shelf.loader(FR, now).load_jsonl(source, Defaults({"dataset": "cases"}))
    await shelf.close()


def admin(world: World) -> Visit:
    return world.visit(FR, "admin-1", Role.ADMINISTRATOR)


async def found(world: World) -> list[Mapping[str, Any]]:
    """What Sweden is shown about the person's telephone."""
    picture = await world.ask(SE, Operation.LOOKUP, {"value": PHONE, "kind": "phone"}, nodes=[FR])
    return list(picture["claims"])


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", [each for each in Role if each is not Role.ADMINISTRATOR])
async def test_nobody_else_sees_or_does_it(world: World, role: Role, act: str) -> None:
    before = world.nodes[FR].log.head.size
    with pytest.raises(NotAllowed, match="role administrator"):
        await ACTS[act](world.visit(FR, "somebody-1", role))
    assert world.nodes[FR].log.head.size == before


async def test_loads_are_told_in_counts_without_a_look_into_them(world: World) -> None:
    before = world.nodes[FR].log.head.size
    newest, *others = await intake.loads(admin(world), 0, 10)
    assert (newest["file"], newest["loaded"], newest["rejected"], newest["quarantined"]) == (
        "seized.jsonl",
        1,
        1,
        1,
    )
    assert [each["file"] for each in others] == [f"{FR}.jsonl"]
    assert world.nodes[FR].log.head.size == before


async def test_what_was_turned_away_is_read_for_a_reason_that_is_logged_first(world: World) -> None:
    before = world.nodes[FR].log.head.size
    for bad in ("", "n/a", "x" * 65):
        with pytest.raises(VariablesRejected, match="justification"):
            await intake.turned(admin(world), 2, bad, "", 10)
    with pytest.raises(VariablesRejected, match="place"):
        await intake.turned(admin(world), 2, WHY, "one", 10)
    with pytest.raises(VariablesRejected, match="1 to 500"):
        await intake.turned(admin(world), 2, WHY, "", 501)
    assert world.nodes[FR].log.head.size == before
    [row] = await intake.turned(admin(world), 2, WHY, "", 10)
    assert (row["line"], row["field"], row["code"], row["kept"]) == (2, "birthDate", "VALUE", False)
    assert "'never' is not readable as date" in row["reason"]
    assert await intake.turned(admin(world), 2, "COMPLAINT", row["place"], 10) == []
    *_, first, second = await world.log(FR)
    assert (first["action"], first["justification"], second["justification"]) == (
        "REJECTS_READ",
        "REFERENCE",
        "COMPLAINT",
    )
    assert first["target"] != second["target"]
    sealed = json.loads(await world.nodes[FR].log.unseal(world.nodes[FR].log.head.size - 2))
    assert sealed == {"subject": "admin-1", "justification": WHY}


async def test_a_person_without_a_category_is_found_by_its_line_and_not_by_its_content(world: World) -> None:
    rows = await intake.quarantined(admin(world), WHY, "", 10)
    [row] = [each for each in rows if each["id"] == "fr-without"]
    assert (row["file"], row["line"], row["schema"], row["version"]) == ("seized.jsonl", 1, "Person", 1)
    assert row.keys() == {"id", "version", "schema", "dataset", "recordedAt", "load", "file", "line"}
    assert NAME not in json.dumps(rows)
    assert (await world.log(FR))[-1]["action"] == "QUARANTINE_READ"


async def test_a_category_opens_a_person_to_the_grants_in_force(world: World) -> None:
    assert await found(world) == []
    node = world.nodes[FR]
    before = node.log.head.size
    for version, category in ((2, SubjectCategory.WITNESS), (1, SubjectCategory.NOT_A_PERSON)):
        with pytest.raises(CategoryRefused):
            await intake.categorise(admin(world), "fr-without", version, category, WHY)
    with pytest.raises(VariablesRejected, match="justification"):
        await intake.categorise(admin(world), "fr-without", 1, SubjectCategory.SUSPECT_OR_CONVICTED, "none")
    assert node.log.head.size == before
    done = await intake.categorise(admin(world), "fr-without", 1, SubjectCategory.SUSPECT_OR_CONVICTED, WHY)
    assert (done["version"], done["category"]) == (2, "SUSPECT_OR_CONVICTED")
    leaf = (await world.log(FR))[-1]
    assert (leaf["kind"], leaf["action"], leaf["subject_category"], leaf["records"]) == (
        "ALTERED",
        "CATEGORISED",
        "SUSPECT_OR_CONVICTED",
        1,
    )
    assert "fr-without" not in json.dumps(leaf)
    assert b"fr-without" in await node.log.unseal(node.log.head.size - 1)
    assert [claim["handle"] for claim in await found(world)] == ["fr.ofast/fr-without"]
    with pytest.raises(CategoryRefused, match="is SUSPECT_OR_CONVICTED"):
        await intake.categorise(admin(world), "fr-without", 2, SubjectCategory.WITNESS, WHY)


async def test_partners_stand_with_their_keys_and_what_was_heard_of_them(world: World) -> None:
    node = world.nodes[FR]
    node.post.backoff.put({SE: Pause(3, 0)})
    for partner, outcome in ((SE, "DONE"), (EU, "UNREACHABLE")):
        node.oversight.progress.put(Progress(partner, 0, 1_700_000_000, outcome, 0))
    assert node.witness is not None
    offered = Submission(0, (), world.nodes[EU].log.checkpoint()).body
    assert node.witness.add_checkpoint(offered, node.now()).status == 200
    told = await partners.directory(admin(world))
    assert (told["version"], [each["id"] for each in told["partners"]]) == (1, list(NODES))
    own, swedish, european = told["partners"]
    assert (own["own"], swedish["own"], swedish["failures"]) == (True, False, 3)
    assert [each["use"] for each in swedish["keys"]] == ["message", "mandate", "grant", "log", "witness"]
    assert all(each["accepted"] and len(each["fingerprint"].split()) == 8 for each in swedish["keys"])
    assert own["keys"] == await partners.own_keys(admin(world))
    assert (swedish["checkpointSize"], european["checkpointSize"]) == (None, world.nodes[EU].log.head.size)
    assert (swedish["heardAt"], european["heardAt"]) == ("2023-11-14T22:13:20.000+00:00", None)
