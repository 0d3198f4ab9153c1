"""What Keycloak does beyond a sign-in: keys that change, sessions that are ended there, strengths."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click import ClickException

from gateway.cli.browser_signin import id_token
from gateway.cli.client import NodeClient
from gateway.cli.device_signin import id_token_by_code
from gateway.errors import SignInRefused
from gateway.id_tokens import Expected
from gateway.provider import KEYS_LIVE, KEYS_PAUSE
from gateway.role_mapping import RoleMapping
from gateway.sessions import CSRF_HEADER
from policy.terms import Role
from sharing.wording import Language
from tests.components import free_port
from tests.gateway.keycloak import DEVICE, ONE_FACTOR, TWO_FACTORS, Realm, Server
from tests.gateway.outside_provider import (
    ADDRESS,
    CLIENT,
    NATIVE,
    Desk,
    NotLedBackError,
    in_a_browser,
    refused,
    served,
)

pytestmark = [pytest.mark.slow, pytest.mark.long]
NODE_PORT = free_port()


@pytest.fixture
def realm(keycloak_server: Server) -> Iterator[Realm]:
    """A realm that the test may change."""
    made = Realm(keycloak_server, f"http://127.0.0.1:{NODE_PORT}/auth/backchannel")
    yield made
    made.remove()


@pytest.fixture
def desk(realm: Realm) -> Iterator[Desk]:
    """A node's desk that the provider reaches."""
    desk = Desk(realm)
    with served(desk.app, NODE_PORT):
        yield desk


class Clock:
    """The node's, `ahead` seconds before the provider's."""

    def __init__(self, ahead: float = 0) -> None:
        self.ahead = ahead

    def __call__(self) -> float:
        return time.time() + self.ahead


def becomes_true(what: Callable[[], bool]) -> bool:
    for _ in range(200):
        if what():
            return True
        time.sleep(0.05)
    return False


def test_an_administrator_of_keycloak_ends_one_session_and_then_all_and_they_are_over_at_the_node(
    realm: Realm, desk: Desk
) -> None:
    other, colleague = Desk(realm), Desk(realm)
    for each in (other, colleague):
        each.sessions.store = desk.sessions.store
    for each in (desk, other):
        assert each.sign_in("zoe").status_code == 303
    realm.admin("DELETE", f"/sessions/{desk.known().authentication.session}")
    assert becomes_true(lambda: not desk.signed_in())
    assert other.signed_in(), "another session of the same person goes on"
    assert desk.sign_in("zoe").status_code == 303
    assert desk.asked == 1, "the password is asked for again"
    realm.admin("POST", f"/users/{realm.subject('zoe')}/logout")
    assert becomes_true(lambda: not desk.signed_in() and not other.signed_in())


@pytest.mark.parametrize("algorithm", ["RS512", "PS256", "PS384", "ES256", "ES384", "ES512", "EdDSA"])
def test_what_is_signed_with_a_key_of_another_kind_is_taken(realm: Realm, desk: Desk, algorithm: str) -> None:
    realm.change_client(CLIENT, **{"id.token.signed.response.alg": algorithm})
    assert desk.sign_in("zoe").status_code == 303, desk.said
    keys = realm.admin("GET", "/keys")
    assert keys["active"].get(algorithm), f"the realm has made a key for {algorithm}"
    realm.admin("POST", f"/users/{realm.subject('zoe')}/logout")
    assert becomes_true(lambda: not desk.signed_in())


def test_what_is_signed_with_the_shared_secret_is_not_taken(realm: Realm, desk: Desk) -> None:
    realm.change_client(CLIENT, **{"id.token.signed.response.alg": "HS256"})
    assert refused(desk.sign_in("zoe")) == (401, "ID_TOKEN_ALGORITHM")


def key_providers(realm: Realm) -> list[dict[str, Any]]:
    """What makes the realm's RSA keys for signatures."""
    listed = realm.admin("GET", "/components?type=org.keycloak.keys.KeyProvider")
    return [each for each in listed if each["providerId"] == "rsa-generated"]


async def test_the_realms_key_changes_and_the_old_one_comes_to_its_end(realm: Realm) -> None:
    clock = Clock()
    desk = Desk(realm, clock=clock)
    provider = desk.signin.provider
    with served(desk.app) as address, NodeClient(address) as client:
        told = client.native()
        old = id_token(told, in_a_browser(desk, "zoe"))
    expected = Expected(realm.issuer, NATIVE, told["nonce"])
    assert (await provider.claims(old, expected))["sub"] == realm.subject("zoe")
    (before,) = key_providers(realm)
    new = {name: before[name] for name in ("providerId", "providerType", "parentId")}
    realm.admin("POST", "/components", new | {"name": "new", "config": {"priority": ["200"]}})

    assert refused(desk.sign_in("zoe")) == (401, "ID_TOKEN_KEY"), "keys were fetched just now"
    clock.ahead = KEYS_PAUSE + 1
    assert desk.sign_in("zoe").status_code == 303, "signed with the new key"
    assert await provider.claims(old, expected), "the old one is still listed"

    realm.admin("DELETE", f"/components/{before['id']}")
    clock.ahead += KEYS_LIVE
    with pytest.raises(SignInRefused, match="which the provider does not have") as gone:
        await provider.claims(old, expected)
    assert gone.value.code == "ID_TOKEN_KEY"
    assert Desk(realm).sign_in("zoe").status_code == 303


def test_the_strength_that_a_step_takes_is_reached_with_a_second_factor(realm: Realm) -> None:
    desk = Desk(realm, step_up_acr=[TWO_FACTORS])
    desk.sign_in("zoe")
    first = desk.known().authentication
    assert first.acr == ONE_FACTOR
    assert desk.sign_in("zoe", "?fresh=1").status_code == 303, desk.said
    proven = desk.known().authentication
    assert (proven.acr, desk.asked, proven.subject) == (TWO_FACTORS, 1, first.subject)
    assert (proven.at or 0) >= (first.at or 0)


def test_a_strength_that_was_asked_for_and_not_reached_is_not_taken(realm: Realm) -> None:
    realm.admin("PUT", "", {"realm": realm.name, "browserFlow": "browser"})
    desk = Desk(realm, step_up_acr=[TWO_FACTORS])
    assert refused(desk.sign_in("zoe", "?fresh=1")) == (401, "ID_TOKEN_ACR")


def test_without_its_scope_basic_it_tells_no_time_of_proof(realm: Realm, desk: Desk) -> None:
    scope = next(each for each in realm.admin("GET", "/client-scopes") if each["name"] == "basic")
    client = realm.admin("GET", f"/clients?clientId={CLIENT}")[0]
    realm.admin("DELETE", f"/clients/{client['id']}/default-client-scopes/{scope['id']}")
    assert desk.sign_in("zoe").status_code == 303
    assert refused(desk.sign_in("zoe", "?fresh=1")) == (401, "ID_TOKEN_AUTH_TIME")


def test_a_program_gets_its_answer_at_any_port_of_loopback(realm: Realm) -> None:
    client = realm.admin("GET", f"/clients?clientId={NATIVE}")[0]
    client["redirectUris"] = ["http://127.0.0.1/callback"]
    realm.admin("PUT", f"/clients/{client['id']}", client)
    desk = Desk(realm, native_port=0)
    with served(desk.app) as address, NodeClient(address) as program:
        told = program.native()
        token = id_token(told, in_a_browser(desk, "zoe"))
        assert program.sign_in_native(told["nonce"], token)[0] == realm.subject("zoe")


def test_who_signs_out_is_signed_out_at_keycloak_too(realm: Realm, desk: Desk) -> None:
    leaving = Desk(realm, logout_at_provider=True)
    assert leaving.sign_in("zoe").status_code == 303
    csrf = leaving.client.get("/auth/me").json()["csrf"]
    there = leaving.client.post("/auth/logout", headers={CSRF_HEADER: csrf}).json()["provider"]
    assert not leaving.signed_in()
    assert realm.walk(leaving.at_provider, there, "zoe") == (f"{ADDRESS}/signin", 0)
    assert leaving.sign_in("zoe").status_code == 303
    assert leaving.asked == 1, "the password is asked for again"


def typed_in(realm: Realm) -> Callable[[str], None]:
    """A person who goes to the address that the terminal shows, with the code."""

    def shown(said: str) -> None:
        address, realm.typed = (line.strip() for line in said.splitlines() if line.startswith("  "))
        walk = threading.Thread(target=realm.last_page, args=(realm.browser(), address, "zoe"), daemon=True)
        walk.start()

    return shown


def test_a_code_is_typed_in_on_another_machine_and_confirmed_there(realm: Realm) -> None:
    desk = Desk(realm, device_client_id=DEVICE)
    with served(desk.app) as address, NodeClient(address) as program:
        told = program.native(by_code=True)
        token = id_token_by_code(told, Language.EN, typed_in(realm))
        subject, key = program.sign_in_native(told["nonce"], token)
        assert subject == realm.subject("zoe")
        known = desk.sessions.find(key)
        assert known.actor.roles == {Role.ANALYST}
        assert (known.authentication.at, known.authentication.acr) == (None, "")
        with pytest.raises(ClickException, match="ID_TOKEN_NONCE"):
            program.sign_in_native(told["nonce"], token)
        realm.agrees = False
        with pytest.raises(ClickException, match="refused there"):
            id_token_by_code(program.native(by_code=True), Language.EN, typed_in(realm))


def test_a_code_of_keycloak_that_nobody_types_in_runs_out(realm: Realm) -> None:
    realm.change_client(DEVICE, **{"oauth2.device.code.lifespan": "2"})
    desk = Desk(realm, device_client_id=DEVICE)
    with served(desk.app) as address, NodeClient(address) as program:
        told = program.native(by_code=True)
        with pytest.raises(ClickException, match="was not confirmed in time"):
            id_token_by_code(told, Language.EN, lambda _: None)


def test_the_client_of_browsers_gets_no_codes(realm: Realm) -> None:
    desk = Desk(realm, device_client_id=DEVICE)
    with served(desk.app) as address, NodeClient(address) as program:
        told = {**program.native(by_code=True), "clientId": NATIVE}
        with pytest.raises(ClickException, match="gives no code"):
            id_token_by_code(told, Language.EN, lambda _: None)


@pytest.mark.parametrize(
    ("ahead", "code"),
    [(-20, ""), (20, ""), (-120, "ID_TOKEN_ISSUED_AT"), (7200, "ID_TOKEN_EXPIRED")],
)
def test_clocks_may_differ_by_half_a_minute(realm: Realm, ahead: float, code: str) -> None:
    answer = Desk(realm, clock=Clock(ahead)).sign_in("zoe")
    if code:
        assert refused(answer) == (401, code)
    else:
        assert answer.status_code == 303, answer.text


def test_roles_of_the_realm_count_as_well_as_groups(realm: Realm) -> None:
    realm.admin("POST", "/roles", {"name": "liaison-officer"})
    role = realm.admin("GET", "/roles/liaison-officer")
    realm.admin("POST", f"/users/{realm.subject('eve')}/role-mappings/realm", [role])
    client = realm.admin("GET", f"/clients?clientId={CLIENT}")[0]
    realm.admin("POST", f"/clients/{client['id']}/scope-mappings/realm", [role])
    mapper = {
        "name": "roles",
        "protocol": "openid-connect",
        "protocolMapper": "oidc-usermodel-realm-role-mapper",
        "config": {"claim.name": "realm_access.roles", "multivalued": "true", "id.token.claim": "true"},
    }
    realm.admin("POST", f"/clients/{client['id']}/protocol-mappers/models", mapper)
    rule = {"claim": "realm_access.roles", "value": "liaison-officer", "role": "liaison"}
    desk = Desk(realm, mapping=RoleMapping.model_validate({"roles": [rule]}))
    assert desk.sign_in("eve").status_code == 303
    assert desk.client.get("/auth/me").json()["roles"] == ["liaison"]
    assert refused(Desk(realm, mapping=RoleMapping.model_validate({"roles": [rule]})).sign_in("zoe")) == (
        403,
        "ROLE_NOT_COVERED",
    )


def test_who_is_disabled_comes_in_no_more_and_is_out_when_the_sessions_are_ended(
    realm: Realm, desk: Desk
) -> None:
    assert desk.sign_in("zoe").status_code == 303
    realm.admin("PUT", f"/users/{realm.subject('zoe')}", {"enabled": False})
    for each in (desk, Desk(realm)):
        with pytest.raises(NotLedBackError):
            each.begin("zoe")
    assert desk.signed_in(), "Keycloak tells nobody; its administrator ends the sessions"
    realm.admin("POST", f"/users/{realm.subject('zoe')}/logout")
    assert becomes_true(lambda: not desk.signed_in())


def test_a_provider_that_is_away_lets_nobody_in_and_one_that_is_back_does(
    realm: Realm, desk: Desk, keycloak_server: Server
) -> None:
    back = desk.begin("zoe")
    keycloak_server.stop()
    try:
        assert refused(desk.client.get(back)) == (503, "PROVIDER_SILENT"), "its code becomes no token"
        led = Desk(realm).client.get("/auth/login")
        assert refused(led) == (503, "PROVIDER_SILENT"), "nobody is sent to it"
    finally:
        keycloak_server.start()
    assert desk.sign_in("zoe").status_code == 303
    realm.admin("POST", f"/users/{realm.subject('zoe')}/logout")
    assert becomes_true(lambda: not desk.signed_in())
