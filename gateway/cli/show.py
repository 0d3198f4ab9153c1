"""Answers on a terminal. Foreign text is data: controls and direction marks are made visible."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.visible import visible
from tenants.formats.port import Format

SHOWN_CLAIMS = 40
FORMATS = click.Choice([each.value.lower() for each in Format])
_STYLES = {"ANSWERED": "green", "NO_HIT": "cyan", "REFUSED": "yellow", "OVER_QUOTA": "yellow"}


def show_json(value: object) -> None:
    """One JSON document on standard output, for machines."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def show_picture(picture: Mapping[str, Any], title: str) -> None:
    """The answer as a person reads it: first one line per node asked, then the claims, then the proposals."""
    console = Console()
    console.print(_statuses(picture, title))
    for each in picture["nodes"]:
        if each.get("next"):
            console.print(escape(visible(f"more at {each['node']}: --after {each['next']}")), soft_wrap=True)
    if picture["claims"]:
        console.print(_claims(_in_order(picture)))
    for each in picture.get("ranked", ())[:SHOWN_CLAIMS]:
        console.print(escape(visible(_place(each))))
    if any(each["withheld"] for each in picture["claims"]):
        console.print("FIELD_MASKED: withheld by the node that answered, whether the record has it or not.")
    for each in picture["candidates"]:
        handles = ", ".join(escape(visible(handle)) for handle in each["handles"])
        console.print(f"perhaps the same, by {each['kind']} {escape(visible(each['normal']))}: {handles}")
    if not picture["complete"]:
        console.print("[yellow]The picture is not complete: not every node answered in full.[/yellow]")


def _statuses(picture: Mapping[str, Any], title: str) -> Table:
    table = Table(title=escape(title), title_justify="left")
    for name in ("node", "status", "records", "contact", "asked at", "reasons"):
        table.add_column(name)
    for each in picture["nodes"]:
        style = _STYLES.get(each["status"], "red")
        table.add_row(
            escape(each["node"]),
            f"[{style}]{escape(each['status'])}[/{style}]",
            str(each["count"]),
            escape(_contact(each["contact"])),
            escape(each["askedAt"]),
            escape(_why(each)),
        )
    return table


def _why(status: Mapping[str, Any]) -> str:
    renews = status.get("renewsAt")
    return " ".join(status["reasons"]) + (f", again from {in_words(renews)}" if renews else "")


def in_words(moment: str) -> str:
    """A time of the node's, to the minute and with its zone."""
    return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d %H:%M} (UTC)"


def _contact(contact: Mapping[str, Any] | None) -> str:
    if contact is None:
        return ""
    return visible(f"{contact['count']} at {contact['spoc']}, reference {contact['reference']}")


def withheld(masked: Sequence[Mapping[str, Any]]) -> str:
    """Masked names in words."""
    return ", ".join("all others" if each["name"] == "*" else str(each["name"]) for each in masked)


def _in_order(picture: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The claims of a search in the order of their rank, others as they come."""
    places = {each["handle"]: place for place, each in enumerate(picture.get("ranked", ()))}
    return sorted(picture["claims"], key=lambda each: places.get(each["handle"], len(places)))


def _place(place: Mapping[str, Any]) -> str:
    met = ", ".join(f"{each['asked']} = {each['held']} ({each['how']})" for each in place["why"])
    return f"{place['score'] / 10:.0f} %  {place['handle']}  {met or 'its names are not shown'}"


def _claims(claims: Sequence[Mapping[str, Any]]) -> Table:
    caption = f"{SHOWN_CLAIMS} of {len(claims)} shown" if len(claims) > SHOWN_CLAIMS else None
    table = Table(caption=caption)
    for name in ("handle", "schema", "caption", "handling", "eval", "tlp", "FIELD_MASKED"):
        table.add_column(name, overflow="fold")
    for each in claims[:SHOWN_CLAIMS]:
        record = each["record"]
        row = (
            each["handle"],
            record["schema"],
            record["caption"] or "-",
            " ".join(record["handling"]),
            f"{record['source']}{record['information']}",
            record["tlp"],
            withheld(each["withheld"]),
        )
        table.add_row(*(escape(visible(cell)) for cell in row))
    return table
