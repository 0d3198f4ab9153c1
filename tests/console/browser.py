"""A real browser at the demo's nodes: people signed in, and a watch over all that a page does."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from gateway.demo.cast import Stage, people
from tests.components import ROOT
from tests.console.screens import WHO, Screen

LOCALES = {"en": "en-GB", "fr": "fr-FR", "sv": "sv-SE"}
SIZE = (1280, 800)
WITHIN = 30_000.0
AXE = ROOT / "gateway/console/node_modules/axe-core/axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
#: Those of their rules that look at colours: all that a theme changes.
OF_COLOUR = ("color-contrast", "link-in-text-block")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE *.localhost",
)
#: Doors that answer a refusal with a status of its own: Chromium writes a line for each, and it is no fault.
REFUSING = ("/auth/me", "/graphql")
TELL_VIOLATIONS = """document.addEventListener('securitypolicyviolation', (each) =>
    console.error(`policy violated: ${each.effectiveDirective} by ${each.blockedURI} ${each.sample}`))"""


@dataclass  # no slots: Playwright keeps its own side of a method that it calls on the object
class Watch:
    """What a page must never do; `faults` are what it did of that, a line each."""

    hosts: frozenset[str]
    faults: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    under_way: set[Request] = field(default_factory=set)

    def over(self, page: Page) -> None:
        """Look at everything from now on."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error.message}"))
        page.on("request", self._asked)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)

    def expect(self, part: str) -> None:
        """Take lines that hold `part` for no fault: the journey is about them."""
        self.expected.append(part)

    def found(self) -> list[str]:
        """The faults that no journey expects."""
        return [each for each in self.faults if not any(part in each for part in self.expected)]

    def _said(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "assert"}:
            return
        path = urlsplit(message.location["url"]).path
        if not (message.text.startswith("Failed to load resource") and path in REFUSING):
            self.faults.append(f"console: {message.text} ({message.location['url']})")

    def _ended(self, request: Request) -> None:
        self.under_way.discard(request)

    def _asked(self, request: Request) -> None:
        self.under_way.add(request)
        told = urlsplit(request.url)
        if told.scheme not in {"data", "blob"} and told.netloc not in self.hosts:
            self.faults.append(f"left this demo: {request.method} {request.url}")


@dataclass(slots=True)
class Desks:
    """The nodes of a running demo as seen with one browser."""

    stage: Stage
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    watches: list[Watch] = field(default_factory=list)

    def page(self, language: str = "en", theme: str = "light", size: tuple[int, int] = SIZE) -> Page:
        """An empty page of a new visitor; what it does is watched (`watches[-1]`)."""
        context = self.browser.new_context(
            locale=LOCALES[language],
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
        )
        context.set_default_timeout(WITHIN)
        context.add_init_script(TELL_VIOLATIONS)
        addresses = [self.stage.issuer, *(self.stage.desk(node) for node in self.stage.homes)]
        watch = Watch(frozenset(urlsplit(each).netloc for each in addresses))
        context.on("page", watch.over)
        self.contexts.append(context)
        self.watches.append(watch)
        return context.new_page()

    def signed_in(
        self,
        node: str,
        person: str,
        language: str = "en",
        theme: str = "light",
        *,
        path: str = "/",
        size: tuple[int, int] = SIZE,
    ) -> Page:
        """A page of a node's `person` (the login of the demo's list), at `path` and drawn."""
        page = self.page(language, theme, size)
        subject = somebody(node, person)["subject"]
        page.goto(f"{self.stage.desk(node)}/auth/login?hint={subject}&next={quote(path, safe='')}")
        drawn(page)
        return page

    def faults(self) -> list[str]:
        """What any page did that it must not."""
        return [each for watch in self.watches for each in watch.found()]

    def close(self) -> None:
        """End all visits."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()
        self.watches.clear()


def drawn(page: Page) -> None:
    """Wait until a screen is there and nothing on it says that it is loading."""
    page.locator("h1").first.wait_for()
    page.wait_for_function("() => document.querySelector('[aria-busy=true]') === null")


def spoken(desks: Desks, page: Page, language: str) -> None:
    """Change the language of a screen where it stands, and wait for what is told anew in it."""
    page.locator("header select").first.select_option(language)
    page.locator(f"html[lang={language}]").wait_for()
    page.wait_for_timeout(50)  # what asks anew has begun to
    for _ in range(int(WITHIN / 10)):
        if not any(watch.under_way for watch in desks.watches):
            break
        page.wait_for_timeout(10)
    drawn(page)


def arrived(desks: Desks, who: str, language: str = "en", theme: str = "light") -> Page:
    """A page of one of the list's people, signed in where they belong; a visitor is not."""
    person = WHO[who]
    return desks.page(language, theme) if person is None else desks.signed_in(*person, language, theme)


def shown(desks: Desks, page: Page, screen: Screen) -> None:
    """Go to a screen of the list and do its steps."""
    node, _ = WHO[screen.who] or ("fr.ofast", "")
    page.goto(desks.stage.desk(node) + screen.path)
    drawn(page)
    screen.steps(page)


def opened(desks: Desks, screen: Screen, language: str = "en", theme: str = "light") -> Page:
    """A screen of the list, its steps done, as the person sees it whose screen it is."""
    page = arrived(desks, screen.who, language, theme)
    shown(desks, page, screen)
    return page


def somebody(node: str, person: str) -> dict[str, Any]:
    """The demo's person of that login at that node."""
    return next(dict(each) for each in people() if each["node"] == node and each["login"] == person)


@contextmanager
def browsing(program: Path) -> Iterator[Browser]:
    """Chromium without a window; nothing outside of this machine has an address in it."""
    expect.set_options(timeout=WITHIN)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def barriers(page: Page, only: Sequence[str] = ()) -> Sequence[str]:
    """What axe finds on the page against WCAG 2.2 AA: rule, reason and the elements, a line each.

    With `only`, those rules alone: for a page that was looked at already and has changed in nothing else.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    wanted = {"type": "rule", "values": list(only)} if only else {"type": "tag", "values": RULES}
    options = {"runOnly": wanted, "resultTypes": ["violations"]}
    told = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{each['id']}: {each['help']}: "
        + "; ".join(json.dumps(node["target"]) for node in each["nodes"][:5])
        for each in told["violations"]
    ]
