"""Commands of liaison officers: drafts, proposals, approvals, versions and ends of grants."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from gateway.cli.client import NodeClient
from gateway.cli.grant_options import (
    FLAGS,
    UNCHANGED,
    dry_run_option,
    given,
    replaced,
    terms_options,
)
from gateway.cli.options import language_option
from gateway.cli.people import at_node
from gateway.cli.show import show_json
from gateway.visible import visible

Told = Mapping[str, Any]


@click.group(
    epilog="""\b
Examples:
  # from nothing to a grant that ends; p-7c1e… and g-51aa… stand for ids that an earlier command printed
  entente signin --node http://127.0.0.1:8402 --as se-83fe0c     # once; a liaison officer of the demo
  entente grants templates                                       # what can be filled in a minute
  entente grants draft --template port-alerts --to fr.ofast --dataset cases --dry-run
  entente grants draft --template port-alerts --to fr.ofast --dataset cases
  entente preview --proposal p-7c1e…                             # what fr.ofast sees today, and would see
  entente grants propose p-7c1e…                                 # freezes it; your approval is the first
  entente grants list                                            # the second officer finds it here
  entente grants approve p-7c1e… --dry-run --as se-2c65a9        # what the second officer would approve
  entente grants approve p-7c1e… --as se-2c65a9                  # exactly that; it is in force at once
  entente grants show g-51aa…                                    # all its versions
  entente grants supersede g-51aa… --mask notes --mask quantity    # narrower: in force at once, by you alone
  entente grants revoke g-51aa… --reason "case closed"           # it ends with the very next question
"""
)
def grants() -> None:
    """Share a part of the node's own data, change it and end it; role liaison.

    A grant goes from draft to proposal to a grant in force; it takes as many officers as the node's settings
    say (two, unless they say another number). Narrowing and revoking take one. With --dry-run a command tells
    what it would do, and nothing is changed or logged. Each command says which one comes next.
    """


def _shared(command: Any) -> Any:
    return at_node(language_option(command))


def _step(command: Any) -> Any:
    return _shared(dry_run_option(command))


@grants.command(epilog="\b\nExamples:\n  entente grants templates")
@_shared
def templates(**told: Any) -> None:
    """Show the templates, and what each leaves to be given."""
    found = _run(told, "templates", {})
    if told["as_json"]:
        show_json(found)
        return
    for each in found:
        click.echo(f"{each['id']}: {each['texts']['title']}. {each['texts']['text']}")
        terms = each["terms"]
        gaps = " ".join(f"{FLAGS[name]} …" for name in each["given"])
        click.echo(f"  {terms['tier']}, {terms['days']} days")
        click.echo(f"  entente grants draft --template {each['id']} {gaps} --dry-run")


@grants.command(
    epilog="""\b
Examples:
  entente grants draft --template joint-investigation-team --to fr.ofast --dataset cases --case FR-1
  entente grants draft --to fr.ofast --dataset cases --schema Seizure --tier core --purpose CROSS_CHECKING \\
      --basis PRUM2_26 --category NOT_A_PERSON --role analyst --days 90
  entente grants draft --change p-7c1e… --mask notes
"""
)
@click.option("--template", help="Start from this template; see `entente grants templates`.")
@click.option("--change", "draft_id", metavar="DRAFT", help="Change an own draft instead of a new one.")
@terms_options
@_step
def draft(**told: Any) -> None:
    """Write a grant down, from a template or term by term. Nobody sees more by a draft."""
    terms = given(told)
    if told["draft_id"] and told["template"]:
        raise click.UsageError("give either --template or --change")
    if told["draft_id"]:
        before = _run(told, "proposal", {"id": told["draft_id"]})["grant"]
        _told(told, "edit_draft", {"id": told["draft_id"], "change": terms}, before)
    elif told["template"]:
        _told(told, "draft_from_template", {"template": told["template"], "given": terms})
    else:
        missing = [name for flag, name in _REQUIRED.items() if flag not in terms]
        if missing:
            raise click.UsageError(f"without --template, also give {', '.join(missing)}")
        _told(told, "draft_grant", {"grant": terms})


_OPTIONAL = frozenset({"masked", "cases", "units", "recordIds", "maxRows"})
_REQUIRED = {name: flag for name, flag in FLAGS.items() if name not in _OPTIONAL}


@grants.command(epilog="\b\nExamples:\n  entente grants propose p-7c1e…")
@click.argument("draft_id", metavar="DRAFT")
@_step
def propose(**told: Any) -> None:
    """Propose an own DRAFT: it can no longer be changed, and waits for another officer."""
    _told(told, "propose_draft", {"id": told["draft_id"]})


@grants.command(epilog="\b\nExamples:\n  entente grants approve p-7c1e… --as se-2c65a9")
@click.argument("proposal")
@click.option("--digest", help="Approve only if the proposal has this digest; as another channel told it.")
@_step
def approve(**told: Any) -> None:
    """Approve another officer's PROPOSAL; with the last approval it is in force at once."""
    seen = _run(told, "proposal", {"id": told["proposal"]})
    if not told["as_json"]:
        _proposal(seen)
    _told(told, "approve_grant", {"id": told["proposal"], "digest": told["digest"] or seen["digest"]})


@grants.command(
    epilog="""\b
Examples:
  entente grants withdraw p-7c1e… --reason "wrong case"
"""
)
@click.argument("proposal")
@click.option("--reason", required=True, help="Why; it goes into the sealed part of the log.")
@_step
def withdraw(**told: Any) -> None:
    """Take a draft or PROPOSAL back; any liaison officer may."""
    _told(told, "withdraw_proposal", {"id": told["proposal"], "reason": told["reason"]})


@grants.command(
    epilog="""\b
Examples:
  entente grants supersede g-51aa… --tier contact
  entente grants supersede g-51aa… --days 180 --dry-run
"""
)
@click.argument("grant")
@terms_options
@_step
def supersede(**told: Any) -> None:
    """Change GRANT by a new version: the terms named here replace the old ones, the rest stays.

    A term that is a list is replaced as a whole: name all that shall be in it. What each was before is told.
    Where every term is within the old one, it is in force at once; otherwise it waits for another officer.
    """
    change = given(told)
    if not change:
        raise click.UsageError("name at least one term that changes")
    before = _run(told, "grant_versions", {"grant": told["grant"]})[0]
    _told(told, "supersede_grant", {"grant": told["grant"], "change": change}, before)


@grants.command(
    epilog="""\b
Examples:
  entente grants revoke g-51aa… --reason "case closed"
  entente grants revoke --partner fr.ofast --case FR-2026-0418 --reason "case closed" --dry-run
"""
)
@click.argument("grant", required=False)
@click.option("--partner", default="", help="Every grant to this node.")
@click.option("--case", default="", help="Every grant that names this case.")
@click.option("--dataset", default="", help="Every grant of this dataset.")
@click.option("--reason", required=True, help="Why; it goes into the sealed part of the log.")
@_step
def revoke(**told: Any) -> None:
    """End GRANT, or every grant that names a partner, a case and a dataset, with the very next question."""
    reach = {name: told[name] for name in ("partner", "case", "dataset") if told[name]}
    if bool(told["grant"]) == bool(reach):
        raise click.UsageError("give either GRANT, or at least one of --partner, --case, --dataset")
    if told["grant"]:
        _told(told, "revoke_grant", {"grant": told["grant"], "reason": told["reason"]})
        return
    ended = _run(told, "revoke_grants", reach | {"reason": told["reason"], "dryRun": told["dry_run"]})
    if told["as_json"]:
        show_json(ended)
        return
    for each in ended["revoked"]:
        _say(each)
    click.echo(f"{len(ended['revoked'])} grants {'would be' if ended['dryRun'] else 'are'} revoked")
    for each in ended["remaining"]:
        click.echo("still covers what was named:")
        _say(each)
    _dry(ended)


@grants.command(name="list", epilog="\b\nExamples:\n  entente grants list")
@_shared
def list_(**told: Any) -> None:
    """Show what waits for an officer, then the grants, the newest version of each."""
    with _client(told) as client:
        waits = client.run("proposals", {"language": told["language"].upper()})
        found: list[Told] = []
        after = {"language": told["language"].upper(), "first": 200}
        while page := client.run("grants", after | {"after": found[-1]["id"] if found else ""}):
            found += page
    if told["as_json"]:
        show_json({"proposals": waits, "grants": found})
        return
    for each in waits:
        _proposal(each)
    for each in found:
        _say(each)
    click.echo(f"{len(waits)} proposals, {len(found)} grants")


@grants.command(epilog="\b\nExamples:\n  entente grants show g-51aa…")
@click.argument("grant")
@_shared
def show(**told: Any) -> None:
    """Show a proposal, or all versions of GRANT, the newest first."""
    if told["grant"].startswith("p-"):
        found = _run(told, "proposal", {"id": told["grant"]})
        show_json(found) if told["as_json"] else _proposal(found)
        return
    versions = _run(told, "grant_versions", {"grant": told["grant"]})
    if told["as_json"]:
        show_json(versions)
        return
    for each in versions:
        _say(each)


@contextmanager
def _client(told: Told) -> Iterator[NodeClient]:
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        yield client


def _run(told: Told, document: str, variables: Told) -> Any:
    with _client(told) as client:
        return client.run(document, {"language": told["language"].upper(), **variables})


def _told(told: Told, document: str, variables: Told, before: Told | None = None) -> None:
    """Run a step and say what came of it, and what each term was `before`."""
    step = _run(told, document, {"dryRun": told["dry_run"], **variables})
    if told["as_json"]:
        show_json(step)
        return
    name = step["ref"] if step["proposal"] is None else f"{step['proposal']} ({step['ref']})"
    click.echo(f"{name}: {step['state']}{', narrower than before' if step['narrows'] else ''}")
    click.echo(f"  {visible(step['grant']['sentence'])}")
    if step["supersedes"]:
        click.echo(f"  replaces {step['supersedes']}")
    for line in replaced(before or {}, step["grant"]):
        click.echo(f"  {visible(line)}")
    if step["officersMissing"] and step["state"] in {"DRAFT", "PROPOSED"}:
        click.echo(f"  {step['officersMissing']} officers still needed, until {step['lapsesAt']}")
    for each in step["overlapping"]:
        click.echo(f"  overlaps with {each['ref']}, {each['tier']}, until {each['expiresAt']}")
    _dry(step)
    for line in _next(step):
        click.echo(f"next: {line}")


def _next(step: Told) -> Iterator[str]:
    """The commands that a person would give now."""
    if step["dryRun"]:
        yield "the same command without --dry-run"
    elif step["state"] == "DRAFT":
        yield f"entente preview --proposal {step['proposal']}"
        yield f"entente grants propose {step['proposal']}"
    elif step["state"] == "PROPOSED":
        yield f"entente grants approve {step['proposal']} --dry-run   # by another officer"
    elif step["state"] in {"ACTIVE", "NOT_YET"}:
        yield f"entente grants show {step['grant']['ref'].partition('@')[0]}"


def _proposal(proposal: Told) -> None:
    needed = f"{proposal['officersMissing']} of {proposal['officersNeeded']} officers missing"
    click.echo(f"{proposal['id']} ({proposal['grant']['ref']}): {proposal['state']}, {needed}")
    click.echo(f"  {visible(proposal['grant']['sentence'])}")
    click.echo(f"  by {visible(proposal['author'])}, lapses {proposal['lapsesAt']}, {proposal['digest']}")


def _say(grant: Told) -> None:
    click.echo(f"{grant['ref']}: {grant['state']}")
    click.echo(f"  {visible(grant['sentence'])}")


def _dry(step: Told) -> None:
    if step["dryRun"]:
        click.echo(UNCHANGED)
