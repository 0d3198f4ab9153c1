"""Grants as officers use them: two of them to share, one to end it, with the very next question."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway import liaise, propose
from gateway.errors import NotAllowed
from policy.terms import LegalBasis, Mode, Operation, Purpose, Role, SubjectCategory
from sharing.errors import ProposalRefused
from tests.world import World

BOX: dict[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}
TERMS: dict[str, Any] = {
    "recipients": ("fr.ofast",),
    "dataset": "cases",
    "schemata": ("Container", "Seizure"),
    "mode": Mode.RECORD,
    "purposes": (Purpose.OPERATIONAL_ANALYSIS,),
    "legal_bases": (LegalBasis.ER_20_2A,),
    "categories": (SubjectCategory.NOT_A_PERSON,),
    "roles": (Role.ANALYST,),
    "masked": ("sealNumber",),
    "cases": (),
}


async def swedish(world: World) -> tuple[list[Mapping[str, Any]], Mapping[str, Any]]:
    picture = await world.ask("fr.ofast", Operation.LOOKUP, BOX)
    status = next(each for each in picture["nodes"] if each["node"] == "se.polisen")
    return [each["record"] for each in picture["claims"] if each["node"] == "se.polisen"], status


async def test_two_officers_share_more_and_one_ends_it(world: World) -> None:
    first = world.visit("se.polisen", "officer-a", Role.LIAISON)
    second = world.visit("se.polisen", "officer-b", Role.LIAISON)
    records, status = await swedish(world)
    assert not records
    assert status["contact"]["count"] == 1

    proposal = await propose.propose(first, TERMS, days=30)
    with pytest.raises(NotAllowed, match="second officer"):
        await propose.approve(first, proposal["proposal"])
    assert not (await swedish(world))[0], "a proposal shares nothing"

    grant = await propose.approve(second, proposal["proposal"])
    records, _ = await swedish(world)
    assert [each["id"] for each in records] == ["se-ct-1"]
    assert "sealNumber" in records[0]["masked"]
    assert "sealNumber" not in {each["name"] for each in records[0]["properties"]}

    await liaise.revoke(second, grant["id"], "case closed")
    records, status = await swedish(world)
    assert not records
    assert status["contact"]["count"] == 1
    kinds = await world.kinds("se.polisen")
    assert kinds.count("REVOKED") == 1


async def test_a_grant_ends_by_itself(world: World) -> None:
    first = world.visit("se.polisen", "officer-a", Role.LIAISON)
    second = world.visit("se.polisen", "officer-b", Role.LIAISON)
    await propose.approve(second, (await propose.propose(first, TERMS, days=1))["proposal"])
    assert (await swedish(world))[0]
    world.later(86_401)
    assert not (await swedish(world))[0]


async def test_a_proposal_waits_three_days(world: World) -> None:
    first = world.visit("se.polisen", "officer-a", Role.LIAISON)
    proposal = await propose.propose(first, TERMS, days=30)
    world.later(72 * 3600)
    with pytest.raises(ProposalRefused):
        await propose.approve(world.visit("se.polisen", "officer-b", Role.LIAISON), proposal["proposal"])


@pytest.mark.parametrize("role", [Role.ANALYST, Role.OVERSIGHT, Role.ADMINISTRATOR])
async def test_only_liaison_officers_share(world: World, role: Role) -> None:
    visit = world.visit("se.polisen", "somebody", role)
    with pytest.raises(NotAllowed, match="role liaison"):
        await propose.propose(visit, TERMS, days=30)
    with pytest.raises(NotAllowed, match="role liaison"):
        await liaise.revoke(visit, "se-to-fr", "no")
