"""A `Courier` over HTTP on aiohttp: kept connections, no redirects, no cookies, no proxies, bounded replies.

TLS with the platform's trust by default; plain http only to loopback, which the directory already demands. To
a place out of `Reach` no connection is made.
"""

import asyncio
import ssl
from collections.abc import Callable
from typing import Self

import aiohttp

from sharing.errors import ReplyTooLarge, TimedOut, Unreachable
from sharing.reach import Reach
from sharing.reaching_sockets import ANYWHERE_PUBLIC, sockets_within, why_not
from sharing.sealed import Parcel, RawReply
from sharing.signature import Headers

_PER_NODE = 64
_IDLE = 30.0
_CHUNK = 65_536


class HttpCourier:
    """One client session for all partners; `open` it in the event loop that uses it."""

    def __init__(self, session: aiohttp.ClientSession, beside: Callable[[], Headers] = dict) -> None:
        self._session, self._beside = session, beside

    @classmethod
    async def open(
        cls,
        tls: ssl.SSLContext | None = None,
        beside: Callable[[], Headers] = dict,
        reach: Reach = ANYWHERE_PUBLIC,
    ) -> Self:
        """A courier that checks connections against `tls`, or the platform's trust, and stays in `reach`.

        `beside` gives fields that go beside each message and that nobody signs.
        """
        connector = aiohttp.TCPConnector(
            limit=0,
            limit_per_host=_PER_NODE,
            keepalive_timeout=_IDLE,
            ssl=tls or ssl.create_default_context(),
            socket_factory=sockets_within(reach),
        )
        session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            skip_auto_headers=("User-Agent", "Accept-Encoding"),
        )
        return cls(session, beside)

    async def deliver(self, sealed: Parcel, timeout: float) -> RawReply:  # noqa: ASYNC109  # the port's signature
        """See `Courier.deliver`."""
        node = sealed.to.id
        try:
            async with (
                asyncio.timeout(timeout),
                self._session.post(
                    sealed.to.address + sealed.path,
                    data=sealed.body,
                    headers={**self._beside(), **sealed.headers},
                    allow_redirects=False,
                ) as reply,
            ):
                body = await _read(reply, node, sealed.most_reply)
        except TimeoutError as error:
            raise TimedOut(f"{node}: no whole reply within {timeout:.3f} s") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise Unreachable(f"{node}: {why_not(error)}") from error
        return RawReply(reply.status, _fields(reply), body)

    async def close(self) -> None:
        """See `Courier.close`."""
        await self._session.close()


async def _read(reply: aiohttp.ClientResponse, node: str, most: int) -> bytes:
    if (reply.content_length or 0) > most:
        reply.close()
        raise ReplyTooLarge(f"{node}: announces {reply.content_length} bytes, at most {most}")
    chunks, size = [], 0
    async for chunk in reply.content.iter_chunked(_CHUNK):
        size += len(chunk)
        if size > most:
            reply.close()
            raise ReplyTooLarge(f"{node}: more than {most} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _fields(reply: aiohttp.ClientResponse) -> Headers:
    fields: dict[str, str] = {}
    for name, value in reply.headers.items():
        lower = name.lower()
        fields[lower] = f"{fields[lower]}, {value}" if lower in fields else value
    return fields
