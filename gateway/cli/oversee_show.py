"""What oversight sees on a terminal: rows, exchanges, samples, signals, findings."""

from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.visible import visible

Shown = Mapping[str, Any]


def show_search(found: Shown) -> None:
    """Rows of the log."""
    table = _table("index", "at", "kind", "asker", "unit", "nodes", "purpose", "case", "outcome", "query")
    for row in found["rows"]:
        _add(table, *_row(row))
    Console().print(table)
    click.echo(f"{len(found['rows'])} of {found['total']} shown; the log has {found['size']} entries")


def _row(row: Shown) -> Sequence[object]:
    case = (row["case"] or "").rpartition(":")[2][:12]
    outcome = " ".join((*row["statuses"], *row["reasons"]))
    who = (row["asker"] or "")[:14]
    nodes = " ".join(row["nodes"])
    return (
        row["index"],
        row["at"],
        row["kind"],
        who,
        row["unit"],
        nodes,
        row["purpose"],
        case,
        outcome,
        row["queryId"],
    )


def show_record(told: Shown) -> None:
    """One exchange in plain."""
    for each in told["asked"]:
        click.echo(
            f"{each['side']:<10}entry {each['index']} at {each['at']}, {each['asker']} of {each['unit']}"
        )
        for fact in (*each["what"], *each["why"]):
            click.echo(f"  {fact['name']:<20}{visible(fact['value'])}")
    table = _table("node", "status", "records", "receipt", "at", "reasons")
    for each in told["outcomes"]:
        reasons = " ".join(each["reasons"])
        _add(table, each["node"], each["status"], each["results"], each["receipt"], each["at"], reasons)
    Console().print(table)
    entries = ", ".join(
        f"{each['index']} {each['kind']} {each['proof']} {each['seal']}" for each in told["entries"]
    )
    click.echo(f"entries: {entries or 'none; this log knows nothing of it'}")
    if told["open"]:
        click.echo("an intent has no outcome")


def show_sample(told: Shown) -> None:
    """A sample and how to draw it again."""
    table = _table("entry", "at", "asker", "purpose", "case", "outcome", "query")
    for each in told["drawn"]:
        row = each["row"]
        outcome = " ".join(f"{one['node']}:{one['status']}" for one in each["outcomes"])
        case = "yes" if row["case"] else "NO"
        _add(table, row["index"], row["at"], row["asker"], row["purpose"], case, outcome, row["queryId"])
    Console().print(table)
    click.echo(f"{len(told['drawn'])} of {told['population']} exchanges of {told['week']}")
    click.echo(f"seed {told['seed']}\nof the root {told['root']} at size {told['size']}")
    if not told["final"]:
        click.echo("no checkpoint was kept since the week ended: draw again later, this draw may differ")


def show_anomalies(lists: Sequence[Shown]) -> None:
    """Each rule with its base rate, and what it raised."""
    for each in lists:
        click.echo(f"{each['rule']}: {each['part']} of {each['whole']} {each['of']}")
        click.echo(f"  {each['meaning']}\n  {each['limits']}")
        for finding in each["findings"]:
            click.echo(f"  - {finding['severity']} {finding['asker'] or ''} {finding['text']}")


def show_findings(found: Sequence[Shown]) -> None:
    """Findings with their state."""
    table = _table("number", "id", "severity", "state", "reason", "asker", "what")
    for each in found:
        who = each["asker"] or each["partner"]
        _add(
            table,
            each["number"],
            each["id"],
            each["severity"],
            each["state"],
            each["reason"],
            who,
            each["text"],
        )
    Console().print(table)


def _table(*names: str) -> Table:
    table = Table()
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def _add(table: Table, *cells: object) -> None:
    table.add_row(*("" if cell is None else escape(visible(str(cell))) for cell in cells))
