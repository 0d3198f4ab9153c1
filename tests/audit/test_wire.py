"""The frames between gateways and sequencer: whatever is written is read back, nothing else is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.errors import FormatRefused
from audit.wire import (
    LENGTH,
    MAX_FRAME,
    Appended,
    Done,
    Keep,
    Message,
    Refused,
    Seen,
    Stop,
    Submit,
    Wanted,
    decode,
    encode,
    frame_length,
)

NUMBERS = st.integers(0, 2**64 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
WANTED = st.builds(
    Wanted,
    st.binary(max_size=60),
    st.binary(max_size=60),
    st.binary(max_size=60),
    TEXTS,
    NUMBERS,
    st.lists(NUMBERS, max_size=3).map(tuple),
)
PATHS = st.lists(st.lists(st.binary(min_size=32, max_size=32), max_size=4).map(tuple), max_size=4).map(tuple)
MESSAGES: st.SearchStrategy[Message] = st.one_of(
    st.builds(Submit, NUMBERS, st.lists(WANTED, max_size=4).map(tuple)),
    st.builds(Keep, NUMBERS, TEXTS),
    st.builds(Stop, NUMBERS, TEXTS),
    st.builds(Appended, NUMBERS, NUMBERS, TEXTS, PATHS),
    st.builds(Done, NUMBERS),
    st.builds(Refused, NUMBERS, TEXTS, TEXTS),
    st.builds(Seen, TEXTS),
)


@given(MESSAGES)
def test_what_is_written_is_read_back(message: Message) -> None:
    frame = encode(message)
    assert frame_length(frame[:LENGTH]) == len(frame) - LENGTH
    assert decode(frame[LENGTH:]) == message


@given(MESSAGES, st.data())
def test_a_frame_that_is_cut_or_longer_is_refused(message: Message, data: st.DataObject) -> None:
    frame = encode(message)[LENGTH:]
    cut = data.draw(st.integers(0, len(frame) - 1))
    with pytest.raises(FormatRefused):
        decode(frame[:cut])
    with pytest.raises(FormatRefused, match="1 bytes are left over"):
        decode(frame + b"x")


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=80).map(lambda rest: b"\x01" + rest)))
def test_any_bytes_are_a_message_or_refused(frame: bytes) -> None:
    try:
        message = decode(frame)
    except FormatRefused:
        return
    assert encode(message)[LENGTH:] == frame


def number(value: int) -> bytes:
    return value.to_bytes(8, "big")


def counted(value: int) -> bytes:
    return value.to_bytes(4, "big")


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (b"\x00", "type 0 is not known"),
        (b"\x08" + bytes(9), "type 8 is not known"),
        (b"\x01" + number(1) + counted(4097), "a field of 4097, at most 4096"),
        (b"\x01" + number(1) + counted(1) + counted(4097), "a field of 4097, at most 4096"),
        (b"\x04" + number(1) * 2 + counted(0) + counted(1) + counted(64), "a field of 64, at most 63"),
        (b"\x07" + counted(65_537), "a field of 65537, at most 65536"),
        (b"\x07" + counted(2) + b"\xff\xff", "not UTF-8"),
    ],
)
def test_every_field_has_its_cap(frame: bytes, message: str) -> None:
    with pytest.raises(FormatRefused, match=message):
        decode(frame)


def test_a_frame_has_its_cap() -> None:
    for length in (0, MAX_FRAME + 1, 2**32 - 1):
        with pytest.raises(FormatRefused, match=f"{length} bytes"):
            frame_length(counted(length))
    assert frame_length(counted(MAX_FRAME)) == MAX_FRAME
    blob = Wanted(b"", bytes(65_000), b"", "", 0, ())
    with pytest.raises(FormatRefused, match="are sent"):
        encode(Submit(1, (blob,) * 300))
