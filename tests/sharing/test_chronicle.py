"""The chronicle of a network: three times of every fact, days, replays and changes; nothing is guessed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.answer_shape import Record
from sharing.chronicle.catalogue import Aspect, Step, Turn, Untold
from sharing.chronicle.changes import Change, compared
from sharing.chronicle.replay import Event, replay, standing, timeless
from sharing.chronicle.sure import Sure, read_day, read_time
from sharing.chronicle.told import Chronicle, Day, Fact, Lens, chronicle
from sharing.chronicle_words import assumes, cannot_say, of_change, of_event, of_fact, of_span, of_untold
from sharing.merge import Claim
from sharing.network import Ontology
from sharing.wording import Language

ONTOLOGY = Ontology(
    {
        "Directorship": ("director", "organization"),
        "UnknownLink": ("subject", "object"),
        "Payment": ("payer", "beneficiary"),
        "ContainerMovement": ("container", "place"),
    },
    {
        "Seizure": frozenset({"port", "container"}),
        "CryptoWallet": frozenset({"holder"}),
        "Shipment": frozenset({"loadingPort", "dischargePort"}),
    },
)
ALL = Lens()
SPRING, AUTUMN = "2026-03-15", "2026-10-15"
SHARED = datetime(2026, 11, 1, tzinfo=UTC)


def claim(handle: str, schema: str, *, known: str = "", version: str = "1", **properties: str) -> Claim:
    node, _, name = handle.partition("/")
    values = {key: (value,) for key, value in properties.items()}
    return Claim(
        handle, node, Record(name, schema, node, int(version), known, (), (), (), {}, {}, values, ()), "r"
    )


THINGS = [
    *(claim(f"fr.a/p{n}", "Person") for n in range(3)),
    claim("fr.a/co", "Company"),
    *(claim(f"fr.a/port{n}", "Port", unlocode=code) for n, code in enumerate(("FRLEH", "SEGOT"))),
    *(claim(f"fr.a/w{n}", "CryptoWallet") for n in range(2)),
    claim("fr.a/box", "Container"),
]


def role(handle: str, person: str = "p0", what: str = "manager", **more: str) -> Claim:
    return claim(f"fr.a/{handle}", "Directorship", director=person, organization="co", role=what, **more)


def link(handle: str, subject: str, other: str, **more: str) -> Claim:
    return claim(f"fr.a/{handle}", "UnknownLink", subject=subject, object=other, **more)


def told(*claims: Claim, shares: Mapping[str, Sequence[tuple[int, datetime]]] | None = None) -> Chronicle:
    return chronicle([*THINGS, *claims], (), ONTOLOGY, shares or {})


def day(text: str, days: int = 90) -> Day:
    span = read_day(text)
    assert span is not None
    return Day(text, span, days)


def held(fact: Fact, text: str, lens: Lens = ALL) -> Sure:
    return fact.held(day(text), lens)


def changes(*claims: Claim, one: str = SPRING, other: str = AUTUMN) -> list[Change]:
    return list(compared(told(*claims).facts, day(one), day(other), ALL))


def turns(*claims: Claim) -> list[Turn]:
    return [each.turn for each in changes(*claims)]


# --- valid time


@pytest.mark.parametrize(
    ("times", "on", "sure"),
    [
        ({"startDate": "2026-05-10"}, "2026-05-09", Sure.NO),
        ({"startDate": "2026-05-10"}, "2026-05-10", Sure.YES),
        ({"startDate": "2026-05"}, "2026-04-30", Sure.NO),
        ({"startDate": "2026-05"}, "2026-05-30", Sure.UNCERTAIN),
        ({"startDate": "2026-05"}, "2026-05-31", Sure.YES),
        ({"startDate": "2026", "endDate": "2026-06"}, "2026-06-30", Sure.UNCERTAIN),
        ({"startDate": "2025", "endDate": "2026-06"}, "2026-06-01", Sure.YES),
        ({"startDate": "2025", "endDate": "2026-06"}, "2026-06-02", Sure.UNCERTAIN),
        ({"startDate": "2025", "endDate": "2026-06"}, "2026-07-01", Sure.NO),
        ({"endDate": "2026-06-01"}, "2026-05-01", Sure.UNCERTAIN),
        ({"endDate": "2026-06-01"}, "2026-06-02", Sure.NO),
        ({"startDate": "2025-01-01", "endDate": "9999-12-31"}, "2030-01-01", Sure.YES),
        ({"date": "2026-05-10"}, "2026-05-09", Sure.NO),
        ({"date": "2026-05-10"}, "2026-08-08", Sure.YES),
        ({"date": "2026-05-10"}, "2026-08-09", Sure.NO),
        ({"date": "2026-05-10", "endDate": "2026-12-31"}, "2026-09-01", Sure.YES),
    ],
)
def test_what_held_on_a_day_is_told_as_exactly_as_its_times(
    times: dict[str, str], on: str, sure: Sure
) -> None:
    (fact,) = told(role("d", **times)).facts
    assert held(fact, on) is sure


@pytest.mark.parametrize(
    ("times", "why"),
    [
        ({}, Untold.NOT_STATED),
        ({"startDate": "some day"}, Untold.NOT_STATED),
        ({"startDate": "2026-05-02", "endDate": "2026-05-01"}, Untold.CONTRADICTS),
    ],
)
def test_what_tells_no_time_stands_on_no_day_and_in_no_replay(times: dict[str, str], why: Untold) -> None:
    facts = told(role("d", **times)).facts
    assert [each.untold for each in timeless(facts, ALL)] == [why]
    assert standing(facts, day(AUTUMN), ALL) == ()
    assert replay(facts, day("1900-01-01"), day(AUTUMN), ALL) == ()
    assert compared(facts, day(SPRING), day(AUTUMN), ALL) == ()


def test_days_are_read_whole_and_nothing_else_is_a_day() -> None:
    assert [read_day(text) for text in ("2026-05", "2026-02-30", "05/05/2026", "2026-5-555")] == [None] * 4
    spans = [read_time([text]) for text in ("2026", "2026-05", "2026-02", "2026-05-01", "2026-05-01T10:00")]
    assert [of_span(each) for each in spans if each] == ["2026", "2026-05", "2026-02", *["2026-05-01"] * 2]
    both = read_time(["2026-05-01", "2026-06-03"])
    assert both is not None
    assert of_span(both) == "2026-05-01/2026-06-03"


# --- known and shared time


def test_what_was_recorded_later_was_not_known_and_a_later_version_leaves_it_open() -> None:
    first, corrected, silent = told(
        role("d1", known="2026-04-01T08:00:00Z", startDate="2026-01-01"),
        role("d2", known="2026-04-01T08:00:00Z", version="3", startDate="2026-01-01"),
        role("d3", startDate="2026-01-01"),
    ).facts
    march, april = (Lens(known=datetime(2026, month, 2, tzinfo=UTC)) for month in (3, 4))
    assert [held(each, SPRING, march) for each in (first, corrected, silent)] == [
        Sure.NO,
        Sure.UNCERTAIN,
        Sure.UNCERTAIN,
    ]
    assert [held(each, SPRING, april) for each in (first, corrected)] == [Sure.YES, Sure.YES]


def test_what_came_later_was_not_shared_and_an_earlier_version_leaves_it_open() -> None:
    shares = {"fr.a/d1": [(1, SHARED)], "fr.a/d2": [(1, SHARED), (2, SHARED.replace(day=20))]}
    kept = told(role("d1", startDate="2026"), role("d2", version="2", startDate="2026"), shares=shares).facts
    early, late = Lens(shared=SHARED.replace(day=1)), Lens(shared=SHARED.replace(day=21))
    assert [each.seen_through(early) for each in kept] == [Sure.YES, Sure.UNCERTAIN]
    assert [each.seen_through(late) for each in kept] == [Sure.YES, Sure.YES]
    assert [each.seen_through(Lens(shared=SHARED.replace(year=2025))) for each in kept] == [Sure.NO, Sure.NO]


# --- what is told


def test_a_fact_is_about_a_role_a_territory_or_a_channel_by_its_ends() -> None:
    facts = told(
        role("d"),
        link("l1", "port0", "co", role="uses"),
        link("l2", "co", "w0"),
        link("l3", "co", "box"),
        claim("fr.a/m", "ContainerMovement", container="box", place="port0", haulier="co"),
        claim("fr.a/pa", "Payment", payer="co", beneficiary="p0", beneficiaryAccount="w1"),
        claim("fr.a/sz", "Seizure", port="port1", container="box", date="2026-04-18"),
        claim(
            "fr.a/sh", "Shipment", loadingPort="port0", departureDate="2026-03-30", arrivalDate="2026-04-16"
        ),
        claim("fr.a/w2", "CryptoWallet", holder="co", unknownPort="port0"),
        link("gone", "p0", "nobody"),
    ).facts
    assert [(each.source.handle.partition("/")[2], each.aspect) for each in facts] == [
        ("d", Aspect.ROLE),
        ("l1", Aspect.TERRITORY),
        ("l2", Aspect.CHANNEL),
        ("l3", Aspect.TIE),
        ("m", Aspect.TERRITORY),
        ("m", Aspect.TERRITORY),
        ("pa", Aspect.CHANNEL),
        ("pa", Aspect.CHANNEL),
        ("sh", Aspect.TERRITORY),
        ("sz", Aspect.TERRITORY),
        ("w2", Aspect.CHANNEL),
    ]
    ports = {each.object for each in facts if each.aspect is Aspect.TERRITORY}
    assert len(ports) == 2, "a place is the object, whichever end it is"
    (loaded,) = (each for each in facts if each.edge.what == "loadingPort")
    assert loaded.valid is not None
    assert loaded.valid.begin == read_day("2026-03-30"), "by its own date"


def test_a_port_of_two_nodes_is_one_and_so_is_what_the_viewer_says() -> None:
    other = [claim("se.b/port", "Port", unlocode="frleh"), claim("se.b/p", "Person")]
    found = chronicle([*THINGS, *other], [["fr.a/p0", "se.b/p"]], ONTOLOGY, {})
    assert ("fr.a/p0", "se.b/p") in found.groups
    assert ("fr.a/port0", "se.b/port") in found.groups


# --- changes


def test_a_role_with_another_holder_a_place_and_a_channel_that_followed_are_told_together() -> None:
    found = changes(
        role("d1", "p0", startDate="2024", endDate="2026-05-31"),
        role("d2", "p1", startDate="2026-06-01"),
        link("t1", "co", "port0", startDate="2025-01", endDate="2026-04"),
        link("t2", "co", "port1", startDate="2026-05"),
        link("c1", "co", "w0", startDate="2025", endDate="2026-07-01"),
        link("c2", "co", "w1", startDate="2026-07-02"),
    )
    assert [each.turn for each in found] == [Turn.HANDED_OVER, Turn.MOVED, Turn.SUCCEEDED]
    assert found[0].before.key[1] != found[0].after.key[1]
    days = day(SPRING), day(AUTUMN)
    names = [group[0] for group in told().groups]
    said = [of_change(found[0], days, names, language) for language in Language]
    assert said[0] == (
        "role with another holder: fr.a/p0 is a director of fr.a/co [manager] (fr.a) (2026-03-15);"
        " fr.a/p1 is a director of fr.a/co [manager] (fr.a) (2026-10-15)"
    )
    assert len(set(said)) == len(Language)


def test_two_that_followed_one_are_not_paired_and_nor_is_what_is_uncertain() -> None:
    old = role("d1", "p0", startDate="2024", endDate="2026-05-31")
    new = role("d2", "p1", startDate="2026-06-01")
    assert turns(old, new, role("d3", "p2", startDate="2026-06-01")) == [Turn.BEGAN, Turn.BEGAN, Turn.ENDED]
    doubtful = role("d3", "p2", startDate="2026-10")
    assert turns(old, new, doubtful) == [Turn.BEGAN, Turn.ENDED, Turn.UNCERTAIN]
    assert turns(old, role("d2", "p1", what="chair", startDate="2026-06-01")) == [Turn.BEGAN, Turn.ENDED]


def test_another_role_of_the_same_two_is_a_change_and_one_that_may_have_come_is_not_sure() -> None:
    docker = role("d1", what="docker", startDate="2024", endDate="2026-05-31")
    assert turns(docker, role("d2", what="planner", startDate="2026-06-01")) == [Turn.CHANGED]
    assert (
        turns(role("d1", what="docker", startDate="2024"), role("d2", what="Docker", startDate="2026-06"))
        == []
    )
    assert turns(
        role("d1", what="docker", startDate="2024"), role("d2", what="planner", startDate="2026-10")
    ) == [Turn.UNCERTAIN]


def test_a_month_near_the_day_is_uncertain_and_said_so() -> None:
    (found,) = changes(role("d", startDate="2026-10"))
    assert (found.turn, found.before.state, found.after.state) == (Turn.UNCERTAIN, Sure.NO, Sure.UNCERTAIN)
    said = of_change(found, (day(SPRING), day(AUTUMN)), [group[0] for group in told().groups], Language.EN)
    assert said.endswith("on 2026-03-15 not told, on 2026-10-15 perhaps")


# --- replay


def test_a_replay_names_what_appears_begins_is_seen_and_ends_in_the_order_of_time() -> None:
    known = told(
        role("d1", "p0", startDate="2024", endDate="2026-05-31"),
        role("d2", "p1", startDate="2026-06-01"),
        claim("fr.a/pa", "Payment", payer="co", beneficiary="p2", date="2026-04-28"),
    )
    names = [group[0] for group in known.groups]
    found = replay(known.facts, day(SPRING), day(AUTUMN), ALL)
    assert [each.step for each in found] == [Step.OBSERVED, Step.ENDED, Step.BEGAN]
    assert [[names[place] for place in each.appears] for each in found] == [["fr.a/p2"], [], ["fr.a/p1"]]
    assert of_event(found[1], names, Language.EN) == (
        "until 2026-05-31: fr.a/p0 is a director of fr.a/co [manager] (fr.a)"
    )
    assert {of_event(found[0], names, each) for each in (Language.FR, Language.SV)} == {
        "2026-04-28 : fr.a/co a payé fr.a/p2 (fr.a)",
        "2026-04-28: fr.a/co betalade fr.a/p2 (fr.a)",
    }


def test_a_step_that_may_lie_outside_is_told_as_uncertain_and_nobody_appears_who_may_have_been_there() -> (
    None
):
    facts = told(
        role("d1", "p0", startDate="2026-03"),
        role("d2", "p1", startDate="2026-10"),
        role("d3", "p2", startDate="2026-06-01"),
        role("d4", "p2", endDate="2026-05-01"),
    ).facts
    found = replay(facts, day(SPRING), day(AUTUMN), ALL)
    assert [(each.fact.source.handle, each.sure) for each in found] == [
        ("fr.a/d1", Sure.UNCERTAIN),
        ("fr.a/d4", Sure.YES),
        ("fr.a/d3", Sure.YES),
        ("fr.a/d2", Sure.UNCERTAIN),
    ]
    assert found[1].appears == (), "what ended was there before, nobody tells since when"
    of_d3 = found[2]
    assert of_d3.fact.subject not in of_d3.appears
    before = Lens(known=SHARED)
    known = told(
        role("d3", "p2", known="2026-10-01T00:00:00Z", startDate="2026-06-01"),
        role("d5", "p2", known="2026-12-01T00:00:00Z"),
    )
    (step,) = replay(known.facts, day(SPRING), day(AUTUMN), before)
    assert step.fact.subject in step.appears, "what was not known by then takes nothing away"


def test_what_no_link_says_has_words_of_its_own() -> None:
    known = told(claim("fr.a/w2", "CryptoWallet", holder="co"))
    names = [group[0] for group in known.groups]
    assert of_fact(known.facts[0], names, Language.SV) == "fr.a/co använder fr.a/w2"
    assert of_untold(Untold.NOT_STATED, Language.EN) == "time not stated"
    assert "90" in assumes(90, Language.FR)
    assert cannot_say(Language.EN)


# --- laws

DATES = st.one_of(
    st.dates(date(2025, 1, 1), date(2027, 1, 1)).map(str),
    st.sampled_from(["2025", "2026", "2026-02", "2026-05", "2026-06", ""]),
)
DAYS = st.dates(date(2025, 6, 1), date(2026, 6, 30)).map(lambda at: day(str(at)))
MOMENTS = st.integers(1, 28).map(lambda each: datetime(2026, 4, each, tzinfo=UTC))
LENSES = st.builds(Lens, st.none() | MOMENTS, st.none() | MOMENTS)


@st.composite
def records(draw: st.DrawFn) -> Chronicle:
    claims, shares = [], {}
    for number in range(draw(st.integers(0, 5))):
        times = {name: draw(DATES) for name in draw(st.sampled_from([("startDate", "endDate"), ("date",)]))}
        subject, other = draw(
            st.sampled_from([("p0", "co"), ("p1", "co"), ("co", "port0"), ("co", "port1"), ("co", "w0")])
        )
        known, version = draw(MOMENTS).isoformat(), draw(st.integers(1, 2))
        each = link(f"l{number}", subject, other, role=draw(st.sampled_from(["a", "b"])), **times)
        record = Record(
            each.record.id,
            "UnknownLink",
            "fr.a",
            version,
            known,
            (),
            (),
            (),
            {},
            {},
            each.record.properties,
            (),
        )
        claims.append(Claim(each.handle, each.node, record, "r"))
        shares[each.handle] = [(draw(st.integers(1, 2)), draw(MOMENTS))]
    return chronicle([*THINGS, *claims], (), ONTOLOGY, shares)


def of(events: Sequence[Event]) -> set[tuple[Fact, Step]]:
    return {(each.fact, each.step) for each in events}


def surely(events: Sequence[Event]) -> set[tuple[Fact, Step]]:
    return {(each.fact, each.step) for each in events if each.sure is Sure.YES}


@settings(max_examples=40)
@given(records(), DAYS, LENSES, MOMENTS, MOMENTS)
def test_who_knows_longer_knows_no_less(
    known: Chronicle, on: Day, lens: Lens, one: datetime, other: datetime
) -> None:
    early, late = sorted((one, other))
    for narrow, wide in (
        (Lens(early, lens.shared), Lens(late, lens.shared)),
        (Lens(lens.known, early), Lens(lens.known, late)),
        (lens, ALL),
    ):
        assert all(fact.held(on, narrow) <= fact.held(on, wide) for fact in known.facts)


@settings(max_examples=40)
@given(records(), st.tuples(DAYS, DAYS, DAYS), LENSES)
def test_two_replays_that_meet_are_the_one_over_both(
    known: Chronicle, days: tuple[Day, Day, Day], lens: Lens
) -> None:
    one, two, three = sorted(days, key=lambda each: each.text)
    whole, first, second = (
        replay(known.facts, *each, lens) for each in ((one, three), (one, two), (two, three))
    )
    assert of(whole) == of(first) | of(second)
    assert surely(first) | surely(second) <= surely(whole)
    assert surely(whole) - surely(first) - surely(second) <= of(first) & of(second)


@settings(max_examples=40)
@given(records(), DAYS, DAYS, LENSES)
def test_a_day_is_like_itself_and_going_back_undoes_a_change(
    known: Chronicle, one: Day, other: Day, lens: Lens
) -> None:
    assert compared(known.facts, one, one, lens) == ()
    assert replay(known.facts, one, one, lens) == ()
    there, back = compared(known.facts, one, other, lens), compared(known.facts, other, one, lens)
    assert len(there) == len(back)
    undone = {Turn.BEGAN: Turn.ENDED, Turn.ENDED: Turn.BEGAN}
    assert sorted(undone.get(each.turn, each.turn) for each in there) == sorted(each.turn for each in back)


@settings(max_examples=40)
@given(records(), DAYS, DAYS, LENSES)
def test_a_sure_change_has_a_step_between_its_days_and_nothing_uncertain(
    known: Chronicle, one: Day, other: Day, lens: Lens
) -> None:
    before, after = sorted((one, other), key=lambda each: each.text)
    for change in compared(known.facts, before, after, lens):
        if change.turn is Turn.UNCERTAIN:
            continue
        assert {change.before.state, change.after.state} <= {Sure.YES, Sure.NO}
        facts = {*change.before.facts, *change.after.facts}
        observed = any(each.valid and each.valid.observed for each in facts)
        assert observed or {fact for fact, _ in of(replay(known.facts, before, after, lens))} & facts


@settings(max_examples=40)
@given(records(), st.randoms(use_true_random=False))
def test_the_order_of_the_records_changes_nothing(known: Chronicle, turn: Random) -> None:
    shuffled = list(known.facts)
    turn.shuffle(shuffled)
    days = day(SPRING), day(AUTUMN)
    assert replay(shuffled, *days, ALL) == replay(known.facts, *days, ALL)
    assert [(each.turn, each.lead.key) for each in compared(shuffled, *days, ALL)] == [
        (each.turn, each.lead.key) for each in compared(known.facts, *days, ALL)
    ]
