"""Sign-in against a provider that lies, changes its keys or ends sessions; nobody is let in by mistake."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.testclient import TestClient

from gateway.errors import NotSignedIn, ProviderSilent
from gateway.provider import KEYS_LIVE, KEYS_PAUSE, ProviderKeys
from gateway.reception import Reception
from gateway.sessions import COOKIE, CSRF_HEADER, Sessions
from gateway.settings import SignInPart
from gateway.signin import SignIn
from tests.gateway.idp import CLIENT, Idp, new_key, serving

ADDRESS = "https://fr.example"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """A node's sign-in and a browser at it."""

    def __init__(self, idp: Idp, clock: Clock) -> None:
        self.idp, self.clock = idp, clock
        self.sessions = Sessions(900, 3600, clock)
        self.reception = Reception("fr.ofast", "OFAST", (ADDRESS,))
        self.settings = SignInPart(issuer=idp.issuer)
        self.signin = SignIn(self.reception, self.settings, None, self.sessions)
        self.client = self.browser()

    def browser(self) -> TestClient:
        keep = Middleware(SessionMiddleware, secret_key="k" * 32, https_only=True, same_site="lax")
        app = Starlette(routes=self.signin.routes(), middleware=[keep])
        return TestClient(app, base_url=ADDRESS, follow_redirects=False)

    def sign_in(self, client: TestClient | None = None) -> Any:
        """The answer to the callback."""
        client = client or self.client
        there = httpx2.get(
            client.get("/auth/login").headers["location"], follow_redirects=False, trust_env=False
        )
        back = urlsplit(there.headers["location"])
        return client.get(f"{back.path}?{back.query}")

    def code(self) -> str:
        answer = self.sign_in()
        assert COOKIE not in answer.headers.get("set-cookie", "")
        return str(answer.json()["error"]["code"])

    def end(self, token: str) -> Any:
        return self.browser().post("/auth/backchannel", data={"logout_token": token})

    def signed_in(self, client: TestClient | None = None) -> bool:
        return (client or self.client).get("/auth/me").status_code == 200


def signed_out(desk: Desk) -> Any:
    """What signing in and out again is answered."""
    assert desk.sign_in().status_code == 303
    csrf = desk.client.get("/auth/me").json()["csrf"]
    return desk.client.post("/auth/logout", headers={CSRF_HEADER: csrf})


@pytest.fixture(scope="module")
def provider() -> Iterator[Idp]:
    with serving() as idp:
        yield idp


@pytest.fixture
def desk(provider: Idp) -> Desk:
    clock, address = Clock(), provider.issuer
    provider.__init__(address)  # type: ignore[misc]  # each test finds it honest
    provider.clock = clock
    return Desk(provider, clock)


def test_a_person_is_let_in_and_how_they_were_authenticated_is_known(desk: Desk) -> None:
    desk.idp.claims = {"acr": "urn:card", "sid": "s-1", "auth_time": int(desk.clock.now) - 9}
    assert desk.sign_in().status_code == 303
    known = desk.sessions.find(desk.client.cookies[COOKIE]).authentication
    assert (known.subject, known.session, known.at, known.acr) == (
        "fr-1",
        "s-1",
        int(desk.clock.now) - 9,
        "urn:card",
    )
    asked = desk.idp.asked[-1]
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert {"state", "nonce", "code_challenge"} <= asked.keys()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "https://evil.example"}, "ID_TOKEN_ISSUER"),
        ({"aud": "somebody-else"}, "ID_TOKEN_AUDIENCE"),
        ({"azp": "somebody-else"}, "ID_TOKEN_PARTY"),
        ({"exp": 1}, "ID_TOKEN_EXPIRED"),
        ({"iat": 1}, "ID_TOKEN_ISSUED_AT"),
        ({"nonce": "of another sign-in"}, "ID_TOKEN_NONCE"),
        ({"sub": None}, "ID_TOKEN_SUBJECT"),
        ({"auth_time": "yesterday"}, "ID_TOKEN_AUTH_TIME"),
    ],
)
def test_a_provider_that_lies_in_its_token_lets_nobody_in(
    desk: Desk, changes: dict[str, Any], code: str
) -> None:
    desk.idp.claims = changes
    assert desk.code() == code


def test_a_provider_that_lies_elsewhere_lets_nobody_in(desk: Desk) -> None:
    for answer, code in (
        ({"iss": "https://evil.example"}, "RESPONSE_ISSUER"),
        ({"iss": None}, "RESPONSE_ISSUER"),
        ({"error": "access_denied", "code": None}, "PROVIDER_REFUSED"),
        ({"code": "made-up"}, "PROVIDER_REFUSED"),
        ({"state": "made-up"}, NotSignedIn.code),
    ):
        desk.idp.answer = answer
        assert desk.code() == code
    desk.idp.answer = {}
    for token, code in (({"id_token": None}, "ID_TOKEN_MISSING"), ({"id_token": "x"}, "ID_TOKEN_MALFORMED")):
        desk.idp.token = token
        assert desk.code() == code
    desk.idp.token = {}
    assert desk.sign_in().status_code == 303


def test_a_provider_that_calls_itself_otherwise_is_not_ours(desk: Desk) -> None:
    desk.idp.metadata = {"issuer": "https://evil.example"}
    assert desk.code() == "PROVIDER_ISSUER"


def test_where_the_provider_does_not_say_that_it_names_itself_it_need_not(desk: Desk) -> None:
    desk.idp.metadata = {"authorization_response_iss_parameter_supported": False}
    desk.idp.answer = {"iss": None}
    assert desk.sign_in().status_code == 303


def test_a_provider_that_is_silent_is_told_apart(desk: Desk) -> None:
    desk.idp.silent = True
    answer = desk.sign_in()
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, ProviderSilent.code)
    settings = SignInPart(issuer="http://127.0.0.1:1")
    desk.signin = SignIn(Reception("fr.ofast", "OFAST", (ADDRESS,)), settings, None, desk.sessions)
    answer = desk.browser().get("/auth/login")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, ProviderSilent.code)


def test_a_new_key_is_taken_at_once_and_an_old_one_drops_out(desk: Desk) -> None:
    desk.sign_in()
    assert desk.idp.fetched == 1
    old = desk.idp.keys[-1]
    desk.clock.now += KEYS_PAUSE
    desk.idp.keys = [old, new_key("k2")]
    assert desk.sign_in().status_code == 303
    assert desk.idp.fetched == 2
    desk.idp.keys, desk.idp.listed = [old], [new_key("k3")]
    assert desk.sign_in().status_code == 303, "the keys are not old yet"
    desk.clock.now += KEYS_LIVE
    assert desk.code() == "ID_TOKEN_KEY"


def test_whatever_strangers_send_the_keys_are_fetched_so_often_and_no_more(desk: Desk) -> None:
    desk.sign_in()
    strange: list[ECKey] = [new_key(f"strange-{n}") for n in range(5)]
    for key in strange:
        desk.idp.keys, desk.idp.listed = [key], [new_key("k1")]
        assert desk.end(desk.idp.logout_token(sub="fr-1")).status_code == 400
    assert desk.idp.fetched == 1
    desk.clock.now += KEYS_PAUSE
    for _ in range(3):
        desk.end(desk.idp.logout_token(sub="fr-1"))
    assert desk.idp.fetched == 2
    assert desk.signed_in()


async def test_keys_that_are_old_and_cannot_be_had_are_not_used() -> None:
    clock, said = Clock(), [{"keys": [new_key("k1").as_dict(private=False)]}]

    async def fetch() -> Any:
        if not said:
            raise ProviderSilent("silent")
        return said.pop()

    keys = ProviderKeys(fetch, clock)
    assert [each.kid for each in await keys.with_key("k1")] == ["k1"]
    clock.now += KEYS_LIVE - 1
    assert [each.kid for each in await keys.with_key("k1")] == ["k1"]
    clock.now += 1
    with pytest.raises(ProviderSilent):
        await keys.with_key("k1")
    clock.now -= KEYS_LIVE * 2
    with pytest.raises(ProviderSilent):
        await keys.with_key("k1")


def test_the_provider_ends_a_session_or_all_of_a_person_at_once(desk: Desk) -> None:
    browsers = [desk.browser() for _ in range(3)]
    for client, person, sid in zip(browsers, ("fr-1", "fr-1", "fr-2"), ("s-1", "s-2", "s-3"), strict=True):
        desk.idp.claims = {"sub": person, "sid": sid}
        desk.sign_in(client)
    assert desk.end(desk.idp.logout_token(sub="fr-1", sid="s-2")).status_code == 200
    assert [desk.signed_in(each) for each in browsers] == [True, False, True]
    told = desk.end(desk.idp.logout_token(sub="fr-1"))
    assert (told.status_code, told.headers["cache-control"]) == (200, "no-store")
    assert [desk.signed_in(each) for each in browsers] == [False, False, True]
    assert desk.end(desk.idp.logout_token(sid="s-3")).status_code == 200
    assert not desk.signed_in(browsers[2])


def test_a_logout_that_came_before_or_is_none_ends_nothing(desk: Desk) -> None:
    token = desk.idp.logout_token(sub="fr-1")
    assert desk.end(token).status_code == 200
    desk.sign_in()
    refused = desk.end(token)
    assert refused.status_code == 400
    assert refused.json()["error"] == "invalid_request"
    assert refused.json()["error_description"].startswith("LOGOUT_TOKEN_REPLAYED")
    wrong = desk.end(desk.idp.logout_token(sub="fr-1", nonce="n"))
    assert wrong.json()["error_description"].startswith("LOGOUT_TOKEN_NONCE")
    for body in (b"", b"logout_token=", b"\xff", b"a=1&" * 20, b"logout_token=a&logout_token=b"):
        answer = desk.browser().post("/auth/backchannel", content=body)
        assert answer.status_code == 400
    assert desk.browser().post("/auth/backchannel", content=b"x" * 40_000).status_code == 400
    assert desk.signed_in()


def test_who_signs_out_is_led_to_the_provider_where_the_settings_say_so(desk: Desk) -> None:
    assert signed_out(desk).status_code == 204
    told = desk.settings.model_dump() | {"logout_at_provider": True}
    desk.signin = SignIn(desk.reception, SignInPart.model_validate(told), None, desk.sessions)
    desk.client = desk.browser()
    there = urlsplit(signed_out(desk).json()["provider"])
    assert f"{there.scheme}://{there.netloc}{there.path}" == f"{desk.idp.issuer}/end"
    back = {"client_id": [CLIENT], "post_logout_redirect_uri": [f"{ADDRESS}/signin"]}
    assert parse_qs(there.query) == {"of": ["all"]} | back, "no token, and nobody's name"
    for place in ("javascript:alert(1)", "http://[", 7, None):
        desk.idp.metadata = {"end_session_endpoint": place}
        desk.signin = SignIn(desk.reception, SignInPart.model_validate(told), None, desk.sessions)
        desk.client = desk.browser()
        assert signed_out(desk).status_code == 204
        assert not desk.signed_in()


def test_a_provider_that_is_away_keeps_nobody_signed_in(desk: Desk) -> None:
    desk.sign_in()
    csrf = desk.client.get("/auth/me").json()["csrf"]
    away = SignInPart(issuer="http://127.0.0.1:1", logout_at_provider=True)
    desk.signin = SignIn(desk.reception, away, None, desk.sessions)
    client = desk.browser()
    client.cookies.set(COOKIE, desk.client.cookies[COOKIE])
    assert client.post("/auth/logout", headers={CSRF_HEADER: csrf}).status_code == 204
    assert not desk.signed_in()


def test_a_new_proof_is_a_new_session_and_the_old_one_is_over(desk: Desk) -> None:
    desk.sign_in()
    before = desk.client.cookies[COOKIE]
    desk.sign_in()
    assert desk.client.cookies[COOKIE] != before
    with pytest.raises(NotSignedIn):
        desk.sessions.find(before)
