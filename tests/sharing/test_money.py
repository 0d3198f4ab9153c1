"""Money: shares as bounds, chains that end, paths from goods to money, prices beside a stated reference."""

import itertools
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.answer_shape import Identifier, Record
from sharing.merge import Claim
from sharing.money.anomalies import Fences, Missing, appraised
from sharing.money.flows import Flow, dates_of, flow_of, joined, joins
from sharing.money.ownership import (
    End,
    Owned,
    Way,
    common_registrations,
    owned,
    stakes,
    things,
)
from sharing.money.reference import Measure, Reference, ReferenceRefused, read_reference
from sharing.money.shares import UNKNOWN, Share, read_share
from sharing.money_words import (
    assumes,
    cannot_say,
    of_anomaly,
    of_end,
    of_flow,
    of_holding,
    of_missing,
    of_share,
    of_verification,
)
from sharing.network import Ontology
from sharing.paths import shortest_paths
from sharing.wording import Language

DAY = "2026-05-01"
KINDS = {"registrationNumber": "document", "containerCode": "container", "publicKey": "wallet"}
ONTOLOGY = Ontology(
    {
        "ContainerMovement": ("container", "place"),
        "Payment": ("payer", "beneficiary"),
        "Ownership": ("owner", "asset"),
    },
    {
        "ContainerMovement": frozenset({"container", "place", "haulier"}),
        "Payment": frozenset({"payer", "beneficiary", "beneficiaryAccount"}),
        "CryptoWallet": frozenset({"holder"}),
    },
)


def claim(handle: str, schema: str = "Company", **properties: str) -> Claim:
    node, _, name = handle.partition("/")
    values = {key: (value,) for key, value in properties.items()}
    told = tuple(Identifier(KINDS[key], v, v) for key, v in properties.items() if key in KINDS)
    record = Record(name, schema, node, 1, "", (), (), (), {}, {}, values, told)
    return Claim(handle, node, record, "receipt")


def stake(handle: str, owner: str, asset: str, share: str = "", **more: str) -> Claim:
    told = {"percentage": share} if share else {}
    return claim(handle, "Ownership", owner=owner, asset=asset, **told, **more)


def of(start: str, *claims: Claim, way: Way = Way.OWNERS, most: int = 6) -> tuple[Owned, dict[str, Share]]:
    groups = things(claims)
    place = {handle: number for number, group in enumerate(groups) for handle in group}
    found = owned(place[start], groups, stakes(claims, DAY), way, most)
    return found, {groups[thing][0]: share for thing, share in found.totals.items()}


# --- shares


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("25", 0.25, 0.25),
        ("25,5 %", 0.255, 0.255),
        ("75 to 100 %", 0.75, 1),
        ("50%-75%", 0.5, 0.75),
        ("0", 0, 0),
        ("100.0", 1, 1),
    ],
)
def test_a_share_is_a_percentage_or_a_range(text: str, low: float, high: float) -> None:
    assert read_share(text) == Share(low, high)


@pytest.mark.parametrize("text", ["", "most", "101", "75 to 50", "-5", "1/3", "25 25"])
def test_what_is_no_percentage_is_not_known(text: str) -> None:
    assert read_share(text) == UNKNOWN
    assert not read_share(text).told


bounds = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda pair: Share(min(pair), max(pair)))


@given(bounds, bounds, st.floats(0, 1), st.floats(0, 1))
def test_bounds_hold_whatever_the_true_shares_are(one: Share, other: Share, a: float, b: float) -> None:
    left, right = one.low + a * (one.high - one.low), other.low + b * (other.high - other.low)
    assert one.of(other).low <= left * right + 1e-9
    assert left * right <= one.of(other).high + 1e-9
    assert one.plus(other).low <= min(1, left + right) + 1e-9
    assert min(1, left + right) <= one.plus(other).high + 1e-9
    assert one.or_as(other).low <= left <= one.or_as(other).high + 1e-9


# --- ownership


def test_shares_multiply_along_a_chain_over_nodes_and_add_up_over_chains() -> None:
    found, totals = of(
        "eu.c/shell",
        claim("eu.c/shell"),
        claim("eu.c/mid", registrationNumber="C1"),
        claim("fr.a/mid", registrationNumber="C1"),
        claim("fr.a/top", "Person"),
        stake("eu.c/s1", "mid", "shell", "60"),
        stake("fr.a/s2", "top", "mid", "50"),
        claim("eu.c/top2", "Person"),
        stake("eu.c/s3", "top2", "shell"),
    )
    assert totals["eu.c/mid"] == Share(0.6, 0.6)
    assert totals["fr.a/top"] == Share(0.3, 0.3)
    assert totals["eu.c/top2"] == UNKNOWN
    assert [each.end for each in found.chains] == [End.SHOWN, End.SHOWN]
    assert found.chains[1].share == Share(0.3, 0.3), "what may be all comes first"


def test_a_cycle_ends_and_is_told_and_a_depth_too() -> None:
    claims = [
        claim("eu.c/a"),
        claim("eu.c/b"),
        claim("eu.c/c"),
        stake("eu.c/1", "b", "a", "50"),
        stake("eu.c/2", "c", "b", "40"),
        stake("eu.c/3", "a", "c", "10"),
        stake("eu.c/4", "a", "a", "5"),
    ]
    found, totals = of("eu.c/a", *claims)
    (chain,) = found.chains
    assert (chain.end, len(chain.holdings)) == (End.CYCLE, 3)
    assert totals.keys() == {"eu.c/b", "eu.c/c"}
    short, _ = of("eu.c/a", *claims, most=1)
    assert [(each.end, each.share) for each in short.chains] == [(End.DEPTH, Share(0.5, 0.5))]
    _, down = of("eu.c/b", *claims, way=Way.OWNED)
    assert down["eu.c/a"] == Share(0.5, 0.5)


def test_stakes_of_one_node_add_up_and_those_of_two_are_tellings_of_one() -> None:
    both = [
        claim(f"{node}/{name}", registrationNumber=name) for node in ("eu.c", "fr.a") for name in ("A", "B")
    ]
    found, totals = of(
        "eu.c/A",
        *both,
        stake("eu.c/1", "B", "A", "20"),
        stake("eu.c/2", "B", "A", "10"),
        stake("fr.a/1", "B", "A", "40"),
    )
    (chain,) = found.chains
    assert chain.holdings[0].differ
    assert totals["eu.c/B"] == Share(pytest.approx(0.3), 0.4)  # type: ignore[arg-type]  # compares like a float
    same, _ = of("eu.c/A", *both, stake("eu.c/1", "B", "A", "40"), stake("fr.a/1", "B", "A"))
    assert not same.chains[0].holdings[0].differ, "one of them tells no share"
    assert same.chains[0].share == Share(0.4, 0.4)


@pytest.mark.parametrize(
    ("dates", "held"),
    [
        ({"endDate": "2026-04-30"}, False),
        ({"endDate": "2026-04"}, False),
        ({"endDate": "2026"}, True),
        ({"endDate": DAY}, True),
        ({"startDate": "2026-05-02"}, False),
        ({"startDate": "2026"}, True),
        ({}, True),
    ],
)
def test_a_stake_counts_on_the_days_on_which_it_was_held(dates: dict[str, str], held: bool) -> None:
    assert bool(stakes([stake("eu.c/1", "b", "a", "50", **dates)], DAY)) is held


def test_a_group_says_for_which_number_it_is_taken_to_be_one() -> None:
    claims = {each.handle: each for each in (claim("eu.c/a", registrationNumber="C1"), claim("fr.a/b"))}
    assert common_registrations(["eu.c/a", "fr.a/b"], claims) == ()
    claims["fr.a/b"] = claim("fr.a/b", registrationNumber="C1")
    assert common_registrations(["eu.c/a", "fr.a/b"], claims) == ("C1",)
    assert things(claims.values()) == (("eu.c/a", "fr.a/b"),)
    assert things([claim("eu.c/a"), claim("fr.a/b")], [["eu.c/a", "fr.a/b", "x/y"]]) == (
        ("eu.c/a", "fr.a/b"),
    )


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 100)), max_size=9), st.randoms()
)
def test_chains_end_and_no_thing_stands_twice_whatever_owns_whatever(
    told: list[tuple[int, int, int]], draw: Any
) -> None:
    claims = [claim(f"eu.c/{number}") for number in range(6)]
    claims += [stake(f"eu.c/s{n}", str(a), str(b), str(share)) for n, (a, b, share) in enumerate(told)]
    found, totals = of("eu.c/0", *claims)
    assert "eu.c/0" not in totals
    for chain in found.chains:
        owners = [each.owner for each in chain.holdings]
        told_once = owners[:-1] if chain.end is End.CYCLE else owners
        assert len(set(told_once)) == len(told_once)
        assert math.prod(each.share.low for each in chain.holdings) == pytest.approx(chain.share.low)
    assert of("eu.c/0", *draw.sample(claims, len(claims)))[1] == totals


# --- goods and money


def box_to_wallet() -> list[Claim]:
    return [
        claim("fr.a/box", "Container", containerCode="XQZU5220173"),
        claim("se.b/box", "Container", containerCode="XQZU5220173"),
        claim("se.b/port", "Port"),
        claim("se.b/haulier", registrationNumber="5599990426"),
        claim(
            "se.b/out", "ContainerMovement", container="box", place="port", haulier="haulier",
            date="2026-05-06",
        ),
        claim("eu.c/haulier", registrationNumber="5599990426"),
        claim("eu.c/shell"),
        claim("eu.c/paid", "Payment", payer="shell", beneficiary="haulier", date="2026-05-07"),
        claim("eu.c/wallet", "CryptoWallet", holder="shell"),
        claim("se.b/other", "Container", containerCode="XQZU5220640"),
        claim("se.b/landed", "ContainerMovement", container="other", place="port"),
    ]  # fmt: skip


def test_a_path_leads_from_a_box_to_a_wallet_and_none_through_a_port() -> None:
    claims = box_to_wallet()
    network = joined(claims, [], ONTOLOGY)
    schemata = [[c.record.schema for c in claims if c.handle in group] for group in network.vertices]
    place = network.place
    (path,) = shortest_paths(network, [place["fr.a/box"]], [place["eu.c/wallet"]], 12)
    way = [network.vertices[step.target][0] for step in path]
    assert way == [
        "se.b/box", "se.b/out", "se.b/haulier", "eu.c/haulier", "eu.c/paid", "eu.c/shell", "eu.c/wallet",
    ]  # fmt: skip
    flows = [flow_of(step, schemata) for step in path]
    assert flows == [
        Flow.SAME, Flow.PHYSICAL, Flow.PHYSICAL, Flow.SAME, Flow.FINANCIAL, Flow.FINANCIAL, Flow.FINANCIAL,
    ]  # fmt: skip
    assert joins(path, schemata)
    assert joins([type(step)(step.target, step.source, step.ties) for step in reversed(path)], schemata)
    assert not joins(path[:3], schemata), "a haulier is no money"
    assert not joins([], schemata)
    assert not shortest_paths(network, [place["se.b/other"]], [place["eu.c/wallet"]], 12)
    known = {each.handle: each for each in claims}
    assert dates_of(["eu.c/paid", "se.b/out", "x/y"], known) == ("2026-05-06", "2026-05-07")


# --- prices and weights

ROW = {
    "source": "customs statistics", "hsCode": "0803", "measure": "VALUE_PER_KG", "unit": "usd",
    "begin": "2026-01-01", "end": "2026-12-31", "number": "400", "q1": "0,80", "median": "0.9", "q3": "1,00",
}  # fmt: skip
DECLARED = {
    "hsCode": "0803.90", "grossWeight": "20000", "customsAmount": "18000", "currency": "USD",
    "quantity": "1000", "unit": "cartons", "arrivalDate": "2026-05-16",
}  # fmt: skip


def declared(handle: str = "se.b/1", **more: str) -> Claim:
    return claim(handle, "Shipment", **{k: v for k, v in (DECLARED | more).items() if v})


def table(**more: object) -> tuple[Reference, ...]:
    return read_reference([ROW | more])


def test_a_price_beyond_the_fences_is_told_with_its_reference() -> None:
    low, high = table()[0].fences(1.5)
    assert (low, high) == (pytest.approx(0.8 / 1.25**1.5), pytest.approx(1.25**1.5))
    cheap, dear = declared("fr.a/2", customsAmount="11000"), declared("se.b/3", customsAmount="60000")
    told = appraised([dear, declared(), cheap], table())
    assert [(a.source.handle, a.side.value, a.far) for a in told.anomalies] == [
        ("fr.a/2", "LOW", False),
        ("se.b/3", "HIGH", True),
    ]
    assert told.compared == 3
    assert {each.why for each in told.not_compared} == {Missing.NO_REFERENCE}, "no weights of cartons"
    said = of_anomaly(told.anomalies[0], Language.EN)
    assert said.startswith("0.55 USD per kg (fr.a), below 0.5724: customs statistics for 0803 tells a median")
    assert "0,55" in of_anomaly(told.anomalies[0], Language.SV)
    assert not appraised([cheap], table(), Fences(outside=2.0)).anomalies


def test_a_weight_is_compared_by_package_and_the_longest_code_counts() -> None:
    weights = {"measure": "KG_PER_UNIT", "unit": "cartons", "q1": "19", "median": "19.5", "q3": "20.5"}
    heavy = appraised([declared(grossWeight="26000")], table(**weights))
    assert [each.measure for each in heavy.anomalies] == [Measure.KG_PER_UNIT]
    rows = read_reference([ROW | weights, ROW | weights | {"hsCode": "080390", "q3": "40"}])
    assert not appraised([declared(grossWeight="26000")], rows).anomalies
    both = read_reference([ROW | weights, ROW | weights | {"source": "another"}])
    assert len(appraised([declared(grossWeight="26000")], both).anomalies) == 2


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"hsCode": ""}, Missing.NO_CODE),
        ({"arrivalDate": ""}, Missing.NO_DATE),
        ({"arrivalDate": "2026-05"}, Missing.NO_DATE),
        ({"grossWeight": ""}, Missing.NO_WEIGHT),
        ({"customsAmount": ""}, Missing.NO_AMOUNT),
        ({"currency": ""}, Missing.NO_AMOUNT),
        ({"currency": "EUR"}, Missing.NO_REFERENCE),
        ({"hsCode": "0804"}, Missing.NO_REFERENCE),
        ({"arrivalDate": "2027-01-01"}, Missing.NO_REFERENCE),
    ],
)
def test_what_says_too_little_is_named_and_no_anomaly(more: dict[str, str], why: Missing) -> None:
    told = appraised([declared(**{"customsAmount": "1"} | more)], table())
    assert why in {each.why for each in told.not_compared if each.measure is Measure.VALUE_PER_KG}
    assert (told.anomalies, told.compared) == ((), 0)


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"measure": "PRICE"}, "row 1, measure: 'PRICE'"),
        ({"hsCode": "banana"}, "row 1, hsCode"),
        ({"number": "19"}, "row 1, number: '19' is not a whole number from 20 on"),
        ({"q1": "nan"}, "row 1, q1"),
        ({"q1": "2"}, "row 1, median"),
        ({"q1": "1", "median": "1", "q3": "1"}, "row 1, median"),
        ({"q1": "-1"}, "row 1, q1"),
        ({"begin": "1.1.2026"}, "row 1, begin"),
        ({"end": "2025-01-01"}, "row 1, end"),
        ({"source": None}, "row 1, source"),
        ({"unit": "x" * 300}, "row 1, unit"),
    ],
)
def test_a_reference_that_does_not_hold_is_refused_by_row_and_column(
    more: dict[str, object], named: str
) -> None:
    with pytest.raises(ReferenceRefused, match=named):
        table(**more)


def test_a_reference_has_rows_and_not_too_many() -> None:
    for rows in ([], [ROW] * 5_001):
        with pytest.raises(ReferenceRefused, match="are taken"):
            read_reference(rows)


@given(st.floats(0.01, 1e6), st.floats(0.5, 5))
def test_fences_do_not_depend_on_the_unit(scale: float, times: float) -> None:
    row = Reference("s", "0803", Measure.VALUE_PER_KG, "USD", "", "", 20, 1.0, 2.0, 3.0)
    scaled = Reference("s", "0803", Measure.VALUE_PER_KG, "USD", "", "", 20, scale, 2 * scale, 3 * scale)
    low, high = row.fences(times)
    assert scaled.fences(times) == (pytest.approx(low * scale), pytest.approx(high * scale))
    assert (low <= 1, high >= 3) == (True, True)


# --- words


def test_everything_is_said_in_every_language() -> None:
    found, _ = of("eu.c/a", claim("eu.c/a"), claim("eu.c/b"), stake("eu.c/1", "b", "a", "33,5"))
    holding = found.chains[0].holdings[0]
    names = ["{asset}", "B"]
    assert of_holding(holding, names, Language.EN) == "B owns 33.5 % of {asset} (eu.c)"
    assert "33,5 %" in of_holding(holding, names, Language.FR)
    for each in Language:
        methods = ("ownership", "joined", "anomalies")
        said = [*(assumes(m, each) for m in methods), *(cannot_say(m, each) for m in methods)]
        said += [of_end(e, each) for e in End] + [of_flow(f, each) for f in Flow]
        said += [of_missing(m, each) for m in Missing] + [of_verification("NOT_VERIFIED", each)]
        said += [of_share(s, each) for s in (UNKNOWN, Share(0.5, 0.75), Share(1, 1))]
        assert all(said)
    pairs = itertools.combinations(Language, 2)
    assert all(cannot_say("joined", a) != cannot_say("joined", b) for a, b in pairs)
