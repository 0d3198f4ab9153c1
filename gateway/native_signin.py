"""Sign-in of a program on a person's own machine, by the service's identity provider (RFC 8252).

The program is a client of its own at the provider, a public one with PKCE. What it gets there is an ID token
for itself; it hands that to the node, once, and gets a session as a browser would. The nonce in the token is
the node's, signed and short-lived, so a token that was made for anything else is worth nothing here.

Where there is no browser it gets the token by a code that the person types in elsewhere (RFC 8628). Whoever
was talked into typing in a stranger's code would let the stranger in, so that way is off unless a client of
its own is named for it: the token's audience tells the node which way was gone, whatever the program says.
"""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Final

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from gateway.body import parse_object, read_body
from gateway.errors import GatewayError
from gateway.id_tokens import Expected, Reason, refuse
from gateway.own_route import OwnRoute
from gateway.provider import Provider
from gateway.sessions import Sessions
from gateway.settings import SignInPart

NONCE_LIVES: Final = 300
DEVICE_NONCE_LIVES: Final = 600
"""Seconds: a code is typed in on another machine, which takes longer."""
MOST_BYTES: Final = 32_768

log = logging.getLogger(__name__)


class NativeSignInOff(GatewayError):
    """The node's settings name no client of its provider for programs."""

    code = "NATIVE_SIGN_IN_OFF"
    status = HTTPStatus.NOT_FOUND


class DeviceSignInOff(GatewayError):
    """The node's settings name no client of its provider for sign-in by a code."""

    code = "DEVICE_SIGN_IN_OFF"
    status = HTTPStatus.NOT_FOUND


class Way(Enum):
    """How somebody came to have an ID token: by a browser that was led here, or a code typed in elsewhere."""

    BROWSER = auto()
    CODE = auto()


@dataclass(frozen=True, slots=True)
class _Door:
    """One way for programs: the client that it is, the nonces that are given for it, for how many seconds."""

    way: Way
    client: str
    nonces: URLSafeTimedSerializer
    lives: int


class NativeSignIn:
    """What a program needs to begin, and where it ends: `GET` and `POST` of `/auth/native`.

    `start` opens a session for checked claims, told how they came, and returns its key; `secret` is the same
    in all processes.
    """

    def __init__(
        self,
        settings: SignInPart,
        provider: Provider,
        sessions: Sessions,
        start: Callable[[Mapping[str, object], Way], str],
        secret: str,
    ) -> None:
        self._settings, self._provider, self._sessions, self._start = settings, provider, sessions, start
        told = (
            (Way.BROWSER, settings.native_client_id, "entente/native-nonce", NONCE_LIVES),
            (Way.CODE, settings.device_client_id, "entente/device-nonce", DEVICE_NONCE_LIVES),
        )
        self._doors = {
            way: _Door(way, client, URLSafeTimedSerializer(secret, salt=salt), lives)
            for way, client, salt, lives in told
            if client is not None
        }

    def routes(self) -> list[BaseRoute]:
        """What the sign-in mounts."""
        return [OwnRoute("/auth/native", self._either, methods=["GET", "POST"])]

    async def _either(self, request: Request) -> Response:
        return await (self._end if request.method == "POST" else self._begin)(request)

    async def _begin(self, request: Request) -> Response:
        """With `device` for a program that shows a code; that way takes no strength, as it gives none."""
        try:
            door = self._door(Way.CODE if "device" in request.query_params else Way.BROWSER)
        except GatewayError as error:
            return _refused(error)
        told = {
            "issuer": self._settings.issuer,
            "clientId": door.client,
            "scope": self._settings.scope,
            "nonce": door.nonces.dumps(secrets.token_urlsafe(16)),
            "seconds": door.lives,
        }
        if door.way is Way.BROWSER:
            told |= {"port": self._settings.native_port, "acrValues": self._settings.step_up_acr}
        return JSONResponse(told, headers={"cache-control": "no-store"})

    async def _end(self, request: Request) -> Response:
        """1. Our nonce, lately given for a way. 2. The ID token answers it. 3. Once. 4. A session."""
        try:
            body = parse_object(await read_body(request, MOST_BYTES))
            nonce = str(body.get("nonce", ""))
            door = self._door_of(nonce)  # 1
            expected = Expected(self._settings.issuer, door.client, nonce)
            claims = await self._provider.claims(body.get("idToken"), expected)  # 2
            if not self._sessions.first_use(nonce, int(self._sessions.clock()) + 2 * door.lives):  # 3
                refuse(Reason.NONCE, "this sign-in has been used; begin again")
            key = self._start(claims, door.way)  # 4
        except GatewayError as error:
            log.warning("sign-in of a program: turned away, %s", error.code)
            return _refused(error)
        return JSONResponse({"session": key}, headers={"cache-control": "no-store"})

    def _door(self, way: Way) -> _Door:
        if (door := self._doors.get(way)) is not None:
            return door
        if way is Way.CODE:
            raise DeviceSignInOff("sign-in by a code: [signin] device_client_id is not set, so it is off")
        raise NativeSignInOff(
            "sign-in of programs: [signin] native_client_id is not set; sign in with a browser"
        )

    def _door_of(self, nonce: str) -> _Door:
        """The way for which this node gave the nonce lately; the ID token must be for that way's client."""
        doors = self._doors.values() or (self._door(Way.BROWSER),)
        found = next((each for each in doors if _holds(each.nonces, nonce, each.lives)), None)
        if found is None:
            refuse(Reason.NONCE, "the nonce is not one that this node gave lately; begin again")
        return found


def _holds(nonces: URLSafeTimedSerializer, nonce: str, lives: int) -> bool:
    try:
        nonces.loads(nonce, max_age=lives)
    except BadData:
        return False
    return True


def _refused(error: GatewayError) -> Response:
    told = {"error": {"code": error.code, "message": str(error)}}
    return JSONResponse(told, error.status, {"cache-control": "no-store"})
