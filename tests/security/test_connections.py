"""Connections of strangers: heads that never end, clients that dawdle, and too many at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from gateway import patient
from gateway.body import BodyTooSlow, read_body
from gateway.listen import config_of

LARGE = b"x" * (64 << 20)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Tells how many bytes came; at `/large` gives more than any buffer holds."""
    request = Request(scope, receive)
    body = await read_body(request, 1 << 20)
    large = scope["path"] == "/large"
    response: Response = Response(LARGE) if large else PlainTextResponse(str(len(body)))
    await response(scope, receive, send)


@asynccontextmanager
async def serving(connections: int | None = None) -> AsyncIterator[tuple[uvicorn.Server, int]]:
    """The project's own server on a free port of this machine."""
    config = config_of(application, "127.0.0.1", 0, connections=connections)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined,method-assign]  # of older ones
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    (socket,) = (each for served in server.servers for each in served.sockets)
    try:
        yield server, socket.getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        await server.shutdown()


async def closed(reader: asyncio.StreamReader) -> bytes:
    """What came until the other side hung up; a test that waits in vain is ended by this."""
    try:
        return await asyncio.wait_for(reader.read(-1), 20)
    except ConnectionError:
        return b""


Attack = Callable[[asyncio.StreamWriter], Awaitable[None]]


async def says_nothing(_: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def drips_a_header(writer: asyncio.StreamWriter) -> None:
    writer.write(b"POST / HTTP/1.1\r\nhost: x\r\nx: ")
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.02)


async def never_ends_a_header(writer: asyncio.StreamWriter) -> None:
    writer.write(b"POST / HTTP/1.1\r\nhost: x\r\nx: ")
    while True:
        writer.write(b"a" * 65_536)
        await writer.drain()


async def never_ends_the_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"POST / HTTP/1.1\r\nhost: x\r\n")
    while True:
        writer.write(b"x: y\r\n" * 4000)
        await writer.drain()


async def never_ends_the_address(writer: asyncio.StreamWriter) -> None:
    writer.write(b"GET /")
    while True:
        writer.write(b"a" * 65_536)
        await writer.drain()


async def never_ends_the_trailers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"POST /large HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n")
    while True:
        writer.write(b"x: y\r\n" * 4000)
        await writer.drain()


@pytest.mark.parametrize(
    "attack",
    [
        says_nothing,
        drips_a_header,
        never_ends_a_header,
        never_ends_the_headers,
        never_ends_the_address,
        never_ends_the_trailers,
    ],
)
async def test_a_head_that_does_not_end_ends_the_connection(
    attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(patient, "STALLED_SECONDS", 0.3)
    async with serving() as (server, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        attacking = asyncio.create_task(attack(writer))
        told = await closed(reader)
        attacking.cancel()
        await asyncio.gather(attacking, return_exceptions=True)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        assert b"200 OK" not in told or attack is never_ends_the_trailers
        assert not server.server_state.connections


async def test_who_does_not_read_the_answer_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient, "STALLED_SECONDS", 0.3)
    async with serving() as (server, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        await writer.drain()
        async with asyncio.timeout(20):
            while not server.server_state.total_requests or server.server_state.connections:  # noqa: ASYNC110  # uvicorn tells nobody
                await asyncio.sleep(0.02)
        writer.transport.abort()


async def test_an_ordinary_client_is_served_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient, "HEAD_SECONDS", 0.3)
    async with serving() as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for size in (0, 70_000, 1 << 20):
            head = f"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {size}\r\n\r\n".encode()
            writer.write(head)
            for at in range(0, size, 100_000):
                writer.write(b"x" * min(100_000, size - at))
                await writer.drain()
                await asyncio.sleep(0.04)
            answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
            assert answer.startswith(b"HTTP/1.1 200")
            assert await reader.readexactly(len(str(size))) == str(size).encode()
        chunked = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
        writer.write(chunked + b"186a0\r\n" + b"x" * 100_000 + b"\r\n0\r\n\r\n")
        assert (await asyncio.wait_for(reader.readuntil(b"100000"), 20)).startswith(b"HTTP/1.1 200")
        writer.close()
        await writer.wait_closed()


async def test_over_the_number_of_connections_a_client_is_told_to_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving(connections=3) as (_, port):
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        told = await asyncio.wait_for(reader.readuntil(b"\r\n"), 20)
        assert told.startswith(b"HTTP/1.1 503")
        for _, each in (*idle, (reader, writer)):
            each.close()
            with suppress(ConnectionError):
                await each.wait_closed()


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async def never() -> dict[str, object]:
        await asyncio.sleep(60)
        return {}

    request = Request({"type": "http", "method": "POST", "headers": []}, never)
    with pytest.raises(BodyTooSlow) as told:
        await read_body(request, 1000, 0.05)
    assert (told.value.code, told.value.status) == ("TOO_SLOW", 408)
