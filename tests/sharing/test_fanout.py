"""Fan-out over real nodes in one process: some answer, some fall silent, lie, or break."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from audit.entry import Kind
from policy.terms import Status
from sharing.backoff import FREE_FAILURES, LONGEST_MS, BackoffStore, MemoryBackoff, Pause, after_failure
from sharing.envelope import Opened, RawReply, Sealed, open_request, seal_requests
from sharing.errors import MergeRefused
from sharing.fanout import Deadlines, fan_out
from sharing.loopback_courier import LoopbackCourier
from sharing.message import Answer, Refused, Reply, Silence
from sharing.sealed import MAX_REPLY
from sharing.signature import Headers
from sharing.sql_backoff import SqlBackoff
from tests.sharing.office import NOW, Office, Station, mandate, open_office, question

FR, SE, EU, DE, NL = "fr.ofast", "se.polisen", "eu.europol", "de.bka", "nl.politie"
QUICK = Deadlines(overall=2.0, per_node=1.0)


@dataclass
class Desk:
    """A node that answers as it is told; `asked` counts."""

    office: Office
    station: Station
    mood: str = "answers"
    delay: float = 0.0
    asked: int = 0

    async def __call__(self, headers: Headers, body: bytes) -> RawReply:
        self.asked += 1
        await asyncio.sleep(self.delay)
        opened = open_request(headers, body, self.office.directory, own=self.station.id, now=NOW)
        assert isinstance(opened, Opened)
        match self.mood:
            case "refuses":
                return await self.station.refuse(opened, "NO_GRANT")
            case "is over quota":
                return await self.station.refuse(opened, "QUOTA")
            case "breaks the line":
                raise ConnectionResetError
            case "floods":
                return RawReply(200, {}, b"x" * (MAX_REPLY + 1))
            case "babbles":
                return RawReply(200, {"content-type": "text/html"}, b"<h1>")
            case "has a bug":
                raise ZeroDivisionError
            case _:
                return await self.station.reply(opened, b'{"hit":true}')


@dataclass
class World:
    """All desks, a courier between them, and the pauses."""

    office: Office
    desks: dict[str, Desk]
    backoff: BackoffStore = field(default_factory=MemoryBackoff)
    now: float = float(NOW)

    async def sealed(self, *nodes: str) -> tuple[Sealed, ...]:
        request, home = question(FR), self.office[FR]
        receipt = await home.receipt(Kind.ASKED, request.digest)
        to = self.office.directory.recipients(nodes or self.desks, NOW)
        return seal_requests(request, mandate(FR), receipt, home.ring, to, now=NOW)

    async def ask(self, *nodes: str, deadlines: Deadlines = QUICK) -> dict[str, Reply]:
        sealed = await self.sealed(*nodes)
        courier = LoopbackCourier(self.desks)
        replies = await fan_out(sealed, courier, self.backoff, deadlines=deadlines, clock=lambda: self.now)
        assert [reply.node for reply in replies] == [parcel.to.id for parcel in sealed]
        return {reply.node: reply for reply in replies}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    office = await open_office(FR, SE, EU, DE, NL)
    yield World(office, {node: Desk(office, office[node]) for node in office.stations})
    await office.close()


async def test_everybody_answers_home_too(world: World) -> None:
    replies = await world.ask()
    assert all(isinstance(reply, Answer) for reply in replies.values())
    assert [desk.asked for desk in world.desks.values()] == [1] * 5


async def test_one_status_for_each_node_whatever_they_do(world: World) -> None:
    world.desks[SE].mood, world.desks[EU].mood = "refuses", "breaks the line"
    world.desks[DE].delay = 5
    world.desks[NL].mood = "babbles"
    replies = await world.ask()
    assert {node: reply.status for node, reply in replies.items()} == {
        FR: Status.ANSWERED,
        SE: Status.REFUSED,
        EU: Status.UNREACHABLE,
        DE: Status.TIMED_OUT,
        NL: Status.INVALID_ANSWER,
    }
    assert isinstance(replies[SE], Refused)
    assert "1.000 s" in str(replies[DE])


@pytest.mark.parametrize(
    ("mood", "status"),
    [
        ("floods", Status.INVALID_ANSWER),
        ("is over quota", Status.OVER_QUOTA),
        ("has a bug", Status.UNREACHABLE),
    ],
)
async def test_moods(world: World, mood: str, status: Status) -> None:
    world.desks[SE].mood = mood
    replies = await world.ask(FR, SE)
    assert (replies[SE].status, replies[FR].status) == (status, Status.ANSWERED)


async def test_a_node_without_a_door(world: World) -> None:
    sealed = await world.sealed(SE)
    (reply,) = await fan_out(sealed, LoopbackCourier({}), world.backoff, deadlines=QUICK, clock=lambda: NOW)
    assert reply == Silence(SE, Status.UNREACHABLE, f"{SE}: no door in this process", NOW)


async def test_the_deadline_for_all_cuts_the_late_ones_and_keeps_the_others(world: World) -> None:
    world.desks[SE].delay = 60
    started = asyncio.get_running_loop().time()
    replies = await world.ask(deadlines=Deadlines(overall=2, per_node=60))
    assert asyncio.get_running_loop().time() - started < 30
    assert replies[SE].status is Status.TIMED_OUT
    assert [node for node, reply in replies.items() if isinstance(reply, Answer)] == [FR, EU, DE, NL]


async def test_nobody_is_asked_twice_in_one_question(world: World) -> None:
    sealed = await world.sealed(SE)
    with pytest.raises(MergeRefused, match="stands twice"):
        await fan_out(sealed * 2, LoopbackCourier(world.desks), world.backoff, deadlines=QUICK)
    assert world.desks[SE].asked == 0
    assert await fan_out((), LoopbackCourier(world.desks), world.backoff, deadlines=QUICK) == ()


async def test_nothing_is_tried_again(world: World) -> None:
    world.desks[SE].mood = "breaks the line"
    await world.ask(SE)
    assert world.desks[SE].asked == 1


async def test_a_node_that_keeps_failing_is_left_alone_for_a_while_and_said_to_be(world: World) -> None:
    world.desks[SE].mood = "breaks the line"
    for _ in range(FREE_FAILURES + 1):
        await world.ask(SE)
    reply = (await world.ask(SE, EU))[SE]
    assert world.desks[SE].asked == FREE_FAILURES + 1
    assert isinstance(reply, Silence)
    assert (reply.status, "not asked before" in reply.detail) == (Status.UNREACHABLE, True)
    world.now += 1.001
    world.desks[SE].mood = "answers"
    assert (await world.ask(SE))[SE].status is Status.ANSWERED
    assert world.backoff.pauses() == {}


async def test_a_refusal_or_a_lie_is_no_failure_of_the_line(world: World) -> None:
    world.desks[SE].mood, world.desks[EU].mood = "refuses", "babbles"
    for _ in range(5):
        await world.ask(SE, EU)
    assert world.backoff.pauses() == {}
    assert world.desks[SE].asked == world.desks[EU].asked == 5


async def test_who_is_cancelled_cancels_all_deliveries(world: World) -> None:
    ended: list[str] = []

    async def door(_headers: Headers, _body: bytes) -> RawReply:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("done")
        raise AssertionError

    sealed = await world.sealed(SE, EU)
    courier = LoopbackCourier({SE: door, EU: door})
    task = asyncio.create_task(fan_out(sealed, courier, world.backoff, deadlines=Deadlines(60, 60)))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == ["done", "done"]


# ----- the pauses


@given(st.integers(0, 10**6), st.integers(0, 10**15))
def test_a_pause_grows_to_a_minute_and_no_further(failures: int, now: int) -> None:
    pause = after_failure(Pause(failures), now)
    assert pause.failures == failures + 1
    assert pause.until_ms == 0 or now < pause.until_ms <= now + LONGEST_MS
    assert (pause.until_ms == 0) == (pause.failures <= FREE_FAILURES)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def stores(
    request: pytest.FixtureRequest, engines_on: Callable[[str], Callable[[], Engine]]
) -> Callable[[], BackoffStore]:
    if request.param == "memory":
        one = MemoryBackoff()
        return lambda: one
    connect = engines_on(request.param)
    return lambda: SqlBackoff(connect())


def test_pauses_are_shared_and_forgotten(stores: Callable[[], BackoffStore]) -> None:
    here, there = stores(), stores()
    here.put({SE: Pause(3, 10**13), EU: Pause(1, 0)})
    assert there.pauses() == {SE: Pause(3, 10**13), EU: Pause(1, 0)}
    there.put({SE: None, EU: Pause(2, 0), DE: None})
    assert here.pauses() == {EU: Pause(2, 0)}
