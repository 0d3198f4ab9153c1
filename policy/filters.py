"""The filter algebra: a fail-closed subset of UCAST over the columns that a policy may name.

JSON form: {"type": "compound", "operator": "and|or|not", "value": [...]} and
{"type": "field", "operator": "eq|ne|lt|le|gt|ge|in|startswith", "field": <column>, "value": <literal>}.
Empty `or` and empty `in` are FALSE; empty `and` is rejected; `not` takes exactly one part. Text columns know
`eq ne in startswith`, number columns all comparisons, boolean columns `eq ne`. `startswith` is literal: it
knows no wildcards, and an empty prefix is rejected. Unknown operators, columns, keys and literal types are
errors; depth, size and the length of `in` are capped.

NULL follows SQL: a comparison with it is neither true nor false, `not` keeps it so, and a row passes only
where the whole filter is true. Hence `ne` excludes NULL. `tenants` lowers a filter to SQL; `matches` is the
independent oracle on one row.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from policy.errors import FilterRejected

MAX_DEPTH: Final = 8
MAX_NODES: Final = 256
MAX_IN: Final = 256
MAX_INT: Final = 2**53 - 1  # the integers every JSON reader keeps exact
_TEXT: Final = re.compile(r"[A-Za-z0-9_.:/*-]{1,128}")

#: Columns a policy may filter on and the type of their literals.
COLUMNS: Final[Mapping[str, type]] = {
    "id": str,
    "schema": str,
    "dataset": str,
    "case_ref": str,
    "owner": str,
    "subject_category": str,
    "tlp": str,
    "source_evaluation": str,
    "information_evaluation": str,
    "assessment": str,
    "h1": bool,
    "h2": bool,
    "h3": bool,
    "ongoing": bool,
    "retain_until": int,  # Unix seconds
}
#: Operators that each literal type knows.
OPERATORS: Final[Mapping[type, frozenset[str]]] = {
    str: frozenset({"eq", "ne", "in", "startswith"}),
    bool: frozenset({"eq", "ne"}),
    int: frozenset({"eq", "ne", "lt", "le", "gt", "ge"}),
}

Literal = str | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """Comparison of one column with a literal (a tuple of literals for `in`)."""

    operator: str
    column: str
    value: Literal


@dataclass(frozen=True, slots=True)
class Compound:
    """`and`, `or` or `not` over parts."""

    operator: str
    parts: tuple["Filter", ...]


Filter = Field | Compound


def parse(document: object) -> Filter:
    """The filter that a JSON value stands for; `FilterRejected` names what is outside of the algebra."""
    return _Reader().read(document, depth=1)


def validate(row_filter: Filter) -> Filter:
    """The same filter, checked like a parsed one; for filters that were made by hand."""
    return parse(dump(row_filter))


def dump(row_filter: Filter) -> dict[str, object]:
    """The JSON form; `parse(dump(f)) == f` for every valid filter."""
    if isinstance(row_filter, Compound):
        parts = [dump(part) for part in row_filter.parts]
        return {"type": "compound", "operator": row_filter.operator, "value": parts}
    value = list(row_filter.value) if isinstance(row_filter.value, tuple) else row_filter.value
    return {"type": "field", "operator": row_filter.operator, "field": row_filter.column, "value": value}


def matches(row_filter: Filter, row: Mapping[str, object]) -> bool:
    """Whether a row with these columns passes; a column that the row lacks is NULL."""
    return _truth(row_filter, row) is True


class _Reader:
    """One reading of a JSON value; counts nodes over the whole tree."""

    def __init__(self) -> None:
        self._nodes = 0

    def read(self, document: object, depth: int) -> Filter:
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise FilterRejected(f"filter: over {MAX_DEPTH} levels or {MAX_NODES} nodes")
        if not isinstance(document, Mapping):
            raise FilterRejected(f"filter: an object is wanted, not {type(document).__name__}")
        kind = document.get("type")
        if kind == "compound":
            return self._compound(document, depth)
        if kind == "field":
            return _field(document)
        raise FilterRejected(f"filter: type is compound or field, not {kind!r:.40}")

    def _compound(self, document: Mapping[str, object], depth: int) -> Compound:
        _keys(document, {"type", "operator", "value"})
        operator, value = document["operator"], document["value"]
        if not isinstance(value, list | tuple):
            raise FilterRejected(f"filter {operator!r:.40}: a list of parts is wanted")
        if operator not in ("and", "or", "not"):
            raise FilterRejected(f"filter: unknown compound operator {operator!r:.40}")
        if (operator == "and" and not value) or (operator == "not" and len(value) != 1):
            raise FilterRejected(f"filter {operator}: {len(value)} parts")
        return Compound(str(operator), tuple(self.read(part, depth + 1) for part in value))


def _field(document: Mapping[str, object]) -> Field:
    _keys(document, {"type", "operator", "field", "value"})
    operator, column, value = document["operator"], document["field"], document["value"]
    wanted = COLUMNS.get(column) if isinstance(column, str) else None
    if wanted is None:
        raise FilterRejected(f"filter: unknown column {column!r:.40}")
    if not isinstance(operator, str) or operator not in OPERATORS[wanted]:
        raise FilterRejected(f"filter: column {column} knows no operator {operator!r:.40}")
    literal = _literals(value) if operator == "in" else _literal(value, wanted)
    return Field(operator, str(column), literal)


def _literals(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or len(value) > MAX_IN:
        raise FilterRejected(f"filter in: a list of at most {MAX_IN} texts is wanted")
    return tuple(str(_literal(item, str)) for item in value)


def _literal(value: object, wanted: type) -> str | int | bool:
    if type(value) is not wanted or not isinstance(value, str | int):
        raise FilterRejected(f"filter: a literal of type {wanted.__name__} is wanted, not {value!r:.40}")
    if isinstance(value, str) and not _TEXT.fullmatch(value):
        raise FilterRejected(f"filter: text outside of the id alphabet: {value!r:.40}")
    if isinstance(value, int) and abs(value) > MAX_INT:
        raise FilterRejected(f"filter: {value!r:.40} is beyond {MAX_INT}")
    return value


def _keys(document: Mapping[str, object], wanted: set[str]) -> None:
    if document.keys() != wanted:
        raise FilterRejected(f"filter: keys {sorted(map(str, document))!r:.80}, wanted {sorted(wanted)}")


_COMPARE: Final[Mapping[str, Callable[[object, Literal], bool]]] = {
    "eq": lambda cell, value: cell == value,
    "ne": lambda cell, value: cell != value,
    "in": lambda cell, value: isinstance(value, tuple) and cell in value,
    "startswith": lambda cell, value: str(cell).startswith(str(value)),
    "lt": lambda cell, value: _number(cell) < _number(value),
    "le": lambda cell, value: _number(cell) <= _number(value),
    "gt": lambda cell, value: _number(cell) > _number(value),
    "ge": lambda cell, value: _number(cell) >= _number(value),
}


def _number(cell: object) -> int:
    if not isinstance(cell, int):
        raise FilterRejected(f"filter: a number column holds {type(cell).__name__}")
    return cell


def _truth(row_filter: Filter, row: Mapping[str, object]) -> bool | None:
    """SQL's three values: True, False, None for unknown."""
    if isinstance(row_filter, Compound):
        return _combine(row_filter.operator, [_truth(part, row) for part in row_filter.parts])
    if row_filter.value == ():
        return False
    cell = row.get(row_filter.column)
    return None if cell is None else _COMPARE[row_filter.operator](cell, row_filter.value)


def _combine(operator: str, truths: Sequence[bool | None]) -> bool | None:
    if operator == "not":
        return None if truths[0] is None else not truths[0]
    decides = operator == "or"  # the value that settles an `or`, and its opposite an `and`
    if decides in truths:
        return decides
    return None if None in truths else not decides
