"""Row filters of the policy as SQL: a filter becomes a condition on columns, its literals bound parameters.

Fails closed: an unknown column, operator or literal type is an error, never TRUE; an empty `or` and an empty
`in` are FALSE; an empty `and` and a `not` of anything but one part are errors. Comparisons with NULL are
unknown, in `ne` and under `not` too, and a row whose filter is unknown is not shown.
"""

from collections.abc import Callable, Iterator
from itertools import count

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, false, func, not_, or_

from policy.errors import FilterRejected
from policy.filters import COLUMNS, MAX_DEPTH, MAX_IN, MAX_NODES, OPERATORS, Compound, Field, Filter

MOST_LITERALS = 1_000
#: Structure of a filter without its literals; equal shapes lower to the same SQL.
Shape = tuple[object, ...]
Literal = str | int | bool
_COMPARISONS: dict[str, Callable[[ColumnElement[bool], ColumnElement[bool]], ColumnElement[bool]]] = {
    "eq": lambda column, value: column == value,
    "ne": lambda column, value: column != value,
    "lt": lambda column, value: column < value,
    "le": lambda column, value: column <= value,
    "gt": lambda column, value: column > value,
    "ge": lambda column, value: column >= value,
    "startswith": lambda column, value: func.substr(column, 1, func.length(value)) == value,
}


def shape_of(filter_: Filter, literals: list[Literal]) -> Shape:
    """Check `filter_`, append its literals to `literals` in the order of `lower`, return its shape."""
    budget = iter(range(MAX_NODES))
    return _shape(filter_, literals, budget, 1)


def lower(filter_: Filter, table: FromClause, prefix: str) -> ColumnElement[bool]:
    """The condition on `table` (columns of the record); literals are named `<prefix>0` and so on."""
    return _lower(filter_, table, (f"{prefix}{number}" for number in count()))


def _shape(filter_: Filter, literals: list[Literal], budget: Iterator[int], depth: int) -> Shape:
    if depth > MAX_DEPTH or next(budget, None) is None or len(literals) > MOST_LITERALS:
        raise FilterRejected(f"over {MAX_DEPTH} levels, {MAX_NODES} parts or {MOST_LITERALS} literals")
    if isinstance(filter_, Compound):
        if filter_.operator not in ("and", "or", "not"):
            raise FilterRejected(f"operator {filter_.operator!r:.40} is none of and, or, not")
        if (filter_.operator == "and" and not filter_.parts) or (
            filter_.operator == "not" and len(filter_.parts) != 1
        ):
            raise FilterRejected(f"{filter_.operator!r} of {len(filter_.parts)} parts")
        return (filter_.operator, *[_shape(part, literals, budget, depth + 1) for part in filter_.parts])
    values = _literals(filter_)
    literals.extend(values)
    return (filter_.operator, filter_.column, len(values))


def _literals(field: Field) -> tuple[Literal, ...]:
    """The literals of one comparison, each of exactly the type of its column."""
    wanted = COLUMNS.get(field.column)
    if wanted is None:
        raise FilterRejected(f"column {field.column!r:.40} is not one that a policy may name")
    if field.operator not in OPERATORS[wanted]:
        raise FilterRejected(f"operator {field.operator!r:.40} is not one of {field.column}")
    if (field.operator == "in") != isinstance(field.value, tuple):
        raise FilterRejected(f"{field.operator} on {field.column} with {type(field.value).__name__}")
    values = field.value if isinstance(field.value, tuple) else (field.value,)
    if len(values) > MAX_IN or (field.operator == "startswith" and not field.value):
        raise FilterRejected(
            f"{field.operator} on {field.column}: {len(values)} literals, or an empty prefix"
        )
    for value in values:
        if type(value) is not wanted:
            raise FilterRejected(f"{field.column} is {wanted.__name__}, compared with {type(value).__name__}")
    return values


def _lower(filter_: Filter, table: FromClause, names: Iterator[str]) -> ColumnElement[bool]:
    if isinstance(filter_, Field):
        return _compare(filter_, table, names)
    parts = [_lower(part, table, names) for part in filter_.parts]
    if filter_.operator == "and":
        return and_(*parts)
    if filter_.operator == "not":
        return not_(parts[0])
    return or_(false(), *parts)


def _compare(field: Field, table: FromClause, names: Iterator[str]) -> ColumnElement[bool]:
    column = table.c[field.column]
    if isinstance(field.value, tuple):
        binds = [bindparam(next(names), type_=column.type) for _ in field.value]
        return column.in_(binds) if binds else false()
    return _COMPARISONS[field.operator](column, bindparam(next(names), type_=column.type))
