"""The commands that take back what partners hold, and tell how far that has come."""

from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from gateway.cli.client import NodeClient
from gateway.cli.people import at_node
from gateway.cli.show import show_json
from gateway.visible import visible

_CHANGE = ("record", "version", "type", "reason", "load", "at", "fate")


@click.group(
    epilog="""\b
Examples:
  entente recalls list --owed --node http://127.0.0.1:8401 --as fr-liaison-1
  entente recalls show se.polisen --node http://127.0.0.1:8401 --as fr-liaison-1
  entente recalls send fr-ct-1 --reason RECORD_WITHDRAWN --dry-run --node … --as fr-liaison-1
  entente recalls rectified fr-ct-1 --version 3 --node … --as fr-liaison-1
  entente recalls rectified --since load:7 --dry-run --node … --as fr-liaison-1
"""
)
def recalls() -> None:
    """Take back what partners received, and see who has acknowledged it; role liaison.

    A grant is taken back by revoking or narrowing it: that recalls by itself what was given under it.
    """


@recalls.command(
    "list",
    epilog="""\b
Examples:
  entente recalls list --owed --node http://127.0.0.1:8401 --as fr-liaison-1
""",
)
@at_node
@click.option("--owed", is_flag=True, help="Only what is not acknowledged.")
@click.option("--first", type=click.IntRange(1, 500), default=50, show_default=True)
def list_(**told: Any) -> None:
    """Recalls and rectifications to all partners, newest first."""
    _listed(told, {"owed": told["owed"], "first": told["first"]})


@recalls.command(
    epilog="""\b
Examples:
  entente recalls show se.polisen --node http://127.0.0.1:8401 --as fr-liaison-1
"""
)
@click.argument("partner")
@at_node
@click.option("--first", type=click.IntRange(1, 500), default=50, show_default=True)
def show(**told: Any) -> None:
    """Recalls and rectifications to PARTNER, newest first."""
    _listed(told, {"partner": told["partner"], "first": told["first"]})


@recalls.command(
    epilog="""\b
Examples:
  entente recalls send fr-ct-1 --reason RECORD_WITHDRAWN --dry-run --node … --as fr-liaison-1
"""
)
@click.argument("records", nargs=-1, required=True)
@at_node
@click.option("--reason", default="RECORD_WITHDRAWN", show_default=True, help="A code; the partner sees it.")
@click.option("--dry-run", is_flag=True, help="Only say who would be told.")
def send(**told: Any) -> None:
    """Take RECORDS (ids) back from every partner that received them."""
    variables = {"records": list(told["records"]), "reason": told["reason"], "dryRun": told["dry_run"]}
    _ordered(told, "recall_records", variables)


@recalls.command(
    epilog="""\b
Examples:
  entente recalls rectified fr-ct-1 --version 3 --node http://127.0.0.1:8401 --as fr-liaison-1
  entente recalls rectified --since load:7 --dry-run --node … --as fr-liaison-1
  entente recalls rectified --since 2026-11-21T08:00Z --node … --as fr-liaison-1
"""
)
@click.argument("record", required=False)
@at_node
@click.option("--version", type=click.IntRange(2), help="The version that puts RECORD right.")
@click.option("--since", help="Instead of RECORD: all that loads changed since a moment (UTC), or in a load.")
@click.option("--dry-run", is_flag=True, help="Only say who would be told.")
def rectified(**told: Any) -> None:
    """Tell every partner that received RECORD that a newer version puts it right.

    With --since: the same for all that loads have changed, taken back where a load withdrew it. A node does
    that by itself unless its settings say `[recall] on_load = "propose"`; nobody is told twice.
    """
    by_record = bool(told["record"] and told["version"])
    if by_record == bool(told["since"]) or (told["since"] and (told["record"] or told["version"])):
        raise click.UsageError("needs RECORD with --version, or --since alone")
    if not by_record:
        _changed(told, _run(told, "rectify_since", {"since": told["since"], "dryRun": told["dry_run"]}))
        return
    variables = {"record": told["record"], "version": told["version"], "dryRun": told["dry_run"]}
    _ordered(told, "rectify_record", variables)


def _changed(told: Mapping[str, Any], order: Mapping[str, Any]) -> None:
    if told["as_json"]:
        show_json(order)
        return
    table = Table("record", "version", "what", "reason", "load", "at", "fate")
    for each in order["changes"]:
        table.add_row(*(visible(str(each[name])) for name in _CHANGE))
    Console().print(table)
    partners = ", ".join(map(visible, order["partners"])) or "nobody"
    act = "would be told" if order["dryRun"] else "will be told"
    click.echo(f"{order['records']} changes; {partners} {act}; {order['told']} were told of before")


def _run(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> Any:
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        return client.run(document, variables)


def _ordered(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> None:
    order = _run(told, document, variables)
    if told["as_json"]:
        show_json(order)
        return
    partners = ", ".join(map(visible, order["partners"])) or "nobody"
    act = "would be told" if order["dryRun"] else "will be told"
    click.echo(f"{order['records']} records went out; {partners} {act}")


def _listed(told: Mapping[str, Any], variables: Mapping[str, object]) -> None:
    letters: Sequence[Mapping[str, Any]] = _run(told, "recalls", variables)
    if told["as_json"]:
        show_json(letters)
        return
    table = Table("partner", "what", "reason", "of", "due", "acknowledged", "ended there")
    for each in letters:
        of = visible(each["grant"]) if each["grant"] else f"{each['records']} records"
        row = (each["partner"], each["type"], each["reason"], of, each["dueAt"])
        table.add_row(*map(visible, row), each["acknowledgedAt"] or "no", str(each["ended"] or 0))
    Console().print(table)
