"""What the commands of shared pictures have in common: options, and how they reach the node."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from gateway.cli.client import NodeClient
from gateway.cli.people import mandate_of
from policy.terms import Handling, InformationEvaluation, SourceEvaluation, Tlp

Decorator = Callable[[Any], Any]


def _named(_: click.Context, __: click.Parameter, values: Sequence[str]) -> list[dict[str, str]]:
    """Each `<node>/<pseudonym>`."""
    members = []
    for each in values:
        node, slash, person = each.partition("/")
        if not (node and slash and person):
            raise click.BadParameter(f"{each!r} is not of the form NODE/PSEUDONYM; see `entente picture me`")
        members.append({"node": node, "person": person})
    return members


ON_PICTURE: Decorator = click.argument("picture_id", metavar="PICTURE")
WITH_MEMBERS: Decorator = click.option(
    "--member",
    "members",
    multiple=True,
    callback=_named,
    metavar="NODE/PSEUDONYM",
    help="Who takes part, as they told you; repeatable.",
)


def _choice(kind: type[Any]) -> click.Choice[str]:
    return click.Choice([each.value for each in kind])


def with_marks(command: Any) -> Any:
    """Fact or assessment, 4x4, TLP and handling codes of a text."""
    for option in (
        click.option("--fact", is_flag=True, help="A fact; otherwise it is your assessment."),
        click.option("--source", type=_choice(SourceEvaluation), default="X", show_default=True),
        click.option("--information", type=_choice(InformationEvaluation), default="4", show_default=True),
        click.option("--tlp", type=_choice(Tlp), default="AMBER", show_default=True),
        click.option("--handling", type=_choice(Handling), multiple=True, help="Repeatable."),
    ):
        command = option(command)
    return command


def marks_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """The same as the desk's schema takes them, by the names of its values."""
    return {
        "assessment": "FACT" if told["fact"] else "ASSESSMENT",
        "source": told["source"],
        "information": InformationEvaluation(told["information"]).name,
        "tlp": Tlp(told["tlp"]).name,
        "handling": list(told["handling"]),
    }


def in_picture(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> Any:
    """What a document gives on the picture that is meant, under the mandate that the options say."""
    return under_mandate(told, document, {"id": told["picture_id"], **variables})


def under_mandate(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> Any:
    """What a document gives under the mandate that the options say."""
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        return client.run(document, {**variables, "mandate": mandate_of(client, told)})


def signed_in(told: Mapping[str, Any], document: str) -> Any:
    """What a document without variables gives to the person who is signed in."""
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        return client.run(document, {})
