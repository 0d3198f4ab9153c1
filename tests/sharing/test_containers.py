"""Contradictions about one container: two records each, in whatever order, and nothing that was not shown."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.answer_shape import Identifier, Record
from sharing.answer_words import of_answers
from sharing.container_words import cannot_say, of_assumptions, of_finding, of_silence, of_slip
from sharing.containers.contradictions import contradictions
from sharing.containers.declared import unmoved
from sharing.containers.finding import Limits, Rule
from sharing.containers.size_types import compatible, read_size_type
from sharing.containers.told import Told, told
from sharing.containers.travel import not_compared
from sharing.findings import Finding, gathered
from sharing.merge import Claim
from sharing.places import distance_km, place
from sharing.spans import longest_gap, span
from sharing.wording import Language

CODE = "XQZU4180266"
FR, SE, EU = "fr.a", "se.b", "eu.c"
KINDS = {
    "containerCode": "container", "unlocode": "unlocode", "billOfLading": "document",
    "registrationNumber": "document",
}  # fmt: skip


def claim(handle: str, schema: str, owner: str = "", **properties: str) -> Claim:
    node, _, name = handle.partition("/")
    told = tuple(
        Identifier(KINDS[key], value, value) for key, value in properties.items() if key in KINDS and value
    )
    values = {key: (value,) for key, value in properties.items() if value}
    record = Record(name, schema, owner or node, 1, "", (), (), (), {}, {}, values, told)
    return Claim(handle, node, record, "receipt")


def moved(handle: str, movement: str = "GATE_OUT", at: str = "", where: str = "", **more: str) -> Claim:
    """A movement of the code; times in UTC unless told otherwise."""
    properties = {"date": at, "unlocode": where, "timeZone": "UTC", "containerCode": CODE} | more
    return claim(handle, "ContainerMovement", movement=movement, **properties)


def found(*claims: Claim, limits: Limits | None = None) -> tuple[Finding[Rule], ...]:
    return contradictions(told(CODE, claims), limits)


def rules(*claims: Claim) -> list[str]:
    return [each.rule.value for each in found(*claims)]


# --- travel


def test_a_box_that_stands_at_one_port_and_leaves_another_is_in_two_places() -> None:
    stay = moved(f"{FR}/1", "STORED", startDate="2026-04-16T04:00", endDate="2026-04-21T10:00", where="FRLEH")
    (one,) = found(stay, moved(f"{SE}/1", at="2026-04-20T20:48:00", where="SEGOT"))
    assert one.rule is Rule.TWO_PLACES
    assert (one.left.handles, one.left.owners, one.left.says) == ((f"{FR}/1",), (FR,), "Le Havre")
    assert (one.right.handles, one.right.owners, one.right.says) == ((f"{SE}/1",), (SE,), "Göteborg")
    assert 1190 < one.figures["distance"] < 1205
    assert "at once: Le Havre (fr.a) and Göteborg (se.b)" in of_finding(one, Language.EN)


def test_travel_is_impossible_from_the_stated_speed_on() -> None:
    left = moved(f"{FR}/1", at="2026-04-20T00:00:00", where="FRLEH")
    right = moved(f"{SE}/1", at="2026-04-20T10:00:00", where="SEGOT")
    (one,) = found(left, right, limits=Limits(speed=100))
    assert one.rule is Rule.IMPOSSIBLE_TRAVEL
    needed = one.figures["speed"]
    assert 110 < needed < 115, "1,198 km less 25 at either end, in ten hours"
    assert not found(left, right, limits=Limits(speed=needed + 0.001))
    assert found(left, right, limits=Limits(speed=needed - 0.001))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"where": "BEANR"}, {"where": "BEGNE"}),  # within the slack of both ends
        ({"where": "FRLEH"}, {"where": ""}),
        ({"where": "FRLEH"}, {"where": "XXABC"}),  # a place of which no position is known
        ({"where": "FRLEH", "timeZone": ""}, {"where": "SEGOT"}),  # up to 26 hours away
        ({"where": "FRLEH", "at": "2026-04-20"}, {"where": "SEGOT"}),  # some time on that day
        ({"where": "FRLEH", "at": "on Monday"}, {"where": "SEGOT"}),
        ({"where": "FRLEH", "movement": "SHORT_LANDED"}, {"where": "SEGOT"}),
        ({"where": "FRLEH", "movement": "RELEASED"}, {"where": "SEGOT"}),
        ({"where": "FRLEH", "containerCode": "XQZU4181262"}, {"where": "SEGOT"}),
    ],
)
def test_what_is_not_known_well_enough_contradicts_nothing(
    left: dict[str, str], right: dict[str, str]
) -> None:
    at = {"at": "2026-04-20T20:00:00"}
    assert not rules(moved(f"{FR}/1", **at | left), moved(f"{SE}/1", **at | right))


def test_a_movement_has_the_code_and_the_place_of_what_it_refers_to() -> None:
    box = claim(f"{FR}/box", "Container", containerCode=CODE)
    port = claim(f"{FR}/port", "Port", unlocode="FRLEH")
    one = moved(f"{FR}/1", at="2026-04-20T20:00:00", containerCode="", container="box", place="port")
    other = moved(f"{SE}/1", at="2026-04-20T20:00:00", where="SEGOT")
    assert rules(box, port, one, other) == ["TWO_PLACES"]
    assert not rules(box, one, other), "the place is not shown"
    assert not rules(port, one, other), "the container is not shown"
    assert not_compared(told(CODE, [box, one, other])) == (f"{FR}/1",)


# --- what a box bears


def test_a_size_type_of_a_group_agrees_with_its_group_only() -> None:
    boxes = [
        claim(f"{node}/box", "Container", containerCode=CODE, isoType=code)
        for node, code in ((FR, "45R1"), (SE, "45G1"), (EU, "45RT"))
    ]
    pairs = [(each.left.says, each.right.says) for each in found(*boxes)]
    assert pairs == [("45RT", "45G1"), ("45R1", "45G1")]
    assert not rules(boxes[0], boxes[2])
    assert not rules(boxes[0], claim(f"{SE}/2", "Container", containerCode=CODE, isoType="unknown"))


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [("22G1", "22GP", True), ("42G1", "45G1", False), ("45RE", "45R1", False), ("22K2", "22T2", False)],
)
def test_which_size_types_can_be_of_one_box(one: str, other: str, agree: bool) -> None:
    left, right = read_size_type(one), read_size_type(other)
    assert left is not None
    assert right is not None
    assert (compatible(left, right), compatible(right, left)) == (agree, agree)
    assert {left.said(each) for each in Language}


@given(st.text("0123456789ABCDEGKLMNPRSTUVZ g\N{LATIN SMALL LETTER SHARP S}", max_size=6))
def test_whatever_is_a_size_type_agrees_with_itself(text: str) -> None:
    read = read_size_type(text)
    assert read is None or (compatible(read, read) and read.said(Language.SV))


def test_a_seal_that_changed_is_explained_by_a_shown_change() -> None:
    landed = moved(f"{FR}/1", "DISCHARGED", "2026-04-16T04:00:00", "FRLEH", sealNumber="EC-0041802")
    gone = moved(f"{FR}/2", "GATE_OUT", "2026-04-18T04:00:00", "FRLEH", sealNumber="FR 77 001")
    change = moved(f"{EU}/3", "SEAL_CHANGED", "2026-04-17T04:00:00", "FRLEH", sealNumber="FR-77001")
    (one,) = found(landed, gone)
    assert (one.rule, one.left.says, one.right.says) == (Rule.SEAL, "EC0041802", "FR77001")
    assert not one.explained_by
    assert {each.explained_by for each in found(landed, gone, change)} == {(f"{EU}/3",)}
    assert "explains" in of_finding(found(landed, gone, change)[0], Language.EN)
    assert not rules(landed, replace(gone, record=moved("x/2", sealNumber="ec 0041802").record))


def test_seals_of_two_journeys_and_no_seal_contradict_nothing() -> None:
    landed = moved(f"{FR}/1", at="2026-04-16T04:00:00", where="FRLEH", sealNumber="A1")
    later = moved(f"{FR}/2", at="2026-08-16T04:00:00", where="FRLEH", sealNumber="B1")
    bare = moved(f"{FR}/3", at="2026-04-16T05:00:00", where="FRLEH", sealNumber="none")
    assert not rules(landed, later, bare)
    boxes = [claim(f"{n}/b", "Container", containerCode=CODE, sealNumber=n) for n in (FR, SE)]
    assert rules(*boxes) == ["SEAL"]


# --- pick-up references


def test_a_reference_used_by_another_party_or_account_is_found() -> None:
    companies = [
        claim(f"{FR}/a", "Company", name="Transports Un", registrationNumber="1"),
        claim(f"{SE}/b", "Company", name="Åkeri Två", registrationNumber="2"),
        claim(f"{SE}/c", "Company", name="Transports Un AB", registrationNumber="1"),
        claim(f"{SE}/d", "Company", name="Nobody's number"),
    ]
    given_out = moved(f"{FR}/1", "RELEASED", pickupReference="PIN-77", haulier="a", account="Forwarder-12")
    used = [
        moved(f"{SE}/m-{who}", pickupReference="pin 77", haulier=who, account=account)
        for who, account in (("b", "forwarder-12"), ("c", "night-shift"), ("d", ""), ("e", ""))
    ]
    told = [(each.rule.value, each.right.handles[0]) for each in found(*companies, given_out, *used)]
    assert ("PICKUP_PARTY", f"{SE}/m-b") in told
    assert ("PICKUP_ACCOUNT", f"{SE}/m-c") in told
    between_first = [each for each in told if each[1] in (f"{SE}/m-d", f"{SE}/m-e")]
    assert not between_first, "names alone, and a haulier that is not shown, tell nothing apart"
    assert ("PICKUP_PARTY", f"{SE}/m-c") in told, "of the two that used it in Sweden"
    assert not rules(*companies, given_out, moved(f"{SE}/9", pickupReference="other", haulier="b"))


# --- what was declared


def declared(handle: str, **more: str) -> Claim:
    told = {
        "billOfLading": "DEMO1", "containerCode": CODE, "loadingPort": "from", "dischargePort": "to",
        "departureDate": "2026-03-30", "arrivalDate": "2026-04-16",
    }  # fmt: skip
    return claim(handle, "Shipment", **told | more)


PORTS = [
    claim(f"{node}/{name}", "Port", unlocode=code)
    for node in (FR, SE, EU)
    for name, code in (("from", "ECGYE"), ("to", "FRLEH"), ("depot", "ECPBO"))
]


def test_a_shipment_that_the_terminal_did_not_find_on_board_is_a_phantom() -> None:
    tally = moved(f"{EU}/1", "SHORT_LANDED", "2026-04-16T12:00", "FRLEH")
    (one,) = found(*PORTS, declared(f"{FR}/s"), tally)
    assert (one.rule, one.right.says if one.right.code else one.left.says) == (
        Rule.PHANTOM_SHIPMENT,
        "SHORT_LANDED, Le Havre",
    )
    assert "manquant au débarquement, Le Havre" in of_finding(one, Language.FR)
    assert not rules(*PORTS, declared(f"{FR}/s", containerCode="XQZU4181262"), tally)
    assert not rules(
        *PORTS, declared(f"{FR}/s"), moved(f"{EU}/1", "SHORT_LANDED", "2026-06-16T12:00", "FRLEH")
    )
    assert not rules(
        *PORTS, declared(f"{FR}/s"), moved(f"{EU}/1", "SHORT_LANDED", "2026-04-16T12:00", "NLRTM")
    )
    assert not rules(declared(f"{FR}/s"), tally), "the ports are not shown"


def test_a_box_that_stood_elsewhere_all_the_voyage_is_a_phantom_and_one_that_called_there_is_not() -> None:
    long = moved(f"{EU}/1", "STORED", startDate="2026-03-20", endDate="2026-05-01", where="ECPBO")
    call = moved(f"{EU}/2", "STORED", startDate="2026-04-01", endDate="2026-04-05", where="PAONX")
    phantoms = found(*PORTS, declared(f"{FR}/s"), long, call)
    assert [each.handles for each in phantoms if each.rule is Rule.PHANTOM_SHIPMENT] == [
        (f"{EU}/1", f"{FR}/s")
    ]
    here = moved(f"{EU}/1", "STORED", startDate="2026-03-20", endDate="2026-05-01", where="FRLEH")
    assert not rules(*PORTS, declared(f"{FR}/s"), here)
    assert unmoved(told(CODE, [*PORTS, declared(f"{FR}/s"), call])) == (f"{FR}/s",)
    assert not unmoved(told(CODE, [*PORTS, declared(f"{FR}/s"), here]))


def test_mirror_records_differ_beyond_the_tolerance_only() -> None:
    amounts = {
        "grossWeight": "21000",
        "quantity": "1000",
        "unit": "cartons",
        "customsAmount": "20000",
        "currency": "USD",
    }
    out = declared(f"{EU}/s", **amounts)
    assert not rules(out, declared(f"{FR}/s", **amounts | {"grossWeight": "20100", "customsAmount": "26000"}))
    differs = declared(
        f"{FR}/s", **amounts | {"grossWeight": "19900", "quantity": "900", "customsAmount": "9000"}
    )
    assert rules(out, differs) == ["MIRROR_WEIGHT", "MIRROR_QUANTITY", "MIRROR_VALUE"]
    (dear,) = found(out, declared(f"{FR}/s", **amounts | {"customsAmount": "1234567.5"}))
    assert "1\u202f234\u202f567,5 USD (fr.a)" in of_finding(dear, Language.FR)
    other = {"unit": "pallets", "currency": "EUR"}
    assert rules(out, declared(f"{FR}/s", **amounts | other | {"quantity": "20", "customsAmount": "1"})) == []
    same_owner = declared(f"{EU}/t", **amounts | {"grossWeight": "1"})
    assert not rules(out, same_owner)
    assert not rules(out, declared(f"{FR}/s", **amounts | {"grossWeight": "nan", "billOfLading": "DEMO1"}))


def test_the_mirror_of_another_box_under_the_same_bill_is_compared() -> None:
    out = declared(f"{EU}/s", grossWeight="21000")
    mirror = declared(f"{FR}/s", grossWeight="10", containerCode="XQZU4181262")
    assert rules(out, mirror) == ["MIRROR_WEIGHT"]
    assert not rules(declared(f"{EU}/s", grossWeight="21000", billOfLading="DEMO2"), mirror)


# --- what always holds

TIMES = st.sampled_from(
    [
        "",
        "2026",
        "2026-04",
        "2026-04-20",
        "2026-04-20T20:00",
        "2026-04-20T21:30:00",
        "2026-04-23T02:00:00",
        "x",
    ]
)
PLACES = st.sampled_from(["", "FRLEH", "SEGOT", "ECGYE", "XXABC"])
NODES = st.sampled_from([FR, SE, EU])


@st.composite
def movements(draw: st.DrawFn) -> dict[str, str]:
    kinds = ["DISCHARGED", "GATE_OUT", "SEAL_CHANGED", "SHORT_LANDED", "RELEASED", "STORED"]
    return {
        "schema": "ContainerMovement", "movement": draw(st.sampled_from(kinds)), "date": draw(TIMES),
        "startDate": draw(TIMES), "endDate": draw(TIMES), "unlocode": draw(PLACES),
        "timeZone": draw(st.sampled_from(["", "UTC", "Europe/Paris", "+05:30", "no/zone"])),
        "sealNumber": draw(st.sampled_from(["", "A", "B", "none"])),
        "isoType": draw(st.sampled_from(["", "45R1", "45G1", "45RT"])),
        "pickupReference": draw(st.sampled_from(["", "P", "Q"])),
        "account": draw(st.sampled_from(["", "a", "b"])),
        "haulier": draw(st.sampled_from(["", "one", "two"])),
        "place": draw(st.sampled_from(["", "from", "to"])),
        "container": draw(st.sampled_from(["", "box"])),
        "containerCode": draw(st.sampled_from([CODE, ""])),
    }  # fmt: skip


@st.composite
def shipments(draw: st.DrawFn) -> dict[str, str]:
    return {
        "schema": "Shipment", "billOfLading": draw(st.sampled_from(["", "D1", "D2"])),
        "containerCode": draw(st.sampled_from([CODE, ""])), "loadingPort": "from", "dischargePort": "to",
        "departureDate": draw(TIMES), "arrivalDate": draw(TIMES),
        "grossWeight": draw(st.sampled_from(["", "1", "100"])),
        "quantity": draw(st.sampled_from(["", "1", "100"])),
        "unit": draw(st.sampled_from(["", "cartons"])),
    }  # fmt: skip


@st.composite
def shown(draw: st.DrawFn) -> list[Claim]:
    records = draw(st.lists(st.tuples(NODES, st.one_of(movements(), shipments())), max_size=7))
    sources = [claim(f"{node}/r{number}", **properties) for number, (node, properties) in enumerate(records)]
    return [*sources, *_supporting()]


def _supporting() -> list[Claim]:
    """What the records refer to, at every node."""
    boxes = [claim(f"{node}/box", "Container", containerCode=CODE) for node in (FR, SE, EU)]
    companies = [
        claim(f"{node}/{name}", "Company", registrationNumber=name)
        for node in (FR, SE, EU)
        for name in ("one", "two")
    ]
    return [*PORTS, *boxes, *companies]


def keys(findings: Iterable[Finding[Rule]]) -> set[tuple[str, tuple[str, ...]]]:
    return {(each.rule.value, each.handles) for each in findings}


@given(shown(), st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(claims: list[Claim], random: object) -> None:
    once = gathered(found(*claims))
    random.shuffle(claims)  # type: ignore[attr-defined]  # a Random
    assert gathered(reversed(found(*claims))) == once


@given(shown(), st.data())
def test_a_hidden_record_takes_away_what_it_shows_and_adds_nothing(
    claims: list[Claim], data: st.DataObject
) -> None:
    whole = found(*claims)
    hidden = data.draw(st.sets(st.sampled_from([each.handle for each in claims])))
    left = found(*(each for each in claims if each.handle not in hidden))
    assert keys(left) <= keys(whole), "no finding is there because something is hidden"
    records = {each.handle for each in claims if "/r" in each.handle}
    if hidden <= records:
        assert keys(left) == {each for each in keys(whole) if not hidden & set(each[1])}


@given(shown())
def test_no_record_contradicts_itself_and_two_are_on_two_sides(claims: list[Claim]) -> None:
    for finding in found(*claims):
        assert len(finding.left.handles) == len(finding.right.handles) == 1
        assert finding.left.handles != finding.right.handles
    support = _supporting()
    for each in claims:
        assert not found(each, *support)


@given(shown())
def test_every_finding_is_told_in_every_language(claims: list[Claim]) -> None:
    for each, language in itertools.product(gathered(found(*claims)), Language):
        sentence = of_finding(each, language)
        assert all(owner in sentence for owner in (*each.left.owners, *each.right.owners))
        assert "{" not in sentence
        assert of_assumptions(each.rule, Limits(), language)
        assert of_silence(each.rule, language)


def test_findings_in_which_the_same_owners_say_the_same_are_one() -> None:
    left = [moved(f"{FR}/{n}", at=f"2026-04-20T20:0{n}:00", where="FRLEH") for n in range(4)]
    right = [moved(f"{SE}/{n}", at=f"2026-04-20T21:0{n}:00", where="SEGOT") for n in range(3)]
    (one,) = gathered(found(*left, *right))
    assert (len(one.left.handles), len(one.right.handles)) == (4, 3)
    assert one.figures["hours"] == pytest.approx(57 / 60), "the tightest of the twelve"


def test_words_that_stand_alone_are_in_every_language() -> None:
    assert of_answers(2, 3, Language.EN) == "2 of 3 nodes answered."
    assert of_slip("TRANSPOSED", 6, "81", "18", Language.FR) == "caractères 6 et 7 : 81 peut être 18"
    assert len({cannot_say(each) for each in Language}) == len(Language)


# --- times and places


@pytest.mark.parametrize(
    ("text", "zone", "earliest", "latest"),
    [
        ("2026-04-20T20:48:00", "Europe/Stockholm", "2026-04-20T18:48:00", "2026-04-20T18:48:00"),
        ("2026-04-20T20:48", "+02:00", "2026-04-20T18:48:00", "2026-04-20T18:48:59"),
        ("2026-04-20", "UTC", "2026-04-20T00:00:00", "2026-04-20T23:59:59"),
        ("2026-04", "Z", "2026-04-01T00:00:00", "2026-04-30T23:59:59"),
        ("2026", "-03:00", "2026-01-01T03:00:00", "2027-01-01T02:59:59"),
        ("2026-04-20T12:00:00", "", "2026-04-19T22:00:00", "2026-04-21T00:00:00"),
        ("2026-04-20T12:00:00", "../etc/passwd", "2026-04-19T22:00:00", "2026-04-21T00:00:00"),
        ("2026-10-25T02:30:00", "Europe/Paris", "2026-10-25T00:30:00", "2026-10-25T01:30:00"),
    ],
)
def test_a_time_is_as_exact_as_it_was_told(text: str, zone: str, earliest: str, latest: str) -> None:
    found = span([text], zone)
    assert found is not None
    assert (found.earliest.isoformat(), found.latest.isoformat()) == (f"{earliest}+00:00", f"{latest}+00:00")


@given(
    st.lists(st.one_of(st.text(max_size=20), TIMES, st.from_regex(r"\d{4}-\d\d-\d\d", fullmatch=True))),
    st.text(),
)
def test_no_text_breaks_a_time(texts: Sequence[str], zone: str) -> None:
    found = span(texts, zone)
    assert found is None or found.earliest <= found.latest
    if found is not None:
        assert longest_gap((found, found), (found, found)) == found.latest - found.earliest


def test_places_without_a_known_code_have_their_records_position() -> None:
    depot = place(f"{EU}/depot", "", "Depot", ("51.92", "4.48"))
    port = place(f"{EU}/p", "NLRTM", "", None)
    assert depot is not None
    assert port is not None
    assert (depot.key, port.name) == (f"{EU}/depot", "Rotterdam")
    apart = distance_km(depot, port)
    assert apart is not None
    assert 20 < apart < 25
    for broken in (("91", "0"), ("nan", "0"), ("", ""), None):
        assert distance_km(place("x/1", "", "x", broken) or port, port) is None


def test_the_same_bill_and_code_at_one_node_is_told_once() -> None:
    assert told(CODE, [declared(f"{FR}/s"), declared(f"{FR}/s")]) == told(CODE, [declared(f"{FR}/s")])
    assert told(CODE, []) == Told(CODE, (), (), ())
