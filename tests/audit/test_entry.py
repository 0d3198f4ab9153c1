"""Entries and leaves: what a leaf holds, and that content does not get in."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import encode, parse_object
from audit.entry import MAX_LEAF, OPERATIONS, Entry, Kind, Operation, closed_by, read_leaf, timestamp
from audit.errors import EntryRefused, FormatRefused
from audit.fields import FIELDS, MAX_ITEMS, Shape
from tests.audit.samples import DIGEST, NODE, asked

NOON = datetime(2026, 3, 1, 13, 0, 0, 123_999, tzinfo=timezone(timedelta(hours=1)))
GOOD: dict[str, Any] = {
    "purpose": "CROSS_CHECKING",
    "tlp": "AMBER+STRICT",
    "case": "hmac-" + DIGEST,
    "query_id": "fr.ofast:2026/0001",
    "nodes_asked": ["fr.ofast", "se.polisen"],
    "nodes_replied": {"fr.ofast": "ANSWERED", "se.polisen": "TIMED_OUT"},
    "receipts": {"fr.ofast": DIGEST},
    "handling": ["H0", "H2"],
    "evaluation": ["X4"],
    "masked": ["Person.birthDate"],
    "grants": ["g-1@3"],
    "results": 0,
    "complete": False,
    "requested_at": "2026-03-01T13:00:00.123+01:00",
    "retain_until": "2029-03-01",
}


def test_a_leaf_of_every_part() -> None:
    entry = Entry(Kind.ANSWERS_RECEIVED, NODE, GOOD, subject=DIGEST, sealed=b"person")
    record = parse_object(entry.leaf(NOON, DIGEST))
    assert record == GOOD | {
        "v": 1,
        "kind": "ANSWERS_RECEIVED",
        "operation": "COMBINATION",
        "node": NODE,
        "at": "2026-03-01T12:00:00.123+00:00",
        "id": entry.id,
        "subject": DIGEST,
        "commitment": DIGEST,
    }
    assert read_leaf(entry.leaf(NOON, DIGEST)) == record
    assert "person" not in repr(entry)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_an_operation(kind: Kind) -> None:
    default, *others = OPERATIONS.get(kind, (Operation.ADMINISTRATION,))
    assert parse_object(Entry(kind, NODE).leaf(NOON, None))["operation"] == default
    for other in others:
        assert parse_object(Entry(kind, NODE, operation=other).leaf(NOON, None))["operation"] == other
    with pytest.raises(EntryRefused, match="is no"):
        Entry(kind, NODE, operation=next(o for o in Operation if o not in {default, *others}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "Moreau"),
        ("purpose", "cross checking"),
        ("purpose", ["CROSS_CHECKING"]),
        ("purpose", "A" * 65),
        ("case", "2026/123"),
        ("case", "sha256:" + "AB" * 32),
        ("query_id", "Jean Moreau"),
        ("query_id", "é"),
        ("query_id", "a" * 257),
        ("query_id", "a\n"),
        ("results", -1),
        ("results", True),
        ("results", 1.0),
        ("complete", 1),
        ("handling", "H0"),
        ("handling", ["H0"] * (MAX_ITEMS + 1)),
        ("handling", ["h 0"]),
        ("nodes_replied", ["fr.ofast"]),
        ("nodes_replied", {"fr.ofast": "all good"}),
        ("nodes_replied", {"Jean Moreau": "ANSWERED"}),
        ("nodes_replied", {f"n{i}": "ANSWERED" for i in range(MAX_ITEMS + 1)}),
        ("requested_at", "yesterday"),
        ("intent", "abc"),
    ],
)
def test_content_does_not_get_in(name: str, value: Any) -> None:
    with pytest.raises(EntryRefused, match=f"leaf field '{name}'"):
        Entry(Kind.ASKED, NODE, {name: value})


@given(st.sampled_from(sorted(FIELDS)), st.text(max_size=30))
def test_no_field_takes_a_text_with_a_space(name: str, text: str) -> None:
    shape = FIELDS[name][0]
    value: Any = text + " " + text
    if shape is Shape.MANY:
        value = [value]
    if shape is Shape.BY_NODE:
        value = {"fr.ofast": value}
    with pytest.raises(EntryRefused):
        Entry(Kind.ASKED, NODE, {name: value})


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"node": "Fr Ofast"}, "is not a node id"),
        ({"subject": "sha256:12"}, "subject is not a digest"),
        ({"id": "12"}, "128 bits of hex"),
        ({"once": ""}, "1 to 256 characters"),
        ({"once": "x" * 257}, "1 to 256 characters"),
        ({"once": "x", "expires": datetime(2026, 1, 1)}, "no time zone"),  # noqa: DTZ001  # the fault under test
    ],
)
def test_other_parts_have_their_form(more: dict[str, Any], message: str) -> None:
    with pytest.raises(EntryRefused, match=message):
        Entry(Kind.ASKED, **({"node": NODE} | more))


def test_a_leaf_has_a_size() -> None:
    entry = Entry(Kind.ASKED, NODE, {"grants": ["g" * 200] * 30})
    with pytest.raises(EntryRefused, match=f"at most {MAX_LEAF}"):
        entry.leaf(NOON, None)


def test_times_have_milliseconds_and_a_zone() -> None:
    assert timestamp(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000+00:00"


def test_an_outcome_names_its_intent() -> None:
    intent = asked()
    assert closed_by(intent.facts) is None
    assert closed_by({"intent": intent.id}) == intent.id
    assert closed_by({"intent": intent.id, "pending": True}) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"v": 2}, "version 2, lacks nothing"),
        ({"v": True}, "v not in the form"),
        ({"kind": []}, "kind not in the form"),
        ({"kind": "SEEN"}, "kind not in the form"),
        ({"operation": "READ"}, "operation not in the form"),
        ({"at": "now", "id": "x"}, "at, id not in the form"),
    ],
)
def test_a_record_that_no_entry_made(change: dict[str, Any], message: str) -> None:
    record = parse_object(asked().leaf(NOON, None)) | change
    with pytest.raises(FormatRefused, match=message):
        read_leaf(encode(record))


def test_bytes_that_no_entry_made() -> None:
    with pytest.raises(FormatRefused, match="lacks at, id, kind"):
        read_leaf(b'{"v":1}')
    with pytest.raises(FormatRefused, match="5000 bytes"):
        read_leaf(b" " * 5000)
    record = parse_object(asked().leaf(NOON, None)) | {"name": "Moreau"}
    with pytest.raises(EntryRefused, match="'name' is not in the field table"):
        read_leaf(encode(record))
