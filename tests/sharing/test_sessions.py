"""One suite for every adapter of `sharing.sessions.SessionStore`; each SQL store is like another process."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from policy.mandate import Actor
from policy.terms import Role
from sharing.memory_sessions import MemorySessions
from sharing.sessions import Authentication, Over, SessionStore, StoredSession
from sharing.sql_sessions import SqlSessions

Open = Callable[[], SessionStore]
NEVER = Over(0, 0)
ACTOR = Actor("fr.ofast", "fr-1", frozenset({Role.ANALYST, Role.LIAISON}), "Unité 1")


def session(
    digest: str = "d1", at: float = 1000.25, subject: str = "idp|1", sid: str = "s1"
) -> StoredSession:
    known = Authentication(subject, sid, 990, "urn:strong")
    return StoredSession(digest, ACTOR, "Zoé", at, at, frozenset({"name:zoe", "phone:+33"}), known)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def open_store(request: pytest.FixtureRequest, engines_on: Callable[[str], Callable[[], Engine]]) -> Open:
    if request.param == "memory":
        kept = MemorySessions()
        return lambda: kept
    connect = engines_on(request.param)
    return lambda: SqlSessions(connect())


def test_what_one_process_opens_every_other_finds_as_it_was(open_store: Open) -> None:
    one, other = open_store(), open_store()
    assert one.add(session(), NEVER, 9)
    assert other.get("d1") == session()
    assert other.get("d2") is None
    nobody = replace(session("d3"), authentication=Authentication(), marks=frozenset())
    assert one.add(nobody, NEVER, 9)
    assert other.get("d3") == nobody


def test_use_moves_a_session_forwards_only_and_wakes_none_up(open_store: Open) -> None:
    one, other = open_store(), open_store()
    one.add(session(), NEVER, 9)
    other.touch("d1", 1500.5)
    one.touch("d1", 1200)
    assert one.get("d1") == replace(session(), seen_at=1500.5)
    other.end(digest="d1")
    one.touch("d1", 1600)
    assert one.get("d1") is None


def test_those_that_are_not_over_are_listed_the_last_used_first(open_store: Open) -> None:
    one, other = open_store(), open_store()
    for name, at, subject in (("d1", 1000, "idp|1"), ("d2", 1500, "idp|2"), ("d3", 2000, "idp|1")):
        one.add(session(name, at, subject), NEVER, 9)
    one.touch("d1", 3000)
    assert [each.digest for each in other.listed(NEVER)] == ["d1", "d3", "d2"]
    assert other.listed(NEVER, "idp|1") == [replace(session("d1", 1000), seen_at=3000), session("d3", 2000)]
    assert [each.digest for each in other.listed(Over(1500, 0))] == ["d1", "d3"]
    assert [each.digest for each in other.listed(Over(0, 1500))] == ["d3"]
    assert other.listed(NEVER, "idp|3") == []


def test_what_is_over_is_forgotten_when_somebody_comes_and_no_more_than_most_are_kept(
    open_store: Open,
) -> None:
    store = open_store()
    assert all(store.add(session(f"d{n}", 1000.0 + n), NEVER, 3) for n in range(3))
    assert not store.add(session("d3", 2000), NEVER, 3)
    assert store.get("d3") is None
    assert store.add(session("d3", 2000), Over(1000, 0), 3)
    assert store.get("d0") is None
    assert store.get("d1") is not None
    assert store.add(session("d4", 2000), Over(0, 1001), 3)
    assert store.get("d1") is None


@pytest.mark.parametrize(
    ("asked", "gone"),
    [
        ({"digest": "a1"}, {"a1"}),
        ({"subject": "idp|a"}, {"a1", "a2"}),
        ({"session": "s2"}, {"a2"}),
        ({"subject": "idp|a", "session": "s1"}, {"a1"}),
        ({"subject": "idp|b", "session": "s1"}, set()),
        ({"subject": "nobody"}, set()),
        ({}, set()),
    ],
)
def test_what_the_provider_ends_has_ended_in_every_process(
    open_store: Open, asked: dict[str, str], gone: set[str]
) -> None:
    one, other = open_store(), open_store()
    there = [session("a1", sid="s1", subject="idp|a"), session("a2", sid="s2", subject="idp|a")]
    there.append(session("b1", sid="", subject="idp|b"))
    for each in there:
        one.add(each, NEVER, 9)
    assert other.end(**asked) == len(gone)
    assert {each.digest for each in there if one.get(each.digest) is None} == gone


def test_a_token_counts_once_in_all_processes_until_it_is_past(open_store: Open) -> None:
    stores = [open_store() for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(lambda store: store.spend("jti-1", 1000, 1600), stores))
    assert sorted(told) == [False, False, False, True]
    assert stores[1].spend("jti-2", 1000, 1600)
    assert not stores[2].spend("jti-1", 1599, 2200)
    assert stores[3].spend("jti-1", 1600, 2200)


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, TEXTS, TEXTS, st.frozensets(TEXTS, max_size=5), st.none() | st.integers(0, 2**40))
def test_every_person_comes_back_as_they_were(
    open_store: Open, name: str, unit: str, subject: str, marks: frozenset[str], at: int | None
) -> None:
    store = open_store()
    kept = StoredSession(
        "d", replace(ACTOR, unit=unit), name, 1.5, 2.5, marks, Authentication(subject, name, at, unit)
    )
    store.end(digest="d")
    assert store.add(kept, NEVER, 9)
    assert store.get("d") == kept


def test_a_copy_of_the_table_holds_no_name_of_a_session_and_a_foreign_row_signs_nobody_in(
    engines: Callable[[], Engine],
) -> None:
    engine = engines()
    store = SqlSessions(engine)
    store.add(session(), NEVER, 9)
    for broken in ("{}", "[]", "no", '{"roles":["king"]}'):
        with engine.begin() as connection:
            connection.execute(text("UPDATE sharing_session SET document = :said"), {"said": broken})
        assert store.get("d1") is None
