"""The commands `backup`, `restore` and `release`: a node's home saved, brought back, and let go on."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from gateway.backing_up import Saving, Told, back_up
from gateway.cli.show import show_json
from gateway.home import Home, now_utc
from gateway.manifest import KEYS, Manifest
from gateway.releasing import Compared
from gateway.releasing import release as compare
from gateway.restoring import Bringing
from gateway.restoring import restore as bring_back
from gateway.sealed_keys import read_passphrase

HOME = click.Path(file_okay=False, exists=True, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_PASSPHRASE = click.option(
    "--passphrase-file", type=FILE, help="First line: the passphrase of the keys. Mode 0600."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document.")
_KEPT = 3
"""The exit code of a log that stays in quarantine."""


@click.command(
    epilog="""\b
Examples:
  entente backup ./node /backup/2026-11-22 --passphrase-file /etc/entente/backup.pass
  entente backup ./node /backup/2026-11-22           without the keys: save them apart
  entente backup ./node /backup/2026-11-22 --user fr_ofast_saver
  entente backup ./node /backup/2026-11-22 --apart   databases on servers are saved by other means
"""
)
@click.argument("home", type=HOME)
@click.argument("folder", type=FOLDER)
@_PASSPHRASE
@click.option("--user", default="", help="On servers: the role that may read all, not the settings' one.")
@click.option("--apart", is_flag=True, help="Only name databases on servers; others save them.")
def backup(home: Path, folder: Path, passphrase_file: Path | None, user: str, *, apart: bool) -> None:
    """Save the node at HOME, which may be running, into the new FOLDER, with a digest of each part.

    Cut short, it is run again and begins anew. Databases on servers are saved by PostgreSQL's own pg_dump;
    the password of --user comes from ~/.pgpass or PGPASSWORD.
    """
    passphrase = None if passphrase_file is None else read_passphrase(passphrase_file)
    with _bar() as told:
        manifest = back_up(Home(home), folder, Saving(passphrase, user, apart), now_utc, told)
    log = manifest.log
    click.echo(f"{manifest.node}: {len(manifest.parts)} parts in {folder}; {log.origin} at size {log.size}")
    click.echo(f"write down: SHA-256 of the manifest {sha256(manifest.text).hexdigest()}")
    if not _has_keys(manifest):
        click.echo(f"to do: the secrets are not in it; save {home}/keys encrypted, apart from it")
    for dump in manifest.databases:
        click.echo(f"{dump.path}: {', '.join(dump.rooms)} of a server {dump.server}")
    for key in manifest.on_token:
        click.echo(f"not in it: {key.path} is on a token ({key.uri}); save that by the token's own means")
    for each in manifest.elsewhere:
        click.echo(f"to do: {', '.join(each.rooms)}: {each.save}")


@click.command(
    epilog="""\b
Examples:
  entente restore /backup/2026-11-22 ./node --passphrase-file /etc/entente/backup.pass
  entente restore /backup/2026-11-22 ./node --settings new.toml      other databases or addresses
  entente release ./node                             afterwards: ask the witnesses
"""
)
@click.argument("folder", type=HOME)
@click.argument("home", type=FOLDER)
@_PASSPHRASE
@click.option("--settings", type=FILE, help="Takes the place of the saved node.toml.")
@click.option("--user", default="", help="On servers: the role that will own the tables, if not as before.")
def restore(folder: Path, home: Path, passphrase_file: Path | None, settings: Path | None, user: str) -> None:
    """Bring the node saved in FOLDER back as HOME, which is new; its log is in quarantine until `release`.

    Nothing is made unless every part has its digest and every database on a server is empty. Cut short, it
    is run again. The password of the tables' owner comes from ~/.pgpass or PGPASSWORD.
    """
    passphrase = None if passphrase_file is None else read_passphrase(passphrase_file)
    with _bar() as told:
        manifest = bring_back(folder, home, Bringing(passphrase, settings, user), now_utc(), told)
    log = manifest.log
    click.echo(f"{manifest.node}: {len(manifest.parts)} parts at {home}; {log.origin} at size {log.size}")
    if passphrase is None or not _has_keys(manifest):
        click.echo(f"to do: put the secrets back into {home}/keys, mode 0700, each file 0600")
    for key in manifest.on_token:
        click.echo(f"to do: bring the token with {key.uri} to this machine; the backup holds no such key")
    for each in manifest.elsewhere:
        click.echo(f"to do: {', '.join(each.rooms)}: {each.bring_back}")
    if others := sorted({role for each in manifest.databases for role in {*each.roles} - {each.owner}}):
        click.echo(f"to do: entente database roles {home} --prefix … --grants    (for {', '.join(others)})")
    click.echo(f"to do: entente doctor {home}")
    click.echo(f"to do: entente release {home}")
    click.echo(f"to do: entente keys compromised {home} --use witness    (until then it cosigns nothing)")


@click.command(
    epilog="""\b
Examples:
  entente release ./node
  entente release ./node --checkpoint newest.checkpoint      a log that nobody must cosign
"""
)
@click.argument("home", type=HOME)
@click.option("--checkpoint", type=FILE, help="The newest one that somebody else has kept of this log.")
@_JSON
def release(home: Path, checkpoint: Path | None, *, as_json: bool) -> None:
    """Let the restored log of HOME out of quarantine, if its witnesses have seen no more of it.

    Ends with exit code 3 while it stays there: when a witness has seen more, or not enough of them answer.
    """
    found = asyncio.run(compare(Home(home), checkpoint=checkpoint))
    if as_json:
        show_json(asdict(found))
    else:
        for line in _said(found, home):
            click.echo(line)
    sys.exit(0 if found.released else _KEPT)


def _said(found: Compared, home: Path) -> Iterator[str]:
    for name, word in found.words.items():
        yield f"{name}: {word}"
    if found.released:
        yield f"{found.origin}: in no quarantine"
        return
    yield f"{found.origin}: stays in quarantine at size {found.size}"
    if found.lost:
        yield f"LOST: {found.lost} entries were signed that are not here; tell oversight and your partners"
        yield "to do: if a newer copy exists anywhere, restore that one"
        yield f"to do: if none does: entente keys compromised {home} --use log    (keys.md: a new log begins)"
    elif found.words:
        yield "to do: call who runs the witnesses that do not agree, and run this again"


def _has_keys(manifest: Manifest) -> bool:
    return any(each.path == KEYS for each in manifest.parts)


@contextmanager
def _bar() -> Iterator[Told]:
    """A progress bar over the parts, each with its own share done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda part, done, whole: progress.update(task, description=part, completed=done, total=whole)
