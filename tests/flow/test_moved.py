"""A node moved to another machine: there it goes on as itself, and the old one is stopped when it wakes."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from audit.entry import Entry, Kind
from audit.errors import AuditUnavailable, ForkRefused, Quarantined
from audit.feeding import Verdict
from gateway.backing_up import Saving, back_up
from gateway.compromise import compromised
from gateway.home import Home, Profile, create, now_utc
from gateway.logs import open_log
from gateway.releasing import release
from gateway.restoring import Bringing, restore
from gateway.rotation import Change
from policy.terms import Operation
from tests.components import PostgresCluster
from tests.world import PORT, Ground, LoopbackPoster, World, open_world

FR, SE = "fr.ofast", "se.polisen"
BOX = {"value": "XQZU 418026-6", "kind": "container"}
PASSPHRASE = b"correct horse battery staple"
FOUR_HOURS = 4 * 3600


@pytest.fixture
async def world(tmp_path: Path, ground: Ground) -> AsyncIterator[World]:
    async with open_world(tmp_path / "world", replace(ground, quorum="any")) as opened:
        yield opened


async def status(world: World, asker: str, node: str) -> tuple[str, list[str]]:
    """What came of a question to one node."""
    answer = await world.ask(asker, Operation.LOOKUP, BOX, nodes=[node])
    (told,) = (each for each in answer["nodes"] if each["node"] == node)
    return str(told["status"]), list(told.get("reasons") or [])


async def moved(world: World, folder: Path) -> Home:
    """The runbook's steps up to the start: saved here, brought back there under other settings, released."""
    home = world.homes[FR]
    back_up(home, folder / "move", Saving(PASSPHRASE), now_utc, lambda *_: None)
    settings = folder / "new.toml"
    settings.write_text(
        (home.path / "node.toml").read_text().replace(f"port = {PORT}\n", f"port = {PORT + 7}\n")
    )
    other = Home(folder / "another machine" / "node")
    other.path.parent.mkdir()
    restore(folder / "move", other.path, Bringing(PASSPHRASE, settings), now_utc(), lambda *_: None)
    found = await release(other, poster=LoopbackPoster(world))
    assert found.released, found.words
    await compromised(other, Change.WITNESS, now_utc())
    return other


async def test_a_node_goes_on_on_another_machine_and_the_old_one_does_not_wake(
    world: World, tmp_path: Path
) -> None:
    await world.ask(FR, Operation.LOOKUP, BOX)
    await world.feeder(FR).once()
    before = world.nodes[FR].log.head.size
    await world.stop(FR)
    old, world.homes[FR] = world.homes[FR], await moved(world, tmp_path)
    await world.start(FR)
    assert world.nodes[FR].settings.listen.port == PORT + 7
    assert {path.name for path in world.homes[FR].keys.iterdir()} == {
        path.name for path in old.keys.iterdir()
    }
    assert await status(world, FR, SE) == ("ANSWERED", [])
    assert await status(world, SE, FR) == ("ANSWERED", [])
    assert (await world.feeder(FR).once())[SE].verdict is Verdict.COSIGNED
    assert [leaf.get("action") for leaf in (await world.log(FR))[before : before + 2]] == [
        "LOG_RESTORED",
        "ROTATED",
    ]
    there = world.nodes[FR]

    world.homes[FR] = old
    await world.stop(FR)
    await world.start(FR)
    said = await world.feeder(FR).once()  # what a node does before it serves
    assert said[SE].verdict is Verdict.AHEAD
    with pytest.raises(Quarantined, match=f"witness {SE} says it has seen"):
        await world.ask(FR, Operation.LOOKUP, BOX)
    assert there is not world.nodes[FR]


async def test_of_two_that_run_at_once_one_has_no_witness_and_stops_answering(
    world: World, tmp_path: Path
) -> None:
    """The old machine was never stopped, and has agreed with its witnesses before: it is not put into
    quarantine, but it never has a quorum again, and two signed heads of one size are kept as evidence."""
    await world.ask(FR, Operation.LOOKUP, BOX)
    old, feeder = world.nodes[FR], world.feeder(FR)
    await feeder.once()
    other = await moved(world, tmp_path)
    held = world.running.pop(FR)
    world.homes[FR] = other
    await world.start(FR)
    new = world.nodes[FR]
    assert await status(world, SE, FR) == ("ANSWERED", [])
    assert (await world.feeder(FR).once())[SE].verdict is Verdict.COSIGNED

    while old.log.head.size < new.log.head.size:
        await old.log.append(Entry(Kind.ADMINISTRATION, FR, {"action": "TRIED"}))
    assert (await feeder.once())[SE].verdict is Verdict.OTHER_HISTORY
    se = world.nodes[SE].witness
    assert se is not None
    assert [(fork.origin, fork.size) for fork in se.forks()] == [(f"{FR}/log", new.log.head.size)]
    world.nodes[FR] = old
    world.later(FOUR_HOURS + 60)
    assert (await feeder.once())[SE].line is None
    told, reasons = await status(world, SE, FR)
    assert (told, reasons) == ("REFUSED", ["LOG_NOT_WITNESSED"])
    await held.aclose()


async def test_two_on_one_database_have_one_history(
    tmp_path: Path, postgres_cluster: PostgresCluster
) -> None:
    database = postgres_cluster.create("twice")
    store = {"audit": postgres_cluster.url_of(database)}
    home = create(tmp_path / "node", Profile(FR, FR, "FR", "x@fr.test", PORT, store=store), now=now_utc())
    log = await open_log(home, home.settings())
    await log.append(tried())
    await log.close()
    back_up(home, tmp_path / "move", Saving(PASSPHRASE, apart=True), now_utc, lambda *_: None)
    other = Home(tmp_path / "other")
    restore(tmp_path / "move", other.path, Bringing(PASSPHRASE), now_utc(), lambda *_: None)
    (other.path / "log.quarantine").unlink()  # what nobody may do, done

    first, second = await open_log(home, home.settings()), await open_log(other, other.settings())
    await second.append(tried())
    with pytest.raises(ForkRefused):
        await first.append(tried())
    with pytest.raises(AuditUnavailable):
        await first.append(tried())
    await second.append(tried())
    assert second.head.size == 3
    await first.close()
    await second.close()
    postgres_cluster.drop(database)


def tried() -> Entry:
    return Entry(Kind.ADMINISTRATION, FR, {"action": "TRIED"})
