"""One vessel as several services tell it: contradictions, signals, and a gap that alone never is one."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.answer_shape import Identifier, Record
from sharing.findings import Finding, gathered
from sharing.merge import Claim
from sharing.vessel_words import cannot_say, lone_gap, of_assumptions, of_finding, of_silence, of_station
from sharing.vessels.codes import (
    Station,
    call_sign,
    countries,
    flag_fits,
    ship_name,
    sign_countries,
    sign_fits,
    station,
)
from sharing.vessels.findings import found_in
from sharing.vessels.rules import Limits, Rule
from sharing.vessels.signs import lone_gaps
from sharing.vessels.told import Told, told
from sharing.wording import Language

IMO, OTHER_IMO, MMSI, OTHER_MMSI, ADELIE = "2004191", "2004206", "200041911", "200041922", "501041911"
FR, SE, EU = "fr.a", "se.b", "eu.c"
KINDS = {"imoNumber": "imo", "mmsi": "mmsi", "otherMmsi": "mmsi"}
AREA = {"name": "off Antifer", "latitude": "49.87", "longitude": "-0.6", "radius": "10"}
INSIDE, OUTSIDE = {"latitude": "49.9", "longitude": "-0.6"}, {"latitude": "51.5", "longitude": "1.5"}


def claim(handle: str, schema: str, **properties: str) -> Claim:
    node, _, name = handle.partition("/")
    marks = tuple(
        Identifier(KINDS[key], value, value) for key, value in properties.items() if key in KINDS and value
    )
    values = {key: (value,) for key, value in properties.items() if value}
    record = Record(name, schema, node, 1, "", (), (), (), {}, {}, values, marks)
    return Claim(handle, node, record, "receipt")


def period(handle: str, begin: str = "2026-01-01", end: str = "2026-06-30", **more: str) -> Claim:
    properties = {"startDate": begin, "endDate": end, "timeZone": "UTC", "imoNumber": IMO} | more
    return claim(handle, "VesselPeriod", **properties)


def event(handle: str, kind: str, at: str = "2026-05-10T02:00:00", **more: str) -> Claim:
    properties = {"eventType": kind, "startDate": at, "mmsi": MMSI, "provider": "p", "method": kind} | more
    return claim(handle, "AisEvent", **properties)


def whole(*claims: Claim) -> Told:
    return told("imo", IMO, [claim(f"{EU}/ship", "Vessel", imoNumber=IMO, mmsi=MMSI), *claims])


def found(*claims: Claim, limits: Limits | None = None) -> tuple[Finding[Rule], ...]:
    return found_in(whole(*claims), limits)


def rules(*claims: Claim) -> list[str]:
    return [each.rule.value for each in found(*claims)]


# --- numbers and signs


@pytest.mark.parametrize(
    ("mmsi", "kind", "named"),
    [
        ("265041800", Station.SHIP, {"se"}),
        ("002655000", Station.COAST, {"se"}),
        ("022600000", Station.GROUP, {"fr"}),
        ("111265001", Station.AIRCRAFT, {"se"}),
        ("992651234", Station.AID, {"se"}),
        ("982651234", Station.CRAFT, {"se"}),
        ("826512345", Station.HANDHELD, {"se"}),
        ("306041800", Station.SHIP, {"bq", "cw", "sx"}),
        ("970123456", Station.BEACON, set()),
        (MMSI, Station.SHIP, set()),
        ("12345678", None, set()),
    ],
)
def test_an_mmsi_names_a_kind_of_station_and_a_country(
    mmsi: str, kind: Station | None, named: set[str]
) -> None:
    assert (station(mmsi), countries(mmsi)) == (kind, named)


@pytest.mark.parametrize(
    ("mmsi", "flag", "fits"),
    [
        ("265041800", "se", True),
        ("265041800", "pa", False),
        (ADELIE, "fr", True),
        (ADELIE, "tf", True),
        ("228041800", "tf", True),
        (ADELIE, "pa", False),
        (MMSI, "pa", True),
        ("265041800", "", True),
    ],
)
def test_a_flag_fits_the_country_of_the_number_its_territories_and_its_state(
    mmsi: str, flag: str, fits: bool
) -> None:
    assert flag_fits(mmsi, flag) is fits


@pytest.mark.parametrize(
    ("sign", "whose", "flag", "fits"),
    [
        ("SFPQ", ["se"], "se", True),
        ("sfpq", ["se"], "pa", False),
        ("3EXX9", ["pa"], "pa", True),
        ("HO2508", ["pa"], "lr", False),
        ("VRAB", ["hk"], "cn", True),
        ("MABC7", ["gb"], "im", True),
        ("P4AB", ["aw"], "nl", True),
        ("PJAB", ["bq", "cw", "sx"], "nl", True),
        ("SSAB", ["eg"], "sd", False),
        ("SSNB", ["sd"], "sd", True),
        ("SS1234", [], "pa", True),  # the series is two countries': a digit says of which neither
        ("3DNA", ["fj"], "fj", True),
        ("4UAB", [], "pa", True),  # the United Nations: no country
        ("OH", [], "pa", True),  # no form of a call sign
        ("SFPQ", ["se"], "", True),
    ],
)
def test_a_call_sign_names_a_country_or_it_is_not_known_whose(
    sign: str, whose: list[str], flag: str, fits: bool
) -> None:
    assert (sorted(sign_countries(sign)), sign_fits(sign, flag)) == (whose, fits)


def test_no_series_is_two_countries_but_that_of_the_former_antilles() -> None:
    letters, digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
    begins = (
        f"{one}{two}{three}" for one in letters + digits for two in letters + digits for three in letters
    )
    several = {begin[:2] for begin in begins if len(sign_countries(f"{begin}A")) > 1}
    assert several == {"PJ"}
    assert len({c for one in letters for two in letters for c in sign_countries(f"{one}{two}AA")}) > 90


@pytest.mark.parametrize("text", ["SFPQ", "s.f.p.q", "3EXX9", "V7AB3", "HO2508", "9HA4321", "2ABC4"])
def test_what_has_the_form_of_a_call_sign(text: str) -> None:
    assert call_sign(text)


@pytest.mark.parametrize("text", ["", "SF", "SFPQ0", "1ABC", "ÅÄÖQ", "SFPQRS", "22AB"])
def test_what_has_no_form_of_a_call_sign(text: str) -> None:
    assert call_sign(text) is None


@given(st.text(max_size=12))
def test_no_text_breaks_a_code(text: str) -> None:
    assert station(text) is not None or not countries(text)
    assert call_sign(text) in (None, call_sign(call_sign(text) or ""))
    assert ship_name(text) == ship_name(ship_name(text)) or " " in text.strip()


# --- names, flags and numbers in time


def test_two_names_flags_and_call_signs_at_one_time_are_told() -> None:
    one = period(f"{FR}/1", name="Estrela Alva", flag="pa", callSign="3EXX9")
    other = period(f"{SE}/1", "2026-03-01", name="ALBA", flag="lr", callSign="D5XX8", mmsi=MMSI)
    assert rules(one, other) == ["TWO_NAMES", "TWO_FLAGS", "TWO_CALL_SIGNS"]
    assert not rules(one, period(f"{SE}/1", name="M/V ESTRELA-ALVA", flag="PA", callSign="3exx 9"))


@pytest.mark.parametrize(
    "other",
    [
        {"begin": "2026-06-30"},  # the day on which the one ends
        {"begin": "2026-07-01"},
        {"begin": "2026-06-29", "timeZone": ""},  # perhaps a day later
        {"begin": ""},
        {"imoNumber": OTHER_IMO},
        {"end": "", "begin": "2025-12-01"},  # told for its first day only
    ],
)
def test_what_is_not_surely_at_one_time_and_of_one_vessel_contradicts_nothing(other: dict[str, str]) -> None:
    one = period(f"{FR}/1", name="Estrela Alva", mmsi=MMSI)
    assert not rules(one, period(f"{SE}/1", **{"end": "2026-12-31", "name": "Alba"} | other))


def test_a_record_without_an_end_holds_for_the_day_as_of_which_it_is_told() -> None:
    one = period(f"{FR}/1", name="Estrela Alva")
    assert rules(one, period(f"{SE}/1", "2025-12-01", "", date="2026-02-01", name="Alba")) == ["TWO_NAMES"]


def test_one_imo_with_two_mmsi_and_one_mmsi_with_two_imo() -> None:
    assert rules(period(f"{FR}/1", mmsi=MMSI), period(f"{SE}/1", mmsi=OTHER_MMSI)) == ["TWO_MMSI"]
    (one,) = found(period(f"{FR}/1", mmsi=MMSI), period(f"{SE}/1", mmsi=MMSI, imoNumber=OTHER_IMO))
    assert (one.rule, one.left.says, one.right.says) == (Rule.TWO_IMO, IMO, OTHER_IMO)


def test_an_mmsi_of_another_country_than_the_flag_in_one_record_or_in_two_at_one_time() -> None:
    (one,) = found(claim(f"{FR}/v", "Vessel", imoNumber=IMO, mmsi=ADELIE, flag="pa"))
    assert (one.rule, one.left.handles, one.right.handles) == (Rule.MMSI_FLAG, (f"{FR}/v",), (f"{FR}/v",))
    assert {one.left.says, one.right.says} == {"PA", f"MMSI {ADELIE}"}
    assert rules(period(f"{FR}/1", flag="pa"), period(f"{SE}/1", mmsi=ADELIE)) == ["MMSI_FLAG"]
    assert not rules(period(f"{FR}/1", flag="fr"), period(f"{SE}/1", mmsi=ADELIE))


def test_a_call_sign_of_another_country_than_the_flag_in_one_record_or_in_two_at_one_time() -> None:
    (one,) = found(period(f"{FR}/1", flag="pa", callSign="SFPQ"))
    assert (one.rule, one.left.says, one.right.says) == (Rule.CALL_SIGN_FLAG, "PA", "SFPQ")
    assert rules(period(f"{FR}/1", flag="pa"), period(f"{SE}/1", callSign="SFPQ")) == ["CALL_SIGN_FLAG"]
    assert not rules(period(f"{FR}/1", flag="pa", callSign="4UAB")), "nobody's series contradicts nothing"
    assert not rules(period(f"{FR}/1", flag="pa"), period(f"{SE}/1", flag="se", callSign="SFPQ"))[1:]


def test_an_mmsi_that_was_asked_for_is_told_with_all_that_bear_its_ships_imo() -> None:
    claims = [
        claim(f"{FR}/v", "Vessel", imoNumber=IMO, mmsi=MMSI),
        period(f"{SE}/1", mmsi=OTHER_MMSI),
        event(f"{SE}/2", "GAP", mmsi=OTHER_MMSI),
        event(f"{SE}/3", "ENCOUNTER", mmsi="200049999", otherMmsi=OTHER_MMSI),
        event(f"{SE}/4", "GAP", mmsi="200049999"),
    ]
    shown = told("mmsi", MMSI, claims)
    assert shown.marks.mmsis == {MMSI, OTHER_MMSI}, "not that of whom it met"
    assert [each.source.handle for each in shown.events] == [f"{SE}/2", f"{SE}/3"]


# --- positions


def test_two_owners_positions_that_no_ship_can_reach_are_told_and_one_owners_are_not() -> None:
    here = event(f"{FR}/1", "LOITERING", **INSIDE)
    there = event(f"{SE}/1", "LOITERING", "2026-05-10T12:00:00", latitude="57.7", longitude="11.7")
    (one,) = found(here, there)
    assert one.rule is Rule.IMPOSSIBLE_SPEED
    assert 1150 < one.figures["distance"] < 1250
    assert one.figures["hours"] == 10
    assert not found(here, there, limits=Limits(knots=70))
    assert not rules(
        here, event(f"{FR}/2", "LOITERING", "2026-05-10T12:00:00", latitude="57.7", longitude="11.7")
    )
    assert not rules(here, event(f"{SE}/1", "LOITERING", **{"mmsi": "200049999", **INSIDE}))


def test_a_track_is_compared_with_an_event_of_another_owner() -> None:
    points = "-0.6,49.9,1778378400 -0.5,49.9,1778382000 x,y,z 200,0,1 1,1,99999999999999999999"
    track = claim(f"{FR}/t", "AisTrack", mmsi=MMSI, positions=points)
    shown = whole(track)
    assert len(shown.tracks[0].points) == 2
    there = event(f"{SE}/1", "LOITERING", "2026-05-10T04:00:00", latitude="57.7", longitude="11.7")
    (one,) = found(track, there)
    assert one.left.says == "49.900, -0.500" or one.right.says == "49.900, -0.500"
    assert not found(track, event(f"{SE}/1", "LOITERING", "2026-05-10T04:00:00", **INSIDE))


# --- signals


def test_a_gap_and_a_meeting_near_a_drop_off_are_a_signal_that_names_all_three_records() -> None:
    area = claim(f"{SE}/area", "DropOffArea", **AREA)
    gap, meeting = event(f"{FR}/1", "GAP"), event(f"{SE}/2", "ENCOUNTER", "2026-05-11T02:00:00", **INSIDE)
    (one,) = found(area, gap, meeting)
    assert one.rule is Rule.TWO_SIGNS
    assert (one.left.says, one.right.says) == ("GAP", "ENCOUNTER (off Antifer)")
    assert (one.left.handles, one.right.handles) == ((f"{FR}/1",), (f"{SE}/2", f"{SE}/area"))
    assert one.figures == {"hours": 24.0}
    told = of_finding(one, Language.SV)
    assert "avbrott i sändningen (fr.a) och möte mellan två fartyg (off Antifer) (se.b)" in told
    assert not lone_gaps(whole(area, gap, meeting), Limits())
    assert not rules(gap, meeting), "the area is not shown"
    assert lone_gaps(whole(gap, meeting), Limits()) == (f"{FR}/1",)


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "GAP"},
        {"kind": "LOITERING", **OUTSIDE},
        {"kind": "LOITERING"},
        {"kind": "LOITERING", "at": "2026-05-18T02:00:00", **INSIDE},
        {"kind": "LOITERING", "at": "2026-05", **INSIDE},
        {"kind": "ENCOUNTER", "method": "GAP", **INSIDE},
        {"kind": "IDENTITY_CHANGE", "mmsi": "200049999"},
        {"kind": "UNKNOWN", **INSIDE},
    ],
)
def test_what_is_no_second_independent_sign(other: dict[str, str]) -> None:
    area = claim(f"{FR}/area", "DropOffArea", **AREA)
    assert not rules(area, event(f"{FR}/1", "GAP"), event(f"{FR}/2", **other))


TIMES = st.sampled_from(["2026-05-10T02:00:00", "2026-05-11T02:00:00", "2026-05-10", "2026-07-01", "", "x"])
PLACES = st.sampled_from([INSIDE, OUTSIDE, {}])
NODES = st.sampled_from([FR, SE, EU])
NUMBERS = st.sampled_from([MMSI, OTHER_MMSI, ADELIE, ""])
EVENTS = st.builds(
    lambda at, number, method, place: {"startDate": at, "mmsi": number, "method": method, **place},
    TIMES,
    NUMBERS,
    st.sampled_from(["", "a", "b"]),
    PLACES,
)
CONDUCT = ["GAP", "IDENTITY_CHANGE", "IMPOSSIBLE_SPEED", "LOITERING", "ENCOUNTER"]
PERIODS = st.builds(
    lambda begin, end, imo, number, name, flag: {
        "schema": "VesselPeriod", "startDate": begin, "endDate": end, "imoNumber": imo, "mmsi": number,
        "name": name, "flag": flag, "timeZone": "UTC", "vessel": "v",
    },
    TIMES, TIMES, st.sampled_from([IMO, OTHER_IMO, ""]), NUMBERS, st.sampled_from(["A", "MV A", "B", ""]),
    st.sampled_from(["pa", "fr", ""]),
)  # fmt: skip


@st.composite
def shown(draw: st.DrawFn) -> list[Claim]:
    conduct = st.builds(
        lambda kind, more: {"schema": "AisEvent", "eventType": kind, **more}, st.sampled_from(CONDUCT), EVENTS
    )
    records = draw(st.lists(st.tuples(NODES, st.one_of(conduct, PERIODS)), max_size=6))
    areas = [claim(f"{node}/area", "DropOffArea", **AREA) for node in draw(st.sets(NODES))]
    ships = [claim(f"{node}/v", "Vessel", imoNumber=IMO, mmsi=MMSI) for node in draw(st.sets(NODES))]
    return [
        *(claim(f"{node}/r{number}", **more) for number, (node, more) in enumerate(records)), *areas, *ships
    ]  # fmt: skip


def keys(findings: tuple[Finding[Rule], ...]) -> set[tuple[str, tuple[str, ...]]]:
    return {(each.rule.value, each.handles) for each in findings}


@settings(max_examples=60)
@given(st.lists(st.tuples(NODES, EVENTS), max_size=8), st.sets(NODES))
def test_gaps_alone_are_never_a_signal_however_many_and_whoever_tells_them(
    gaps: list[tuple[str, dict[str, str]]], areas: set[str]
) -> None:
    claims = [
        *(claim(f"{node}/{n}", "AisEvent", eventType="GAP", **more) for n, (node, more) in enumerate(gaps)),
        *(claim(f"{node}/area", "DropOffArea", **AREA) for node in areas),
    ]
    shown_told = whole(*claims)
    assert Rule.TWO_SIGNS not in {each.rule for each in found_in(shown_told)}
    assert set(lone_gaps(shown_told, Limits())) == {each.source.handle for each in shown_told.events}


@settings(max_examples=60)
@given(shown(), st.randoms(use_true_random=False))
def test_a_signal_rests_on_two_kinds_and_order_changes_nothing(claims: list[Claim], random: object) -> None:
    once = found(*claims)
    for each in once:
        if each.rule is Rule.TWO_SIGNS:
            kinds = {side.says.partition(" ")[0] for side in (each.left, each.right)}
            assert len(kinds) == 2
            assert kinds != {"GAP"}
    random.shuffle(claims)  # type: ignore[attr-defined]  # a Random
    assert gathered(found(*claims)) == gathered(once)


@settings(max_examples=60)
@given(shown(), st.data())
def test_a_hidden_record_takes_away_and_adds_nothing(claims: list[Claim], data: st.DataObject) -> None:
    hidden = data.draw(st.sets(st.sampled_from([each.handle for each in claims] or [""])))
    left = found(*(each for each in claims if each.handle not in hidden))
    assert keys(left) <= keys(found(*claims)), "no finding is there because something is hidden"


@settings(max_examples=30)
@given(shown())
def test_every_finding_is_told_in_every_language(claims: list[Claim]) -> None:
    for each, language in itertools.product(gathered(found(*claims)), Language):
        sentence = of_finding(each, language)
        assert all(owner in sentence for owner in (*each.left.owners, *each.right.owners))
        assert "{" not in sentence + of_assumptions(each.rule, Limits(), language)
        assert of_silence(each.rule, language)


def test_words_that_stand_alone_are_in_every_language() -> None:
    for told_in in (lone_gap, cannot_say, lambda language: of_station(Station.BEACON, language)):
        assert len({told_in(each) for each in Language}) == len(Language)
