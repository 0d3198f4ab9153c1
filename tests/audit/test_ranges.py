"""Ranges of indexes: one spelling for one set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.errors import FormatRefused
from audit.ranges import count_of, joined, parts_of, ranges_of, read_ranges

INDEXES = st.lists(st.integers(0, 300), max_size=200)


def test_ranges_as_they_stand_in_a_leaf() -> None:
    assert ranges_of([9, 7, 8, 3, 3, 0]) == ["0", "3", "7-9"]
    assert ranges_of([]) == []


@given(INDEXES)
def test_what_is_written_is_read(indexes: list[int]) -> None:
    texts = ranges_of(indexes)
    found = read_ranges(texts)
    assert [index for each in found for index in each] == sorted(set(indexes))
    assert count_of(found) == len(set(indexes))


@given(st.lists(st.from_regex(r"[0-9]{1,3}(-[0-9]{1,3})?", fullmatch=True), max_size=6))
def test_there_is_one_spelling_only(texts: list[str]) -> None:
    try:
        found = read_ranges(texts)
    except FormatRefused:
        return
    assert ranges_of(index for each in found for index in each) == texts


@pytest.mark.parametrize(
    "texts",
    [["x"], ["-1"], ["1-"], ["01"], ["3-3"], ["4-3"], ["1-2", "3"], ["5", "4"], ["1", "1"], [str(2**53)]],
)
def test_another_spelling_is_refused(texts: list[str]) -> None:
    with pytest.raises(FormatRefused, match="range"):
        read_ranges(texts)


def test_ranges_in_any_spelling_become_one() -> None:
    assert joined(["9", "8", "3-5", "4-6"], 10) == ["3-6", "8-9"]
    with pytest.raises(FormatRefused, match="name 9007199254740992 indexes, at most 10"):
        joined([f"0-{2**53 - 1}"], 10)
    with pytest.raises(FormatRefused, match="is not an index"):
        joined(["all"], 10)


@given(INDEXES, st.integers(1, 20), st.integers(1, 5))
def test_parts_are_small_and_complete(indexes: list[int], most: int, most_ranges: int) -> None:
    wanted = sorted(set(indexes))
    parts = list(parts_of(wanted, most, most_ranges))
    assert [index for part in parts for index in part] == wanted
    assert all(len(part) <= most and len(ranges_of(part)) <= most_ranges for part in parts)
