"""A node's PostgreSQL is ended and started under it: a clear refusal meanwhile, no answer lost afterwards."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from audit.errors import AuditUnavailable
from gateway.away import away
from gateway.rooms import ROOMS
from policy.terms import Operation
from tests.components import RestartedCluster, restarted_cluster
from tests.world import Ground, World, open_world

FR = "fr.ofast"
BOX = {"value": "XQZU 418026-6", "kind": "container"}


@pytest.fixture
def server() -> Iterator[RestartedCluster]:
    """A cluster of its own."""
    with restarted_cluster() as made:
        yield made


async def status(world: World) -> str:
    """What an analyst's home node answers."""
    answer = await world.ask(FR, Operation.LOOKUP, BOX)
    return {each["node"]: str(each["status"]) for each in answer["nodes"]}[FR]


async def test_a_server_that_is_ended_and_started_costs_no_answer(
    server: RestartedCluster, tmp_path: Path, ground: Ground
) -> None:
    stores = {FR: {room.name: server.cluster.url_of(server.cluster.create(room.name)) for room in ROOMS}}
    async with open_world(tmp_path, Ground(ground.engine, ground.opa, "", ground.cache, stores)) as world:
        assert await status(world) == "ANSWERED"
        before = await world.kinds(FR)
        server.stop()
        for _ in range(2):
            with pytest.raises((OperationalError, AuditUnavailable)) as refused:
                await status(world)
            told = away(refused.value)
            assert (told or refused.value).code in {"DATABASE_UNAVAILABLE", "AUDIT_UNAVAILABLE"}  # type: ignore[union-attr]
            assert told is None or server.cluster.password not in str(told)
        server.start()
        assert await status(world) == "ANSWERED"
        assert (await world.kinds(FR))[: len(before)] == before
        server.stop()
        server.start()
        assert [await status(world) for _ in range(3)] == ["ANSWERED"] * 3


def test_only_what_is_away_is_told_as_away() -> None:
    gone = OperationalError("SELECT", {}, sqlite3.OperationalError("database is locked"))
    assert str(away(gone)).startswith("a database of the node does not answer")
    assert away(ValueError("no database")) is None
    assert away(None) is None
