"""A question to as many nodes as one may ask fits into the log."""

import pytest

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.ask import Asking, ask
from gateway.errors import VariablesRejected
from gateway.facts import of_mandate
from gateway.outcomes import Sent, outcomes
from policy.mandate import Actor, Mandate
from policy.terms import Aim, LegalBasis, Operation, Purpose, Role, Status, SubjectCategory
from sharing.merge import merge
from sharing.message import Answer, Request
from tests.world import World

EMPTY = b'{"hit":false,"contact":null,"records":[],"more":false}'

MANDATE = Mandate(
    "m-1",
    Actor("fr.ofast", "fr-1", frozenset({Role.ANALYST}), "unit-1"),
    Purpose.OPERATIONAL_ANALYSIS,
    LegalBasis.DIR_2023_977_ART5,
    "FR-2026-0418",
    "DRUG_TRAFFICKING",
    SubjectCategory.SUSPECT_OR_CONVICTED,
    Aim.MORE_DATA_ON_KNOWN,
    0,
    1,
)


def _name(number: int) -> str:
    return f"n{number:02}.{'x' * 51}.example"


@pytest.mark.parametrize("count", [1, 5, 6, 30, 40])
async def test_the_outcome_of_many_nodes_is_logged_whole(world: World, count: int) -> None:
    node = world.nodes["fr.ofast"]
    request = Request("q-many", f"sha256:{'0' * 64}", {}, node.id, node.now(), 8000)
    asked: list[JSON] = [_name(number) for number in range(count)]
    facts: dict[str, JSON] = of_mandate(node, MANDATE) | {"query_id": request.query_id, "nodes_asked": asked}
    intent = await node.log.append(Entry(Kind.ASKED, node.id, facts, subject=request.digest))
    replies = [
        Answer(
            _name(number),
            request.query_id,
            request.digest,
            Status.NO_HIT,
            EMPTY,
            (),
            "rev",
            (),
            node.now(),
            receipt=intent.text,
        )
        for number in range(count)
    ]
    picture = merge(request.query_id, request.asked_at, replies)
    await node.log.append_many(outcomes(node, Sent(request, intent, ()), replies, picture))
    told = [leaf for leaf in await world.log(node.id) if leaf["kind"] == "ANSWERS_RECEIVED"]
    named = [name for leaf in told for name in leaf["receipts"]]
    assert sorted(named) == sorted(each.node for each in replies)
    assert {name: digest for leaf in told for name, digest in leaf["leaves"].items()} == dict.fromkeys(
        named, intent.leaf_digest
    )
    assert not await node.log.open_intents()


async def test_nobody_to_ask_is_told(world: World) -> None:
    visit = world.visit("fr.ofast")
    mandate = await world.mandate(visit)
    with pytest.raises(VariablesRejected, match="0 are named"):
        await ask(visit, Asking(Operation.LOOKUP, {"value": "XQZU 418026-6"}, mandate, []))
