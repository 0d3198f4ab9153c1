"""Listening: an ASGI application behind uvicorn, until the process is asked to end.

The end has an order, so that no question fails for it. 1 Not ready any more, which a load balancer sees;
every request is still answered, and each answer ends its connection. 2 Nothing new is accepted. 3 What is
under way is answered to its end, within a bound. A second signal leaves out what is left of 1.
"""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.errors import NodeNotReady
from gateway.patient import PatientConnection

FINISH = 30
"""Seconds for what is under way at the end, unless a question may take longer."""
KEEP_ALIVE = 75
"""Seconds that a quiet connection is kept: longer than `HttpCourier` keeps one, so that the client ends it.

Who sends on a connection that the other side is just closing cannot know whether the message came.
"""


@dataclass(slots=True)
class Leaving:
    """How a process ends, and whether it has been asked to: `begun` is what readiness is the opposite of.

    `seconds` are for load balancers to see it, `finish` for what is under way afterwards.
    """

    seconds: float = 0.0
    finish: int = FINISH
    begun: bool = False


class _Farewell:
    """ASGI: once the end has begun, every answer says that it is the last one on its connection."""

    def __init__(self, app: ASGIApp, leaving: Leaving) -> None:
        self._app, self._leaving = app, leaving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection's request."""

        async def told(message: Message) -> None:
            if self._leaving.begun and message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
            await send(message)

        await self._app(scope, receive, told)


class _Server(uvicorn.Server):
    """uvicorn, except that a signal ends the serving and not the process: the log is closed afterwards."""

    def __init__(self, config: uvicorn.Config, leaving: Leaving) -> None:
        super().__init__(config)
        self._leaving = leaving

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Turn SIGINT and SIGTERM into a graceful end while the server runs."""
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)
        for each in signals:
            loop.add_signal_handler(each, self._end)
        try:
            yield
        finally:
            for each in signals:
                loop.remove_signal_handler(each)

    def _end(self) -> None:
        if self._leaving.begun or not self._leaving.seconds:
            self.should_exit = True
        else:
            asyncio.get_running_loop().call_later(self._leaving.seconds, self._stop)
        self._leaving.begun = True

    def _stop(self) -> None:
        self.should_exit = True


class _Beside(uvicorn.Server):
    """uvicorn beside the one that hears the signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


@asynccontextmanager
async def listening_beside(app: ASGIApp, host: str, port: int) -> AsyncIterator[None]:
    """Answer at another address while the block runs; `NodeNotReady` if something else has it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        held = socket.create_server((host, port), family=family)
    except OSError as error:
        raise NodeNotReady(f"{host} port {port}: cannot be listened at ({error.strerror})") from error
    server = _Beside(
        uvicorn.Config(
            app, lifespan="off", access_log=False, server_header=False, log_config=None, log_level="warning"
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[held]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


async def listen(
    app: ASGIApp, host: str, port: int, leaving: Leaving | None = None, connections: int | None = None
) -> None:
    """Answer requests; returns after a graceful end. Over `connections`, more are turned away (503)."""
    leaving = leaving or Leaving()
    config = config_of(_Farewell(app, leaving), host, port, leaving.finish, connections)
    await _Server(config, leaving).serve()


def config_of(
    app: ASGIApp, host: str, port: int, finish: int = FINISH, connections: int | None = None
) -> uvicorn.Config:
    """How a node and a witness listen."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http=PatientConnection,
        ws="none",
        lifespan="off",
        access_log=False,
        server_header=False,
        log_config=None,
        log_level="warning",
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=finish,
        limit_concurrency=connections,
    )
