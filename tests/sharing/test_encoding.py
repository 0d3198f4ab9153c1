"""Bytes as text: what is drawn at random fits every form that references and command lines have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.fields import REFERENCE, WORD
from sharing import encoding
from sharing.encoding import fresh, unb64url


@given(drawn=st.binary(min_size=16, max_size=16))
def test_whatever_is_drawn_a_letter_comes_first(drawn: bytes) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(encoding.os, "urandom", lambda size: drawn[:size])
        made = fresh()
    assert made[0].isalpha()
    assert REFERENCE(made)
    assert WORD(made)
    assert len(made) == 22
    assert unb64url(made)[1:] == drawn[1:]


def test_even_the_bits_that_would_be_hyphens_and_underscores() -> None:
    for drawn in (b"\xfb" * 16, b"\xff" * 16, b"\xf8" + bytes(15), bytes(16)):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(encoding.os, "urandom", lambda size, drawn=drawn: drawn[:size])
            assert fresh()[0].isalpha()


def test_no_two_are_alike() -> None:
    assert len({fresh() for _ in range(1000)}) == 1000
