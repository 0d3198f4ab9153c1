"""Sign-in at identity providers that no one here wrote: the same, at Canaille and at Keycloak."""

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from click import ClickException

from gateway.cli.browser_signin import id_token
from gateway.cli.client import NodeClient
from gateway.cli.profile import Profile, keep_session, kept_session
from gateway.sessions import COOKIE
from policy.terms import Role
from tests.gateway.keycloak import Realm
from tests.gateway.outside_provider import (
    ADDRESS,
    CLIENT,
    SECRET,
    Desk,
    NotLedBackError,
    OutsideProvider,
    in_a_browser,
    refused,
    served,
)


@pytest.fixture(
    scope="module",
    params=["canaille", pytest.param("keycloak", marks=[pytest.mark.slow, pytest.mark.long])],
)
def provider(request: pytest.FixtureRequest) -> Iterator[OutsideProvider]:
    if request.param == "canaille":
        yield request.getfixturevalue("canaille_provider")
        return
    realm = Realm(request.getfixturevalue("keycloak_server"))
    yield realm
    realm.remove()


@pytest.fixture
def desk(provider: OutsideProvider) -> Desk:
    return Desk(provider)


def test_a_person_signs_in_and_is_what_the_groups_say(desk: Desk) -> None:
    before = int(time.time())
    back = desk.begin("zoe")
    assert parse_qs(urlsplit(back).query)["iss"] == [desk.provider.issuer]
    assert desk.client.get(back).status_code == 303
    me = desk.client.get("/auth/me").json()
    named = (desk.provider.full_name("zoe"), ["analyst"], desk.provider.subject("zoe"))
    assert (me["name"], me["roles"], me["subject"]) == named
    known = desk.known()
    assert known.actor.roles == {Role.ANALYST}
    assert known.authentication.at is not None
    assert before - 1 <= known.authentication.at <= time.time() + 1
    assert desk.client.get(back).json()["error"]["code"] == "NOT_SIGNED_IN", "a state is good once"


def test_who_is_signed_in_there_is_not_asked_again_unless_a_fresh_proof_is_wanted(desk: Desk) -> None:
    desk.sign_in("zoe")
    first, key = desk.known().authentication.at, desk.client.cookies[COOKIE]
    assert first is not None
    time.sleep(1.1)
    assert desk.sign_in("zoe").status_code == 303
    assert (desk.asked, desk.known().authentication.at) == (0, first)
    assert desk.sign_in("zoe", "?fresh=1&next=/grants/p-1").headers["location"] == "/grants/p-1"
    assert desk.asked == 1
    assert (desk.known().authentication.at or 0) > first
    assert desk.client.cookies[COOKIE] != key


@pytest.mark.parametrize(("person", "why"), [("eve", "no role"), ("max", "never held together")])
def test_who_has_no_role_or_two_that_exclude_each_other_is_not_let_in(
    desk: Desk, person: str, why: str
) -> None:
    answer = desk.sign_in(person)
    assert refused(answer) == (403, "ROLE_NOT_COVERED")
    assert why in answer.json()["error"]["message"]
    assert COOKIE not in desk.client.cookies


def test_a_wrong_password_leads_nobody_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.provider, "password", "wrong battery staple 7")
    with pytest.raises(NotLedBackError):
        desk.begin("zoe")
    assert not desk.signed_in()


def test_a_wrong_secret_a_wrong_issuer_and_another_persons_answer_let_nobody_in(
    provider: OutsideProvider,
) -> None:
    assert refused(Desk(provider, secret="wrong").sign_in("zoe")) == (401, "PROVIDER_REFUSED")
    assert refused(Desk(provider, issuer=f"{provider.issuer}/").sign_in("zoe")) == (401, "PROVIDER_ISSUER")
    one, other = Desk(provider), Desk(provider)
    stolen = one.begin("zoe")
    other.begin("zoe")
    assert refused(other.client.get(stolen)) == (401, "NOT_SIGNED_IN")


@pytest.mark.parametrize(
    ("change", "code"), [(("iss=", "iss=x"), "RESPONSE_ISSUER"), (("iss=", "no="), "RESPONSE_ISSUER")]
)
def test_an_answer_that_does_not_name_the_provider_lets_nobody_in(
    desk: Desk, change: tuple[str, str], code: str
) -> None:
    assert refused(desk.client.get(desk.begin("zoe").replace(*change))) == (401, code)


def test_a_code_is_good_once(desk: Desk) -> None:
    back = desk.begin("zoe")
    used = parse_qs(urlsplit(back).query)["code"][0]
    assert desk.client.get(back).status_code == 303
    again = desk.begin("zoe")
    code = parse_qs(urlsplit(again).query)["code"][0]
    assert refused(desk.client.get(again.replace(code, used))) == (401, "PROVIDER_REFUSED")


def test_the_provider_itself_holds_us_to_pkce(desk: Desk) -> None:
    shown = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
    for verifier in ({}, {"code_verifier": "x" * 48}):
        code = parse_qs(urlsplit(desk.begin("zoe")).query)["code"][0]
        told = {"grant_type": "authorization_code", "code": code, "redirect_uri": f"{ADDRESS}/auth/callback"}
        answer = httpx2.post(
            desk.provider.token_address,
            data=told | verifier,
            headers={"authorization": f"Basic {shown}"},
            trust_env=False,
        )
        assert answer.status_code == 400
        assert json.loads(answer.text)["error"] in {"invalid_grant", "invalid_request"}


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """The node's sign-in over HTTP, for the command line."""
    with served(desk.app) as address:
        yield address


def test_a_person_at_a_terminal_signs_in_with_a_browser_and_the_token_is_good_once(
    desk: Desk, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENTENTE_PROFILE", str(tmp_path / "profile.json"))
    zoe = desk.provider.subject("zoe")
    with NodeClient(address) as client:
        told = client.native()
        token = id_token(told, in_a_browser(desk, "zoe"))
        subject, key = client.sign_in_native(told["nonce"], token)
        assert (subject, desk.asked) == (zoe, 1)
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
        later.sign_in(zoe)
    assert kept_session(address, "max") is None
    desk.sessions.end(key)
    with NodeClient(address) as later, pytest.raises(ClickException, match="again: entente signin --browser"):
        later.sign_in(zoe)


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
