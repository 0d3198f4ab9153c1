"""Options of a search: what kind of record, of which case, how good, known since when; its next page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from policy.terms import InformationEvaluation, SourceEvaluation

_DAY = click.DateTime(["%Y-%m-%d"])
_OPTIONS = {
    "schemata": click.option(
        "--schema", "schemata", multiple=True, help="Search: kind of record; repeatable."
    ),
    "country": click.option("--country", help="Search: two letters, as fr."),
    "dataset": click.option("--dataset", help="Search: dataset of the node that is asked."),
    "caseRef": click.option("--case-ref", "caseRef", help="Search: case that the records belong to."),
    "source": click.option(
        "--source",
        type=click.Choice([each.value for each in SourceEvaluation]),
        help="Search: least evaluation of the source.",
    ),
    "information": click.option(
        "--information",
        type=click.Choice([each.value for each in InformationEvaluation]),
        help="Search: least evaluation of the information.",
    ),
    "since": click.option(
        "--since", type=_DAY, metavar="DAY", help="Search: recorded on this UTC day or later."
    ),
    "until": click.option(
        "--until", type=_DAY, metavar="DAY", help="Search: recorded on this UTC day or earlier."
    ),
    "after": click.option(
        "--after", metavar="HANDLE", help="Search: a node's next page, as its status names it."
    ),
}


def narrowing_options(command: Any) -> Any:
    """The options of a search; `narrowed` reads them."""
    for option in reversed(_OPTIONS.values()):
        command = option(command)
    return command


def narrowed(what: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """The desk's variables for the options given; `click.UsageError` when WHAT is no search."""
    given = {name: told[name] for name in _OPTIONS if told[name]}
    if given and what != "search":
        raise click.UsageError(f"{', '.join(given)}: narrows a search, and this is a question for {what}")
    return {name: _plain(value) for name, value in given.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return list(value) if isinstance(value, tuple) else value
