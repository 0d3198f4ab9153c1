"""A reply is read back from the paper that was kept of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import JSON, encode, parse_object
from policy.terms import Status
from sharing.errors import FieldRefused
from sharing.message import Answer, Refused
from sharing.recorded_reply import RecordedReply, recorded_reply

REQUEST = "sha256:" + "1" * 64


def test_an_answer_names_its_grants_and_what_it_masks() -> None:
    answer = Answer("se.polisen", "q-1", REQUEST, Status.ANSWERED, b"{}", ("g-1@2",), "r-1", ("*", "name"), 7)
    told = recorded_reply(answer.statement.decode())
    assert told == RecordedReply(grants=("g-1@2",), masked=("*", "name"), revision="r-1")


def test_a_refusal_names_its_codes_and_when_a_quota_renews() -> None:
    refused = Refused("se.polisen", "q-1", REQUEST, ("QUOTA",), "r-1", 7, renews_at=3600)
    told = recorded_reply(refused.statement.decode())
    assert told == RecordedReply(reasons=("QUOTA",), revision="r-1", renews_at=3600)


def test_a_rejection_is_its_code_and_what_was_too_long_says_nothing() -> None:
    assert recorded_reply(encode({"code": "REPLAYED"}).decode()) == RecordedReply(reasons=("REPLAYED",))
    assert recorded_reply("") == RecordedReply()


@given(text=st.text() | st.binary().map(lambda each: each.decode("latin-1")))
def test_what_is_no_reply_is_refused(text: str) -> None:
    try:
        told = recorded_reply(text)
    except FieldRefused:
        return
    assert told == RecordedReply()


@pytest.mark.parametrize(
    "said", [{"revision": 1}, {"reasons": "QUOTA"}, {"masked": ["a b"]}, {"code": " "}, {"x": 1}]
)
def test_what_is_not_in_its_form_is_refused(said: dict[str, JSON]) -> None:
    refused = Refused("se.polisen", "q-1", REQUEST, ("NO_GRANT",), "r-1", 7)
    with pytest.raises(FieldRefused):
        recorded_reply(encode(parse_object(refused.statement) | said).decode())
    with pytest.raises(FieldRefused):
        recorded_reply(encode(said).decode())
