"""Sign-in at an identity provider that no one here wrote: Canaille, in an environment of its own."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import uvicorn
from click import ClickException
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.testclient import TestClient

from gateway.cli.browser_signin import id_token
from gateway.cli.client import NodeClient
from gateway.cli.profile import Profile, keep_session, kept_session
from gateway.reception import Reception
from gateway.role_mapping import RoleMapping
from gateway.sessions import COOKIE, Sessions
from gateway.settings import SignInPart
from gateway.signin import SignIn
from policy.terms import Role
from tests import components
from tests.gateway.canaille import CLIENT, NATIVE, SECRET, Canaille, canaille

ADDRESS = "https://fr.example"
NATIVE_PORT = components.free_port()
MAPPING = RoleMapping.model_validate(
    {
        "roles": [
            {"claim": "groups", "value": "ofast-analysts", "role": "analyst"},
            {"claim": "groups", "value": "ofast-liaison", "role": "liaison"},
            {"claim": "groups", "value": "dpo", "role": "oversight"},
        ]
    }
)
PEOPLE = {
    "zoe": ["ofast-analysts", "choir"],
    "max": ["ofast-liaison", "dpo"],
    "eve": ["choir"],
}


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canaille]:
    """Started once for the run; what is missing fails, by name."""
    try:
        python = components.idp_python()
    except components.ComponentMissingError as missing:
        pytest.fail(str(missing), pytrace=False)
    folder = tmp_path_factory.mktemp("canaille")
    native = f"http://127.0.0.1:{NATIVE_PORT}/callback"
    with canaille(python, folder, PEOPLE, f"{ADDRESS}/auth/callback", native) as running:
        yield running


class Desk:
    """A node's sign-in, a person's browser at it and at the provider."""

    def __init__(self, provider: Canaille, secret: str = SECRET, issuer: str = "") -> None:
        self.provider, self.at_provider = provider, provider.browser()
        self.sessions = Sessions(900, 3600, time.time)
        settings = SignInPart(
            issuer=issuer or provider.issuer,
            client_id=CLIENT,
            scope="openid profile email groups",
            native_client_id=NATIVE,
            native_port=NATIVE_PORT,
        )
        reception = Reception("fr.ofast", "OFAST", (ADDRESS,))
        routes = SignIn(reception, settings, secret, self.sessions, MAPPING).routes()
        keep = Middleware(SessionMiddleware, secret_key="k" * 32, https_only=True, same_site="lax")
        self.app = Starlette(routes=routes, middleware=[keep])
        self.client = TestClient(self.app, base_url=ADDRESS, follow_redirects=False)
        self.asked, self.said = 0, ""

    def begin(self, person: str, query: str = "") -> str:
        """The provider's answer, as the address that the browser is led to."""
        led = self.client.get(f"/auth/login{query}")
        assert led.status_code == 302, led.text
        there = led.headers["location"]
        back, self.asked = self.provider.walk(self.at_provider, there, person)
        assert back.startswith(f"{ADDRESS}/auth/callback?")
        return back

    def sign_in(self, person: str, query: str = "") -> Any:
        answer = self.client.get(self.begin(person, query))
        self.said = answer.text
        return answer

    def known(self) -> Any:
        assert COOKIE in self.client.cookies, self.said
        return self.sessions.find(self.client.cookies[COOKIE])


@pytest.fixture
def desk(provider: Canaille) -> Desk:
    return Desk(provider)


def test_a_person_signs_in_and_is_what_the_groups_say(desk: Desk) -> None:
    before = int(time.time())
    back = desk.begin("zoe")
    assert parse_qs(urlsplit(back).query)["iss"] == [desk.provider.issuer]
    assert desk.client.get(back).status_code == 303
    me = desk.client.get("/auth/me").json()
    assert (me["name"], me["roles"], me["subject"]) == ("Zoe", ["analyst"], "zoe")
    known = desk.known()
    assert known.actor.roles == {Role.ANALYST}
    assert before - 1 <= known.authentication.at <= time.time() + 1
    assert desk.client.get(back).json()["error"]["code"] == "NOT_SIGNED_IN", "a state is good once"


def test_who_is_signed_in_there_is_not_asked_again_unless_a_fresh_proof_is_wanted(desk: Desk) -> None:
    desk.sign_in("zoe")
    first, key = desk.known().authentication.at, desk.client.cookies[COOKIE]
    time.sleep(1.1)
    assert desk.sign_in("zoe").status_code == 303
    assert (desk.asked, desk.known().authentication.at) == (0, first)
    assert desk.sign_in("zoe", "?fresh=1&next=/grants/p-1").headers["location"] == "/grants/p-1"
    assert desk.asked == 1
    assert desk.known().authentication.at > first
    assert desk.client.cookies[COOKIE] != key


@pytest.mark.parametrize(("person", "why"), [("eve", "no role"), ("max", "never held together")])
def test_who_has_no_role_or_two_that_exclude_each_other_is_not_let_in(
    desk: Desk, person: str, why: str
) -> None:
    answer = desk.sign_in(person)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "ROLE_NOT_COVERED")
    assert why in answer.json()["error"]["message"]
    assert COOKIE not in desk.client.cookies


def test_a_wrong_secret_a_wrong_issuer_and_another_persons_answer_let_nobody_in(provider: Canaille) -> None:
    refused = Desk(provider, secret="wrong").sign_in("zoe")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "PROVIDER_REFUSED")
    refused = Desk(provider, issuer=f"{provider.issuer}/").sign_in("zoe")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "PROVIDER_ISSUER")
    one, other = Desk(provider), Desk(provider)
    stolen = one.begin("zoe")
    other.begin("zoe")
    refused = other.client.get(stolen)
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "NOT_SIGNED_IN")


def test_the_provider_itself_holds_us_to_pkce(desk: Desk) -> None:
    code = parse_qs(urlsplit(desk.begin("zoe")).query)["code"][0]
    told = {"grant_type": "authorization_code", "code": code, "redirect_uri": f"{ADDRESS}/auth/callback"}
    shown = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
    for verifier in ({}, {"code_verifier": "x" * 48}):
        answer = httpx2.post(
            f"{desk.provider.issuer}/oauth/token",
            data=told | verifier,
            headers={"authorization": f"Basic {shown}"},
            trust_env=False,
        )
        assert answer.status_code == 400
        assert json.loads(answer.text)["error"] in {"invalid_grant", "invalid_request"}


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """The node's sign-in over HTTP, for the command line."""
    port = components.free_port()
    config = uvicorn.Config(desk.app, host="127.0.0.1", port=port, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def in_a_browser(desk: Desk, person: str, change: tuple[str, str] = ("", "")) -> Callable[[str], None]:
    """A person who opens what the terminal says and signs in there."""

    def walk(shown: str) -> None:
        back, desk.asked = desk.provider.walk(desk.at_provider, shown, person)
        httpx2.get(f"http://127.0.0.1:{NATIVE_PORT}/favicon.ico", trust_env=False)
        httpx2.get(back.replace(*change) if change[0] else back, trust_env=False)

    def opened(shown: str) -> None:
        assert parse_qs(urlsplit(shown).query)["code_challenge_method"] == ["S256"]
        threading.Thread(target=walk, args=(shown,), daemon=True).start()

    return opened


def test_a_person_at_a_terminal_signs_in_with_a_browser_and_the_token_is_good_once(
    desk: Desk, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENTENTE_PROFILE", str(tmp_path / "profile.json"))
    with NodeClient(address) as client:
        told = client.native()
        token = id_token(told, in_a_browser(desk, "zoe"))
        subject, key = client.sign_in_native(told["nonce"], token)
        assert (subject, desk.asked) == ("zoe", 1)
        assert desk.sessions.find(key).actor.roles == {Role.ANALYST}
        with pytest.raises(ClickException, match="ID_TOKEN_NONCE"):
            client.sign_in_native(told["nonce"], token)
        with pytest.raises(ClickException, match="ID_TOKEN_NONCE"):
            client.sign_in_native(client.native()["nonce"], token)
        with pytest.raises(ClickException, match="ID_TOKEN_NONCE"):
            client.sign_in_native("made-up", token)
    keep_session(Profile(address, subject), key)
    assert (tmp_path / "profile.session").stat().st_mode & 0o777 == 0o600
    with NodeClient(address) as later:
        later.sign_in("zoe")
    assert kept_session(address, "max") is None
    desk.sessions.end(key)
    with NodeClient(address) as later, pytest.raises(ClickException, match="again: entente signin --browser"):
        later.sign_in("zoe")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("state=", "state=x"), "another sign-in"),
        (("iss=http", "iss=https"), "RESPONSE_ISSUER"),
        (("code=", "code=x"), "gave no token"),
        (("code=", "error=denied&nocode="), "refused"),
    ],
)
def test_an_answer_that_is_not_ours_signs_nobody_in_at_the_terminal(
    desk: Desk, address: str, change: tuple[str, str], why: str
) -> None:
    with NodeClient(address) as client, pytest.raises(ClickException, match=why):
        id_token(client.native(), in_a_browser(desk, "zoe", change))
