"""Commands of who runs a node: init, directory, serve, load, verify."""

import asyncio
import subprocess
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from audit.keys import SigningKey
from gateway.cli.show import FORMATS, show_json
from gateway.errors import SettingsRejected
from gateway.home import Home, Profile, create, now_utc, read_card, sign_directory
from gateway.loading import explained, load_file, said
from gateway.serve import run
from gateway.settings import database
from tenants.formats.port import Format

HOME = click.Path(file_okay=False, path_type=Path)
SHOWN_REJECTS = 20
_TABLES = frozenset({".csv", ".tsv", ".xlsx", ".xls", ".ods"})
_FILE = "sqlite:///"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    epilog="""\b
Examples:
  entente init ./node --id fr.ofast --name "OFAST" --country FR --spoc spoc@ofast.example --port 8401 \\
      --address https://entente.ofast.example --issuer https://idp.ofast.example
"""
)
@click.argument("home", type=HOME)
@click.option("--id", "node", required=True, help="Node id, like a DNS name: fr.ofast.")
@click.option("--name", required=True, help="The service's name.")
@click.option("--country", required=True, help="Two letters.")
@click.option("--spoc", required=True, help="Contact for follow-up requests.")
@click.option("--port", type=click.IntRange(1, 65535), required=True, help="Port to listen on.")
@click.option("--address", default="", help="Address for partners and people; this machine if not given.")
@click.option("--issuer", default="", help="The service's OpenID Connect issuer.")
def init(home: Path, node: str, **told: Any) -> None:
    """Create a node's HOME: settings, fresh keys, no partners yet.

    Give HOME/node.card.json to the federation; put the directory it signs at HOME/directory.jws and its
    public key at HOME/federation.vkey.
    """
    made = create(home, Profile(id=node, **told), now=now_utc())
    click.echo(f"{node} is at {made.path}; its card for the federation is {made.card}")


@click.group()
def directory() -> None:
    """Make the federation's signed directory of nodes."""


@directory.command(
    "key", epilog="\b\nExamples:\n  entente directory key federation.example --out federation.key"
)
@click.argument("federation")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where the private key goes.")
def directory_key(federation: str, out: Path) -> None:
    """Make the key that signs the directory of FEDERATION; prints the public part, which every node pins."""
    key = SigningKey.generate(f"{federation}/directory")
    key.save(out)
    click.echo(key.public.vkey)


@directory.command(
    "sign",
    epilog="""\b
Examples:
  entente directory sign --key federation.key --version 2 fr/node.card.json se/node.card.json > directory.jws
""",
)
@click.argument("cards", type=FILE, nargs=-1, required=True)
@click.option("--key", type=FILE, required=True, help="The federation's private key.")
@click.option("--version", type=click.IntRange(1), required=True, help="Higher than any before.")
@click.option("--days", type=click.IntRange(1, 366), default=30, show_default=True, help="How long it holds.")
def directory_sign(cards: tuple[Path, ...], key: Path, version: int, days: int) -> None:
    """Sign a directory of the nodes whose CARDS are given; prints it."""
    nodes = tuple(read_card(card) for card in cards)
    click.echo(sign_directory(nodes, SigningKey.load(key), version=version, now=now_utc(), days=days))


@click.command(epilog="\b\nExamples:\n  entente serve ./node")
@click.argument("home", type=HOME)
def serve(home: Path) -> None:
    """Serve the node at HOME until interrupted."""
    run(Home(home))


@click.command(
    epilog="""\b
Examples:
  entente load ./node cases.jsonl --dataset cases
  entente load ./node UpdatedPub150.csv --mapping deploy/mappings/world-port-index.yaml
  entente load ./node hearing.graphml --format graphml --dataset cases
  entente load ./node extraction.case.jsonld --format case --dataset devices --retain-until 2029-03-05
"""
)
@click.argument("home", type=HOME)
@click.argument("source", type=FILE)
@click.option("--dataset", help="Dataset of JSON lines whose records name none.")
@click.option("--mapping", type=FILE, help="How the rows of a CSV or JSON file become records (YAML).")
@click.option("--format", "format_", type=FORMATS, default="ftm", help="Of a file without a mapping.")
@click.option(
    "--retain-until", "until", type=click.DateTime(["%Y-%m-%d"]),
    help="Until when records are kept that name no day. A record without one is shown to nobody.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of a sentence.")
def load(  # noqa: PLR0913  # one for each option
    home: Path,
    source: Path,
    dataset: str | None,
    mapping: Path | None,
    *,
    format_: str,
    until: datetime | None,
    as_json: bool,
) -> None:
    """Load SOURCE into the node at HOME: FollowTheMoney JSON lines, any table with a mapping, or a --format.

    Bad rows are named with line, field and reason in a rejects file; the rest is loaded. Loading the same
    file again changes nothing, and a load that was cut short goes on where it stopped. The node may be
    running: then partners that were given an older version are told (`entente recalls`).
    """
    if mapping is None and format_ == "ftm" and source.suffix.lower() in _TABLES:
        raise click.UsageError(
            f"{source.name} is a table: say with --mapping how its rows become records (deploy/mappings/),"
            " or with --format chart that it is a chart's."
        )
    day, form = None if until is None else until.date(), Format(format_.upper())
    report = asyncio.run(load_file(Home(home), source, dataset, mapping, format_=form, until=day))
    if as_json:
        show_json(
            {name: str(value) if isinstance(value, Path) else value for name, value in asdict(report).items()}
        )
    else:
        click.echo(said(source, report))
        for line in explained(report, SHOWN_REJECTS):
            click.echo(f"  {line}")


@click.command(
    epilog="""\b
Examples:
  entente verify ./node
  entente verify ./node --log-key-only           a log that no witness has cosigned yet
  python -m audit verify audit.sqlite --vkey fr.ofast/log+…    (the same, without the rest of this program)
"""
)
@click.argument("home", type=HOME)
@click.option("--log-key-only", is_flag=True, help="Ask for the log's own signature, for no witness.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def verify(home: Path, *, log_key_only: bool, as_json: bool) -> None:
    """Verify the log of the node at HOME: every hash, every signed head. It may be running meanwhile.

    What the node's trust policy asks of witnesses must hold too.
    """
    sys.exit(verify_log(Home(home), log_key_only=log_key_only, as_json=as_json))


def verify_log(home: Home, *, log_key_only: bool = False, as_json: bool = False) -> int:
    """The exit code of the offline verifier on the node's log, by its trust policy if it has one."""
    settings = home.settings()
    address = database(home.path, settings.store.audit)
    if not address.startswith(_FILE):
        raise SettingsRejected(
            f"{home.path}: the log is in no file; copy it with `entente log fetch`, or ask the running node: "
            "`entente oversee verify`"
        )
    policy = None if log_key_only else settings.witness.policy
    trusted = ["--policy", str(home.path / policy)] if policy else ["--vkey", read_card(home.card).log_vkey]
    command = [sys.executable, "-m", "audit", "verify", address.removeprefix(_FILE), *trusted]
    return subprocess.run([*command, *(["--json"] if as_json else [])], check=False).returncode  # noqa: S603  # our own verifier
