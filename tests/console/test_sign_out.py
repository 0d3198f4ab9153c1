"""Going out: where the settings say so, at the service's identity provider too."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.routing import Route

from gateway.console_files import read_console
from gateway.headers import SecurityHeaders
from gateway.reception import Reception
from gateway.sessions import Sessions
from gateway.settings import SignInPart
from gateway.signin import SignIn
from tests.components import free_port
from tests.gateway.idp import CLIENT, Idp, serving
from tests.gateway.outside_provider import served


@pytest.fixture
def provider() -> Iterator[Idp]:
    with serving() as idp:
        yield idp


@pytest.fixture
def desk(console_dist: Path, provider: Idp) -> Iterator[str]:
    """A node's sign-in and its console; no questions can be asked there."""
    port = free_port()
    reception = Reception("fr.ofast", "OFAST", (f"http://127.0.0.1:{port}",))
    settings = SignInPart(issuer=provider.issuer, logout_at_provider=True)
    signin = SignIn(reception, settings, None, Sessions(900, 3600, time.time))
    rest = Route("/{path:path}", read_console(console_dist).answer, methods=["GET"])
    keep = Middleware(SessionMiddleware, secret_key="k" * 32, https_only=True, same_site="lax")
    app = Starlette(routes=[*signin.routes(), rest], middleware=[keep])
    with served(SecurityHeaders(app), port) as address:
        yield address


def test_who_signs_out_ends_at_the_provider_and_is_led_back(
    browser: Browser, desk: str, provider: Idp
) -> None:
    page = browser.new_page(locale="en-GB")
    page.goto(f"{desk}/")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{desk}/signin")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert provider.ended == [
        {"of": "all", "client_id": CLIENT, "post_logout_redirect_uri": f"{desk}/signin"}
    ]
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.close()
