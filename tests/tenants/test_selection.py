"""Arguments are typed and capped before anything else happens."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.terms import Operation
from tenants.errors import QuestionRejected
from tenants.selection import MOST_ROWS, Selection, check_arguments

JSON = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=300)
    | st.lists(st.text(max_size=5), max_size=60)
)
NAMES = (
    "value",
    "kind",
    "first",
    "after",
    "text",
    "schemata",
    "country",
    "dataset",
    "caseRef",
    "source",
    "information",
    "since",
    "until",
    "id",
    "ids",
    "hops",
    "colour",
)


def _check(operation: Operation, arguments: dict[str, Any], most: int = 200) -> Any:
    return check_arguments(Selection(operation, arguments, ()), most)


def test_first_is_capped_by_the_permit_and_by_the_room() -> None:
    assert _check(Operation.LOOKUP, {"value": "FR LEH", "first": 10_000}, 5_000).first == MOST_ROWS
    assert _check(Operation.LOOKUP, {"value": "FR LEH", "first": 100}, 7).first == 7
    assert _check(Operation.LOOKUP, {"value": "FR LEH"}).first == 50
    assert _check(Operation.EXPAND, {"id": "x"}).hops == 1


def test_a_lookup_knows_the_kind_or_finds_it() -> None:
    assert _check(Operation.LOOKUP, {"value": "0033612345678", "kind": "phone"}).identifiers == (
        ("phone", "+33612345678"),
    )
    kinds = [kind for kind, _ in _check(Operation.LOOKUP, {"value": "IMO 9319466"}).identifiers]
    assert kinds[0] == "imo"


def test_a_search_is_for_latin_words_in_order() -> None:
    asked = _check(Operation.SEARCH, {"text": "Экземпл Jean jean", "schemata": ["Person"], "country": "fr"})
    assert asked.words == ("ekzempl", "jean")


@pytest.mark.parametrize(
    ("operation", "arguments", "code"),
    [
        (Operation.LOOKUP, {}, "ARGUMENT"),
        (Operation.LOOKUP, {"value": ""}, "ARGUMENT"),
        (Operation.LOOKUP, {"value": "x" * 257}, "ARGUMENT"),
        (Operation.LOOKUP, {"value": "a\0b"}, "ARGUMENT"),
        (Operation.LOOKUP, {"value": "+33612345678", "kind": 7}, "ARGUMENT"),
        (Operation.LOOKUP, {"value": "+33612345678", "kind": "imo"}, "IMO_INVALID"),
        (Operation.LOOKUP, {"value": "+33612345678", "kind": "colour"}, "IDENTIFIER_KIND"),
        (Operation.LOOKUP, {"value": "??"}, "IDENTIFIER_UNKNOWN"),
        (Operation.LOOKUP, {"value": "+33612345678", "first": True}, "ARGUMENT"),
        (Operation.LOOKUP, {"value": "+33612345678", "first": -1}, "ARGUMENT"),
        (Operation.LOOKUP, {"value": "+33612345678", "after": "' OR 1"}, "ARGUMENT"),
        (Operation.SEARCH, {"text": "al"}, "TEXT_TOO_SHORT"),
        (Operation.SEARCH, {"text": "jean", "schemata": "Person"}, "ARGUMENT"),
        (Operation.SEARCH, {"text": "jean", "schemata": [7]}, "ARGUMENT"),
        (Operation.SEARCH, {"text": "jean", "country": "France"}, "ARGUMENT"),
        (Operation.SEARCH, {"text": "jean", "caseRef": "C 1"}, "ARGUMENT"),
        (Operation.SEARCH, {"text": "jean", "source": "D"}, "ARGUMENT"),
        (Operation.SEARCH, {"text": "jean", "information": 1}, "ARGUMENT"),
        (Operation.SEARCH, {"text": "jean", "since": "2026-02-30"}, "ARGUMENT"),
        (Operation.SEARCH, {"text": "jean", "until": "20260228"}, "ARGUMENT"),
        (Operation.SEARCH, {"text": "jean", "since": "2026-03-01", "until": "2026-02-28"}, "ARGUMENT"),
        (Operation.ENTITY, {}, "ARGUMENT"),
        (Operation.ENTITY, {"id": "x", "first": 3}, "ARGUMENT"),
        (Operation.EXPAND, {"id": "x", "hops": 3}, "ARGUMENT"),
        (Operation.EXPAND, {"id": "x", "starts": "yes"}, "ARGUMENT"),
        (Operation.EXPAND, {"id": "x", "hops": 0}, "ARGUMENT"),
        (Operation.EXPAND, {}, "ARGUMENT"),
        (Operation.EXPAND, {"id": "x", "ids": ["y"]}, "ARGUMENT"),
        (Operation.EXPAND, {"ids": []}, "ARGUMENT"),
        (Operation.EXPAND, {"ids": ["x"] * 201}, "ARGUMENT"),
        (Operation.EXPAND, {"ids": ["' OR 1"]}, "ARGUMENT"),
    ],
)
def test_arguments_out_of_bounds(operation: Operation, arguments: dict[str, Any], code: str) -> None:
    with pytest.raises(QuestionRejected) as caught:
        _check(operation, arguments)
    assert caught.value.code == code


@given(st.sampled_from(Operation), st.dictionaries(st.sampled_from(NAMES), JSON, max_size=5))
def test_any_arguments_are_taken_or_rejected(operation: Operation, arguments: dict[str, Any]) -> None:
    try:
        assert 0 <= _check(operation, arguments).first <= MOST_ROWS
    except QuestionRejected as rejected:
        assert rejected.code  # noqa: PT017  # either outcome is right
