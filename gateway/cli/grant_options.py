"""The options that name the terms of a grant, and what was given with them, as the desk's schema takes it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click

from policy.quota import Span, Unit
from policy.terms import LegalBasis, Mode, Purpose, Role, SubjectCategory

_LIMITS = {
    f"{unit}/{span}".lower(): f"{unit.lower()}{span.capitalize()}"
    for unit in (Unit.QUESTIONS, Unit.ROWS)
    for span in Span
}
UNCHANGED = "dry run: nothing was changed and nothing was logged"
_UPPER = frozenset({"tier", "roles"})
FLAGS = {
    "recipients": "--to",
    "dataset": "--dataset",
    "schemata": "--schema",
    "tier": "--tier",
    "masked": "--mask",
    "cases": "--case",
    "units": "--unit",
    "recordIds": "--record",
    "purposes": "--purpose",
    "legalBases": "--basis",
    "categories": "--category",
    "roles": "--role",
    "maxRows": "--rows",
    "days": "--days",
}
"""The option of each term, by the schema's name; a quota has limits of its own."""


class QuotaLimit(click.ParamType[tuple[str, int] | None]):
    """`questions/hour=60`: how many of what in which window; `none` for no quota."""

    name = "limit"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int] | None:
        """The limit by the schema's name, None for `none`."""
        if value == "none":
            return None
        what, _, most = value.partition("=")
        if what not in _LIMITS or not most.isascii() or not most.isdecimal() or int(most) < 1:
            self.fail(f"{value!r}: say {' or '.join(_LIMITS)} and =NUMBER, or none", param, ctx)
        return _LIMITS[what], int(most)


def _codes(kind: type[Any], *without: str) -> click.Choice[str]:
    return click.Choice([each.value for each in kind if each.value not in without])


_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option("--to", "recipients", multiple=True, help="Node that receives, as fr.ofast; repeatable."),
    click.option("--dataset", help="Dataset of your node, as cases; or * for all."),
    click.option(
        "--schema", "schemata", multiple=True, help="Kind of record, as Seizure; or * for all; repeatable."
    ),
    click.option(
        "--tier",
        type=_codes(Mode, "none"),
        help="How much is shown: hit or no hit, whom to contact, core data, the record.",
    ),
    click.option("--mask", "masked", multiple=True, help="Property never shown; repeatable."),
    click.option("--case", "cases", multiple=True, help="Only for and of this case; repeatable."),
    click.option("--unit", "units", multiple=True, help="Only for people of this unit; repeatable."),
    click.option("--record", "record_ids", multiple=True, help="Only this record; repeatable."),
    click.option(
        "--purpose",
        "purposes",
        type=_codes(Purpose),
        multiple=True,
        help="What they may ask for; repeatable.",
    ),
    click.option(
        "--basis",
        "legal_bases",
        type=_codes(LegalBasis),
        multiple=True,
        help="On which provision; repeatable.",
    ),
    click.option(
        "--category",
        "categories",
        type=_codes(SubjectCategory, SubjectCategory.UNCATEGORISED),
        multiple=True,
        help="Category of the persons concerned; NOT_A_PERSON for objects; repeatable.",
    ),
    click.option("--role", "roles", type=_codes(Role), multiple=True, help="Role of who asks; repeatable."),
    click.option("--rows", "max_rows", type=click.IntRange(1, 10_000), help="Records to a question."),
    click.option(
        "--quota",
        type=QuotaLimit(),
        multiple=True,
        metavar="LIMIT",
        help="What each recipient may ask and see: questions/hour=60, questions/day, rows/hour, rows/day;"
        " or none; repeatable.",
    ),
    click.option("--days", type=click.IntRange(1, 1096), help="How long it holds, from now."),
)
NAMES = (
    "recipients dataset schemata tier masked cases units record_ids purposes legal_bases categories roles"
    " max_rows quota days"
)


def terms_options(command: Any) -> Any:
    """All options that name terms; none is required and none has a default."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def dry_run_option(command: Any) -> Any:
    """Whether a step is only told."""
    return click.option("--dry-run", is_flag=True, help="Tell what would happen; change nothing.")(command)


def given(told: Mapping[str, Any]) -> dict[str, Any]:
    """What was named on the command line, by the schema's names; what was not is left out."""
    named: dict[str, Any] = {}
    for name in NAMES.split():
        value: Any = list(told[name]) if isinstance(told[name], tuple) else told[name]
        if value in (None, []):
            continue
        if name == "quota":
            value = dict(each for each in value if each is not None)
        if name in _UPPER:
            value = [each.upper() for each in value] if isinstance(value, list) else value.upper()
        head, *rest = name.split("_")
        named[head + "".join(part.capitalize() for part in rest)] = value
    return named


def replaced(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Every term that another takes the place of, as `--mask: notes, weight; was serial`."""
    for name, flag in FLAGS.items():
        if name in before and before[name] != after[name]:
            yield f"{flag}: {_words(after[name])}; was {_words(before[name])}"


def _words(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)
