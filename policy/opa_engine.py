"""The Rego in a real OPA beside this process, through opa-python-client's async client: for production.

Only `POST /v1/data/...` is ever sent, to a loopback address or a Unix socket; no redirects, no retries, no
proxies, a deadline. OPA is started with the tables and sources that `Bundle.write` lays down; it must quote
their revision, at the start and in every decision.
"""

import ipaddress
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from opa_client.opa_async import AsyncOpaClient  # type: ignore[import-untyped]  # it ships no types

from policy.bundle import RULES, Bundle
from policy.conformance import try_vectors_async
from policy.errors import EngineFailed

TIMEOUT: Final = 1.0
_OK: Final = 200


class OpaEngine:
    """`Engine` on an OPA server."""

    name: Final = "opa"

    def __init__(self, address: str, bundle: Bundle, *, seconds: float = TIMEOUT) -> None:
        self.revision: Final = bundle.revision
        self._client: Final = _LoopbackClient(address, seconds)

    @classmethod
    async def open(cls, address: str, bundle: Bundle, *, seconds: float = TIMEOUT) -> "OpaEngine":
        """Connect, compare the revision, try the vectors; raises `EngineFailed`.

        `address` is `http://127.0.0.1:<port>`, `http://[::1]:<port>` or `unix:<path of the socket>`.
        """
        engine = cls(address, bundle, seconds=seconds)
        try:
            await engine.connect()
            await engine._check_revision(address)
            await try_vectors_async(engine.evaluate, engine.name, bundle)
        except EngineFailed:
            await engine.close()
            raise
        return engine

    async def connect(self) -> None:
        """Open the session, untried; `open` is what a node calls."""
        await self._client.connect()

    async def evaluate(self, rule: str, document: Mapping[str, object]) -> object:
        """See `Engine`; a fault of the client, of whatever kind, is `EngineFailed`."""
        if rule not in RULES:
            raise EngineFailed(f"opa: no rule {rule!r:.60}")
        package, name = rule.split(".")
        return await self._post(f"entente.{package}", name, document)

    async def close(self) -> None:
        """See `Engine`."""
        await self._client.close_connection()

    async def _check_revision(self, address: str) -> None:
        found = await self._post("law", "revision", {})
        if found != self.revision:
            raise EngineFailed(f"opa at {address}: runs revision {found!r:.80}, this node {self.revision}")

    async def _post(self, package: str, rule: str, document: Mapping[str, object]) -> object:
        try:
            answer: Any = await self._client.query_rule(dict(document), package, rule)
        except Exception as error:  # the client lets through whatever aiohttp, json and asyncio raise
            raise EngineFailed(f"opa: {package}.{rule}: {type(error).__name__}: {error}") from error
        if not isinstance(answer, dict) or "result" not in answer:
            raise EngineFailed(f"opa: {package}.{rule}: undefined")
        result: object = answer["result"]
        return result


class _LoopbackClient(AsyncOpaClient):  # type: ignore[misc]  # opa-python-client ships no types
    """opa-python-client's async client, held to this machine, one attempt and no other route."""

    _session: aiohttp.ClientSession | None

    def __init__(self, address: str, seconds: float) -> None:
        host, port, self._socket = _target(address)
        super().__init__(host=host, port=port, retries=0, timeout=seconds)

    async def _init_session(self) -> None:
        self._connector = aiohttp.UnixConnector(self._socket) if self._socket else aiohttp.TCPConnector()
        deadline = aiohttp.ClientTimeout(total=self.timeout)
        self._session = aiohttp.ClientSession(connector=self._connector, timeout=deadline, trust_env=False)

    async def connect(self) -> None:
        """Open the session; needs the running loop."""
        await self._init_session()

    @asynccontextmanager
    async def _request(
        self,
        method: str,
        url: str,
        **arguments: Any,  # noqa: ANN401  # the client's own signature
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None or method != "POST" or not url.startswith(f"{self.root_url}/data/"):
            raise EngineFailed(f"{method} {url}: not connected, or not a question for data")
        async with self._session.request(method, url, allow_redirects=False, **arguments) as response:
            if response.status != _OK:
                raise EngineFailed(f"{url}: status {response.status}")
            yield response


def _target(address: str) -> tuple[str, int, str]:
    """Host, port and socket path of an address on this machine; raises `EngineFailed` for any other."""
    if address.startswith("unix:/"):
        return "localhost", 80, address.removeprefix("unix:")
    parts = urlsplit(address)
    try:
        host, port = ipaddress.ip_address(parts.hostname or ""), parts.port
    except ValueError as error:
        raise EngineFailed(f"opa at {address!r:.100}: no loopback address with a port: {error}") from error
    if parts.scheme != "http" or not host.is_loopback or port is None or parts.path not in ("", "/"):
        raise EngineFailed(f"opa at {address!r:.100}: http on a loopback address with a port is wanted")
    return (f"[{host}]" if host.version == 6 else str(host)), port, ""  # noqa: PLR2004  # IP version
