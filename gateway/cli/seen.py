"""The command of analysts who ask which partners were shown a record of the own service."""

from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.cli.client import NodeClient
from gateway.cli.people import at_node, mandate_of, mandate_options
from gateway.cli.show import show_json
from gateway.visible import visible


@click.command(
    epilog="""\b
Examples:
  entente seen fr.ofast/fr-ct-1 --case FR-2026-0418
  entente seen fr.ofast/fr-ct-1 --case FR-2026-0418 --json
"""
)
@click.argument("handle")
@at_node
@mandate_options
def seen(**told: Any) -> None:
    """Show which partners were given the record HANDLE of your service: when, how much, by which grant.

    It comes from the own log; no person of a partner is named, and your look is logged.
    """
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        found = client.run("seen_by", {"handle": told["handle"], "mandate": mandate_of(client, told)})
    if told["as_json"]:
        show_json(found)
        return
    console = Console()
    table = Table("when", "partner", "unit", "tier", "version", "purpose", "grants")
    for each in found["disclosures"]:
        purpose = f"{each['purpose'] or '-'}{', your case' if each['ownCase'] else ''}"
        what = (each["at"], each["partner"], each["unit"] or "-", each["tier"], str(each["version"]), purpose)
        table.add_row(*(escape(visible(cell)) for cell in (*what, "\n".join(each["grants"]))))
    console.print(table if found["disclosures"] else "no partner was shown it", highlight=False)
    if not found["complete"]:
        console.print(f"the newest {len(found['disclosures'])}; there are more")
