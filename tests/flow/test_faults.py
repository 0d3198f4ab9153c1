"""Partners that fall silent, lie, repeat or break: one status of one node, and the others' answers."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from audit.errors import AuditUnavailable
from gateway.answer import answer
from gateway.ask import Asking, ask
from gateway.errors import MandateNotValid
from policy.terms import Operation
from sharing.errors import DirectoryExpired
from sharing.sealed import RawReply
from sharing.signature import Headers
from tenants.errors import QuestionRejected, ShelfUnavailable
from tests.world import World

BOX: dict[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}


async def lookup(world: World, **other: Any) -> Mapping[str, Any]:
    return await world.ask("fr.ofast", Operation.LOOKUP, BOX, **other)


def node(picture: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(each for each in picture["nodes"] if each["node"] == name)
    return found


async def test_a_silent_partner_times_out_and_the_others_answer(world: World) -> None:
    async def hang(_headers: Headers, _body: bytes) -> RawReply:
        await asyncio.sleep(60)
        raise AssertionError

    world.waits(5.0)
    world.doors["se.polisen"] = hang
    picture = await lookup(world)
    assert node(picture, "se.polisen")["status"] == "TIMED_OUT"
    assert node(picture, "fr.ofast")["status"] == "ANSWERED"
    assert not picture["complete"]


async def test_a_partner_that_resets_is_unreachable(world: World) -> None:
    async def reset(_headers: Headers, _body: bytes) -> RawReply:
        raise ConnectionResetError

    world.doors["eu.europol"] = reset
    picture = await lookup(world)
    assert node(picture, "eu.europol")["status"] == "UNREACHABLE"
    outcome = (await world.log("fr.ofast"))[-1]
    assert outcome["nodes_replied"]["eu.europol"] == "UNREACHABLE"
    assert outcome["complete"] is False


async def test_an_answer_to_another_request_is_invalid(world: World) -> None:
    kept: list[Any] = []
    true_door = world.door("eu.europol")

    async def first_answer_for_ever(headers: Headers, body: bytes) -> Any:
        if not kept:
            kept.append(await true_door(headers, body))
        return kept[0]

    world.doors["eu.europol"] = first_answer_for_ever
    assert node(await lookup(world), "eu.europol")["status"] == "ANSWERED"
    second = await lookup(world)
    assert node(second, "eu.europol")["status"] == "INVALID_ANSWER"
    assert all(each["node"] != "eu.europol" for each in second["claims"])


@pytest.mark.parametrize("place", [0, 40, -40, -1])
async def test_a_byte_changed_on_the_way_back_is_invalid(world: World, place: int) -> None:
    true_door = world.door("eu.europol")

    async def bend(headers: Headers, body: bytes) -> RawReply:
        reply = await true_door(headers, body)
        bent = bytearray(reply.body)
        bent[place] ^= 1
        return RawReply(reply.status, reply.headers, bytes(bent))

    world.doors["eu.europol"] = bend
    picture = await lookup(world)
    assert node(picture, "eu.europol")["status"] == "INVALID_ANSWER"


async def test_an_answer_of_another_node_is_invalid(world: World) -> None:
    world.doors["eu.europol"] = world.door("se.polisen")
    assert node(await lookup(world), "eu.europol")["status"] in {"INVALID_ANSWER", "REFUSED"}


async def test_a_gigabyte_is_not_read(world: World) -> None:
    async def flood(_headers: Headers, _body: bytes) -> RawReply:
        return RawReply(200, {"content-type": "application/json"}, bytes(9 * 1024 * 1024))

    world.doors["eu.europol"] = flood
    assert node(await lookup(world), "eu.europol")["status"] in {"UNREACHABLE", "INVALID_ANSWER"}


async def test_a_replayed_request_is_rejected_and_logged(world: World) -> None:
    await lookup(world)
    name, headers, body = next(each for each in world.wire if each[0] == "se.polisen")
    reply = await answer(world.nodes[name], headers, body)
    assert reply.status == 409
    assert b"REPLAYED" in reply.body
    assert (await world.log(name))[-1]["reasons"] == ["REPLAYED"]


@pytest.mark.parametrize(("seconds", "code"), [(-50, b"CLOCK_SKEW"), (120, b"EXPIRED")])
async def test_a_clock_off_by_minutes_is_told(world: World, seconds: float, code: bytes) -> None:
    await lookup(world)
    name, headers, body = next(each for each in world.wire if each[0] == "se.polisen")
    world.later(seconds)
    reply = await answer(world.nodes[name], headers, body)
    assert reply.status == 401
    assert code in reply.body


async def test_a_wrong_signature_is_rejected(world: World) -> None:
    await lookup(world)
    name, headers, body = next(each for each in world.wire if each[0] == "se.polisen")
    size = world.nodes[name].log.head.size
    reply = await answer(world.nodes[name], headers, body + b" ")
    assert reply.status == 401
    assert b"DIGEST_MISMATCH" in reply.body
    assert world.nodes[name].log.head.size == size, "a stranger cannot fill the log"


async def test_an_expired_mandate_asks_nothing(world: World) -> None:
    visit = world.visit("fr.ofast")
    mandate = await world.mandate(visit, minutes=1)
    world.later(61)
    with pytest.raises(MandateNotValid):
        await ask(visit, Asking(Operation.LOOKUP, BOX, mandate))
    assert not world.wire


async def test_another_persons_mandate_asks_nothing(world: World) -> None:
    mandate = await world.mandate(world.visit("fr.ofast", "analyst-1"))
    with pytest.raises(MandateNotValid):
        await ask(world.visit("fr.ofast", "analyst-2"), Asking(Operation.LOOKUP, BOX, mandate))


async def test_what_is_no_identifier_is_told_before_anybody_is_asked(world: World) -> None:
    with pytest.raises(QuestionRejected):
        await world.ask("fr.ofast", Operation.LOOKUP, {"value": "??", "kind": None})
    assert not world.wire


async def test_a_log_that_cannot_append_stops_the_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner = world.nodes["se.polisen"]

    async def full(*_: object) -> None:
        raise AuditUnavailable("no room")

    monkeypatch.setattr(type(partner.log), "append", _only(partner.log, full), raising=True)
    picture = await lookup(world)
    assert node(picture, "se.polisen")["reasons"] == ["AUDIT_UNAVAILABLE"]
    assert node(picture, "fr.ofast")["status"] == "ANSWERED"


def _only(log: object, broken: Any) -> Any:
    whole = type(log).append  # type: ignore[attr-defined]  # a log

    async def append(self: Any, entry: Any) -> Any:
        return await broken(entry) if self is log else await whole(self, entry)

    return append


async def test_a_shelf_that_cannot_be_read_closes_its_intent(world: World) -> None:
    class Broken:
        async def read(self, *_: object) -> Any:
            raise ShelfUnavailable("gone")

        rows = read

    world.nodes["eu.europol"] = replace(world.nodes["eu.europol"], view=Broken())
    picture = await lookup(world)
    assert node(picture, "eu.europol")["reasons"] == ["SHELF_UNAVAILABLE"]
    assert not await world.nodes["eu.europol"].log.open_intents()


async def test_an_expired_directory_stops_everything(world: World) -> None:
    world.later(31 * 86_400)
    with pytest.raises(DirectoryExpired):
        await lookup(world)
    assert not world.wire
