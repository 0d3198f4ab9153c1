"""The port through which sealed messages reach other nodes."""

from typing import Protocol

from sharing.sealed import RawReply, Sealed


class Courier(Protocol):
    """Carries one sealed request and brings back what came, unopened; never tries twice."""

    async def deliver(self, sealed: Sealed, timeout: float) -> RawReply:  # noqa: ASYNC109  # a transport needs it
        """The whole reply within `timeout` seconds, at most 8 MiB of it, whatever its status and type.

        Field names are lower case, repeated fields joined by a comma and a space. Raises `TimedOut`,
        `ReplyTooLarge` (the rest is not read) or `Unreachable` (no connection, or it broke), nothing else.
        """

    async def close(self) -> None:
        """Give back connections; a second call does nothing."""
