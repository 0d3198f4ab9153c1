"""The document budget: right on plain documents, linear on hostile ones."""

import pytest
from graphql import parse
from hypothesis import given
from hypothesis import strategies as st

from gateway.budget import Weight, check, weigh
from gateway.errors import DocumentRejected, OverBudget


def test_plain_fields_are_counted_once() -> None:
    assert weigh(parse("{ a { b c } d }")) == Weight(fields=4, depth=2, aliases=0)


def test_aliases_and_inline_fragments_count() -> None:
    assert weigh(parse("{ x: a { ... { b } ... on T { c } } }")) == Weight(fields=3, depth=2, aliases=1)


def test_a_fragment_counts_at_every_spread() -> None:
    assert weigh(parse("{ a { ...F } b { ...F } } fragment F on T { c d }")).fields == 6


def test_the_heaviest_operation_counts() -> None:
    assert weigh(parse("query A { a } query B { a b c }")).fields == 3


@given(st.integers(min_value=2, max_value=40))
def test_nested_spreads_weigh_exponentially_but_are_weighed_in_linear_time(levels: int) -> None:
    fragments = " ".join(
        f"fragment F{level} on T {{ x {{ ...F{level + 1} ...F{level + 1} }} }}" for level in range(levels)
    )
    weight = weigh(parse(f"{{ ...F0 }} {fragments} fragment F{levels} on T {{ leaf }}"))
    assert weight.fields == 2 ** (levels + 1) - 1
    assert weight.depth == levels + 1


def test_a_fragment_cycle_is_rejected_by_name() -> None:
    document = parse("{ ...A } fragment A on T { x { ...B } } fragment B on T { y { ...A } }")
    with pytest.raises(DocumentRejected, match="fragment A: spreads itself"):
        weigh(document)


def test_an_unknown_fragment_is_rejected_by_name() -> None:
    with pytest.raises(DocumentRejected, match="fragment Gone: is spread but not defined"):
        weigh(parse("{ ...Gone }"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{ a b c d e f g h i j k }", "asks for 11 fields, at most 10"),
        ("{ a { b { c { d } } } }", "asks for 4 levels, at most 3"),
        ("{ " + " ".join(f"x{n}: a" for n in range(31)) + " }", "asks for 31"),
    ],
)
def test_over_budget_names_both_sides(text: str, said: str) -> None:
    with pytest.raises(OverBudget, match=said):
        check(parse(text), fields=10, depth=3)


def test_too_many_fragments_are_rejected() -> None:
    fragments = " ".join(f"fragment F{n} on T {{ a }}" for n in range(51))
    with pytest.raises(OverBudget, match="51 fragments"):
        weigh(parse(f"{{ a }} {fragments}"))
