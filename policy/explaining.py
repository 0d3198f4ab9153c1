"""Why a row is not shown: which of a branch's conditions it does not meet, in the words of VOCABULARY. Pure.

Works on the parts of one row filter with `policy.filters.matches`, apart from the SQL that answers; a test
holds both to the same rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

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
    """The conditions, all of which must hold, that do not."""
    if isinstance(row_filter, Compound) and row_filter.operator == "and":
        for part in row_filter.parts:
            yield from _failed(part, row)
    elif not matches(row_filter, row):
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
