"""One conformance suite for every book of pictures: what was got stays, once, and is verified when read."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, delete, event, update
from sqlmodel import col

from sharing.contributions import Act, Contribution, picture_id
from sharing.memory_pictures import MemoryPictures
from sharing.picture import state
from sharing.picture_tables import ContributionRow
from sharing.pictures import PictureStore
from sharing.sql_pictures import SqlPictures
from tests.sharing.pictures import (
    END,
    HAGUE,
    OPENED,
    PARIS,
    PICTURE,
    STOCKHOLM,
    STRANGER,
    keys_of,
    made,
    note,
)

Open = Callable[[], PictureStore]
MINE, THEIRS = note(PARIS, 3), note(STOCKHOLM, 4)
JOINED = made(Act.JOINED, STOCKHOLM, 5, members=(STRANGER,))


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def open_book(request: pytest.FixtureRequest, engines_on: Callable[[str], Callable[[], Engine]]) -> Open:
    if request.param == "memory":
        kept = MemoryPictures()
        return lambda: kept
    connect = engines_on(request.param)
    return lambda: SqlPictures(connect(), keys_of)


def ids(*contributions: Contribution) -> frozenset[str]:
    return frozenset(each.id for each in contributions)


def test_what_is_added_stays_and_counts_once(open_book: Open) -> None:
    assert open_book().add(OPENED, MINE, MINE, at=10) == ids(OPENED, MINE)
    book = open_book()
    assert book.add(MINE, THEIRS, at=20) == ids(THEIRS)
    assert book.add(MINE, at=30) == frozenset()
    assert book.add(at=30) == frozenset()
    assert list(open_book().of(PICTURE)) == [*sorted((OPENED, MINE), key=lambda each: each.id), THEIRS]
    assert book.ids(PICTURE) == ids(OPENED, MINE, THEIRS)
    assert book.of(PICTURE)[-1].statement == THEIRS.statement


def test_what_was_known_on_a_day(open_book: Open) -> None:
    book = open_book()
    book.add(OPENED, at=10)
    book.add(THEIRS, at=20)
    book.add(MINE, at=30)
    known = [[each.id for each in book.of(PICTURE, until)] for until in (9, 10, 29, 30, None)]
    everything = [OPENED.id, THEIRS.id, MINE.id]
    assert known == [[], everything[:1], everything[:2], everything, everything]


def test_a_picture_that_is_not_known_is_empty(open_book: Open) -> None:
    book = open_book()
    assert (list(book.of(PICTURE)), book.ids(PICTURE), list(book.papers(PICTURE))) == ([], frozenset(), [])
    assert (list(book.pictures()), dict(book.authors(PICTURE)), list(book.get([MINE.id]))) == ([], {}, [])


def test_pictures_are_listed_by_who_belongs_to_them(open_book: Open) -> None:
    book = open_book()
    other = made(Act.OPENED, STOCKHOLM, 2, nonce="b", picture=picture_id("se.b", "b"), case="SE-1", until=END)
    book.add(THEIRS, OPENED, other, MINE, at=10)
    assert list(book.pictures()) == [other, OPENED]
    assert [list(book.pictures(each)) for each in (PARIS, STOCKHOLM, STRANGER)] == [
        [OPENED],
        [other, OPENED],
        [],
    ]
    assert [list(book.pictures(node=each)) for each in ("eu.c", "se.b", "nl.d")] == [
        [OPENED],
        [other, OPENED],
        [],
    ]
    book.add(JOINED, at=11)
    assert list(book.pictures(STRANGER)) == [OPENED]
    assert {each.id for each in book.papers(PICTURE)} == ids(OPENED, JOINED)
    assert dict(book.authors(PICTURE)) == {PARIS: 2, STOCKHOLM: 2}


def test_a_joined_without_its_opening_is_no_picture(open_book: Open) -> None:
    book = open_book()
    book.add(JOINED, at=10)
    assert list(book.pictures()) == []


def test_contributions_are_got_by_their_ids(open_book: Open) -> None:
    book = open_book()
    book.add(OPENED, MINE, THEIRS, at=10)
    found = book.get([MINE.id, THEIRS.id, MINE.id, "sha256:" + "0" * 64])
    assert list(found) == sorted((MINE, THEIRS), key=lambda each: each.id)


def test_a_stub_gives_place_to_the_contribution(open_book: Open) -> None:
    book = open_book()
    book.add(OPENED, at=10)
    book.withhold(PICTURE, {MINE.id: "THIRD_PARTY_CONSENT", THEIRS.id: "HANDLING_CODE"})
    book.withhold(PICTURE, {MINE.id: "HANDLING_CODE"})
    reasons = {MINE.id: "THIRD_PARTY_CONSENT", THEIRS.id: "HANDLING_CODE"}
    assert dict(open_book().stubs(PICTURE)) == reasons
    assert dict(book.stubs(picture_id("se.b", "b"))) == {}
    book.add(MINE, at=20)
    assert dict(book.stubs(PICTURE)) == {THEIRS.id: "HANDLING_CODE"}


def test_two_processes_that_add_the_same_keep_it_once(engines: Callable[[], Engine]) -> None:
    books = [SqlPictures(engines(), keys_of) for _ in range(3)]
    many = [note(HAGUE, at) for at in range(40)]
    with ThreadPoolExecutor(3) as pool:
        new = list(pool.map(lambda book: book.add(OPENED, *many, at=10), books))
    assert frozenset().union(*new) == ids(OPENED, *many)
    assert sum(map(len, new)) == 41


@pytest.mark.parametrize(
    "change",
    [
        {"statement": "x.y.z"},
        {"person": "p-7"},
        {"act": "TASK"},
        {"id": THEIRS.id},
        {"statement": THEIRS.statement},
    ],
    ids=["statement", "person", "act", "id", "another's"],
)
def test_a_row_that_was_not_signed_so_is_left_out(
    engines: Callable[[], Engine], change: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    engine = engines()
    SqlPictures(engine, keys_of).add(OPENED, MINE, at=10)
    with engine.begin() as connection:
        connection.execute(update(ContributionRow).where(col(ContributionRow.id) == MINE.id).values(**change))
    assert SqlPictures(engine, keys_of).of(PICTURE) == [OPENED]
    assert "CONTRIBUTION_REFUSED" in caplog.text
    assert "seen at" not in caplog.text


def test_a_node_that_left_is_not_believed_and_what_was_taken_out_is_not_remembered(
    engines: Callable[[], Engine],
) -> None:
    engine, listed = engines(), {"fr.a", "se.b"}
    book = SqlPictures(engine, lambda node: keys_of(node) if node in listed else {})
    book.add(OPENED, MINE, THEIRS, at=10)
    assert len(book.of(PICTURE)) == 3
    listed.remove("se.b")
    assert {each.id for each in book.of(PICTURE)} == ids(OPENED, MINE)
    with engine.begin() as connection:
        connection.execute(delete(ContributionRow).where(col(ContributionRow.id) == MINE.id))
    assert book.of(PICTURE) == [OPENED]


def test_a_large_picture_is_read_anew_in_one_statement(engines: Callable[[], Engine]) -> None:
    engine = engines()
    SqlPictures(engine, keys_of).add(OPENED, *(note(PARIS, at) for at in range(2, 602)), at=10)
    book = SqlPictures(engine, keys_of)
    told = state(book.of(PICTURE))
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert state(book.of(PICTURE)) == told
    assert len(asked) == 1
