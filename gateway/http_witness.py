"""The way to the witnesses over HTTP on aiohttp: no redirects, no cookies, no proxies, bounded replies."""

import ssl
from typing import Self

import aiohttp

from audit.feeding import MAX_REPLY, RawReply
from gateway.witnessing import WitnessSilent
from sharing.reach import Reach
from sharing.reaching_sockets import ANYWHERE_PUBLIC, sockets_within, why_not

_IDLE = 60.0


class HttpPoster:
    """One client session for all witnesses; `open` it in the event loop that uses it."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @classmethod
    async def open(cls, tls: ssl.SSLContext | None = None, reach: Reach = ANYWHERE_PUBLIC) -> Self:
        """A poster that checks connections against `tls`, or the platform's trust, and stays in `reach`."""
        connector = aiohttp.TCPConnector(
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
        return cls(session)

    async def post(self, url: str, body: bytes) -> RawReply:
        """See `Poster.post`; the caller sets the deadline."""
        headers = {"content-type": "text/plain; charset=utf-8"}
        try:
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as reply:
                read = b""
                async for part in reply.content.iter_chunked(MAX_REPLY + 1):
                    read += part
                    if len(read) > MAX_REPLY:
                        reply.close()
                        break
                return RawReply(reply.status, reply.headers.get("content-type", ""), read[: MAX_REPLY + 1])
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise WitnessSilent(f"{url}: {why_not(error)}") from error

    async def close(self) -> None:
        """See `Poster.close`."""
        await self._session.close()
