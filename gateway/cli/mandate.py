"""Commands of analysts about mandates at a running node: open one for a case, list, close."""

from collections.abc import Mapping
from typing import Any

import click

from gateway.cli.client import NodeClient
from gateway.cli.people import at_node, justification, justification_options
from gateway.cli.show import show_json
from gateway.visible import visible


@click.group(
    epilog="""\b
Examples:
  entente signin --node http://127.0.0.1:8401 --as fr-7c1e04    # an analyst of the demo; once
  entente mandate open --case FR-2026-0418
  entente mandate list
  entente ask lookup "XQZU 418026-6" --mandate m-7c1e…
  entente mandate close m-7c1e…
"""
)
def mandate() -> None:
    """Open, list and close the mandates of your cases; role analyst.

    A mandate is the justification of every question under it: purpose and legal basis, case and offence, the
    category of who is looked for, and the aim. It is for one case and for some hours; use it for as many
    questions as the case needs, and close it when it is no longer needed.
    """


@mandate.command(
    "open",
    epilog="""\b
Examples:
  entente mandate open --case FR-2026-0418
  entente mandate open --case FR-2026-0418 --purpose CROSS_CHECKING --basis PRUM2_26 --minutes 30
  entente mandate open --case FR-9 --purpose THREAT_TO_LIFE --threat KIDNAPPING \\
      --emergency-reason "child seen in this car"
""",
)
@click.option("--case", required=True, help="Case reference.")
@click.option(
    "--minutes", type=click.IntRange(1, 1440), help="For how long; by default the node's usual time."
)
@justification_options
@at_node
def open_(**told: Any) -> None:
    """Open a mandate for a case; prints its id for `entente ask --mandate`.

    What the law would refuse in every question is refused here, with the reason and the rule: cross-checking,
    for instance, reaches suspects and likely offenders only, and each purpose has legal bases of its own.
    """
    wanted = justification(told) | ({"minutes": told["minutes"]} if told["minutes"] else {})
    made = _run(told, "open_mandate", {"mandate": wanted})
    if told["as_json"]:
        show_json(made)
        return
    click.echo(f"{made['id']}: open until {made['expiresAt']}")
    click.echo(f"next: entente ask lookup IDENTIFIER --mandate {made['id']}")


@mandate.command("list", epilog="\b\nExamples:\n  entente mandate list\n  entente mandate list --json")
@at_node
def list_(**told: Any) -> None:
    """Show your mandates that still hold, the last to end first."""
    found = _run(told, "mandates", {})
    if told["as_json"]:
        show_json(found)
        return
    for each in found:
        click.echo(f"{each['id']}: case {visible(each['case'])}, until {each['expiresAt']}")
        parts = (each[name] for name in ("purpose", "legalBasis", "offence", "subjectCategory", "aim"))
        click.echo(f"  {' '.join(parts)}")
    click.echo(f"{len(found)} mandates")


@mandate.command("close", epilog="\b\nExamples:\n  entente mandate close m-7c1e…")
@click.argument("mandate_id", metavar="MANDATE")
@at_node
def close(**told: Any) -> None:
    """End your MANDATE now: the very next question under it is refused."""
    done = _run(told, "close_mandate", {"mandate": told["mandate_id"]})
    if told["as_json"]:
        show_json({"id": told["mandate_id"], "closed": done})
    else:
        click.echo(f"{told['mandate_id']} is closed")


def _run(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> Any:
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        return client.run(document, variables)
