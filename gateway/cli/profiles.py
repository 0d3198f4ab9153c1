"""Commands on chemical profiles: ask whom they resemble, see one, learn what scores mean."""

import asyncio
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from gateway.calibrating import Learning, learn, learnt
from gateway.cli.client import NodeClient
from gateway.cli.options import language_option
from gateway.cli.people import at_node, mandate_of, mandate_options
from gateway.cli.show import show_json
from gateway.home import Home
from gateway.visible import visible
from tenants.profiles.calibration import Calibration
from tenants.profiles.plot import overlaid
from tenants.profiles.scoring import SCALE, Measure, Treatment

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
HOME = click.Path(exists=True, file_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)
SHOWN = 5


@click.group(
    epilog="""\b
Examples:
  entente profiles match fr.ofast/fr-cp-1 --case FR-2026-0418
  entente profiles show fr.ofast/fr-cp-1 --case FR-2026-0418
  entente profiles calibrate ./node reference.csv --mapping lab.yaml --label sample
  entente load ./node results.csv --mapping deploy/mappings/laboratory-profiles.yaml
"""
)
def profiles() -> None:
    """Compare chemical profiles of drugs with those of every node; learn what a score has meant."""


@profiles.command(
    epilog="""\b
Examples:
  entente profiles match fr.ofast/fr-cp-1 --case FR-2026-0418
  entente profiles match fr.ofast/fr-cp-1 --case FR-2026-0418 --language sv --svg overlay.svg
  entente profiles match fr.ofast/fr-cp-1 --mandate m-1 --json
"""
)
@click.argument("handle")
@language_option
@click.option("--ask", "nodes", multiple=True, help="Only this node; repeatable.")
@click.option("--svg", type=OUT, help="Where the best match is drawn, both profiles overlaid.")
@at_node
@mandate_options
def match(**told: Any) -> None:
    """Ask every node which of its profiles support a common source with the record HANDLE.

    Methods are never mixed. A match says how often pairs of known source scored so, never "same source".
    """
    found = _asked(told)
    if told["svg"] is not None:
        drawn = next((each for each in found["matches"] if each["compounds"]), None)
        if drawn is None:
            raise click.ClickException("nothing to draw: no match shows its compounds")
        title = f"{drawn['score']:.3f}: {found['asked']['handle']} | {drawn['handle']}"
        told["svg"].write_text(
            overlaid(drawn["compounds"], told["handle"], drawn["handle"], title), encoding="utf-8"
        )
    if told["as_json"]:
        show_json(found)
        return
    console = Console()
    _show_matches(found, console)
    for each in found["nodes"]:
        status = each["status"]
        count = f", {status['contact']['count']} to ask about" if status["contact"] else ""
        why = f": {visible(each['meaning'])}" if each["meaning"] else ""
        reasons = f" {' '.join(status['reasons'])}" if status["reasons"] else ""
        console.print(f"{status['node']}: {status['status']}{reasons}{count}{escape(why)}", highlight=False)
    console.print(escape(found["cannotSay"]), style="italic")


def _show_matches(found: Any, console: Console) -> None:
    table = Table(
        Column("profile", overflow="fold"),
        "score",
        "what it has meant",
        "laboratory",
        "days apart",
        "what differs most",
    )
    for each in found["matches"]:
        score = f"{each['score']:.4f}" if each["exact"] else f"{each['score']:.2f} or more"
        differing = [
            f"{part['compound']} ({part['left']['share']:.1%} | {part['right']['share']:.1%})"
            for part in each["compounds"][:SHOWN]
            if part["differs"] is not False
        ]
        days = "not told" if each["ageDays"] is None else str(each["ageDays"])
        cells = (each["handle"], score, each["meaning"], each["laboratory"], days, "\n".join(differing))
        table.add_row(*(escape("\n".join(map(visible, cell.split("\n")))) for cell in cells))
    console.print(table if found["matches"] else "nothing supports a common source", highlight=False)


def _asked(told: Any) -> Any:
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        wanted = {
            "handle": told["handle"],
            "language": told["language"],
            "nodes": list(told["nodes"]) or None,
        }
        return client.run("match_profile", wanted | {"mandate": mandate_of(client, told)})


@profiles.command(
    epilog="""\b
Examples:
  entente profiles show fr.ofast/fr-cp-1 --case FR-2026-0418
  entente profiles show fr.ofast/fr-cp-1 --case FR-2026-0418 --json
"""
)
@click.argument("handle")
@at_node
@mandate_options
def show(**told: Any) -> None:
    """Show the profile of the record HANDLE, compound by compound, as its node shows it."""
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        picture = client.run("entity", {"handle": told["handle"], "mandate": mandate_of(client, told)})
    record = next((each["record"] for each in picture["claims"] if each["handle"] == told["handle"]), None)
    if record is None:
        raise click.ClickException(f"{told['handle']}: its node does not show it")
    if told["as_json"]:
        show_json(record)
        return
    console = Console()
    for each in record["properties"]:
        values = each["values"] if each["name"] == "compounds" else [", ".join(each["values"])]
        console.print(f"[bold]{escape(each['name'])}[/bold]", highlight=False)
        for value in values:
            console.print(f"  {escape(visible(value))}", highlight=False)


@profiles.command(
    epilog="""\b
Examples:
  entente profiles calibrate ./node reference.csv --mapping lab.yaml --label sample
  entente profiles calibrate ./node reference.jsonl --label sample --false-positives 0.001 --measure cosine
"""
)
@click.argument("home", type=HOME)
@click.argument("source", type=FILE)
@click.option("--mapping", type=FILE, help="How the rows of SOURCE become records; else they are JSON lines.")
@click.option("--label", default="sample", show_default=True, help="Property that names the known source.")
@click.option(
    "--treatment", type=click.Choice([each.value for each in Treatment], case_sensitive=False),
    default=Treatment.FOURTH_ROOT.value, show_default=True, help="What is done to each share.",
)  # fmt: skip
@click.option(
    "--measure", type=click.Choice([each.value for each in Measure], case_sensitive=False),
    default=Measure.PEARSON.value, show_default=True,
)  # fmt: skip
@click.option(
    "--false-positives", "target", type=click.FloatRange(0.0001, 0.2), default=0.01, show_default=True,
    help="Share of pairs of two sources that may reach the threshold, at the upper bound.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def calibrate(home: Path, source: Path, *, as_json: bool, **told: Any) -> None:
    """Learn what a method's scores mean from SOURCE, whose profiles are of known sources, for the node HOME.

    Every two profiles are a pair, of one source or of two. Too few pairs, mixed methods or one bad row refuse
    all of it. It takes the place of what was learnt for this version of the method before.
    """
    treatment, measure = Treatment(told["treatment"]), Measure(told["measure"])
    learning = Learning(source, told["mapping"], told["label"], told["target"], treatment, measure)
    found = asyncio.run(learn(Home(home), learning))
    if as_json:
        show_json(_described(found))
    else:
        click.echo(_line(found))


@profiles.command(
    epilog="\b\nExamples:\n  entente profiles methods ./node\n  entente profiles methods ./node --json"
)
@click.argument("home", type=HOME)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def methods(home: Path, *, as_json: bool) -> None:
    """List the methods that the node at HOME compares by, with what their scores have meant."""
    found = asyncio.run(learnt(Home(home)))
    if as_json:
        show_json({"methods": [_described(each) for each in found]})
        return
    for each in found:
        click.echo(_line(each))


def _line(found: Calibration) -> str:
    false, true = found.false_positive(found.threshold), found.true_positive(found.threshold)
    return (
        f"{found.method}/{found.version}: {len(found.compounds)} compounds, {found.treatment}, "
        f"{found.measure}; from {found.threshold / SCALE:.3f} on {false.count} of {false.of} pairs of two "
        f"sources (at most {false.bounds[1]:.3%}) and {true.count} of {true.of} pairs of one"
    )


def _described(found: Calibration) -> dict[str, Any]:
    false, true = found.false_positive(found.threshold), found.true_positive(found.threshold)
    return {
        "method": found.method,
        "version": found.version,
        "quantity": found.quantity.value,
        "compounds": list(found.compounds),
        "treatment": found.treatment.value,
        "measure": found.measure.value,
        "threshold": found.threshold / SCALE,
        "falsePositives": [false.count, false.of, *false.bounds],
        "truePositives": [true.count, true.of, *true.bounds],
    }
