"""Running a node: doors for partners and people, until the process is asked to end."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
import uvloop

from audit.keys import read_secret
from gateway.app import create_app
from gateway.errors import SettingsRejected
from gateway.home import Home
from gateway.http_witness import HttpPoster
from gateway.intents import keep_closing
from gateway.sessions import Sessions
from gateway.signin import SignIn
from gateway.wiring import open_node
from gateway.witnessing import witnessed

GRACE = 10

log = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """uvicorn, except that a signal ends the serving and not the process: the log is closed afterwards."""

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
        self.should_exit = True


async def serve(home: Home) -> None:
    """Serve the node at `home`; returns after a graceful end. `SettingsRejected` without an issuer."""
    settings = home.settings()
    if settings.signin is None:
        raise SettingsRejected(f"{home.path}: [signin] issuer is missing; nobody could sign in")
    secret_file = settings.signin.client_secret_file
    secret = read_secret(home.path / secret_file).decode().strip() if secret_file else None
    async with open_node(home) as node, witnessed(node, HttpPoster.open):
        sessions = Sessions(settings.signin.idle_seconds, settings.signin.absolute_seconds, node.clock)
        listens = (node.id, settings.listen.address)
        signin = SignIn(listens, settings.signin, secret, sessions)
        app = create_app(node, sessions, signin, read_secret(home.keys / "session.key").decode())
        server = _Server(
            uvicorn.Config(
                app,
                host=settings.listen.host,
                port=settings.listen.port,
                loop="uvloop",
                http="httptools",
                ws="none",
                lifespan="off",
                access_log=False,
                server_header=False,
                log_level="warning",
                timeout_graceful_shutdown=GRACE,
                h11_max_incomplete_event_size=65_536,
            )
        )
        async with working(keep_closing(node)):
            await server.serve()


@asynccontextmanager
async def working(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """What a served node does beside answering, each on its own, until the block ends."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                log.error("background work ended before its time", exc_info=outcome)


def run(home: Home) -> None:
    """`serve` in an event loop of its own, with uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(home))
