"""The commands that explain who could see a record, and what was decided on a question, at a running node."""

from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.cli.client import NodeClient
from gateway.cli.explain_show import show_question, why
from gateway.cli.people import at_node
from gateway.cli.show import show_json, withheld
from gateway.visible import visible


@click.group(
    epilog="""\b
Examples:
  entente explain record p-1 --node http://127.0.0.1:8401 --as fr-liaison-1
  entente explain record p-1 --partner se.polisen --node http://127.0.0.1:8401 --as fr-liaison-1 --json
  entente explain question q-4be… --justification COMPLAINT --node http://127.0.0.1:8401 --as fr-liaison-1
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
def record(**told: Any) -> None:
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
        shown = each["tier"] if each["shown"] else "no"
        cells = (
            each["partner"],
            each["grant"] or "none",
            shown,
            withheld(each["masked"]),
            why(each["reasons"]),
        )
        table.add_row(*(escape(visible(cell)) for cell in cells))
    Console().print(table)


@explain.command(
    epilog="""\b
Examples:
  entente explain question q-4be… --justification COMPLAINT --node http://127.0.0.1:8402 --as se-liaison-1
  entente explain question q-4be… --justification OWN_FILE --node http://127.0.0.1:8401 --as fr-analyst-1
"""
)
@click.argument("query_id")
@at_node
@click.option("--justification", required=True, help="Why, as a code; it stands in the log before the look.")
def question(**told: Any) -> None:
    """Tell what was decided on question QUERY_ID, by which grants and rules, and what it would be today.

    At the node that was asked, a liaison officer hears every grant that was there and which rule fell short;
    at the node that asked, its officers and who asked hear the codes that each node gave. Oversight uses:
    entente oversee explain
    """
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        variables = {"queryId": told["query_id"], "justification": told["justification"]}
        found = client.run("explain_question", variables)
    if told["as_json"]:
        show_json(found)
    else:
        show_question(found)
