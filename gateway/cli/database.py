"""The command `database`: the versions of a node's databases."""

import importlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from sqlalchemy import make_url

from gateway.cli.show import show_json
from gateway.databases import Room, as_role, in_use, present
from gateway.home import Home
from gateway.roles import allowing, making
from gateway.rooms import ROOMS
from gateway.settings import database as address

HOME = click.Path(file_okay=False, exists=True, path_type=Path)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document.")


@dataclass(frozen=True, slots=True)
class Standing:
    """What one database is at; `state` is `EMPTY`, `UNVERSIONED`, `OLDER`, `CURRENT` or `NEWER`."""

    database: str
    version: str
    newest: str
    state: str


@click.group(
    epilog="""\b
Examples:
  entente database status ./node
  entente database upgrade ./node --dry-run
  entente database upgrade ./node
"""
)
def database() -> None:
    """See and change the versions of a node's databases."""


@database.command(
    epilog="\b\nExamples:\n  entente database status ./node\n  entente database status ./node --json"
)
@click.argument("home", type=HOME)
@_JSON
def status(home: Path, *, as_json: bool) -> None:
    """Show the version of each database of the node at HOME, which may be running. Changes nothing."""
    found = [_standing(room, url) for room, url in _each(home)]
    if as_json:
        show_json([asdict(each) for each in found])
        return
    for each in found:
        click.echo(f"{each.database:10} {each.version or '-':5} of {each.newest}  {each.state}")


@database.command(
    epilog="""\b
Examples:
  entente database upgrade ./node --dry-run      what it would do
  entente database upgrade ./node                do it; make a backup first
  entente database upgrade ./node --user fr_ofast_owner
"""
)
@click.argument("home", type=HOME)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--user", default="", help="On servers: the role that owns the tables, not the settings' one.")
def upgrade(home: Path, *, dry_run: bool, user: str) -> None:
    """Bring the databases of the node at HOME to this program's version; no node may be serving them.

    Each step is one transaction: what was cut short is done again by the same command. There is no way back
    to an earlier version but the backup. The password of --user comes from ~/.pgpass or PGPASSWORD.
    """
    upgrading: Any = importlib.import_module("gateway.upgrading")  # Alembic is for this command only
    planned = [(room, url, upgrading.steps(room, present(room, url))) for room, url in _each(home, user)]
    for _, _, steps in planned:
        for step in steps:
            click.echo(f"{step.room:10} {step.version}  {step.told}")
    if not any(steps for _, _, steps in planned):
        click.echo("every database has this program's version")
    elif not dry_run:
        with in_use(home, alone_for="the upgrade"):
            for room, url, steps in planned:
                if steps:
                    upgrading.upgrade(room, url, _done)


def _done(step: Any) -> None:
    click.echo(f"{step.room:10} {step.version}  done")


@database.command(
    epilog="""\b
Examples:
  entente database roles ./node --prefix fr_ofast | psql postgresql://postgres@db.example/postgres
  entente database upgrade ./node --user fr_ofast_owner
  entente database roles ./node --prefix fr_ofast --grants | psql postgresql://postgres@db.example/postgres
"""
)
@click.argument("home", type=HOME)
@click.option("--prefix", required=True, help="What the names of the node's roles begin with.")
@click.option("--grants", is_flag=True, help="What each may do, once the tables are there.")
def roles(home: Path, prefix: str, *, grants: bool) -> None:
    """Print the SQL that makes the roles of the node at HOME on PostgreSQL, each with what its work needs.

    Without --grants it makes the roles and gives the empty databases to the owner. Runs nothing itself.
    """
    named = {room.name: make_url(url) for room, url in _each(home)}
    databases = {
        room: str(url.database) for room, url in named.items() if url.get_backend_name() == "postgresql"
    }
    for line in (allowing if grants else making)(databases, prefix):
        click.echo(line)


def _each(home: Path, user: str = "") -> Iterator[tuple[Room, str]]:
    store = Home(home).settings().store
    return ((room, as_role(address(home, getattr(store, room.name)), user)) for room in ROOMS)


def _standing(room: Room, url: str) -> Standing:
    found, known = present(room, url), room.versions
    if found is None or found == "":
        state = "EMPTY" if found is None else "UNVERSIONED"
    elif found in known:
        state = "CURRENT" if found == known[-1] else "OLDER"
    else:
        state = "NEWER"
    return Standing(room.name, found or "", known[-1], state)
