"""Commands on containers: read a code, ask for its history over all nodes."""

from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.cli.client import NodeClient
from gateway.cli.options import language_option
from gateway.cli.people import at_node, mandate_of, mandate_options
from gateway.cli.show import show_json
from gateway.containers_shown import code_shown
from gateway.visible import visible
from sharing.wording import Language

MINUTES = 16
"""Characters of a time up to its minutes."""


@click.group(
    epilog="""\b
Examples:
  entente containers history "XQZU 418026-6" --case FR-2026-0418
  entente containers check "XQZU 418O26-6"
  entente load ./node gates.csv --mapping deploy/mappings/terminal-movements.yaml
"""
)
def containers() -> None:
    """Ask all nodes where a container was seen, and what contradicts itself; check a container code."""


@containers.command(
    epilog="""\b
Examples:
  entente containers check "XQZU 418O26-6"
  entente containers check XQZU4180266 --size-type 45R1 --language fr
  entente containers check XQZU4180266 --json
"""
)
@click.argument("code")
@click.option("--size-type", help="A size and type code, such as 45R1, to be said in words.")
@language_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def check(code: str, size_type: str | None, language: str, *, as_json: bool) -> None:
    """Say whether CODE checks by ISO 6346, and which one slip may have made it. No node is asked."""
    found = code_shown(code, size_type, Language(language))
    if as_json:
        show_json(found)
        return
    click.echo(f"{visible(found['code'])}: {'checks' if found['checks'] else 'does not check'} (ISO 6346)")
    if found["sizeType"]:
        click.echo(found["sizeType"])
    for each in found["suggestions"]:
        click.echo(f"perhaps {each['code']}: {each['reason']} ({each['slip']})")


@containers.command(
    epilog="""\b
Examples:
  entente containers history "XQZU 418026-6" --case FR-2026-0418
  entente containers history XQZU4180266 --case FR-2026-0418 --max-speed 90 --language sv
  entente containers history XQZU4180266 --mandate m-1 --json
"""
)
@click.argument("code")
@click.option(
    "--max-speed", type=click.FloatRange(20, 1000), default=120, show_default=True,
    help="Kilometres an hour along the great circle; nothing is faster.",
)  # fmt: skip
@language_option
@at_node
@mandate_options
def history(**told: Any) -> None:
    """Show where the container CODE was seen, at all nodes, and which records contradict each other."""
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        wanted = {"code": told["code"], "maxSpeed": told["max_speed"], "language": told["language"]}
        found = client.run("container_history", wanted | {"mandate": mandate_of(client, told)})
    if told["as_json"]:
        show_json(found)
        return
    console = Console(highlight=False)
    _timeline(found["movements"], console)
    for each in found["findings"]:
        _finding(each, console)
    if not found["findings"]:
        console.print("no contradiction among what was shown")
    for handle in found["notSeenMoving"]:
        console.print(f"{escape(visible(handle))}: declared, and no movement at its ports was shown")
    for handle in found["notCompared"]:
        console.print(f"{escape(visible(handle))}: time or place not known, not compared")
    for each in found["nodes"]:
        contact = f", {each['contact']['count']} to ask about" if each["contact"] else ""
        console.print(escape(" ".join([f"{each['node']}: {each['status']}", *each["reasons"]]) + contact))
    console.print(f"{escape(found['completeness'])} {found['questions']} questions, {found['stopped']}")
    console.print(escape(found["cannotSay"]), style="italic")


def _timeline(movements: Sequence[Any], console: Console) -> None:
    table = Table("when (UTC)", "where", "what", "seal", "type", "pick-up, account, haulier", "record")
    for each in movements:
        place = " ".join(filter(None, (each["unlocode"], each["place"])))
        used = ", ".join(filter(None, (each["pickupReference"], each["account"], each["haulier"])))
        cells = (
            _when(each), place, each["movement"], each["seal"] or "", each["sizeType"] or "", used,
            each["handle"],
        )  # fmt: skip
        table.add_row(*(escape(visible(cell)) for cell in cells))
    console.print(table if movements else "no movement was shown")


def _when(movement: Any) -> str:
    """The time, or the two between which it lies; of a stay its beginning and its end."""
    begin, end = movement["begin"], movement["end"]
    if begin is None:
        return "not told"
    return _within(begin) if end == begin else f"{_within(begin)} to {_within(end)}"


def _within(time: Any) -> str:
    first, last = (time[name][:MINUTES].replace("T", " ") for name in ("earliest", "latest"))
    return first if first == last else f"{first} .. {last}"


def _finding(finding: Any, console: Console) -> None:
    console.print(f"[bold]{finding['rule']}[/bold] {escape(visible(finding['sentence']))}")
    for side in (finding["left"], finding["right"]):
        console.print(escape(visible(f"  {', '.join(side['owners'])}: {', '.join(side['handles'])}")))
    console.print(escape(f"  {finding['assumes']}"), style="dim")
    console.print(escape(f"  {finding['cannotSay']}"), style="dim")
