"""Sessions end when idle, after their whole time, and on sign-out; excluded roles never get one."""

import pytest

from gateway.errors import NotAllowed, NotSignedIn
from gateway.sessions import Sessions
from policy.mandate import Actor
from policy.terms import Role


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def actor(*roles: Role) -> Actor:
    return Actor("fr.ofast", "fr-1", frozenset(roles), "unit")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(idle=900, absolute=3600, clock=clock)


def test_a_session_lives_while_it_is_used(sessions: Sessions, clock: Clock) -> None:
    key, session = sessions.start(actor(Role.ANALYST), "A")
    for _ in range(3):
        clock.now += 899
        assert sessions.find(key).actor == session.actor
    clock.now += 900
    with pytest.raises(NotSignedIn):
        sessions.find(key)


def test_what_a_page_asks_by_itself_keeps_no_session_alive(sessions: Sessions, clock: Clock) -> None:
    key, session = sessions.start(actor(Role.ANALYST), "A")
    assert sessions.ends(session) == (1900, 4600)
    clock.now += 500
    assert sessions.ends(sessions.find(key, used=False)) == (1900, 4600)
    assert sessions.ends(sessions.find(key)) == (2400, 4600)
    clock.now += 899
    sessions.find(key, used=False)
    clock.now += 1
    with pytest.raises(NotSignedIn):
        sessions.find(key, used=False)


def test_a_session_ends_after_its_whole_time_although_used(sessions: Sessions, clock: Clock) -> None:
    key, _ = sessions.start(actor(Role.ANALYST), "A")
    for _ in range(5):
        clock.now += 700
        sessions.find(key)
    clock.now += 100
    with pytest.raises(NotSignedIn):
        sessions.find(key)


def test_sign_out_ends_it(sessions: Sessions) -> None:
    key, _ = sessions.start(actor(Role.LIAISON), "L")
    sessions.end(key)
    sessions.end(key)
    with pytest.raises(NotSignedIn):
        sessions.find(key)


@pytest.mark.parametrize("key", [None, "", "x"])
def test_an_unknown_key_finds_nothing(sessions: Sessions, key: str | None) -> None:
    with pytest.raises(NotSignedIn):
        sessions.find(key)


@pytest.mark.parametrize("roles", [(), (Role.OVERSIGHT, Role.ANALYST), (Role.OVERSIGHT, Role.LIAISON)])
def test_separation_of_duties(sessions: Sessions, roles: tuple[Role, ...]) -> None:
    with pytest.raises(NotAllowed):
        sessions.start(actor(*roles), "X")
