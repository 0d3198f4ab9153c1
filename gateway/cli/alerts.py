"""The commands of alerts: what you are told unasked, what it rests on, and what you think of it."""

from collections.abc import Mapping
from typing import Any

import click

from gateway.cli.client import NodeClient
from gateway.cli.options import language_option
from gateway.cli.people import at_node
from gateway.cli.show import show_json
from gateway.visible import visible
from sharing.alerts import AlertState


@click.group(
    epilog="""\b
Examples:
  entente alerts list --state NEW --node http://127.0.0.1:8402 --as se-analyst-1
  entente alerts show a-… --language sv --node http://127.0.0.1:8402 --as se-analyst-1
  entente alerts reject a-… --reason OTHER_PERSON --node http://127.0.0.1:8402 --as se-analyst-1
"""
)
def alerts() -> None:
    """What you are told unasked; roles analyst and liaison.

    Each is one sentence, with the statements behind it, who owns them, and what would disprove it.
    """


@alerts.command(
    "list",
    epilog="""\b
Examples:
  entente alerts list --node http://127.0.0.1:8402 --as se-analyst-1
  entente alerts list --state NEW --json
""",
)
@click.option("--state", type=click.Choice([each.value for each in AlertState]))
@language_option
@at_node
def list_(**told: Any) -> None:
    """Your alerts, newest first."""
    found = _run(told, "alerts", {"state": told["state"]})
    if told["as_json"]:
        show_json(found)
        return
    for each in found:
        click.echo(f"{each['id']}  {each['state']}  {each['at']}\n  {visible(each['sentence'])}")
    if not found:
        click.echo("no alerts")


@alerts.command(
    epilog="""\b
Examples:
  entente alerts show a-… --node http://127.0.0.1:8402 --as se-analyst-1
"""
)
@click.argument("alert")
@language_option
@at_node
def show(**told: Any) -> None:
    """The alert ALERT with what it rests on; it is no longer new."""
    _show(told, _run(told, "see_alert", {"id": told["alert"]}))


@alerts.command(
    epilog="""\b
Examples:
  entente alerts reject a-… --reason OTHER_PERSON --node http://127.0.0.1:8402 --as se-analyst-1
"""
)
@click.argument("alert")
@click.option("--reason", required=True, help="A code: OTHER_PERSON, NOT_RELEVANT …")
@language_option
@at_node
def reject(**told: Any) -> None:
    """Reject the alert ALERT for good: the same evidence is not told to you again in this case."""
    _show(told, _run(told, "reject_alert", {"id": told["alert"], "reason": told["reason"]}))


def _run(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> Any:
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        return client.run(document, {**variables, "language": told["language"].upper()})


def _show(told: Mapping[str, Any], alert: Mapping[str, Any]) -> None:
    """An alert in words, or as JSON."""
    if told["as_json"]:
        show_json(alert)
        return
    click.echo(f"{alert['id']}  {alert['state']}  {alert['at']}\n{visible(alert['sentence'])}")
    for each in alert["statements"]:
        handling = " ".join(each["handling"]) or "-"
        handle = visible(each["handle"] or "-")
        click.echo(f"  rests on: {each['owner']}, tier {each['tier']}, {handle}, handling {handling}")
    for words in alert["disproof"]:
        click.echo(f"  wrong if: {visible(words)}")
    click.echo(f"  {visible(alert['belief'])}")
