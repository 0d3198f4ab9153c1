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
    """Rows of the log, two lines each, so that ids can be copied."""
    for row in found["rows"]:
        _row(row)
        case = (row["case"] or "none").rpartition(":")[2][:16]
        why = " ".join(str(row[name] or "-") for name in ("unit", "purpose", "legalBasis"))
        _line(f"{'':>8} {why} case {case} nodes {' '.join(row['nodes']) or '-'}")
    click.echo(f"{len(found['rows'])} of {found['total']} shown; the log has {found['size']} entries")


def _row(row: Shown) -> None:
    outcome = " ".join((*row["statuses"], *row["reasons"]))
    _line(f"{row['index']:>8} {row['at'][:19]}Z {row['kind']} {outcome}")
    _line(f"{'':>8} {row['queryId'] or '-'} asked by {row['asker'] or '-'}")


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
    for each in told["drawn"]:
        _row(each["row"])
        outcome = " ".join(f"{one['node']}={one['status']}" for one in each["outcomes"])
        _line(f"{'':>8} {outcome or 'no outcome'}; entries {' '.join(map(str, each['entries']))}")
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
    """Findings with their state, two lines each."""
    for each in found:
        _line(f"{each['number']:>8} {each['id']} {each['severity']} {each['state']} {each['reason'] or ''}")
        _line(f"{'':>8} {each['text']} {each['asker'] or each['partner'] or ''}")
    click.echo(f"{len(found)} findings")


def _line(text: str) -> None:
    click.echo(visible(text).rstrip())


def _table(*names: str) -> Table:
    table = Table()
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def _add(table: Table, *cells: object) -> None:
    table.add_row(*("" if cell is None else escape(visible(str(cell))) for cell in cells))
