"""The command that walks two administrators through enrolling a partner: join."""

import asyncio
import time
from pathlib import Path

import click

from gateway.cli.show import show_json
from gateway.home import Home, read_card
from gateway.joining import Enrolment, Joining, Step, card_fingerprint

HOME = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_TITLES = {
    Step.CARD: "the partner's card was read",
    Step.COMPARED: "its fingerprint was compared by telephone",
    Step.DIRECTORY: "a directory that names both nodes is in place",
    Step.REACHED: "the partner answers from here",
}


@click.command(
    epilog="""\b
Examples:
  entente join ./node se.card.json --by "A. Martin"
  entente join ./node se.card.json --by "A. Martin" --heard "0f3c 91aa …"
  entente join ./node se.card.json --by "A. Martin" --directory directory.jws
"""
)
@click.argument("home", type=HOME)
@click.argument("card", type=FILE)
@click.option("--by", required=True, help="Your name; it is sealed beside the entries of the log.")
@click.option("--heard", help="What the other administrator read aloud; asked for if it is not given.")
@click.option("--directory", type=FILE, help="The directory that the federation has signed.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document, and no questions.")
def join(  # noqa: PLR0913  # one for each option
    home: Path, card: Path, by: str, heard: str | None, directory: Path | None, *, as_json: bool
) -> None:
    """Enrol the partner whose CARD was handed over at the node of HOME, step by step.

    The administrators of both nodes do this at the same time, on the telephone with each other. Interrupted,
    it goes on where it stopped. Every step is in the log. The node may be running.
    """
    enrolment = Enrolment(Home(home), read_card(card), by, time.time)
    text = directory.read_text(encoding="utf-8") if directory else None
    state = asyncio.run(_walked(enrolment, heard, text, asks=not as_json))
    if as_json:
        own, other = card_fingerprint(enrolment.own), card_fingerprint(enrolment.partner)
        told = {"partner": state.partner, "done": dict(state.done), "next": state.next and state.next.value}
        show_json({**told, "own_fingerprint": own, "partner_fingerprint": other if heard else None})
        return
    for step in Step:
        click.echo(f"[{'x' if step.value in state.done else ' '}] {_TITLES[step]}")
    if state.next is Step.DIRECTORY:
        click.echo(
            f"Next: both cards go to the federation. Give its answer with --directory, for {state.partner}."
        )
    if state.next is None:
        click.echo(f"{state.partner} is enrolled. What it may see is for the liaison officers to grant.")


async def _walked(enrolment: Enrolment, heard: str | None, directory: str | None, *, asks: bool) -> Joining:
    """As far as it goes with what is given."""
    state = await enrolment.read()
    if state.next is Step.COMPARED:
        if heard is None and asks:
            heard = _heard(enrolment)
        if heard:
            state = await enrolment.compare(heard)
    if state.next is Step.DIRECTORY and directory is not None:
        state = await enrolment.take(directory)
    if state.next is Step.REACHED:
        state = await enrolment.reach()
    return state


def _heard(enrolment: Enrolment) -> str:
    """Ask for what is read aloud; the partner's own fingerprint is not shown, so that nobody copies it."""
    own = card_fingerprint(enrolment.own)
    click.echo(f"Call the administrator of {enrolment.partner.id} at a number that you have from elsewhere.")
    click.echo(f"Read aloud, of {enrolment.own.id}:\n\n    {own}\n")
    heard: str = click.prompt(
        f"Type what is read to you, of {enrolment.partner.id} (empty to stop)", default=""
    )
    return heard
