"""Both sides log first: a log that fails at any point proves that nothing was sent, read or shown before."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from audit.errors import AuditUnavailable
from audit.receipt import Receipt
from gateway.answer import answer
from gateway.ask import Asking, ask
from gateway.intents import LONGEST, MARGIN, close_interrupted, interrupted
from gateway.node import Node
from policy.terms import LegalBasis, Operation, Purpose
from sharing.encoding import digest
from sharing.papers import read_bundle
from sharing.signature import Headers
from tests.world import World

BOX: dict[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}
REFUSED = {"purpose": Purpose.STRATEGIC_ANALYSIS, "legal_basis": LegalBasis.ER_18_2_B}


@dataclass
class Faults:
    """A log that tells what it was asked to append and fails at the n-th time (counted from one)."""

    log: Any
    fails_at: int
    story: list[str]
    kinds: list[str] = field(default_factory=list)

    async def append(self, entry: Any) -> Receipt:
        self._count(entry)
        receipt: Receipt = await self.log.append(entry)
        return receipt

    async def append_many(self, entries: Sequence[Any]) -> list[Receipt]:
        self._count(*entries)
        receipts: list[Receipt] = await self.log.append_many(entries)
        return receipts

    def _count(self, *entries: Any) -> None:
        self.kinds += [entry.kind.value for entry in entries]
        if self.fails_at and len(self.kinds) >= self.fails_at:
            raise AuditUnavailable("the disk is full")
        self.story += [f"logged {entry.kind.value}" for entry in entries]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.log, name)


@dataclass
class Watched:
    """A shelf that tells when it is read."""

    view: Any
    story: list[str]

    async def read(self, *question: Any) -> Any:
        self.story.append("read")
        return await self.view.read(*question)


def tapped(world: World, node: str, fails_at: int, story: list[str]) -> Node:
    """The node with a log that fails and a shelf that tells."""
    real = world.nodes[node]
    log: Any = Faults(real.log, fails_at, story)
    view: Any = Watched(real.view, story)
    world.nodes[node] = replace(real, log=log, view=view)
    return world.nodes[node]


async def asked(world: World, story: list[str], fails_at: int, **why: Any) -> Mapping[str, Any] | None:
    """What is shown to an analyst of fr.ofast who asks se.polisen, if anything is."""
    visit = world.visit("fr.ofast")
    mandate = await world.mandate(visit, **why)
    door = world.doors["se.polisen"]

    async def told(headers: Headers, body: bytes) -> Any:
        story.append("sent")
        return await door(headers, body)

    world.doors["se.polisen"] = told
    visit = replace(visit, node=tapped(world, "fr.ofast", fails_at, story))
    try:
        shown = await ask(visit, Asking(Operation.LOOKUP, BOX, mandate, ["se.polisen"]))
    except AuditUnavailable:
        return None
    story.append("shown")
    return shown


async def test_the_asking_side_logs_before_it_sends_and_before_it_shows(world: World) -> None:
    story: list[str] = []
    assert await asked(world, story, 0)
    assert story == ["logged ASKED", "sent", "logged ANSWERS_RECEIVED", "shown"]


@pytest.mark.parametrize(("fails_at", "told"), [(1, []), (2, ["logged ASKED", "sent"])])
async def test_an_asking_log_that_fails_lets_nothing_out(
    world: World, fails_at: int, told: list[str]
) -> None:
    story: list[str] = []
    assert await asked(world, story, fails_at) is None, "nothing is shown"
    assert story == told


async def test_a_refusal_at_home_is_logged_before_it_is_shown(world: World) -> None:
    story: list[str] = []
    shown = await asked(world, story, 0, subject_category="WITNESS", purpose=Purpose.CROSS_CHECKING)
    assert shown is not None
    assert story == ["logged REFUSED", "shown"]


async def test_a_refusal_at_home_that_cannot_be_logged_is_not_shown(world: World) -> None:
    story: list[str] = []
    why = {"subject_category": "WITNESS", "purpose": Purpose.CROSS_CHECKING}
    assert await asked(world, story, 1, **why) is None
    assert story == []


async def replied(world: World, story: list[str], fails_at: int, **why: Any) -> Mapping[str, Any]:
    """What home tells of se.polisen, whose log fails and whose reply is told when it leaves."""
    node = tapped(world, "se.polisen", fails_at, story)

    async def told(headers: Headers, body: bytes) -> Any:
        reply = await answer(node, headers, body)
        story.append(f"left {reply.status}")
        return reply

    world.doors["se.polisen"] = told
    shown = await world.ask("fr.ofast", Operation.LOOKUP, BOX, nodes=["se.polisen"], **why)
    (status,) = shown["nodes"]
    told_of: Mapping[str, Any] = status
    return told_of


async def test_the_answering_side_logs_before_it_reads_and_before_a_byte_leaves(world: World) -> None:
    story: list[str] = []
    assert (await replied(world, story, 0))["status"] in {"ANSWERED", "NO_HIT"}
    assert story == ["logged QUESTION_RECEIVED", "read", "logged DISCLOSED", "left 200"]


@pytest.mark.parametrize(
    ("fails_at", "told"), [(1, ["left 503"]), (2, ["logged QUESTION_RECEIVED", "read", "left 503"])]
)
async def test_an_answering_log_that_fails_lets_no_answer_out(
    world: World, fails_at: int, told: list[str]
) -> None:
    story: list[str] = []
    status = await replied(world, story, fails_at)
    assert story == told
    assert status["reasons"] == ["AUDIT_UNAVAILABLE"], "the code and nothing else left"


async def test_a_refusal_reads_nothing_and_is_logged_before_it_leaves(world: World) -> None:
    story: list[str] = []
    status = await replied(world, story, 0, **REFUSED)
    assert status["status"] == "REFUSED"
    assert story == ["logged QUESTION_RECEIVED", "logged REFUSED", "left 200"]


@pytest.mark.parametrize(
    ("fails_at", "told"), [(1, ["left 503"]), (2, ["logged QUESTION_RECEIVED", "left 503"])]
)
async def test_a_refusal_that_cannot_be_logged_does_not_leave(
    world: World, fails_at: int, told: list[str]
) -> None:
    story: list[str] = []
    status = await replied(world, story, fails_at, **REFUSED)
    assert story == told
    assert status["reasons"] == ["AUDIT_UNAVAILABLE"]


async def leaf(world: World, node: str, kind: str) -> tuple[int, Mapping[str, Any]]:
    found = [(index, each) for index, each in enumerate(await world.log(node)) if each["kind"] == kind]
    return found[-1]


async def test_each_entry_commits_to_its_counterparts_leaf_and_papers_are_sealed(world: World) -> None:
    await world.ask("fr.ofast", Operation.LOOKUP, BOX, nodes=["se.polisen"])
    home, partner = world.nodes["fr.ofast"].log, world.nodes["se.polisen"].log
    asked_at, _ = await leaf(world, "fr.ofast", "ASKED")
    received_at, received = await leaf(world, "fr.ofast", "ANSWERS_RECEIVED")
    question_at, question = await leaf(world, "se.polisen", "QUESTION_RECEIVED")
    disclosed_at, disclosed = await leaf(world, "se.polisen", "DISCLOSED")
    assert question["counterpart_leaf"] == (await home.receipt(asked_at)).leaf_digest
    assert received["leaves"] == {"se.polisen": (await partner.receipt(disclosed_at)).leaf_digest}
    (theirs,) = read_bundle(await partner.unseal(question_at))
    (ours,) = read_bundle(await home.unseal(received_at))
    assert theirs.request == ours.request
    assert digest(theirs.intent_receipt.encode()) == question["counterpart"]
    assert digest(ours.outcome_receipt.encode()) == received["receipts"]["se.polisen"]
    assert digest(ours.statement.encode()) == disclosed["subject"]
    for sealed in (await partner.unseal(question_at), await home.unseal(received_at)):
        assert b"418026" not in sealed, "no content"


async def test_an_interrupted_question_is_open_until_an_entry_closes_it(world: World) -> None:
    story: list[str] = []
    sound = dict(world.nodes)
    assert await asked(world, story, 2) is None
    world.nodes["fr.ofast"] = sound["fr.ofast"]
    await replied(world, story, 2)
    for name, kind in (("fr.ofast", "ASKED"), ("se.polisen", "QUESTION_RECEIVED")):
        node = world.nodes[name] = sound[name]
        (opened,) = [each for each in await node.log.open_intents() if each.kind == kind]
        assert await interrupted(node) == [], "a process may still be at work on it"
        assert await close_interrupted(node) == 0
        world.later(LONGEST + MARGIN + 1)
        assert sum(await asyncio.gather(close_interrupted(node), close_interrupted(node))) == 1
        _, closing = await leaf(world, name, "CLOSED")
        (intent,) = [each for each in await world.log(name) if each["id"] == opened.entry_id]
        assert (closing["intent"], closing["opened_at"], closing["reasons"]) == (
            opened.entry_id,
            intent["at"],
            ["INTERRUPTED"],
        )
        assert closing["query_id"] == intent["query_id"]
        assert await node.log.open_intents() == []
        world.later(-LONGEST - MARGIN - 1)
