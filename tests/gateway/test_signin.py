"""Sign-in against a provider that nobody here wrote, and every way it must fail."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.testclient import TestClient

from gateway.errors import NotSignedIn
from gateway.sessions import COOKIE, CSRF_HEADER, Sessions
from gateway.settings import SignInPart
from gateway.signin import SignIn, actor_of
from policy.terms import Role
from tenants.marks import marks_of

ADDRESS = "https://fr.example"
USERS = (
    '{"sub": "fr-1", "name": "Zoé", "entente_roles": ["analyst", "dancer"], "entente_unit": "U1"}',
    '{"sub": "fr-2", "name": "Åke", "entente_roles": ["analyst", "oversight"]}',
    '{"sub": "fr-3"}',
)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    claims = [part for user in USERS for part in ("--user-claims", user)]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *claims]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                httpx2.get(f"http://127.0.0.1:{port}/", trust_env=False)
                break
            except httpx2.HTTPError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(idle=900, absolute=3600, clock=time.time)


def desk(issuer: str, sessions: Sessions) -> TestClient:
    routes = SignIn(("fr.ofast", ADDRESS), SignInPart(issuer=issuer), "made-up", sessions).routes()
    keep = Middleware(SessionMiddleware, secret_key="k" * 32, https_only=True, same_site="lax")
    return TestClient(Starlette(routes=routes, middleware=[keep]), base_url=ADDRESS, follow_redirects=False)


def authorised(client: TestClient, subject: str) -> str:
    """Walk through the provider's form; returns the path and query of the callback."""
    login = client.get("/auth/login")
    where = login.headers["location"]
    asked = parse_qs(urlsplit(where).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"{ADDRESS}/auth/callback"]
    answer = httpx2.post(where, data={"sub": subject}, follow_redirects=False, trust_env=False)
    target = urlsplit(answer.headers["location"])
    return f"{target.path}?{target.query}"


def test_a_person_signs_in_and_out(issuer: str, sessions: Sessions) -> None:
    client = desk(issuer, sessions)
    answer = client.get(authorised(client, "fr-1"))
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    assert f"{COOKIE}=" in cookie
    assert "HttpOnly" in cookie
    assert "Secure" in cookie
    me = client.get("/auth/me").json()
    assert (me["name"], me["roles"], me["unit"]) == ("Zoé", ["analyst"], "U1")
    (session,) = sessions._open.values()
    assert session.marks == marks_of(["fr-1", "Zoé"])
    assert client.post("/auth/logout").status_code == 401
    assert client.post("/auth/logout", headers={CSRF_HEADER: me["csrf"]}).status_code == 204
    assert client.get("/auth/me").json()["error"]["code"] == "NOT_SIGNED_IN"


@pytest.mark.parametrize("subject", ["fr-2", "fr-3"])
def test_excluded_or_missing_roles_are_not_let_in(issuer: str, sessions: Sessions, subject: str) -> None:
    client = desk(issuer, sessions)
    answer = client.get(authorised(client, subject))
    assert answer.status_code == 403
    assert COOKIE not in answer.headers.get("set-cookie", "")


def test_another_state_is_not_accepted(issuer: str, sessions: Sessions) -> None:
    client = desk(issuer, sessions)
    callback = authorised(client, "fr-1").replace("state=", "state=x")
    answer = client.get(callback)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "NOT_SIGNED_IN"


def test_a_code_is_good_once(issuer: str, sessions: Sessions) -> None:
    client = desk(issuer, sessions)
    callback = authorised(client, "fr-1")
    assert client.get(callback).status_code == 303
    assert client.get(callback).status_code == 401


def test_an_issuer_other_than_the_configured_one_is_not_accepted(issuer: str, sessions: Sessions) -> None:
    client = desk(f"{issuer}/", sessions)
    assert client.get(authorised(client, "fr-1")).status_code == 401


def test_a_session_needs_its_csrf_value_to_change_anything(issuer: str, sessions: Sessions) -> None:
    client = desk(issuer, sessions)
    client.get(authorised(client, "fr-1"))
    wrong = client.post("/auth/logout", headers={CSRF_HEADER: "no"})
    assert wrong.json()["error"]["code"] == NotSignedIn.code


def test_unknown_roles_are_dropped() -> None:
    actor = actor_of("fr.ofast", {"sub": "x", "entente_roles": ["analyst", "root", 3]})
    assert actor.roles == {Role.ANALYST}
    assert actor.unit == "-"
    assert not actor_of("fr.ofast", {"sub": "x", "entente_roles": "analyst"}).roles
