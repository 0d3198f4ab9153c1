"""`entente simulate`: what changed rules would have decided on the node's real questions."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from gateway.cli.client import NodeClient
from gateway.cli.people import known
from gateway.cli.preview import show_replay
from gateway.cli.show import show_json
from gateway.home import Home
from gateway.replay import MOST_DAYS, Wanted
from gateway.simulate import JUSTIFICATION
from gateway.simulate import simulate as run
from gateway.simulation import Stage
from gateway.wiring import open_node
from policy.errors import EngineFailed
from policy.mandate import Actor
from policy.terms import Role
from policy.trial_bundle import trial_files, trial_of

POLL = 0.3
Found = Mapping[str, Any]
Files = Mapping[str, bytes]


@click.command(
    epilog="""\b
Examples:
  entente signin --node http://127.0.0.1:8402 --as se-05c3df      # an administrator of the demo; once
  entente simulate --bundle ./changed-rego
  entente simulate --bundle bundle.tar.gz --days 30 --json
  entente simulate ./node --bundle ./changed-rego --as se-05c3df  # a node that is not running
"""
)
@click.argument("home", type=click.Path(file_okay=False, path_type=Path), required=False)
@click.option(
    "--bundle", type=click.Path(exists=True, path_type=Path), required=True, help="Folder or .tar.gz of Rego."
)
@click.option("--node", envvar="ENTENTE_NODE", help="Address of your running node, instead of HOME.")
@click.option("--as", "subject", envvar="ENTENTE_AS", help="Your subject id; it is sealed into the log.")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=90, show_default=True)
@click.option("--justification", default=JUSTIFICATION, show_default=True, help="Why, as a code.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def simulate(**told: Any) -> None:
    """Decide the real questions of a node again, by the changed rules in --bundle.

    At the running node where you are signed in, role liaison or administrator; Ctrl-C ends the work there. Or
    at the node at HOME, which must not be running. The rules are evaluated and never enacted; no record is
    read. First the conformance vectors that they decide otherwise are told, then the questions whose outcome
    would change, by rule and grant.
    """
    told["subject"] = known("subject", told["subject"])
    files = trial_files(told["bundle"])
    with Progress(console=Console(stderr=True), transient=True) as progress:
        found = asyncio.run(_here(told, files, progress)) if told["home"] else _there(told, files, progress)
    if told["as_json"]:
        show_json(found)
    else:
        _show(found)


async def _here(told: Found, files: Files, progress: Progress) -> Found:
    """By this process, at a home."""
    async with open_node(Home(told["home"])) as node:
        actor = Actor(node.id, told["subject"], frozenset({Role.ADMINISTRATOR}), node.id)
        wanted = Wanted(actor, told["justification"], days=told["days"])
        task = progress.add_task("deciding again", total=None)
        return await run(
            node, trial_of(files), wanted, lambda done, of: progress.update(task, completed=done, total=of)
        )


def _there(told: Found, files: Files, progress: Progress) -> Found:
    """By the running node, which is asked how far it is."""
    wanted = {"files": _texts(files), "justification": told["justification"], "days": told["days"]}
    task = progress.add_task("deciding again", total=None)
    with NodeClient(known("node", told["node"])) as client:
        client.sign_in(told["subject"])
        job: Found = client.run("simulate_policy", wanted)
        try:
            while job["stage"] in {Stage.RUNNING, Stage.PAUSED}:
                time.sleep(POLL)
                job = client.run("policy_simulation", {})
                progress.update(task, completed=job["done"], total=job["total"] or None)
        except KeyboardInterrupt:
            job = client.run("stop_simulation", {})
    if job["stage"] != Stage.DONE:
        raise click.ClickException(f"simulation: {job['stage']}: {job['failed'] or 'it was stopped'}")
    return job


def _texts(files: Files) -> list[dict[str, str]]:
    """The files as they are sent."""
    try:
        return [{"name": name, "text": content.decode()} for name, content in files.items()]
    except UnicodeDecodeError as error:
        raise EngineFailed(f"bundle: a file is not UTF-8 ({error})") from error


def _show(found: Found) -> None:
    console = Console()
    console.print(f"in force {found['inForce']}", soft_wrap=True, highlight=False)
    console.print(f"on trial {found['revision']}", soft_wrap=True, highlight=False)
    console.print(f"{len(found['vectors'])} conformance vectors are decided otherwise")
    for title in found["vectors"]:
        console.print(f"  {title}", highlight=False)
    show_replay(console, found["replay"])
