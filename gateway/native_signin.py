"""Sign-in of a program on a person's own machine, by the service's identity provider (RFC 8252).

The program is a client of its own at the provider, a public one with PKCE. What it gets there is an ID token
for itself; it hands that to the node, once, and gets a session as a browser would. The nonce in the token is
the node's, signed and short-lived, so a token that was made for anything else is worth nothing here.
"""

import logging
import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.body import parse_object, read_body
from gateway.errors import GatewayError
from gateway.id_tokens import Expected, Reason, refuse
from gateway.provider import Provider
from gateway.sessions import Sessions
from gateway.settings import SignInPart

NONCE_LIVES: Final = 300
MOST_BYTES: Final = 32_768

log = logging.getLogger(__name__)


class NativeSignInOff(GatewayError):
    """The node's settings name no client of its provider for programs."""

    code = "NATIVE_SIGN_IN_OFF"
    status = HTTPStatus.NOT_FOUND


class NativeSignIn:
    """What a program needs to begin, and where it ends: `GET` and `POST` of `/auth/native`.

    `start` opens a session for checked claims and returns its key; `secret` is the same in all processes.
    """

    def __init__(
        self,
        settings: SignInPart,
        provider: Provider,
        sessions: Sessions,
        start: Callable[[Mapping[str, object]], str],
        secret: str,
    ) -> None:
        self._settings, self._provider, self._sessions, self._start = settings, provider, sessions, start
        self._nonces = URLSafeTimedSerializer(secret, salt="entente/native-nonce")

    def routes(self) -> list[BaseRoute]:
        """What the sign-in mounts."""
        return [
            Route("/auth/native", self._begin),
            Route("/auth/native", self._end, methods=["POST"]),
        ]

    async def _begin(self, _request: Request) -> Response:
        try:
            client = self._client()
        except GatewayError as error:
            return _refused(error)
        told = {
            "issuer": self._settings.issuer,
            "clientId": client,
            "scope": self._settings.scope,
            "port": self._settings.native_port,
            "acrValues": self._settings.step_up_acr,
            "nonce": self._nonces.dumps(secrets.token_urlsafe(16)),
        }
        return JSONResponse(told, headers={"cache-control": "no-store"})

    async def _end(self, request: Request) -> Response:
        """1. Our nonce, lately given. 2. The ID token answers it. 3. Once. 4. A session."""
        try:
            client = self._client()
            body = parse_object(await read_body(request, MOST_BYTES))
            nonce = str(body.get("nonce", ""))
            self._check(nonce)  # 1
            claims = await self._provider.claims(
                body.get("idToken"), Expected(self._settings.issuer, client, nonce)
            )  # 2
            if not self._sessions.first_use(nonce, int(self._sessions.clock()) + 2 * NONCE_LIVES):  # 3
                refuse(Reason.NONCE, "this sign-in has been used; begin again")
            key = self._start(claims)  # 4
        except GatewayError as error:
            log.warning("sign-in of a program: turned away, %s", error.code)
            return _refused(error)
        return JSONResponse({"session": key}, headers={"cache-control": "no-store"})

    def _client(self) -> str:
        if self._settings.native_client_id is None:
            raise NativeSignInOff(
                "sign-in of programs: [signin] native_client_id is not set; sign in with a browser"
            )
        return self._settings.native_client_id

    def _check(self, nonce: str) -> None:
        try:
            self._nonces.loads(nonce, max_age=NONCE_LIVES)
        except BadData:
            refuse(Reason.NONCE, "the nonce is not one that this node gave lately; begin again")


def _refused(error: GatewayError) -> Response:
    told = {"error": {"code": error.code, "message": str(error)}}
    return JSONResponse(told, error.status, {"cache-control": "no-store"})
