"""Commands about a stopped node's keys: keys list, rotate, compromised."""

import asyncio
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from audit.keys import VerifyKey
from gateway.cli.show import show_json
from gateway.compromise import compromised as compromise
from gateway.facts import moment
from gateway.home import Home, now_utc, read_card
from gateway.log_keys import load_blob_key
from gateway.rotation import Change, Changed, blob_key_name, fingerprint
from gateway.rotation import rotate as rotated
from sharing.directory import NodeKey
from sharing.keys import kid

HOME = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_USE = click.option(
    "--use", "change", type=click.Choice([each.value for each in Change]), required=True, help="Which key."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document.")


@click.group(
    epilog="""\b
Examples:
  entente keys list ./node
  entente keys rotate ./node --use log --overlap 30
  entente keys compromised ./node --use log --trusted cosigned.checkpoint
"""
)
def keys() -> None:
    """List, rotate and replace the keys of a node that is not running."""


@keys.command(name="list", epilog="\b\nExamples:\n  entente keys list ./node --json")
@click.argument("home", type=HOME)
@_JSON
def list_(home: Path, *, as_json: bool) -> None:
    """List the keys that the card of HOME names, with what to read aloud when they are handed over."""
    node = read_card(Home(home).card)
    rows = [_row(each) for each in node.keys]
    if node.witness_vkey:
        rows.append(_public("witness", VerifyKey.parse(node.witness_vkey)))
    rows.append({"use": "blob", "key": blob_key_name(load_blob_key(Home(home)))})
    if as_json:
        show_json(rows)
        return
    for row in rows:
        click.echo(f"{row['use']:<9}{row['key']}")
        if "fingerprint" in row:
            click.echo(f"         {row['fingerprint']}")
        if "not_before" in row:
            click.echo(f"         from {row['not_before']} to {row['not_after']}")


def _row(each: NodeKey) -> dict[str, str]:
    life = {"not_before": moment(each.not_before), "not_after": moment(each.not_after)}
    return _public(each.use.value, each.key) | life


def _public(use: str, key: VerifyKey) -> dict[str, str]:
    return {"use": use, "key": kid(key), "fingerprint": fingerprint(key), "vkey": key.vkey}


@keys.command(
    epilog="""\b
Examples:
  entente keys rotate ./node --use message --overlap 14
  entente keys rotate ./node --use blob
"""
)
@click.argument("home", type=HOME)
@_USE
@click.option(
    "--overlap",
    type=click.IntRange(1, 366),
    default=30,
    show_default=True,
    help="Days for which the old key is still accepted.",
)
@_JSON
def rotate(home: Path, change: str, overlap: int, *, as_json: bool) -> None:
    """Put a new key beside the old one at HOME; says what to hand to whom. Run it again if cut short."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"{change} key", total=None)

        def told(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        work = rotated(Home(home), Change(change), timedelta(days=overlap), now_utc(), told)
        changed = asyncio.run(work)
    _say(changed, as_json=as_json)


@keys.command(
    epilog="""\b
Examples:
  entente keys compromised ./node --use message
  entente keys compromised ./node --use log --trusted cosigned.checkpoint
"""
)
@click.argument("home", type=HOME)
@_USE
@click.option(
    "--trusted", type=FILE, help="The last checkpoint of the log that is trusted; else the guard's."
)
@click.option("--store", help="Address of an empty database for the new log, when the log is on a server.")
@_JSON
def compromised(home: Path, change: str, trusted: Path | None, store: str | None, *, as_json: bool) -> None:
    """Replace a key of HOME that is in other hands, or lost: at once, no overlap; a log key ends its log.

    The log goes on under a new origin, in a new database whose first entry names the old log's last trusted
    checkpoint; the old one stays beside it.
    """
    work = compromise(Home(home), Change(change), now_utc(), trusted=trusted, store=store)
    changed = asyncio.run(work)
    _say(changed, as_json=as_json)


def _say(changed: Changed, *, as_json: bool) -> None:
    if as_json:
        show_json(asdict(changed))
        return
    click.echo(f"{changed.use} key: {changed.key} in the place of {changed.previous_key}")
    if changed.vkey:
        click.echo(f"read aloud: {fingerprint(VerifyKey.parse(changed.vkey))}")
        click.echo(f"the old key is accepted until {changed.accepted_until}")
    for each in changed.to_do:
        click.echo(f"to do: {each}")
