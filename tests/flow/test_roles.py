"""A node on PostgreSQL whose databases are served by roles that may do no more than their work."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from audit.errors import SealRefused
from gateway import erase
from policy.terms import ErasureReason, Operation
from tests.components import PostgresCluster
from tests.flow.server_roles import DENIED, Service, served
from tests.flow.test_erasure import FR, admin, asked, oversight
from tests.world import Ground, open_world

PREFIX = "fr_served"


@pytest.fixture(scope="module")
def service(postgres_cluster: PostgresCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Databases and roles as the documentation says they are made."""
    with served(postgres_cluster, tmp_path_factory.mktemp("served") / "node", PREFIX) as made:
        yield made


def test_who_answers_questions_reads_the_shelf_and_nothing_else(service: Service) -> None:
    service.refused(
        "reader",
        "records",
        "DELETE FROM record",
        "UPDATE record SET owner = 'x'",
        "INSERT INTO country VALUES (1, 'FR', 'x')",
        "TRUNCATE record",
        "SELECT * FROM reject",
        "CREATE TABLE mine (a int)",
        "DROP TABLE record",
    )
    with psycopg.connect(service.url("reader", "records")) as connection:
        assert connection.execute("SELECT count(*) FROM record").fetchone() is not None


def test_who_loads_changes_rows_and_no_table(service: Service) -> None:
    service.refused(
        "loader",
        "records",
        "TRUNCATE record",
        "DROP TABLE record",
        "ALTER TABLE record ADD COLUMN x int",
        "CREATE TABLE mine (a int)",
        "UPDATE layout SET layout = 6",
        "UPDATE entente_records SET version_num = '9'",
    )


def test_who_logs_adds_and_takes_nothing_away(service: Service) -> None:
    tables = ("audit_entry", "audit_tile", "audit_tree_head", "audit_checkpoint", "audit_blob")
    service.refused(
        "log",
        "audit",
        *(f"{act} {table}" for act in ("DELETE FROM", "TRUNCATE") for table in tables),
        "UPDATE audit_entry SET leaf = leaf",
        "UPDATE audit_tree_head SET root = root",
        "UPDATE audit_checkpoint SET size = 1",
        "UPDATE audit_blob SET sealed = sealed",
        "UPDATE audit_blob SET wrapped_key = wrapped_key",
        "DELETE FROM audit_lease",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_entry_only_added ON audit_entry",
        "SET session_replication_role = replica",
    )


def test_the_keeper_takes_away_blobs_and_nothing_else(service: Service) -> None:
    with psycopg.connect(service.url("log", "audit"), autocommit=True) as connection:
        connection.execute(f"SET ROLE {PREFIX}_keeper".encode())
        connection.execute("DELETE FROM audit_blob WHERE idx = -1")
        for each in (
            "DELETE FROM audit_entry",
            "SELECT * FROM audit_entry",
            "UPDATE audit_blob SET sealed = sealed",
            "INSERT INTO audit_blob VALUES (1, '', '')",
            "TRUNCATE audit_blob",
        ):
            with pytest.raises(DENIED):
                connection.execute(each.encode())


def test_the_owner_of_the_tables_is_held_by_the_triggers(service: Service) -> None:
    service.refused(
        "owner",
        "audit",
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET leaf = leaf",
        "TRUNCATE audit_entry",
        "TRUNCATE audit_blob",
        "DELETE FROM audit_checkpoint",
        "SET session_replication_role = replica",
    )


def test_the_other_roles_keep_what_must_stay(service: Service) -> None:
    service.refused(
        "desk", "sharing", "DELETE FROM sharing_grant", "DELETE FROM sharing_item", "CREATE TABLE a (a int)"
    )
    service.refused("oversight", "oversight", "DELETE FROM oversight_finding", "TRUNCATE oversight_leaf")
    service.refused("witness", "witness", "DELETE FROM witness_fork", "DELETE FROM witness_checkpoint")


def test_who_saves_reads_everything_and_changes_nothing(service: Service) -> None:
    with psycopg.connect(service.url("saver", "records")) as connection:
        connection.execute("SELECT * FROM reject")
    with psycopg.connect(service.url("saver", "audit")) as connection:
        connection.execute("SELECT * FROM audit_blob")
    service.refused("saver", "records", "DELETE FROM reject", "TRUNCATE record", "CREATE TABLE mine (a int)")
    service.refused("saver", "audit", "DELETE FROM audit_intent", "INSERT INTO audit_once VALUES ('a', 1)")
    service.refused(
        "saver", "sharing", "DELETE FROM sharing_grant_current", "UPDATE sharing_item SET id = id"
    )


@pytest.mark.parametrize(
    ("role", "room"), [("reader", "audit"), ("loader", "audit"), ("log", "records"), ("desk", "records")]
)
def test_a_role_has_no_way_into_another_room(service: Service, role: str, room: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(service.url(role, room)).close()


async def test_a_node_of_such_roles_loads_answers_logs_and_erases(
    service: Service, tmp_path: Path, ground: Ground
) -> None:
    stores = {FR: service.stores}
    told = f'\n[database]\nreading = "{service.url("reader", "records")}"\nkeeper = "{PREFIX}_keeper"\n'
    async with open_world(
        tmp_path, Ground(ground.engine, ground.opa, "", ground.cache, stores, settings=told)
    ) as world:
        answer = await world.ask(FR, Operation.LOOKUP, {"value": "XQZU 418026-6", "kind": "container"})
        assert {each["node"]: each["status"] for each in answer["nodes"]}[FR] == "ANSWERED"
        index = await asked(world)
        proposed = await erase.propose(
            admin(world), [str(index)], ErasureReason.DATA_SUBJECT_REQUEST, "RETENTION"
        )
        await erase.approve(oversight(world), proposed["id"], "RETENTION")
        with pytest.raises(SealRefused):
            await world.nodes[FR].log.unseal(index)
        reader = f"{PREFIX}_reader"
        with psycopg.connect(service.cluster.url_of(service.databases["records"])) as connection:
            query = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s"
            row = connection.execute(query, (reader,)).fetchone()
        assert row is not None
        assert row[0] > 0, "questions are answered by the reader"
