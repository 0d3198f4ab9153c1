"""The connection of a stranger: what its head may hold, and how long it may dawdle.

uvicorn gives a connection that says nothing, or a header that never ends, all the time and memory it wants.
"""

import re
from asyncio import BaseTransport, TimerHandle

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD = 65_536
"""Bytes of a request that are not its body: request line, header fields, framing of chunks, trailers."""
HEAD_SECONDS = 10.0
"""From the first byte, or the connection, to the end of the header fields."""
_HOST = re.compile(rb"[A-Za-z0-9._~%-]*(?::[0-9]{0,5})?|\[[0-9A-Fa-f:.]+\](?::[0-9]{0,5})?")
STALLED_SECONDS = 30.0
"""For a client that does not take what it asked for."""


class PatientConnection(HttpToolsProtocol):
    """uvicorn's connection, closed when its head is too long or too slow, or when nobody reads the answer."""

    _head_timer: TimerHandle | None = None
    _stalled_timer: TimerHandle | None = None
    _overhead = 0

    def connection_made(self, transport: BaseTransport) -> None:
        """The time of the first head begins."""
        super().connection_made(transport)  # type: ignore[arg-type]  # uvicorn's own signature is narrower
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._head_came()
        self._moves()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse; then close if too much of what came since the last message is no body."""
        self._overhead += len(data)
        super().data_received(data)
        if self._overhead > MOST_HEAD:
            self._give_up()

    def on_message_begin(self) -> None:
        """The time of this head begins, if it has not."""
        super().on_message_begin()
        if self._head_timer is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        """The head is whole; how long the body may take is the doors' to say.

        A request that names no host, several, or something else than one is refused (RFC 9112 section 3.2): a
        proxy in front may have read another one.
        """
        self._head_came()
        hosts = [value for name, value in self.headers if name == b"host"]
        needed = self.parser.get_http_version() != "1.0"
        if len(hosts) > 1 or (needed and not hosts) or not all(map(_HOST.fullmatch, hosts)):
            raise HttpParserError("the request does not name one host")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body is no overhead."""
        self._overhead -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The next message has its own head."""
        self._overhead = 0
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The client does not read."""
        super().pause_writing()
        if self._stalled_timer is None:
            self._stalled_timer = self.loop.call_later(STALLED_SECONDS, self._give_up)

    def resume_writing(self) -> None:
        """It reads again."""
        self._moves()
        super().resume_writing()

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _head_came(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _moves(self) -> None:
        if self._stalled_timer is not None:
            self._stalled_timer.cancel()
            self._stalled_timer = None

    def _give_up(self) -> None:
        self.transport.abort()
