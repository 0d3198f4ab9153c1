"""The door for who watches over the node, on an address of its own: `/livez`, `/readyz`, `/metrics`.

It is not the partners' door and not the people's. Where a token is set, only who shows it is told more than
whether the node is ready.
"""

import asyncio
import hmac
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from gateway.node import Node
from gateway.observe.gauges import Gauges
from gateway.observe.prometheus_observer import CONTENT_TYPE, PrometheusObserver
from gateway.observe.readiness import readiness


class ObserveDoor:
    """ASGI: GET on the three paths, nothing else."""

    def __init__(self, node: Node, metrics: PrometheusObserver, token: str | None) -> None:
        self._node, self._metrics, self._token = node, metrics, token
        self._gauges = Gauges(node)
        metrics.registry.register(self._gauges)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http":
            response = await self._answer(Request(scope, receive))
            await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path, known = request.url.path, self._known(request)
        if request.method != "GET":
            return JSONResponse({"error": {"code": "METHOD_NOT_ALLOWED"}}, HTTPStatus.METHOD_NOT_ALLOWED)
        if path == "/livez":
            return JSONResponse({"node": self._node.id})
        if path == "/readyz":
            return self._readiness(await readiness(self._node), told=known)
        if path == "/metrics":
            return await self._scraped() if known else _unknown()
        return JSONResponse({"error": {"code": "NOT_FOUND"}}, HTTPStatus.NOT_FOUND)

    def _known(self, request: Request) -> bool:
        """Whether the request shows the token, where one is set."""
        if self._token is None:
            return True
        shown = request.headers.get("authorization", "").encode()
        return hmac.compare_digest(shown, f"Bearer {self._token}".encode())

    def _readiness(self, parts: Any, *, told: bool) -> Response:  # noqa: ANN401  # codes by part
        ready = not any(parts.values())
        body = {"ready": ready} | ({"parts": parts} if told else {})
        return JSONResponse(body, HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)

    async def _scraped(self) -> Response:
        self._gauges.ready = await readiness(self._node)
        text = await asyncio.to_thread(self._metrics.exposed)
        return Response(text, headers={"content-type": CONTENT_TYPE})


def _unknown() -> Response:
    headers = {"www-authenticate": "Bearer"}
    return JSONResponse({"error": {"code": "TOKEN_WANTED"}}, HTTPStatus.UNAUTHORIZED, headers)
