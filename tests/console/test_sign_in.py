"""Coming in and going out: everybody of the demo, in their own language, at their own node."""

import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.routing import Route

from gateway.console_files import Console
from gateway.demo.cast import people
from gateway.headers import SecurityHeaders
from gateway.reception import local_path
from tests.components import free_port
from tests.console.browser import Desks, drawn
from tests.console.screens import a_mandate

SIGN_OUT = {"en": "Sign out", "fr": "Se déconnecter", "sv": "Logga ut"}
SIGN_IN = {"en": "Sign in", "fr": "Se connecter", "sv": "Logga in"}
DESKS = sorted({(str(each["node"]), str(each["language"])) for each in people()})


@pytest.mark.parametrize(("node", "language"), DESKS)
def test_one_click_signs_in_and_one_signs_out(desks: Desks, node: str, language: str) -> None:
    page = desks.page(language)
    page.goto(desks.stage.desk(node))
    for name in (each["name"] for each in people() if (each["node"], each["language"]) == (node, language)):
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("button", name=SIGN_OUT[language])).to_be_visible()
        drawn(page)
        expect(page.locator("header .who")).to_contain_text(name)
        assert page.url == f"{desks.stage.desk(node)}/"
        page.get_by_role("button", name=SIGN_OUT[language]).click()
        expect(page.get_by_role("heading", name=SIGN_IN[language])).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name=SIGN_IN[language])).to_be_visible()


def test_three_people_at_three_nodes_in_one_browser(desks: Desks) -> None:
    page = desks.page()
    shown = [each for each in people() if each["login"] in {"helene", "linnea", "ruta"}]
    for each in shown:
        page.goto(f"{desks.stage.desk(each['node'])}/auth/login?hint={each['subject']}")
        drawn(page)
    for each in shown:
        page.goto(desks.stage.desk(each["node"]))
        drawn(page)
        expect(page.locator("header .who")).to_contain_text(each["name"])
        cookies = [one["name"] for one in page.context.cookies(desks.stage.desk(each["node"]))]
        assert cookies.count("__Host-entente") == 1


def test_a_link_to_a_screen_leads_there_after_sign_in(desks: Desks) -> None:
    page = desks.page()
    page.goto(f"{desks.stage.desk('fr.ofast')}/search?q=XQZU")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_role("link", name="Hélène").click()
    drawn(page)
    assert page.url == f"{desks.stage.desk('fr.ofast')}/search?q=XQZU"
    page.reload()
    drawn(page)
    expect(page.get_by_role("heading", name="Sign in")).to_have_count(0)


def test_a_session_that_ends_keeps_the_place_and_what_was_being_written(desks: Desks) -> None:
    page = desks.signed_in("fr.ofast", "helene", path="/profile")
    expect(page.get_by_text("Session ends in any case")).to_be_visible()
    page.get_by_role("link", name="Search").click()
    a_mandate(page)
    field = page.get_by_label("A number, a plate, an account or a name")
    field.fill("XQZU 418026-6")
    page.context.clear_cookies()
    page.get_by_role("button", name="Ask", exact=True).click()
    ended = page.get_by_role("dialog", name="Your session has ended")
    with page.context.expect_page() as opened:
        ended.get_by_role("link", name="Sign in in a new tab").click()
    opened.value.get_by_role("link", name="Hélène").click()
    expect(opened.value.get_by_role("button", name="Sign out")).to_be_visible()
    ended.get_by_role("button", name="I have signed in").click()
    expect(ended).to_be_hidden()
    expect(field).to_have_value("XQZU 418026-6")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("[data-status='ANSWERED']")).to_have_count(3)


def test_a_person_ends_the_session_of_another_browser_and_who_runs_the_node_a_persons(desks: Desks) -> None:
    here, there = (desks.signed_in("eu.europol", "marko", path="/profile") for _ in range(2))
    here.reload()
    mine = here.get_by_role("table", name="Where you are signed in")
    expect(mine.get_by_text("This one")).to_have_count(1)
    mine.get_by_role("button", name="End it").first.click()
    expect(here.get_by_text("1 session ended")).to_be_visible()
    there.get_by_role("link", name="Loads").first.click()
    expect(there.get_by_role("dialog", name="Your session has ended")).to_be_visible()
    here.goto(f"{desks.stage.desk('eu.europol')}/")
    expect(here.get_by_role("table", name="Who is signed in").get_by_text("This one")).to_have_count(1)


def test_no_link_of_ours_leads_out_of_the_console_as_this_browser_reads_it(desks: Desks) -> None:
    pieces = (
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
        "é",
    )
    draw = random.Random(6)
    texts = ["/" * (n % 2) + "".join(draw.choices(pieces, k=draw.randrange(9))) for n in range(5000)]
    page = desks.page()
    page.goto(desks.stage.desk("fr.ofast"))
    drawn(page)
    led = page.evaluate(
        "(paths) => paths.filter((each) => new URL(each, location.href).origin !== location.origin)",
        [local_path(each) for each in texts],
    )
    assert led == []
    wild = page.evaluate(
        "(paths) => paths.filter((each) => URL.canParse(each, location.href)"
        " && new URL(each, location.href).origin !== location.origin).length",
        texts,
    )
    assert wild > 100, "the texts would lead nowhere in any case"


@pytest.mark.parametrize("language", sorted(SIGN_IN))
def test_the_sign_in_page_has_no_barriers(
    desks: Desks, axe: Callable[[Page], Sequence[str]], language: str
) -> None:
    page = desks.page(language)
    page.goto(desks.stage.desk("se.polisen"))
    page.get_by_role("link", name=re.compile("Åse")).wait_for()
    assert page.locator("html").get_attribute("lang") == language
    assert axe(page) == []
    page.emulate_media(color_scheme="dark")
    assert axe(page) == []


@pytest.fixture
def unbuilt() -> Iterator[str]:
    """A server without a console, as a node has it that was installed without one."""
    app = SecurityHeaders(Starlette(routes=[Route("/{path:path}", Console().answer, methods=["GET"])]))
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def test_without_a_console_the_page_says_the_command(browser: Browser, unbuilt: str) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.location['url']}: {message.text}"))
    answer = page.goto(f"{unbuilt}/search")
    assert answer is not None
    assert answer.status == 503
    expect(page.get_by_role("heading")).to_have_text("Service Unavailable")
    expect(page.locator("p")).to_contain_text("make console")
    told = "Failed to load resource: the server responded with a status of"
    assert set(said) <= {
        f"{unbuilt}/search: {told} 503 (Service Unavailable)",
        f"{unbuilt}/favicon.ico: {told} 404 (Not Found)",
    }
    page.close()
