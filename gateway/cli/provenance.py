"""Commands on evidence: where a record comes from, and what a court has said of it."""

from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from gateway.cli.client import NodeClient
from gateway.cli.options import language_option
from gateway.cli.people import at_node, mandate_of, mandate_options
from gateway.cli.show import show_json
from gateway.visible import visible
from policy.provenance import Admissibility

_STATUSES = click.Choice([each.value.lower() for each in Admissibility])
_COLUMNS = ("record", "version", "country", "status", "court", "reference", "decided")


@click.group(
    epilog="""\b
Examples:
  entente provenance show eu.europol/eu-ms-3 --case FR-2026-0418 --node http://127.0.0.1:8401
  entente provenance find fr-ms-1 --country SE --status excluded --court "Svea hovrätt"
      --reference "B 418-26" --decided 2026-06-02 --dry-run --node … --as fr-liaison-1
  entente provenance findings --node http://127.0.0.1:8401 --as fr-liaison-1
"""
)
def provenance() -> None:
    """Show where a record comes from as evidence; enter what a court found: all who had it are told."""


@provenance.command(
    epilog="""\b
Examples:
  entente provenance show eu.europol/eu-ms-3 --case FR-2026-0418 --node http://127.0.0.1:8401
  entente provenance show fr.ofast/fr-ms-1 --case FR-2026-0418 --language fr --as fr-analyst-1
  entente provenance show fr.ofast/fr-ms-1 --mandate m-1 --json
"""
)
@click.argument("handle")
@language_option
@at_node
@mandate_options
def show(**told: Any) -> None:
    """Show instrument, acquisition, chain of custody, objections and rulings of the record HANDLE.

    Its node is asked, under a mandate, as in any question. What nobody stated is said to be not stated.
    """
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        wanted = {"handle": told["handle"], "language": told["language"]}
        found = client.run("provenance", wanted | {"mandate": mandate_of(client, told)})
    if told["as_json"]:
        show_json(found)
        return
    for each in found["says"]:
        click.echo(visible(each))
    if found["claim"] is None:
        for each in found["nodes"]:
            click.echo(f"{each['node']}: {each['status']} {' '.join(each['reasons'])}".rstrip())
    click.echo(found["cannotSay"])


@provenance.command(
    epilog="""\b
Examples:
  entente provenance find fr-ms-1 --country SE --status excluded --court "Svea hovrätt"
      --reference "B 418-26" --decided 2026-06-02 --dry-run --node … --as fr-liaison-1
  entente provenance find fr-ms-1 --country FR --status admitted --court "CA Rouen"
      --reference 26/0418 --decided 2026-09-01 --json --node … --as fr-liaison-1
"""
)
@click.argument("record")
@click.option("--country", required=True, help="Whose court it is: ISO 3166 alpha-2, such as SE.")
@click.option("--status", type=_STATUSES, required=True, help="What it found.")
@click.option("--court", required=True, help="The court or authority.")
@click.option("--reference", required=True, help="The number of its decision.")
@click.option(
    "--decided", type=click.DateTime(["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"]), required=True,
    help="The day of it: 2026-06-02, or 02/06/2026 and 02.06.2026 with the day first.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only say who would be told.")
@at_node
def find(**told: Any) -> None:
    """Enter what a court found of the own record RECORD (its id or handle); role liaison.

    It is logged, the record gets a new version that carries it into every answer and export, and every
    partner that received the record is told. A finding is never taken out: a later one counts instead.
    """
    ruling = {name: told[name] for name in ("court", "reference")}
    ruling |= {"country": told["country"].upper(), "status": told["status"].upper()}
    ruling["decided"] = told["decided"].date().isoformat()
    wanted = {"record": told["record"], "ruling": ruling, "dryRun": told["dry_run"]}
    order = _run(told, "enter_ruling", wanted)
    if told["as_json"]:
        show_json(order)
        return
    partners = ", ".join(map(visible, order["partners"])) or "nobody"
    if order["dryRun"]:
        click.echo(f"{visible(order['record'])}: nothing is entered; {partners} would be told")
    else:
        click.echo(f"{visible(order['record'])}: version {order['version']}; {partners} will be told")


@provenance.command(
    epilog="""\b
Examples:
  entente provenance findings --node http://127.0.0.1:8401 --as fr-liaison-1
  entente provenance findings --json --node http://127.0.0.1:8401 --as fr-liaison-1
"""
)
@at_node
def findings(**told: Any) -> None:
    """List what was entered of own records; role liaison. What partners found lies in `entente inbox`."""
    found: Sequence[Mapping[str, Any]] = _run(told, "evidence_rulings", {})
    if told["as_json"]:
        show_json(found)
        return
    table = Table(*_COLUMNS)
    for each in found:
        table.add_row(*(visible(str(each[name])) for name in _COLUMNS))
    Console().print(table)


def _run(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> Any:
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        return client.run(document, variables)
