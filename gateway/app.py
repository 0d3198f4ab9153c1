"""The web application of one node, on one page.

The two doors that carry questions are plain ASGI in front of FastAPI, whose machinery costs more than a
lookup; sign-in, health and the console are ordinary routes behind them.
"""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway import notice_door, partner, witness_door
from gateway.console_files import Console
from gateway.graphql.endpoint import AnalystDoor
from gateway.headers import SecurityHeaders
from gateway.listen import Leaving
from gateway.log_door import PREFIX, LogDoor
from gateway.node import Node
from gateway.notice_door import NoticeDoor
from gateway.own_route import OwnRoute
from gateway.sessions import Sessions
from gateway.signin import SignIn
from gateway.witness_door import WitnessDoor

Door = Callable[[Request], Awaitable[Response]]


class Doors:
    """ASGI: hands `POST` on a known path to its door, everything else to the application behind."""

    def __init__(self, doors: Mapping[str, Door], behind: ASGIApp) -> None:
        self._doors, self._behind = doors, behind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection's request."""
        door = self._doors.get(scope["path"]) if scope["type"] == "http" else None
        if door is None:
            await self._behind(scope, receive, send)
            return
        if scope["method"] != "POST":
            response: Response = _unwanted(scope["method"], HTTPStatus.METHOD_NOT_ALLOWED, {"allow": "POST"})
        else:
            response = await door(Request(scope, receive))
        await response(scope, receive, send)


class Under:
    """ASGI: hands whatever lies below a path to one door, everything else to the application behind."""

    def __init__(self, prefix: str, door: Door, behind: ASGIApp) -> None:
        self._prefix, self._door, self._behind = prefix, door, behind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection's request."""
        if scope["type"] != "http" or not scope["path"].startswith(self._prefix):
            await self._behind(scope, receive, send)
            return
        response = await self._door(Request(scope, receive))
        await response(scope, receive, send)


def _unwanted(method: str, status: HTTPStatus, headers: Mapping[str, str]) -> Response:
    """What no route takes, told in the shape of every refusal."""
    said = f"{method[:20]}: {headers.get('allow', 'nothing')} is expected"
    return JSONResponse({"error": {"code": status.name, "message": said}}, status, headers)


async def _no_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    told = (error.headers if isinstance(error, HTTPException) else None) or {}
    headers = {name.lower(): value for name, value in told.items()}
    return _unwanted(request.method, HTTPStatus(status), headers)


def create_app(  # noqa: PLR0913  # what a node is composed of
    node: Node,
    sessions: Sessions,
    signin: SignIn,
    session_secret: str,
    console: Console,
    *,
    leaving: Leaving | None = None,
) -> ASGIApp:
    """The doors of a composed node: partners, people, sign-in, health; the console on every other path."""
    leaving = leaving or Leaving()
    keep = Middleware(
        SessionMiddleware,
        secret_key=session_secret,
        session_cookie="__Host-entente-signin",
        max_age=600,
        same_site="lax",
        https_only=True,
    )

    async def healthz(_request: Request) -> Response:
        """Whether the node can answer; no detail for strangers."""
        return JSONResponse({"node": node.id, "ready": True})

    async def readyz(_request: Request) -> Response:
        """Whether new requests should come here: 503 once the process has been asked to end."""
        status = HTTPStatus.SERVICE_UNAVAILABLE if leaving.begun else HTTPStatus.OK
        return JSONResponse({"node": node.id, "ready": not leaving.begun}, status)

    routes = [*signin.routes(), OwnRoute("/healthz", healthz), OwnRoute("/readyz", readyz)]
    app = FastAPI(title=f"Entente {node.id}", openapi_url=None, middleware=[keep], routes=routes)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_route("/{path:path}", console.answer, methods=["GET"])

    analyst = AnalystDoor(node, sessions, console)
    doors: dict[str, Door] = {"/graphql": analyst}
    files = Under(PREFIX, LogDoor(node, sessions), Doors(doors, app))
    outer: dict[str, Door] = {partner.PATH: partner.PartnerDoor(node), notice_door.PATH: NoticeDoor(node)}
    if node.witness is not None:
        outer[witness_door.PATH] = WitnessDoor(node.witness, node.clock, node.watch.knocked.set)
    return SecurityHeaders(Doors(outer, files))
