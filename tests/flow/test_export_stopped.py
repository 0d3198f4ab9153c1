"""A log whose check failed stops exports, for all processes, until a check holds or oversight decides."""

import asyncio

import pytest

from audit.archive import Archive
from audit.damaged_archive import DamagedArchive
from audit.errors import Quarantined
from audit.findings import Change, State, Wanted
from audit.reader_archive import ReaderArchive
from audit.severity import Severity
from gateway.errors import LogCheckFailed
from gateway.export import export
from gateway.export_document import Exporting
from gateway.log_check import AGAIN, FAILED, fails
from gateway.node import Node
from gateway.oversight.state import policy_of
from gateway.verification import Stage
from policy.handling import DataUse
from tests.world import World

HOME = "fr.ofast"


class Unreadable(ReaderArchive):
    """Breaks off as no archive should."""

    def bundles(self) -> None:  # type: ignore[override]  # it never gives one
        raise RuntimeError("a disk that is gone")


def whole(node: Node, archive: type[ReaderArchive] = ReaderArchive) -> Archive:
    return archive(node.id, node.log.reader, node.log.head.size, node.log.checkpoint())


def damaged(node: Node) -> Archive:
    return DamagedArchive(node.id, node.log.reader, node.log.head.size, node.log.checkpoint(), 3)


async def checked(node: Node, archive: Archive) -> Stage:
    """How a check of that archive, taken for the node's own log, ends."""
    job = node.oversight.verification
    assert job.start(archive, policy_of(node))
    for _ in range(600):
        if job.progress.stage is not Stage.RUNNING:
            break
        await asyncio.sleep(0.05)
    return job.progress.stage


async def exported(world: World) -> int:
    visit = world.visit(HOME)
    mandate = await world.mandate(visit)
    wanted = Exporting(handles=("fr.ofast/fr-ct-1",), use=DataUse.INTERNAL, mandate=mandate)
    return int((await export(visit, wanted))["records"])


async def test_a_check_that_fails_stops_exports_until_one_holds(world: World) -> None:
    node = world.nodes[HOME]
    assert await checked(node, whole(node)) is Stage.HOLDS
    assert await exported(world) == 1
    assert node.oversight.findings.list(Wanted(rule=AGAIN)) == [], "a log that never failed holds, not again"

    assert await checked(node, damaged(node)) is Stage.DOES_NOT_HOLD
    (finding,) = node.oversight.findings.list(Wanted(rule=FAILED))
    assert (finding.severity, finding.refs.indexes) == (Severity.CRITICAL, (3,))
    with pytest.raises(LogCheckFailed, match=r"fr\.ofast: its last check failed"):
        await exported(world)
    refused = [leaf for leaf in await world.log(HOME) if leaf.get("action") == "EXPORT_REFUSED"]
    assert [each["reasons"] for each in refused] == [["LOG_CHECK_FAILED"]]

    assert await checked(node, whole(node)) is Stage.HOLDS
    assert await checked(node, whole(node)) is Stage.HOLDS
    assert len(node.oversight.findings.list(Wanted(rule=AGAIN))) == 1
    assert await exported(world) == 1


async def test_a_check_that_breaks_off_counts_as_failed_and_oversight_may_dismiss_it(world: World) -> None:
    node = world.nodes[HOME]
    assert await checked(node, whole(node, Unreadable)) is Stage.FAILED
    with pytest.raises(LogCheckFailed):
        await exported(world)
    book = node.oversight.findings
    (finding,) = book.list(Wanted(rule=FAILED))
    for state in (State.UNDER_REVIEW, State.DISMISSED):
        assert fails(book)
        finding = book.set_state(finding, Change(state, "READ_WRONGLY", "p-1", "2026-01-01T00:00:00Z"))
    assert await exported(world) == 1


async def test_a_result_that_cannot_be_kept_is_none(world: World) -> None:
    node = world.nodes[HOME]
    job = node.oversight.verification

    def lost(_: object) -> None:
        raise RuntimeError("no room for it")

    job.ended = lost
    assert await checked(node, whole(node)) is Stage.FAILED


async def test_a_log_in_quarantine_exports_nothing(world: World) -> None:
    visit = world.visit(HOME)
    mandate = await world.mandate(visit)
    world.nodes[HOME].log.quarantine("its witnesses have seen more of it")
    wanted = Exporting(handles=("fr.ofast/fr-ct-1",), use=DataUse.INTERNAL, mandate=mandate)
    with pytest.raises(Quarantined, match="its witnesses"):
        await export(visit, wanted)
