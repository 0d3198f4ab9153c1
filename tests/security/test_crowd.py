"""Back-pressure: who sends faster than it is answered waits in its own line, is told so, and harms nobody."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.crowd import RETRY_AFTER, Crowd, Crowded, Crowds
from gateway.partner import PATH
from policy.terms import Operation
from sharing.sealed import RawReply
from tests.security.desk import desk_of
from tests.world import World

FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
LOOKUP = {"value": "XQZU 418026-6", "kind": "container"}


def narrow(world: World, node: str) -> Crowd:
    """Let a node have one place for each, and no line."""
    crowds = Crowds(Crowd(4, 1, 0, 0.05), Crowd(4, 1, 0, 0.05))
    world.nodes[node] = replace(world.nodes[node], crowds=crowds)
    return crowds.partners


async def test_of_each_only_a_share_is_at_work_and_others_are_not_kept_waiting() -> None:
    crowd = Crowd(at_once=4, share=2, waiting=1, seconds=0.05)
    async with AsyncExitStack() as held:
        for _ in range(2):
            await held.enter_async_context(crowd.place("flood"))
        with pytest.raises(Crowded, match="no place within"):
            async with crowd.place("flood"):
                pytest.fail("a third place for one")
        for _ in range(2):
            await held.enter_async_context(crowd.place("other"))
        with pytest.raises(Crowded, match="4 are at work"):
            async with crowd.place("third"):
                pytest.fail("a fifth place")
    async with crowd.place("third"):
        pass


async def test_a_line_is_bounded_and_moves() -> None:
    crowd = Crowd(at_once=1, share=1, waiting=2, seconds=5)
    served: list[int] = []

    async def ask(number: int) -> None:
        async with crowd.place("one"):
            served.append(number)
            await asyncio.sleep(0)

    async with AsyncExitStack() as held:
        await held.enter_async_context(crowd.place("one"))
        waiting = [asyncio.create_task(ask(number)) for number in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Crowded, match="3 requests are under way"):
            async with crowd.place("one"):
                pytest.fail("a third in a line of two")
        assert not served
    await asyncio.gather(*waiting)
    assert served == [0, 1]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["work", "break", "leave"])), max_size=30))
async def test_no_place_is_lost_whatever_becomes_of_who_had_it(acts: list[tuple[str, str]]) -> None:
    crowd = Crowd(at_once=2, share=1, waiting=30, seconds=5)

    async def act(who: str, what: str) -> None:
        async with crowd.place(who):
            await asyncio.sleep(0)
            if what == "break":
                raise RuntimeError

    tasks = [asyncio.create_task(act(*each)) for each in acts]
    await asyncio.sleep(0)
    for task, (_, what) in zip(tasks, acts, strict=True):
        if what == "leave":
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with crowd.place("x"), crowd.place("y"):
        assert set(crowd._lines) == {"x", "y"}
    assert not crowd._lines


async def test_a_partner_over_its_share_is_told_so_and_the_others_are_answered(world: World) -> None:
    crowd = narrow(world, SE)
    async with crowd.place(FR):
        picture = await world.ask(FR, Operation.LOOKUP, LOOKUP)
        told = {each["node"]: each["status"] for each in picture["nodes"]}
        assert told == {FR: "ANSWERED", SE: "OVER_QUOTA", EU: "ANSWERED"}
        other = await world.ask(EU, Operation.LOOKUP, LOOKUP)
        assert {each["node"]: each["status"] for each in other["nodes"]}[SE] == "ANSWERED"
    (refused,) = [each for each in await world.log(SE) if each.get("reasons") == ["OVER_QUOTA"]]
    assert (refused["kind"], refused["partner"]) == ("REFUSED", FR)
    again = await world.ask(FR, Operation.LOOKUP, LOOKUP)
    assert {each["node"]: each["status"] for each in again["nodes"]}[SE] == "ANSWERED"


async def test_over_http_it_is_a_429_that_says_when_to_return(world: World) -> None:
    crowd = narrow(world, SE)
    seen: list[httpx2.Response] = []
    async with desk_of(world.nodes[SE]) as desk:

        async def over_http(headers: Mapping[str, str], body: bytes) -> RawReply:
            seen.append(await desk.client.post(PATH, content=body, headers=dict(headers)))
            return RawReply(seen[0].status_code, dict(seen[0].headers), seen[0].content)

        world.doors[SE] = over_http
        async with crowd.place(FR):
            await world.ask(FR, Operation.LOOKUP, LOOKUP)
    assert (seen[0].status_code, seen[0].headers["retry-after"]) == (429, str(RETRY_AFTER))
    assert seen[0].json() == {"code": "OVER_QUOTA"}
    assert "signature" in seen[0].headers, "a partner can prove that it was turned away"


async def test_a_person_over_the_share_is_told_so_and_colleagues_are_not(world: World) -> None:
    narrow(world, FR)
    node = world.nodes[FR]
    async with desk_of(node) as desk, node.crowds.people.place("fr-1"):
        reply = await desk.query("{ me { name } }")
        assert (reply.status_code, reply.headers["retry-after"]) == (429, str(RETRY_AFTER))
        assert reply.json()["errors"][0]["extensions"]["code"] == "BUSY"
        colleague = await desk.query("{ me { name } }", desk.sign_in(subject="fr-2"))
        assert colleague.json()["data"]["me"]["name"] == "Zoé"
