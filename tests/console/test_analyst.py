"""An analyst asks all nodes from the search page; each click counts (CONSOLE.md section 8.1)."""

import re
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from gateway.cli.client import NodeClient
from gateway.demo.cast import Stage
from tests.console.screens import a_mandate, asked_for_the_box, asked_its_node
from tests.console.test_liaison import MANDATE

SignedIn = Callable[..., Page]


def test_one_key_asks_all_nodes_and_each_answers_for_itself(signed_in: SignedIn) -> None:
    page = signed_in("fr.ofast", "helene", path="/search")
    a_mandate(page)
    field = page.get_by_label("A number, a plate, an account or a name")
    field.fill("XQZU 418026-6")
    field.press("Enter")  # the one key
    cards = page.locator("[data-status]")
    expect(cards).to_have_count(3)
    for node in ("fr.ofast", "se.polisen", "eu.europol"):
        expect(page.locator(f"[data-node='{node}']")).to_have_attribute("data-status", "ANSWERED")
    sweden = page.locator("[data-node='se.polisen']")
    expect(sweden).to_contain_text("spoc.polisen@demo.example")
    expect(page.get_by_role("row")).to_have_count(6)  # a heading, two of Europol, three of France
    expect(page).to_have_url(re.compile(r"/search\?q=XQZU"))


def test_a_key_before_the_mandate_is_known_is_not_lost(signed_in: SignedIn) -> None:
    page = signed_in("fr.ofast", "helene", path="/search")
    a_mandate(page)
    held: list[Route] = []
    page.route("**/graphql", lambda route: held.append(route))  # noqa: PLW0108  # Playwright marks what it is given
    page.reload(wait_until="commit")
    field = page.get_by_label("A number, a plate, an account or a name")
    field.fill("XQZU 418026-6")
    field.press("Enter")
    assert held
    while held:  # each that is let through may be followed by others
        held.pop().continue_()
    page.unroute("**/graphql")
    expect(page.locator("[data-node='se.polisen']")).to_have_attribute("data-status", "ANSWERED")


def test_no_hit_and_no_answer_never_look_alike(signed_in: SignedIn) -> None:
    page = signed_in("fr.ofast", "helene", path="/search?q=%2B33%20639%20980%20199")
    a_mandate(page)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("[data-status='NO_HIT']").first).to_contain_text("No hit")
    expect(page.locator("[data-status='UNREACHABLE']")).to_have_count(0)
    expect(page.get_by_text("No node that answered shows anything")).to_be_visible()
    page.get_by_role("button", name="Ask the liaison officer", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("spoc.polisen@demo.example")
    letter = dialog.get_by_label("Text for se.polisen", exact=True)
    expect(letter).to_have_value(re.compile(r"Case FR-2026-0418, .*\+33 639 980 199.* with no hit"))
    letter.fill("Do you know of it?")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Ask the liaison officer", exact=True).click()
    expect(letter).to_have_value("Do you know of it?")


def test_a_demo_offers_something_to_try(signed_in: SignedIn) -> None:
    page = signed_in("fr.ofast", "helene", path="/search")
    page.get_by_role("button", name="Voroshnin", exact=True).click()
    expect(page.get_by_label("A number, a plate, an account or a name")).to_have_value("Voroshnin")
    expect(page.get_by_label("Understood as", exact=True)).to_have_value("name")


def test_what_looks_like_markup_stays_text(signed_in: SignedIn) -> None:
    page = signed_in("se.polisen", "linnea", path="/search?q=script&as=name")
    a_mandate(page)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("link", name="<script>alert(1)</script>")).to_be_visible()
    page = signed_in("se.polisen", "linnea", path="/record/se.polisen%2Fse-p-10")
    asked_its_node(page)
    expect(page.locator("h1 .unseen-sign")).to_have_text("U+202E")


def test_more_is_asked_of_a_node_in_three_clicks_and_withdrawn_in_two(signed_in: SignedIn) -> None:
    page = signed_in("fr.ofast", "matteo", path="/search?q=XQZU%20418026-6")
    asked_for_the_box(page)
    more = page.locator("[data-node='se.polisen']").get_by_role("button")
    more.click()
    page.get_by_label("Urgency", exact=True).select_option("URGENT")
    page.keyboard.press("Escape")
    more.click()  # 1
    expect(page.get_by_label("Urgency", exact=True)).to_have_value("URGENT")
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("what you wrote before")
    page.get_by_role("button", name="Send the request").click()  # 2
    expect(page.get_by_role("dialog")).to_contain_text("Sent; the answer is due")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="My requests").click()  # 3: where it stands
    expect(page.get_by_role("row").nth(1)).to_contain_text("Open")
    page.get_by_role("link", name="Home").click()
    page.get_by_role("link", name="My requests").click()  # 1
    page.get_by_role("button", name="Withdraw the request to se.polisen").first.click()  # 2
    expect(page.get_by_role("status").filter(has_text="Withdrawn; se.polisen is told")).to_be_visible()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Withdrawn by who asked")
    expect(page.get_by_role("button", name="Withdraw the request to se.polisen")).to_have_count(0)


@pytest.mark.parametrize(("language", "word"), [("fr", "A répondu"), ("sv", "Svarat")])
def test_the_answer_is_told_in_the_persons_language(signed_in: SignedIn, language: str, word: str) -> None:
    page = signed_in("fr.ofast", "helene", language, path="/search?q=XQZU%20418026-6")
    asked_for_the_box(page)
    expect(page.locator("[data-node='se.polisen']")).to_contain_text(word)


def test_the_whole_search_by_keyboard(signed_in: SignedIn) -> None:
    page = signed_in("fr.ofast", "helene")
    a_mandate(page)
    page.locator("#content").focus()
    page.keyboard.press("/")
    field = page.get_by_label("A number, a plate, an account or a name")
    expect(field).to_be_visible()
    field.focus()
    page.keyboard.type("XQZU 418026-6")
    page.keyboard.press("Enter")
    expect(page.locator("[data-status]")).to_have_count(3)
    link = page.get_by_role("row").nth(1).get_by_role("link")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Ask its node")).to_be_visible()


def test_cards_fill_one_by_one_and_a_node_that_hangs_is_asked_again_alone(
    signed_in: SignedIn, processes: Mapping[str, subprocess.Popen[bytes]]
) -> None:
    page = signed_in("fr.ofast", "helene", path="/search?q=XQZU%20418026-6")
    a_mandate(page)
    europol = page.locator("[data-node='eu.europol']")
    with halted(processes["eu.europol"]):
        page.get_by_role("button", name="Ask", exact=True).click()
        for node in ("fr.ofast", "se.polisen"):
            expect(page.locator(f"[data-node='{node}']")).to_have_attribute("data-status", "ANSWERED")
        expect(europol).to_have_attribute("data-status", "WAITING")
        expect(page.get_by_text("2 of 3 nodes have answered…")).to_be_visible()
        expect(page.get_by_role("row")).to_have_count(4)  # a heading, three of France
        page.get_by_role("button", name="Stop", exact=True).click()
        expect(europol).to_have_attribute("data-status", "LEFT")
        expect(page.get_by_text("eu.europol did not answer. That is not a no-hit.")).to_be_visible()
    europol.get_by_role("button", name="Ask this node again").click()
    expect(europol).to_have_attribute("data-status", "ANSWERED")
    expect(page.get_by_role("row")).to_have_count(6)
    expect(page.locator("[data-status]")).to_have_count(3)
    page.get_by_role("link", name="Home").click()
    page.get_by_role("link", name="XQZU 418026-6").click()  # 1
    page.get_by_role("button", name="Ask", exact=True).click()  # 2: the search is repeated
    expect(page.locator("[data-status='ANSWERED']")).to_have_count(3)
    page.get_by_role("button", name="Compare side by side: XQZU4180266").click()
    expect(page.get_by_role("table", name="Container XQZU4180266")).to_contain_text("Container code")
    page.get_by_role(
        "button", name="Add all to the chart"
    ).click()  # 1, after the one that asked: all on the chart
    expect(page).to_have_url(re.compile("/chart"))


def test_a_withheld_value_says_why_and_more_is_asked_of_its_owner_in_two_clicks(signed_in: SignedIn) -> None:
    page = signed_in("fr.ofast", "helene", path="/record/eu.europol%2Feu-p-1")
    asked_its_node(page)
    page.get_by_role("button", name="Why?").first.click()  # 1
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("eu.europol decided so by its own law and grants")
    expect(dialog).to_contain_text("eu-to-fr@")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Ask for more").click()  # 1
    page.get_by_role("button", name="Send the request").click()  # 2
    expect(page.get_by_role("dialog")).to_contain_text("Sent; the answer is due")


def test_who_was_shown_an_own_record_is_looked_up_in_one_click(demo: Stage, signed_in: SignedIn) -> None:
    with NodeClient(demo.address("se.polisen")) as client:
        client.sign_in("se-19ab52")
        opened = client.run("open_mandate", {"mandate": MANDATE | {"case": "FR-2026-0418"}})["id"]
        wanted = {"handle": "fr.ofast/fr-ct-1", "mandate": opened}
        assert client.run("entity", wanted)["claims"]
    page = signed_in("fr.ofast", "helene", path="/record/fr.ofast%2Ffr-ct-1")
    asked_its_node(page)
    page.get_by_role("button", name="Look it up", exact=True).click()  # 1
    newest = page.get_by_role("table", name=re.compile("^Who has seen this")).get_by_role("row").nth(1)
    for each in ("SE", "polisen-vast", "Operational analysis", "for your case"):
        expect(newest).to_contain_text(each)
    page = signed_in("fr.ofast", "helene", path="/record/eu.europol%2Feu-p-1")
    asked_its_node(page)
    expect(page.get_by_role("heading", name="Who has seen this")).to_have_count(0)


@contextmanager
def halted(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """A node that takes connections and says nothing, until it goes on."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)
