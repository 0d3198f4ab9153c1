"""Commands about budgets: who has spent what, and when it renews, at a running node."""

from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from gateway.cli.client import NodeClient
from gateway.cli.people import at_node
from gateway.cli.show import in_words, show_json
from gateway.visible import visible
from policy.quota import Scope


@click.group(
    epilog="""\b
Examples:
  entente quota show --node http://127.0.0.1:8401 --as fr-analyst-1
  entente quota list --partner fr.ofast --node http://127.0.0.1:8402 --as se-liaison-1
"""
)
def quota() -> None:
    """See what is spent of the budgets against enumeration; every window is a whole hour or day of UTC.

    The node's settings limit partners, their people and cases ([quota]); a grant may limit each of its
    recipients further (`entente grants draft --quota questions/hour=60`).
    """


@quota.command(
    name="list",
    epilog="""\b
Examples:
  entente quota list --node http://127.0.0.1:8402 --as se-liaison-1
  entente quota list --partner fr.ofast --scope GRANT --node http://127.0.0.1:8402 --as se-liaison-1 --json
""",
)
@at_node
@click.option("--partner", default="", help="Only this node, its people and the grants to it.")
@click.option("--scope", type=click.Choice([each.value for each in Scope]), help="Only budgets of this kind.")
@click.option("--first", type=click.IntRange(1, 200), default=50, show_default=True, help="So many at most.")
def list_(**told: Any) -> None:
    """List budgets of which something is spent, the fullest first; role liaison, and the look is logged.

    Persons are named by pseudonym, cases by keyed digest.
    """
    wanted = {"partner": told["partner"], "scope": told["scope"], "first": told["first"]}
    _show(_run(told, "budgets", wanted), as_json=told["as_json"])


@quota.command(
    epilog="""\b
Examples:
  entente quota show --node http://127.0.0.1:8401 --as fr-analyst-1
"""
)
@at_node
def show(**told: Any) -> None:
    """Show one's own budgets at one's own node; a partner tells of its own when they are spent."""
    _show(_run(told, "my_budgets", {}), as_json=told["as_json"])


def _show(found: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    table = Table("budget of", "what", "spent", "left", "renews", "")
    for each in found:
        whose = (
            each["whose"]
            if each["partner"] in {None, each["whose"]}
            else f"{each['partner']} {each['whose']}"
        )
        table.add_row(
            f"{each['scope'].lower()} {visible(whose)}",
            f"{each['unit'].lower()} an {each['span'].lower()}".replace("an day", "a day"),
            f"{each['spent']} of {each['most']}",
            str(each["left"]),
            in_words(each["renewsAt"]),
            _noted(each),
        )
    Console().print(table)


def _noted(budget: Mapping[str, Any]) -> str:
    """What an officer should look at."""
    refused = f"refused {budget['refusals']} times today" if budget["refusals"] else ""
    said = ["ALARM" if budget["alarm"] else "", "lowered after misses" if budget["lowered"] else "", refused]
    return ", ".join(each for each in said if each)


def _run(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> Any:
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        return client.run(document, variables)
