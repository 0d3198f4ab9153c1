"""Listening: an ASGI application behind uvicorn, until the process is asked to end."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

GRACE = 10


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


async def listen(app: ASGIApp, host: str, port: int) -> None:
    """Answer requests; returns after a graceful end."""
    server = _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
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
    await server.serve()
