"""Standing questions: kept once, ended for good, found by what arrives and by nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from sharing.errors import StandingRefused, StandingUnknown
from sharing.mandate_parts import mandate_of, parts_of
from sharing.memory_standing import MemoryStanding
from sharing.sql_standing import SqlStanding
from sharing.standing import AT_ONCE, MOST_LISTED, Hit, Questions, Standing, StandingState, every_open
from tests.sharing.office import NOW, mandate

FR, SE = "fr.ofast", "se.polisen"


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def book(request: pytest.FixtureRequest) -> Iterator[Questions]:
    if request.param == "memory":
        yield MemoryStanding()
        return
    engines_on = request.getfixturevalue("engines_on")
    yield SqlStanding(engines_on(request.param)())


def target(name: str) -> str:
    return f"hmac-sha256:{sha256(name.encode()).hexdigest()}"


def standing(number: int = 1, **other: Any) -> Standing:
    placed = (mandate(SE), "phone", target("+46701"), NOW, NOW, NOW + 600)
    made = Standing(f"w-{number}", SE, *placed, nodes=(FR, SE))
    return replace(made, **other)


def hit(number: int = 1, **other: Any) -> Hit:
    return replace(Hit(SE, f"w-{number}", "R-1", 1, "+46701", NOW), **other)


def test_a_question_is_kept_once_and_found_until_its_time_is_over(book: Questions) -> None:
    first = standing(1, identifier="+46701", known=False)
    assert book.add(first)
    assert not book.add(replace(first, kind="iban"))
    assert book.get(SE, "w-1") == first
    assert book.matching([target("+46701"), target("none")], NOW) == [first]
    assert book.matching([target("none")], NOW) == book.matching([], NOW) == []
    assert book.matching([target("+46701")], NOW + 600) == []
    assert book.get(SE, "w-1").state(NOW + 600) is StandingState.LAPSED
    with pytest.raises(StandingUnknown):
        book.get(FR, "w-1")


def test_an_end_is_for_good_and_the_identifier_is_forgotten(book: Questions) -> None:
    book.add(standing(1, identifier="+46701"))
    assert book.end(SE, "w-1", NOW + 5)
    assert not book.end(SE, "w-1", NOW + 9)
    ended = book.get(SE, "w-1")
    assert (ended.ended_at, ended.identifier, ended.state(NOW)) == (NOW + 5, "", StandingState.ENDED)
    assert book.matching([target("+46701")], NOW) == []
    assert not book.add(standing(1))


def test_without_a_mandate_it_is_suspended_and_a_later_round_goes_on(book: Questions) -> None:
    first = standing(1, identifier="+46701", expires_at=NOW + 9000)
    book.add(first)
    later = NOW + 3600
    assert first.asked_until == first.mandate.expires_at == later
    assert first.state(later - 1) is StandingState.ACTIVE
    assert first.state(later) is StandingState.SUSPENDED
    assert first.state(NOW + 9000) is StandingState.LAPSED
    assert book.matching([first.target], later) == []
    assert book.of(SE, now=later) == [first]
    assert book.open(SE, later) == 1
    longer = replace(first.mandate, expires_at=NOW + 7200)
    second = replace(first, mandate=longer, since=later, round=1)
    assert book.renew(second)
    assert book.matching([first.target], later) == [second]
    assert not book.renew(second), "told twice"
    assert not book.renew(first), "an older round comes late"
    assert book.get(SE, "w-1") == second
    assert not book.renew(replace(second, id="w-none", round=2))
    book.end(SE, "w-1", later)
    assert not book.renew(replace(second, round=2)), "an end is for good"


def test_every_open_question_is_found_page_by_page(book: Questions) -> None:
    for number in range(MOST_LISTED + 3):
        book.add(standing(number, id=f"w-{number:04}", created_at=NOW - number // 2))
    book.end(SE, "w-0001", NOW)
    found = [each.id for each in every_open(book, SE, NOW)]
    assert found == [f"w-{number:04}" for number in range(MOST_LISTED + 3) if number != 1]


def test_one_that_is_ended_before_it_comes_never_begins(book: Questions) -> None:
    assert not book.end(SE, "w-1", NOW)
    assert not book.end(SE, "w-1", NOW + 1)
    assert not book.add(standing(1))
    assert book.matching([target("+46701")], NOW) == book.of(SE) == []
    with pytest.raises(StandingUnknown):
        book.get(SE, "w-1")


def test_questions_are_listed_and_counted_by_owner_person_and_time(book: Questions) -> None:
    mine = replace(mandate(SE), id="m-1")
    other = replace(mine, actor=replace(mine.actor, subject="u-2"))
    every = [
        standing(1),
        standing(2, created_at=NOW + 1, since=NOW + 1, mandate=other),
        standing(3, owner=FR),
    ]
    for each in every:
        book.add(each)
    book.add(standing(4, expires_at=NOW + 2))
    assert [each.id for each in book.of(SE)] == ["w-2", "w-1", "w-4"]
    assert [each.id for each in book.of(SE, "u-2")] == ["w-2"]
    assert [each.id for each in book.of(SE, now=NOW + 3)] == ["w-2", "w-1"]
    assert (book.open(SE, NOW), book.open(SE, NOW + 3), book.open(FR, NOW)) == (3, 2, 1)


def test_a_hit_is_kept_once_and_waits_until_it_is_settled(book: Questions) -> None:
    assert book.note([hit(1), hit(1), hit(2, at=NOW - 1)]) == 2
    assert book.waiting() == [hit(2, at=NOW - 1), hit(1)]
    assert book.waiting(1) == [hit(2, at=NOW - 1)]
    book.settle(hit(1))
    assert book.note([hit(1), hit(1, version=2)]) == 1
    assert book.waiting() == [hit(2, at=NOW - 1), hit(1, version=2)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "no form"}, {"owner": "-"}, {"target": "+46701"}, {"expires_at": NOW}, {"kind": ""},
        {"since": NOW - 1}, {"since": NOW + 600}, {"round": -1},
        {"expires_at": NOW + 9000, "since": NOW + 3600},
    ],
)  # fmt: skip
def test_what_has_no_form_or_no_end_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(StandingRefused):
        standing(1, **wrong)


def test_a_mandate_is_the_same_after_its_parts_have_travelled() -> None:
    assert mandate_of(SE, parts_of(mandate(SE))).digest == mandate(SE).digest


names = st.lists(st.sampled_from([f"n{number}" for number in range(12)]), max_size=8)


@given(watched=names, arriving=names, ended=st.sets(st.integers(0, 7)))
def test_memory_finds_what_a_look_at_every_question_finds(
    watched: list[str], arriving: list[str], ended: set[int]
) -> None:
    book = MemoryStanding()
    check(book, watched, arriving, ended)


def check(book: Questions, watched: list[str], arriving: list[str], ended: set[int]) -> None:
    made = [standing(number, target=target(name)) for number, name in enumerate(watched)]
    for each in made:
        book.add(each)
    for number in ended & set(range(len(made))):
        book.end(SE, f"w-{number}", NOW)
    wanted = {target(name) for name in arriving}
    brute = [each for number, each in enumerate(made) if each.target in wanted and number not in ended]
    assert list(book.matching([target(name) for name in arriving], NOW)) == brute


def test_sql_finds_what_a_look_at_every_question_finds(engines: Callable[[], Engine]) -> None:
    book = SqlStanding(engines())
    watched = [f"n{number % 700}" for number in range(900)]
    for number, name in enumerate(watched):
        book.add(standing(number, id=f"w-{number:04}", target=target(name)))
    arriving = [target(f"n{number}") for number in range(100, 100 + 3 * AT_ONCE, 2)]
    wanted = set(arriving)
    brute = [f"w-{number:04}" for number, name in enumerate(watched) if target(name) in wanted]
    assert [each.id for each in book.matching(arriving, NOW)] == brute


def test_arriving_data_are_looked_up_in_the_index(engines_on: Callable[[str], Callable[[], Engine]]) -> None:
    engine = engines_on("sqlite")()
    said: list[tuple[str, Any]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def heard(_: object, __: object, statement: str, values: Any, *___: object) -> None:
        said.append((statement, values))

    SqlStanding(engine).matching([target(f"n{number}") for number in range(AT_ONCE + 1)], NOW)
    assert len(said) == 2
    with engine.connect() as connection:
        statement, values = said[0]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert "USING INDEX sharing_standing_by_target (target=? AND expires_at>?)" in str(plan)
