"""A `Courier` inside one process: a table of handlers by node id. The same bytes as over HTTP, no socket."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from sharing.errors import ReplyTooLarge, TimedOut, Unreachable
from sharing.sealed import MAX_REPLY, RawReply, Sealed, SealedReply
from sharing.signature import Headers

Handler: TypeAlias = Callable[[Headers, bytes], Awaitable[SealedReply | RawReply]]
"""A node's door: fields by lower-case name and body in, a reply out."""


class LoopbackCourier:
    """Delivers to the handlers of `doors`; a node without one is unreachable. The table may change."""

    def __init__(self, doors: Mapping[str, Handler]) -> None:
        self._doors = doors

    async def deliver(self, sealed: Sealed, timeout: float) -> RawReply:  # noqa: ASYNC109  # the port's signature
        """See `Courier.deliver`."""
        node = sealed.to.id
        door = self._doors.get(node)
        if door is None:
            raise Unreachable(f"{node}: no door in this process")
        try:
            async with asyncio.timeout(timeout):
                reply = await door(sealed.headers, sealed.body)
        except TimeoutError as error:
            raise TimedOut(f"{node}: no whole reply within {timeout:.3f} s") from error
        except OSError as error:
            raise Unreachable(f"{node}: {type(error).__name__}") from error
        if len(reply.body) > MAX_REPLY:
            raise ReplyTooLarge(f"{node}: reply of {len(reply.body)} bytes, at most {MAX_REPLY}")
        return RawReply(reply.status, reply.headers, reply.body)

    async def close(self) -> None:
        """See `Courier.close`."""
