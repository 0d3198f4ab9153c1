"""Nodes that witness each other: quorums, witnesses that fail or lie, and what stops without them."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.cosignature import cosign
from audit.entry import Entry, Kind
from audit.errors import AuditUnavailable
from audit.feeding import RawReply, Verdict
from audit.findings import Wanted
from audit.freshness import Freshness
from audit.guard import MemoryGuard
from audit.keys import SignatureType, SigningKey
from audit.log import Log
from audit.memory_store import MemoryStore
from audit.note import Note
from audit.severity import Severity
from audit.submission import Submission
from audit.witness import SIZE, TEXT
from gateway.wiring import open_node
from gateway.witness_findings import report
from gateway.witnessing import Feeder, witnessed
from policy.terms import Operation
from tests.world import Ground, LoopbackPoster, World, open_world

BOX: dict[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}
PARTNERS = ("se.polisen", "eu.europol")


@pytest.fixture(params=["any"])
async def world(request: pytest.FixtureRequest, tmp_path: Path, ground: Ground) -> AsyncIterator[World]:
    async with open_world(tmp_path, replace(ground, quorum=request.param)) as opened:
        yield opened


needs_all = pytest.mark.parametrize("world", ["all"], indirect=True)


async def feed(world: World, node: str = "fr.ofast") -> Mapping[str, Verdict]:
    return {name: meaning.verdict for name, meaning in (await world.feeder(node).once()).items()}


def state(world: World, node: str = "fr.ofast") -> Freshness:
    return world.nodes[node].watch.freshness().state


def status(picture: Mapping[str, Any]) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {each["node"]: (each["status"], tuple(each["reasons"])) for each in picture["nodes"]}


@needs_all
async def test_partners_cosign_and_the_checkpoint_is_kept_with_their_lines(world: World) -> None:
    assert await feed(world) == dict.fromkeys(PARTNERS, Verdict.COSIGNED)
    await world.ask("fr.ofast", Operation.LOOKUP, BOX)
    assert await feed(world) == dict.fromkeys(PARTNERS, Verdict.COSIGNED)
    node = world.nodes["fr.ofast"]
    kept = node.log.reader.note(node.log.head.size)
    assert kept is not None
    assert kept == node.watch.note
    assert {line.name for line in Note.parse(kept).signatures} == {
        "fr.ofast/log",
        "se.polisen/witness",
        "eu.europol/witness",
    }


async def test_a_receipt_against_the_witnessed_checkpoint_holds_by_the_policy(world: World) -> None:
    await feed(world)
    node = world.nodes["fr.ofast"]
    receipt = await node.log.receipt(0, node.log.head.size)
    assert node.watch.policy is not None
    proof = receipt.text.partition("\n\n")[2]
    assert node.watch.policy.check(proof)[1] == sorted(PARTNERS, reverse=True)


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (RawReply(404, TEXT, b"unknown log"), Verdict.UNKNOWN_LOG),
        (RawReply(403, TEXT, b""), Verdict.UNKNOWN_LOG),
        (RawReply(409, "", b""), Verdict.OTHER_SIZE),
        (RawReply(409, SIZE, b"999999\n"), Verdict.AHEAD),
        (RawReply(422, TEXT, b"bad proof"), Verdict.OTHER_HISTORY),
        (RawReply(503, TEXT, b"later"), Verdict.OUT_OF_ORDER),
        (RawReply(200, TEXT, b"x" * 20_000), Verdict.BAD_REPLY),
        (RawReply(200, TEXT, b"nothing of the kind"), Verdict.BAD_REPLY),
    ],
)
async def test_one_witness_that_does_not_cosign_does_no_harm(
    world: World, reply: RawReply, verdict: Verdict
) -> None:
    async def say(_body: bytes) -> RawReply:
        return reply

    feeder = world.feeder("fr.ofast")
    await feeder.once()
    world.witnesses["se.polisen"] = say
    said = {name: meaning.verdict for name, meaning in (await feeder.once()).items()}
    assert said == {"se.polisen": verdict, "eu.europol": Verdict.COSIGNED}
    assert state(world) is Freshness.FRESH
    assert world.nodes["fr.ofast"].watch.words["se.polisen"].verdict is verdict
    assert (await world.ask("fr.ofast", Operation.LOOKUP, BOX))["complete"]


@needs_all
async def test_a_line_by_another_key_does_not_count(world: World) -> None:
    forger = SigningKey.generate("se.polisen/witness", SignatureType.COSIGNATURE)

    async def forge(body: bytes) -> RawReply:
        text = Note.parse(Submission.parse(body).note).text
        return RawReply(200, TEXT, cosign(text, forger, int(world.clock())).line.encode())

    await feed(world)
    world.witnesses["se.polisen"] = forge
    world.later(70)
    assert (await feed(world))["se.polisen"] is Verdict.BAD_REPLY
    assert state(world) is Freshness.WARN


async def test_a_witness_without_a_size_in_its_conflicts_is_still_found(world: World) -> None:
    true_witness = world.witness("se.polisen")

    async def terse(body: bytes) -> RawReply:
        reply = await true_witness(body)
        return reply if reply.status == 200 else RawReply(reply.status, "", b"")

    world.witnesses["se.polisen"] = terse
    assert (await feed(world))["se.polisen"] is Verdict.COSIGNED
    assert (await feed(world))["se.polisen"] is Verdict.COSIGNED, "a feeder that remembers nothing"


@needs_all
async def test_a_slow_witness_completes_the_quorum_of_an_older_checkpoint(world: World) -> None:
    node, go = world.nodes["fr.ofast"], asyncio.Event()
    true_witness = world.witness("se.polisen")

    async def slow(body: bytes) -> RawReply:
        await go.wait()
        return await true_witness(body)

    world.witnesses["se.polisen"] = slow
    feeder = world.feeder("fr.ofast")
    first, size = asyncio.create_task(feeder.once()), node.log.head.size
    await asyncio.sleep(0)
    await world.ask("fr.ofast", Operation.LOOKUP, BOX)
    assert node.log.head.size > size
    world.witnesses["se.polisen"] = true_witness
    assert not node.watch.note
    go.set()
    await first
    assert node.log.reader.note(size) == node.watch.note


async def test_a_witness_that_hangs_is_silent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_body: bytes) -> RawReply:
        await asyncio.sleep(600)
        raise AssertionError

    monkeypatch.setattr("gateway.witnessing.DEADLINE", 0.5)
    world.witnesses["se.polisen"] = hang
    assert (await feed(world))["se.polisen"] is Verdict.SILENT


async def test_freshness_steps_down_and_recovers(world: World) -> None:
    await feed(world)
    for seconds, expected in (
        (0, Freshness.FRESH),
        (61, Freshness.WARN),
        (900, Freshness.PAGE),
        (14_400, Freshness.STOP),
    ):
        world.later(seconds)
        assert state(world) is expected
    await feed(world)
    assert state(world) is Freshness.FRESH


async def test_a_clock_that_jumps_back_is_no_quorum_of_the_future(world: World) -> None:
    await feed(world)
    world.later(-7200)
    assert world.nodes["fr.ofast"].watch.freshness() == (Freshness.FRESH, 0)
    world.later(7200 + 15_000)
    assert state(world) is Freshness.STOP


async def test_a_witness_whose_clock_is_far_ahead_does_not_count(world: World) -> None:
    true_witness = world.nodes["se.polisen"].witness
    assert true_witness is not None

    async def ahead(body: bytes) -> RawReply:
        reply = true_witness.add_checkpoint(body, int(world.clock()) + 86_400)
        return RawReply(reply.status, reply.content_type, reply.body)

    world.witnesses["se.polisen"] = ahead
    del world.witnesses["eu.europol"]
    before = world.nodes["fr.ofast"].watch.since
    assert await feed(world) == {"se.polisen": Verdict.BAD_CLOCK, "eu.europol": Verdict.SILENT}
    assert world.nodes["fr.ofast"].watch.since == before


async def test_without_a_quorum_for_four_hours_nothing_is_answered_abroad(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.answer.fresh", lambda: "-" * 22)  # base64url: one number in 32 begins so
    for node in world.nodes:
        await feed(world, node)
    world.later(14_500)
    await feed(world, "fr.ofast")
    await feed(world, "eu.europol")
    size = world.nodes["se.polisen"].log.head.size
    picture = await world.ask("fr.ofast", Operation.LOOKUP, BOX)
    told = status(picture)
    assert told["se.polisen"] == ("REFUSED", ("LOG_NOT_WITNESSED",))
    assert told["eu.europol"][0] == told["fr.ofast"][0] == "ANSWERED"
    entries = (await world.log("se.polisen"))[size:]
    assert [entry["kind"] for entry in entries] == ["QUESTION_RECEIVED", "REFUSED"]
    assert entries[-1]["reasons"] == ["LOG_NOT_WITNESSED"]
    own = await world.ask("se.polisen", Operation.LOOKUP, BOX, nodes=["se.polisen"])
    assert status(own)["se.polisen"][0] == "ANSWERED", "its own people still work"


async def test_an_unwitnessed_node_answers(world: World) -> None:
    node = world.nodes["se.polisen"]
    world.nodes["se.polisen"] = replace(node, watch=replace(node.watch, policy=None))
    world.later(20_000)
    assert state(world, "se.polisen") is Freshness.UNWITNESSED
    assert status(await world.ask("fr.ofast", Operation.LOOKUP, BOX))["se.polisen"][0] == "ANSWERED"


async def test_a_restart_is_as_stale_as_before(world: World) -> None:
    await feed(world)
    since = world.nodes["fr.ofast"].watch.since
    world.later(1000)
    await world.nodes["fr.ofast"].log.close()
    async with open_node(world.homes["fr.ofast"], clock=world.clock) as again:
        assert again.watch.since == since
        assert again.watch.freshness().state is Freshness.PAGE


async def test_a_log_that_was_never_witnessed_is_as_stale_as_it_is_old(world: World) -> None:
    node = world.nodes["fr.ofast"]
    assert await report(node) == 0
    world.later(14_500)
    assert state(world) is Freshness.STOP
    assert await report(node) == 1
    (finding,) = node.oversight.findings.list(Wanted())
    assert finding.rule == "LOG_STOP"
    assert re.fullmatch(r"no quorum of witnesses has cosigned the log for \d+ s", finding.text)


# The start, and histories that contradict each other.


async def other_log(world: World, entries: int) -> Log:
    """A log with the key of fr.ofast and another history."""
    key = SigningKey.load(world.homes["fr.ofast"].keys / "log.key")
    log = await Log.open(MemoryStore(), MemoryGuard(), key)
    for number in range(entries):
        await log.append(Entry(Kind.ADMINISTRATION, "fr.ofast", {"query_id": f"other-{number}"}))
    return log


@pytest.mark.parametrize("more", [-1, 5])
async def test_a_fork_is_noticed_at_the_start_and_quarantines(world: World, more: int) -> None:
    node = world.nodes["fr.ofast"]
    log = await other_log(world, node.log.head.size + more)
    forked = replace(node, log=log, watch=replace(node.watch))
    policy = node.watch.policy
    assert policy is not None
    await Feeder(forked, policy, LoopbackPoster(world)).once()
    await log.close()
    await feed(world)
    with pytest.raises(AuditUnavailable) as refused:
        await node.log.append(Entry(Kind.ADMINISTRATION, node.id))
    assert refused.value.code == "QUARANTINED"
    assert any(partner in str(refused.value) for partner in PARTNERS), "whoever of them is asked first"
    await report(node)
    assert {each.severity for each in node.oversight.findings.list(Wanted())} == {Severity.CRITICAL}
    picture = await world.ask("se.polisen", Operation.LOOKUP, BOX)
    assert status(picture)["fr.ofast"] == ("REFUSED", ("AUDIT_UNAVAILABLE",))


async def test_a_fork_of_one_size_is_kept_as_evidence(world: World) -> None:
    node = world.nodes["fr.ofast"]
    await feed(world)
    log = await other_log(world, node.log.head.size)
    policy = node.watch.policy
    assert policy is not None
    said = await Feeder(replace(node, log=log), policy, LoopbackPoster(world)).once()
    assert {each.verdict for each in said.values()} == {Verdict.OTHER_HISTORY}
    await log.close()
    for partner in PARTNERS:
        witness = world.nodes[partner].witness
        assert witness is not None
        (fork,) = witness.forks()
        assert (fork.origin, fork.size) == ("fr.ofast/log", node.log.head.size)
        assert fork.first != fork.second
    assert await report(world.nodes["se.polisen"]) == 1
    assert await report(world.nodes["se.polisen"]) == 0
    (finding,) = world.nodes["se.polisen"].oversight.findings.list(Wanted(rule="LOG_FORKED"))
    assert finding.refs.partner == "fr.ofast"
    assert finding.text == f"log fr.ofast/log: has signed two roots for size {fork.size}"


async def test_an_old_backup_with_its_guard_is_found_by_the_witnesses(world: World) -> None:
    home = world.homes["fr.ofast"]
    await world.nodes["fr.ofast"].log.close()
    old = {path: path.read_bytes() for path in (home.path / "audit.sqlite", home.guard)}
    async with open_node(home, clock=world.clock, away=None) as node:
        world.nodes["fr.ofast"] = node
        await node.log.append(Entry(Kind.ADMINISTRATION, node.id))
        await feed(world)
    for path, content in old.items():
        path.write_bytes(content)
    async with open_node(home, clock=world.clock, away=None) as node:
        world.nodes["fr.ofast"] = node
        async with witnessed(node, lambda: _poster(world)):
            with pytest.raises(AuditUnavailable, match="has seen"):
                await node.log.append(Entry(Kind.ADMINISTRATION, node.id))


async def test_a_witness_that_comes_up_late_still_finds_an_old_backup(world: World) -> None:
    node = world.nodes["fr.ofast"]
    feeder = world.feeder("fr.ofast")
    del world.witnesses["se.polisen"]

    async def ahead(_body: bytes) -> RawReply:
        return RawReply(409, SIZE, b"999999\n")

    await feeder.once()
    await node.log.append(Entry(Kind.ADMINISTRATION, node.id))
    world.witnesses["se.polisen"] = ahead
    await feeder.once()
    assert (await feeder.once())["se.polisen"].verdict is Verdict.AHEAD, "and it does not change its word"
    with pytest.raises(AuditUnavailable, match="says it has seen 999999 leaves"):
        await node.log.append(Entry(Kind.ADMINISTRATION, node.id))


async def _poster(world: World) -> LoopbackPoster:
    return LoopbackPoster(world)


async def test_a_served_node_is_fed_in_the_background(world: World) -> None:
    node = world.nodes["fr.ofast"]
    async with witnessed(node, lambda: _poster(world)):
        await world.ask("fr.ofast", Operation.LOOKUP, BOX)
        for _ in range(200):
            if node.log.reader.note(node.log.head.size) == node.watch.note:
                break
            await asyncio.sleep(0.05)
        assert node.log.reader.note(node.log.head.size) == node.watch.note


async def test_unreachable_witnesses_are_named_and_do_not_stop_the_start(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.witnesses.clear()
    async with witnessed(world.nodes["fr.ofast"], lambda: _poster(world)):
        assert (await world.ask("fr.ofast", Operation.LOOKUP, BOX))["complete"]
    for partner in PARTNERS:
        assert f"WITNESS_SILENT: {partner}" in caplog.text


async def test_a_replayed_old_checkpoint_wins_no_second_line(world: World) -> None:
    node = world.nodes["fr.ofast"]
    old = node.log.checkpoint()
    await feed(world)
    await world.ask("fr.ofast", Operation.LOOKUP, BOX)
    await feed(world)
    reply = await world.witness("se.polisen")(Submission(0, (), old).body)
    assert (reply.status, reply.body) == (409, f"{node.log.head.size}\n".encode())
