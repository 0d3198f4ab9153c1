"""An identity provider that no one here wrote, as tests use it: a process, its pages, a node's desk at it."""

import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from gateway.reception import Reception
from gateway.role_mapping import RoleMapping
from gateway.sessions import COOKIE, Session, Sessions
from gateway.settings import SignInPart
from gateway.signin import SignIn
from tests import components

ADDRESS = "https://fr.example"
CLIENT, SECRET = "entente", "made-up secret of a client"
NATIVE = "entente-cli"
NATIVE_PORT = components.free_port()
PASSWORD = "correct horse battery staple 7"
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


class NotLedBackError(AssertionError):
    """The provider shows a page of its own that ends there, instead of leading back to who asked."""


class OutsideProvider(ABC):
    """A running provider. It lives at `issuer`; `token_address` is where codes become tokens.

    `scope` is what makes it tell the groups.
    """

    scope = "openid profile email"
    password = PASSWORD

    def __init__(self, issuer: str, token_address: str) -> None:
        self.issuer, self.token_address = issuer, token_address
        self.browsers: list[httpx2.Client] = []

    @abstractmethod
    def fill(self, form: "PageForm", person: str) -> bool:
        """Fill in a form as `person`; False where there is nothing to be filled in."""

    @abstractmethod
    def subject(self, person: str) -> str:
        """What the provider names a person by."""

    @abstractmethod
    def full_name(self, person: str) -> str:
        """What it tells of a person as the name."""

    def browser(self) -> httpx2.Client:
        """A person's, who has never been there. It takes loopback for secure, as browsers do."""
        browser = httpx2.Client(trust_env=False, timeout=60, headers={"accept": "text/html"})
        browser.cookies.jar.set_policy(DefaultCookiePolicy(secure_protocols=("https", "http")))
        self.browsers.append(browser)
        return browser

    def close(self) -> None:
        """Close all browsers."""
        for each in self.browsers:
            each.close()

    def walk(self, browser: httpx2.Client, address: str, person: str) -> tuple[str, int]:
        """Follow a request to authorize as `person`, filling in what is asked.

        Returns where the provider leads at last, and how often it asked for the password.
        """
        answer, asked = self.last_page(browser, address, person)
        if not answer.is_redirect:
            raise NotLedBackError(
                f"the provider shows {answer.status_code} {answer.url}: {answer.text[-2500:]}"
            )
        return urljoin(str(answer.url), answer.headers["location"]), asked

    def last_page(self, browser: httpx2.Client, address: str, person: str) -> tuple[httpx2.Response, int]:
        """The provider's last page on that walk, or its way out, and how often it asked for the password."""
        place = urlsplit(self.issuer)
        own = f"{place.scheme}://{place.netloc}/"
        asked, answer = 0, browser.get(address)
        for _ in range(15):
            if answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["location"])
                if not target.startswith(own):
                    break
                answer = browser.get(target)
                continue
            form = PageForm.of(answer.text)
            asked += "password" in form.fields
            if asked > 1 or not self.fill(form, person):
                break
            answer = browser.post(urljoin(str(answer.url), form.action), data=form.fields)
        return answer, asked


class PageForm(HTMLParser):
    """The first form of a page that posts, what its fields hold, and its buttons, which are not pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.action, self.fields, self.buttons = "", dict[str, str](), dict[str, str]()
        self._inside = False

    @classmethod
    def of(cls, page: str) -> "PageForm":
        """The form of a page; no fields where it has none."""
        form = cls()
        form.feed(page)
        return form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self._inside = not self.fields and (found.get("method") or "").lower() == "post"
            self.action = (found.get("action") or "") if self._inside else self.action
        if self._inside and tag in {"input", "button"} and (name := found.get("name")):
            pressed = tag == "button" or found.get("type") == "submit"
            (self.buttons if pressed else self.fields)[name] = found.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"


def until_it_answers(
    name: str,
    issuer: str,
    process: subprocess.Popen[bytes],
    log: Path,
    seconds: float = components.STARTS_WITHIN,
) -> None:
    """Wait until the provider tells of itself; `ComponentMissingError` with its last words if it does not."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        try:
            httpx2.get(f"{issuer}/.well-known/openid-configuration", trust_env=False).raise_for_status()
        except httpx2.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise components.ComponentMissingError(f"a {name} that starts", log.read_text()[-800:])


class Desk:
    """A node's sign-in, a person's browser at it and at the provider; `settings` are those of `[signin]`."""

    def __init__(
        self,
        provider: OutsideProvider,
        secret: str = SECRET,
        clock: Callable[[], float] = time.time,
        mapping: RoleMapping = MAPPING,
        **settings: Any,
    ) -> None:
        self.provider, self.at_provider = provider, provider.browser()
        self.sessions = Sessions(900, 3600, clock)
        usual = {"client_id": CLIENT, "scope": provider.scope}
        native = {"native_client_id": NATIVE, "native_port": NATIVE_PORT}
        told = SignInPart.model_validate({"issuer": provider.issuer, **usual, **native, **settings})
        reception = Reception("fr.ofast", "OFAST", (ADDRESS,))
        self.signin = SignIn(reception, told, secret, self.sessions, mapping)
        keep = Middleware(SessionMiddleware, secret_key="k" * 32, https_only=True, same_site="lax")
        self.app = Starlette(routes=self.signin.routes(), middleware=[keep])
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

    def known(self) -> Session:
        assert COOKIE in self.client.cookies, self.said
        return self.sessions.find(self.client.cookies[COOKIE])

    def signed_in(self) -> bool:
        return bool(self.client.get("/auth/me").status_code == 200)


def refused(answer: Any) -> tuple[int, str]:
    """The status and the code with which the desk turns somebody away."""
    return answer.status_code, answer.json()["error"]["code"]


def in_a_browser(desk: Desk, person: str, change: tuple[str, str] = ("", "")) -> Callable[[str], None]:
    """A person who opens what the terminal says, signs in there and is led back to the terminal."""

    def walk(shown: str) -> None:
        back, desk.asked = desk.provider.walk(desk.at_provider, shown, person)
        place = urlsplit(back)
        httpx2.get(f"{place.scheme}://{place.netloc}/favicon.ico", trust_env=False)
        httpx2.get(back.replace(*change) if change[0] else back, trust_env=False)

    def opened(shown: str) -> None:
        assert parse_qs(urlsplit(shown).query)["code_challenge_method"] == ["S256"]
        threading.Thread(target=walk, args=(shown,), daemon=True).start()

    return opened


@contextmanager
def served(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """A desk's application over HTTP, for programs."""
    port = port or components.free_port()
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
