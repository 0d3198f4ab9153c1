"""The command of analysts who look for the same person or thing at other nodes."""

from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.cli.client import NodeClient
from gateway.cli.options import language_option
from gateway.cli.people import at_node, mandate_of, mandate_options
from gateway.cli.show import show_json
from gateway.visible import visible


@click.command(
    epilog="""\b
Examples:
  entente match fr.ofast/fr-p-3 --case FR-2026-0418
  entente match fr.ofast/fr-p-3 --case FR-2026-0418 --language fr --json
"""
)
@click.argument("handle")
@language_option
@at_node
@mandate_options
def match(**told: Any) -> None:
    """Find what every node knows that may be the record HANDLE, and why.

    Each of its identifiers and names is a question of its own under your mandate. Nothing is merged: whether
    two records are one person or thing is said by an analyst, in a picture.
    """
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        wanted = {"handle": told["handle"], "language": told["language"]}
        found = client.run("resembling", wanted | {"mandate": mandate_of(client, told)})
    if told["as_json"]:
        show_json(found)
        return
    console = Console()
    table = Table("record", "score", "what it means", "why", "what could disprove it")
    for each in found["proposals"]:
        other = each["right"] if each["left"] == found["handle"] else each["left"]
        why = (f"{part['words']}: {part['left']} | {part['right']}" for part in each["evidence"])
        score = f"{each['score']:.3f} {each['band']}"
        cells = ([other], [score], [each["meaning"]], why, each["disproof"])
        table.add_row(*("\n".join(escape(visible(line)) for line in cell) for cell in cells))
    console.print(table if found["proposals"] else "nothing resembles it", highlight=False)
    for each in found["nodes"]:
        console.print(f"{each['node']}: {each['status']} to {each['questions']} questions", highlight=False)
