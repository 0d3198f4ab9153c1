"""Commands of who runs a node: who else may read its log."""

import time
from datetime import UTC, datetime
from pathlib import Path

import click

from gateway.cli.show import show_json
from gateway.home import Home
from gateway.readers import FILE, ReaderBook
from policy.log_readers import LogReader

DAY = 86_400
HOME = click.Path(file_okay=False, path_type=Path)


@click.group(
    epilog="""\b
Examples:
  entente reader add ./node --name dpa.fr --role oversight --days 30 --justification ANNUAL_AUDIT > dpa.token
  entente reader list ./node
  entente reader remove ./node --name dpa.fr
"""
)
def reader() -> None:
    """Register who may read a node's log over HTTP."""


def _book(home: Path) -> ReaderBook:
    Home(home).settings()
    return ReaderBook(home / FILE)


@reader.command(
    epilog="""\b
Examples:
  entente reader add ./node --name se.polisen --role partner --days 365
  entente reader add ./node --name dpa.fr --role oversight --days 30 --justification ANNUAL_AUDIT > dpa.token
"""
)
@click.argument("home", type=HOME)
@click.option("--name", required=True, help="What the log calls the reader: a-z, 0-9, '.' and '-'.")
@click.option("--role", type=click.Choice([each.value for each in LogReader]), required=True)
@click.option(
    "--days", type=click.IntRange(1, 1096), default=90, show_default=True, help="How long it holds."
)
@click.option("--justification", default="", help="Code that stands for a request that gives none.")
def add(home: Path, name: str, role: str, days: int, justification: str) -> None:
    """Let a reader in at the node at HOME; prints the token, once.

    Partners and witnesses read checkpoints and hash tiles; oversight reads entries too, each time for a
    reason, and the log says so. The node may be running.
    """
    expires = int(time.time()) + days * DAY
    click.echo(_book(home).add(name, LogReader(role), expires, justification))


@reader.command("list", epilog="\b\nExamples:\n  entente reader list ./node --json")
@click.argument("home", type=HOME)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def list_readers(home: Path, *, as_json: bool) -> None:
    """Show who is let in at the node at HOME; tokens are not kept and not shown."""
    rows = [
        {
            "name": each.name,
            "role": each.role.value,
            "expires": datetime.fromtimestamp(each.expires_at, UTC).isoformat(),
            "expired": each.expires_at <= time.time(),
            "justification": each.justification or None,
        }
        for each in _book(home).all()
    ]
    if as_json:
        show_json(rows)
        return
    for row in rows:
        state = "expired" if row["expired"] else "until"
        click.echo(f"{row['name']}  {row['role']}  {state} {row['expires']}  {row['justification'] or '-'}")


@reader.command(epilog="\b\nExamples:\n  entente reader remove ./node --name se.polisen")
@click.argument("home", type=HOME)
@click.option("--name", required=True, help="As `entente reader list` shows it.")
def remove(home: Path, name: str) -> None:
    """Take a reader off at the node at HOME; the token is worth nothing from the next request on."""
    _book(home).remove(name)
    click.echo(f"{name} is let in no more")
