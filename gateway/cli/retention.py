"""Commands about what outlives its time in the log: retention run, propose, approve, list, hold, release."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from audit.erasures import State
from gateway.cli.client import NodeClient
from gateway.cli.people import at_node
from gateway.cli.show import show_json
from gateway.erase import due_shown, erasure_shown
from gateway.home import Home, now_utc
from gateway.turns import Told
from gateway.wiring import open_keeping
from policy.terms import ErasureReason

HOME = click.Path(file_okay=False, path_type=Path)
_JUSTIFICATION = click.option(
    "--justification", required=True, help="A code for why, such as RETENTION or COURT_17-2026."
)


@click.group(
    epilog="""\b
Examples:
  entente retention run ./node                                    what is due; nothing is erased
  entente retention run --node http://127.0.0.1:8401 --as fr-admin-1 --erase      propose it
  entente retention approve e-7c1e… --node http://127.0.0.1:8401 --as fr-oversight-1 --justification RETENTION
  entente retention hold FR-2026-0418 --node http://127.0.0.1:8401 --as fr-admin-1 --justification COURT
"""
)
def retention() -> None:
    """Erase from the log what identifies people, when its time is over: two persons, two roles."""


@retention.command(
    epilog="""\b
Examples:
  entente retention run ./node --json
  entente retention run ./node --erase
  entente retention run --node http://127.0.0.1:8401 --as fr-admin-1 --erase
"""
)
@click.argument("home", type=HOME, required=False)
@click.option("--node", help="Address of the running node, instead of HOME.")
@click.option("--as", "subject", help="Your subject id at the sign-in; with --node.")
@click.option("--erase", is_flag=True, help="With --node: propose it. With HOME: carry out what is approved.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def run(home: Path | None, node: str | None, subject: str | None, *, erase: bool, as_json: bool) -> None:
    """Show what has outlived its time: counts by kind, oldest and newest, no personal data.

    Nothing is erased by one person. At a running node, --erase proposes what is due, and somebody in the role
    oversight approves it. On the HOME of a stopped node, --erase carries on with erasures that have both
    approvals and were cut short; it may be interrupted at any time and run again.
    """
    if (home is None) == (node is None) or (node is not None and subject is None):
        raise click.UsageError("give either HOME, or --node and --as")
    if home is not None:
        told = asyncio.run(_offline(Home(home), erase=erase))
    else:
        told = _online(str(node), str(subject), erase=erase)
    if as_json:
        show_json(told)
    else:
        _say(told)


async def _offline(home: Home, *, erase: bool) -> dict[str, Any]:
    now = now_utc().timestamp()
    async with open_keeping(home) as keeping:
        with _bar("reading the log") as progress:
            survey = await keeping.survey(now, progress)
        waiting = keeping.erasures.waiting(int(now))
        carried = []
        for each in waiting if erase else ():
            if each.state is State.APPROVED:
                with _bar(f"erasing {each.id}") as progress:
                    await keeping.carry_out(each, now, progress)
                carried.append(erasure_shown(keeping.erasures.get(each.id)))
        left = [erasure_shown(each) for each in keeping.erasures.waiting(int(now))]
    return {"due": due_shown(survey), "erased": carried, "waiting": left}


def _online(node: str, subject: str, *, erase: bool) -> dict[str, Any]:
    with NodeClient(node) as client:
        client.sign_in(subject)
        due = client.run("retention_due", {})
        if erase:
            client.run("propose_due_erasure", {"justification": ErasureReason.RETENTION_EXPIRED.value})
        return {"due": due, "erased": [], "waiting": client.run("erasures", {})}


def _say(told: Mapping[str, Any]) -> None:
    due = told["due"]
    click.echo(f"{due['records']} of {due['sealed']} sealed entries are due on {due['today']}")
    for each in due["kinds"]:
        click.echo(f"  {each['kind']:<18}{each['records']}")
    if due["records"]:
        click.echo(f"  from {due['oldest']} to {due['newest']}")
    if due["held"]:
        click.echo(f"{due['held']} more are due and stay: a legal hold or a finding needs them")
    for each in told["erased"]:
        click.echo(f"erased: {each['records']} of {each['id']}")
    for each in told["waiting"]:
        _line(each)
    click.echo("nothing was erased" if not told["erased"] else "the rest stays")


def _line(each: Mapping[str, Any]) -> None:
    state = f"waits for a second person until {each['lapsesAt']}" if each["approver"] is None else "approved"
    click.echo(f"{each['id']}  {each['reason']}, {each['records']} entries, {state}")


@contextmanager
def _bar(what: str) -> Iterator[Told]:
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)

        def told(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield told


def _one(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> Any:
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        return client.run(document, variables)


def _show(told: Mapping[str, Any], erasure: Mapping[str, Any]) -> None:
    if told["as_json"]:
        show_json(erasure)
    else:
        click.echo(f"{erasure['id']}  {erasure['state']}: {erasure['records']} entries, {erasure['reason']}")


@retention.command(
    epilog="""\b
Examples:
  entente retention propose 12-40 57 --reason COURT_ORDER --justification COURT_17-2026 \\
      --node http://127.0.0.1:8401 --as fr-admin-1
"""
)
@click.argument("ranges", nargs=-1, required=True)
@click.option("--reason", type=click.Choice([each.value for each in ErasureReason]), required=True)
@_JUSTIFICATION
@at_node
def propose(**told: Any) -> None:
    """Propose to erase what is sealed beside the leaves in RANGES; role administrator."""
    names = {"ranges": list(told["ranges"]), "reason": told["reason"], "justification": told["justification"]}
    _show(told, _one(told, "propose_erasure", names))


@retention.command(
    epilog="""\b
Examples:
  entente retention approve e-7c1e… --node http://127.0.0.1:8401 --as fr-oversight-1 --justification RETENTION
"""
)
@click.argument("erasure")
@_JUSTIFICATION
@at_node
def approve(**told: Any) -> None:
    """Approve another person's proposal ERASURE, which is carried out at once; role oversight."""
    names = {"id": told["erasure"], "justification": told["justification"]}
    _show(told, _one(told, "approve_erasure", names))


@retention.command(
    name="list",
    epilog="\b\nExamples:\n  entente retention list --node http://127.0.0.1:8401 --as fr-oversight-1",
)
@at_node
def list_(**told: Any) -> None:
    """Show the erasures that wait for a second person or are not done."""
    waiting = _one(told, "erasures", {})
    if told["as_json"]:
        show_json(waiting)
        return
    for each in waiting:
        _line(each)
    click.echo(f"{len(waiting)} erasures")


@retention.command(
    epilog="""\b
Examples:
  entente retention hold FR-2026-0418 --justification COURT --node http://127.0.0.1:8401 --as fr-admin-1
"""
)
@click.argument("case")
@_JUSTIFICATION
@at_node
def hold(**told: Any) -> None:
    """Put CASE on legal hold: nothing of it is erased until it is released."""
    _one(told, "hold_case", {"case": told["case"], "justification": told["justification"]})
    click.echo("held")


@retention.command(
    epilog="""\b
Examples:
  entente retention release FR-2026-0418 --justification COURT --node http://127.0.0.1:8401 --as fr-over-1
"""
)
@click.argument("case")
@_JUSTIFICATION
@at_node
def release(**told: Any) -> None:
    """End the legal hold on CASE; role oversight."""
    _one(told, "release_case", {"case": told["case"], "justification": told["justification"]})
    click.echo("released")
