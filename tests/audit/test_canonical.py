"""Canonical JSON: against RFC 8785, against the `rfc8785` package, and against what is not canonical."""

import json
from contextlib import suppress
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import MAX_DEPTH, MAX_INTEGER, encode, parse, parse_object
from audit.errors import FormatRefused
from tests.audit.samples import vectors

FACTS = vectors("canonical")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_the_same_bytes_as_the_package(value: Any) -> None:
    assert encode(value) == rfc8785.dumps(value)


@given(VALUES)
def test_there_and_back(value: Any) -> None:
    assert parse(encode(value)) == value


@given(VALUES)
def test_any_other_spelling_is_refused(value: Any) -> None:
    spelled = json.dumps(value, indent=1).encode()
    if spelled != encode(value):
        with pytest.raises(FormatRefused):
            parse(spelled)


@given(st.binary(max_size=40))
def test_any_bytes_are_canonical_or_refused(data: bytes) -> None:
    with suppress(FormatRefused):
        assert encode(parse(data)) == data


def test_order_and_strings_as_published() -> None:
    ordered = json.loads(encode(FACTS["ordered"]["value"]))
    assert list(ordered.values()) == FACTS["ordered"]["order"]
    assert encode(FACTS["string"]["value"]).hex() == FACTS["string"]["bytes_hex"]


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        b"x",
        {1: "x"},
        {"x": {2, 3}},
        MAX_INTEGER + 1,
        -MAX_INTEGER - 1,
        "\ud800",
        {"\ud800": 1},
        {"é\ud800": 1},
    ],
)
def test_what_has_no_canonical_form(value: Any) -> None:
    with pytest.raises(FormatRefused):
        encode(value)


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_depth_is_capped() -> None:
    assert parse(encode(nested(MAX_DEPTH))) == nested(MAX_DEPTH)
    with pytest.raises(FormatRefused, match="nested deeper"):
        encode(nested(MAX_DEPTH + 1))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nul",
        b"\xff",
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b'"\\u0041"',
        b"1.0",
        b"1e3",
        b"-0",
        b"01",
        b"NaN",
        b"9007199254740992",
        b"9" * 18,
        b"[" * 60_000,
        b" 1",
        b'"' + b"a" * 70_000 + b'"',
    ],
)
def test_what_is_not_canonical(data: bytes) -> None:
    with pytest.raises(FormatRefused):
        parse(data)


def test_an_object_is_an_object() -> None:
    assert parse_object(b'{"a":1}') == {"a": 1}
    with pytest.raises(FormatRefused, match="a list, an object is needed"):
        parse_object(b"[1]")
