"""`entente simulate`: what changed rules would have decided on the node's real questions."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from gateway.cli.preview import show_replay
from gateway.cli.show import show_json
from gateway.home import Home
from gateway.replay import MOST_DAYS, Wanted
from gateway.simulate import JUSTIFICATION
from gateway.simulate import simulate as run
from gateway.wiring import open_node
from policy.mandate import Actor
from policy.terms import Role
from policy.trial_bundle import read_trial


@click.command(
    epilog="""\b
Examples:
  entente simulate ./node --bundle ./changed-rego --as fr-admin-1
  entente simulate ./node --bundle bundle.tar.gz --as fr-admin-1 --days 30 --json
"""
)
@click.argument("home", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--bundle", type=click.Path(exists=True, path_type=Path), required=True, help="Folder or .tar.gz of Rego."
)
@click.option("--as", "subject", required=True, help="Your subject id; it is sealed into the log.")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=90, show_default=True)
@click.option("--justification", default=JUSTIFICATION, show_default=True, help="Why, as a code.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def simulate(**told: Any) -> None:  # noqa: ANN401  # one parameter per option
    """Decide the real questions of the node at HOME (not running) again, by the changed rules in --bundle.

    The rules are evaluated and never enacted; no record is read. First the conformance vectors that they
    decide otherwise are told, then the questions whose outcome would change, by rule and grant.
    """
    found = asyncio.run(_run(told))
    if told["as_json"]:
        show_json(found)
    else:
        _show(found)


async def _run(told: Mapping[str, Any]) -> Mapping[str, Any]:
    bundle = read_trial(told["bundle"])
    async with open_node(Home(told["home"])) as node:
        actor = Actor(node.id, told["subject"], frozenset({Role.ADMINISTRATOR}), node.id)
        wanted = Wanted(actor, told["justification"], days=told["days"])
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("deciding again", total=None)
            return await run(
                node, bundle, wanted, lambda done, of: progress.update(task, completed=done, total=of)
            )


def _show(found: Mapping[str, Any]) -> None:
    console = Console()
    console.print(f"in force {found['inForce']}", soft_wrap=True, highlight=False)
    console.print(f"on trial {found['revision']}", soft_wrap=True, highlight=False)
    console.print(f"{len(found['vectors'])} conformance vectors are decided otherwise")
    for title in found["vectors"]:
        console.print(f"  {title}", highlight=False)
    show_replay(console, found["replay"])
