"""Erasure as people do it: one proposes, another approves in another role; the log says it, and holds."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from audit.archive import open_archive
from audit.erasures import LIFE, State
from audit.errors import ErasureRefused, SealRefused
from audit.findings import Finding, Refs
from audit.severity import Severity
from audit.trust import TrustPolicy
from audit.verifier import verify
from gateway import erase
from gateway.errors import NotAllowed, VariablesRejected
from gateway.home import read_card
from policy.terms import ErasureReason, Operation, Role
from tests.world import World

FR = "fr.ofast"
CONTAINER = {"value": "CSQU3054383"}
FOUR_YEARS = 4 * 365 * 86_400
WHY = "RETENTION"


def admin(world: World, subject: str = "admin-1", *more: Role) -> Any:
    return world.visit(FR, subject, Role.ADMINISTRATOR, *more)


def oversight(world: World, subject: str = "oversight-1") -> Any:
    return world.visit(FR, subject, Role.OVERSIGHT)


async def asked(world: World) -> int:
    """The index of the ASKED leaf of one more question."""
    await world.ask(FR, Operation.LOOKUP, CONTAINER, nodes=[FR])
    leaves = await world.log(FR)
    return max(index for index, leaf in enumerate(leaves) if leaf["kind"] == "ASKED")


async def test_one_proposes_another_approves_and_the_log_holds(world: World) -> None:
    index = await asked(world)
    node = world.nodes[FR]
    assert b"Name of analyst-1" in await node.log.unseal(index)
    proposed = await erase.propose(admin(world), [str(index)], ErasureReason.DATA_SUBJECT_REQUEST, WHY)
    assert b"Name of analyst-1" in await node.log.unseal(index)
    assert [each["id"] for each in erase.waiting(oversight(world))] == [proposed["id"]]
    done = await erase.approve(oversight(world), proposed["id"], WHY)
    assert done["state"] == State.DONE
    with pytest.raises(SealRefused):
        await node.log.unseal(index)
    *_, proposal, approval, erased = await world.log(FR)
    assert (proposal["action"], approval["action"]) == ("ERASURE_PROPOSED", "ERASURE_APPROVED")
    assert (erased["kind"], erased["operation"]) == ("ERASED", "ERASURE")
    assert (erased["ranges"], erased["records"]) == ([str(index)], 1)
    assert erased["approvers"] == [proposal["approver"], approval["approver"]]
    assert erased["reasons"] == ["DATA_SUBJECT_REQUEST"]
    assert erased["request_id"] == proposed["id"]
    assert "retain_until" in erased
    home = world.homes[FR]
    archive = open_archive(home.path / "audit.sqlite")
    try:
        policy = TrustPolicy.of_keys(read_card(home.card).log_vkey)
        assert verify(archive, policy, lambda _done, _all: None, strict=True).findings == []
    finally:
        archive.close()


async def test_roles_are_kept_apart(world: World) -> None:
    index = await asked(world)
    text = [str(index)]
    with pytest.raises(NotAllowed, match="role administrator"):
        await erase.propose(oversight(world), text, ErasureReason.COURT_ORDER, WHY)
    both = admin(world, "both-1", Role.OVERSIGHT)
    proposed = await erase.propose(both, text, ErasureReason.COURT_ORDER, WHY)
    with pytest.raises(NotAllowed, match="role oversight"):
        await erase.approve(admin(world), proposed["id"], WHY)
    with pytest.raises(ErasureRefused, match="proposed and approved by one person"):
        await erase.approve(both, proposed["id"], WHY)
    with pytest.raises(NotAllowed, match="POLICY"):
        await erase.approve(oversight(world), proposed["id"], "")
    with pytest.raises(NotAllowed):
        await erase.due(world.visit(FR))
    assert b"analyst-1" in await world.nodes[FR].log.unseal(index)


async def test_a_proposal_lapses(world: World) -> None:
    index = await asked(world)
    proposed = await erase.propose(admin(world), [str(index)], ErasureReason.COURT_ORDER, WHY)
    world.later(LIFE)
    assert erase.waiting(admin(world)) == []
    with pytest.raises(ErasureRefused, match="could be approved until"):
        await erase.approve(oversight(world), proposed["id"], WHY)


async def test_what_has_nothing_sealed_beside_it_cannot_be_proposed(world: World) -> None:
    index = await asked(world)
    with pytest.raises(ErasureRefused, match="of 2 blobs, 1 are not there"):
        await erase.propose(admin(world), [f"{index}", "99999"], ErasureReason.COURT_ORDER, WHY)
    with pytest.raises(VariablesRejected, match="is not an index"):
        await erase.propose(admin(world), ["all of them"], ErasureReason.COURT_ORDER, WHY)


async def test_retention_shows_first_and_erases_what_outlived_its_time(world: World) -> None:
    index = await asked(world)
    nothing = await erase.due(admin(world))
    assert (nothing["records"], nothing["oldest"]) == (0, None)
    assert await erase.propose_due(admin(world), WHY) is None
    world.later(FOUR_YEARS)
    due = await erase.due(admin(world))
    assert {"kind": "ASKED", "records": 1} in due["kinds"]
    proposed = await erase.propose_due(admin(world), WHY)
    assert proposed is not None
    assert (proposed["reason"], proposed["records"]) == ("RETENTION_EXPIRED", due["records"])
    await erase.approve(oversight(world), proposed["id"], WHY)
    with pytest.raises(SealRefused):
        await world.nodes[FR].log.unseal(index)
    left = await erase.due(admin(world))
    assert left["records"] == 0
    assert left["sealed"] == 2


async def test_a_case_on_hold_stays_until_the_hold_is_released(world: World) -> None:
    index = await asked(world)
    proposed = await erase.propose(admin(world), [str(index)], ErasureReason.DATA_SUBJECT_REQUEST, WHY)
    await erase.hold(admin(world), "FR-2026-0418", "COURT")
    with pytest.raises(ErasureRefused, match="of 1 blobs, 1 are under legal hold"):
        await erase.approve(oversight(world), proposed["id"], WHY)
    world.later(FOUR_YEARS)
    due = await erase.due(admin(world))
    assert due["held"] >= 1
    assert {"kind": "ASKED", "records": 1} not in due["kinds"]
    with pytest.raises(NotAllowed, match="role oversight"):
        await erase.release(admin(world), "FR-2026-0418", "COURT")
    with pytest.raises(VariablesRejected, match="is not held"):
        await erase.release(oversight(world), "another case", "COURT")
    await erase.release(oversight(world), "FR-2026-0418", "COURT")
    assert {"kind": "ASKED", "records": 1} in (await erase.due(admin(world)))["kinds"]
    actions = [leaf.get("action") for leaf in await world.log(FR)]
    assert "LEGAL_HOLD_PLACED" in actions
    assert "LEGAL_HOLD_RELEASED" in actions


async def test_what_an_open_finding_names_stays(world: World) -> None:
    index = await asked(world)
    node = world.nodes[FR]
    query = (await world.log(FR))[index]["query_id"]
    found = Finding.of("NO_CASE", Severity.MEDIUM, datetime.now(UTC), query, "q", Refs(query_id=query))
    node.oversight.findings.add([found])
    world.later(FOUR_YEARS)
    assert {"kind": "ASKED", "records": 1} not in (await erase.due(admin(world)))["kinds"]
    with pytest.raises(ErasureRefused, match="named by a finding"):
        await erase.propose(admin(world), [str(index)], ErasureReason.COURT_ORDER, WHY)


async def test_an_erasure_that_was_cut_short_goes_on(world: World) -> None:
    """The process ends after the second approval was kept and before anything was erased."""
    indexes = [await asked(world), await asked(world)]
    node = world.nodes[FR]
    ranges = [str(each) for each in indexes]
    proposed = await erase.propose(admin(world), ranges, ErasureReason.COURT_ORDER, WHY)
    book = node.oversight.erasures
    with pytest.raises(ErasureRefused, match="is PROPOSED, not APPROVED"):
        await erase.resume(admin(world), proposed["id"])
    approved = book.get(proposed["id"]).approved("p-second", node.now())
    book.step(approved, State.PROPOSED)
    first = replace(approved, ranges=(ranges[0],))
    await node.log.erase([indexes[0]], _entry(node, first, indexes[0]))
    done = await erase.resume(oversight(world), proposed["id"])
    assert done["state"] == State.DONE
    erased = [leaf for leaf in await world.log(FR) if leaf["kind"] == "ERASED"]
    assert [leaf["ranges"] for leaf in erased] == [[ranges[0]], [ranges[1]]]


async def test_an_erasure_of_another_log_is_refused(world: World) -> None:
    """After a compromise the node has a new log, in which the same indexes are other leaves."""
    index = await asked(world)
    proposed = await erase.propose(admin(world), [str(index)], ErasureReason.COURT_ORDER, WHY)
    book = world.nodes[FR].oversight.erasures
    book.step(replace(book.get(proposed["id"]), log=f"{FR}/log.7"), State.PROPOSED)
    with pytest.raises(ErasureRefused, match=r"is of log fr\.ofast/log\.7, this is fr\.ofast/log$"):
        await erase.approve(oversight(world), proposed["id"], WHY)


def _entry(node: Any, erasure: Any, index: int) -> Any:
    return erase._keeping(node)._entry(erasure, [index], node.clock())
