"""`entente preview`: what a partner's person would see with a grant, before anybody grants it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.cli.client import NodeClient
from gateway.cli.people import SHARED, at_node
from gateway.cli.show import show_json
from gateway.visible import visible
from policy.terms import Aim, LegalBasis, Mode, Operation, Purpose, Role, SubjectCategory

_WORD = {"lookup": "value", "search": "text", "entity": "id", "expand": "id"}
_ANY_CASE, _ANY_UNIT = "PREVIEW", "unit-1"
_SHOWN = 40
Shown = Mapping[str, Any]


def _codes(kind: type[Any]) -> click.Choice[str]:
    return click.Choice([each.value for each in kind])


@click.command(
    epilog="""\b
Examples:
  # what a draft or a proposal would give; p-7c1e… and g-51aa… are ids that an earlier command printed
  entente preview --proposal p-7c1e…
  # one question, as it would be answered
  entente preview --proposal p-7c1e… --ask lookup "XQZU 418026-6"
  # terms that nobody has drafted yet
  entente preview --to fr.ofast --dataset cases --schema Seizure --tier core --mask quantity
  # the end of a grant, for a machine
  entente preview --revoke g-51aa… --json
"""
)
@at_node
@click.option("--proposal", help="Try this draft or proposal.")
@click.option("--revoke", metavar="GRANT", help="Try the end of this grant.")
@click.option("--to", "recipients", multiple=True, help="Try terms: the node that receives; repeatable.")
@click.option("--dataset", help="Terms: dataset, or * for all.")
@click.option(
    "--schema", "schemata", multiple=True, default=("*",), help="Terms: schema, or * for all; repeatable."
)
@click.option(
    "--tier",
    type=_codes(Mode),
    default=Mode.CONTACT.value,
    show_default=True,
    help="Terms: how much is shown.",
)
@click.option("--mask", "masked", multiple=True, help="Terms: property never shown; repeatable.")
@click.option("--case", "cases", multiple=True, help="Terms: only for and of this case; repeatable.")
@click.option(
    "--category",
    "categories",
    type=click.Choice(SHARED),
    multiple=True,
    default=SHARED,
    help="Terms: category of the persons concerned; by default all.",
)
@click.option("--grant-days", type=click.IntRange(1, 1096), default=90, show_default=True)
@click.option("--follows", metavar="GRANT", help="The terms are the next version of this grant.")
@click.option("--purpose", type=_codes(Purpose), help="Of the person; by default the first of the terms.")
@click.option("--basis", type=_codes(LegalBasis), help="Of the person; by default the first of the terms.")
@click.option("--person-case", help="Of the person's mandate; by default the first of the terms, or PREVIEW.")
@click.option("--person-unit", help="By default the first of the terms, or unit-1.")
@click.option("--person-role", type=_codes(Role), help="By default the first of the terms, or analyst.")
@click.option(
    "--person-category",
    type=click.Choice(SHARED),
    default=SubjectCategory.SUSPECT_OR_CONVICTED.value,
    show_default=True,
)
@click.option("--offence", default="DRUG_TRAFFICKING", show_default=True)
@click.option("--ask", nargs=2, metavar="WHAT VALUE", help="lookup, search, entity or expand, and of what.")
@click.option("--samples", type=click.IntRange(0, 50), default=10, show_default=True)
@click.option(
    "--days", type=click.IntRange(0, 1096), default=90, show_default=True, help="Real questions to replay."
)
def preview(**told: Any) -> None:
    """Show what a person of a partner sees today, and would see with a grant; role liaison.

    The law decides and the view reads as for the partner's real question; nothing is changed but the log. The
    real questions of the last days are decided anew: which would have had another outcome.
    """
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        tried, terms = _tried(client, told)
        person = _person(told, terms)
        question = {"question": _question(*told["ask"])} if told["ask"] else {}
        wanted = {"person": person, "samples": told["samples"], "days": told["days"]}
        found = client.run("preview", wanted | tried | question)
    if told["as_json"]:
        show_json(found)
    else:
        _show(found, person)


def _tried(client: NodeClient, told: Shown) -> tuple[dict[str, Any], Shown]:
    """What is tried, as the desk's schema takes it, and its terms."""
    if told["proposal"]:
        return {"proposal": told["proposal"]}, client.run("proposal", {"id": told["proposal"]})["grant"]
    if told["revoke"]:
        return {"revoke": told["revoke"]}, client.run("grant_versions", {"grant": told["revoke"]})[0]
    terms = _terms(told)
    return {"grant": terms} | ({"follows": told["follows"]} if told["follows"] else {}), terms


def _person(told: Shown, terms: Shown) -> dict[str, Any]:
    """The partner's person on whom it is tried: as told, or as the terms are made for."""
    role = told["person_role"] or (*terms["roles"], Role.ANALYST.value)[0]
    return {
        "node": (told["recipients"] or terms["recipients"])[0],
        "purpose": told["purpose"] or terms["purposes"][0],
        "legalBasis": told["basis"] or terms["legalBases"][0],
        "subjectCategory": told["person_category"],
        "case": told["person_case"] or (*terms["cases"], _ANY_CASE)[0],
        "offence": told["offence"],
        "aim": Aim.MORE_DATA_ON_KNOWN.value,
        "roles": [role.upper()],
        "unit": told["person_unit"] or (*terms["units"], _ANY_UNIT)[0],
    }


def _question(what: str, value: str) -> dict[str, Any]:
    if what not in _WORD:
        raise click.UsageError(f"--ask {what}: is none of {', '.join(_WORD)}")
    return {"operation": Operation(what).name, _WORD[what]: value}


def _terms(told: Shown) -> dict[str, Any]:
    if not (told["dataset"] and told["recipients"]):
        raise click.UsageError(
            "name what is tried: --proposal, or --revoke, or terms with --to and --dataset"
        )
    return {
        "recipients": list(told["recipients"]),
        "dataset": told["dataset"],
        "schemata": list(told["schemata"]),
        "tier": told["tier"].upper(),
        "masked": list(told["masked"]),
        "cases": list(told["cases"]),
        "units": [],
        "purposes": [told["purpose"] or Purpose.OPERATIONAL_ANALYSIS.value],
        "legalBases": [told["basis"] or LegalBasis.ER_20_2A.value],
        "categories": list(told["categories"]),
        "roles": [(told["person_role"] or Role.ANALYST.value).upper()],
        "days": told["grant_days"],
    }


def _show(found: Shown, person: Shown) -> None:
    console = Console()
    console.print(_sides(found, person["node"]))
    mandate = f"{person['purpose']} by {person['legalBasis']}, case {person['case']}"
    console.print(escape(f"asked as {person['roles'][0].lower()} of unit {person['unit']}: {mandate}"))
    differs = found["difference"]
    words = ", ".join(f"{differs[name]} {name}" for name in ("appear", "disappear", "change"))
    console.print(f"records: {words}" + ("" if differs["complete"] else " (not all were compared)"))
    if differs["records"]:
        console.print(_records(differs["records"]))
    for answer in found["then"]["answers"]:
        for record in json.loads(answer)["records"]:
            text = json.dumps(record, ensure_ascii=False)
            console.print(escape(visible(text)), soft_wrap=True, highlight=False)
    if found["replay"]:
        show_replay(console, found["replay"])


def _sides(found: Shown, partner: str) -> Table:
    table = Table(title=escape(f"{found['grant']} and a person of {partner}"), title_justify="left")
    for name in ("", "today", "then"):
        table.add_column(name)
    sides = found["today"], found["then"]
    table.add_row("decision", *(escape(_decision(each)) for each in sides))
    counts = [{(each["schema"], each["tier"]): each["records"] for each in side["counts"]} for side in sides]
    for schema, tier in sorted({*counts[0], *counts[1]}):
        numbers = [str(each.get((schema, tier), "-")) for each in counts]
        table.add_row(escape(f"{schema}, {tier}"), *numbers)
    return table


def _decision(side: Shown) -> str:
    if side["allowed"]:
        return f"{side['tier']} by {' '.join(side['grants'])}"
    return f"refused: {' '.join(side['reasons'])} ({' '.join(side['rules'])})"


def _records(records: Sequence[Shown]) -> Table:
    caption = f"{_SHOWN} of {len(records)} shown" if len(records) > _SHOWN else None
    table = Table(caption=caption)
    for name in ("record", "schema", "what", "gained", "lost"):
        table.add_column(name, overflow="fold")
    for each in records[:_SHOWN]:
        row = (
            each["id"],
            each["schema"],
            each["what"].lower(),
            " ".join(each["gained"]),
            " ".join(each["lost"]),
        )
        table.add_row(*(escape(visible(cell)) for cell in row))
    return table


def show_replay(console: Console, replay: Shown) -> None:
    """Real questions that would have had another outcome, on a terminal."""
    console.print(
        f"{replay['replayed']} of {replay['asked']} real questions replayed, "
        f"{replay['changed']} would have had another outcome"
    )
    for each in replay["changes"]:
        console.print(escape(f"  {each['questions']:>6}  {each['was']}  ->  {each['would']}"))
    for word in ("rules", "grants", "notReplayable", "unlikeLogged"):
        if replay[word]:
            names = ", ".join(f"{each['name']} {each['questions']}" for each in replay[word])
            console.print(escape(f"  {word}: {names}"), soft_wrap=True)
