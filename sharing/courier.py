"""The port through which sealed messages reach other nodes."""

from typing import Protocol

from sharing.sealed import Parcel, RawReply


class Courier(Protocol):
    """Carries one sealed request or notice and brings back what came, unopened; never tries twice."""

    async def deliver(self, sealed: Parcel, timeout: float) -> RawReply:  # noqa: ASYNC109  # a transport needs it
        """The whole reply within `timeout` seconds, at most `sealed.most_reply` bytes of any status and type.

        Field names are lower case, repeated fields joined by a comma and a space. Raises `TimedOut`,
        `ReplyTooLarge` (the rest is not read) or `Unreachable` (no connection, or it broke), nothing else.
        """

    async def close(self) -> None:
        """Give back connections; a second call does nothing."""
