"""A filter in SQL is the filter in Python, and what is outside of the algebra never becomes SQL."""

import pytest
from hypothesis import given
from sqlalchemy import create_engine, insert, select

from policy.decision import Branch
from policy.errors import FilterRejected
from policy.filters import MAX_DEPTH, MAX_IN, MAX_NODES, Compound, Field, Filter, matches
from policy.terms import Mode
from tenants.lowering import MOST_LITERALS, lower, shape_of
from tenants.shape import MOST_BRANCHES, sightline
from tenants.sight import RECORD
from tests.tenants.permits import access
from tests.tenants.policies import EVERYTHING, FILTERS

ROWS = [
    {"row": number, "id": id_, "case_ref": case, "retain_until": until, "dataset": dataset, "h1": flag}
    for number, (id_, case, until, dataset, flag) in enumerate([
        ("p-1", "C-1", 2_000_000_000, "cases", True), ("P-2", "c-1", None, "Cases", False),
        ("q-3", None, 0, "ports_a", True), ("p%4", "C_1", 1_893_456_000, "portsxa", False),
        ("p_5", "Cx1", 2**53 - 1, "CASES", True),
    ])
]  # fmt: skip


def _selected(filter_: Filter) -> list[str]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        columns = ", ".join(f'"{column.name}"' for column in RECORD.c)
        connection.exec_driver_sql(f"CREATE TABLE record ({columns})")
        connection.execute(insert(RECORD), ROWS)
        literals: list[str | int | bool] = []
        shape_of(filter_, literals)
        values = {f"x{number}": literal for number, literal in enumerate(literals)}
        found = connection.execute(select(RECORD.c.id).where(lower(filter_, RECORD, "x")), values)
        return [id_ for (id_,) in found]


@given(FILTERS)
def test_the_same_rows_pass_in_both(filter_: Filter) -> None:
    assert _selected(filter_) == [row["id"] for row in ROWS if matches(filter_, row)]


@pytest.mark.parametrize(
    ("filter_", "passing"),
    [
        (Field("startswith", "id", "p_"), ["p_5"]),
        (Field("startswith", "id", "p%"), ["p%4"]),
        (Field("ne", "case_ref", "C-1"), ["P-2", "p%4", "p_5"]),
        (Compound("not", (Field("eq", "case_ref", "C-1"),)), ["P-2", "p%4", "p_5"]),
        (Compound("or", ()), []),
        (Field("in", "id", ()), []),
        (Compound("not", (Field("in", "id", ()),)), [row["id"] for row in ROWS]),
        (Field("eq", "dataset", "cases"), ["p-1"]),
    ],
)
def test_wildcards_case_and_absence_mean_nothing_special(filter_: Filter, passing: list[str]) -> None:
    assert _selected(filter_) == passing


def _deep(levels: int) -> Filter:
    filter_: Filter = EVERYTHING
    for _ in range(levels):
        filter_ = Compound("not", (filter_,))
    return filter_


@pytest.mark.parametrize(
    "filter_",
    [
        Compound("and", ()),
        Compound("not", ()),
        Compound("not", (EVERYTHING, EVERYTHING)),
        Compound("nand", (EVERYTHING,)),
        Field("eq", "digest", "x"),
        Field("eq", "caption", "x"),
        Field("like", "id", "x"),
        Field("lt", "id", "x"),
        Field("startswith", "retain_until", "1"),
        Field("startswith", "id", ""),
        Field("eq", "id", 1),
        Field("eq", "h1", 1),
        Field("eq", "retain_until", value=True),
        Field("eq", "retain_until", "1"),
        Field("eq", "id", ("x",)),
        Field("in", "id", "x"),
        Field("in", "id", tuple(str(n) for n in range(MAX_IN + 1))),
        Field("in", "id", ("a", 1)),  # type: ignore[arg-type]  # what must not happen
        _deep(MAX_DEPTH),
        Compound("or", (EVERYTHING,) * MAX_NODES),
        Compound("or", tuple(Field("in", "id", ("x",) * MAX_IN) for _ in range(MOST_LITERALS // MAX_IN + 2))),
    ],
)
def test_what_is_outside_of_the_algebra_is_rejected(filter_: Filter) -> None:
    with pytest.raises(FilterRejected):
        shape_of(filter_, [])


def test_equal_shapes_have_equal_keys_and_their_literals_in_order() -> None:
    one: list[str | int | bool] = []
    two: list[str | int | bool] = []
    left = Compound("and", (Field("eq", "id", "a"), Field("in", "owner", ("b", "c"))))
    right = Compound("and", (Field("eq", "id", "x"), Field("in", "owner", ("y", "z"))))
    assert shape_of(left, one) == shape_of(right, two)
    assert (one, two) == (["a", "b", "c"], ["x", "y", "z"])
    assert shape_of(Field("in", "id", ("a",)), []) != shape_of(Field("in", "id", ("a", "b")), [])


def test_too_many_branches_are_rejected() -> None:
    branches = [Branch(f"g{n}@1", Mode.RECORD, EVERYTHING) for n in range(MOST_BRANCHES + 1)]
    with pytest.raises(FilterRejected, match="51 branches"):
        sightline(access(branches, {"*": ()}))
