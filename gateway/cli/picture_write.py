"""Commands that add to a shared picture: records, texts, what is the same, and taking back."""

from collections.abc import Mapping
from typing import Any

import click

from gateway.cli.people import at_node, mandate_options
from gateway.cli.picture_options import ON_PICTURE, in_picture, marks_of, with_marks
from gateway.cli.picture_show import tell_added


@click.command(
    epilog="\b\nExamples:\n  entente picture place pic-… fr.ofast/fr-ct-1 se.polisen/se-ct-1 --mandate m-…"
)
@ON_PICTURE
@click.argument("handles", nargs=-1, required=True)
@at_node
@mandate_options
def place(**told: Any) -> None:
    """Place records in PICTURE by their HANDLES; each is asked for and kept under a lease."""
    tell_added(
        in_picture(told, "place_in_picture", {"handles": list(told["handles"])}), as_json=told["as_json"]
    )


@click.command(epilog="\b\nExamples:\n  entente picture remove pic-… fr.ofast/fr-ct-1 --mandate m-…")
@ON_PICTURE
@click.argument("handle")
@at_node
@mandate_options
def remove(**told: Any) -> None:
    """Take a record that your node placed out of PICTURE."""
    tell_added([in_picture(told, "remove_from_picture", {"handle": told["handle"]})], as_json=told["as_json"])


@click.command(
    epilog="""\b
Examples:
  entente picture note pic-… "Seen twice at the quay" --about fr.ofast/fr-ct-1 --fact --source B --mandate m-…
  entente picture note pic-… "They use one courier" --kind hypothesis --mandate m-…
  entente picture note pic-… "Ask the port for the seal" --kind task --mandate m-…
"""
)
@ON_PICTURE
@click.argument("text")
@click.option("--kind", type=click.Choice(["note", "hypothesis", "task"]), default="note", show_default=True)
@click.option("--about", multiple=True, help="A record of the picture; repeatable.")
@with_marks
@at_node
@mandate_options
def note(**told: Any) -> None:
    """Write a note, hypothesis or task; it inherits the strictest marks of the records it is about."""
    _write(told, {"act": told["kind"].upper(), "handles": list(told["about"])})


@click.command(
    epilog="""\b
Examples:
  entente picture edit pic-… sha256:1b… "Seen three times at the quay" --mandate m-…
  entente picture edit pic-… sha256:1b… --also sha256:9c… "Both of us saw it, thrice" --mandate m-…
"""
)
@ON_PICTURE
@click.argument("version")
@click.argument("text")
@click.option("--also", multiple=True, help="Another version that this takes the place of; repeatable.")
@with_marks
@at_node
@mandate_options
def edit(**told: Any) -> None:
    """Write TEXT in place of VERSION; versions written at the same time stand side by side until then."""
    _write(told, {"refs": [told["version"], *told["also"]]})


@click.command(
    epilog="""\b
Examples:
  entente picture link pic-… fr.ofast/fr-p-1 se.polisen/se-p-2 "call each other weekly" --mandate m-…
"""
)
@ON_PICTURE
@click.argument("left")
@click.argument("right")
@click.argument("text")
@with_marks
@at_node
@mandate_options
def link(**told: Any) -> None:
    """Say in TEXT how the records LEFT and RIGHT are linked."""
    _write(told, {"act": "LINK", "handles": [told["left"], told["right"]]})


@click.command(
    epilog="""\b
Examples:
  entente picture same pic-… fr.ofast/fr-p-1 se.polisen/se-p-2 --score 0.97 --evidence phone --mandate m-…
  entente picture same pic-… fr.ofast/fr-p-1 se.polisen/se-p-9 --not --mandate m-…
"""
)
@ON_PICTURE
@click.argument("left")
@click.argument("right")
@click.option("--not", "differ", is_flag=True, help="They are not the same.")
@click.option("--score", type=click.FloatRange(0, 1), help="What a matcher gave.")
@click.option("--band", default="", help="The score's band, in words.")
@click.option("--calibrated", is_flag=True, help="The band was measured.")
@click.option("--evidence", multiple=True, help="A kind of evidence, as a code; repeatable.")
@at_node
@mandate_options
def same(**told: Any) -> None:
    """Say that LEFT and RIGHT are one; your node accepts it at once.

    Another node accepts it when one of its members does. No record is altered, and it can be withdrawn.
    """
    names = ("left", "right", "score", "band", "calibrated")
    said = {name: told[name] for name in names} | {"evidence": list(told["evidence"])}
    said |= {"act": "NOT_SAME" if told["differ"] else "SAME"}
    tell_added([in_picture(told, "say_same_in_picture", {"same": said})], as_json=told["as_json"])


@click.command(
    epilog="""\b
Examples:
  entente picture accept pic-… sha256:1b… --mandate m-…
  entente picture accept pic-… sha256:1b… --reject --mandate m-…
"""
)
@ON_PICTURE
@click.argument("ids", nargs=-1, required=True)
@click.option("--reject", is_flag=True, help="The contrary, also of what was accepted before.")
@at_node
@mandate_options
def accept(**told: Any) -> None:
    """Accept for your node what somebody said of two records, by its IDS."""
    wanted = {"refs": list(told["ids"]), "accept": not told["reject"]}
    tell_added([in_picture(told, "judge_in_picture", wanted)], as_json=told["as_json"])


@click.command(epilog="\b\nExamples:\n  entente picture retract pic-… sha256:1b… --mandate m-…")
@ON_PICTURE
@click.argument("ids", nargs=-1, required=True)
@at_node
@mandate_options
def retract(**told: Any) -> None:
    """Withdraw what your node added, by its IDS."""
    tell_added(
        [in_picture(told, "retract_from_picture", {"refs": list(told["ids"])})], as_json=told["as_json"]
    )


COMMANDS = (place, remove, note, edit, link, same, accept, retract)


def _write(told: Mapping[str, Any], what: Mapping[str, Any]) -> None:
    text = {"text": told["text"], **what, **marks_of(told)}
    tell_added([in_picture(told, "write_in_picture", {"text": text})], as_json=told["as_json"])
