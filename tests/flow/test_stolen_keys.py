"""A node's keys in other hands, a story for each use: the thief is refused, the node goes on with a new key.

The thief has a copy of the whole home, so everything but the changed key is good in its hands. The witness's
key has its story in `test_restored.py`, the law's in `test_opa_served.py`, that of sealed blobs in
`tests/gateway/test_keys.py`: nothing of it goes to partners.
"""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest

from audit.checkpoint import Checkpoint
from audit.entry import Entry, Kind
from audit.feeding import Verdict
from audit.keys import SigningKey
from audit.submission import Submission
from gateway.compromise import compromised
from gateway.demo.plan import house_grant, terms_of
from gateway.home import Home, now_utc, read_card
from gateway.rotation import Change
from gateway.wiring import open_node
from gateway.witness_home import policy_text
from policy.terms import Operation
from sharing.errors import DirectoryRefused, DirectoryRolledBack
from sharing.loopback_courier import LoopbackCourier
from tests.world import Ground, World, open_world

FR, SE = "fr.ofast", "se.polisen"
BOX = {"value": "XQZU 418026-6", "kind": "container"}


@pytest.fixture
async def world(tmp_path: Path, ground: Ground) -> AsyncIterator[World]:
    async with open_world(tmp_path / "world", ground) as opened:
        yield opened


async def status(world: World, asker: str, node: str) -> str:
    """What came of a question to one node."""
    answer = await world.ask(asker, Operation.LOOKUP, BOX, nodes=[node])
    (told,) = (each for each in answer["nodes"] if each["node"] == node)
    return str(told["status"])


async def stolen(world: World, folder: Path) -> Home:
    """The node ends; a copy of its home is in other hands."""
    await world.stop(FR)
    return Home(Path(shutil.copytree(world.homes[FR].path, folder / "thief")))


@asynccontextmanager
async def as_thief(world: World, home: Home) -> AsyncIterator[None]:
    """The thief runs the node on the copy, in the place of the true one."""
    true = world.nodes[FR]
    async with open_node(home, clock=world.clock, away=LoopbackCourier(world.doors, world.notices)) as node:
        world.nodes[FR] = node
        try:
            yield
        finally:
            world.nodes[FR] = true


def emptied(home: Home) -> None:
    """The rows that `keys.md` has taken away: grants that nobody can check any more."""
    with closing(sqlite3.connect(home.path / "sharing.sqlite")) as database:
        for table in ("sharing_grant_reach", "sharing_grant_current", "sharing_grant"):
            database.execute(f"DELETE FROM {table}")  # noqa: S608  # names of ours
        database.commit()


def trusting(home: Home, world: World) -> None:
    """The node's trust policy over its new log and the witnesses as they are."""
    cards = tuple(read_card(each.card) for each in world.homes.values())
    home.trust_policy.write_text(policy_text(read_card(home.card), cards, "any", ()))


@pytest.mark.parametrize("change", [Change.MESSAGE, Change.MANDATE])
async def test_who_has_the_old_key_is_refused_as_soon_as_the_directory_is_there(
    world: World, tmp_path: Path, change: Change
) -> None:
    thief = await stolen(world, tmp_path)
    async with as_thief(world, thief):
        assert await status(world, FR, SE) == "ANSWERED", "nobody knows yet"
    await compromised(world.homes[FR], change, now_utc())
    await world.start(FR)
    assert await status(world, FR, SE) in {"REFUSED", "INVALID_ANSWER"}, "the directory has the old key yet"
    world.federate(2)
    async with as_thief(world, thief):
        assert await status(world, FR, SE) in {"REFUSED", "INVALID_ANSWER"}
    assert await status(world, FR, SE) == "ANSWERED"
    assert await status(world, SE, FR) == "ANSWERED"


async def test_a_grant_of_the_stolen_key_opens_nothing_and_officers_grant_anew(
    world: World, tmp_path: Path
) -> None:
    assert await status(world, SE, FR) == "ANSWERED"
    await stolen(world, tmp_path)
    await compromised(world.homes[FR], Change.GRANT, now_utc())
    await world.start(FR)
    assert await status(world, SE, FR) == "REFUSED"
    emptied(world.homes[FR])
    for terms in (house_grant(FR), *map(terms_of, world.truth["grants"][FR])):
        await world.grant(FR, terms)
    assert await status(world, SE, FR) == "ANSWERED"


async def test_the_log_goes_on_under_another_origin_and_the_thief_has_no_witness(
    tmp_path: Path, ground: Ground
) -> None:
    async with open_world(tmp_path / "world", replace(ground, quorum="any")) as world:
        await world.ask(FR, Operation.LOOKUP, BOX)
        await world.feeder(FR).once()
        thief = await stolen(world, tmp_path)
        changed = await compromised(world.homes[FR], Change.LOG, now_utc())
        world.federate(2)
        trusting(world.homes[FR], world)
        await world.start(FR)
        assert world.nodes[FR].log.origin == f"{FR}/log.2"
        assert (await world.feeder(FR).once())[SE].verdict is Verdict.COSIGNED
        assert await status(world, SE, FR) == "ANSWERED"
        assert await status(world, FR, SE) == "ANSWERED"
        first = (await world.log(FR))[0]
        assert (first["action"], first["previous_origin"]) == ("COMPROMISED", f"{FR}/log")

        async with as_thief(world, thief):
            old = world.nodes[FR]
            await old.log.append(Entry(Kind.ADMINISTRATION, FR, {"action": "TRIED"}))
            assert (await world.feeder(FR).once())[SE].verdict is Verdict.UNKNOWN_LOG
        forged = Checkpoint(f"{FR}/log", 1, bytes(32)).sign(SigningKey.load(thief.keys / "log.key"))
        reply = await world.witness(SE)(Submission(0, (), forged).body)
        assert reply.status == 404, "the old log has ended"
        assert changed.previous_key.startswith(f"{FR}/log:")


async def test_a_directory_of_the_stolen_federation_key_is_refused_once_the_new_one_is_pinned(
    world: World,
) -> None:
    new = SigningKey.generate("world.test/directory")
    world.federate(2, new)
    with pytest.raises(DirectoryRefused):
        await world.ask(FR, Operation.LOOKUP, BOX)
    for home in world.homes.values():
        home.federation_key.write_text(new.public.vkey)
    world.federate(2, new)
    assert await status(world, FR, SE) == "ANSWERED"
    world.federate(99)
    with pytest.raises(DirectoryRefused):
        await world.ask(FR, Operation.LOOKUP, BOX)
    world.federate(1, new)
    with pytest.raises(DirectoryRolledBack):
        await world.ask(FR, Operation.LOOKUP, BOX)
    world.federate(3, new)
    assert await status(world, FR, SE) == "ANSWERED"
    assert await status(world, SE, FR) == "ANSWERED"
