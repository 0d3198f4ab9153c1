"""How SQLite and PostgreSQL write JSON as text, and the few other words in which they differ.

JSON is put together as text: no JSON value is parsed for a row that is copied as it is, and nothing depends
on how a SQLite version tells JSON from text.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Dialect,
    FromClause,
    Select,
    Text,
    case,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.dialects.postgresql.asyncpg import dialect as numeric_dollar
from sqlalchemy.dialects.sqlite import dialect as qmark
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Expression = ColumnElement[str]
_COMMA: ColumnElement[str] = literal_column("','", Text)


class Words(Protocol):
    """What differs between two databases when an answer is written as JSON text."""

    dialect: Dialect

    def quoted(self, value: ColumnElement[str]) -> Expression:
        """JSON string of a text, `null` for NULL."""

    def joined(self, items: Select[Any], order: Sequence[str] = ()) -> Expression:
        """The texts of the column `item` with commas between; `items` are ordered already."""

    def together(self, item: Expression, order: Sequence[ColumnElement[object]] = ()) -> Expression:
        """Aggregate: the texts with commas between; the FROM element is in `order` already."""

    def distinct(self, item: ColumnElement[int]) -> Expression:
        """Aggregate: the distinct numbers with commas between."""

    def elements(self, array: ColumnElement[str], name: str) -> tuple[FromClause, Expression]:
        """The objects of a JSON array as a FROM element, and the expression for one of them."""

    def text_of(self, element: Expression, key: str) -> Expression:
        """A member of an object as text."""

    def json_of(self, element: Expression, key: str) -> Expression:
        """A member of an object as JSON text."""

    def plain_of(self, element: Expression) -> Expression:
        """An element that is a JSON string, as text."""

    def position(self, text: ColumnElement[str], part: ColumnElement[str]) -> ColumnElement[int]:
        """Where `part` begins in `text`, 0 when it does not occur."""


class SqliteWords:
    """SQLite 3.38 or newer."""

    dialect: Dialect = qmark()

    def quoted(self, value: ColumnElement[str]) -> Expression:
        """See `Words.quoted`."""
        return func.json_quote(value, type_=Text)

    def joined(self, items: Select[Any], order: Sequence[str] = ()) -> Expression:  # noqa: ARG002  # the port's: `items` are in order already
        """See `Words.joined`."""
        source = items.subquery()
        return _filled(select(func.group_concat(source.c.item, _COMMA)).scalar_subquery())

    def together(self, item: Expression, order: Sequence[ColumnElement[object]] = ()) -> Expression:  # noqa: ARG002  # the port's: the rows are in order already
        """See `Words.together`."""
        return _filled(func.group_concat(item, _COMMA))

    def distinct(self, item: ColumnElement[int]) -> Expression:
        """See `Words.distinct`."""
        return _filled(func.group_concat(item.distinct()))

    def elements(self, array: ColumnElement[str], name: str) -> tuple[FromClause, Expression]:
        """See `Words.elements`."""
        source = func.json_each(array).table_valued("value", name=name)
        return source, source.c.value

    def text_of(self, element: Expression, key: str) -> Expression:
        """See `Words.text_of`."""
        return element.op("->>")(literal_column(f"'{key}'"))

    def json_of(self, element: Expression, key: str) -> Expression:
        """See `Words.json_of`."""
        return element.op("->")(literal_column(f"'{key}'"))

    def plain_of(self, element: Expression) -> Expression:
        """See `Words.plain_of`."""
        return element

    def position(self, text: ColumnElement[str], part: ColumnElement[str]) -> ColumnElement[int]:
        """See `Words.position`."""
        return func.instr(text, part)


class PostgresWords:
    """PostgreSQL 15 or newer."""

    dialect: Dialect = numeric_dollar()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped

    def quoted(self, value: ColumnElement[str]) -> Expression:
        """See `Words.quoted`."""
        return func.coalesce(cast(func.to_json(value), Text), literal_column("'null'"))

    def joined(self, items: Select[Any], order: Sequence[str] = ()) -> Expression:
        """See `Words.joined`."""
        source = items.subquery()
        keys = [source.c[name] for name in order]
        return select(self.together(source.c.item, keys)).scalar_subquery()

    def together(self, item: Expression, order: Sequence[ColumnElement[object]] = ()) -> Expression:
        """See `Words.together`."""
        return _filled(func.string_agg(item, aggregate_order_by(_COMMA, *order) if order else _COMMA))

    def distinct(self, item: ColumnElement[int]) -> Expression:
        """See `Words.distinct`."""
        return _filled(func.string_agg(cast(item, Text).distinct(), _COMMA))

    def elements(self, array: ColumnElement[str], name: str) -> tuple[FromClause, Expression]:
        """See `Words.elements`."""
        source = func.json_array_elements(array.op("::")(literal_column("json"))).table_valued(
            "value", name=name
        )
        return source, source.c.value

    def text_of(self, element: Expression, key: str) -> Expression:
        """See `Words.text_of`."""
        return element.op("->>")(literal_column(f"'{key}'"))

    def json_of(self, element: Expression, key: str) -> Expression:
        """See `Words.json_of`."""
        return cast(element.op("->")(literal_column(f"'{key}'")), Text)

    def plain_of(self, element: Expression) -> Expression:
        """See `Words.plain_of`."""
        return element.op("#>>")(literal_column("'{}'"))

    def position(self, text: ColumnElement[str], part: ColumnElement[str]) -> ColumnElement[int]:
        """See `Words.position`."""
        return func.strpos(text, part)


class Concatenation(FunctionElement[str]):
    """Texts one after the other, written in one pass: a chain of `||` copies what it has for every piece."""

    type = Text()
    inherit_cache = False

    def __init__(self, parts: Sequence[ColumnElement[str] | str]) -> None:
        self.parts = tuple(parts)
        super().__init__(*[part for part in parts if not isinstance(part, str)])


@compiles(Concatenation, "sqlite")
def _printf(element: Concatenation, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401  # SQLAlchemy's own signature
    form = "".join(part.replace("%", "%%") if isinstance(part, str) else "%s" for part in element.parts)
    pieces = [compiler.process(part, **how) for part in element.parts if not isinstance(part, str)]
    return f"printf({', '.join([_literal(form), *pieces])})"


@compiles(Concatenation)
def _concat(element: Concatenation, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401  # SQLAlchemy's own signature
    parts = [
        _literal(part) if isinstance(part, str) else compiler.process(part, **how) for part in element.parts
    ]
    return f"concat({', '.join(parts)})"


def concat(parts: Sequence[ColumnElement[str] | str]) -> Expression:
    """The parts one after the other, none of them NULL; texts are trusted."""
    flat: list[ColumnElement[str] | str] = []
    for part in parts:
        flat += part.parts if isinstance(part, Concatenation) else (part,)
    merged: list[ColumnElement[str] | str] = []
    for part in flat:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return Concatenation(merged)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def constant(text: str) -> Expression:
    """A text literal; `text` comes from this room or passed a pattern."""
    return literal_column(_literal(text), Text)


def _filled(text: ColumnElement[str]) -> Expression:
    return func.coalesce(text, constant(""))


def truth(condition: ColumnElement[bool]) -> Expression:
    """`true` or `false` as JSON text; unknown is false."""
    return case((condition, constant("true")), else_=constant("false"))
