"""A thousand random policies in SQL against a second opinion, row by row: absent values, case, wildcards.

The opinion is formed from the filter's JSON with sets of rows, not with the three values of SQL nor with
`policy.filters`: of each filter it knows the rows that pass and the rows that its negation passes.
"""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Engine,
    MetaData,
    Table,
    Text,
    create_engine,
    make_url,
    select,
)

from policy.filters import COLUMNS, OPERATORS, Compound, Field, Filter, dump
from tenants.lowering import lower, shape_of
from tenants.sight import RECORD

POLICIES = 1000
ROWS = 160
TEXTS = (
    "p-1", "P-1", "p_1", "p%1", "p*1", "p-", "p_", "p%", "p*", "p", "P", "_", "%", "*", "p-10", "px1", "C:/1",
    "null", "NULL", "true",
)  # fmt: skip
NUMBERS = (-(2**53) + 1, -1, 0, 1, 1_893_456_000, 2**53 - 1)
_TYPES = {str: Text, bool: Boolean, int: BigInteger}

Row = dict[str, Any]


def rows_of(chance: random.Random) -> list[Row]:
    """Rows in which every column but the id is absent in one of four."""
    drawn = {str: TEXTS, bool: (True, False), int: NUMBERS}
    return [
        {
            column: None if column != "id" and chance.random() < 0.25 else chance.choice(drawn[kind])
            for column, kind in COLUMNS.items()
        }
        | {"digest": str(number)}
        for number in range(ROWS)
    ]


def filter_of(chance: random.Random, levels: int = 3) -> Filter:
    """Any filter of the algebra; deep ones are rarer."""
    operator = chance.choice(["and", "or", "not", "field", "field"]) if levels else "field"
    if operator == "field":
        return field_of(chance)
    least = {"and": 1, "or": 0, "not": 1}[operator]
    number = 1 if operator == "not" else chance.randint(least, 3)
    return Compound(operator, tuple(filter_of(chance, levels - 1) for _ in range(number)))


def field_of(chance: random.Random) -> Field:
    column = chance.choice([*COLUMNS, "id", "id", "case_ref", "case_ref", "retain_until"])
    kind = COLUMNS[column]
    operator = chance.choice(sorted(OPERATORS[kind]))
    if operator == "in":
        return Field(operator, column, tuple(chance.choices(TEXTS, k=chance.randint(0, 4))))
    literals: tuple[Any, ...] = {str: TEXTS, bool: (True, False), int: NUMBERS}[kind]
    return Field(operator, column, chance.choice(literals))


def opinion(said: Any, rows: list[Row]) -> tuple[set[int], set[int]]:
    """Which rows a filter passes, and which its negation passes; a row may be in neither."""
    every = set(range(len(rows)))
    if said["type"] == "field":
        if said["operator"] == "in" and not said["value"]:
            return set(), every
        known = {place for place in every if rows[place][said["field"]] is not None}
        passing = {place for place in known if holds(said, rows[place][said["field"]])}
        return passing, known - passing
    parts = [opinion(part, rows) for part in said["value"]]
    if said["operator"] == "not":
        ((passing, failing),) = parts
        return failing, passing
    if said["operator"] == "or":
        return set().union(*(yes for yes, _ in parts)), every.intersection(*(no for _, no in parts))
    return every.intersection(*(yes for yes, _ in parts)), set().union(*(no for _, no in parts))


def holds(said: Any, cell: Any) -> bool:
    value = said["value"]
    match said["operator"]:
        case "eq" | "ne" as operator:
            return bool((cell == value) is (operator == "eq"))
        case "in":
            return any(cell == each for each in value)
        case "startswith":
            return bool(cell[: len(value)] == value)
        case "lt" | "ge" as operator:
            return bool((cell < value) is (operator == "lt"))
        case operator:
            return bool((cell > value) is (operator == "gt"))


@pytest.fixture
def database(url: str) -> Iterator[Engine]:
    """A database with a table that has the columns policies may name."""
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(parsed)
    yield engine
    engine.dispose()


def test_a_thousand_random_policies_pass_the_rows_of_a_second_opinion(database: Engine) -> None:
    chance = random.Random(20_260)
    rows = rows_of(chance)
    columns = [Column(name, _TYPES[kind]()) for name, kind in COLUMNS.items()]
    table = Table("record", MetaData(), *columns, Column("digest", Text))
    some = {"yes": 0, "no": 0}
    with database.connect() as connection:
        table.create(connection)
        connection.execute(table.insert(), rows)
        for policy in range(POLICIES):
            filter_ = filter_of(chance)
            literals: list[str | int | bool] = []
            shape_of(filter_, literals)
            values = {f"x{number}": literal for number, literal in enumerate(literals)}
            found = connection.execute(select(RECORD.c.digest).where(lower(filter_, RECORD, "x")), values)
            wanted, _ = opinion(dump(filter_), rows)
            assert {int(place) for (place,) in found} == wanted, (policy, dump(filter_))
            some["yes" if wanted else "no"] += 1
    assert some["yes"] > POLICIES // 2
    assert some["no"] > POLICIES // 50
