"""Commands of analysts who build one picture of a case with analysts of other nodes."""

from collections.abc import Mapping
from typing import Any

import click

from gateway.cli import picture_write
from gateway.cli.people import at_node, mandate_options
from gateway.cli.picture_options import ON_PICTURE, WITH_MEMBERS, in_picture, signed_in, under_mandate
from gateway.cli.picture_show import show_difference, show_pictures, show_view
from gateway.cli.show import show_json


@click.group(
    epilog="""\b
Examples:
  entente picture me
  entente picture open --case FR-2026-0418 --title "Le Havre" --member se.polisen/p-4c1d… --days 60
  entente picture place pic-… fr.ofast/fr-ct-1 se.polisen/se-ct-1 --mandate m-…
  entente picture same pic-… fr.ofast/fr-ct-1 se.polisen/se-ct-1 --mandate m-…
  entente picture note pic-… "Seen twice at the quay" --about fr.ofast/fr-ct-1 --mandate m-…
  entente picture show pic-… --mandate m-… --network
  entente picture diff pic-… 2026-11-20 2026-11-21 --mandate m-…
"""
)
def picture() -> None:
    """Build one picture of a case with analysts of other nodes; each works at their own node. Role analyst.

    A picture holds handles of records, never copies: each look asks the records' nodes anew. Notes,
    hypotheses, tasks and links are signed, never altered, and told to the members' nodes, also to one that is
    away for a while. Nothing is merged: what is the same is said by somebody, and accepted by each node.
    """


@picture.command(epilog="\b\nExamples:\n  entente picture me")
@at_node
def me(**told: Any) -> None:
    """Who you are in pictures: tell it to the partner who is to name you."""
    found = signed_in(told, "picture_self")
    if told["as_json"]:
        show_json(found)
    else:
        click.echo(f"{found['node']}/{found['person']}")


@picture.command(
    "open",
    epilog="""\b
Examples:
  entente picture open --case FR-2026-0418 --title "Le Havre" --member se.polisen/p-4c1d… --days 60
""",
)
@click.option("--title", default="", help="What the members see in their lists.")
@click.option("--days", default=30, show_default=True, help="When it ends, if nobody closes it before.")
@WITH_MEMBERS
@at_node
@mandate_options
def open_(**told: Any) -> None:
    """Open a picture for the mandate's case; prints its id."""
    wanted = {"title": told["title"], "days": told["days"], "members": list(told["members"])}
    _listed(told, under_mandate(told, "open_picture", wanted))


@picture.command("list", epilog="\b\nExamples:\n  entente picture list\n  entente picture list --json")
@at_node
def list_(**told: Any) -> None:
    """Show the pictures that you are a member of."""
    found = signed_in(told, "shared_pictures")
    if told["as_json"]:
        show_json(found)
    else:
        show_pictures(found)


@picture.command(
    epilog="""\b
Examples:
  entente picture show pic-… --case FR-2026-0418
  entente picture show pic-… --mandate m-… --as-of 2026-11-20
  entente picture show pic-… --mandate m-… --network --json
"""
)
@ON_PICTURE
@click.option("--as-of", default="", help="A day, to its end, or a moment: what was here then.")
@click.option("--network", is_flag=True, help="Also ties between things, and who is central.")
@click.option("--only", multiple=True, help="Ask only for this record; repeatable.")
@at_node
@mandate_options
def show(**told: Any) -> None:
    """Look at PICTURE: every record is asked for anew at its node, under your mandate.

    A record is SHOWN, STALE (its node cannot say now: when it last did, which version and codes), or a STUB
    with the reason. Texts that rest on something withdrawn or put right are flagged.
    """
    wanted = {"asOf": told["as_of"], "network": told["network"], "only": list(told["only"]) or None}
    found = in_picture(told, "shared_picture", wanted)
    if told["as_json"]:
        show_json(found)
    else:
        show_view(found)


@picture.command(
    epilog="\b\nExamples:\n  entente picture join pic-… --member eu.europol/p-77a0… --case FR-2026-0418"
)
@ON_PICTURE
@WITH_MEMBERS
@at_node
@mandate_options
def join(**told: Any) -> None:
    """Name more members of PICTURE; their nodes are told all that may go there."""
    _listed(told, in_picture(told, "join_picture", {"members": list(told["members"])}))


@picture.command(
    epilog="""\b
Examples:
  entente picture diff pic-… 2026-11-20 2026-11-21 --case FR-2026-0418
  entente picture diff pic-… 2026-11-20T08:00+01:00 --mandate m-… --json
"""
)
@ON_PICTURE
@click.argument("earlier")
@click.argument("later", default="now")
@at_node
@mandate_options
def diff(**told: Any) -> None:
    """What changed in PICTURE between two days or moments, by when it was here."""
    found = in_picture(told, "picture_difference", {name: told[name] for name in ("earlier", "later")})
    if told["as_json"]:
        show_json(found)
    else:
        show_difference(found)


@picture.command(epilog="\b\nExamples:\n  entente picture close pic-… --case FR-2026-0418")
@ON_PICTURE
@at_node
@mandate_options
def close(**told: Any) -> None:
    """End PICTURE for everybody; at the node that opened it. It can still be looked at."""
    _listed(told, in_picture(told, "close_picture", {}))


for _command in picture_write.COMMANDS:
    picture.add_command(_command)


def _listed(told: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    if told["as_json"]:
        show_json(found)
    else:
        show_pictures([found])
