"""Sign-in by a code typed in on another machine: where the settings allow it, and never a fresh proof."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from click import ClickException
from click.testing import CliRunner
from pydantic import ValidationError
from starlette.applications import Starlette

from gateway.app import create_app
from gateway.cli.client import NodeClient
from gateway.cli.device_signin import SLOWER, SLOWEST, id_token_by_code
from gateway.cli.main import main
from gateway.console_files import Console
from gateway.reception import Reception
from gateway.sessions import Sessions
from gateway.settings import SignInPart
from gateway.signin import SignIn
from gateway.step_up import StepUpNeeded, check_proof
from policy.terms import Role
from sharing.signin_words import signin_words
from sharing.wording import Language
from tests.components import free_port
from tests.gateway.idp import Idp, serving
from tests.gateway.outside_provider import ADDRESS, served
from tests.world import NODES, World

DEVICE, BROWSER = "entente-device", "entente-cli"
CODE = "WDJB-MJHT"


class Desk:
    """A node's sign-in, as far as programs need it."""

    def __init__(self, idp: Idp, **settings: Any) -> None:
        self.sessions = Sessions(900, 3600, time.time)
        usual = {"issuer": idp.issuer, "device_client_id": DEVICE, "native_client_id": BROWSER}
        self.settings = SignInPart.model_validate(usual | settings)
        self.signin = SignIn(Reception("fr.ofast", "OFAST", (ADDRESS,)), self.settings, None, self.sessions)
        self.app = Starlette(routes=self.signin.routes())


@pytest.fixture(scope="module")
def provider() -> Iterator[Idp]:
    with serving() as idp:
        yield idp


@pytest.fixture
def idp(provider: Idp) -> Idp:
    provider.__init__(provider.issuer)  # type: ignore[misc]  # each test finds it honest
    return provider


@pytest.fixture
def desk(idp: Idp) -> Desk:
    return Desk(idp)


@pytest.fixture
def client(desk: Desk) -> Iterator[NodeClient]:
    with served(desk.app) as address, NodeClient(address) as client:
        yield client


class Terminal:
    """What was shown at it, and how long it waited."""

    def __init__(self) -> None:
        self.shown, self.waited = "", list[float]()

    def token(self, told: Mapping[str, Any], language: Language = Language.EN) -> str:
        return id_token_by_code(told, language, self._show, self.waited.append)

    def _show(self, said: str) -> None:
        self.shown += said


def test_who_typed_in_the_code_is_signed_in_without_a_fresh_proof(
    desk: Desk, idp: Idp, client: NodeClient
) -> None:
    idp.polled, idp.claims = ["authorization_pending", "slow_down", "authorization_pending"], {"sid": "s-1"}
    terminal, told = Terminal(), client.native(by_code=True)
    token = terminal.token(told)
    assert terminal.waited == [5, 5, 5 + SLOWER, 5 + SLOWER]
    asked = idp.asked[-1]
    assert (asked["client_id"], asked["nonce"]) == (DEVICE, told["nonce"])
    assert asked["code_challenge_method"] == "S256"
    assert "acr_values" not in asked
    subject, key = client.sign_in_native(told["nonce"], token)
    known = desk.sessions.find(key)
    assert (subject, known.actor.roles) == ("fr-1", frozenset({Role.ANALYST}))
    with pytest.raises(StepUpNeeded, match="typed in a code elsewhere"):
        check_proof(desk.settings, known.authentication, time.time())
    with pytest.raises(ClickException, match="ID_TOKEN_NONCE"):
        client.sign_in_native(told["nonce"], token)
    assert desk.sessions.end_of("fr-1", "s-1") == 1, "the provider can end it"


@pytest.mark.parametrize("language", Language)
def test_the_address_the_code_and_the_danger_are_told_in_each_language(
    idp: Idp, client: NodeClient, language: Language
) -> None:
    terminal = Terminal()
    terminal.token(client.native(by_code=True), language)
    assert {f"  {idp.issuer}/type-it-in", f"  {CODE}"} <= set(terminal.shown.splitlines())
    assert terminal.shown.endswith(signin_words().check[language])
    assert " 10 minut" in terminal.shown


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("error", "said"), [("access_denied", "refused"), ("expired_token", "over")])
def test_a_refusal_and_an_end_are_told_apart(
    idp: Idp, client: NodeClient, error: str, said: str, language: Language
) -> None:
    idp.polled = ["authorization_pending", error]
    with pytest.raises(ClickException) as told:
        Terminal().token(client.native(by_code=True), language)
    assert told.value.message == getattr(signin_words(), said)[language]


def test_another_error_ends_it_and_is_made_visible(idp: Idp, client: NodeClient) -> None:
    idp.polled = ["invalid_client\x1b[2J"]
    with pytest.raises(ClickException, match=r"gave no token \(invalid_client<U\+001B>"):
        Terminal().token(client.native(by_code=True))


def test_a_code_that_nobody_confirms_comes_to_its_end_here_too(idp: Idp, client: NodeClient) -> None:
    idp.offer, idp.polled = {"expires_in": 1, "interval": 0}, ["authorization_pending"] * 9
    with pytest.raises(ClickException) as told:
        id_token_by_code(client.native(by_code=True), Language.EN, lambda _: None)
    assert told.value.message == signin_words().over[Language.EN]
    assert len(idp.polled) >= 7, "not more often than once a second"


def test_a_provider_that_falls_silent_is_asked_less_and_less(idp: Idp, client: NodeClient) -> None:
    told = client.native(by_code=True)
    idp.metadata = {"token_endpoint": f"http://127.0.0.1:{free_port()}/token"}
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        id_token_by_code(told, Language.EN, lambda _: None, wait)
    assert waited == [5, 10, 20, 40, SLOWEST, SLOWEST]


@pytest.mark.parametrize(
    ("offer", "why"),
    [
        ({"verification_uri": "javascript:alert(1)"}, "verification_uri"),
        ({"verification_uri": "https:///no-host"}, "verification_uri"),
        ({"user_code": "x" * 65}, "user_code"),
        ({"user_code": None}, "user_code"),
        ({"device_code": ""}, "device_code"),
        ({"expires_in": 0}, "expires_in"),
        ({"interval": -1}, "interval"),
        ({"interval": 10**9}, "interval"),
    ],
)
def test_an_offer_that_is_none_is_not_shown(
    idp: Idp, client: NodeClient, offer: dict[str, Any], why: str
) -> None:
    idp.offer, terminal = offer, Terminal()
    with pytest.raises(ClickException, match=rf"no code to type in \({why}\)"):
        terminal.token(client.native(by_code=True))
    assert terminal.shown == ""


def test_a_code_cannot_move_the_cursor(idp: Idp, client: NodeClient) -> None:
    idp.offer, terminal = {"user_code": "AB\x1b[2JCD"}, Terminal()
    terminal.token(client.native(by_code=True))
    assert "  AB<U+001B>[2JCD" in terminal.shown


def test_a_provider_without_codes_and_a_token_without_our_nonce_are_refused(
    idp: Idp, client: NodeClient
) -> None:
    told = client.native(by_code=True)
    idp.claims = {"nonce": None}
    with pytest.raises(ClickException, match="ID_TOKEN_NONCE"):
        client.sign_in_native(told["nonce"], Terminal().token(told))
    idp.token = {"id_token": None}
    with pytest.raises(ClickException, match="gave no ID token"):
        Terminal().token(told)
    for missing in ("device_authorization_endpoint", "token_endpoint"):
        idp.metadata = {missing: None}
        with pytest.raises(ClickException, match="gives no codes"):
            Terminal().token(told)
    idp.metadata = {"token_endpoint": "http://127.0.0.1:port/token"}
    with pytest.raises(ClickException, match="is no address to get a token at"):
        Terminal().token(told)


def test_the_way_is_told_by_the_client_whatever_the_program_says(client: NodeClient) -> None:
    """A program that hands in a code's token for a browser's would get a session with a fresh proof."""
    for nonce_of, token_of in ((BROWSER, DEVICE), (DEVICE, BROWSER)):
        told = client.native(by_code=nonce_of == DEVICE)
        assert told["clientId"] == nonce_of
        token = Terminal().token({**told, "clientId": token_of, "seconds": 300})
        with pytest.raises(ClickException, match="ID_TOKEN_AUDIENCE"):
            client.sign_in_native(told["nonce"], token)


@pytest.mark.parametrize(
    ("settings", "by_code", "code"),
    [
        ({"device_client_id": None}, True, "DEVICE_SIGN_IN_OFF"),
        ({"native_client_id": None}, False, "NATIVE_SIGN_IN_OFF"),
    ],
)
def test_a_way_that_the_settings_do_not_open_is_closed(
    idp: Idp, settings: dict[str, Any], by_code: bool, code: str
) -> None:
    with served(Desk(idp, **settings).app) as address, NodeClient(address) as client:
        with pytest.raises(ClickException, match=code):
            client.native(by_code=by_code)
        told = client.native(by_code=not by_code)
        with pytest.raises(ClickException, match="ID_TOKEN_NONCE"):
            client.sign_in_native("made-up", Terminal().token({**told, "seconds": 300}))


def test_it_is_off_unless_told_and_needs_a_client_of_its_own() -> None:
    assert SignInPart(issuer="https://idp.example").device_client_id is None
    for name in ("client_id", "native_client_id"):
        with pytest.raises(ValidationError, match="needs one of its own"):
            SignInPart.model_validate(
                {"issuer": "https://idp.example", name: "one", "device_client_id": "one"}
            )


async def test_at_the_terminal_one_command_does_it(
    world: World, idp: Idp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENTENTE_PROFILE", str(tmp_path / "profile.json"))
    idp.offer, idp.polled = {"interval": 1}, ["authorization_pending"]
    desk, port = Desk(idp), free_port()
    app = create_app(world.nodes[NODES[0]], desk.sessions, desk.signin, "k" * 64, Console())
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="off")
    )
    serve = asyncio.create_task(server.serve())
    words = ["signin", "--node", f"http://127.0.0.1:{port}", "--device", "--language", "sv"]
    done = await asyncio.to_thread(CliRunner().invoke, main, words)
    again = await asyncio.to_thread(CliRunner().invoke, main, ["signin"])
    both = await asyncio.to_thread(CliRunner().invoke, main, [*words, "--browser"])
    server.should_exit = True
    await serve
    assert (done.exit_code, again.exit_code, both.exit_code) == (0, 0, 2), done.output + again.output
    assert f"och skriv in\n\n  {CODE}" in done.stderr
    assert done.stdout.startswith("Zoé at fr.ofast")
    assert again.stdout == done.stdout, "the commands after it go on with that session"
