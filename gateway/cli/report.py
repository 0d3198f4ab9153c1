"""The commands of who reports: the monthly note of significant cases, a case report, a hand-over report."""

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.cli.client import NodeClient
from gateway.cli.options import language_option
from gateway.cli.people import at_node, justification, justification_options, mandate_of, mandate_options
from gateway.cli.show import show_json
from gateway.reports import Paper
from gateway.visible import visible
from policy.handling import DataUse

_PICTURE = "pic-"
_USES = click.Choice([each.value.lower() for each in DataUse])
_HANDLES = click.argument("handles", nargs=-1)
_PLACED = click.option("--picture", default="", help="A shared picture: all that was placed in it.")


def _out(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every report."""
    for option in (
        click.option("--person", "persons", multiple=True, help="An individual recipient (TLP RED)."),
        click.option("--acknowledge", default="", help="The digest shown with the texts that you have read."),
        click.option(
            "--format", "formats", multiple=True, default=(Paper.PDF.value.lower(),), show_default=True,
            type=click.Choice([each.value.lower() for each in Paper]), help="Repeatable.",
        ),
        click.option(
            "--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
            help="Writes OUT.json with the figures, and OUT.pdf, OUT.html, OUT.docx as wanted.",
        ),
        language_option,
        at_node,
    ):  # fmt: skip
        command = option(command)
    return command


def _for_use(command: Callable[..., None]) -> Callable[..., None]:
    command = click.option("--to", multiple=True, help="A unit, service or court that gets it; repeatable.")(
        command
    )
    return click.option("--use", type=_USES, default=DataUse.INTERNAL.value.lower(), show_default=True)(
        command
    )


@click.group(
    epilog="""\b
Examples:
  entente report note --period 2026-04 --of FR-2026-0418=pic-… --out april
  entente report case --picture pic-… --case FR-2026-0418 --format pdf --format docx --out case
  entente report handover --picture pic-… --case FR-2026-0418 --to se.polisen --language sv --out over
"""
)
def report() -> None:
    """Write what cases add up to, as HTML, PDF or DOCX; role analyst.

    Every record is fetched anew and held to its handling codes, as for an export; what is missing is named.
    Each figure says from which records it is, and how many of the nodes answered.
    """


@report.command(
    epilog="""\b
Examples:
  entente report note --period 2026-04 --of FR-2026-0418=pic-… --of SE-2026-7=pic-… --out april
  entente report note --period 2026-04 --of FR-7=fr.ofast/fr-sz-1,eu.europol/eu-sz-1 --format docx --out april
"""
)
@click.option("--period", required=True, help="The month, YYYY-MM.")
@click.option(
    "--of", "cases", multiple=True, required=True, metavar="CASE=PICTURE|HANDLE,HANDLE",
    help="A significant case: its reference, and its shared picture or records; repeatable.",
)  # fmt: skip
@_for_use
@justification_options
@_out
def note(**told: Any) -> None:
    """Write the note of a month: quantities per drug, arrests, goods and cash, per service and joint."""
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        cases = []
        for each in told["cases"]:
            case, equals, of = each.partition("=")
            if not (case and equals and of):
                raise click.UsageError(
                    f"--of {each!r}: is not of the form CASE=PICTURE or CASE=HANDLE,HANDLE"
                )
            mandate = client.run("open_mandate", {"mandate": justification({**told, "case": case})})["id"]
            source = {"picture": of} if of.startswith(_PICTURE) else {"handles": of.split(",")}
            cases.append({"mandate": mandate, **source})
        _made(client, told, "NOTE", cases)


@report.command(
    epilog="""\b
Examples:
  entente report case --picture pic-… --case FR-2026-0418 --out case
  entente report case fr.ofast/fr-sz-1 fr.ofast/fr-ct-1 --case FR-2026-0418 --format html --out case
"""
)
@_HANDLES
@_PLACED
@_for_use
@mandate_options
@_out
def case(**told: Any) -> None:
    """Write one case: figures, records, notes, a drawing of who and what is linked."""
    _one(told, "CASE")


@report.command(
    epilog="""\b
Examples:
  entente report handover --picture pic-… --case FR-2026-0418 --to se.polisen --language sv --out over
"""
)
@_HANDLES
@_PLACED
@click.option("--to", multiple=True, required=True, help="Who takes over; repeatable.")
@mandate_options
@_out
def handover(**told: Any) -> None:
    """Write one case for who takes it over, in their language; what records say stays as it is."""
    _one({**told, "use": DataUse.ONWARD.value}, "HANDOVER")


def _one(told: Mapping[str, Any], kind: str) -> None:
    if bool(told["handles"]) == bool(told["picture"]):
        raise click.UsageError("name records, or a picture")
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        source = {"handles": list(told["handles"]), "picture": told["picture"]}
        _made(client, told, kind, [{"mandate": mandate_of(client, told), **source}])


def _made(client: NodeClient, told: Mapping[str, Any], kind: str, cases: Sequence[Mapping[str, Any]]) -> None:
    wanted = {
        "kind": kind,
        "cases": cases,
        "use": told["use"].upper(),
        "to": list(told["to"]),
        "persons": list(told["persons"]),
        "acknowledged": told["acknowledge"],
        "country": told.get("country", "").upper(),
        "language": told["language"],
        "period": told.get("period", ""),
        "formats": [each.upper() for each in told["formats"]],
    }
    given = client.run("make_report", {"wanted": wanted})
    out: Path = told["out"]
    out.with_name(f"{out.name}.json").write_text(given.pop("content"), encoding="utf-8")
    for each in given["files"]:
        out.with_name(out.name + each["ending"]).write_bytes(b64decode(each.pop("content")))
    if told["as_json"]:
        show_json(given)
    else:
        _tell(given, out)


def _tell(given: Mapping[str, Any], out: Path) -> None:
    console, table = Console(highlight=False), Table("what", "how much", "service", "from")
    for each in given["figures"]:
        cells = (each["says"], each["amount"], each["service"] or "joint", ", ".join(each["handles"]))
        table.add_row(*(escape(visible(cell)) for cell in cells))
    if given["figures"]:
        console.print(table)
    lines = [given["completeness"]]
    lines += [f"counted once: {', '.join(each)}" for each in given["once"]]
    lines += [f"may be the same, counted twice: {', '.join(each)}" for each in given["maybeSame"]]
    lines += [f"in no figure: {each['handle']}  {each['why']}" for each in given["asides"]]
    lines += [
        f"missing: {each['handle']}  {' '.join(each['codes'])}  {each['reason']}" for each in given["missing"]
    ]
    lines += [f"{each['handle']} says: {each['text']}" for each in given["texts"]]
    if given["texts"]:
        lines.append(f"read the texts, then run again with --acknowledge {given['acknowledgement']}")
    mark = given["highWater"]
    codes = f"{' '.join(mark['handling'])} {mark['evaluation']} TLP:{mark['tlp']}" if mark else "nothing"
    lines.append(f"{out}.json and {', '.join(each['ending'] for each in given['files'])}: {codes}")
    for each in lines:
        console.print(escape(visible(each)), soft_wrap=True)
