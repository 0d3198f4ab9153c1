"""Sign-in by OpenID Connect, as a backend for the browser: authorization code with PKCE, no token outside.

authlib does the protocol, `gateway.id_tokens` says what the provider's tokens must hold.
"""

import hmac
import logging
import secrets
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import parse_qs

import httpx2
from authlib.integrations.base_client.errors import OAuthError
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from gateway.body import read_body
from gateway.console_files import opened_by_a_person
from gateway.errors import GatewayError, NotSignedIn, ProviderSilent
from gateway.id_tokens import LONGEST_NAME, Expected, Reason, checked_response_issuer, refuse
from gateway.native_signin import NativeSignIn, Way
from gateway.own_route import OwnRoute
from gateway.provider import Provider
from gateway.reception import HOME, Reception, hint_of, local_path
from gateway.role_mapping import DEFAULT, RoleMapping
from gateway.sessions import BACKGROUND_HEADER, COOKIE, CSRF_HEADER, Session, Sessions
from gateway.settings import SignInPart
from sharing.sessions import Authentication
from tenants.marks import marks_of

SIGN_IN_PAGE = "/signin"
MARK_CLAIMS = ("sub", "name", "email", "phone_number", "preferred_username")
MOST_LOGOUT = 32_768

log = logging.getLogger(__name__)


def authentication_of(claims: Mapping[str, object]) -> Authentication:
    """How the provider came to know the person, by claims that were checked."""
    at, acr, session = (claims.get(name) for name in ("auth_time", "acr", "sid"))
    return Authentication(
        subject=str(claims["sub"]),
        session=session[:LONGEST_NAME] if isinstance(session, str) else "",
        at=int(at) if isinstance(at, int | float) else None,
        acr=acr[:LONGEST_NAME] if isinstance(acr, str) else "",
    )


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
        self,
        reception: Reception,
        settings: SignInPart,
        secret: str | None,
        sessions: Sessions,
        mapping: RoleMapping = DEFAULT,
    ) -> None:
        """No `secret` means a public client; `mapping` says who is what at the node."""
        self._reception, self._settings, self._sessions = reception, settings, sessions
        self._mapping = mapping
        self.provider = Provider(settings, secret, sessions.clock)
        self.nonces_by(secrets.token_hex(32))

    def nonces_by(self, key: str) -> None:
        """Sign the nonces of programs with a key that all processes of the node have."""
        held = (self._settings, self.provider, self._sessions, self._started)
        self._native = NativeSignIn(*held, key)

    def routes(self) -> list[BaseRoute]:
        """What the gateway mounts."""
        return [
            OwnRoute("/auth/options", self._options),
            OwnRoute("/auth/login", self._login),
            OwnRoute("/auth/callback", self._callback),
            OwnRoute("/auth/backchannel", self._backchannel, methods=["POST"]),
            OwnRoute("/auth/me", self._me),
            OwnRoute("/auth/logout", self._logout, methods=["POST"]),
            *self._native.routes(),
        ]

    async def _options(self, _request: Request) -> Response:
        return JSONResponse(self._reception.options())

    async def _login(self, request: Request) -> Response:
        """To the provider and back to the address that was asked; `next` is where the person lands then.

        With `fresh` the provider asks for a proof of who is there, whoever it thinks is signed in.
        """
        place = local_path(request.query_params.get("next", HOME))
        hint = hint_of(request.query_params.get("hint", ""))
        back = f"{self._reception.address(request.headers.get('host', ''))}/auth/callback"
        told = {"login_hint": hint} if hint else {}
        fresh = "fresh" in request.query_params
        if fresh:
            # Not a `max_age` of 0: there are providers that then ask without end.
            told |= {"prompt": "login", "max_age": str(self._settings.step_up_seconds)}
            told |= {"acr_values": " ".join(strong)} if (strong := self._settings.step_up_acr) else {}
        app, begun = self.provider.app, {"fresh": fresh, "since": int(self._sessions.clock())}
        try:
            await self.provider.metadata()
            asked = await app.create_authorization_url(back, **told)
        except ProviderSilent as error:
            return _turned_away(request, error)
        await app.save_authorize_data(request, redirect_uri=back, next=place, **begun, **asked)
        return RedirectResponse(asked["url"], status_code=HTTPStatus.FOUND)

    async def _callback(self, request: Request) -> Response:
        """The way back: the session, or why there is none."""
        try:
            claims, place = await self._answered(request)
            key = self._started(claims, Way.BROWSER)
        except GatewayError as error:
            return _turned_away(request, error)
        self._sessions.end(request.cookies.get(COOKIE))  # a new proof is a new session
        response = RedirectResponse(place, status_code=HTTPStatus.SEE_OTHER)
        response.set_cookie(COOKIE, key, secure=True, httponly=True, samesite="lax", path="/")
        return response

    async def _answered(self, request: Request) -> tuple[Mapping[str, object], str]:
        """The claims that the provider's answer leads to, and where the person wanted to be.

        1. This browser asked, with this state, just once. 2. The provider that was asked answers. 3. It does
        not refuse. 4. Its code is good, with the secret that only we know. 5. The ID token holds.
        """
        app, said = self.provider.app, request.query_params
        state = said.get("state", "")
        asked = await app.framework.get_state_data(request.session, state)
        await app.framework.clear_state_data(request.session, state)
        if not asked:  # 1
            raise NotSignedIn("sign-in: was not begun in this browser, or is over; begin again")
        metadata = await self.provider.must_be_the_issuer()
        checked_response_issuer(said.get("iss"), metadata, self._settings.issuer)  # 2
        if "error" in said:  # 3
            refuse(Reason.PROVIDER_REFUSED, f"the identity provider refused ({said['error'][:80]})")
        try:
            token = await app.fetch_access_token(  # 4
                redirect_uri=asked["redirect_uri"],
                code=said.get("code", ""),
                state=state,
                code_verifier=asked["code_verifier"],
            )
        except OAuthError as error:
            refuse(Reason.PROVIDER_REFUSED, f"the identity provider's answer is not accepted ({error.error})")
        except (httpx2.HTTPError, ValueError, TypeError) as error:
            raise ProviderSilent("identity provider: gives no token for its own code") from error
        expected = Expected(
            self._settings.issuer,
            self._settings.client_id,
            asked["nonce"],
            max_age=max(0, int(self._sessions.clock()) - asked["since"]) if asked["fresh"] else None,
            acr_values=tuple(self._settings.step_up_acr) if asked["fresh"] else (),
            access_token=token.get("access_token"),
        )
        claims = await self.provider.claims(token.get("id_token"), expected)  # 5
        return claims, local_path(str(asked.get("next", HOME)))

    def _started(self, claims: Mapping[str, object], way: Way) -> str:
        """The key of a new session for the person whom the claims describe, and whom no log line names.

        Who typed in a code on another machine proved there who they are, and not who is here: such a session
        never counts as a fresh proof.
        """
        name, known = str(claims.get("name") or "")[:120], authentication_of(claims)
        if way is Way.CODE:
            known = replace(known, at=None, acr="")
        actor = self._mapping.actor(self._reception.node, claims)
        key, session = self._sessions.start(actor, name, _marks(claims), known)
        roles = ", ".join(sorted(actor.roles))
        log.info("sign-in: session %s begins, as %s, strength %r", session.mark, roles, known.acr)
        if way is Way.CODE:
            log.info("sign-in: session %s is by a code that was typed in elsewhere", session.mark)
        return key

    async def _backchannel(self, request: Request) -> Response:
        """The provider ends sessions at once (OpenID Connect Back-Channel Logout 1.0 §2.5 to 2.8)."""
        try:
            body = parse_qs((await read_body(request, MOST_LOGOUT)).decode("ascii"), max_num_fields=10)
            tokens = body.get("logout_token", [])
            if len(tokens) != 1:
                refuse(Reason.MISSING, "one logout_token is expected, in a form")
            logout = await self.provider.logout(tokens[0])
            if not self._sessions.first_use(logout.id, logout.until):
                refuse(Reason.LOGOUT_REPLAYED, "the logout token has come before")
        except ValueError:
            return _logout_refused("MALFORMED: no form was sent")
        except GatewayError as error:
            return _logout_refused(f"{error.code}: {error}")
        ended = self._sessions.end_of(logout.subject, logout.session)
        log.info("the identity provider ended %d sessions", ended)
        return Response(status_code=HTTPStatus.OK, headers={"cache-control": "no-store"})

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
        """End the session here, whatever the provider does; `provider` is where it ends there, if asked."""
        try:
            session = session_of(self._sessions, request, changing=True)
        except GatewayError as error:
            return refusal(error)
        log.info("sign-out: session %s ends", session.mark)
        self._sessions.end(request.cookies.get(COOKIE))
        there = await self._end_there(request) if self._settings.logout_at_provider else None
        response = JSONResponse({"provider": there}) if there else Response(status_code=HTTPStatus.NO_CONTENT)
        response.delete_cookie(COOKIE, secure=True, httponly=True, path="/")
        return response

    async def _end_there(self, request: Request) -> str | None:
        back = f"{self._reception.address(request.headers.get('host', ''))}{SIGN_IN_PAGE}"
        try:
            return await self.provider.end_address(back)
        except GatewayError as error:
            log.warning("the session has ended here, not at the identity provider: %s", error.code)
            return None


def _turned_away(request: Request, error: GatewayError) -> Response:
    """Who signs in with a browser sees why in the console; a program reads it."""
    log.warning("sign-in: turned away, %s", error.code)
    if opened_by_a_person(request):
        return RedirectResponse(f"{SIGN_IN_PAGE}?refused={error.code}", status_code=HTTPStatus.SEE_OTHER)
    return refusal(error)


def _logout_refused(said: str) -> Response:
    told = {"error": "invalid_request", "error_description": said}
    return JSONResponse(told, HTTPStatus.BAD_REQUEST, {"cache-control": "no-store"})


def refusal(error: GatewayError) -> JSONResponse:
    """The one shape in which the desk turns something down."""
    return JSONResponse({"error": {"code": error.code, "message": str(error)}}, status_code=error.status)
