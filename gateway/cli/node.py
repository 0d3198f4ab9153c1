"""Commands of who runs a node: init, directory, serve, load, verify."""

import asyncio
import subprocess
import sys
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import make_url

from audit.keys import SigningKey
from audit.proving import verified
from audit.reader_archive import ReaderArchive
from audit.sql_store import SqlStore
from audit.trust import TrustPolicy
from audit.trusting import policy_of
from gateway.cli.show import FORMATS, show_json
from gateway.home import Home, Profile, create, now_utc, read_card, sign_directory
from gateway.installed import INSTALLED, PORT
from gateway.key_settings import USES
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
  entente init /var/lib/entente/node --installed --id fr.ofast --name "OFAST" --country FR \\
      --spoc spoc@ofast.example --address https://entente.ofast.example:8443 \\
      --desk https://entente.ofast.example --issuer https://idp.ofast.example --network 10.20.0.0/16
  entente init ./node --id fr.ofast --name "OFAST" --country FR --spoc spoc@ofast.example --port 8401 \\
      --pkcs11 pkcs11:token=entente --module /usr/lib/softhsm/libsofthsm2.so --pin-file /etc/entente/token.pin
"""
)
@click.argument("home", type=HOME)
@click.option("--id", "node", required=True, help="Node id, like a DNS name: fr.ofast.")
@click.option("--name", required=True, help="The service's name.")
@click.option("--country", required=True, help="Two letters.")
@click.option("--spoc", required=True, help="Contact for follow-up requests.")
@click.option("--port", type=click.IntRange(1, 65535), help=f"Port to listen on; {PORT} with --installed.")
@click.option("--address", default="", help="Address for partners and people; this machine if not given.")
@click.option("--desk", default="", help="Address for people, where it is another one.")
@click.option("--issuer", default="", help="The service's OpenID Connect issuer.")
@click.option("--network", "networks", multiple=True, help="A private network with partners: 10.20.0.0/16.")
@click.option(
    "--installed", "whole", is_flag=True,
    help="Settings for a machine as deploy/docs/installing.md sets it up, with PostgreSQL, OPA and nginx.",
)  # fmt: skip
@click.option("--pkcs11", help="Where all keys that sign are made: pkcs11:token=LABEL. Files if not given.")
@click.option("--module", type=FILE, help="The PKCS#11 library for the token.")
@click.option("--pin-file", type=FILE, help="First line: the user's PIN of the token. Mode 0600.")
def init(
    home: Path, node: str, port: int | None, networks: tuple[str, ...], *, whole: bool, **told: Any
) -> None:
    """Create a node's HOME, for its owner alone: settings, fresh keys, no partners yet.

    Give HOME/node.card.json to the federation; put the directory it signs at HOME/directory.jws and its
    public key at HOME/federation.vkey: `entente join` walks through it.
    """
    if port is None and not whole:
        raise click.UsageError("--port says where the node listens; with --installed it need not be told")
    if whole and not (told["issuer"] and told["address"]):
        raise click.UsageError(
            "--installed takes --address and --issuer: nobody could reach the node, or sign in"
        )
    keys = _on_token(told.pop("pkcs11"), told.pop("module"), told.pop("pin_file"))
    reach = {"reach": {"networks": list(networks)}} if networks else {}
    sections = {**(INSTALLED if whole else {}), **reach}
    made = create(
        home, Profile(id=node, port=port or PORT, sections=sections, keys=keys, **told), now=now_utc()
    )
    click.echo(f"{node} is at {made.path}; its card for the federation is {made.card}")
    if whole:
        click.echo(
            f"Next: what deploy/docs/installing.md says; `entente doctor {made.path}` says what is missing."
        )


def _on_token(pkcs11: str | None, module: Path | None, pin_file: Path | None) -> dict[str, str]:
    """The settings' `[keys]` with all keys that sign on one token; empty for keys in files."""
    if pkcs11 is None and module is None and pin_file is None:
        return {}
    if pkcs11 is None or module is None or pin_file is None:
        raise click.UsageError("--pkcs11, --module and --pin-file go together.")
    places = {"module": str(module.absolute()), "pin_file": str(pin_file.absolute())}
    return places | dict.fromkeys(USES, pkcs11)


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
    """The exit code of the verifier on the node's log, by its trust policy if it has one.

    On a file it is the offline verifier, a program of its own; a log on a server is read where it is.
    """
    settings = home.settings()
    address = database(home.path, settings.store.audit)
    policy = None if log_key_only or not settings.witness.policy else home.path / settings.witness.policy
    vkey = read_card(home.card).log_vkey
    if not address.startswith(_FILE):
        return _verified_on_server(address, policy_of(policy, [vkey]), as_json=as_json)
    trusted = ["--policy", str(policy)] if policy else ["--vkey", vkey]
    command = [sys.executable, "-m", "audit", "verify", address.removeprefix(_FILE), *trusted]
    return subprocess.run([*command, *(["--json"] if as_json else [])], check=False).returncode  # noqa: S603  # our own verifier


def _verified_on_server(address: str, policy: TrustPolicy | None, *, as_json: bool) -> int:
    name = make_url(address).render_as_string(hide_password=True)
    with closing(SqlStore(address)) as store:
        return verified(ReaderArchive.kept(name, store.reader), policy, as_json=as_json)
