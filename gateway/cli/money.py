"""Commands on money: check an address, ask for owners, for paths from goods to money, for odd prices."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from gateway.cli.client import NodeClient
from gateway.cli.options import groups_of, language_option, same_option
from gateway.cli.people import at_node, mandate_of, mandate_options
from gateway.cli.show import show_json
from gateway.home import Home
from gateway.money_shown import address_shown
from gateway.prices import table_rows
from gateway.pricing import keep
from gateway.visible import visible
from sharing.money.reference import COLUMNS, ReferenceRefused
from sharing.wording import Language

"""Bytes."""


@click.group(
    epilog="""\b
Examples:
  entente money check TGbBe3RfzDeq6YFuMCFRZJ5N9tBvWrCfou --currency USDT
  entente money ownership eu.europol/eu-mo-2 --case FR-2026-0418
  entente money joined "XQZU 522017 3" TEM9RwgvMDsz32pJpsg4HfHUKYpECdCS6F --case FR-2026-0418
  entente money anomalies se.polisen/se-ms-1 --reference prices.csv --case FR-2026-0418
  entente money prices ./node prices.csv
  entente load ./node payments.csv --mapping deploy/mappings/bank-payments.yaml
"""
)
def money() -> None:
    """Follow money over all nodes: owners, paths from goods to money, odd prices; check an address."""


@money.command(
    epilog="""\b
Examples:
  entente money check TGbBe3RfzDeq6YFuMCFRZJ5N9tBvWrCfou --currency USDT
  entente money check VfAVUw16wFJQyKNvG5fx3hZPb5ywjb3bEtkk1k6Q73t --currency SOL --language fr
  entente money check bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4 --json
"""
)
@click.argument("address")
@click.option("--currency", help="A code such as BTC; says on which chain the address must lie.")
@language_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def check(address: str, currency: str | None, language: str, *, as_json: bool) -> None:
    """Say whether the wallet ADDRESS checks, and of which chain it is. No node is asked."""
    found = address_shown(address, currency, Language(language))
    if as_json:
        show_json(found)
        return
    chain = f" ({found['chain']})" if found["chain"] else ""
    click.echo(f"{visible(found['normal'] or address)}{chain}: {found['sentence']}")
    if found["reason"]:
        click.echo(visible(found["reason"]))


@money.command(
    epilog="""\b
Examples:
  entente money ownership eu.europol/eu-mo-2 --case FR-2026-0418
  entente money ownership fr.ofast/fr-mo-2 --down --depth 3 --case FR-2026-0418
  entente money ownership eu.europol/eu-mo-2 --day 2025-12-31 --case FR-2026-0418 --language sv --json
"""
)
@click.argument("handle")
@click.option("--down", is_flag=True, help="What it owns, instead of who owns it.")
@click.option("--depth", type=click.IntRange(1, 8), default=6, show_default=True, help="The longest chain.")
@click.option("--day", default="", help="YYYY-MM-DD; stakes that were not held then are left out. Today.")
@same_option
@language_option
@at_node
@mandate_options
def ownership(**told: Any) -> None:
    """Show who owns the record HANDLE, at all nodes, as chains with their shares."""
    wanted = {"handle": told["handle"], "way": "OWNED" if told["down"] else "OWNERS"}
    found = _run(told, "money_ownership", wanted | {"depth": told["depth"], "day": told["day"]})
    if told["as_json"]:
        return
    console = Console(highlight=False)
    for number, each in enumerate(found["chains"], 1):
        _line(console, f"chain {number}: {each['share']} ({each['end']})")
        for holding in each["holdings"]:
            _line(console, f"  {holding['sentence']}")
            _line(console, f"    {_by(holding)}")
        _line(console, f"  {each['endSentence']}")
    for each in found["totals"]:
        _line(console, f"all chains: {each['caption']}: {each['share']}")
    for each in found["taken"]:
        numbers = ", ".join(each["registrations"])
        _line(console, f"taken as one by number {numbers}: {', '.join(each['handles'])}")
    _end(console, found, "no owner was shown" if not found["chains"] else "")


@money.command(
    epilog="""\b
Examples:
  entente money joined "XQZU 522017 3" TEM9RwgvMDsz32pJpsg4HfHUKYpECdCS6F --case FR-2026-0418
  entente money joined fr.ofast/fr-tc-1 eu.europol/eu-mw-1 --case FR-2026-0418 --language sv
  entente money joined fr.ofast/fr-tc-1 eu.europol/eu-mp-1 --mandate m-1 --json
"""
)
@click.argument("start")
@click.argument("end")
@same_option
@language_option
@at_node
@mandate_options
def joined(**told: Any) -> None:
    """Show the shortest paths that join goods and money, from START to END, over all nodes.

    Either is a record's handle, or an identifier that all nodes are asked for: a container's code, an IBAN, a
    wallet's address.
    """
    found = _run(told, "money_joined", {"start": told["start"], "end": told["end"]})
    if told["as_json"]:
        return
    console = Console(highlight=False)
    for number, path in enumerate(found["paths"], 1):
        joins = "goods and money" if path["joins"] else "not both goods and money"
        _line(console, f"path {number}, {len(path['steps'])} steps, {joins}")
        for step in path["steps"]:
            for sentence in step["sentences"]:
                _line(console, f"  [{step['flowSaid']}] {sentence}")
            _line(console, f"    {_by(step)}")
            if step["verification"]:
                _line(console, f"    {step['towards']}: {step['verification']}")
    _end(console, found, "no path was found" if not found["paths"] else "")


@money.command(
    epilog="""\b
Examples:
  entente money anomalies se.polisen/se-ms-1 --reference prices.csv --case FR-2026-0418
  entente money anomalies fr.ofast/fr-mo-1 --outside 3 --case FR-7 --json
"""
)
@click.argument("handles", nargs=-1, required=True)
@click.option(
    "--reference", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"CSV with the columns {', '.join(COLUMNS)}; semicolons or commas. Without it: the node's own.",
)  # fmt: skip
@click.option(
    "--outside", type=click.FloatRange(0.1, 2.9), default=1.5, show_default=True,
    help="Interquartile ranges of the logarithms beyond the quartiles.",
)  # fmt: skip
@language_option
@at_node
@mandate_options
def anomalies(**told: Any) -> None:
    """Show which shipments among and around HANDLES have an odd price or weight, beside a reference."""
    wanted = {"handles": list(told["handles"]), "outside": told["outside"]}
    if told["reference"] is not None:
        wanted["reference"] = reference_rows(told["reference"])
    found = _run(told, "money_anomalies", wanted)
    if told["as_json"]:
        return
    console = Console(highlight=False)
    for each in found["anomalies"]:
        _line(console, f"{each['handle']} {each['measure']} {each['side']}{' FAR' if each['far'] else ''}")
        _line(console, f"  {each['sentence']}")
        _line(console, f"  {_by(each)}")
    for each in found["notCompared"]:
        _line(console, f"{each['handle']} {each['measure']}: not compared, {each['sentence']}")
    _line(console, f"{found['compared']} shipments compared. {found['referenceSays']}")
    _end(console, found, "")


@money.command(
    epilog="""\b
Examples:
  entente money prices ./node prices.csv
"""
)
@click.argument("home", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def prices(home: Path, source: Path, *, as_json: bool) -> None:
    """Keep SOURCE at the node HOME as its reference for prices and weights, for questions that name none.

    It takes the place of what was kept; one bad row refuses all of it. The log says which file it was.
    """
    try:
        kept = asyncio.run(keep(Home(home), source))
    except ReferenceRefused as error:
        raise click.ClickException(str(error)) from error
    told = {"rows": len(kept.rows), "sources": list(kept.sources), "digest": kept.digest}
    if as_json:
        show_json(told)
    else:
        click.echo(visible(f"{len(kept.rows)} rows kept; source: {', '.join(kept.sources)}; {kept.digest}"))


def reference_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a reference as its file tells them; `click.ClickException` for what is no such table."""
    try:
        return table_rows(path)
    except ReferenceRefused as error:
        raise click.ClickException(str(error)) from error


def _run(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> Any:
    """What the node gives; printed at once as JSON where that is wanted."""
    wanted = {**variables, "language": told["language"]}
    if "same" in told:
        wanted["same"] = groups_of(told)
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        found = client.run(document, wanted | {"mandate": mandate_of(client, told)})
    if told["as_json"]:
        show_json(found)
    return found


def _by(said: Mapping[str, Any]) -> str:
    """Whose records say so, under which handling, and of when they are."""
    parts: Sequence[Sequence[str]] = (said["owners"], said["handles"], said["handling"], said["dates"])
    return "; ".join(", ".join(part) for part in parts if part)


def _line(console: Console, text: str) -> None:
    console.print(escape(visible(text)))


def _end(console: Console, found: Mapping[str, Any], nothing: str) -> None:
    """What the method assumes and cannot say, and how every node answered."""
    if nothing:
        console.print(nothing)
    for each in found["nodes"]:
        _line(console, " ".join([f"{each['node']}: {each['status']}", *each["reasons"]]))
    _line(console, f"{found['completeness']} {found['questions']} questions, {found['stopped']}")
    console.print(escape(found["assumes"]), style="dim")
    console.print(escape(found["cannotSay"]), style="italic")
