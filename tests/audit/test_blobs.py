"""Blobs and erasures: every blob that is gone, left or stray is found, and nothing else."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.blobs import Code, Erasures, check_blobs
from audit.entry import Entry, Kind, utc_now
from audit.ranges import ranges_of
from audit.severity import Severity
from tests.audit.samples import DIGEST, NODE, asked

TWO = ["p-1", "p-2"]


def leaf(*, sealed: bool = True) -> bytes:
    return asked().leaf(utc_now(), DIGEST if sealed else None)


def erased(*ranges: str, approvers: list[str] | None = None, **facts: Any) -> bytes:
    told: Mapping[str, Any] = {
        "ranges": list(ranges),
        "approvers": TWO if approvers is None else approvers,
        **facts,
    }
    return Entry(Kind.ERASED, NODE, told).leaf(utc_now(), None)


def codes(found: Erasures) -> dict[Code, tuple[str, ...]]:
    return {each.code: each.ranges for each in found.findings}


def test_what_is_as_it_should_be() -> None:
    found = check_blobs([[leaf(), leaf(sealed=False), leaf()], [leaf(), erased("2-3")]], [0])
    assert found.holds
    assert (found.leaves, found.committed, found.sealed, found.erased, found.entries) == (5, 3, 1, 2, 1)
    assert not found.findings
    assert check_blobs([], []).holds


@pytest.mark.parametrize(
    ("leaves", "blobs", "code", "where"),
    [
        ([leaf(), leaf()], [0], Code.BLOB_GONE, ("1",)),
        ([leaf(), erased("0")], [0], Code.BLOB_LEFT, ("0",)),
        ([leaf(sealed=False)], [0], Code.BLOB_STRAY, ("0",)),
        ([leaf()], [0, 9], Code.BLOB_STRAY, ("9",)),
        ([leaf(), erased("0", approvers=["p-1"])], [], Code.APPROVALS_LACK, ("1",)),
        ([leaf(), erased("0", approvers=["p-1", "p-1"])], [], Code.APPROVALS_LACK, ("1",)),
        ([leaf(), erased("5-3")], [0], Code.ENTRY_UNREADABLE, ("1",)),
        ([b'{"commitment":"x"}'], [], Code.ENTRY_UNREADABLE, ("0",)),
        ([leaf(), erased("0-1")], [], Code.NAMED_TOO_EARLY, ("1",)),
        ([leaf(sealed=False), erased("0")], [], Code.NOTHING_TO_ERASE, ("0",)),
    ],
)
def test_each_fault_is_named(
    leaves: list[bytes], blobs: list[int], code: Code, where: tuple[str, ...]
) -> None:
    found = check_blobs([leaves], blobs)
    assert codes(found) == {code: where}
    assert found.holds is (code is Code.NOTHING_TO_ERASE)
    assert (found.findings[0].severity is Severity.INFO) is found.holds


def test_what_two_entries_name_is_erased_once() -> None:
    found = check_blobs([[leaf(), leaf(), leaf(), erased("0-2"), erased("1"), erased("2-3")]], [])
    assert (found.erased, found.entries) == (3, 3)
    assert codes(found) == {Code.NOTHING_TO_ERASE: ("3",)}


def test_an_erasure_of_records_names_no_leaves() -> None:
    """`ERASED` is also what the shelf's deletions are logged as: such an entry names no ranges."""
    other = Entry(Kind.ERASED, NODE, {"records": 3}).leaf(utc_now(), None)
    assert check_blobs([[other]], []).findings == ()


def test_a_commitment_that_is_no_key_of_the_record_counts_for_nothing() -> None:
    text = json.dumps({"a": '"commitment":'}).encode()
    assert codes(check_blobs([[text, b"no record"]], [])) == {}


@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=80),
    st.lists(st.integers(0, 90), max_size=10),
)
def test_what_is_planted_is_found_and_nothing_else(
    kinds: list[tuple[bool, bool, bool]], stray: list[int]
) -> None:
    """Each leaf may commit, may have its blob, may be named: the findings follow from these three alone."""
    size = len(kinds)
    leaves = [leaf(sealed=committed) for committed, _, _ in kinds]
    named = [index for index, kind in enumerate(kinds) if kind[2]]
    ranges = ranges_of(named)[:64]
    covered = {
        i for text in ranges for i in range(int(text.partition("-")[0]), int(text.rpartition("-")[2]) + 1)
    }
    extra = sorted({index for index in stray if index > size})
    blobs = [index for index, kind in enumerate(kinds) if kind[1]] + extra
    found = codes(check_blobs([leaves, [erased(*ranges)]], blobs))
    wanted = {
        Code.BLOB_GONE: [i for i, (c, s, _) in enumerate(kinds) if c and not s and i not in covered],
        Code.BLOB_LEFT: [i for i, (_, s, _) in enumerate(kinds) if s and i in covered],
        Code.BLOB_STRAY: [i for i, (c, s, _) in enumerate(kinds) if s and not c] + extra,
        Code.NOTHING_TO_ERASE: [i for i, (c, s, _) in enumerate(kinds) if not c and not s and i in covered],
    }
    assert found == {code: tuple(ranges_of(where)) for code, where in wanted.items() if where}
