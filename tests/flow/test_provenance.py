"""Evidence keeps its provenance across the border, and what a court finds of it reaches all who had it."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio

from deploy.demo import story
from gateway import kept, rulings
from gateway.delivering import deliver_due
from gateway.demo.evidence import evidence_scored
from gateway.errors import NotAllowed, VariablesRejected
from gateway.evidence import Reader, Wanted, pack_case
from gateway.export import export
from gateway.export_document import Exporting
from gateway.export_formats import known
from gateway.provenance_told import told as told_of
from gateway.recalls import write_due
from gateway.wiring import open_records
from policy.grants import GrantTerms
from policy.handling import DataUse
from policy.terms import LegalBasis, Mode, Purpose, Role, SubjectCategory
from sharing.inbox import ItemKind
from sharing.inbox import Wanted as Items
from sharing.pack import read_pack
from sharing.pack_check import Given, check_members
from sharing.wording import Language
from tenants.envelope import Defaults
from tenants.errors import RulingRefused
from tenants.formats.port import Format
from tests.flow.picture_desk import CASE, EU, FR, FR_BOX, SE, Desk, opened, told
from tests.world import Ground, World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")
MESSAGE, BROKEN, PHONE = f"{EU}/eu-ms-3", f"{EU}/eu-ms-1", f"{FR}/fr-ms-1"
EXCLUDED = {
    "country": "SE", "status": "EXCLUDED", "court": "Svea hovrätt", "reference": "B 418-26",
    "decided": "2026-06-02",
}  # fmt: skip
LAPSE = 60
Both = tuple[Desk, Desk]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[World]:
    """One world for the whole story: each test goes on where the one before ended."""
    ground = Ground(opa=str(opa_binary), cache=policy_cache)
    async with open_world(tmp_path_factory.mktemp("world"), ground) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(world: World) -> Both:
    """FR's box stands in a picture of FR's and SE's analysts, with a note on it."""
    fr, se = await opened(world)
    await se.place(FR_BOX)
    await se.note("the box that was moved", FR_BOX)
    await told(world)
    return fr, se


async def shown(world: World, node: str, handle: str) -> Mapping[str, Any]:
    """The provenance of a record as an analyst of `node` is told it."""
    visit = world.visit(node)
    found = await told_of(visit, handle, await world.mandate(visit), Language.EN)
    provenance: Mapping[str, Any] = found["claim"]["provenance"]
    return provenance


def standing(provenance: Mapping[str, Any]) -> dict[str, str]:
    return {each["country"]: each["status"] for each in provenance["standing"]}


async def exported(world: World, use: DataUse, *handles: str, **other: Any) -> Mapping[str, Any]:
    visit = world.visit(SE)
    return await export(visit, Exporting(handles, await world.mandate(visit), use, **other))


def missing(given: Mapping[str, Any]) -> dict[str, str]:
    return {each["handle"]: each["reason"] for each in given["missing"]}


def officer(world: World) -> Any:
    return world.visit(FR, "officer-1", Role.LIAISON)


async def test_a_contested_message_crosses_the_border_with_its_chain(world: World) -> None:
    visit = world.visit(FR)
    found = await told_of(visit, MESSAGE, await world.mandate(visit), Language.FR)
    provenance = found["claim"]["provenance"]
    assert (provenance["told"], provenance["instrument"]) == ("STATED", "JIT")
    assert standing(provenance) == {"FR": "ADMITTED", "SE": "CONTESTED"}
    assert (provenance["strictest"], provenance["gaps"]) == ("CONTESTED", [])
    assert [each["step"] for each in provenance["custody"]] == ["ACQUIRED", "DECRYPTED", "TRANSFERRED"]
    assert "situation: SE, contesté" in found["says"]
    assert found["says"][0] == "indiquée par son détenteur"
    broken = await shown(world, FR, BROKEN)
    assert broken["gaps"] == [{"entry": 3, "code": "CUSTODY_BREAK"}]
    assert (standing(broken), broken["strictest"]) == ({}, None)


async def test_the_demo_tells_what_was_planted_of_evidence_and_nothing_of_decoys(world: World) -> None:
    planted = world.truth["provenance"]
    told = {
        (each["asker"], each["handle"]): await shown(world, each["asker"], each["handle"])
        for each in (*planted["planted"], *planted["decoys"])
    }
    score = evidence_scored(world.truth, lambda node, handle: told[node, handle])
    assert [each["found"] for each in score["evidence"]] == [True, True]
    assert score["evidenceDecoys"] == []
    ruled = {"standing": [{"country": "SE", "status": "ADMITTED"}], "gaps": [], "instrument": "JIT"}
    wrong = evidence_scored(world.truth, lambda _, __: ruled)
    assert [each["found"] for each in wrong["evidence"]] == [False, False]
    assert {each["handle"] for each in wrong["evidenceDecoys"]} == {
        each["handle"] for each in planted["decoys"]
    }


async def test_whoever_may_not_see_the_authority_sees_no_provenance(world: World) -> None:
    now = int(world.clock())
    terms = GrantTerms(
        id="g-masked", version=1, owner=FR, recipients=(EU,), roles=(Role.ANALYST,),
        purposes=(Purpose.OPERATIONAL_ANALYSIS,), legal_bases=(LegalBasis.ER_20_2A, LegalBasis.ER_18_2_C),
        categories=(SubjectCategory.SUSPECT_OR_CONVICTED, SubjectCategory.NOT_A_PERSON), dataset="cases",
        schemata=("ExtractedMessage",), mode=Mode.RECORD, masked=("authority",), not_before=now - 60,
        expires_at=now + 86_400,
    )  # fmt: skip
    before = await shown(world, FR, PHONE)
    assert (before["instrument"], before["gaps"], standing(before)) == ("OTHER", [], {})
    await world.grant(FR, terms)
    seen = await shown(world, EU, PHONE)
    assert (seen["told"], seen["custody"], seen["authority"]) == ("NOT_SHOWN", [], None)


async def test_what_a_court_finds_reaches_whoever_received_the_record(world: World, both: Both) -> None:
    se = both[1]
    assert (await se.record(FR_BOX))["claim"]["provenance"]["strictest"] is None
    visit = world.visit(SE)
    mandate = await world.mandate(visit)
    lease = await kept.keep(visit, FR_BOX, mandate)
    dry = await rulings.enter(officer(world), "fr-ct-1", EXCLUDED, dry_run=True)
    assert (dry["version"], dry["partners"]) == (None, [SE])
    assert standing(await shown(world, SE, FR_BOX)) == {}, "a dry run enters nothing"
    done = await rulings.enter(officer(world), "fr-ct-1", EXCLUDED)
    assert (done["version"], done["partners"]) == (2, [SE])
    world.later(LAPSE)
    await write_due(world.nodes[FR])
    await deliver_due(world.nodes[FR])
    (lease,) = [each for each in await kept.of_case(visit, mandate) if each["id"] == lease["id"]]
    assert (lease["state"], lease["reason"]) == ("RECTIFIED", "EVIDENCE_EXCLUDED")
    (item,) = world.nodes[SE].books.inbox.list(Items(kind=ItemKind.EVIDENCE_RULING))
    assert (item.node, item.reason, item.content["handles"]) == (FR, "EVIDENCE_EXCLUDED", [FR_BOX])
    look = await se.look()
    assert standing(look["records"][0]["claim"]["provenance"]) == {"SE": "EXCLUDED"}
    assert look["texts"][0]["versions"][0]["flags"] == [{"handle": FR_BOX, "reason": "EVIDENCE_EXCLUDED"}]


async def test_a_finding_is_logged_before_it_acts_on_either_side_and_says_nothing(
    world: World, both: Both
) -> None:
    here = [leaf for leaf in await world.log(FR) if leaf.get("action") == "RULING_ENTERED"]
    assert [(leaf["kind"], leaf["state"]) for leaf in here] == [("ALTERED", "EXCLUDED")]
    there = [leaf for leaf in await world.log(SE) if leaf.get("action") == "RULING_HEARD"]
    assert {leaf["partner"] for leaf in there} == {FR}
    assert not any("fr-ct-1" in json.dumps(leaf) or "hovrätt" in json.dumps(leaf) for leaf in [*here, *there])


async def test_no_court_of_that_country_is_given_it_and_all_else_carries_the_mark(
    world: World, both: Both
) -> None:
    refused = await exported(world, DataUse.JUDICIAL, FR_BOX, country="SE")
    assert (refused["records"], missing(refused)) == (0, {FR_BOX: "EVIDENCE_EXCLUDED"})
    unsaid = await exported(world, DataUse.JUDICIAL, FR_BOX)
    assert missing(unsaid) == {FR_BOX: "COUNTRY_NOT_STATED"}
    leaf = [each for each in await world.log(SE) if each.get("action") == "EXPORTED"][-1]
    assert leaf["reasons"] == ["COUNTRY_NOT_STATED"]
    elsewhere = await exported(world, DataUse.JUDICIAL, FR_BOX, country="DE")
    assert missing(elsewhere) == {}
    with pytest.raises(VariablesRejected, match="no code like SE"):
        await exported(world, DataUse.JUDICIAL, FR_BOX, country="Sweden")
    inside = await exported(world, DataUse.INTERNAL, FR_BOX, formats=tuple(Format))
    assert "SE EXCLUDED" in inside["page"]
    assert '"EVIDENCE"' in inside["table"]
    (told_,) = orjson.loads(inside["content"])["records"]
    assert told_["provenance"]["rulings"][0]["court"] == EXCLUDED["court"]
    for file in inside["files"]:
        if file["format"] in {"FTM", "GRAPHML", "GEXF", "STIX"}:
            (row,) = known()[Format(file["format"])].read(file["content"].encode())
            assert row["envelope"]["provenance"]["rulings"] == [EXCLUDED], file["format"]


async def test_the_evidence_packs_of_both_sides_hold_it(world: World, both: Both) -> None:
    for node, action in ((FR, "RULING_ENTERED"), (SE, "RULING_HEARD")):
        wanted = Wanted(CASE, "COURT_ORDER")
        pack = await pack_case(world.nodes[node], Reader("auditor-1", "oversight"), wanted)
        members = read_pack(pack.content)
        leaves = {name: orjson.loads(members[name]) for name in members if name.startswith("leaves/")}
        (name,) = [name for name, leaf in leaves.items() if leaf.get("action") == action]
        if node == FR:
            paper = orjson.loads(members[name.replace("leaves", "sealed")])
            assert paper == {"record": "fr-ct-1", "ruling": EXCLUDED}
        assert check_members(members, Given()).findings == [], node


async def test_a_load_that_knows_nothing_of_it_takes_nothing_away(
    world: World, both: Both, tmp_path: Path
) -> None:
    (row,) = (each for each in story.records(FR) if each["id"] == "fr-ct-1")
    row["properties"]["isoType"] = ["22R1"]
    source = tmp_path / "again.jsonl"
    source.write_bytes(orjson.dumps(row))
    home = world.homes[FR]
    async with AsyncExitStack() as stack:
        shelf = open_records(home, home.settings())
        stack.push_async_callback(shelf.close)
        report = shelf.loader(FR, world.nodes[FR].now).load_jsonl(source, Defaults({"dataset": "cases"}))
    assert report.altered == 1
    provenance = await shown(world, SE, FR_BOX)
    assert standing(provenance) == {"SE": "EXCLUDED"}
    assert [each["later"] for each in provenance["rulings"]] == [True]


async def test_only_a_later_finding_of_an_officer_counts_instead(world: World, both: Both) -> None:
    with pytest.raises(RulingRefused, match="has the ruling"):
        await rulings.enter(officer(world), "fr-ct-1", EXCLUDED)
    with pytest.raises(RulingRefused, match="is not here"):
        await rulings.enter(officer(world), "fr-nothing", EXCLUDED)
    with pytest.raises(NotAllowed, match="liaison"):
        await rulings.enter(world.visit(FR), "fr-ct-1", EXCLUDED)
    with pytest.raises(VariablesRejected, match="has not come"):
        await rulings.enter(officer(world), "fr-ct-1", EXCLUDED | {"decided": "2999-01-01"})
    with pytest.raises(VariablesRejected, match="country"):
        await rulings.enter(officer(world), "fr-ct-1", EXCLUDED | {"country": "Sweden"})
    later = EXCLUDED | {"status": "ADMITTED", "decided": "2026-07-01", "reference": "HD B 9-26"}
    await rulings.enter(officer(world), "fr-ct-1", later)
    assert standing(await shown(world, SE, FR_BOX)) == {"SE": "ADMITTED"}
    listed = await rulings.entered(officer(world))
    assert [(each["record"], each["status"]) for each in listed] == [
        ("fr-ct-1", "EXCLUDED"),
        ("fr-ct-1", "ADMITTED"),
    ]
