"""Commands of people at a running node: ask, grant, revoke. They sign in like a browser does."""

from collections.abc import Mapping
from typing import Any

import click

from gateway.cli.client import NodeClient
from gateway.cli.grant_options import UNCHANGED, dry_run_option
from gateway.cli.narrowing import narrowed, narrowing_options
from gateway.cli.profile import remembered
from gateway.cli.show import show_json, show_picture
from gateway.visible import visible
from policy.emergency import Threat
from policy.terms import Aim, LegalBasis, Mode, Purpose, Role, SubjectCategory

SHARED = tuple(each.value for each in SubjectCategory if each is not SubjectCategory.UNCATEGORISED)
"""Categories that a grant may name."""

WHAT = {"lookup": "identifier", "search": "text", "entity": "handle", "expand": "handle"}


def _codes(kind: type[Any]) -> click.Choice[str]:
    return click.Choice([each.value for each in kind])


def _known(_: click.Context, option: click.Parameter, value: str | None) -> str:
    return known(str(option.name), value)


def known(name: str, value: str | None) -> str:
    """What was given as `node` or `subject`, or else remembered; `click.UsageError` says what to do."""
    found = value or str(getattr(remembered(), name))
    flag = {"node": "--node", "subject": "--as"}[name]
    if not found:
        raise click.UsageError(
            f"{flag} is not known; sign in once: entente signin --node ADDRESS --as YOUR_ID"
        )
    if name == "node" and not found.startswith(("http://", "https://")):
        raise click.UsageError(f"{flag} {found}: is no address; one begins with http:// or https://")
    return found


def at_node(command: Any) -> Any:
    """Where the person's own node is and who the person is: as told, or as `entente signin` remembers."""
    signed_in = "; not needed after `entente signin`."
    command = click.option(
        "--node", envvar="ENTENTE_NODE", callback=_known, help=f"Address of your own node{signed_in}"
    )(command)
    command = click.option(
        "--as", "subject", envvar="ENTENTE_AS", callback=_known, help=f"Your subject id{signed_in}"
    )(command)
    return click.option("--json", "as_json", is_flag=True, help="One JSON document instead of tables.")(
        command
    )


_NAMED = (
    click.option("--mandate", help="An open mandate's id; without it one is opened from the options below."),
    click.option("--case", help="Case reference, for a new mandate."),
)
_JUSTIFIED = (
    click.option(
        "--purpose", type=_codes(Purpose), default=Purpose.OPERATIONAL_ANALYSIS.value, show_default=True
    ),
    click.option(
        "--basis", type=_codes(LegalBasis), help="By default ER_20_2A, for a threat to life ER_22_2."
    ),
    click.option(
        "--emergency-reason", help="Why it cannot wait; needed for THREAT_TO_LIFE, sealed in the log."
    ),
    click.option(
        "--threat", type=_codes(Threat), default=Threat.OTHER_THREAT_TO_LIFE.value, show_default=True
    ),
    click.option(
        "--offence",
        default="DRUG_TRAFFICKING",
        show_default=True,
        help="Of Annex I of the Europol Regulation.",
    ),
    click.option(
        "--category",
        type=_codes(SubjectCategory),
        default=SubjectCategory.SUSPECT_OR_CONVICTED.value,
        show_default=True,
    ),
    click.option("--aim", type=_codes(Aim), default=Aim.MORE_DATA_ON_KNOWN.value, show_default=True),
)


def mandate_options(command: Any) -> Any:
    """Under which mandate: one that is open, or the parts of a new one."""
    command = justification_options(command)
    for option in reversed(_NAMED):
        command = option(command)
    return command


def justification_options(command: Any) -> Any:
    """The parts of a mandate beside its case."""
    for option in reversed(_JUSTIFIED):
        command = option(command)
    return command


def mandate_of(client: NodeClient, told: Mapping[str, Any]) -> str:
    """The mandate that the options name, or a new one from them."""
    if told["mandate"]:
        return str(told["mandate"])
    if not told["case"]:
        raise click.UsageError("this needs a mandate: name one with --mandate, or a case with --case")
    return str(client.run("open_mandate", {"mandate": justification(told)})["id"])


def justification(told: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a new mandate, as the desk's schema takes them."""
    urgent = told["purpose"] == Purpose.THREAT_TO_LIFE
    mandate: dict[str, Any] = {
        "purpose": told["purpose"],
        "legalBasis": told["basis"] or (LegalBasis.ER_22_2 if urgent else LegalBasis.ER_20_2A).value,
        "case": told["case"],
        "offence": told["offence"],
        "subjectCategory": told["category"],
        "aim": told["aim"],
    }
    if told["emergency_reason"]:
        mandate["emergency"] = {"threat": told["threat"], "text": told["emergency_reason"]}
    return mandate


@click.command(
    epilog="""\b
Examples:
  entente ask lookup "CSQU 305438-3" --node http://127.0.0.1:8401 --as fr-analyst-1 --case FR-2026-0418
  entente ask search "Lindqvist" --node http://127.0.0.1:8402 --as se-analyst-1 --case SE-7 --json
  entente ask search "Lindqvist" --schema Person --source B --since 2026-01-01 --case SE-7
  entente ask expand fr.ofast/fr-p-17 --node http://127.0.0.1:8401 --as fr-analyst-1 --mandate 4f…
  entente ask lookup "AB-123-CD" --purpose THREAT_TO_LIFE --threat KIDNAPPING --case FR-9 \\
      --emergency-reason "child seen in this car" --node http://127.0.0.1:8401 --as fr-analyst-1
"""
)
@click.argument("what", type=click.Choice(sorted(WHAT)))
@click.argument("value")
@at_node
@mandate_options
@narrowing_options
def ask(**told: Any) -> None:
    """Ask all nodes a question: WHAT is lookup, search, entity or expand; VALUE is what is asked for.

    A lookup takes an identifier in any spelling: a phone number, IBAN, container code, plate, IMO number.
    The answer names one status per node asked; no hit and no answer never look alike.
    """
    narrowing = narrowed(told["what"], told)
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        mandate = mandate_of(client, told)
        variables = {WHAT[told["what"]]: told["value"], "mandate": mandate, **narrowing}
        picture = client.run(told["what"], variables)
    if told["as_json"]:
        show_json(picture)
    else:
        show_picture(picture, f"{told['what']} {told['value']}")


@click.command(
    epilog="""\b
Examples:
  entente grant --to fr.ofast --dataset cases --schema Seizure --schema ChemicalProfile --tier core \\
      --mask quantity --days 90 --second se-2c65a9 --dry-run
  entente grant --to fr.ofast --dataset cases --schema Seizure --schema ChemicalProfile --tier core \\
      --mask quantity --days 90 --second se-2c65a9
"""
)
@at_node
@click.option("--second", required=True, help="Subject id of the second liaison officer, who approves.")
@click.option("--to", "recipients", multiple=True, required=True, help="Node that receives; repeatable.")
@click.option("--dataset", required=True, help="Dataset, or * for all.")
@click.option("--schema", "schemata", multiple=True, default=("*",), help="Schema, or * for all; repeatable.")
@click.option("--tier", type=_codes(Mode), default=Mode.CONTACT.value, show_default=True)
@click.option("--mask", "masked", multiple=True, help="Property never shown; repeatable.")
@click.option("--case", "cases", multiple=True, help="Only records of this case; repeatable.")
@click.option(
    "--purpose",
    "purposes",
    type=_codes(Purpose),
    multiple=True,
    default=(Purpose.OPERATIONAL_ANALYSIS.value,),
)
@click.option(
    "--basis", "bases", type=_codes(LegalBasis), multiple=True, default=(LegalBasis.ER_20_2A.value,)
)
@click.option(
    "--category",
    "categories",
    type=click.Choice(SHARED),
    multiple=True,
    default=SHARED,
    help="Category of the persons concerned; by default all.",
)
@click.option("--role", "roles", type=_codes(Role), multiple=True, default=(Role.ANALYST.value,))
@click.option(
    "--days", type=click.IntRange(1, 1096), default=90, show_default=True, help="How long it holds."
)
@dry_run_option
def grant(**told: Any) -> None:
    """Grant a partner a part of the node's own data in one step; role liaison, two officers at one desk.

    The first officer proposes, the second approves the same terms. A grant always expires. Officers at two
    desks use `entente grants`.
    """
    terms = {
        "recipients": list(told["recipients"]),
        "dataset": told["dataset"],
        "schemata": list(told["schemata"]),
        "tier": told["tier"].upper(),
        "masked": list(told["masked"]),
        "cases": list(told["cases"]),
        "purposes": list(told["purposes"]),
        "legalBases": list(told["bases"]),
        "categories": list(told["categories"]),
        "roles": [each.upper() for each in told["roles"]],
        "days": told["days"],
    }
    wanted = {"grant": terms, "dryRun": told["dry_run"]}
    proposal = _as_officer(told["node"], told["subject"], "propose_grant", wanted)
    if told["dry_run"]:
        _dry(proposal, as_json=told["as_json"])
        return
    approved = _as_officer(told["node"], told["second"], "approve_grant", {"id": proposal["proposal"]})
    if told["as_json"]:
        show_json(approved)
    else:
        click.echo(f"{approved['ref']} holds until {approved['grant']['expiresAt']}")


@click.command(
    epilog="""\b
Examples:
  entente revoke g-51aa… --reason "case closed" --dry-run
  entente revoke g-51aa… --reason "case closed"
"""
)
@click.argument("grant_id", metavar="GRANT")
@at_node
@click.option("--reason", required=True, help="Why; it goes into the sealed part of the log.")
@dry_run_option
def revoke(**told: Any) -> None:
    """Revoke a grant; role liaison. It ends with the very next question."""
    variables = {"grant": told["grant_id"], "reason": told["reason"], "dryRun": told["dry_run"]}
    revoked = _as_officer(told["node"], told["subject"], "revoke_grant", variables)
    if told["dry_run"]:
        _dry(revoked, as_json=told["as_json"])
    elif told["as_json"]:
        show_json(revoked)
    else:
        click.echo(f"{revoked['ref']} is revoked")


def _dry(step: Mapping[str, Any], *, as_json: bool) -> None:
    """What a step would do."""
    if as_json:
        show_json(step)
        return
    click.echo(f"{step['ref']} would be {step['state']}\n  {visible(step['grant']['sentence'])}")
    if step["officersMissing"]:
        click.echo(f"  {step['officersMissing']} more officers would have to approve it")
    click.echo(UNCHANGED)


def _as_officer(node: str, subject: str, document: str, variables: Mapping[str, object]) -> Mapping[str, Any]:
    with NodeClient(node) as client:
        client.sign_in(subject)
        answer: Mapping[str, Any] = client.run(document, variables)
    return answer
