"""Commands of the forced review of questions over a threat to life, at a running node."""

from collections.abc import Mapping
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from gateway.cli.client import NodeClient
from gateway.cli.people import at_node
from gateway.cli.show import show_json
from gateway.visible import visible
from policy.emergency import Outcome


@click.group(
    epilog="""\b
Examples:
  entente breakglass list --node http://127.0.0.1:8402 --as se-liaison-1
  entente breakglass review bg-4f… --outcome JUSTIFIED --reason "child found" --node … --as se-liaison-1
"""
)
def breakglass() -> None:
    """Review questions over a threat to life; role liaison or oversight, never who asked. Due in a day."""


@breakglass.command(
    name="list",
    epilog="""\b
Examples:
  entente breakglass list --node http://127.0.0.1:8402 --as se-liaison-1
  entente breakglass list --all --node http://127.0.0.1:8402 --as se-auditor --json
""",
)
@at_node
@click.option("--all", "everything", is_flag=True, help="Those that were reviewed, too.")
def list_(**told: Any) -> None:
    """List what waits for a review, next deadline first."""
    found = _run(told, "break_glasses", {"all": told["everything"]})
    if told["as_json"]:
        show_json(found)
        return
    table = Table("id", "asked by", "tier", "due", "outcome")
    for each in found:
        due = f"{each['dueAt']} OVERDUE" if each["overdue"] else each["dueAt"]
        table.add_row(each["id"], visible(each["node"]), each["tier"], due, each["outcome"] or "-")
    Console().print(table)


@breakglass.command(
    epilog="""\b
Examples:
  entente breakglass review bg-4f… --outcome JUSTIFIED --reason "child found" --node … --as se-liaison-1
"""
)
@click.argument("item")
@at_node
@click.option("--outcome", type=click.Choice([each.value for each in Outcome]), required=True)
@click.option("--reason", required=True, help="Why; it goes into the sealed part of the log.")
def review(**told: Any) -> None:
    """Say whether the emergency ITEM was one."""
    variables = {"id": told["item"], "outcome": told["outcome"], "reason": told["reason"]}
    found = _run(told, "review_break_glass", variables)
    if told["as_json"]:
        show_json(found)
    else:
        click.echo(f"{found['id']} is {found['outcome']}")


def _run(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> Any:
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        return client.run(document, variables)
