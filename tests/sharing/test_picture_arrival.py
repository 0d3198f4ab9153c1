"""What comes for a picture: letters that pass, and nothing kept that no member's node may bring."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import JSON, encode
from sharing.contributions import Act, Contribution, Member, picture_id
from sharing.encoding import b64url
from sharing.errors import FieldRefused, PictureUnknown
from sharing.jws import sign_statement
from sharing.outbox import MAX_BODY
from sharing.picture_arrival import (
    MOST_IN_BATCH,
    MOST_KEPT,
    MOST_WAITING,
    Known,
    admitted,
    batches,
    opened_of,
    read_batch,
)
from tests.sharing.pictures import (
    HAGUE,
    KEYS,
    OPENED,
    PARIS,
    PICTURE,
    STOCKHOLM,
    STRANGER,
    keys_of,
    made,
    note,
)

NOTE = note(STOCKHOLM, 5)
NOTHING = Known((), {})
HERE = Known((OPENED,), {PARIS: 1})


@given(
    st.lists(st.integers(1, 32_768).map(lambda size: "x" * size), max_size=12),
    st.integers(0, 450),
)
def test_every_batch_passes_as_a_letter_and_nothing_is_left_out(statements: list[str], stubs: int) -> None:
    withheld = {f"sha256:{place:064x}": "JUDICIAL_AUTHORISATION_NEEDED" for place in range(stubs)}
    found = batches(PICTURE, statements, withheld)
    assert [each for part in found for each in part.statements] == statements
    assert {key: reason for part in found for key, reason in part.withheld.items()} == withheld
    for part in found:
        assert len(encode(part.body)) <= MAX_BODY
        assert read_batch({**part.body, "id": "picture:1"}) == part


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ""},
        {"picture": "../x"},
        {"contributions": [1]},
        {"contributions": ["x"] * (MOST_IN_BATCH + 1)},
        {"contributions": ["x" * 32_769]},
        {"withheld": [["sha256:" + "0" * 64]]},
        {"withheld": [["x", "THIRD_PARTY_CONSENT"]]},
        {"withheld": [["sha256:" + "0" * 64, "BECAUSE"]]},
        {"more": 1},
    ],
)
def test_a_malformed_letter_is_refused(changes: dict[str, Any]) -> None:
    body: dict[str, JSON] = {"id": "x", "picture": PICTURE, "contributions": [], "withheld": []}
    with pytest.raises((FieldRefused, ValueError)):
        read_batch(body | changes)


@given(st.text() | st.binary().map(lambda raw: f"{b64url(raw)}.{b64url(raw)}.{b64url(raw)}"))
def test_what_is_no_statement_is_left_out(statement: str) -> None:
    assert opened_of(PICTURE, [statement, NOTE.statement, statement], keys_of) == [NOTE]


def test_only_what_its_authors_node_signed_for_this_picture_is_opened() -> None:
    head = {"alg": "Ed25519", "kid": "nobody", "typ": "entente-contribution+jwt"}
    unknown = f"{b64url(encode(head))}.{NOTE.statement.partition('.')[2]}"
    foreign = sign_statement(b"{}", KEYS["eu.c"], "entente-contribution+jwt")
    other = made(Act.OPENED, STOCKHOLM, 1, nonce="o", picture=picture_id("se.b", "o"), case="SE-1", until=9)
    assert opened_of(PICTURE, [unknown, foreign, other.statement], keys_of) == []
    assert opened_of(PICTURE, [NOTE.statement], lambda _: {}) == []


def test_a_picture_is_known_once_its_opening_names_both_nodes() -> None:
    for arrived in ((), (NOTE,)):
        with pytest.raises(PictureUnknown, match="do not both belong"):
            admitted(arrived, NOTHING, "se.b", "fr.a")
    assert admitted((NOTE, OPENED), NOTHING, "se.b", "fr.a") == (NOTE, OPENED)
    assert admitted((NOTE,), HERE, "fr.a", "eu.c") == (NOTE,), "brought by another node than its author's"
    for own, sender in (("nl.d", "fr.a"), ("fr.a", "nl.d")):
        with pytest.raises(PictureUnknown, match=r"nl\.d"):
            admitted((NOTE,), HERE, own, sender)


def test_who_is_named_by_a_member_belongs_to_it() -> None:
    joined = made(Act.JOINED, HAGUE, 6, members=(Member("nl.d", "p-4"),))
    assert admitted((joined,), HERE, "fr.a", "nl.d") == (joined,)
    by_stranger = made(Act.JOINED, STRANGER, 6, members=(Member("nl.d", "p-4"),))
    with pytest.raises(PictureUnknown):
        admitted((by_stranger,), HERE, "fr.a", "nl.d")


def strangers(count: int) -> list[Contribution]:
    return [note(STRANGER, at) for at in range(100, 100 + count)]


def test_so_many_wait_and_members_are_never_kept_waiting_by_them() -> None:
    known = Known((OPENED,), {PARIS: 1, STRANGER: MOST_WAITING - 2})
    waiting = strangers(5)
    assert admitted([*waiting, NOTE], known, "fr.a", "se.b") == (NOTE, *waiting[:2])
    full = Known((OPENED,), {PARIS: 1, STRANGER: MOST_WAITING + 5})
    assert admitted([*waiting, NOTE], full, "fr.a", "se.b") == (NOTE,)
    joined = made(Act.JOINED, STOCKHOLM, 6, members=(STRANGER,))
    assert len(admitted([*waiting, joined], full, "fr.a", "se.b")) == 6


def test_a_picture_holds_so_many() -> None:
    full = Known((OPENED,), {PARIS: MOST_KEPT - 1})
    assert admitted([NOTE, note(STOCKHOLM, 6)], full, "fr.a", "se.b") == (NOTE,)
    assert admitted([NOTE], Known((OPENED,), {PARIS: MOST_KEPT + 1}), "fr.a", "se.b") == ()


def test_the_error_names_both_nodes() -> None:
    with pytest.raises(PictureUnknown, match=r"nl\.d and fr\.a"):
        admitted((NOTE,), HERE, "fr.a", "nl.d")
