"""The commands of standing questions: be told when a node learns of an identifier."""

from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from gateway.cli.client import NodeClient
from gateway.cli.people import at_node, mandate_of, mandate_options
from gateway.cli.show import show_json
from gateway.visible import visible

_COLUMNS = ("id", "kind", "identifier", "case", "state", "renewBy", "expiresAt")
_HOUR = 3_600


@click.group(
    epilog="""\b
Examples:
  entente watch add "XQZU 418026-6" --case FR-2026-0418 --node http://127.0.0.1:8402 --as se-analyst-1
  entente watch add "XQZU 418026-6" --case FR-2026-0418 --until 2026-12-24
  entente watch list --active --node http://127.0.0.1:8402 --as se-analyst-1
  entente watch renew w-… --case FR-2026-0418 --node http://127.0.0.1:8402 --as se-analyst-1
  entente watch stop w-… --node http://127.0.0.1:8402 --as se-analyst-1
"""
)
def watch() -> None:
    """Be told when a node learns of a phone, container, vessel, wallet …; role analyst.

    A standing question has an end of its own, and is suspended when nobody has renewed it in time under a
    mandate that says the same; `list` says by when. What comes of it is in `entente alerts`.
    """


@watch.command(
    epilog="""\b
Examples:
  entente watch add "XQZU 418026-6" --case FR-2026-0418 --node http://127.0.0.1:8402 --as se-analyst-1
  entente watch add +33612345678 --kind phone --minutes 60 --at fr.ofast --mandate m-… --json
"""
)
@click.argument("identifier")
@click.option("--kind", help="Which kind of identifier it is, where it could be several.")
@click.option("--minutes", type=click.IntRange(1), help="For how long.")
@click.option(
    "--until", help="The last day, such as 2026-12-24, or a moment; by default until it is renewed."
)
@click.option("--at", "nodes", multiple=True, help="A node that is asked; all by default. Repeat it.")
@at_node
@mandate_options
def add(**told: Any) -> None:
    """Watch IDENTIFIER, in any spelling, under a mandate; what you watch already is renewed."""
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        variables = {name: told[name] for name in ("identifier", "kind", "minutes", "until")}
        variables |= {"nodes": list(told["nodes"]) or None, "mandate": mandate_of(client, told)}
        _show(told, [found := client.run("watch", variables)], found)


@watch.command(
    "list",
    epilog="""\b
Examples:
  entente watch list --node http://127.0.0.1:8402 --as se-analyst-1
  entente watch list --active --json
""",
)
@click.option("--active", is_flag=True, help="Only those that are not over; suspended ones are among them.")
@at_node
def list_(**told: Any) -> None:
    """What you watch, newest first, and what each node made of it."""
    found = _run(told, "standing_questions", {"active": told["active"]})
    _show(told, found, found)


@watch.command(
    epilog="""\b
Examples:
  entente watch renew w-… --case FR-2026-0418 --node http://127.0.0.1:8402 --as se-analyst-1
  entente watch renew w-… --mandate m-… --until 2027-01-31 --json
"""
)
@click.argument("question")
@click.option("--until", help="Another end: the last day, such as 2026-12-24, or a moment.")
@at_node
@mandate_options
def renew(**told: Any) -> None:
    """Go on with the standing question QUESTION, under a mandate that says the same as the one before."""
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        variables = {"id": told["question"], "until": told["until"], "mandate": mandate_of(client, told)}
        _show(told, [found := client.run("renew_watch", variables)], found)


@watch.command(
    epilog="""\b
Examples:
  entente watch stop w-… --node http://127.0.0.1:8402 --as se-analyst-1
"""
)
@click.argument("question")
@at_node
def stop(**told: Any) -> None:
    """End the standing question QUESTION, here and at every node."""
    found = _run(told, "stop_watching", {"id": told["question"]})
    _show(told, [found], found)


def _run(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> Any:
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        return client.run(document, variables)


def _show(told: Mapping[str, Any], questions: Sequence[Mapping[str, Any]], whole: object) -> None:
    """A table of standing questions, or `whole` as JSON."""
    if told["as_json"]:
        show_json(whole)
        return
    table = Table(*_COLUMNS, "nodes")
    for each in questions:
        at = [" ".join(filter(None, (one["node"], one["state"], one["reason"]))) for one in each["nodes"]]
        table.add_row(*(visible(str(each[name] or "-")) for name in _COLUMNS), visible("; ".join(at)))
    Console().print(table)
    for each in questions:
        if each["renewalDue"]:
            click.echo(visible(f"renew {each['id']}: {_left(each)}"))


def _left(question: Mapping[str, Any]) -> str:
    """How much time there is to renew it."""
    if question["state"] == "SUSPENDED":
        return f"suspended since {question['renewBy']}, nothing is watched"
    return f"{question['secondsLeft'] // _HOUR} hours left"
