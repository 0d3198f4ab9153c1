"""The book of persons' keys, on both databases; each store is like another process."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from sharing.approval_keys import ApprovalKey, KeyBook, KeyEnd, Person
from sharing.sql_approval_keys import SqlApprovalKeys

ZOE, ALI = Person("https://idp.example", "fr-1"), Person("https://idp.example", "fr-2")
Open = Callable[[], KeyBook]


def key(key_id: str = "k1", person: Person = ZOE, at: int = 1000, **other: object) -> ApprovalKey:
    made = ApprovalKey(
        id=key_id,
        person=person,
        label="Clé bleue",
        cose="pQEC",
        spki="3059",
        aaguid="00000000-0000-0000-0000-000000000000",
        transports=("nfc", "usb"),
        synced=False,
        count=0,
        added_at=at,
    )
    return replace(made, **other)


@pytest.fixture(params=["sqlite", "postgres"])
def open_book(request: pytest.FixtureRequest, engines_on: Callable[[str], Callable[[], Engine]]) -> Open:
    connect = engines_on(request.param)
    return lambda: SqlApprovalKeys(connect())


def test_what_one_process_keeps_every_other_finds_as_it_was_and_an_id_is_taken_for_ever(
    open_book: Open,
) -> None:
    one, other = open_book(), open_book()
    second = key("k0", at=2000, synced=True, transports=(), used_at=2100)
    assert [one.add(each) for each in (key(), second, key("k9", ALI))] == [True, True, True]
    assert tuple(other.of(ZOE)) == (key(), second)
    assert other.find("k9") == key("k9", ALI)
    assert other.find("k2") is None
    assert not other.add(key("k1", ALI))
    assert other.removed("k1", 3000)
    assert not one.add(key("k1", ALI))
    assert one.find("k1") == key(ended_at=3000, end=KeyEnd.REMOVED)


def test_a_person_of_another_provider_is_another_person(open_book: Open) -> None:
    book = open_book()
    book.add(key())
    book.add(key("k2", Person("https://other.example", "fr-1")))
    assert [each.id for each in book.of(ZOE)] == ["k1"]
    assert [each.id for each in book.kept("https://idp.example")] == ["k1"]


def test_a_use_is_noted_only_after_the_count_that_was_read_and_never_of_a_key_that_ended(
    open_book: Open,
) -> None:
    one, other = open_book(), open_book()
    one.add(key())
    assert one.used(key(), 5, 1100)
    assert not other.used(key(), 6, 1101)
    now = key(count=5, used_at=1100)
    assert other.find("k1") == now
    assert other.used(now, 9, 1200)
    assert one.removed("k1", 1300)
    assert not one.removed("k1", 1400)
    assert not other.used(key(count=9), 10, 1500)
    assert other.find("k1") == key(count=9, used_at=1200, ended_at=1300, end=KeyEnd.REMOVED)


def test_of_two_uses_at_once_one_is_noted(open_book: Open) -> None:
    books = [open_book() for _ in range(4)]
    books[0].add(key())
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda book: book.used(key(), 1, 1100), books))
    assert sorted(done) == [False, False, False, True]


def test_a_reset_marks_all_of_one_person_and_nobody_elses(open_book: Open) -> None:
    one, other = open_book(), open_book()
    for each in (key(), key("k2", at=1500), key("k3", ALI)):
        one.add(each)
    one.removed("k1", 2000)
    assert [each.id for each in other.kept(ZOE.issuer)] == ["k1", "k2", "k3"]
    assert other.reset(ZOE, 3000) == 2
    assert other.reset(ZOE, 4000) == 0
    assert [(each.end, each.ended_at) for each in one.of(ZOE)] == [(KeyEnd.RESET, 3000)] * 2
    assert [each.id for each in one.kept(ZOE.issuer)] == ["k3"]
