"""Requests that two programs would take apart differently: the server refuses them and hangs up."""

import asyncio

import pytest
from starlette.types import Receive, Scope, Send

from tests.security import test_connections
from tests.security.test_connections import closed, serving

POST = b"POST / HTTP/1.1\r\nhost: x\r\n"
CHUNKED = POST + b"transfer-encoding: chunked\r\n\r\n"
HIDDEN = b"GET /hidden HTTP/1.1\r\nhost: x\r\n\r\n"
LAST = b"GET /last HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
#: After RFC 9112 sections 3.2, 5, 6.1, 6.3 and 7.1, and what is known to be read in two ways.
REFUSED = {
    "two lengths": POST + b"content-length: 4\r\ncontent-length: 40\r\n\r\nabcd",
    "one length twice": POST + b"content-length: 4\r\ncontent-length: 4\r\n\r\nabcd",
    "a list of lengths": POST + b"content-length: 4, 4\r\n\r\nabcd",
    "length and chunks": POST + b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": POST + b"transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n",
    "a coding that is none": POST + b"transfer-encoding: xchunked\r\ncontent-length: 0\r\n\r\n",
    "chunked is not the last": POST + b"transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "two codings": POST + b"transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n",
    "space before the colon": POST + b"transfer-encoding : chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n",
    "a vertical tab": POST + b"transfer-encoding: \x0bchunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n",
    "a folded line": POST + b"x: y\r\n transfer-encoding: chunked\r\ncontent-length: 0\r\n\r\n",
    "bare line feeds": b"POST / HTTP/1.1\nhost: x\ncontent-length: 0\n\n",
    "a bare carriage return": POST + b"x: a\rtransfer-encoding: chunked\r\ncontent-length: 0\r\n\r\n",
    "a null byte": POST + b"x: a\x00b\r\ncontent-length: 0\r\n\r\n",
    "a length below nothing": POST + b"content-length: -1\r\n\r\n",
    "a signed length": POST + b"content-length: +4\r\n\r\nabcd",
    "a length in hex": POST + b"content-length: 0x4\r\n\r\nabcd",
    "a broken length": POST + b"content-length: 4 4\r\n\r\nabcd",
    "an empty length": POST + b"content-length: \r\n\r\nabcd",
    "a length beyond all": POST + b"content-length: 99999999999999999999\r\n\r\nabcd",
    "a chunk below nothing": CHUNKED + b"-1\r\nabcd\r\n0\r\n\r\n",
    "a chunk with a prefix": CHUNKED + b"0x4\r\nabcd\r\n0\r\n\r\n",
    "a chunk beyond all": CHUNKED + b"fffffffffffffffff\r\nabcd\r\n0\r\n\r\n",
    "a chunk that ends early": CHUNKED + b"4\nabcd\n0\n\n",
    "a chunk's extension with a line feed": CHUNKED + b"4;a\nb\r\nabcd\r\n0\r\n\r\n",
    "a chunk that is longer than it says": CHUNKED + b"4\r\nabcdef\r\n0\r\n\r\n",
    "a name with a space": POST + b"content length: 4\r\n\r\n",
    "a line without a colon": POST + b"hidden\r\n\r\n",
    "a method with a space": b"GE T / HTTP/1.1\r\nhost: x\r\n\r\n",
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
    "a host with a path": b"GET / HTTP/1.1\r\nhost: a/b\r\n\r\n",
    "a host with a user": b"GET / HTTP/1.1\r\nhost: me@a\r\n\r\n",
    "a host with a space": b"GET / HTTP/1.1\r\nhost: a b\r\n\r\n",
}
#: What is unusual, but means one thing only.
TAKEN = {
    "chunks after a tab": POST + b"transfer-encoding:\tchunked\r\n\r\n0\r\n\r\n",
    "a body that looks like a request": (
        b"GET / HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%b" % (len(HIDDEN), HIDDEN)
    ),
    "chunks that look like a request": CHUNKED + b"%x\r\n%b\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN),
    "a host with a port": b"GET / HTTP/1.1\r\nhost: [::1]:8401\r\n\r\n",
    "a whole address": b"GET http://elsewhere.example/ HTTP/1.1\r\nhost: x\r\n\r\n",
}


async def sent(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[bytes, list[str]]:
    """What the server says to these bytes, and the paths of the requests that it took to the end."""
    paths: list[str] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        while message.get("more_body"):
            message = await receive()
        if message["type"] == "http.disconnect":
            return
        paths.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    monkeypatch.setattr(test_connections, "application", application)
    async with serving() as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(raw)
        told = await closed(reader)
        writer.close()
    return told, paths


@pytest.mark.parametrize("attack", REFUSED)
async def test_what_can_be_read_in_two_ways_is_read_in_none(
    attack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, paths = await sent(REFUSED[attack] + HIDDEN + LAST, monkeypatch)
    assert told.count(b"HTTP/1.1 ") == told.count(b"HTTP/1.1 400") == 1
    assert not paths


@pytest.mark.parametrize("request_", TAKEN)
async def test_what_means_one_thing_is_one_request(request_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told, paths = await sent(TAKEN[request_] + LAST, monkeypatch)
    assert told.count(b"HTTP/1.1 200") == 2
    assert paths == ["/", "/last"]
    assert b"server:" not in told.lower(), "who built it is nobody's business"
