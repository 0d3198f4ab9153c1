"""Sign-in against a provider that nobody here wrote, and every way it must fail."""

import logging
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.testclient import TestClient

from gateway.errors import NotSignedIn
from gateway.reception import Person, Reception, hint_of, is_door, local_path
from gateway.role_mapping import DEFAULT, NO_UNIT
from gateway.sessions import COOKIE, CSRF_HEADER, Sessions
from gateway.settings import SignInPart
from gateway.signin import SignIn
from policy.terms import Role
from tenants.marks import marks_of

ADDRESS = "https://fr.example"
OTHER = "https://desk.fr.example:8443"
OFFERED = Person(hint="fr-1", name="Zoé", roles=["analyst"], unit="Unit 1", language="fr")
BROWSER = {"accept": "text/html"}
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
    command = [sys.executable, "-m", "gateway.demo.provider", "--port", str(port), *claims]
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
    reception = Reception(
        "fr.ofast", "OFAST", (ADDRESS, OTHER), people=(OFFERED,), examples=("XQZU 418026-6",)
    )
    routes = SignIn(reception, SignInPart(issuer=issuer), "made-up", sessions).routes()
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
    ends = me["ends"]
    assert (ends["idle"], ends["absolute"]) == (ends["now"] + 900, ends["now"] + 3600)
    session = sessions.find(client.cookies[COOKIE])
    assert session.marks == marks_of(["fr-1", "Zoé"])
    assert client.post("/auth/logout").status_code == 401
    assert client.post("/auth/logout", headers={CSRF_HEADER: me["csrf"]}).status_code == 204
    assert client.get("/auth/me").json()["error"]["code"] == "NOT_SIGNED_IN"


def test_the_nodes_own_log_has_a_line_of_each_sign_in_and_none_of_who_it_was(
    issuer: str, sessions: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    client = desk(issuer, sessions)
    with caplog.at_level(logging.INFO, "gateway.signin"):
        client.get(authorised(client, "fr-1"))
        csrf, mark = client.get("/auth/me").json()["csrf"], sessions.find(client.cookies[COOKIE]).mark
        client.post("/auth/logout", headers={CSRF_HEADER: csrf})
        desk(issuer, sessions).get(authorised(client, "fr-1"))
    lines = [record.getMessage() for record in caplog.records if record.name == "gateway.signin"]
    assert lines == [
        f"sign-in: session {mark} begins, as analyst, strength ''",
        f"sign-out: session {mark} ends",
        "sign-in: turned away, NOT_SIGNED_IN",
    ]
    assert not [line for line in lines if "fr-1" in line or "Zoé" in line]


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
    actor = DEFAULT.actor("fr.ofast", {"sub": "x", "entente_roles": ["analyst", "root", 3]})
    assert actor.roles == {Role.ANALYST}
    assert actor.unit == NO_UNIT
    assert not DEFAULT.actor("fr.ofast", {"sub": "x", "entente_roles": "analyst"}).roles


def test_a_person_chosen_on_the_page_signs_in_at_once_and_lands_where_asked(
    issuer: str, sessions: Sessions
) -> None:
    client = desk(issuer, sessions)
    assert client.get("/auth/options").json() == {
        "node": "fr.ofast",
        "name": "OFAST",
        "demo": False,
        "people": [OFFERED.model_dump()],
        "examples": ["XQZU 418026-6"],
    }
    login = client.get("/auth/login", params={"hint": "fr-1", "next": "/object/a?tab=1#x"})
    where = login.headers["location"]
    assert parse_qs(urlsplit(where).query)["login_hint"] == ["fr-1"]
    answer = httpx2.get(where, follow_redirects=False, trust_env=False)
    back = answer.headers["location"]
    assert back.startswith(f"{ADDRESS}/auth/callback?")
    landed = client.get(back, headers=BROWSER)
    assert (landed.status_code, landed.headers["location"]) == (303, "/object/a?tab=1#x")
    assert client.get("/auth/me").json()["name"] == "Zoé"


@pytest.mark.parametrize("hint", ["somebody-else", "", "fr-1 ", "fr-1\n", "é", "x" * 201])
def test_a_stranger_as_a_hint_is_shown_the_form(issuer: str, sessions: Sessions, hint: str) -> None:
    login = desk(issuer, sessions).get("/auth/login", params={"hint": hint})
    page = httpx2.get(login.headers["location"], follow_redirects=False, trust_env=False)
    assert page.status_code == 200
    assert "<form" in page.text
    assert (hint_of(hint) is None) is (hint != "somebody-else")


def test_the_way_back_is_the_address_that_was_asked_if_it_is_the_nodes_own(
    issuer: str, sessions: Sessions
) -> None:
    client = desk(issuer, sessions)
    for host, address in (
        ("fr.example", ADDRESS),
        ("Desk.fr.example:8443", OTHER),
        ("evil.example", ADDRESS),
        ("desk.fr.example", ADDRESS),
        ("", ADDRESS),
    ):
        login = client.get("/auth/login", headers={"host": host})
        asked = parse_qs(urlsplit(login.headers["location"]).query)
        assert asked["redirect_uri"] == [f"{address}/auth/callback"]


@pytest.mark.parametrize(("subject", "code"), [("fr-2", "ROLE_NOT_COVERED"), ("fr-3", "ROLE_NOT_COVERED")])
def test_a_browser_that_is_turned_away_lands_on_the_sign_in_page(
    issuer: str, sessions: Sessions, subject: str, code: str
) -> None:
    client = desk(issuer, sessions)
    answer = client.get(authorised(client, subject), headers=BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/signin?refused={code}")
    assert COOKIE not in answer.headers.get("set-cookie", "")


def as_a_browser_reads(text: str) -> str:
    """The origin that a link leads to from our page, as the URL standard tells browsers to read it."""
    stripped = text.strip("".join(map(chr, range(0x21))))
    plain = "".join(each for each in stripped if each not in "\t\n\r").replace("\\", "/")
    told = urlsplit(urljoin(ADDRESS, plain))
    return f"{told.scheme}://{told.netloc}"


PIECES = [
    "/",
    "//",
    "\\",
    "\t",
    "\n",
    " ",
    "\0",
    "evil.example",
    "http:",
    "@",
    ":",
    "?",
    "#",
    "%2f",
    "..",
    "auth",
]
PATHS = st.text(max_size=30) | st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


@given(PATHS | PATHS.map("/".__add__))
def test_nobody_lands_anywhere_but_in_this_console(text: str) -> None:
    path = local_path(text)
    assert path in (text, "/")
    assert path.startswith("/")
    assert not path.startswith("//")
    assert as_a_browser_reads(path) == ADDRESS
    assert not is_door(unquote(urlsplit(path).path))


@pytest.mark.parametrize(
    "text",
    [
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
        "/auth/login",
        "/%61uth/login",
        "/auth",
        "/log/x",
        "/graphql",
        "/" + "x" * 2000,
        "/ x",
    ],
)
def test_what_is_no_place_of_the_console_is_its_start_page(text: str) -> None:
    assert local_path(text) == "/"


@pytest.mark.parametrize(
    "text", ["/", "/search?q=a", "/object/fr.ofast%2Fp-1", "/authors", "/é", "/a//b", "/x?u=//y"]
)
def test_a_place_of_the_console_is_kept(text: str) -> None:
    assert local_path(text) == text
