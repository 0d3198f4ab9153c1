"""Sign-in by OpenID Connect, as a backend for the browser: authorization code with PKCE, no token outside.

authlib does the protocol. Its default accepts a wrong audience, so the claims are named one by one here.
"""

import hmac
from collections.abc import Mapping
from http import HTTPStatus

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import JoseError
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.console_files import opened_by_a_person
from gateway.errors import GatewayError, NotAllowed, NotSignedIn
from gateway.reception import HOME, Reception, hint_of, local_path
from gateway.sessions import BACKGROUND_HEADER, COOKIE, CSRF_HEADER, Session, Sessions
from gateway.settings import SignInPart
from policy.mandate import Actor
from policy.terms import Role
from tenants.marks import marks_of

SIGN_IN_PAGE = "/signin"
ROLES_CLAIM = "entente_roles"
UNIT_CLAIM = "entente_unit"
MARK_CLAIMS = ("sub", "name", "email", "phone_number", "preferred_username")


def actor_of(node: str, claims: Mapping[str, object]) -> Actor:
    """The person that the provider's claims describe; unknown roles are dropped, a missing unit is `-`."""
    told = claims.get(ROLES_CLAIM)
    names = {str(each) for each in told} if isinstance(told, list) else set()
    roles = frozenset(role for role in Role if role.value in names)
    return Actor(node, str(claims["sub"]), roles, str(claims.get(UNIT_CLAIM) or "-"))


def _marks(claims: Mapping[str, object]) -> frozenset[str]:
    """What the provider knows the person by, in normal forms."""
    return marks_of(str(claims[name]) for name in MARK_CLAIMS if claims.get(name))


def session_of(sessions: Sessions, connection: HTTPConnection, *, changing: bool) -> Session:
    """The session of a request; when it may change something, only with the session's own CSRF value.

    What a page asks by itself, without anybody at it, carries `BACKGROUND_HEADER` and keeps no session alive.
    """
    used = BACKGROUND_HEADER not in connection.headers
    session = sessions.find(connection.cookies.get(COOKIE), used=used)
    if changing and not hmac.compare_digest(connection.headers.get(CSRF_HEADER, ""), session.csrf):
        raise NotSignedIn(f"session: the header {CSRF_HEADER} does not hold the session's value")
    return session


class SignIn:
    """The routes under `/auth` of one node and its identity provider."""

    def __init__(
        self, reception: Reception, settings: SignInPart, secret: str | None, sessions: Sessions
    ) -> None:
        """No `secret` means a public client."""
        self._reception, self._settings, self._sessions = reception, settings, sessions
        self._oauth = OAuth()
        self._oauth.register(
            "idp",
            client_id=settings.client_id,
            client_secret=secret,
            server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email phone",
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
            },
        )

    def routes(self) -> list[BaseRoute]:
        """What the gateway mounts."""
        return [
            Route("/auth/options", self._options),
            Route("/auth/login", self._login),
            Route("/auth/callback", self._callback),
            Route("/auth/me", self._me),
            Route("/auth/logout", self._logout, methods=["POST"]),
        ]

    async def _options(self, _request: Request) -> Response:
        return JSONResponse(self._reception.options())

    async def _login(self, request: Request) -> Response:
        """To the provider and back to the address that was asked; `next` is where the person lands then."""
        request.session["next"] = local_path(request.query_params.get("next", HOME))
        hint = hint_of(request.query_params.get("hint", ""))
        back = f"{self._reception.address(request.headers.get('host', ''))}/auth/callback"
        told = {"login_hint": hint} if hint else {}
        redirect: Response = await self._oauth.idp.authorize_redirect(request, back, **told)
        return redirect

    async def _callback(self, request: Request) -> Response:
        try:
            claims = await self._claims(request)
            name = str(claims.get("name") or "")[:120]
            key, _ = self._sessions.start(actor_of(self._reception.node, claims), name, _marks(claims))
        except (OAuthError, JoseError) as error:
            told = f"sign-in: the identity provider's answer is not accepted ({error.error})"
            return _turned_away(request, NotSignedIn(told))
        except GatewayError as error:
            return _turned_away(request, error)
        place = local_path(request.session.pop("next", HOME))
        response = RedirectResponse(place, status_code=HTTPStatus.SEE_OTHER)
        response.set_cookie(COOKIE, key, secure=True, httponly=True, samesite="lax", path="/")
        return response

    async def _claims(self, request: Request) -> Mapping[str, object]:
        options = {
            "iss": {"essential": True, "values": [self._settings.issuer]},
            "aud": {"essential": True, "values": [self._settings.client_id]},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "iat": {"essential": True},
        }
        token = await self._oauth.idp.authorize_access_token(request, claims_options=options, leeway=30)
        claims: Mapping[str, object] | None = token.get("userinfo")
        if claims is None:
            raise NotAllowed("sign-in: the identity provider sent no ID token")
        return claims

    async def _me(self, request: Request) -> Response:
        """Who is signed in and until when (Unix seconds); asking that is no use of the session."""
        try:
            session = self._sessions.find(request.cookies.get(COOKIE), used=False)
        except GatewayError as error:
            return refusal(error)
        actor = session.actor
        idle, absolute = self._sessions.ends(session)
        return JSONResponse(
            {
                "node": actor.node,
                "name": session.name,
                "roles": sorted(actor.roles),
                "unit": actor.unit,
                "subject": session.actor.subject,
                "csrf": session.csrf,
                "ends": {"now": int(self._sessions.clock()), "idle": int(idle), "absolute": int(absolute)},
            }
        )

    async def _logout(self, request: Request) -> Response:
        try:
            session_of(self._sessions, request, changing=True)
        except GatewayError as error:
            return refusal(error)
        self._sessions.end(request.cookies.get(COOKIE))
        response = Response(status_code=HTTPStatus.NO_CONTENT)
        response.delete_cookie(COOKIE, secure=True, httponly=True, path="/")
        return response


def _turned_away(request: Request, error: GatewayError) -> Response:
    """Who signs in with a browser sees why in the console; a program reads it."""
    if opened_by_a_person(request):
        return RedirectResponse(f"{SIGN_IN_PAGE}?refused={error.code}", status_code=HTTPStatus.SEE_OTHER)
    return refusal(error)


def refusal(error: GatewayError) -> JSONResponse:
    """The one shape in which the desk turns something down."""
    return JSONResponse({"error": {"code": error.code, "message": str(error)}}, status_code=error.status)
