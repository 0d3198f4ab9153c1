"""Receipts by query id: whose they are, who gets them, and that they hold without the node."""

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.checkpoint import Checkpoint
from audit.cosignature import cosign
from audit.entry import Entry, Kind
from audit.keys import SignatureType, SigningKey
from audit.note import Note
from audit.trust import TrustPolicy
from gateway.errors import NotAllowed, VariablesRejected
from gateway.node import Node
from gateway.notice_door import TYPES
from gateway.notices import receive
from gateway.own_receipts import receipts_of
from gateway.receipts import receipts
from policy.terms import Operation, Role
from sharing.sealed import Sealed, SealedReply
from tests.world import World

BOX: dict[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}
WITNESS = SigningKey.generate("witness.test/w", SignatureType.COSIGNATURE)
ALL = [
    ("eu.europol", "DISCLOSED"),
    ("fr.ofast", "ANSWERS_RECEIVED"),
    ("fr.ofast", "ASKED"),
    ("fr.ofast", "DISCLOSED"),
    ("fr.ofast", "DISCLOSED"),
    ("fr.ofast", "QUESTION_RECEIVED"),
    ("se.polisen", "DISCLOSED"),
]


async def asked(world: World) -> str:
    return str((await world.ask("fr.ofast", Operation.LOOKUP, BOX))["queryId"])


async def cosigned(world: World) -> None:
    """One witness cosigns every node's last checkpoint, and every node asks for that one."""
    for node in world.nodes.values():
        note = Note.parse(node.log.checkpoint())
        note = Note(note.text, (*note.signatures, cosign(note.text, WITNESS, int(world.clock()))))
        await node.log.keep(str(note))
        key = world.nodes["fr.ofast"].post.directory.node(node.id).log_vkey
        text = f"log {key}\nwitness w {WITNESS.public.vkey}\nquorum w\n"
        node.watch.policy = TrustPolicy.parse(text)
        node.watch.take(str(note))


async def shown(world: World, query: str, **other: Any) -> Mapping[str, Any]:
    visit = world.visit("fr.ofast", other.pop("subject", "analyst-1"), *other.pop("roles", ()))
    return await receipts(visit, query, other.pop("why", None), ask_partners=other.pop("partners", False))


def told(answer: Mapping[str, Any], *, witnessed: bool) -> list[tuple[str, str]]:
    found = [each for each in answer["receipts"] if bool(each["witnesses"]) is witnessed]
    return sorted((each["node"], each["kind"]) for each in found)


async def test_log_signed_receipts_of_both_sides_are_there_at_once(world: World) -> None:
    assert told(await shown(world, await asked(world)), witnessed=False) == ALL
    assert told(await shown(world, await asked(world)), witnessed=True) == []


def opened(world: World) -> None:
    """The partners' notice doors, in the place of the wire."""

    class Courier:
        async def deliver(self, sealed: Sealed, seconds: float) -> SealedReply:
            assert seconds
            return await receive(world.nodes[sealed.to.id], TYPES, sealed.headers, sealed.body)

        async def close(self) -> None:
            """Nothing is open."""

    for name, node in world.nodes.items():
        world.nodes[name] = _with(node, Courier())


def _with(node: Node, courier: Any) -> Node:
    return replace(node, post=replace(node.post, courier=courier))


async def test_witnessed_receipts_follow_and_partners_give_theirs(world: World) -> None:
    query = await asked(world)
    await cosigned(world)
    own = told(await shown(world, query), witnessed=True)
    assert {node for node, _ in own} == {"fr.ofast"}
    opened(world)
    both = told(await shown(world, query, partners=True), witnessed=True)
    assert set(both) - set(own) == {("eu.europol", "DISCLOSED"), ("se.polisen", "DISCLOSED")}


async def test_a_partner_gets_receipts_of_its_own_exchanges_only(world: World) -> None:
    query = await asked(world)
    await world.ask("se.polisen", Operation.LOOKUP, BOX, nodes=["eu.europol"])
    await cosigned(world)
    partner = world.nodes["eu.europol"]
    assert len(await receipts_of(partner, query, "fr.ofast")) == 2
    assert await receipts_of(partner, query, "se.polisen") == []
    assert await receipts_of(partner, "q-unknown", "fr.ofast") == []


async def test_a_receipt_file_is_what_the_offline_verifier_takes(world: World, tmp_path: Path) -> None:
    query = await asked(world)
    await cosigned(world)
    policy = tmp_path / "policy"
    policy.write_text(
        f"log {world.nodes['fr.ofast'].post.directory.node('fr.ofast').log_vkey}\n"
        f"witness w {WITNESS.public.vkey}\nquorum w\n"
    )
    answer = await shown(world, query)
    (found,) = [each for each in answer["receipts"] if each["witnesses"] and each["kind"] == "ASKED"]
    file = tmp_path / "receipt.tlog-proof"
    file.write_text(found["text"])
    command = [sys.executable, "-m", "audit", "receipt", str(file), "--policy", str(policy)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert Checkpoint.parse(Note.parse(found["text"].partition("\n\n")[2]).text).size == found["size"]


async def test_an_analyst_gets_own_questions_only(world: World) -> None:
    query = await asked(world)
    with pytest.raises(NotAllowed, match="was not asked by"):
        await shown(world, query, subject="analyst-2")
    with pytest.raises(NotAllowed):
        await shown(world, query, roles=(Role.ADMINISTRATOR,))


async def test_oversight_gets_all_for_a_reason_that_is_logged(world: World) -> None:
    query = await asked(world)
    with pytest.raises(VariablesRejected):
        await shown(world, query, subject="auditor-1", roles=(Role.OVERSIGHT,))
    answer = await shown(world, query, subject="auditor-1", roles=(Role.OVERSIGHT,), why="AUDIT_7")
    assert told(answer, witnessed=False) == ALL
    assert (await world.log("fr.ofast"))[-1]["justification"] == "AUDIT_7"


async def test_many_who_want_receipts_while_the_log_grows_all_get_them(world: World) -> None:
    query = await asked(world)
    await cosigned(world)
    node = world.nodes["fr.ofast"]

    async def one() -> int:
        await node.log.append(Entry(Kind.ADMINISTRATION, node.id, {"action": "LOG_OPENED"}))
        return len(await receipts_of(node, query, "se.polisen"))

    assert await asyncio.gather(*(one() for _ in range(60))) == [2] * 60
