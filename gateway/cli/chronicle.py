"""The commands of who writes a network's past: on a day, in the order of time, what differs."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from gateway.chronicle import FARTHEST, LONGEST
from gateway.chronicle_shown import handles_of
from gateway.cli.client import NodeClient
from gateway.cli.options import groups_of, language_option, same_option
from gateway.cli.people import at_node, mandate_of, mandate_options
from gateway.cli.show import show_json
from gateway.visible import visible

DAY = 10
"""Characters of a day at the beginning of a moment."""
_NOTHING = "-"
_WHOLE = 2


@click.group(
    epilog="""\b
Examples:
  entente chronicle at se.polisen/se-co-1 --day 2026-03-01 --case FR-2026-0418
  entente chronicle replay se.polisen/se-co-1 --since 2026-01-01 --until 2026-06-01 --case FR-2026-0418
  entente chronicle changed se.polisen/se-co-1 --since 2026-01-01 --until 2026-06-01 --case FR-7 --table
"""
)
def chronicle() -> None:
    """Tell a network's past over all nodes: on a day, in the order of time, what changed between two days."""


def _about(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every look at a past."""
    for option in (
        click.argument("handles", nargs=-1),
        click.option("--picture", default="", help="A shared picture: what was placed in it is asked about."),
        click.option(
            "--hops", type=click.IntRange(1, FARTHEST), default=1, show_default=True,
            help="How many ties away.",
        ),
        click.option(
            "--days", type=click.IntRange(0, LONGEST), default=90, show_default=True,
            help="For how many days what was told for one time only counts.",
        ),
        click.option("--known-by", default="", help="Only what its owner's node had recorded by this day."),
        click.option("--shared-by", default="", help="Only what had come here by this day."),
        click.option("--table", "as_table", is_flag=True, help="A table instead of sentences."),
        same_option,
        language_option,
        at_node,
        mandate_options,
    ):  # fmt: skip
        command = option(command)
    return command


_since = click.option("--since", required=True, help="The first day, YYYY-MM-DD.")
_until = click.option("--until", required=True, help="The last day, YYYY-MM-DD.")


@chronicle.command(
    epilog="""\b
Examples:
  entente chronicle at se.polisen/se-co-1 --day 2026-03-01 --case FR-2026-0418
  entente chronicle at se.polisen/se-co-1 --day 2026-03-01 --known-by 2026-03-31 --case FR-2026-0418 --table
"""
)
@click.option("--day", required=True, help="YYYY-MM-DD.")
@_about
def at(**told: Any) -> None:
    """Show the network around HANDLES, or in a picture, as it stood on a day."""
    found = _run(told, "network_on", {"day": told["day"]})
    if told["as_json"]:
        return
    console = Console(highlight=False)
    if told["as_table"]:
        table = _table("valid", "known", "shared", "what", "sure", "record")
        for each in found["facts"]:
            _row(table, each["told"], *_when(each), each["sentence"], each["stateSays"], each["handle"])
        console.print(table)
    else:
        for each in found["facts"]:
            perhaps = "" if each["state"] == "YES" else f" ({each['stateSays']})"
            _line(console, f"{each['sentence']}{perhaps}")
            _line(console, f"  {each['told']}; {_source(each)}", style="dim")
    _end(console, found, "nothing stood on that day among what was shown" if not found["facts"] else "")


@chronicle.command(
    epilog="""\b
Examples:
  entente chronicle replay se.polisen/se-co-1 --since 2026-01-01 --until 2026-06-01 --case FR-2026-0418
  entente chronicle replay --picture pic-1 --since 2026-01-01 --until 2026-06-01 --case FR-2026-0418 --table
"""
)
@_since
@_until
@_about
def replay(**told: Any) -> None:
    """Show what began, was seen and ended around HANDLES, or in a picture, in the order of time."""
    found = _run(told, "network_replay", {name: told[name] for name in ("since", "until")})
    if told["as_json"]:
        return
    console = Console(highlight=False)
    names = {each["place"]: each["caption"] for each in found["things"]}
    table = _table("when", "what", "sentence", "appears", "known", "record")
    for each in found["events"]:
        fact, new = each["fact"], ", ".join(names[place] for place in each["appears"])
        perhaps = "" if each["state"] == "YES" else f" ({each['stateSays']})"
        if told["as_table"]:
            step = f"{each['step']}{perhaps}"
            _row(table, each["told"], step, each["sentence"], new, _when(fact)[0], fact["handle"])
        else:
            _line(console, f"{each['sentence']}{perhaps}{f' + {new}' if new else ''}")
            _line(console, f"  {_source(fact)}", style="dim")
    if told["as_table"]:
        console.print(table)
    _end(console, found, "nothing happened among what was shown" if not found["events"] else "")


@chronicle.command(
    epilog="""\b
Examples:
  entente chronicle changed se.polisen/se-co-1 --since 2026-01-01 --until 2026-06-01 --case FR-2026-0418
  entente chronicle changed se.polisen/se-co-1 --since 2026-01-01 --until 2026-06-01 --case FR-7 --language sv
  entente chronicle changed fr.ofast/fr-p-1 --hops 2 --since 2026-01-01 --until 2026-06-01 --case FR-7 --json
"""
)
@_since
@_until
@_about
def changed(**told: Any) -> None:
    """Show which roles, territories and financial channels around HANDLES, or in a picture, changed."""
    found = _run(told, "network_changes", {name: told[name] for name in ("since", "until")})
    if told["as_json"]:
        return
    console = Console(highlight=False)
    table = _table("", "", told["since"], told["until"], "records")
    for each in found["changes"]:
        facts = [fact for side in ("before", "after") for fact in each[side]["facts"]]
        records = ", ".join(handles_of(each))
        if told["as_table"]:
            sides = (_side(each[side]) for side in ("before", "after"))
            _row(table, each["aspectSays"], each["turn"], *sides, records)
        else:
            _line(console, f"{each['aspectSays']}: {each['sentence']}")
            known, shared = (_days(facts, name) for name in ("recordedAt", "sharedAt"))
            _line(console, f"  {records}; known {known}; shared {shared}", style="dim")
    if told["as_table"]:
        console.print(table)
    _end(console, found, "nothing differs among what was shown" if not found["changes"] else "")


def _run(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> Any:
    """What the node gives; printed at once as JSON where that is wanted."""
    if bool(told["handles"]) == bool(told["picture"]):
        raise click.UsageError("name records, or a picture")
    of = {
        "handles": list(told["handles"]), "picture": told["picture"], "same": groups_of(told),
        "hops": told["hops"], "days": told["days"],
        "knownBy": told["known_by"], "sharedBy": told["shared_by"],
    }  # fmt: skip
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        asked = {"of": of, **variables, "language": told["language"], "mandate": mandate_of(client, told)}
        found = client.run(document, asked)
    if told["as_json"]:
        show_json(found)
    return found


def _when(fact: Mapping[str, Any]) -> tuple[str, str]:
    """Since when its owner's node has it, in which version if not the first, and since when it is here."""
    version = f" v{fact['version']}" if fact["version"] > 1 else ""
    return f"{(fact['recordedAt'] or _NOTHING)[:DAY]}{version}", (fact["sharedAt"] or _NOTHING)[:DAY]


def _source(fact: Mapping[str, Any]) -> str:
    known, shared = _when(fact)
    return "; ".join((fact["handle"], " ".join(fact["handling"]), f"known {known}", f"shared {shared}"))


def _days(facts: Iterable[Mapping[str, Any]], name: str) -> str:
    found = sorted({fact[name][:DAY] for fact in facts if fact[name]})
    return " ".join(found) or _NOTHING


def _side(matter: Mapping[str, Any]) -> str:
    """One day's cell: who, what, with which role, and how sure."""
    if matter["state"] == "NO":
        return _NOTHING
    says = f" [{', '.join(matter['says'])}]" if matter["says"] else ""
    perhaps = "" if matter["state"] == "YES" else f" ({matter['stateSays']})"
    return f"{matter['subjectName']} → {matter['objectName']}{says}{perhaps}"


def _table(*headings: str) -> Table:
    """The first two columns are never broken, and nothing is cut off."""
    columns = (
        Column(heading, no_wrap=place < _WHOLE, overflow="fold") for place, heading in enumerate(headings)
    )
    return Table(*columns)


def _row(table: Table, *cells: str) -> None:
    table.add_row(*(escape(visible(cell)) for cell in cells))


def _line(console: Console, text: str, style: str = "") -> None:
    console.print(escape(visible(text)), style=style or None)


def _end(console: Console, found: Mapping[str, Any], nothing: str) -> None:
    """What tells no time, which lens, what is assumed and cannot be said, and how every node answered."""
    if nothing:
        console.print(nothing)
    for each in found["withoutTime"]:
        _line(console, f"{each['whySays']}: {each['sentence']} ({each['handle']})")
    for name, lens in (("known by", found["knownBy"]), ("shared by", found["sharedBy"])):
        if lens:
            _line(console, f"{name} {lens}")
    for each in found["nodes"]:
        _line(console, " ".join([f"{each['node']}: {each['status']}", *each["reasons"]]))
    _line(console, f"{found['completeness']} {found['questions']} questions, {found['stopped']}")
    console.print(escape(found["assumes"]), style="dim")
    console.print(escape(found["cannotSay"]), style="italic")
