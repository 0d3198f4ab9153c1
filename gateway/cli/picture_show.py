"""Shared pictures on a terminal. What others wrote is data: controls and direction marks are made visible."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.cli.show import show_json
from gateway.visible import visible

SHORT = 14
"""Characters of a pseudonym that are shown."""
MOST_THINGS = 15


def show_pictures(found: Sequence[Mapping[str, Any]]) -> None:
    """Pictures in a list."""
    for each in found:
        ends = f"closed {each['closedAt']}" if each["closedAt"] else f"until {each['until']}"
        click.echo(f"{each['id']}: {visible(each['title']) or '-'}, case {visible(each['case'])}, {ends}")
        people = ", ".join(_who(one) for one in each["members"])
        click.echo(f"  opened {each['openedAt']} by {_who(each['openedBy'])}; members: {people}")
        click.echo(f"  {each['records']} records, {each['texts']} texts")


def tell_added(made: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """What was added, and to whom it does not go."""
    if as_json:
        show_json(made if len(made) != 1 else made[0])
        return
    for each in made:
        click.echo(f"{each['id']}  {each['act']} {_marked(each['mark'])} at {each['at']}")
        for gap in each["notTold"]:
            click.echo(f"  not told to {gap['to']}: {gap['reason']}")


def show_view(view: Mapping[str, Any]) -> None:
    """A picture: things and records, then texts, then what is said to be the same."""
    show_pictures([view["picture"]])
    when = f"as of {view['asOf']}, " if view["asOf"] else ""
    click.echo(f"{when}marked {_marked(view['mark'])}")
    Console().print(_records(view))
    for text in view["texts"]:
        _text(text)
    for each in view["asserted"]:
        _assertion(each)
    for gap in view["missing"]:
        click.echo(f"not here: {gap['id']}  {gap['reason']}")
    if view["waiting"]:
        click.echo(f"{view['waiting']} contributions wait for others that are not here yet")
    if view["network"]:
        _network(view["network"])


def show_difference(found: Mapping[str, Any]) -> None:
    """Two moments."""
    click.echo(f"from {found['earlier']} to {found['later']}")
    for sign, name in (("+", "added"), ("-", "gone")):
        for each in found[name]:
            about = " ".join(map(visible, each["handles"]))
            click.echo(f"{sign} {each['act']} by {_who(each['author'])} at {each['at']}  {about}")
            if each["text"]:
                click.echo(f"    {visible(each['text'])}")


def _records(view: Mapping[str, Any]) -> Table:
    table = Table()
    for name in ("thing", "handle", "seen", "schema", "caption", "handling", "version", "last shown"):
        table.add_column(name, overflow="fold")
    place = {handle: number for number, group in enumerate(view["things"], 1) for handle in group["handles"]}
    for each in sorted(view["records"], key=lambda one: (place[one["handle"]], one["handle"])):
        record = each["claim"]["record"] if each["claim"] else {}
        cells = (
            str(place[each["handle"]]),
            each["handle"],
            f"{each['sight']} {each['reason'] or ''}".strip(),
            record.get("schema", ""),
            record.get("caption") or "",
            " ".join(each["handling"]),
            "" if each["version"] is None else str(each["version"]),
            each["lastShownAt"] or "never here",
        )
        table.add_row(*(escape(visible(cell)) for cell in cells))
    return table


def _text(text: Mapping[str, Any]) -> None:
    if len(text["versions"]) > 1:
        click.echo(f"{text['act']} in {len(text['versions'])} versions, written at the same time:")
    for each in text["versions"]:
        about = " ".join(map(visible, each["handles"]))
        click.echo(
            f"{each['act']} {each['assessment']} {_marked(each['mark'])} by {_who(each['author'])}"
            f" at {each['at']}  {about}\n  {each['id']}\n    {visible(each['text'])}"
        )
        _flags(each["flags"])


def _assertion(each: Mapping[str, Any]) -> None:
    said = each["said"]
    score = "" if each["score"] is None else f" {each['score']:.3f}"
    band = f" {visible(each['band'])}" if each["band"] else ""
    measured = "" if each["calibrated"] else " (uncalibrated)"
    here = "counts here" if each["counts"] else "does not count here"
    click.echo(
        f"{said['act']}{score}{band}{measured if score else ''}: {' '.join(map(visible, said['handles']))}"
        f" by {_who(said['author'])} at {said['at']}, {here}\n  {said['id']}"
        f"\n  accepted by {_names(each['accepted'])}; rejected by {_names(each['rejected'])}"
    )
    _flags(each["flags"])


def _flags(flags: Iterable[Mapping[str, Any]]) -> None:
    for flag in flags:
        click.echo(f"  ! rests on {visible(flag['handle'])}: {flag['reason']}")


def _network(network: Mapping[str, Any]) -> None:
    click.echo(f"network: {len(network['things'])} things, {len(network['ties'])} ties")
    for each in sorted(network["things"], key=lambda one: (-(one["degree"] or 0), one["handles"]))[
        :MOST_THINGS
    ]:
        if each["degree"]:
            click.echo(
                f"  {' = '.join(map(visible, each['handles']))}: degree {each['degree']},"
                f" betweenness {each['betweenness']:.3f}, closeness {each['closeness']:.3f}"
            )
    for each in network["keyPlayers"]:
        click.echo(f"  without {visible(each['handle'])}, {each['cut']} pairs no longer reach each other")


def _who(member: Mapping[str, Any]) -> str:
    return f"{member['node']}/{visible(member['person'])[:SHORT]}…"


def _names(nodes: Sequence[str]) -> str:
    return ", ".join(nodes) or "nobody"


def _marked(mark: Mapping[str, Any]) -> str:
    return f"{' '.join(mark['handling'])} {mark['evaluation']} TLP:{mark['tlp']}".strip()
