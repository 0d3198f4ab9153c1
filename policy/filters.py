"""The filter algebra: a fail-closed subset of UCAST over the columns that a policy may name.

JSON form: {"type": "compound", "operator": "and|or|not", "value": [...]} and
{"type": "field", "operator": "eq|ne|lt|le|gt|ge|in|startswith", "field": <column>, "value": <literal>}.
Rules: empty `or` and empty `in` are FALSE; empty `and` and empty `not` are rejected; `not` takes exactly one;
`ne` excludes NULL; unknown operators, columns and literal types are errors; depth and size are capped.
`tenants` lowers it to SQL, `matches` is the independent oracle on one row.
"""

from collections.abc import Mapping
from dataclasses import dataclass

#: Columns a policy may filter on and the type of their literals.
COLUMNS: Mapping[str, type] = {
    "id": str, "schema": str, "dataset": str, "case_ref": str, "owner": str, "subject_category": str,
    "tlp": str, "source_evaluation": str, "information_evaluation": str, "assessment": str,
    "h1": bool, "h2": bool, "h3": bool, "ongoing": bool,
    "retain_until": int,  # Unix seconds
}


@dataclass(frozen=True, slots=True)
class Field:
    """Comparison of one column with a literal (a tuple of literals for `in`)."""

    operator: str
    column: str
    value: str | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compound:
    """`and`, `or` or `not` over parts."""

    operator: str
    parts: tuple["Filter", ...]


Filter = Field | Compound
