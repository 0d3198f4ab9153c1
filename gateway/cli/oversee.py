"""Commands of oversight at a running node: `entente oversee …`. Each look needs a reason and is logged."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import click

from audit.findings import State
from gateway.cli.client import NodeClient
from gateway.cli.explain_show import show_question
from gateway.cli.oversee_show import show_anomalies, show_findings, show_record, show_sample, show_search
from gateway.cli.people import at_node
from gateway.cli.show import show_json
from gateway.visible import visible

POLL = 0.5
_CRITERIA = ("since", "until", "node_asked", "purpose", "case", "status", "unit", "asker", "query")


def at_log(command: Any) -> Any:
    """At which node, as whom, and why."""
    why = "Why: a code or a reference; it stands in the log."
    return at_node(click.option("--justification", required=True, help=why)(command))


@click.group(
    epilog="""\b
Examples:
  entente oversee search --case FR-2026-0418 --node http://127.0.0.1:8401 --as fr-auditor \\
      --justification REVIEW
  entente oversee signals --since 2026-11-16T00:00:00+01:00 --node … --as … --justification REVIEW
  entente oversee sample --week 2026-W47 --count 20 --node … --as … --justification REVIEW
  entente oversee record q-4be… --node … --as … --justification COMPLAINT
  entente oversee explain q-4be… --node … --as … --justification COMPLAINT
"""
)
def oversee() -> None:
    """Look into the log of your own node; role oversight. Every look is itself logged, with its reason."""


@oversee.command(
    epilog="""\b
Examples:
  entente oversee search --kind ASKED --without-case --since 2026-11-01T00:00:00+01:00 \\
      --node http://127.0.0.1:8401 --as fr-auditor --justification REVIEW
  entente oversee search --status REFUSED --asked se.polisen --first 200 --json --node … --as …
"""
)
@at_log
@click.option("--since", help="From when on, with a zone: 2026-11-16T00:00:00+01:00.")
@click.option("--until", help="Up to when.")
@click.option("--kind", "kinds", multiple=True, help="Kind of entry, such as ASKED; repeatable.")
@click.option("--asked", "node_asked", help="A node that asked, was asked or replied.")
@click.option("--purpose", help="Purpose of the mandate.")
@click.option("--case", help="Case reference.")
@click.option("--with-case/--without-case", default=None, help="Only with, or only without a case.")
@click.option("--status", help="An outcome, such as REFUSED.")
@click.option("--unit", help="Unit of who asked.")
@click.option("--asker", help="Pseudonym of who asked.")
@click.option("--query", help="Query id.")
@click.option("--after", type=int, default=-1, show_default=True, help="Only entries after this index.")
@click.option("--first", type=click.IntRange(1, 500), default=50, show_default=True)
def search(**told: Any) -> None:
    """Search the log by period, node, purpose, case, outcome, unit or pseudonym."""
    names = {"node_asked": "node", "query": "queryId"}
    wanted = {names.get(name, name): told[name] for name in _CRITERIA if told[name]}
    wanted |= {"kinds": list(told["kinds"])} if told["kinds"] else {}
    wanted |= {"withCase": told["with_case"], "after": told["after"], "first": told["first"]}
    found = _run(told, "log_search", {"wanted": wanted})
    _say(told, found, show_search)


@oversee.command(
    epilog="""\b
Examples:
  entente oversee record q-4be… --node http://127.0.0.1:8401 --as fr-auditor --justification COMPLAINT
"""
)
@click.argument("query_id")
@at_log
def record(**told: Any) -> None:
    """One exchange in plain: who asked, what, why, and the outcome at each node."""
    _say(told, _run(told, "log_record", {"queryId": told["query_id"]}), show_record)


@oversee.command(
    epilog="""\b
Examples:
  entente oversee explain q-4be… --node http://127.0.0.1:8401 --as fr-auditor --justification COMPLAINT
"""
)
@click.argument("query_id")
@at_log
def explain(**told: Any) -> None:
    """What was decided on one question, by which grants and rules, and what it would be today."""
    _say(told, _run(told, "log_explanation", {"queryId": told["query_id"]}), show_question)


@oversee.command(
    "open",
    epilog="""\b
Examples:
  entente oversee open 4711 --reason COMPLAINT --node http://127.0.0.1:8401 --as fr-auditor
""",
)
@click.argument("index", type=click.IntRange(0))
@at_node
@click.option("--reason", "justification", required=True, help="Why: a code or a reference; it is logged.")
def open_(**told: Any) -> None:
    """Open the identity sealed beside entry INDEX."""
    person = _run(told, "open_identity", {"index": told["index"]})
    _say(told, person, _lines)


@oversee.command(
    epilog="""\b
Examples:
  entente oversee sample --week 2026-W47 --count 20 --node http://127.0.0.1:8401 --as fr-auditor \\
      --justification REVIEW
"""
)
@at_log
@click.option("--week", required=True, help="A week that is over, as 2026-W47.")
@click.option("--count", type=click.IntRange(1, 200), default=20, show_default=True)
def sample(**told: Any) -> None:
    """A random sample of a week's exchanges; nobody chooses it, everybody can draw it again."""
    drawn = _run(told, "log_sample", {"week": told["week"], "count": told["count"]})
    _say(told, drawn, show_sample)


@oversee.command(
    epilog="""\b
Examples:
  entente oversee signals --node http://127.0.0.1:8401 --as fr-auditor --justification REVIEW
  entente oversee signals --rule SELF_LOOKUP --since 2026-10-01T00:00:00+02:00 --node … --as …
"""
)
@at_log
@click.option("--since", help="From when on, with a zone; seven days ago if not told.")
@click.option("--until", help="Up to when; now if not told.")
@click.option("--rule", default="", help="One rule only, such as NO_CASE.")
def signals(**told: Any) -> None:
    """What each rule raises, with its meaning and its base rate. A signal proves nothing."""
    variables = {name: told[name] for name in ("since", "until", "rule")}
    _say(told, _run(told, "anomalies", variables), show_anomalies)


@oversee.command(
    epilog="""\b
Examples:
  entente oversee findings --state OPEN --least MEDIUM --node http://127.0.0.1:8401 --as fr-auditor \\
      --justification REVIEW
"""
)
@at_log
@click.option("--state", type=click.Choice([each.value for each in State]), help="Only in this state.")
@click.option("--rule", help="Only of this rule.")
@click.option("--least", type=click.Choice(["INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL"]), help="Severity.")
@click.option("--before", type=int, default=0, help="Only findings with a lower number.")
@click.option("--first", type=click.IntRange(1, 500), default=50, show_default=True)
def findings(**told: Any) -> None:
    """The findings of rules, witnesses and reconciliation, newest first."""
    names = ("state", "rule", "least", "before", "first")
    wanted = {name: told[name] for name in names if told[name]}
    _say(told, _run(told, "findings", {"wanted": wanted}), show_findings)


@oversee.command(
    epilog="""\b
Examples:
  entente oversee finding f-1c2… --state UNDER_REVIEW --reason ASSIGNED --node http://127.0.0.1:8401 \\
      --as fr-auditor --justification REVIEW
"""
)
@click.argument("finding_id")
@at_log
@click.option("--state", type=click.Choice([each.value for each in State]), required=True)
@click.option("--reason", required=True, help="A code, such as FALSE_ALARM.")
def finding(**told: Any) -> None:
    """Take a finding up, confirm it or dismiss it."""
    variables = {"id": told["finding_id"], "state": told["state"], "reason": told["reason"]}
    _say(told, [_run(told, "set_finding_state", variables)], show_findings)


@oversee.command(
    epilog="""\b
Examples:
  entente oversee intents --node http://127.0.0.1:8401 --as fr-auditor --justification REVIEW
"""
)
@at_log
def intents(**told: Any) -> None:
    """Intents without outcome: under way, or cut short by a crash."""
    opened = _run(told, "open_intents", {})
    _say(told, opened, _intents)


def _intents(opened: Sequence[Mapping[str, Any]]) -> None:
    for each in opened:
        click.echo(f"{each['index']:>8} {each['kind']} since {each['at']}, entry {each['entryId']}")
    click.echo(f"{len(opened)} are open")


@oversee.command(
    epilog="""\b
Examples:
  entente oversee verify --node http://127.0.0.1:8401 --as fr-auditor --justification REVIEW
"""
)
@at_log
def verify(**told: Any) -> None:
    """Have the node verify every entry of its log now; Ctrl-C ends the job.

    The node tells of itself. Who does not trust it verifies a copy: python -m audit verify --help
    """
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        job = client.run("verify_log", {"justification": told["justification"]})
        try:
            job = _awaited(client, job, shown=not told["as_json"])
        except KeyboardInterrupt:
            job = client.run("stop_verification", {})
    _say(told, job, _verification)
    if job["stage"] != "HOLDS":
        raise SystemExit(1)


def _awaited(client: NodeClient, job: Mapping[str, Any], *, shown: bool) -> Mapping[str, Any]:
    """The job when it has ended, with a bar meanwhile."""
    with click.progressbar(length=max(1, job["total"]), label="verifying", hidden=not shown) as bar:
        while job["stage"] == "RUNNING":
            time.sleep(POLL)
            job = client.run("log_verification", {})
            bar.update(job["done"] - bar.pos)
    return job


def _verification(job: Mapping[str, Any]) -> None:
    for step in job["steps"]:
        click.echo(f"{step['name']:<12}{step['detail']}")
    for each in job["findings"]:
        click.echo(f"FINDING     {each}")
    click.echo(job["stage"])


def _run(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> Any:
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        return client.run(document, {"justification": told["justification"], **variables})


def _say(told: Mapping[str, Any], value: Any, show: Any) -> None:
    if told["as_json"]:
        show_json(value)
    else:
        show(value)


def _lines(told: Mapping[str, Any]) -> None:
    """One line for each thing that is said."""
    for name, value in told.items():
        if value is not None:
            click.echo(f"{name:<15}{visible(str(value))}")
