"""The command that compares the own log with a partner's, at a running node."""

import sys
from collections.abc import Mapping
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from gateway.cli.client import NodeClient
from gateway.cli.people import at_node
from gateway.cli.show import show_json
from gateway.visible import visible

DIFFERS = 1


@click.command(
    epilog="""\b
Examples:
  entente reconcile se.polisen --node http://127.0.0.1:8401 --as fr-auditor --justification REVIEW
  entente reconcile se.polisen --days 7 --node … --as fr-auditor --justification COMPLAINT --json
  entente reconcile --node http://127.0.0.1:8401 --as fr-auditor
"""
)
@click.argument("partner", required=False)
@at_node
@click.option("--days", type=click.IntRange(1, 31), help="How many days back; else since the last success.")
@click.option("--justification", help="Why: a code or a reference; oversight must give one.")
def reconcile(**told: Any) -> None:
    """Compare your node's log with the log of PARTNER; without PARTNER, show how far that has come.

    Exit code 0: nothing differs; 1: something does, or the partner did not do its part. What is found stands
    among the findings of both nodes (`entente oversee findings`).
    """
    partner, as_json = told["partner"], told["as_json"]
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        if partner is None:
            _show_states(client.run("reconciliations", {}), as_json=as_json)
            return
        variables = {name: told[name] for name in ("partner", "days", "justification")}
        with Console(stderr=True).status(f"comparing with {visible(partner)}"):
            run = client.run("reconcile", variables)
    if as_json:
        show_json(run)
    else:
        _show_run(run)
    sys.exit(DIFFERS if run["findings"] or run["outcome"] != "DONE" else 0)


def _show_states(states: list[Mapping[str, Any]], *, as_json: bool) -> None:
    if as_json:
        show_json(states)
        return
    for each in states:
        until = each["until"] or "never"
        click.echo(
            f"{visible(each['partner'])}  {each['outcome']}  until {until}  {each['findings']} findings"
        )


def _show_run(run: Mapping[str, Any]) -> None:
    told = f"{run['outcome']}, {run['hoursCompared']} hours compared, {run['findings']} findings"
    click.echo(f"{visible(run['partner'])} from {run['since']} to {run['until']}: {told}")
    table = Table("severity", "code", "what")
    for each in run["discrepancies"]:
        table.add_row(each["severity"], each["code"], visible(each["text"]))
    if run["discrepancies"]:
        Console().print(table)
