"""Commands on vessels: read a number, ask for its history over all nodes, write its tracks for a map."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.cli.client import NodeClient
from gateway.cli.options import language_option
from gateway.cli.people import at_node, mandate_of, mandate_options
from gateway.cli.show import show_json
from gateway.vessels_shown import numbers_shown
from gateway.visible import visible
from policy.handling import DataUse
from sharing.wording import Language

_USES = click.Choice([each.value.lower() for each in DataUse])
_AREAS = click.option(
    "--area", "areas", multiple=True, metavar="HANDLE", help="A drop-off area to look at as well; repeatable."
)
DAY, MINUTES = 10, 16
"""Characters of a time up to its day, and up to its minutes."""


@click.group(
    epilog="""\b
Examples:
  entente vessels history 2004191 --case FR-2026-0418
  entente vessels check 265041800 --flag se --call-sign SFPQ
  entente load ./node events.csv --mapping deploy/mappings/ais-events.yaml --dataset terminals
"""
)
def vessels() -> None:
    """Ask all nodes who lists a vessel and what was seen of it; check a number; write tracks for a map."""


@vessels.command(
    epilog="""\b
Examples:
  entente vessels check "IMO 2004191"
  entente vessels check 265041800 --flag pa --call-sign 3EXX9 --language fr
  entente vessels check 2004190 --json
"""
)
@click.argument("number")
@click.option("--flag", help="A flag (ISO 3166 alpha-2) to be held against an MMSI.")
@click.option("--call-sign", help="A call sign, to see whether it has the form of one.")
@language_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def check(number: str, flag: str | None, call_sign: str | None, language: str, *, as_json: bool) -> None:
    """Say whether NUMBER checks as an IMO number or an MMSI, and whose it is. No node is asked."""
    found = numbers_shown(number, flag, call_sign, Language(language))
    if as_json:
        show_json(found)
        return
    kind = found["kind"].upper() if found["kind"] else "neither IMO nor MMSI"
    click.echo(f"{visible(found['number'])}: {'checks' if found['checks'] else 'does not check'} ({kind})")
    if found["checkDigit"]:
        click.echo(f"as an IMO number its last digit would be {found['checkDigit']}")
    if found["station"]:
        whose = ", ".join(found["countries"]).upper() or "of no country"
        click.echo(f"{found['stationSays']} ({found['station']}): {whose}")
    if found["flagFits"] is not None:
        click.echo(f"flag {str(flag).upper()}: {'fits' if found['flagFits'] else 'is of another country'}")
    if call_sign:
        told = found["callSign"] or "has no form of one"
        whose = ", ".join(found["callSignCountries"]).upper() or "not known whose"
        fits = {None: "", True: "; the flag fits", False: "; the flag is of another country"}
        of = f", {whose}{fits[found['callSignFits']]}" if found["callSign"] else ""
        click.echo(f"call sign {visible(call_sign)}: {told}{of}")


@vessels.command(
    epilog="""\b
Examples:
  entente vessels history 2004191 --case FR-2026-0418
  entente vessels history 200041911 --case FR-2026-0418 --area se.polisen/se-vda-1 --language sv
  entente vessels history 2004191 --case FR-2026-0418 --max-knots 35 --days 3
  entente vessels history "IMO 2004191" --mandate m-1 --json
"""
)
@click.argument("number")
@_AREAS
@click.option(
    "--max-knots", type=click.FloatRange(5, 200), default=50, show_default=True,
    help="Knots along the great circle; nothing is faster.",
)  # fmt: skip
@click.option(
    "--days",
    type=click.IntRange(1, 60),
    default=7,
    show_default=True,
    help="Two signs are at most so far apart.",
)
@language_option
@at_node
@mandate_options
def history(**told: Any) -> None:
    """Show who lists the vessel NUMBER (IMO or MMSI), its names, what was seen of it, and what signals."""
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        found = _history(client, told, mandate_of(client, told))
    if told["as_json"]:
        show_json(found)
        return
    console = Console(highlight=False)
    _entries(found["entries"], console)
    _events(found["events"], console)
    for each in found["tracks"]:
        when = f"{_minute(each['first'])} to {_minute(each['last'])}"
        said = f"{each['handle']}: {each['points']} positions {when}, {_codes(each)}"
        console.print(escape(visible(said)))
    for each in found["findings"]:
        _finding(each, console)
    if not found["findings"]:
        console.print("no signal and no contradiction among what was shown")
    for handle in found["loneGaps"]:
        console.print(escape(f"{visible(handle)}: {found['loneGapsSay']}"))
    for each in found["nodes"]:
        contact = f", {each['contact']['count']} to ask about" if each["contact"] else ""
        console.print(escape(" ".join([f"{each['node']}: {each['status']}", *each["reasons"]]) + contact))
    console.print(f"{escape(found['completeness'])} {found['questions']} questions, {found['stopped']}")
    console.print(escape(found["cannotSay"]), style="italic")


@vessels.command(
    epilog="""\b
Examples:
  entente vessels tracks 2004191 --case FR-2026-0418 --use internal --out estrela
  entente vessels tracks 200041911 --case FR-2026-0418 --use judicial --out hearing --acknowledge sha256:…
"""
)
@click.argument("number")
@_AREAS
@click.option("--use", type=_USES, required=True, help="What the file is for.")
@click.option("--acknowledge", default="", help="The digest of handling texts that you have read.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Writes OUT.geojson."
)
@at_node
@mandate_options
def tracks(**told: Any) -> None:
    """Write tracks, events and areas of the vessel NUMBER as GeoJSON (RFC 7946), through the export.

    Every record is asked for anew, held to its handling codes for the use, and logged; what may not leave is
    named.
    """
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        mandate = mandate_of(client, told)
        shown = _history(client, {**told, "max_knots": 50, "days": 7, "language": "en"}, mandate)
        handles = [each["handle"] for each in (*shown["tracks"], *shown["events"])] + shown["areas"]
        if not handles:
            raise click.ClickException(f"{told['number']}: no track, event or area was shown")
        wanted = {"handles": handles, "use": told["use"].upper(), "acknowledged": told["acknowledge"]}
        wanted |= {"to": [], "persons": [], "formats": ["GEOJSON"], "requestReason": "", "mandate": mandate}
        given = client.run("export_picture", {"wanted": wanted})
    (file,) = given["files"]
    out = told["out"].with_name(f"{told['out'].name}{file['ending']}")
    out.write_bytes(file.pop("content").encode())
    if told["as_json"]:
        show_json({name: given[name] for name in ("id", "digest", "records", "missing", "texts", "files")})
        return
    mark = given["highWater"]
    codes = f"{' '.join(mark['handling'])} {mark['evaluation']} TLP:{mark['tlp']}" if mark else "nothing"
    click.echo(f"{out}: {given['records']} of {len(handles)} records, {codes}")
    for each in given["missing"]:
        click.echo(f"missing: {visible(each['handle'])}  {' '.join(each['codes'])}  {each['reason']}")
    for each in given["texts"]:
        click.echo(f"{visible(each['handle'])} says: {visible(each['text'])}")


def _history(client: NodeClient, told: Mapping[str, Any], mandate: str) -> Any:
    wanted = {name: told[name] for name in ("number", "days", "language")}
    wanted |= {"maxKnots": told["max_knots"], "areas": list(told["areas"]), "mandate": mandate}
    return client.run("vessel_history", wanted)


def _entries(entries: Sequence[Any], console: Console) -> None:
    table = Table("from", "to", "name", "flag", "call sign", "IMO, MMSI", "listed for", "codes", "record")
    for each in entries:
        numbers = ", ".join((*each["imos"], *each["mmsis"]))
        _row(
            table, _day(each["begin"], "earliest"), _day(each["end"], "latest"), each["name"],
            (each["flag"] or "").upper(), each["callSign"], numbers, each["reason"], _codes(each),
            each["handle"],
        )  # fmt: skip
    console.print(table if entries else "no entry was shown")


def _events(events: Sequence[Any], console: Console) -> None:
    table = Table("when (UTC)", "event", "sign", "by", "confidence", "codes", "record")
    for each in events:
        by = " ".join(filter(None, (each["provider"], each["method"], each["methodVersion"])))
        sure = "" if each["confidence"] is None else f"{each['confidence']:g}"
        when = _minute(each["begin"] and each["begin"]["earliest"])
        counts = "yes" if each["counts"] else "no"
        _row(table, when, each["event"], counts, by, sure, _codes(each), each["handle"])
    if events:
        console.print(table)


def _row(table: Table, *cells: str | None) -> None:
    table.add_row(*(escape(visible(cell or "")) for cell in cells))


def _codes(line: Any) -> str:
    return " ".join(
        filter(None, (*line["handling"], f"{line['source']}{line['information']}", f"TLP:{line['tlp']}"))
    )


def _day(time: Any, name: str) -> str:
    return time[name][:DAY] if time else ""


def _minute(time: str | None) -> str:
    return time[:MINUTES].replace("T", " ") if time else "not told"


def _finding(finding: Any, console: Console) -> None:
    console.print(f"[bold]{finding['rule']}[/bold] {escape(visible(finding['sentence']))}")
    for side in (finding["left"], finding["right"]):
        console.print(escape(visible(f"  {_joined(side['owners'])}: {_joined(side['handles'])}")))
    console.print(escape(f"  {finding['assumes']}"), style="dim")
    console.print(escape(f"  {finding['cannotSay']}"), style="dim")


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(parts)
