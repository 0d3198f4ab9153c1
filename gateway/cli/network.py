"""The commands of analysts who look at a network over all nodes: expand, common, path, measure."""

from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.cli.client import NodeClient
from gateway.cli.options import groups_of, language_option, same_option
from gateway.cli.people import at_node, mandate_of, mandate_options
from gateway.cli.show import show_json
from gateway.visible import visible


@click.group(
    epilog="""\b
Examples:
  entente network expand fr.ofast/fr-p-3 --case FR-2026-0418
  entente network common fr.ofast/fr-p-3 se.polisen/se-p-1 --case FR-2026-0418
  entente network path fr.ofast/fr-p-3 se.polisen/se-p-1 --case FR-2026-0418 --language sv
  entente network measure fr.ofast/fr-p-3 fr.ofast/fr-p-4 --case FR-2026-0418 --json
"""
)
def network() -> None:
    """Look at who is linked with whom over all nodes; each hop is a question under your mandate."""


@network.command(
    epilog="""\b
Examples:
  entente network expand fr.ofast/fr-p-3 --case FR-2026-0418
  entente network expand fr.ofast/fr-p-3 --same fr.ofast/fr-p-3,se.polisen/se-p-1 --case FR-7
"""
)
@click.argument("handles", nargs=-1, required=True)
@same_option
@language_option
@at_node
@mandate_options
def expand(**told: Any) -> None:
    """Show what lies around the records HANDLES at their nodes, counted first."""
    found = _run(told, "network", {"handles": list(told["handles"])})
    if not told["as_json"]:
        _say([tie["sentence"] for tie in found["ties"]], found)


@network.command(
    epilog="\b\nExamples:\n  entente network common fr.ofast/fr-p-3 se.polisen/se-p-1 --case FR-2026-0418"
)
@click.argument("one")
@click.argument("other")
@same_option
@language_option
@at_node
@mandate_options
def common(**told: Any) -> None:
    """Show what the records ONE and OTHER both have a tie with, at any node."""
    found = _run(told, "common_neighbours", {"one": told["one"], "other": told["other"]})
    if not told["as_json"]:
        shared = set(found["members"])
        _say([tie["sentence"] for tie in found["ties"] if shared & {tie["source"], tie["target"]}], found)


@network.command(
    epilog="\b\nExamples:\n  entente network path fr.ofast/fr-p-3 se.polisen/se-p-1 --case FR-2026-0418"
)
@click.argument("start")
@click.argument("end")
@click.option("--hops", type=click.IntRange(1, 6), default=6, show_default=True, help="The longest path.")
@same_option
@language_option
@at_node
@mandate_options
def path(**told: Any) -> None:
    """Show the shortest paths from the record START to the record END, over all nodes."""
    ends = {"start": told["start"], "end": told["end"], "mostHops": told["hops"]}
    found = _run(told, "network_paths", ends)
    if not told["as_json"]:
        lines = []
        for number, steps in enumerate(found["paths"], 1):
            lines.append(f"path {number}, {len(steps)} steps")
            lines += [f"  {sentence}" for step in steps for sentence in step["sentences"]]
        _say(lines or ["no path was found"], found)


@network.command(
    epilog="\b\nExamples:\n  entente network measure fr.ofast/fr-p-3 fr.ofast/fr-p-4 --case FR-7 --json"
)
@click.argument("handles", nargs=-1, required=True)
@same_option
@language_option
@at_node
@mandate_options
def measure(**told: Any) -> None:
    """Measure the network around the records HANDLES: degree, betweenness, closeness, groups, key players."""
    found = _run(told, "network", {"handles": list(told["handles"]), "measure": True})
    if told["as_json"]:
        return
    table = Table("record", "degree", "betweenness", "closeness", "group")
    measures = found["measures"]
    for each in sorted(measures["vertices"], key=lambda one: (-one["betweenness"], one["place"])):
        cells = (
            each["degree"],
            f"{each['betweenness']:.3f}",
            f"{each['closeness']:.3f}",
            each["community"] + 1,
        )
        table.add_row(escape(visible(found["vertices"][each["place"]]["caption"])), *map(str, cells))
    Console().print(table)
    _say([each["sentence"] for each in measures["keyPlayers"]], found)


def _run(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> Any:
    """What the node gives; printed at once as JSON where that is wanted."""
    same = groups_of(told)
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        wanted = {**variables, "same": same, "language": told["language"]}
        found = client.run(document, wanted | {"mandate": mandate_of(client, told)})
    if told["as_json"]:
        show_json(found)
    return found


def _say(lines: Sequence[str], found: Mapping[str, Any]) -> None:
    """The sentences, then what was left out and how every node answered."""
    console = Console(highlight=False)
    for line in lines:
        console.print(escape(visible(line)))
    for handle in found["tooCommon"]:
        console.print(f"too common to look further: {escape(visible(handle))}")
    console.print(f"stopped: {found['stopped']}, {found['questions']} questions")
    for each in found["nodes"]:
        console.print(escape(" ".join([f"{each['node']}: {each['status']}", *each["reasons"]])))
