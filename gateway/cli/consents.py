"""Commands about handling codes: consents list, request, give, refuse, withdraw; export."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import orjson

from gateway.cli.client import NodeClient
from gateway.cli.people import at_node, mandate_of, mandate_options
from gateway.cli.show import FORMATS, show_json
from gateway.consenting import REFUSALS
from gateway.export_table import ENCODING
from gateway.visible import visible
from policy.handling import LIFTED_FOR, DataUse

_WITH_CONSENT = click.Choice(sorted(each.value.lower() for each in LIFTED_FOR))
_USES = click.Choice([each.value.lower() for each in DataUse])
_FILES = ((".json", "content", "utf-8"), (".html", "page", "utf-8"), (".csv", "table", ENCODING))
MOST_BYTES = 64 * 1024 * 1024
"""Of an answer that is read from a file."""
_TO = click.option(
    "--to", multiple=True, help="A unit, service or court that would receive them; repeatable."
)


@click.group(
    epilog="""\b
Examples:
  entente consents request se.polisen/se-p-4 --use judicial --case FR-7 --reason MAIN_HEARING \\
      --node http://127.0.0.1:8401 --as fr-analyst-1
  entente consents list --node http://127.0.0.1:8402 --as se-liaison-1
  entente consents give fr.ofast:Ju7… --days 20 --node http://127.0.0.1:8402 --as se-liaison-1
  entente consents withdraw fr.ofast:Ju7… --reason TRIAL_MOVED --node http://127.0.0.1:8402 --as se-liaison-1
"""
)
def consents() -> None:
    """Permissions to use records as their handling codes forbid: H1 in court, H2 outside of the unit."""


@consents.command(
    name="list",
    epilog="\b\nExamples:\n  entente consents list --node http://127.0.0.1:8402 --as se-liaison-1 --json",
)
@at_node
def list_(**told: Any) -> None:
    """Show requests with their deadlines, and consents given and got."""
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        requests, given = client.run("consent_requests", {}), client.run("consents", {})
    if told["as_json"]:
        show_json({"requests": requests, "consents": given})
        return
    for each in requests:
        _line(each)
    for each in given:
        click.echo(
            f"{each['ref']}  {each['state']}: {each['provider']} permits {each['recipient']} {each['use']} "
            f"of {_records(len(each['records']))} until {each['expiresAt']}"
        )
    click.echo(f"{_many(len(requests), 'request')}, {_many(len(given), 'consent')}")


@consents.command(
    epilog="""\b
Examples:
  entente consents request eu.europol/eu-p-1 --use onward --to fr.customs --case FR-7 \\
      --reason JOINT_CONTROL --node http://127.0.0.1:8401 --as fr-analyst-1
"""
)
@click.argument("handles", nargs=-1, required=True)
@click.option("--use", type=_WITH_CONSENT, required=True, help="What the records are wanted for.")
@click.option("--reason", required=True, help="Why, as a code such as MAIN_HEARING.")
@click.option("--days", default=30, show_default=True, help="For how long.")
@_TO
@mandate_options
@at_node
def request(**told: Any) -> None:
    """Ask the providers of HANDLES for their consent; role analyst."""
    wanted = {name: told[name] for name in ("reason", "days")}
    wanted |= {"handles": list(told["handles"]), "to": list(told["to"]), "use": told["use"].upper()}
    asked = _under_a_mandate(told, "request_consent", wanted)
    if told["as_json"]:
        show_json(asked)
        return
    for each in asked:
        _line(each)


@consents.command(
    epilog="""\b
Examples:
  entente consents give fr.ofast:Ju7… --node http://127.0.0.1:8402 --as se-liaison-2
  entente consents give fr.ofast:Ju7… --record se-p-4 --days 10 --node http://127.0.0.1:8402 --as se-liaison-1
"""
)
@click.argument("request_id")
@click.option("--days", type=int, help="For fewer days than asked for.")
@click.option("--record", "records", multiple=True, help="Only for this record; repeatable.")
@at_node
def give(**told: Any) -> None:
    """Approve REQUEST_ID; without options what the officer before approved, or all. Role liaison."""
    names = {"request": told["request_id"], "days": told["days"], "records": list(told["records"]) or None}
    _show(told, _run(told, "give_consent", names))


@consents.command(
    epilog="""\b
Examples:
  entente consents refuse fr.ofast:Ju7… --reason THIRD_PARTY_CONSENT --node http://127.0.0.1:8402 --as se-li-1
"""
)
@click.argument("request_id")
@click.option("--reason", type=click.Choice(sorted(REFUSALS)), required=True, help="What the asker is told.")
@at_node
def refuse(**told: Any) -> None:
    """Refuse REQUEST_ID; role liaison."""
    _show(told, _run(told, "refuse_consent", {"request": told["request_id"], "reason": told["reason"]}))


@consents.command(
    epilog="""\b
Examples:
  entente consents withdraw fr.ofast:Ju7… --reason TRIAL_MOVED --node http://127.0.0.1:8402 --as se-liaison-1
"""
)
@click.argument("consent_id")
@click.option("--reason", required=True, help="Why, as a code.")
@at_node
def withdraw(**told: Any) -> None:
    """Withdraw the consent CONSENT_ID now; one officer is enough. Role liaison."""
    ended = _run(told, "withdraw_consent", {"consent": told["consent_id"], "reason": told["reason"]})
    if told["as_json"]:
        show_json(ended)
    else:
        click.echo(f"{ended['ref']}  {ended['state']} at {ended['withdrawnAt']}")


@click.command(
    epilog="""\b
Examples:
  entente export se.polisen/se-p-4 eu.europol/eu-p-1 --use judicial --case FR-7 --out hearing \\
      --node http://127.0.0.1:8401 --as fr-analyst-1 --request-consent MAIN_HEARING
  entente export fr.ofast/fr-p-8 --use internal --case FR-7 --out note --acknowledge sha256:… \\
      --node http://127.0.0.1:8401 --as fr-analyst-1
  entente export --picture answer.json --use internal --case FR-7 --out note \\
      --node http://127.0.0.1:8401 --as fr-analyst-1
  entente export --picture answer.json --use internal --case FR-7 --out chart --format graphml \\
      --format chart --node http://127.0.0.1:8401 --as fr-analyst-1
"""
)
@click.argument("handles", nargs=-1)
@click.option(
    "--picture",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="All that a question showed: the file with what `entente ask … --json` said.",
)
@click.option("--use", type=_USES, required=True, help="What the file is for.")
@mandate_options
@_TO
@click.option("--country", default="", help="The court's country for judicial use, such as SE.")
@click.option("--person", "persons", multiple=True, help="An individual recipient (TLP RED); repeatable.")
@click.option(
    "--acknowledge", default="", help="The digest shown with the handling texts that you have read."
)
@click.option("--request-consent", default="", help="Ask for missing consents, with this reason code.")
@click.option(
    "--format", "formats", type=FORMATS, multiple=True, help="Also for another program; repeatable."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Writes OUT.json, OUT.html and OUT.csv.",
)
@at_node
def export(**told: Any) -> None:
    """Fetch the records HANDLES anew and write those that may be used so, in three forms and each --format.

    Records whose handling codes forbid the use are left out and named, and so are for a court those that are
    excluded in its country. The export is logged before it is given. Texts of H3 are shown; run again with
    --acknowledge once they are read.
    """
    wanted = {name: list(told[name]) for name in ("handles", "to", "persons")}
    wanted["handles"] += _pictured(told["picture"]) if told["picture"] else []
    if not wanted["handles"]:
        raise click.UsageError("no HANDLES, and no --picture that shows any")
    wanted |= {"use": told["use"].upper(), "acknowledged": told["acknowledge"]}
    wanted["country"] = told["country"].upper()
    wanted["formats"] = [each.upper() for each in told["formats"]]
    given = _under_a_mandate(told, "export_picture", wanted | {"requestReason": told["request_consent"]})
    for suffix, name, encoding in _FILES:
        written = told["out"].with_name(told["out"].name + suffix)
        written.write_bytes(str(given[name]).encode(encoding))
    for each in given["files"]:
        written = told["out"].with_name(told["out"].name + each["ending"])
        written.write_bytes(each.pop("content").encode())
    if told["as_json"]:
        files = {name for _, name, _ in _FILES}
        show_json({name: value for name, value in given.items() if name not in files})
    else:
        _tell(given, told["out"])


def _pictured(file: Path) -> list[str]:
    """The handles of the records in an answer that was kept; nothing else of it is used."""
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise click.ClickException(f"{file}: holds {size} bytes, an answer at most {MOST_BYTES}")
    try:
        return [str(each["handle"]) for each in orjson.loads(file.read_bytes())["claims"]]
    except (ValueError, LookupError, TypeError) as error:
        raise click.ClickException(f"{file}: is not what `entente ask … --json` says") from error


def _tell(given: Mapping[str, Any], out: Path) -> None:
    mark = given["highWater"]
    codes = f"{' '.join(mark['handling'])} {mark['evaluation']} TLP:{mark['tlp']}" if mark else "nothing"
    click.echo(f"{out}.json, {out}.html, {out}.csv: {_records(given['records'])}, {codes}")
    for each in given["files"]:
        click.echo(f"{out}{each['ending']}: {each['format']}, without {' '.join(each['leftOut'])}")
    for each in given["missing"]:
        click.echo(f"missing: {visible(each['handle'])}  {' '.join(each['codes'])}  {each['reason']}")
    for each in given["texts"]:
        click.echo(f"{visible(each['handle'])} says: {visible(each['text'])}")
    if given["texts"]:
        click.echo(f"read the texts, then run again with --acknowledge {given['acknowledgement']}")
    for each in given["requests"]:
        _line(each)


def _run(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> Any:
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        return client.run(document, variables)


def _under_a_mandate(told: Mapping[str, Any], document: str, wanted: Mapping[str, object]) -> Any:
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        return client.run(document, {"wanted": {**wanted, "mandate": mandate_of(client, told)}})


def _show(told: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    if told["as_json"]:
        show_json(asked)
    else:
        _line(asked)


def _line(asked: Mapping[str, Any]) -> None:
    ended = f", {asked['refusal']}" if asked["refusal"] else ""
    when = f"decided {asked['decidedAt']}" if asked["decidedAt"] else f"due {asked['dueAt']}"
    wanted = f"{asked['use']} of {_records(asked['recordCount'])} asked for"
    click.echo(
        f"{asked['id']}  {asked['state']}{ended}: {wanted}, with {asked['node']}, "
        f"{_many(asked['approvals'], 'approval')}, {when}"
    )


def _records(count: int) -> str:
    return _many(count, "record")


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
