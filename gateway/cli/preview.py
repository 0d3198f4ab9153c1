"""`entente preview`: what a partner's person would see with a grant, before anybody grants it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.cli.client import NodeClient
from gateway.cli.people import at_node
from gateway.cli.show import show_json
from gateway.visible import visible
from policy.terms import Aim, LegalBasis, Mode, Operation, Purpose, Role, SubjectCategory

_WORD = {"lookup": "value", "search": "text", "entity": "id", "expand": "id"}
_SHARED = [each.value for each in SubjectCategory if each is not SubjectCategory.UNCATEGORISED]
_SHOWN = 40
Shown = Mapping[str, Any]


def _codes(kind: type[Any]) -> click.Choice[str]:
    return click.Choice([each.value for each in kind])


@click.command(
    epilog="""\b
Examples: (each takes --node ADDRESS --as YOUR_ID)
  entente preview --to se.polisen --dataset cases --schema Seizure --tier core --mask weight \\
      --person-case FR-2026-0418                                   everything, counted, and the difference
  entente preview --to se.polisen --dataset cases --tier record --person-case FR-2026-0418 \\
      --ask lookup "CSQU 305438-3"                                 one question, as it would be answered
  entente preview --proposal p-7c1e… --to se.polisen --person-case FR-2026-0418
  entente preview --revoke g-51aa… --to se.polisen --person-case FR-2026-0418 --json
"""
)
@at_node
@click.option("--to", "recipients", multiple=True, required=True, help="Node that receives; repeatable.")
@click.option("--dataset", help="Dataset, or * for all.")
@click.option("--schema", "schemata", multiple=True, default=("*",), help="Schema, or * for all; repeatable.")
@click.option("--tier", type=_codes(Mode), default=Mode.CONTACT.value, show_default=True)
@click.option("--mask", "masked", multiple=True, help="Property never shown; repeatable.")
@click.option("--case", "cases", multiple=True, help="Only for and of this case; repeatable.")
@click.option("--purpose", type=_codes(Purpose), default=Purpose.OPERATIONAL_ANALYSIS.value)
@click.option("--basis", type=_codes(LegalBasis), default=LegalBasis.ER_20_2A.value)
@click.option("--category", "categories", type=click.Choice(_SHARED), multiple=True, default=_SHARED)
@click.option("--grant-days", type=click.IntRange(1, 1096), default=90, show_default=True)
@click.option("--follows", metavar="GRANT", help="The terms are the next version of this grant.")
@click.option("--proposal", help="Try a draft or proposal instead of terms.")
@click.option("--revoke", metavar="GRANT", help="Try the end of this grant instead of terms.")
@click.option("--person-case", required=True, help="Case reference of the person's mandate.")
@click.option("--person-unit", default="unit-1", show_default=True)
@click.option("--person-role", type=_codes(Role), default=Role.ANALYST.value, show_default=True)
@click.option(
    "--person-category", type=_codes(SubjectCategory), default=SubjectCategory.SUSPECT_OR_CONVICTED.value
)
@click.option("--offence", default="DRUG_TRAFFICKING", show_default=True)
@click.option("--ask", nargs=2, metavar="WHAT VALUE", help="lookup, search, entity or expand, and of what.")
@click.option("--samples", type=click.IntRange(0, 50), default=10, show_default=True)
@click.option(
    "--days", type=click.IntRange(0, 1096), default=90, show_default=True, help="Real questions to replay."
)
def preview(**told: Any) -> None:  # noqa: ANN401  # one parameter per option
    """Show what a person of the partner --to sees today, and would see with a grant; role liaison.

    The law decides and the view reads as for the partner's real question; nothing is changed but the log. The
    real questions of the last days are decided anew: which would have had another outcome.
    """
    variables = _variables(told)
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        found = client.run("preview", variables)
    if told["as_json"]:
        show_json(found)
    else:
        _show(found, told["recipients"][0])


def _variables(told: Shown) -> dict[str, Any]:
    person = {
        "node": told["recipients"][0],
        "purpose": told["purpose"],
        "legalBasis": told["basis"],
        "subjectCategory": told["person_category"],
        "case": told["person_case"],
        "offence": told["offence"],
        "aim": Aim.MORE_DATA_ON_KNOWN.value,
        "roles": [told["person_role"].upper()],
        "unit": told["person_unit"],
    }
    variables: dict[str, Any] = {"person": person, "samples": told["samples"], "days": told["days"]}
    if told["ask"]:
        variables["question"] = _question(*told["ask"])
    for name in ("follows", "proposal", "revoke"):
        if told[name]:
            variables[name] = told[name]
    if not (told["proposal"] or told["revoke"]):
        variables["grant"] = _terms(told)
    return variables


def _question(what: str, value: str) -> dict[str, Any]:
    if what not in _WORD:
        raise click.UsageError(f"--ask {what}: is none of {', '.join(_WORD)}")
    return {"operation": Operation(what).name, _WORD[what]: value}


def _terms(told: Shown) -> dict[str, Any]:
    if not told["dataset"]:
        raise click.UsageError("give terms with --dataset, or --proposal, or --revoke")
    return {
        "recipients": list(told["recipients"]),
        "dataset": told["dataset"],
        "schemata": list(told["schemata"]),
        "tier": told["tier"].upper(),
        "masked": list(told["masked"]),
        "cases": list(told["cases"]),
        "purposes": [told["purpose"]],
        "legalBases": [told["basis"]],
        "categories": list(told["categories"]),
        "roles": [told["person_role"].upper()],
        "days": told["grant_days"],
    }


def _show(found: Shown, partner: str) -> None:
    console = Console()
    console.print(_sides(found, partner))
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
