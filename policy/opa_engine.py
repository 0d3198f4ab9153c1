"""The Rego in a real OPA beside this process, through opa-python-client's async client: for production.

Only `POST /v1/data/...` is ever sent, to a loopback address or a Unix socket, with the bearer token if there
is one; no redirects, no retries, no proxies, a deadline, a limit to what is read. OPA is started with the
signed bundle (`policy.signed_bundle`); it must quote its revision, at the start and in every decision. After
a fault of any kind it is tried on the vectors again before it decides: what comes back may be another OPA.
"""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from opa_client.opa_async import AsyncOpaClient  # type: ignore[import-untyped]  # it ships no types

from policy.bundle import RULES, Bundle, vectors
from policy.conformance import try_vectors_async
from policy.errors import EngineFailed

TIMEOUT: Final = 1.0
MAX_REPLY: Final = 16 * 1024 * 1024
_OK: Final = 200


class OpaEngine:
    """`Engine` on an OPA server."""

    name: Final = "opa"

    def __init__(self, address: str, bundle: Bundle, *, seconds: float = TIMEOUT, token: str = "") -> None:
        self.revision: Final = bundle.revision
        self._address: Final = address
        self._bundle: Final = bundle
        self._client: Final = _LoopbackClient(address, seconds, token)
        self._doubted = False
        self._trial: asyncio.Task[EngineFailed | None] | None = None

    @classmethod
    async def open(
        cls, address: str, bundle: Bundle, *, seconds: float = TIMEOUT, token: str = ""
    ) -> "OpaEngine":
        """Connect, compare the revision, try the vectors; raises `EngineFailed`.

        `address` is `http://127.0.0.1:<port>`, `http://[::1]:<port>` or `unix:<path of the socket>`; `token`
        is the bearer token that this OPA asks for.
        """
        engine = cls(address, bundle, seconds=seconds, token=token)
        try:
            await engine.connect()
            await engine._tried()
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
        if self._doubted:
            await self._tried_again()
        try:
            return await self._ask(rule, document)
        except EngineFailed:
            self._doubted = True
            raise

    async def close(self) -> None:
        """See `Engine`."""
        if self._trial is not None:
            self._trial.cancel()
        await self._client.close_connection()

    async def _tried(self) -> None:
        """Hold OPA to the revision and to the vectors; raises `EngineFailed`."""
        first = next(each for each in vectors().values() if "revision" not in each["decision"])
        decision = await self._ask(str(first["rule"]), first["input"])
        found = decision.get("revision") if isinstance(decision, dict) else None
        if found != self.revision:
            raise EngineFailed(
                f"opa at {self._address}: runs revision {found!r:.80}, this node {self.revision}"
            )
        await try_vectors_async(self._ask, self.name, self._bundle)

    async def _tried_again(self) -> None:
        """The same for an OPA that failed; who comes meanwhile waits for the one trial under way."""
        if self._trial is None or self._trial.done():
            self._trial = asyncio.create_task(self._outcome())
        failed = await asyncio.shield(self._trial)
        if failed is not None:
            raise EngineFailed(f"opa failed before, and again: {failed}") from failed

    async def _outcome(self) -> EngineFailed | None:
        try:
            await self._tried()
        except EngineFailed as failed:
            return failed
        self._doubted = False
        return None

    async def _ask(self, rule: str, document: Mapping[str, object]) -> object:
        package, name = rule.split(".")
        try:
            answer: Any = await self._client.query_rule(dict(document), f"entente.{package}", name)
        except Exception as error:  # the client lets through whatever aiohttp, json and asyncio raise
            raise EngineFailed(f"opa: {rule}: {type(error).__name__}: {error}") from error
        if not isinstance(answer, dict) or "result" not in answer:
            raise EngineFailed(f"opa: {rule}: undefined")
        result: object = answer["result"]
        return result


class _CappedResponse(aiohttp.ClientResponse):
    """A response of which no more than `MAX_REPLY` bytes are ever read."""

    async def read(self) -> bytes:
        """The whole body; `EngineFailed` when it is larger."""
        parts, size = [], 0
        async for part in self.content.iter_any():
            size += len(part)
            if size > MAX_REPLY:
                self.close()
                raise EngineFailed(f"{self.url}: answers more than {MAX_REPLY} bytes")
            parts.append(part)
        self._body = b"".join(parts)
        return self._body


class _LoopbackClient(AsyncOpaClient):  # type: ignore[misc]  # opa-python-client ships no types
    """opa-python-client's async client, held to this machine, one attempt and no other route."""

    _session: aiohttp.ClientSession | None

    def __init__(self, address: str, seconds: float, token: str) -> None:
        host, port, self._socket = opa_target(address)
        plain = {"Accept-Encoding": "identity"}
        super().__init__(host=host, port=port, retries=0, timeout=seconds, headers=plain, token=token or None)

    async def _init_session(self) -> None:
        self._connector = aiohttp.UnixConnector(self._socket) if self._socket else aiohttp.TCPConnector()
        deadline = aiohttp.ClientTimeout(total=self.timeout)
        self._session = aiohttp.ClientSession(
            headers=self.headers,
            connector=self._connector,
            timeout=deadline,
            trust_env=False,
            response_class=_CappedResponse,
        )

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


def opa_target(address: str) -> tuple[str, int, str]:
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
