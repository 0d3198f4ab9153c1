"""How a process ends: not ready first, then deaf, and never in the midst of an answer."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from gateway.listen import FINISH, Leaving, listen
from gateway.serve import leaving_of
from gateway.settings import Settings
from tests.components import free_port


@dataclass
class Slow:
    """An application whose `/slow` answers when it may."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    may: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/slow":
            self.asked.set()
            await self.may.wait()
        await PlainTextResponse("whole")(scope, receive, send)


@dataclass
class Listening:
    app: Slow
    leaving: Leaving
    port: int
    task: asyncio.Task[None]
    made: list["Connection"] = field(default_factory=list)

    async def connection(self) -> "Connection":
        self.made.append(Connection(*await asyncio.open_connection("127.0.0.1", self.port)))
        return self.made[-1]

    async def taken(self) -> None:
        """Wait until connections are taken."""
        while True:
            with suppress(ConnectionRefusedError):
                await (await self.connection()).closed()
                return
            await asyncio.sleep(0.01)

    async def signalled(self) -> None:
        """Ask the process to end and wait until it has heard that."""
        os.kill(os.getpid(), signal.SIGTERM)
        while not self.leaving.begun:  # noqa: ASYNC110  # the product has no event for it
            await asyncio.sleep(0.01)

    async def refused(self) -> None:
        """Wait until no new connection is taken."""
        with suppress(ConnectionRefusedError, ConnectionResetError):  # what waited to be taken is reset
            while True:
                await (await self.connection()).closed()


@dataclass
class Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def ask(self, path: str = "/") -> None:
        self.writer.write(f"GET {path} HTTP/1.1\r\nhost: here\r\n\r\n".encode())

    async def closed(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()

    async def told(self) -> str:
        """Head and body of one answer."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        return (head + await self.reader.readexactly(len("whole"))).decode()


@pytest.fixture(params=[60.0, 0.0])
async def listening(request: pytest.FixtureRequest) -> AsyncIterator[Listening]:
    app, leaving, port = Slow(), Leaving(seconds=request.param), free_port()
    task = asyncio.create_task(listen(app, "127.0.0.1", port, leaving))
    opened = Listening(app, leaving, port, task)
    await opened.taken()
    try:
        yield opened
    finally:
        app.may.set()
        if not task.done():
            os.kill(os.getpid(), signal.SIGTERM)
        await task
        for each in opened.made:
            await each.closed()


async def test_what_is_under_way_is_answered_and_nothing_new_is_taken(listening: Listening) -> None:
    slow = await listening.connection()
    slow.ask("/slow")
    await listening.app.asked.wait()
    await listening.signalled()
    if listening.leaving.seconds:
        os.kill(os.getpid(), signal.SIGTERM)
    await listening.refused()
    assert not listening.task.done(), "an answer is awaited"
    listening.app.may.set()
    assert (await slow.told()).startswith("HTTP/1.1 200")
    await listening.task


@pytest.mark.parametrize("listening", [60.0], indirect=True)
async def test_while_it_leaves_all_are_answered_for_the_last_time(listening: Listening) -> None:
    kept = await listening.connection()
    kept.ask()
    assert "connection: close" not in await kept.told()
    await listening.signalled()
    for each in (kept, await listening.connection()):
        each.ask()
        assert "connection: close" in await each.told()
        assert await each.reader.read() == b"", "the connection is at its end"
    assert not listening.task.done()


def test_a_question_that_has_begun_gets_all_of_its_time() -> None:
    node = {
        "id": "fr.ofast",
        "name": "OFAST",
        "country": "FR",
        "spoc": "spoc@ofast.example",
        "profile": "demo",
    }
    listen_at = {"port": 8401, "address": "http://127.0.0.1:8401", "leave_seconds": 5.0}
    usual = Settings.model_validate({"node": node, "listen": listen_at})
    long = Settings.model_validate({"node": node, "listen": listen_at, "limits": {"question_seconds": 60.0}})
    assert leaving_of(usual) == Leaving(5.0, FINISH)
    assert leaving_of(long).finish > 60
