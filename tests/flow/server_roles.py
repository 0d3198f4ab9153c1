"""A node's databases on a server, made as the documentation says: SQL printed, given to psql, upgraded."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql

from gateway.cli import main
from gateway.home import Profile, create
from gateway.rooms import ROOMS
from tests.components import PostgresCluster, postgres_program

SERVED_BY = {
    "records": "loader",
    "sharing": "desk",
    "audit": "log",
    "oversight": "oversight",
    "witness": "witness",
    "quota": "desk",
}
NODE = "fr.ofast"
DENIED = psycopg.errors.InsufficientPrivilege


@dataclass(frozen=True)
class Service:
    """The databases of a node on a server, and the addresses of its roles."""

    cluster: PostgresCluster
    databases: dict[str, str]
    prefix: str
    password: str = "made-up"

    def url(self, role: str, room: str) -> str:
        """A room's database as a role of the node."""
        whole = f"{self.prefix}_{role}:{self.password}@127.0.0.1:{self.cluster.port}"
        return f"postgresql://{whole}/{self.databases[room]}"

    @property
    def stores(self) -> dict[str, str]:
        """What the node's settings say of its databases."""
        return {room: self.url(role, room) for room, role in SERVED_BY.items()}

    def refused(self, role: str, room: str, *statements: str) -> None:
        """Each statement is refused for want of a privilege."""
        with psycopg.connect(self.url(role, room), autocommit=True) as connection:
            for each in statements:
                with pytest.raises(DENIED):
                    connection.execute(each.encode())


@contextmanager
def empty_databases(cluster: PostgresCluster, prefix: str) -> Iterator[Service]:
    """A database for each room, with nothing in it; they go at the end."""
    made = Service(cluster, {room.name: cluster.create(f"{prefix}_{room.name}") for room in ROOMS}, prefix)
    yield made
    for database in made.databases.values():
        cluster.drop(database)


@contextmanager
def served(cluster: PostgresCluster, home: Path, prefix: str) -> Iterator[Service]:
    """A node's databases with their tables, its roles with their privileges and passwords."""
    with empty_databases(cluster, prefix) as made:
        create(
            home, Profile(NODE, NODE, "FR", "x@made.example", 8777, store=made.stores), now=datetime.now(UTC)
        )
        psql(made, said("roles", str(home), "--prefix", prefix))
        with psycopg.connect(cluster.url, autocommit=True) as connection:
            for role in {*SERVED_BY.values(), "owner", "reader", "saver"}:
                name, word = sql.Identifier(f"{prefix}_{role}"), sql.Literal(made.password)
                connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, word))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PGPASSWORD", made.password)
            said("upgrade", str(home), "--user", f"{prefix}_owner")
        psql(made, said("roles", str(home), "--prefix", prefix, "--grants"))
        yield made


def said(*arguments: str) -> str:
    """What a command of `entente database` prints."""
    done = CliRunner().invoke(main, ["database", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def psql(service: Service, script: str, *, stop: bool = True) -> None:
    """Run the script as the server's administrator; unless `stop`, what is there already is passed over."""
    command = [postgres_program("psql"), "-X", "-q", "-v", f"ON_ERROR_STOP={int(stop)}", service.cluster.url]
    done = subprocess.run(
        command, input=script, capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stderr
