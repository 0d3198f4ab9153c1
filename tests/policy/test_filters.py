"""The filter algebra: what is in it, and that its meaning is SQL's (SQLite is the second opinion)."""

import contextlib
import sqlite3
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.errors import FilterRejected
from policy.filters import (
    COLUMNS,
    MAX_DEPTH,
    MAX_IN,
    MAX_INT,
    MAX_NODES,
    OPERATORS,
    Compound,
    Field,
    Filter,
    dump,
    matches,
    parse,
    validate,
)

CODES = st.sampled_from(["a", "b", "ab", "a.*", "a_b", "A", "x/1:2"])
LITERALS: dict[type, st.SearchStrategy[Any]] = {str: CODES, bool: st.booleans(), int: st.integers(-3, 3)}


@st.composite
def fields(draw: st.DrawFn) -> Field:
    column = draw(st.sampled_from(sorted(COLUMNS)))
    operator = draw(st.sampled_from(sorted(OPERATORS[COLUMNS[column]])))
    if operator == "in":
        return Field(operator, column, tuple(draw(st.lists(CODES, max_size=3))))
    return Field(operator, column, draw(LITERALS[COLUMNS[column]]))


def compounds(parts: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    some = st.lists(parts, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Compound, st.just("or"), some),
        st.builds(Compound, st.just("and"), some.filter(bool)),
        st.builds(Compound, st.just("not"), st.tuples(parts)),
    )


FILTERS = st.recursive(fields(), compounds, max_leaves=8).filter(lambda each: depth(each) <= MAX_DEPTH)
ROWS = st.fixed_dictionaries({column: st.none() | LITERALS[kind] for column, kind in COLUMNS.items()})


def depth(each: Filter) -> int:
    return 1 + max(map(depth, each.parts), default=0) if isinstance(each, Compound) else 1


def sql(each: Filter, bound: list[object]) -> str:
    """The filter in SQLite's own words."""
    if isinstance(each, Compound):
        parts = [f"({sql(part, bound)})" for part in each.parts]
        joined = f" {each.operator} ".join(parts) if each.operator != "not" else f"not {parts[0]}"
        return joined or "false"
    if isinstance(each.value, tuple):
        bound += each.value
        return f'"{each.column}" in ({",".join("?" * len(each.value))})' if each.value else "false"
    bound.append(each.value)
    if each.operator == "startswith":
        bound.append(each.value)
        return f'substr("{each.column}", 1, length(?)) = ?'
    sign = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}[each.operator]
    return f'"{each.column}" {sign} ?'


@given(FILTERS)
def test_what_is_dumped_is_parsed(each: Filter) -> None:
    assert parse(dump(each)) == each
    assert validate(each) == each


@given(FILTERS, ROWS)
def test_a_row_passes_where_sqlite_lets_it_pass(each: Filter, row: dict[str, object]) -> None:
    bound: list[object] = list(row.values())
    columns = ", ".join(f'? as "{column}"' for column in row)
    database = sqlite3.connect(":memory:")
    try:
        found = database.execute(f"select 1 from (select {columns}) where {sql(each, bound)}", bound)  # noqa: S608  # columns of ours
        assert matches(each, row) is (found.fetchone() is not None)
    finally:
        database.close()


@given(fields())
def test_nothing_passes_by_a_column_that_the_row_lacks(each: Field) -> None:
    assert not matches(each, {})
    assert not matches(Compound("not", (each,)), {}) or each.value == ()


@pytest.mark.parametrize("prefix", ["a%", "a_", "a*"])
def test_startswith_knows_no_wildcards(prefix: str) -> None:
    assert not matches(Field("startswith", "id", prefix), {"id": "abc"})
    assert matches(Field("startswith", "id", prefix), {"id": prefix + "c"})


def eq(column: str = "id", value: object = "a", operator: object = "eq") -> dict[str, Any]:
    return {"type": "field", "operator": operator, "field": column, "value": value}


def compound(operator: object, *parts: object) -> dict[str, Any]:
    return {"type": "compound", "operator": operator, "value": list(parts)}


def nested(levels: int) -> dict[str, Any]:
    return eq() if levels == 1 else compound("not", nested(levels - 1))


def test_the_caps_hold_to_the_last() -> None:
    assert depth(parse(nested(MAX_DEPTH))) == MAX_DEPTH
    parse(compound("or", *[eq()] * (MAX_NODES - 1)))
    parse(eq(operator="in", value=["a"] * MAX_IN))
    parse(eq(value="a" * 128))
    parse(eq("retain_until", MAX_INT))


@pytest.mark.parametrize(
    "document",
    [
        nested(MAX_DEPTH + 1),
        compound("or", *[eq()] * MAX_NODES),
        eq(operator="in", value=["a"] * (MAX_IN + 1)),
        eq(value="a" * 129),
        eq("retain_until", MAX_INT + 1),
        eq(value=""),
        eq(operator="startswith", value=""),
        eq(value="a b"),
        eq(value="é"),
        eq(value=7),
        eq(value=None),
        eq(value=["a"]),
        eq(operator="in", value="a"),
        eq(operator="in", value=["a", 1]),
        eq(operator="like"),
        eq(operator="lt"),
        eq(operator=None),
        eq(operator=["eq"]),
        eq("h2", "false"),
        eq("h2", 0),
        eq("h2", value=True, operator="gt"),
        eq("retain_until", "7"),
        eq("retain_until", 7.0),
        eq("retain_until", value=True),
        eq("retain_until", [7], "in"),
        eq("caption"),
        eq(["id"]),  # type: ignore[arg-type]  # hostile on purpose
        eq() | {"more": 1},
        {key: value for key, value in eq().items() if key != "value"},
        compound("and"),
        compound("not"),
        compound("not", eq(), eq()),
        compound("xor", eq()),
        compound(["and"], eq()),
        compound("and", "id = id"),
        compound("and", eq()) | {"value": eq()},
        compound("and", eq()) | {"field": "id"},
        eq() | {"type": "sql"},
        {"operator": "eq"},
        [eq()],
        "true",
        None,
    ],
)
def test_what_is_outside_of_the_algebra_is_rejected(document: object) -> None:
    with pytest.raises(FilterRejected):
        parse(document)


KEYS = st.sampled_from(["type", "operator", "field", "value"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.text(max_size=3) | CODES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
)


@given(ANYTHING)
def test_any_json_is_a_filter_or_rejected(document: object) -> None:
    with contextlib.suppress(FilterRejected):
        assert dump(parse(document)) == document


def test_filters_made_by_hand_are_checked_as_well() -> None:
    with pytest.raises(FilterRejected, match="unknown column 'nobody'"):
        validate(Field("eq", "nobody", "a"))


def test_a_row_with_text_in_a_number_column_is_no_row() -> None:
    with pytest.raises(FilterRejected, match="holds str"):
        matches(Field("gt", "retain_until", 1), {"retain_until": "9"})
