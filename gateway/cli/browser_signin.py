"""A person at a terminal signs in with a browser: code and PKCE, and back to this machine (RFC 8252)."""

import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click
import httpx2
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from gateway.errors import SignInRefused
from gateway.id_tokens import checked_response_issuer
from gateway.visible import visible

WAITS = 300.0
PATH = "/callback"
_SECONDS = 20.0
_DONE = b"<!doctype html><title>Entente</title><p>You are signed in at the terminal; this page can be closed."


def id_token(told: Mapping[str, Any], show: Callable[[str], object]) -> str:
    """An ID token of the provider in `told` (a node's `/auth/native`), by way of a browser.

    `show` is given the address that the person must open. `click.ClickException` says what went wrong.

    1. The provider is who it says. 2. Listen on loopback only. 3. Ask, with state, nonce and PKCE, for a
    fresh proof. 4. One answer, to our state, of that provider. 5. The code for a token.
    """
    metadata = metadata_of(str(told["issuer"]))  # 1
    with _Listening(("127.0.0.1", int(told["port"])), _Answer) as listening:  # 2
        back = f"http://127.0.0.1:{listening.server_port}{PATH}"
        verifier = secrets.token_urlsafe(48)
        with OAuth2Client(
            told["clientId"],
            redirect_uri=back,
            scope=told["scope"],
            code_challenge_method="S256",
            token_endpoint_auth_method="none",  # noqa: S106  # the method's name: a public client
            timeout=_SECONDS,
        ) as client:
            strong = {"acr_values": " ".join(told["acrValues"])} if told["acrValues"] else {}
            address, state = client.create_authorization_url(  # 3
                metadata["authorization_endpoint"],
                code_verifier=verifier,
                nonce=told["nonce"],
                prompt="login",
                **strong,
            )
            show(address)
            said = listening.wait()
            _checked(said, state, metadata, str(told["issuer"]))  # 4
            try:
                token = client.fetch_token(  # 5
                    metadata["token_endpoint"], code=said["code"], code_verifier=verifier, state=state
                )
            except (OAuthError, httpx2.HTTPError, ValueError) as error:
                raise click.ClickException(f"{told['issuer']}: gave no token ({error})") from error
    return str(token.get("id_token", ""))


def metadata_of(issuer: str) -> Mapping[str, Any]:
    """What the provider at `issuer` says of itself; `click.ClickException` unless it is that one."""
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        answer = httpx2.get(address, timeout=_SECONDS)
        found: Mapping[str, Any] = answer.raise_for_status().json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise click.ClickException(f"{address}: cannot be read ({error})") from error
    if not isinstance(found, dict) or found.get("issuer") != issuer:
        raise click.ClickException(f"{address}: is not of the identity provider {issuer}")
    return found


def _checked(said: Mapping[str, str], state: str, metadata: Mapping[str, Any], issuer: str) -> None:
    if not secrets.compare_digest(said.get("state", "").encode(), str(state).encode()):
        raise click.ClickException("the browser came back with another sign-in than this one; begin again")
    try:
        checked_response_issuer(said.get("iss"), metadata, issuer)
    except SignInRefused as error:
        raise click.ClickException(f"{error.code}: {error}") from error
    if "error" in said or not said.get("code"):
        why = visible(said.get("error", "no code"))[:80]
        raise click.ClickException(f"{issuer}: refused ({why})")


class _Listening(HTTPServer):
    """Waits for the one answer that is meant for us; anything else is answered with 404."""

    def __init__(self, place: tuple[str, int], answer: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(place, answer)
        self.timeout = WAITS
        self.said: list[Mapping[str, str]] = []

    def wait(self) -> Mapping[str, str]:
        """The parameters of the answer."""
        for _ in range(20):
            self.handle_request()
            for told in self.said:
                return told
        raise click.ClickException("the browser did not come back in time; begin again")


class _Answer(BaseHTTPRequestHandler):
    timeout = 10

    def do_GET(self) -> None:
        """Take the answer, tell the person that they are done."""
        asked = urlsplit(self.path)
        mine = asked.path == PATH
        if mine and isinstance(self.server, _Listening):
            told = parse_qs(asked.query, max_num_fields=20)
            self.server.said.append({name: values[0] for name, values in told.items()})
        self.send_response(HTTPStatus.OK if mine else HTTPStatus.NOT_FOUND)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-security-policy", "default-src 'none'")
        self.end_headers()
        self.wfile.write(_DONE if mine else b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Say nothing: the request holds a code."""
