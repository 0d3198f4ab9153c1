"""`entente signin`: try the sign-in once, and remember where and as whom for the commands after it."""

from typing import Any

import click

from gateway.cli.client import NodeClient
from gateway.cli.people import at_node
from gateway.cli.profile import Profile, forget, remember
from gateway.cli.show import show_json
from gateway.visible import visible

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


@click.command(
    epilog="""\b
Examples:
  entente signin --node http://127.0.0.1:8402 --as se-83fe0c    # a liaison officer of the demo
  entente signin                                                # who is signed in?
  entente signin --forget
"""
)
@at_node
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

    Only the address and your subject id are remembered, never a password or a token: each command signs in
    anew. `entente demo` prints the addresses of its nodes and who can sign in there.
    """
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        me = client.run("me", {})
    path = remember(Profile(told["node"], told["subject"]))
    if told["as_json"]:
        show_json(me | {"remembered": str(path)})
        return
    click.echo(f"{visible(me['name'])} at {me['node']}, unit {visible(me['unit'])}: {', '.join(me['roles'])}")
    for role in me["roles"]:
        click.echo(f"next: {_NEXT[role]}")
