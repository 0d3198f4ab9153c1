"""Money over three nodes: from a cloned box to a purse, who stands behind a company, and an odd price."""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from audit.canonical import parse_object
from gateway.demo.score import Money, money_scored
from gateway.errors import IdentifierNotUnderstood, VariablesRejected
from gateway.home import Profile, create, now_utc
from gateway.logs import open_log
from gateway.money import anomalies, joined, kept_reference, ownership
from gateway.money_shown import address_shown, appraised_shown, joined_shown, owning_shown
from gateway.prices import FILE, PriceBook, read_table
from gateway.pricing import keep
from policy.terms import LegalBasis, Purpose
from sharing.money.anomalies import Fences
from sharing.money.ownership import Way
from sharing.money.reference import COLUMNS, ReferenceRefused
from sharing.wording import Language
from tests.world import Ground, World, open_world

FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
BOX, PURSE = "XQZU 522017 3", "TEM9RwgvMDsz32pJpsg4HfHUKYpECdCS6F"
SHELL = "eu.europol/eu-mo-2"
Shown = Mapping[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[World]:
    ground = Ground(opa=str(opa_binary), cache=policy_cache)
    async with open_world(tmp_path_factory.mktemp("world"), ground) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def planted(world: World) -> list[Shown]:
    """The planted path as its asker is shown it, asked once for all tests."""
    return [await paths(world, e["asker"], e["start"], e["end"]) for e in world.truth["money"]["joined"]]


async def paths(world: World, node: str, start: str, end: str, **why: Any) -> Shown:
    visit = world.visit(node)
    found = await joined(visit, start, end, await world.mandate(visit, **why))
    return joined_shown(found, Language.EN)


async def owners(world: World, node: str, handle: str, **asked: Any) -> Shown:
    visit = world.visit(node)
    way = asked.pop("way", Way.OWNERS)
    found = await ownership(visit, handle, await world.mandate(visit), way, **asked)
    return owning_shown(found, Language.EN)


async def odd(
    world: World, node: str, handles: Sequence[str], rows: Sequence[Shown], fences: Fences | None = None
) -> Shown:
    visit = world.visit(node)
    found = await anomalies(visit, handles, await world.mandate(visit), rows, fences)
    return appraised_shown(found, Language.EN)


def through(found: Shown) -> list[Shown]:
    """What the score is told of each path."""
    vertices = found["network"]["vertices"]
    return [
        {"joins": each["joins"], "through": [vertices[step["target"]]["handles"] for step in each["steps"]]}
        for each in found["paths"]
    ]


@pytest.mark.asyncio(loop_scope="module")
async def test_all_that_was_planted_is_found_and_no_decoy(world: World, planted: list[Shown]) -> None:
    told = world.truth["money"]
    decoys = [await paths(world, e["asker"], e["start"], e["end"]) for e in told["joined_decoys"]]
    assert {each["stopped"] for each in decoys} == {"NOTHING_LEFT"}, "a port joins nothing"
    ends = [(e["asker"], e["start"], e["end"]) for e in (*told["joined"], *told["joined_decoys"])]
    ways = {end: through(each) for end, each in zip(ends, [*planted, *decoys], strict=True)}
    totals = {
        (e["asker"], e["company"]): (await owners(world, e["asker"], e["company"]))["totals"]
        for e in told["owners"]
    }
    handles = [told["anomalies"][0]["handle"], *told["anomaly_decoys"]]
    found = (await odd(world, FR, handles, told["reference"]))["anomalies"]
    score = money_scored(
        world.truth,
        Money(
            lambda asker, start, end: ways[asker, start, end],
            lambda asker, company: totals[asker, company],
            lambda _asker, _handles, _rows: found,
        ),
    )
    assert [each for each in score["money"] if not each["found"]] == []
    assert score["moneyDecoys"] == []
    assert len(score["money"]) == 4


def test_what_was_not_planted_is_a_decoy_and_what_leads_elsewhere_is_no_find() -> None:
    end = {"asker": FR, "start": "a/1", "end": "b/1"}
    owner = {"asker": FR, "company": "a/1", "owner": "b/1", "low": 0.5, "high": 0.5}
    odd_one = {"asker": FR, "handle": "a/2", "measure": "VALUE_PER_KG", "side": "LOW"}
    truth = {
        "joined": [end | {"through": ["b/2", "b/1"]}],
        "joined_decoys": [end],
        "owners": [owner],
        "anomalies": [odd_one],
        "anomaly_decoys": ["a/3"],
        "reference": [],
    }
    asked = Money(
        lambda *_: [{"joins": True, "through": [["b/1"], ["b/2"]]}],
        lambda *_: [{"handles": ["b/1"], "low": 0.5, "high": 0.6}],
        lambda *_: [odd_one | {"handle": "a/3"}],
    )
    score = money_scored({"money": truth}, asked)
    assert not any(each["found"] for each in score["money"])
    assert [each["what"] for each in score["moneyDecoys"]] == ["joined", "anomaly"]


@pytest.mark.asyncio(loop_scope="module")
async def test_each_step_says_what_moves_whose_record_it_is_its_handling_and_its_date(
    world: World, planted: list[Shown]
) -> None:
    (told,) = planted
    (path,) = told["paths"][:1]
    assert path["joins"]
    flows = [each["flow"] for each in path["steps"]]
    assert flows == ["SAME", "PHYSICAL", "PHYSICAL", "SAME", "FINANCIAL", "FINANCIAL", "FINANCIAL"]
    paid = path["steps"][4]
    assert (paid["owners"], paid["handling"], paid["dates"]) == ([EU], ["H0", "H2"], ["2026-05-07"])
    assert path["steps"][1]["dates"] == ["2026-05-06T22:15:00"]
    assert path["steps"][-1]["verification"] == "checksum holds"
    assert told["completeness"] == "3 of 3 nodes answered."
    assert "not why" in told["cannotSay"]
    received = [each for each in await world.log(SE) if each["kind"] == "QUESTION_RECEIVED"]
    assert received, "each hop stands in the log of the node that answered it"


@pytest.mark.asyncio(loop_scope="module")
async def test_an_identifier_stands_for_all_that_bear_it_and_an_unknown_one_is_asked_of_nobody(
    world: World,
) -> None:
    by_code = await paths(world, FR, BOX, "eu.europol/eu-mp-1")
    assert [len(each["steps"]) for each in by_code["paths"]] == [4], "the box at Göteborg bears it too"
    sent = len(world.wire)
    with pytest.raises(IdentifierNotUnderstood, match="neither a handle"):
        await paths(world, FR, "?", "?")
    with pytest.raises(VariablesRejected, match="no node"):
        await paths(world, FR, "xx.nowhere/1", PURSE)
    assert len(world.wire) == sent


@pytest.mark.asyncio(loop_scope="module")
async def test_a_purpose_that_no_grant_covers_joins_nothing(world: World) -> None:
    why = {"purpose": Purpose.STRATEGIC_ANALYSIS, "legal_basis": LegalBasis.ER_18_2_B}
    told = await paths(world, FR, "se.polisen/se-tc-1", SHELL, **why)
    assert told["paths"] == []
    assert {each["node"]: each["status"] for each in told["nodes"]}[SE] == "REFUSED"
    assert not told["complete"]


@pytest.mark.asyncio(loop_scope="module")
async def test_owners_over_two_nodes_a_cycle_that_ends_and_a_share_that_is_not_known(world: World) -> None:
    told = await owners(world, SE, SHELL)
    known = [each for each in told["chains"] if each["known"]]
    assert [(each["end"], len(each["holdings"])) for each in known] == [("CYCLE", 3)]
    unknown = next(each for each in told["chains"] if not each["known"])
    assert unknown["share"] == "a share that is not known"
    assert unknown["end"] == "SHOWN"
    said = known[0]["holdings"][1]["sentence"]
    assert said == "Cap Inventé Finance SAS owns 50.5 % of Alba Participations (fr.ofast)"
    assert {each["registrations"][0] for each in told["taken"]} == {"999418150"}
    assert (told["complete"], told["cut"]) == (True, False)
    early = await owners(world, SE, SHELL, day="2024-04-01")
    assert {each["share"] for each in early["chains"]} == {"a share that is not known"}
    short = await owners(world, SE, SHELL, depth=1)
    assert [each["end"] for each in short["chains"]] == ["DEPTH", "DEPTH"]
    down = await owners(world, FR, "fr.ofast/fr-mo-2", way=Way.OWNED)
    assert SHELL in {handle for each in down["totals"] for handle in each["handles"]}
    nobody = await owners(world, SE, "eu.europol/eu-nobody")
    assert (nobody["chains"], nobody["totals"]) == ([], [])
    for wrong in ({"depth": 9}, {"day": "yesterday"}):
        with pytest.raises(VariablesRejected):
            await owners(world, SE, SHELL, **wrong)


@pytest.mark.asyncio(loop_scope="module")
async def test_an_odd_price_is_told_with_its_reference_and_what_is_not_compared(world: World) -> None:
    rows = world.truth["money"]["reference"]
    told = await odd(world, FR, ["se.polisen/se-tco-1"], rows)
    (found,) = told["anomalies"]
    assert (found["handle"], found["far"], found["owners"]) == ("se.polisen/se-ms-1", True, [SE])
    assert found["sentence"].startswith("0.1898 USD per kg (se.polisen), below 0.5992: invented for the demo")
    assert told["compared"] == 2, "both loads of the consignee"
    partly = await odd(world, FR, ["se.polisen/se-ms-2"], rows[:1])
    assert {each["why"] for each in partly["notCompared"]} == {"NO_REFERENCE"}
    assert not (await odd(world, FR, ["se.polisen/se-ms-2"], rows, Fences(outside=0.01)))["anomalies"]
    with pytest.raises(ReferenceRefused, match="row 1, q1"):
        await odd(world, FR, ["se.polisen/se-ms-2"], [rows[0] | {"q1": "cheap"}])
    assert (told["referenceKept"], "came with the question" in told["referenceSays"]) == (None, True)
    for handles, fences in (([], None), (["se.polisen/se-ms-2"], Fences(outside=3.0))):
        with pytest.raises(VariablesRejected):
            await odd(world, FR, handles, rows, fences)


def written(path: Path, rows: Sequence[Shown]) -> Path:
    """A reference as a spreadsheet saves it: semicolons, decimal commas, a byte order mark."""
    lines = [";".join(COLUMNS), *(";".join(row[name] for name in COLUMNS) for row in rows)]
    path.write_text("\n".join(lines).replace(".", ","), encoding="utf-8-sig")
    return path


@pytest.mark.asyncio(loop_scope="module")
async def test_a_question_that_names_no_reference_uses_the_one_that_the_node_keeps(world: World) -> None:
    wanted, rows = ["se.polisen/se-tco-1"], world.truth["money"]["reference"]
    with pytest.raises(VariablesRejected, match="this node keeps none"):
        await odd(world, FR, wanted, [])
    assert kept_reference(world.visit(FR)) is None
    kept = read_table(written(world.homes[FR].path / FILE, rows))
    os.utime(world.homes[FR].path / FILE, (0, datetime(2026, 4, 3, 23, tzinfo=UTC).timestamp()))
    assert kept_reference(world.visit(FR)) == (kept, date(2026, 4, 3))
    told = await odd(world, FR, wanted, [])
    assert [each["handle"] for each in told["anomalies"]] == ["se.polisen/se-ms-1"]
    assert told["referenceKept"] == kept.digest
    assert f"that this node keeps ({len(rows)} rows; source: " in told["referenceSays"]
    (world.homes[FR].path / FILE).write_bytes(b"\xff")
    with pytest.raises(ReferenceRefused, match="UTF-8"):
        await odd(world, FR, wanted, [])
    (world.homes[FR].path / FILE).unlink()


@pytest.mark.asyncio(loop_scope="module")
async def test_a_table_is_kept_whole_and_logged_or_what_was_kept_stays(world: World, tmp_path: Path) -> None:
    rows = world.truth["money"]["reference"]
    home = create(tmp_path / "node", Profile(FR, "OFAST", "FR", "spoc", 8401, demo=True), now=now_utc())
    kept = await keep(home, written(tmp_path / "prices.csv", rows))
    with pytest.raises(ReferenceRefused, match="row 1, measure"):
        await keep(home, written(tmp_path / "bad.csv", [rows[0] | {"measure": "PRICE"}]))
    assert PriceBook(home.path / FILE).kept() == kept
    log = await open_log(home, home.settings())
    leaves = [parse_object(each.leaf) for each in await log.entries(0, log.head.size)]
    await log.close()
    (leaf,) = [each for each in leaves if each.get("action") == "PRICES_KEPT"]
    assert (leaf["source"], leaf["records"]) == (kept.digest, len(rows))


@pytest.mark.parametrize(
    ("address", "currency", "chain", "verification"),
    [
        (PURSE, "USDT", "tron", "CHECKSUM"),
        ("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", None, "eth", "FORM"),
        ("VfAVUw16wFJQyKNvG5fx3hZPb5ywjb3bEtkk1k6Q73t", "SOL", None, "NOT_VERIFIED"),
        (PURSE, "BTC", None, "INVALID"),
    ],
)
def test_an_address_says_how_far_it_was_checked(
    address: str, currency: str | None, chain: str | None, verification: str
) -> None:
    told = address_shown(address, currency, Language.EN)
    assert (told["chain"], told["verification"]) == (chain, verification)
    assert bool(told["reason"]) is (verification == "INVALID")
