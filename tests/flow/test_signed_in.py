"""Who is signed in is seen and sessions are ended: one's own, or anybody's by who runs the node, logged."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.errors import NotAllowed, NotSignedIn, VariablesRejected
from gateway.sessions import Sessions
from gateway.signed_in import MOST_ENDED, end_sessions, open_sessions
from gateway.step_up import StepUpNeeded
from gateway.visit import Visit
from policy.mandate import Actor
from policy.terms import Role
from sharing.sessions import Authentication
from tests.world import Ground, World, open_world

FR = "fr.ofast"
RULE = '\n[signin]\nissuer = "http://127.0.0.1:9"\nstep_up_seconds = 300\n'


@pytest.fixture
async def strict(tmp_path: Path, ground: Ground) -> AsyncIterator[World]:
    """Three nodes at which people sign in."""
    async with open_world(tmp_path, replace(ground, settings=RULE)) as opened:
        yield opened


class Desk:
    """The sessions of the French node."""

    def __init__(self, world: World) -> None:
        self.world, self.node = world, world.nodes[FR]
        self.sessions = Sessions(900, 3600, self.node.clock)

    def signed_in(self, person: str, role: Role, subject: str = "") -> tuple[str, Visit]:
        """A session's key, and its person, proved just now; `subject` as the provider names them."""
        known = Authentication(subject or f"idp|{person}", "", self.node.now(), "card")
        key, session = self.sessions.start(
            Actor(FR, person, frozenset({role}), "unit-1"), person.title(), frozenset(), known
        )
        return key, Visit(self.node, session, sessions=self.sessions)

    def open(self, key: str) -> bool:
        """Whether a key still opens its session."""
        try:
            return bool(self.sessions.find(key))
        except NotSignedIn:
            return False


async def test_a_person_sees_the_own_sessions_and_ends_another_browsers(strict: World) -> None:
    desk = Desk(strict)
    one, visit = desk.signed_in("zoe", Role.ANALYST)
    strict.offset += 60
    two, _ = desk.signed_in("zoe", Role.ANALYST)
    other, _ = desk.signed_in("max", Role.LIAISON)
    shown = await open_sessions(visit, everybody=False)
    assert [(each["current"], each["person"], each["strength"]) for each in shown] == [
        (False, "zoe", "card"),
        (True, "zoe", "card"),
    ]
    assert shown[0]["startedAt"] > shown[1]["startedAt"]
    assert two not in json.dumps(shown)
    size = desk.node.log.head.size
    assert await end_sessions(visit, [shown[0]["id"]]) == 1
    assert [desk.open(key) for key in (one, two, other)] == [True, False, True]
    assert desk.node.log.head.size == size


async def test_nobody_sees_or_ends_anothers_but_who_runs_the_node_and_that_is_logged_first(
    strict: World,
) -> None:
    desk = Desk(strict)
    key, visit = desk.signed_in("zoe", Role.ANALYST)
    other, _ = desk.signed_in("max", Role.LIAISON)
    mine, admin = desk.signed_in("ada", Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        await open_sessions(visit, everybody=True)
    everybody = await open_sessions(admin, everybody=True)
    assert {each["person"] for each in everybody} == {"zoe", "max", "ada"}
    wanted = [each["id"] for each in everybody if each["person"] == "max"]
    with pytest.raises(NotAllowed, match="not the person's own"):
        await end_sessions(visit, wanted)
    size = desk.node.log.head.size
    assert await end_sessions(admin, wanted) == 1
    assert [desk.open(each) for each in (key, other, mine)] == [True, False, True]
    assert desk.node.log.head.size == size + 1
    told = (await strict.log(FR))[-1]
    assert (told["action"], told["results"]) == ("SESSIONS_ENDED", 1)
    assert "max" not in json.dumps(told)
    assert await end_sessions(admin, wanted) == 0, "what has ended ends no second time"
    assert desk.node.log.head.size == size + 1


async def test_ending_takes_a_fresh_proof_a_session_and_a_bounded_list(strict: World) -> None:
    desk = Desk(strict)
    key, visit = desk.signed_in("zoe", Role.ANALYST)
    (shown,) = await open_sessions(visit, everybody=False)
    strict.offset += 300
    with pytest.raises(StepUpNeeded):
        await end_sessions(visit, [shown["id"]])
    assert desk.open(key)
    for ids in ([], [f"{n:064x}" for n in range(MOST_ENDED + 1)]):
        with pytest.raises(VariablesRejected, match="1 to 100"):
            await end_sessions(visit, ids)
    with pytest.raises(NotAllowed):
        await open_sessions(replace(visit, sessions=None), everybody=False)


async def test_who_no_provider_names_has_but_the_session_of_now(strict: World) -> None:
    desk = Desk(strict)
    session = desk.sessions.start(Actor(FR, "zoe", frozenset({Role.ANALYST}), "u"), "Zoe")[1]
    desk.sessions.start(Actor(FR, "eve", frozenset({Role.ANALYST}), "u"), "Eve")
    shown = await open_sessions(Visit(desk.node, session, sessions=desk.sessions), everybody=False)
    assert [each["person"] for each in shown] == ["zoe"]
