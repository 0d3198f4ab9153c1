"""Commands about the law of a node: its signed bundle, how an OPA beside the node is started, its state."""

import asyncio
import secrets
import shlex
from pathlib import Path
from typing import Any

import click

from audit.keys import read_secret, write_secret
from gateway.cli.client import NodeClient
from gateway.cli.show import show_json
from gateway.engines import open_engine
from gateway.errors import SettingsRejected
from gateway.home import Home
from policy.bundle import Bundle
from policy.opa_config import OpaPlace, opa_config
from policy.signed_bundle import Algorithm, Signing, write_signed

HOME = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document.")
_ALGORITHM = click.option(
    "--algorithm",
    type=click.Choice([each.value for each in Algorithm]),
    default=Algorithm.ED25519.value,
    show_default=True,
    help="What the key is for.",
)


@click.group(
    epilog="""\b
Examples:
  entente policy bundle --key law.pem --out bundle.tar.gz
  entente policy opa-config ./node --bundle bundle.tar.gz --verification-key law.pub.pem
  entente policy status ./node
"""
)
def policy() -> None:
    """Sign the law for an OPA beside the node, configure that OPA, and show which law decides."""


@policy.command(
    epilog="""\b
Examples:
  openssl genpkey -algorithm ed25519 -out law.pem && openssl pkey -in law.pem -pubout -out law.pub.pem
  entente policy bundle --key law.pem --out bundle.tar.gz
  entente policy bundle --key law.pem --out bundle.tar.gz --opa /opt/opa --json
"""
)
@click.option("--key", type=FILE, required=True, help="Private key (PEM); keep it away from the node.")
@click.option("--out", type=OUT, required=True, help="The bundle; replaced if it is there.")
@_ALGORITHM
@click.option("--opa", default="opa", show_default=True, help="The OPA that packs and signs.")
@_JSON
def bundle(key: Path, out: Path, algorithm: str, opa: str, *, as_json: bool) -> None:
    """Pack the law of this installation into a signed bundle; prints the revision that is pinned in it."""
    signed = write_signed(Bundle.packaged(), Signing(key, Algorithm(algorithm)), out, opa=opa)
    if as_json:
        show_json({"path": str(signed.path), "revision": signed.revision, "digest": signed.digest})
        return
    click.echo(f"{signed.path}: revision {signed.revision}")
    click.echo(f"file     {signed.digest}")


@policy.command(
    "opa-config",
    epilog="""\b
Examples:
  entente policy opa-config ./node --bundle bundle.tar.gz --verification-key law.pub.pem
  entente policy opa-config ./node --bundle b.tar.gz --verification-key law.pub.pem --address unix:/run/opa
""",
)
@click.argument("home", type=HOME)
@click.option("--bundle", "packed", type=FILE, required=True, help="The signed bundle.")
@click.option("--verification-key", type=FILE, required=True, help="The public key (PEM) of who signed it.")
@click.option("--address", help="unix:<path>, or http:// on loopback; else HOME's own `opa_address`.")
@_ALGORITHM
@click.option("--opa", default="opa", show_default=True, help="The OPA that will run.")
@_JSON
def configure(**told: Any) -> None:
    """Write HOME/opa/opa.json and, once, HOME/opa/token; prints how to start OPA, and the node's settings.

    The configuration holds the token's SHA-256 only. OPA answers the three decisions to whoever shows the
    token, and its health; every other path is refused.
    """
    home = Home(told["home"])
    place = OpaPlace(
        address=told["address"] or home.settings().policy.opa_address,
        config=(home.path / "opa" / "opa.json").absolute(),
        bundle=told["packed"].absolute(),
        verification_key=told["verification_key"].absolute(),
        algorithm=Algorithm(told["algorithm"]),
    )
    command = place.command(told["opa"])
    _write(place)
    settings = {"engine": "opa", "opa_address": place.address, "opa_token_file": "opa/token"}  # nosec B105  # a place
    if told["as_json"]:
        show_json({"config": str(place.config), "command": command, "settings": settings})
        return
    click.echo(f"# start OPA, as the user that runs the node:\n{shlex.join(command)}\n")
    said = home.settings().policy.model_dump()
    if all(said[name] == value for name, value in settings.items()):
        click.echo("# node.toml has what belongs to it")
        return
    click.echo("# in node.toml:\n[policy]")
    for name, value in settings.items():
        click.echo(f'{name} = "{value}"')


def _write(place: OpaPlace) -> None:
    """The configuration, and the token if there is none yet."""
    token = place.config.parent / "token"
    try:
        place.config.parent.mkdir(mode=0o700, exist_ok=True)
        if not token.exists():
            write_secret(token, secrets.token_urlsafe(32).encode())
        place.config.write_text(opa_config(read_secret(token).decode().strip()), encoding="utf-8")
    except OSError as error:
        raise SettingsRejected(f"{place.config.parent}: cannot be written ({error.strerror})") from error


@policy.command(
    epilog="""\b
Examples:
  entente policy status ./node --json
  entente policy status --node http://127.0.0.1:8401 --as fr-auditor
"""
)
@click.argument("home", type=HOME, required=False)
@click.option("--node", help="Address of the running node, instead of HOME.")
@click.option("--as", "subject", help="Your subject id at the sign-in; with --node.")
@_JSON
def status(home: Path | None, node: str | None, subject: str | None, *, as_json: bool) -> None:
    """Show which engine decides, by which revision, and what its shadow found.

    With HOME, the engine that its settings name is opened and tried on every vector. With --node, a running
    node is asked; roles oversight or administrator.
    """
    if home is not None and node is None:
        state = asyncio.run(_tried(Home(home)))
    elif node is not None and subject is not None and home is None:
        with NodeClient(node) as client:
            client.sign_in(subject)
            state = client.run("policy_state", {})
    else:
        raise click.UsageError("either HOME, or --node with --as")
    if as_json:
        show_json(state)
        return
    click.echo(f"engine   {state['engine']}\nrevision {state['revision']}")
    if state["shadow"]:
        click.echo("shadow   " + " ".join(f"{name} {value}" for name, value in state["shadow"].items()))


async def _tried(home: Home) -> dict[str, Any]:
    engine = await open_engine(home.settings().policy, home.path)
    try:
        return {"engine": engine.name, "revision": engine.revision, "shadow": None}
    finally:
        await engine.close()
