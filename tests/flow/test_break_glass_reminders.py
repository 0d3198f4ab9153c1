"""Who waits for the review of an emergency is reminded, at both nodes; one that is late is found, once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from audit.findings import Wanted
from gateway.ask import Asking, ask
from gateway.emergencies import report_overdue, review
from gateway.reminding import remind
from policy.emergency import Emergency, Outcome, Threat
from policy.terms import LegalBasis, Operation, Purpose, Role
from sharing.inbox import Item, ItemKind, ItemState
from sharing.inbox import Wanted as Items
from tests.world import Ground, World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")
FR, SE = "fr.ofast", "se.polisen"
HOUR, DAY = 3600, 86_400
WHY = Emergency(Threat.MISSING_PERSON_AT_RISK, "not seen since the morning")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[World]:
    """One world, whose clock the tests move on."""
    ground = Ground(opa=str(opa_binary), cache=policy_cache)
    async with open_world(tmp_path_factory.mktemp("world"), ground) as opened:
        yield opened


async def emergency(world: World, subject: str) -> None:
    """A French analyst asks Sweden over a threat to life; no grant covers it, both are told all the same."""
    visit = world.visit(FR, subject)
    mandate = await world.mandate(
        visit, purpose=Purpose.THREAT_TO_LIFE, legal_basis=LegalBasis.ER_22_2, emergency=WHY
    )
    await ask(visit, Asking(Operation.LOOKUP, {"value": "XQZU 418026-6"}, mandate, [SE]))


def waiting(world: World, node: str) -> list[Item]:
    """The emergencies that wait for their review."""
    return list(world.nodes[node].books.inbox.list(Items(ItemState.OPEN, ItemKind.BREAK_GLASS)))


async def reminders(world: World, node: str) -> list[str]:
    """How far the clock had run at each reminder of an emergency."""
    leaves = [each for each in await world.log(node) if each.get("action") == "REMINDED"]
    assert {each["mode"] for each in leaves} <= {"BREAK_GLASS"}
    return [str(each["status"]) for each in leaves]


def late(world: World, node: str) -> list[str]:
    """Severities of the findings that a review is late."""
    found = world.nodes[node].oversight.findings.list(Wanted(rule="BREAK_GLASS_UNREVIEWED"))
    return [each.severity.value for each in found]


async def test_one_that_was_reviewed_is_not_reminded_of(world: World) -> None:
    await emergency(world, "analyst-2")
    for node in (FR, SE):
        (item,) = waiting(world, node)
        await review(world.visit(node, "officer-1", Role.LIAISON), item.id, Outcome.JUSTIFIED, "found")
    world.later(2 * DAY)
    for node in (FR, SE):
        assert await remind(world.nodes[node]) == 0
        assert await report_overdue(world.nodes[node]) == 0
        assert (await reminders(world, node), late(world, node)) == ([], [])


async def test_it_is_reminded_of_at_half_time_and_in_the_last_hour_then_found_late_once(world: World) -> None:
    await emergency(world, "analyst-1")
    told: list[str] = []
    for wait, stage in (
        (0, ""),
        (12 * HOUR, "HALF"),
        (11 * HOUR, "LAST"),
        (HOUR, "OVERDUE"),
        (40 * DAY, "LAPSED"),
    ):
        world.later(wait + bool(wait))
        told += [stage] if stage else []
        for node in (FR, SE):
            for _ in range(2):
                await remind(world.nodes[node])
                await report_overdue(world.nodes[node])
            assert await reminders(world, node) == told, "each once"
            assert late(world, node) == (["CRITICAL"] if {"OVERDUE"} & set(told) else [])
    for node in (FR, SE):
        (item,) = waiting(world, node)
        assert item.state is ItemState.OPEN, "a review never lapses"
