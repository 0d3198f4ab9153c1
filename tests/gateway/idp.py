"""A simulated identity provider that can lie: whatever it signs, answers or lists, a test can change."""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from gateway.id_tokens import LOGOUT_EVENT
from tests.components import free_port

CLIENT = "entente"


def new_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


class Idp:
    """One provider. It signs with the last of `keys` and lists those in `listed`, all of them unless told.

    Who polls for a code to be typed in gets the errors in `polled`, one after the other, then a token.
    """

    def __init__(self, address: str) -> None:
        self.issuer = address
        self.keys = [new_key("k1")]
        self.listed: list[ECKey] | None = None
        self.person: dict[str, Any] = {"sub": "fr-1", "name": "Zoé", "entente_roles": ["analyst"]}
        self.claims: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.answer: dict[str, str | None] = {}
        self.token: dict[str, Any] = {}
        self.clock: Callable[[], float] = time.time
        self.fetched = 0
        self.asked: list[dict[str, str]] = []
        self.silent = False
        self.offer: dict[str, Any] = {}
        self.polled: list[str] = []
        self.ended: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}

    def signed(self, claims: dict[str, Any], **header: Any) -> str:
        key = self.keys[-1]
        return jwt.encode({"alg": "ES256", "kid": key.kid} | header, claims, key)

    def logout_token(self, **changes: Any) -> str:
        now = int(self.clock())
        told = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_hex(8),
            "events": {LOGOUT_EVENT: {}},
        }
        return self.signed(told | changes, typ="logout+jwt")

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/openid-configuration", self._metadata),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
            Route("/device", self._device, methods=["POST"]),
            Route("/jwks", self._jwks),
            Route("/end", self._end),
        ]

    async def _metadata(self, _: Request) -> Response:
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/end?of=all",
            "device_authorization_endpoint": f"{self.issuer}/device",
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse(told | self.metadata)

    async def _jwks(self, _: Request) -> Response:
        self.fetched += 1
        if self.silent:
            return Response(status_code=503)
        listed = self.keys if self.listed is None else self.listed
        return JSONResponse({"keys": [each.as_dict(private=False) for each in listed]})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        told = {"code": code, "state": asked["state"], "iss": self.issuer} | self.answer
        plain = {name: said for name, said in told.items() if said is not None}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(plain)}")

    async def _end(self, request: Request) -> Response:
        self.ended.append(dict(request.query_params))
        return RedirectResponse(request.query_params["post_logout_redirect_uri"])

    async def _device(self, request: Request) -> Response:
        asked = dict(parse_qsl((await request.body()).decode()))
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        told = {
            "device_code": code,
            "user_code": "WDJB-MJHT",
            "verification_uri": f"{self.issuer}/type-it-in",
            "expires_in": 600,
        }
        return JSONResponse(told | self.offer)

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        if "device_code" in form and self.polled:
            return JSONResponse({"error": self.polled.pop(0)}, 400)
        asked = self._codes.pop(form.get("code", form.get("device_code", "")), None)
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        shown = base64.urlsafe_b64encode(proof).decode().rstrip("=")
        back = form.get("redirect_uri")
        if asked is None or shown != asked["code_challenge"] or back != asked.get("redirect_uri"):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(self.clock())
        told = {
            "iss": self.issuer,
            "aud": asked["client_id"],
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            "auth_time": now,
            **self.person,
            **self.claims,
        }
        plain = {name: said for name, said in told.items() if said is not None}
        reply = {"access_token": "a", "token_type": "Bearer", "id_token": self.signed(plain)} | self.token
        return JSONResponse({name: said for name, said in reply.items() if said is not None})


@contextmanager
def serving() -> Iterator[Idp]:
    """A provider on loopback, in a thread of its own."""
    port = free_port()
    idp = Idp(f"http://127.0.0.1:{port}")
    config = uvicorn.Config(
        Starlette(routes=idp.routes()), host="127.0.0.1", port=port, log_level="error", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield idp
    finally:
        server.should_exit = True
        thread.join()
