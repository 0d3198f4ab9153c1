"""Commands about follow-ups and the officers' inbox: followup request, list, withdraw, decide; inbox."""

from collections.abc import Mapping
from typing import Any

import click

from gateway.cli.client import NodeClient
from gateway.cli.options import language_option
from gateway.cli.people import WHAT, at_node
from gateway.cli.show import show_json
from gateway.visible import visible
from policy.terms import Mode, Urgency
from sharing.inbox import Acknowledgement, ItemKind, ItemState

_TIERS = click.Choice([each.value for each in Mode if each is not Mode.NONE])
_DECISIONS = click.Choice(["answer", "partial", "refuse"])


@click.group(
    epilog="""\b
Examples:
  entente followup request q-7c1e… se.polisen lookup "CSQU 305438-3" --tier core --reason ARREST_IMMINENT \\
      --urgency URGENT_DIRECT --node http://127.0.0.1:8401 --as fr-analyst-1
  entente followup list --node http://127.0.0.1:8401 --as fr-analyst-1
  entente followup withdraw f-7c1e… --node http://127.0.0.1:8401 --as fr-analyst-1
  entente followup decide f-7c1e… answer --dry-run --node http://127.0.0.1:8402 --as se-liaison-1
"""
)
def followup() -> None:
    """Ask a node's liaison officers for more than it gave, and decide on what partners ask for."""


@followup.command(
    epilog="""\b
Examples:
  entente followup request q-7c1e… se.polisen lookup "CSQU 305438-3" --tier core --reason ARREST_IMMINENT \\
      --reference 4f0a… --urgency URGENT_DIRECT --node http://127.0.0.1:8401 --as fr-analyst-1
"""
)
@click.argument("query")
@click.argument("partner")
@click.argument("what", type=click.Choice(sorted(WHAT)), required=False)
@click.argument("value", required=False)
@at_node
@click.option("--tier", type=_TIERS, default=Mode.CORE.value, show_default=True, help="What is wanted.")
@click.option("--reason", required=True, help="Why: a code such as ARREST_IMMINENT.")
@click.option(
    "--urgency",
    type=click.Choice([each.value for each in Urgency]),
    default=Urgency.ORDINARY.value,
    show_default=True,
    help="8 hours, 3 days or 7 days.",
)
@click.option("--reference", default="", help="The number that the contact gave.")
def request(**told: Any) -> None:
    """Ask PARTNER, which answered question QUERY with a hit, for a higher tier, under the same mandate.

    WHAT and VALUE are the question again, as it was asked: neither node has kept it. The officers then see
    which of their records it finds; without it they must name the records themselves.
    """
    wish = {name: told[name] for name in ("reason", "urgency", "reference")}
    wish |= {"queryId": told["query"], "node": told["partner"], "tier": told["tier"].upper()}
    if told["what"]:
        if told["value"] is None:
            raise click.UsageError(f"{told['what']}: say what was asked for")
        wish["question"] = {WHAT[told["what"]]: told["value"]}
    made = _run(told, "request_follow_up", {"followUp": wish})
    _show(told, [made], _request_line)


@followup.command(
    name="list",
    epilog="\b\nExamples:\n  entente followup list --node http://127.0.0.1:8401 --as fr-analyst-1",
)
@at_node
@click.option("--query", default="", help="Only those about this question.")
@language_option
def list_(**told: Any) -> None:
    """Show your own requests: state, deadline in UTC and local time, and why one was refused."""
    wanted = {"queryId": told["query"], "language": told["language"].upper()}
    _show(told, _run(told, "my_requests", wanted), _request_line)


@followup.command(
    epilog="\b\nExamples:\n  entente followup withdraw f-7c1e… --node http://127.0.0.1:8401 --as fr-analyst-1"
)
@click.argument("item")
@at_node
@language_option
def withdraw(**told: Any) -> None:
    """Withdraw your own request ITEM, as long as the other node's officers have not decided it.

    Done again it changes nothing. A node that is away gets to know when it is back.
    """
    variables = {"id": told["item"], "language": told["language"].upper()}
    _show(told, [_run(told, "withdraw_follow_up", variables)], _request_line)


@followup.command(
    epilog="""\b
Examples:
  entente followup decide f-7c1e… answer --dry-run --node http://127.0.0.1:8402 --as se-liaison-1
  entente followup decide f-7c1e… partial --tier core --mask sealNumber --days 3 --node … --as se-liaison-1
  entente followup decide f-7c1e… refuse --reason ONGOING_INVESTIGATION --node … --as se-liaison-1
"""
)
@click.argument("item")
@click.argument("decision", type=_DECISIONS)
@at_node
@click.option("--reason", default="", help="Reason code; a refusal needs one.")
@click.option("--tier", type=_TIERS, help="A lower tier than is asked for.")
@click.option("--mask", "masked", multiple=True, help="Property not to show; repeatable.")
@click.option("--record", "records", multiple=True, help="Only this record; repeatable.")
@click.option("--days", type=click.IntRange(1, 31), default=1, show_default=True, help="How long it holds.")
@click.option("--dry-run", is_flag=True, help="Show the records it would be about; change nothing.")
def decide(**told: Any) -> None:
    """Decide on the follow-up ITEM; role liaison.

    An answer makes a narrow grant that ends by itself, and takes as many officers as any grant: each runs
    this command with the same options. A refusal takes one officer and a reason code.
    """
    ruling = {name: list(told[name]) for name in ("masked", "records")}
    variables = {"id": told["item"], "dryRun": told["dry_run"]}
    variables["ruling"] = ruling | {
        "decision": told["decision"].upper(),
        "reason": told["reason"],
        "tier": (told["tier"] or Mode.NONE.value).upper(),
        "days": told["days"],
    }
    item = _run(told, "decide_follow_up", variables)
    _show(told, [item], _item_line)
    if not told["as_json"]:
        for each in item["records"]:
            click.echo(f"  {visible(each['id'])}  {each['schema']}  {visible(each['caption'] or '-')}")


@click.command(
    epilog="""\b
Examples:
  entente inbox --node http://127.0.0.1:8402 --as se-liaison-1
  entente inbox --state REFUSED --kind FOLLOW_UP --node http://127.0.0.1:8402 --as se-liaison-1 --json
"""
)
@at_node
@click.option(
    "--state",
    type=click.Choice([each.value for each in ItemState]),
    default=ItemState.OPEN.value,
    show_default=True,
)
@click.option("--kind", type=click.Choice([each.value for each in ItemKind]))
def inbox(**told: Any) -> None:
    """Show what waits for the node's liaison officers, the next deadline first; role liaison."""
    items = _run(told, "inbox", {"state": told["state"], "kind": told["kind"]})
    if told["as_json"]:
        show_json(items)
        return
    for each in items:
        question = " ".join(f"{pair['name']}={pair['value']}" for pair in each["question"])
        clock = f"due {_moment(each, 'dueAt')}, {each['clock'] or each['state']}"
        click.echo(f"{_item_line(each)}\n  {each['kind']}, {each['reason']}, {each['urgency']}: {clock}")
        click.echo(f"  {visible(question)}")
    if not items:
        click.echo("nothing waits")


@click.command(
    epilog="""\b
Examples:
  entente acknowledge d-… --outcome CONTACTED --node http://127.0.0.1:8402 --as se-liaison-1
  entente acknowledge a-… --outcome NOTED --node http://127.0.0.1:8402 --as se-liaison-1 --json
"""
)
@click.argument("item")
@click.option(
    "--outcome",
    type=click.Choice([each.value for each in Acknowledgement]),
    default=Acknowledgement.NOTED.value,
    show_default=True,
    help="What was done about it.",
)
@at_node
def acknowledge(**told: Any) -> None:
    """Close ITEM of the inbox, of which the officers were only told; role liaison.

    An alert that was given, a deconfliction, an overdue recall: there is nothing to grant or to refuse.
    """
    item = _run(told, "acknowledge_item", {"id": told["item"], "outcome": told["outcome"]})
    if told["as_json"]:
        show_json(item)
        return
    click.echo(visible(f"{item['id']}  {item['kind']}  {item['node']}: {item['decisionReason']}"))


def _run(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> Any:
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        return client.run(document, variables)


def _show(told: Mapping[str, Any], items: list[Mapping[str, Any]], line: Any) -> None:
    if told["as_json"]:
        show_json(items)
        return
    for each in items:
        click.echo(line(each))
    if not items:
        click.echo("nothing was requested")


def _request_line(each: Mapping[str, Any]) -> str:
    late = ", overdue" if each["overdue"] else ""
    why = f", {each['decisionReason']}: {each['decisionWords']}" if each["decisionReason"] else ""
    until = f", ask again until {_moment(each, 'until')}" if each["until"] else ""
    told = f"{each['id']}  {each['node']}  {each['tier']}: {each['state']}{late}{why}{until}"
    return visible(f"{told}; due {_moment(each, 'dueAt')}")


def _moment(each: Mapping[str, Any], name: str) -> str:
    """A moment in UTC and in the node's time zone."""
    return f"{each[name]}, {each[f'{name}Local']}"


def _item_line(each: Mapping[str, Any]) -> str:
    approvals = f"{each['approvals']} of {each['approvalsNeeded']} officers"
    grant = f", grant {each['grant']}" if each["grant"] else ""
    return visible(f"{each['id']}  {each['node']}  {each['tier']}: {each['state']}, {approvals}{grant}")
