"""The command that looks a node over: doctor."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from gateway.cli.show import show_json
from gateway.doctor.examine import examined
from gateway.doctor.finding import Finding, State, worst
from gateway.home import Home
from gateway.visible import visible

HOME = click.Path(file_okay=False, path_type=Path)
_STYLES = {State.OK: "green", State.WARN: "yellow", State.FAIL: "red"}


@click.command(
    epilog="""\b
Examples:
  entente doctor ./node
  entente doctor ./node --all                    what is in order as well
  entente doctor ./node --json
"""
)
@click.argument("home", type=HOME)
@click.option("--all", "everything", is_flag=True, help="Show what is in order, too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def doctor(home: Path, *, everything: bool, as_json: bool) -> None:
    """Look over the node at HOME, running or stopped, and say what to do about what is wrong.

    Clock, disk, keys, card, directory, databases, policy engine, witnesses, certificates, identity provider
    and partners. Nothing is changed, and no secret is shown. Run it as the user that runs the node. Exit code
    1 when something fails, 0 otherwise; a warning is no failure.
    """
    found = examined(Home(home))
    if as_json:
        show_json({"state": worst(found).value, "findings": [each.told for each in found]})
    else:
        _show(found, everything=everything)
    sys.exit(1 if worst(found) is State.FAIL else 0)


def _show(found: Sequence[Finding], *, everything: bool) -> None:
    console = Console(highlight=False)
    for each in found:
        if each.state is State.OK and not everything:
            continue
        style, said = _STYLES[each.state], escape(visible(f"{each.check}: {each.looked_at}"))
        console.print(f"[{style}]{each.state:<4}[/{style}] {said}", soft_wrap=True)
        if each.state is State.OK:
            console.print(escape(visible(f"     {each.found}")), soft_wrap=True)
            continue
        console.print(escape(visible(f"     found    {each.found}")), soft_wrap=True)
        console.print(escape(visible(f"     expected {each.expected}")), soft_wrap=True)
        console.print(escape(visible(f"     to do    {each.to_do}")), soft_wrap=True)
    counts = {state: sum(each.state is state for each in found) for state in State}
    console.print(
        f"{counts[State.OK]} in order, {counts[State.WARN]} to look after, {counts[State.FAIL]} wrong"
    )
