"""The command that explains who could see a record, at a running node."""

from collections.abc import Mapping
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from gateway.cli.client import NodeClient
from gateway.cli.people import at_node
from gateway.cli.show import show_json
from gateway.visible import visible


@click.group(
    epilog="""\b
Examples:
  entente explain record p-1 --node http://127.0.0.1:8401 --as fr-liaison-1
  entente explain record p-1 --partner se.polisen --node http://127.0.0.1:8401 --as fr-liaison-1 --json
"""
)
def explain() -> None:
    """Tell who could see what, through which grant and rule, and why not otherwise."""


@explain.command(
    epilog="""\b
Examples:
  entente explain record p-1 --node http://127.0.0.1:8401 --as fr-liaison-1
"""
)
@click.argument("record_id")
@at_node
@click.option("--partner", help="Only this partner; else all.")
def record(**told: Any) -> None:  # noqa: ANN401  # one parameter per option
    """Tell which partners could see record RECORD_ID of your node.

    One line for each grant, asked as the person for whom it is made. Your node's log holds each decision,
    under your pseudonym, before the record is looked at.
    """
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        lines = client.run("explain_record", {"id": told["record_id"], "partner": told["partner"]})
    if told["as_json"]:
        show_json(lines)
        return
    table = Table("partner", "grant", "shown", "withheld", "why not")
    for each in lines:
        masked = ", ".join(mask["name"] for mask in each["masked"])
        shown = each["tier"] if each["shown"] else "no"
        table.add_row(visible(each["partner"]), each["grant"] or "none", shown, masked, _why(each["reasons"]))
    Console().print(table)


def _why(reasons: list[Mapping[str, Any]]) -> str:
    return ", ".join(
        f"{each['code']} ({visible(each['rule'])})" if each["rule"] else str(each["code"]) for each in reasons
    )
