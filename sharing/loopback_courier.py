"""A `Courier` inside one process: a table of handlers by node id. The same bytes as over HTTP, no socket."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from sharing.errors import ReplyTooLarge, TimedOut, Unreachable
from sharing.sealed import Parcel, RawReply, SealedNotice, SealedReply
from sharing.signature import Headers

Handler: TypeAlias = Callable[[Headers, bytes], Awaitable[SealedReply | RawReply]]
"""A node's door: fields by lower-case name and body in, a reply out."""


class LoopbackCourier:
    """Delivers to the handlers of `doors`, notices to those of `notices`; a node without one is unreachable.

    The tables may change.
    """

    def __init__(self, doors: Mapping[str, Handler], notices: Mapping[str, Handler] | None = None) -> None:
        self._doors, self._notices = doors, {} if notices is None else notices

    async def deliver(self, sealed: Parcel, timeout: float) -> RawReply:  # noqa: ASYNC109  # the port's signature
        """See `Courier.deliver`."""
        node = sealed.to.id
        doors = self._notices if isinstance(sealed, SealedNotice) else self._doors
        door = doors.get(node)
        if door is None:
            raise Unreachable(f"{node}: no door in this process")
        try:
            async with asyncio.timeout(timeout):
                reply = await door(sealed.headers, sealed.body)
        except TimeoutError as error:
            raise TimedOut(f"{node}: no whole reply within {timeout:.3f} s") from error
        except OSError as error:
            raise Unreachable(f"{node}: {type(error).__name__}") from error
        if len(reply.body) > sealed.most_reply:
            raise ReplyTooLarge(f"{node}: reply of {len(reply.body)} bytes, at most {sealed.most_reply}")
        return RawReply(reply.status, reply.headers, reply.body)

    async def close(self) -> None:
        """See `Courier.close`."""
