"""`entente signin`: try the sign-in once, and remember where and as whom for the commands after it."""

from collections.abc import Mapping
from typing import Any

import click

from gateway.cli.browser_signin import id_token
from gateway.cli.client import NodeClient
from gateway.cli.device_signin import id_token_by_code
from gateway.cli.options import language_option
from gateway.cli.people import known
from gateway.cli.profile import Profile, forget, keep_session, remember
from gateway.cli.show import show_json
from gateway.visible import visible
from sharing.wording import Language

_NEXT = {
    "analyst": "entente mandate --help",
    "liaison": "entente grants --help",
    "oversight": "entente oversee --help",
    "administrator": "entente simulate --help",
}


def _forgotten(context: click.Context, _option: click.Parameter, value: bool) -> None:  # noqa: FBT001  # click's
    """Remember nothing, and do nothing else."""
    if value:
        forget()
        click.echo("forgotten")
        context.exit()


def _show(address: str) -> None:
    """Open it where there is a browser, and say it in any case."""
    click.echo(f"open this in a browser on this machine, if none opens by itself:\n  {address}", err=True)
    click.launch(address)


def _by_code(begun: Mapping[str, Any], language: str) -> str:
    return id_token_by_code(begun, Language(language), lambda said: click.echo(said, err=True))


@click.command(
    epilog="""\b
Examples:
  entente signin --node http://127.0.0.1:8402 --as se-83fe0c    # a liaison officer of the demo
  entente signin --node https://entente.ofast.example --browser # at the service's own identity provider
  entente signin --node https://entente.ofast.example --device  # the same, with a browser on another machine
  entente signin                                                # who is signed in?
  entente signin --forget
"""
)
@click.option("--node", envvar="ENTENTE_NODE", help="Address of your own node.")
@click.option(
    "--as", "subject", envvar="ENTENTE_AS", help="Your subject id; otherwise the provider tells it."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of tables.")
@click.option("--browser", is_flag=True, help="At your service's identity provider, in a browser.")
@click.option(
    "--device",
    is_flag=True,
    help="There too, by a code that you type in on another machine; it never counts as a fresh proof.",
)
@language_option
@click.option(
    "--forget",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_forgotten,
    help="Remember nothing from now on.",
)
def signin(**told: Any) -> None:
    """Sign in at your own node once; the commands after it need neither --node nor --as.

    Only the address and your subject id are remembered, never a password or a token. In a demo each command
    signs in anew; at an identity provider your session is kept for this user alone until it ends, as in a
    browser.
    `entente demo` prints the addresses of its nodes and who can sign in there.
    """
    node = known("node", told["node"])
    if told["browser"] and told["device"]:
        raise click.UsageError("--browser and --device are two ways; choose one")
    with NodeClient(node) as client:
        if told["browser"] or told["device"]:
            begun = client.native(by_code=told["device"])
            token = _by_code(begun, told["language"]) if told["device"] else id_token(begun, _show)
            subject, key = client.sign_in_native(begun["nonce"], token)
            keep_session(Profile(node, subject), key)
        else:
            subject = known("subject", told["subject"])
            client.sign_in(subject)
        me = client.run("me", {})
    path = remember(Profile(node, subject))
    if told["as_json"]:
        show_json(me | {"remembered": str(path)})
        return
    click.echo(f"{visible(me['name'])} at {me['node']}, unit {visible(me['unit'])}: {', '.join(me['roles'])}")
    for role in me["roles"]:
        click.echo(f"next: {_NEXT[role]}")
