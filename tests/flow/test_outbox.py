"""What is owed to a partner is told until it is acknowledged: over silence, a day, the end of a process."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import create_engine

from audit.errors import AuditUnavailable
from audit.findings import Wanted
from audit.severity import Severity
from gateway.delivering import deliver_due, escalate_overdue, keep_delivering
from gateway.node import Node
from gateway.notices import Handled, receive
from sharing.errors import FieldRefused, Unreachable
from sharing.memory_outbox import MemoryOutbox
from sharing.notice import Notice
from sharing.outbox import Letter, Listed
from sharing.signature import Headers
from sharing.sql_outbox import SqlOutbox
from sharing.tables import create_tables
from tests.components import ROOT
from tests.world import Ground, World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")
FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
DAY = 86_400


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ground_world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[World]:
    """One world for all tests here."""
    async with open_world(
        tmp_path_factory.mktemp("world"), Ground(opa=str(opa_binary), cache=policy_cache)
    ) as world:
        yield world


class Desk:
    """A handler of the type PING that counts what it was told, and acknowledges it every time."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.refuses: set[str] = set()

    async def on_ping(self, _: Node, notice: Notice) -> Handled:
        told = str(notice.body["id"])
        self.heard.append(told)
        if told in self.refuses:
            raise FieldRefused("not now")
        return Handled({"taken": 1})


@pytest.fixture
def desks(ground_world: World) -> Mapping[str, Desk]:
    """Every node understands PING; outboxes are empty; all doors are open."""
    desks = {}
    for name, node in ground_world.nodes.items():
        desks[name] = desk = Desk()
        ground_world.nodes[name] = replace(node, outbox=MemoryOutbox())
        ground_world.notices[name] = door(ground_world, name, desk)
    return desks


def door(world: World, name: str, desk: Desk) -> Any:
    async def through(headers: Headers, body: bytes) -> Any:
        return await receive(world.nodes[name], {"PING": desk.on_ping}, headers, body)

    return through


async def silent(_: Headers, __: bytes) -> Any:
    raise Unreachable("nobody at the door")


def letter(world: World, number: int, to: str = SE, **changes: Any) -> Letter:
    now = int(world.clock())
    return replace(Letter(f"ping-{number}", to, "PING", {"number": number}, now, now + 3600), **changes)


async def actions(world: World, node: str) -> list[str]:
    return [str(leaf["action"]) for leaf in await world.log(node) if "action" in leaf]


async def test_a_letter_is_told_once_and_acknowledged(ground_world: World, desks: Mapping[str, Desk]) -> None:
    node = ground_world.nodes[FR]
    node.outbox.put(letter(ground_world, 1), letter(ground_world, 2, EU))
    assert await deliver_due(node) == 2
    assert await deliver_due(node) == 0
    assert (desks[SE].heard, desks[EU].heard) == (["ping-1"], ["ping-2"])
    assert '"taken":1' in node.outbox.get("ping-1").acknowledgement
    assert (await actions(ground_world, FR))[-4:].count("NOTICE_SENT") == 2


async def test_a_partner_that_is_away_for_a_day_gets_it_when_it_is_back(
    ground_world: World, desks: Mapping[str, Desk]
) -> None:
    node, there = ground_world.nodes[FR], ground_world.notices[SE]
    ground_world.notices[SE] = silent
    node.outbox.put(*(letter(ground_world, each) for each in (3, 4)), letter(ground_world, 5, EU))
    assert await deliver_due(node) == 1, "the others are not kept waiting"
    assert await deliver_due(node) == 0
    assert [each.attempts for each in node.outbox.listed(Listed(to=SE))].count(0) == 1, (
        "left alone as a whole"
    )
    ground_world.later(DAY)
    assert await escalate_overdue(node) == 2
    assert await escalate_overdue(node) == 0
    found = node.oversight.findings.list(Wanted(rule="PING_OVERDUE"))
    assert {(each.severity, each.refs.partner) for each in found} == {(Severity.HIGH, SE)}
    assert (await actions(ground_world, FR))[-2:] == ["NOTICE_OVERDUE", "NOTICE_OVERDUE"]
    ground_world.notices[SE] = there
    assert await deliver_due(node) == 2
    assert sorted(desks[SE].heard) == ["ping-3", "ping-4"]
    assert node.outbox.listed(Listed(owed=True)) == []


async def test_a_letter_that_is_refused_waits_alone(ground_world: World, desks: Mapping[str, Desk]) -> None:
    node = ground_world.nodes[FR]
    desks[SE].refuses.add("ping-6")
    node.outbox.put(letter(ground_world, 6), letter(ground_world, 7), letter(ground_world, 8, type="UNKNOWN"))
    assert await deliver_due(node) == 1
    assert desks[SE].heard == ["ping-6", "ping-7"]
    desks[SE].refuses.clear()
    ground_world.later(10)
    assert await deliver_due(node) == 1
    assert [each.id for each in node.outbox.listed(Listed(owed=True))] == ["ping-8"]


async def test_a_node_of_no_directory_cannot_be_told_and_nothing_else_suffers(
    ground_world: World, desks: Mapping[str, Desk]
) -> None:
    node = ground_world.nodes[FR]
    node.outbox.put(letter(ground_world, 9, "xx.nobody"), letter(ground_world, 10))
    assert await deliver_due(node) == 1
    assert node.outbox.get("ping-9").attempts == 1


async def test_a_long_acknowledgement_is_kept_by_its_digest(
    ground_world: World, desks: Mapping[str, Desk]
) -> None:
    async def talks(_: Node, __: Notice) -> Handled:
        return Handled({"text": "x" * 20_000})

    async def through(headers: Headers, body: bytes) -> Any:
        return await receive(ground_world.nodes[SE], {"PING": talks}, headers, body)

    ground_world.notices[SE] = through
    node = ground_world.nodes[FR]
    node.outbox.put(letter(ground_world, 11))
    assert await deliver_due(node) == 1
    assert len(node.outbox.get("ping-11").acknowledgement) < 200


async def test_without_a_log_nothing_is_told_and_the_task_goes_on(
    ground_world: World, desks: Mapping[str, Desk], caplog: pytest.LogCaptureFixture
) -> None:
    class Down:
        async def append(self, _: Any) -> None:
            raise AuditUnavailable("the disk is full")

        def __getattr__(self, name: str) -> Any:
            return getattr(ground_world.nodes[FR].log, name)

    down: Any = Down()
    node = replace(ground_world.nodes[FR], log=down)
    node.outbox.put(letter(ground_world, 12))
    task = asyncio.create_task(keep_delivering(node))
    async with asyncio.timeout(10):
        while "the disk is full" not in caplog.text:  # noqa: ASYNC110  # a log line sets no event
            await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert desks[SE].heard == []
    ground_world.later(10)
    assert await deliver_due(ground_world.nodes[FR]) == 1


_KILLED = """
import os, signal, sys
from sqlalchemy import create_engine
from sharing.outbox import Letter
from sharing.sql_outbox import SqlOutbox
from sharing.tables import create_tables
from gateway.wiring import open_sharing
box = SqlOutbox(open_sharing(sys.argv[1]))
letter = Letter("ping-1", "se.polisen", "PING", {}, 1_795_000_000, 1_795_003_600)
box.put(letter)
box.begin(letter, 1_795_000_000)
os.kill(os.getpid(), signal.SIGKILL)
"""


async def test_what_was_put_survives_a_kill_between_begin_and_send(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sharing.sqlite'}"
    run = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", _KILLED, url], check=False, cwd=ROOT, env=dict(os.environ)
    )
    assert run.returncode == -signal.SIGKILL
    engine = create_engine(url)
    create_tables(engine)
    box = SqlOutbox(engine)
    assert box.due(1_795_000_000) == []
    (found,) = box.due(1_795_000_005)
    assert (found.id, found.attempts) == ("ping-1", 1)
    engine.dispose()
