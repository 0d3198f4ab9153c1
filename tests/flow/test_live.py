"""Answers as they come: each is logged before it is shown, and a node that hangs keeps none back."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import orjson
import pytest

from audit.errors import AuditUnavailable
from gateway.app import create_app
from gateway.ask import Asking, ask
from gateway.console_files import Console
from gateway.explain_question import explain_question
from gateway.intents import LONGEST, MARGIN, close_interrupted
from gateway.reception import Reception
from gateway.sessions import COOKIE, CSRF_HEADER, Sessions
from gateway.settings import SignInPart
from gateway.shipped import document_id, shipped_texts
from gateway.signin import SignIn
from gateway.visit import Visit
from policy.mandate import Actor
from policy.terms import Operation, Purpose, Role
from sharing.sealed import RawReply
from sharing.signature import Headers
from tests.flow.test_two_sides import tapped
from tests.world import NODES, World

FR, SE, EU = NODES
BOX: dict[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}
ADDRESS = "http://127.0.0.1:18401"
Part = Mapping[str, Any]


def held_back(world: World, node: str) -> asyncio.Event:
    """The node answers once the event is set."""
    go, door = asyncio.Event(), world.door(node)

    async def waiting(headers: Headers, body: bytes) -> RawReply:
        await go.wait()
        reply: RawReply = await door(headers, body)
        return reply

    world.doors[node] = waiting
    return go


async def outcomes(world: World) -> list[Part]:
    return [leaf for leaf in await world.log(FR) if leaf["kind"] == "ANSWERS_RECEIVED"]


async def analyst(world: World, **why: Any) -> tuple[Visit, Asking]:
    visit = world.visit(FR)
    return visit, Asking(Operation.LOOKUP, BOX, await world.mandate(visit, **why))


async def until(true: Callable[[], bool]) -> None:
    for _ in range(4000):
        if true():
            return
        await asyncio.sleep(0.005)
    raise AssertionError


async def test_each_answer_is_shown_while_others_are_waited_for(world: World) -> None:
    go = held_back(world, EU)
    told: list[Part] = []
    visit, asking = await analyst(world)
    whole = asyncio.create_task(ask(visit, asking, told.append))
    await until(lambda: len(told) == 2)
    assert {each["node"] for part in told for each in part["nodes"]} == {FR, SE}
    assert len(await world.nodes[FR].log.open_intents()) == 1, "it is still at work"
    go.set()
    picture = await whole
    assert [len(part["nodes"]) for part in told] == [1, 1, 1]
    assert sorted(part["nodes"][0]["node"] for part in told) == sorted(NODES)
    assert [each for part in told for each in part["claims"]]
    for part in told:
        assert part["nodes"][0] in picture["nodes"]
        assert all(each in picture["claims"] for each in part["claims"])
    at_once = await ask(visit, asking)
    assert [each["handle"] for each in picture["claims"]] == [each["handle"] for each in at_once["claims"]]
    assert (picture["complete"], picture["candidates"]) == (at_once["complete"], at_once["candidates"])
    assert (await world.kinds(FR)).count("ASKED") == 2, "one intent for each of the two questions"
    assert not await world.nodes[FR].log.open_intents()


async def test_an_answer_is_logged_before_it_is_shown(world: World) -> None:
    logged: list[int] = []
    size = world.nodes[FR].log.head.size
    visit, asking = await analyst(world)
    told: list[Part] = []

    def look(part: Part) -> None:
        logged.append(world.nodes[FR].log.head.size)
        told.append(part)

    await ask(visit, asking, look)
    leaves = await world.log(FR)
    for part, seen in zip(told, logged, strict=True):
        node = part["nodes"][0]["node"]
        before = [leaf for leaf in leaves[size:seen] if leaf["kind"] == "ANSWERS_RECEIVED"]
        assert any(node in leaf["nodes_replied"] for leaf in before), f"{node} was shown first"
    assert [leaf.get("pending", False) for leaf in await outcomes(world)] == [True, True, False]


@pytest.mark.parametrize(("fails_at", "shown"), [(1, 0), (2, 0), (3, 1)])
async def test_what_cannot_be_logged_is_not_shown(world: World, fails_at: int, shown: int) -> None:
    visit, asking = await analyst(world)
    visit = replace(visit, node=tapped(world, FR, fails_at, []))
    told: list[Part] = []
    with pytest.raises(AuditUnavailable):
        await ask(visit, replace(asking, nodes=[SE, EU]), told.append)
    assert len(told) == shown


async def test_a_question_that_the_own_law_refuses_has_no_parts(world: World) -> None:
    told: list[Part] = []
    visit, asking = await analyst(world, purpose=Purpose.CROSS_CHECKING, subject_category="WITNESS")
    picture = await ask(visit, asking, told.append)
    assert (told, [each["status"] for each in picture["nodes"]]) == ([], ["REFUSED"])


async def test_a_crash_between_two_answers_leaves_the_question_open_until_it_is_closed(world: World) -> None:
    held_back(world, EU)
    told: list[Part] = []
    visit, asking = await analyst(world)
    whole = asyncio.create_task(ask(visit, asking, told.append))
    await until(lambda: len(told) == 2)
    query = str(told[0]["queryId"])
    whole.cancel()
    await asyncio.gather(whole, return_exceptions=True)
    (explained,) = [(await explain_question(visit, query, "OWN"))["asked"]]
    assert explained["complete"] is None
    assert {each["node"]: each["status"] for each in explained["nodes"]} == {
        FR: "ANSWERED", SE: "ANSWERED", EU: "OPEN",
    }  # fmt: skip
    world.later(LONGEST + MARGIN + 1)
    assert await close_interrupted(world.nodes[FR]) == 1
    explained = (await explain_question(visit, query, "OWN"))["asked"]
    assert {each["node"]: each["status"] for each in explained["nodes"]}[EU] == "CLOSED"
    assert not await world.nodes[FR].log.open_intents()


class Wire:
    """One request to the node's application, as a server hands it over; the reader may leave."""

    def __init__(self, headers: Mapping[str, str], body: bytes) -> None:
        self.left, self.told, self.status = asyncio.Event(), bytearray(), 0
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        self.scope: dict[str, Any] = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "method": "POST",
            "path": "/graphql", "raw_path": b"/graphql", "query_string": b"", "headers": pairs,
            "scheme": "http", "http_version": "1.1", "server": ("127.0.0.1", 18401),
        }  # fmt: skip
        self._body: list[bytes] = [body]

    async def receive(self) -> dict[str, Any]:
        if self._body:
            return {"type": "http.request", "body": self._body.pop(), "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Mapping[str, Any]) -> None:
        self.status = message.get("status", self.status)
        self.told += message.get("body", b"")

    def events(self) -> list[tuple[str, Any]]:
        found = []
        for block in bytes(self.told).decode().split("\n\n")[:-1]:
            name, data = block.split("\n")
            found.append((name.removeprefix("event: "), orjson.loads(data.removeprefix("data: "))))
        return found


async def asked_over_http(world: World, document: str = "lookup", **other: Any) -> tuple[Any, Wire]:
    """The application of the French node, and a request for an answer in parts."""
    sessions = Sessions(900, 3600, world.clock)
    signin = SignIn(Reception(FR, "OFAST", (ADDRESS,)), SignInPart(issuer=ADDRESS), "made-up", sessions)
    app = create_app(world.nodes[FR], sessions, signin, "k" * 64, Console())
    key, session = sessions.start(Actor(FR, "analyst-1", frozenset({Role.ANALYST}), "unit-1"), "Zoé")
    mandate = await world.mandate(world.visit(FR))
    variables = {"mandate": mandate} | (other or {"identifier": "XQZU 418026-6"})
    body = {"documentId": document_id(shipped_texts("desk")[document]), "variables": variables}
    headers = {
        "cookie": f"{COOKIE}={key}",
        CSRF_HEADER: session.csrf,
        "content-type": "application/json",
        "accept": "text/event-stream",
    }
    return app, Wire(headers, orjson.dumps(body))


async def test_the_desk_tells_parts_and_then_the_whole(world: World) -> None:
    app, wire = await asked_over_http(world)
    await app(wire.scope, wire.receive, wire.send)
    events = wire.events()
    assert [name for name, _ in events] == ["part", "part", "part", "next", "complete"]
    whole = events[3][1]["data"]["lookup"]
    assert {each["node"] for each in whole["nodes"]} == set(NODES)
    assert {each["data"]["lookup"]["nodes"][0]["node"] for _, each in events[:3]} == set(NODES)


async def test_an_error_is_told_in_the_stream_by_its_code(world: World) -> None:
    app, wire = await asked_over_http(world, identifier="??")
    await app(wire.scope, wire.receive, wire.send)
    (name, told), last = wire.events()
    assert (name, last[0]) == ("next", "complete")
    assert told["errors"][0]["extensions"]["code"].startswith("IDENTIFIER")


async def test_many_questions_in_one_tell_how_far_they_are_until_nobody_waits(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    go = held_back(world, EU)
    app, wire = await asked_over_http(world, "resembling", handle=f"{FR}/fr-p-3", nodes=[FR, EU])
    request = asyncio.create_task(app(wire.scope, wire.receive, wire.send))
    await until(lambda: bool(wire.events()))
    first = wire.events()[0][1]["data"]["resembling"]
    assert first["nodes"] == [{"node": FR, "status": "ANSWERED", "questions": 1}]
    await until(lambda: len(wire.events()) > 1)
    wire.left.set()
    await request
    go.set()
    await until(lambda: "who asked has left" in caplog.text)
    assert {name for name, _ in wire.events()} == {"part"}
    assert not await world.nodes[FR].log.open_intents()


async def test_who_stops_listening_stops_nothing_that_must_be_logged(world: World) -> None:
    go = held_back(world, EU)
    app, wire = await asked_over_http(world)
    request = asyncio.create_task(app(wire.scope, wire.receive, wire.send))
    await until(lambda: len(wire.events()) == 2)
    wire.left.set()
    await request
    assert "complete" not in [name for name, _ in wire.events()]
    size = world.nodes[FR].log.head.size
    go.set()
    await until(lambda: world.nodes[FR].log.head.size > size)
    assert not await world.nodes[FR].log.open_intents()
    replied = [node for leaf in await outcomes(world) for node in leaf["nodes_replied"]]
    assert sorted(replied) == sorted(NODES)
