"""Options that commands have in common."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from sharing.wording import Language

language_option = click.option(
    "--language",
    type=click.Choice([each.value for each in Language]),
    default=Language.EN.value,
    show_default=True,
)
same_option = click.option(
    "--same",
    multiple=True,
    metavar="HANDLE,HANDLE",
    help="Records that you hold to be one thing; repeatable.",
)


def groups_of(told: Mapping[str, Any]) -> Sequence[Sequence[str]]:
    """What `same_option` names: the handles of one thing each."""
    return [each.split(",") for each in told["same"]]
