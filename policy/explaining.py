"""Why something is not shown, in the words of VOCABULARY: the rules of a refusal, a row's conditions. Pure.

Rows: works on the parts of one row filter with `policy.filters.matches`, apart from the SQL that answers; a
test holds both to the same rows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from policy.bundle import Bundle
from policy.filters import Compound, Field, Filter, matches
from policy.terms import Reason, SubjectCategory

#: Rule of the house and reason code, by the column that a condition is about.
_RULES: Final[Mapping[str, tuple[str, Reason]]] = {
    "retain_until": ("retention", Reason.RETENTION_EXPIRED),
    "ongoing": ("ongoing", Reason.ONGOING_INVESTIGATION),
    "owner": ("third-party", Reason.THIRD_PARTY_CONSENT),
    "subject_category": ("row-category", Reason.CATEGORY_NOT_COVERED),
    "case_ref": ("row-case", Reason.CASE_NOT_COVERED),
}
_SELECTED: Final = ("row-not-selected", Reason.NO_GRANT)


@dataclass(frozen=True, slots=True, order=True)
class RowRule:
    """A rule that withholds one row under one grant; `rule` is for the owner and oversight only."""

    rule: str
    reason: Reason


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """A rule that refused, the grant that it is about (empty: none), and its code (empty: unknown)."""

    rule: str
    grant: str
    code: str


def faults(rules: Iterable[str], reasons: Sequence[str]) -> tuple[Fault, ...]:
    """The `rules` of a refusal (`<rule id>:<grant ref>`) with their codes, sorted.

    A rule of the law has the code that the law's table gives it. What is none (a budget, a shelf out of
    order) has the refusal's own code, if the refusal has just one.
    """
    return tuple(sorted(_fault(each, reasons) for each in rules))


def _fault(told: str, reasons: Sequence[str]) -> Fault:
    rule, _, grant = told.partition(":")
    code = _codes().get(rule)
    if code is not None:
        return Fault(rule, grant, code)
    return Fault(told, "", reasons[0] if len(reasons) == 1 else "")


@cache
def _codes() -> Mapping[str, str]:
    """Reason codes by rule id, from the law's tables, read once."""
    codes: Mapping[str, str] = Bundle.packaged().data["law"]["reasons"]
    return codes


def row_rules(row_filter: Filter) -> tuple[RowRule, ...]:
    """The rules that a filter holds each row to, sorted: which of them withholds one, `withheld_by` says."""
    return tuple(sorted({_rule(part) for part in _conditions(row_filter)}))


def withheld_by(row_filter: Filter, row: Mapping[str, object]) -> tuple[RowRule, ...]:
    """The rules that withhold the row, sorted; empty exactly when the filter lets it through.

    A person without a category is withheld whatever the filter says.
    """
    found = {_rule(part) for part in _failed(row_filter, row)}
    if row.get("subject_category") == SubjectCategory.UNCATEGORISED:
        found = {each for each in found if each.reason is not Reason.CATEGORY_NOT_COVERED}
        found.add(RowRule("uncategorised", Reason.UNCATEGORISED))
    return tuple(sorted(found))


def _failed(row_filter: Filter, row: Mapping[str, object]) -> Iterator[Filter]:
    """The conditions that do not hold."""
    return (part for part in _conditions(row_filter) if not matches(part, row))


def _conditions(row_filter: Filter) -> Iterator[Filter]:
    """The conditions, all of which must hold."""
    if isinstance(row_filter, Compound) and row_filter.operator == "and":
        for part in row_filter.parts:
            yield from _conditions(part)
    else:
        yield row_filter


def _rule(part: Filter) -> RowRule:
    return RowRule(*_RULES.get(_column(part), _SELECTED))


def _column(part: Filter) -> str:
    """The column that a condition is about; an alternative is named by its first."""
    while not isinstance(part, Field):
        if not part.parts:
            return ""
        part = part.parts[0]
    return part.column
