"""Bodies: capped while they are read, parsed strictly."""

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from gateway.body import BodyRejected, BodyTooLarge, parse_object, read_body


def request(parts: list[bytes], headers: Mapping[str, str] | None = None) -> Request:
    async def messages() -> AsyncIterator[dict[str, Any]]:
        for part in parts:
            yield {"type": "http.request", "body": part, "more_body": True}
        yield {"type": "http.request", "body": b"", "more_body": False}

    source = messages()
    raw = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    return Request({"type": "http", "method": "POST", "headers": raw}, source.__anext__)


async def test_parts_are_joined() -> None:
    assert await read_body(request([b"ab", b"c"]), 3) == b"abc"


async def test_reading_stops_over_the_cap() -> None:
    with pytest.raises(BodyTooLarge, match="over 3 bytes"):
        await read_body(request([b"ab", b"cd"]), 3)


async def test_an_announced_gigabyte_is_not_read() -> None:
    with pytest.raises(BodyTooLarge, match="1000000000 bytes announced"):
        await read_body(request([], {"content-length": "1000000000"}), 3)


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"{", b"\xff", b'{"a":' * 40 + b"1" + b"}" * 40, b"nan"])
def test_what_is_no_object_is_rejected(body: bytes) -> None:
    with pytest.raises(BodyRejected):
        parse_object(body)


@given(st.binary(max_size=200))
def test_any_bytes_give_an_object_or_a_rejection(body: bytes) -> None:
    with suppress(BodyRejected):
        assert isinstance(parse_object(body), dict)
