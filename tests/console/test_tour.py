"""The guided tour, walked in the demo as people start it: each step's people, clicks and claims are true."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from rich.console import Console

from gateway.demo.build import build
from gateway.demo.cast import Stage
from gateway.demo.plan import Plan, invented
from gateway.demo.run import running
from tests import components
from tests.console.browser import Desks, drawn
from tests.console.chart import charted, mandated
from tests.console.test_cases import until_there

FR, SE = "fr.ofast", "se.polisen"
BOX, CLONE, HUB = "fr.ofast/fr-ct-1", "se.polisen/se-ct-1", "fr.ofast/fr-ph-2"
LAST_ACTS = 130
SOON = 30_000
SHELL = "eu.europol/eu-co-1"
STATE = "([of, is]) => window.__entente_chart?.nodes.some(({ id, state }) => id === of && state === is)"
WHY = "YEARLY_REVIEW"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, console_dist: Path) -> Iterator[Stage]:
    """The demo as `make demo` makes it, but for the older part of its past."""
    assert opa_binary
    assert console_dist

    def recent(work: Path) -> Plan:
        plan = invented(work, "small", lived=True)
        assert plan.past is not None
        return replace(plan, past=replace(plan.past, acts=plan.past.acts[-LAST_ACTS:]))

    stage = Stage(tmp_path_factory.mktemp("lived") / "demo", components.free_ports(5), "wasm")
    with ThreadPoolExecutor(1) as beside:  # the browser's driver keeps an event loop in this thread
        beside.submit(build, stage, recent, Console(quiet=True)).result()
    with running(stage):
        yield stage


@pytest.fixture(scope="module")
def tour(lived: Stage, browser: Browser) -> Iterator[Desks]:
    """Its desks; nothing on any page may have been at fault."""
    opened = Desks(lived, browser)
    yield opened
    assert opened.faults() == []
    opened.close()


def asked(page: Page, what: str, status: str = "ANSWERED") -> None:
    """Ask all nodes, and wait for Sweden's answer."""
    page.get_by_role("searchbox").fill(what)
    page.keyboard.press("Enter")
    page.locator(f"[data-node='{SE}'][data-status={status}]").wait_for()


def to_chart(page: Page, handle: str) -> None:
    """Put all results on the chart, and wait for one of them."""
    page.get_by_role("button", name="Add all to the chart").click()
    page.wait_for_function("(id) => id in (window.__entente_chart?.items ?? {})", arg=handle)


def test_the_tour_is_true_from_the_first_search_to_the_broken_log(tour: Desks) -> None:
    helene = tour.page()
    helene.goto(tour.stage.desk(FR))
    helene.get_by_role("link", name="New here? Take the guided tour").click()
    expect(helene.locator("[data-step]")).to_have_count(8)
    ask(helene, tour)
    profile(helene, tour)
    more(helene, tour)
    decide(tour)
    join(helene, tour)
    alert(tour)
    revoke(helene, tour)
    oversight(tour)


def test_a_telephone_with_hundreds_of_contacts_is_drawn_whole_or_as_much_as_is_wanted(tour: Desks) -> None:
    page = tour.signed_in(FR, "helene", path="/search")
    mandated(page)
    charted(page, ["fr.ofast/fr-x-dv"])
    expand(page, "300")
    expect(page.locator(".chart-status")).to_contain_text("60 more were found and left out", timeout=SOON)
    page.get_by_role("button", name="Undo: expand").click()
    expand(page)
    expect(page.locator(".chart-status")).to_have_text("360 records added.", timeout=SOON)
    size = page.evaluate(
        "() => [Object.keys(window.__entente_chart.items).length, window.__entente_chart.links.length]"
    )
    assert size == [361, 540]


def expand(page: Page, most: str = "") -> None:
    page.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+e")  # 1
    field = page.get_by_role("dialog").get_by_label("Add at most")
    expect(field).to_have_value("540")
    if most:
        field.fill(most)
    page.get_by_role("dialog").get_by_role("button", name="Add what is ticked").click()  # 2


def ask(page: Page, tour: Desks) -> None:
    page.locator("[data-step=ask] a.button").click()
    mandated(page)
    asked(page, "XQZU 418026-6")
    expect(page.get_by_text("3 of 4 nodes have answered.")).to_be_visible()
    for node, status in ((FR, "ANSWERED"), (SE, "ANSWERED"), ("nl.politie", "UNREACHABLE")):
        expect(page.locator(f"[data-node='{node}']")).to_have_attribute("data-status", status)
    expect(page.locator(f"[data-node='{SE}']")).to_contain_text("spoc.polisen@demo.example")
    to_chart(page, BOX)
    page.goto(f"{tour.stage.desk(FR)}/search")
    drawn(page)
    under_way = page.get_by_role("region", name="Guided tour")
    expect(under_way).to_contain_text("Step 1 of 8: The French analyst asks for the container")
    expect(under_way).to_contain_text("ask for +46 70 174 06 42")
    asked(page, "+46 70 174 06 42")
    to_chart(page, HUB)
    page.get_by_role("button", name="Ask their nodes").first.click()
    page.wait_for_function("() => window.__entente_chart.nodes.every(({ state }) => state === 'shown')")
    page.get_by_role("tab", name="Table").click()
    for row in ("XQZU 418026-6", "+46701740642"):
        page.get_by_role("row", name=row).filter(has_text="FR").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Path between two").click()
    expect(page.locator("section[aria-labelledby=chart-paths]")).to_contain_text("Kervadec", timeout=SOON)


def profile(page: Page, tour: Desks) -> None:
    page.goto(f"{tour.stage.desk(FR)}/profiles?of=fr.ofast%2Ffr-cp-1")
    drawn(page)
    page.get_by_role("button", name="Compare with all nodes").click()
    row = page.get_by_role("row", name="NFC-2026-20977")
    expect(row).to_contain_text("0.99", timeout=SOON)
    row.get_by_role("button", name="Why").click()
    expect(page.locator("[data-match='se.polisen/se-cp-1'] svg.overlay")).to_be_visible(timeout=SOON)


def more(page: Page, tour: Desks) -> None:
    page.goto(f"{tour.stage.desk(FR)}/search")
    drawn(page)
    asked(page, "XQZU 418026-6")
    page.locator(f"[data-node='{SE}']").get_by_role("button").click()
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("dialog")).to_contain_text("Sent; the answer is due", timeout=SOON)


def decide(tour: Desks) -> None:
    page = tour.signed_in(SE, "ase", path="/?tour=decide")
    approve(page, "Another officer must approve the same")
    page.get_by_role("link", name="Then sign in as Torsten Öfverdahl").click()
    page.locator("header").filter(has_text="Torsten Öfverdahl").wait_for()
    expect(page.get_by_role("region", name="Guided tour").get_by_role("link")).to_have_text(["To step 5"])
    approve(page, "Decided.")
    expect(page.get_by_text("A second officer must approve")).to_have_count(0)


def approve(page: Page, said: str) -> None:
    until_there(page, lambda: page.locator("a.item", has_text="Request for more")).click()
    page.get_by_role("button", name="Show the records").click()
    expect(page.get_by_role("link", name="se-ct-1")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Approve in full").click()
    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible(timeout=SOON)


def join(page: Page, tour: Desks) -> None:
    page.goto(f"{tour.stage.desk(FR)}/search")
    drawn(page)
    asked(page, "XQZU 418026-6")
    to_chart(page, CLONE)
    page.goto(f"{tour.stage.desk(FR)}/search")
    drawn(page)
    asked(page, "Halden Bay Trading", "NO_HIT")
    to_chart(page, SHELL)
    page.get_by_role("button", name="Ask their nodes").first.click()
    page.wait_for_function(STATE, arg=[CLONE, "shown"])
    page.get_by_role("tab", name="Table").click()
    page.get_by_role("row", name="Halden Bay Trading Ltd").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Expand…").click()
    page.get_by_role("dialog").get_by_role("button", name="Only this").first.wait_for()
    page.keyboard.press("Escape")


def alert(tour: Desks) -> None:
    page = tour.signed_in(SE, "linnea", "sv", path="/alerts")
    told = page.locator("[data-alert]").first
    expect(told).to_contain_text("fr.ofast", timeout=SOON)
    expect(told).to_contain_text("bevakar", timeout=SOON)


def revoke(helene: Page, tour: Desks) -> None:
    page = tour.signed_in(SE, "ase", path=f"/grants?partner={FR}")
    page.get_by_role("row", name="only 1 record").get_by_role("link", name="Open").click()
    page.get_by_role("button", name="Revoke…").click()
    page.get_by_label("The case is closed").click()
    page.get_by_role("button", name="Revoke now").click()
    expect(page.get_by_text("The next question no longer finds it.")).to_be_visible(timeout=SOON)
    helene.goto(f"{tour.stage.desk(FR)}/chart")
    helene.get_by_role("button", name="Ask their nodes").first.click()
    helene.wait_for_function(STATE, arg=[CLONE, "withdrawn"])
    helene.wait_for_function(STATE, arg=[BOX, "shown"])


def oversight(tour: Desks) -> None:
    page = tour.signed_in(FR, "solange", path="/signals")
    page.get_by_label("Why you look").fill(WHY)
    page.get_by_role("button", name="Look for signals").click()
    own_name = page.get_by_role("region", name="Own name").locator("time").first
    expect(own_name).to_have_attribute("datetime", re.compile("T02:14"), timeout=SOON)
    page.get_by_role("link", name="Integrity", exact=True).click()
    page.get_by_role("button", name="Verify now").click()
    whole = page.get_by_text("The log holds: every entry is as it was signed.")
    expect(whole).to_be_visible(timeout=SOON)
    page.get_by_role("button", name=f"Compare with {SE}").click()
    expect(page.get_by_text("Both logs agree on every exchange from").first).to_be_visible(timeout=SOON)
    page.get_by_label("Number of the entry").fill("41")
    page.get_by_role("button", name="Damage a copy").click()
    expect(page.get_by_role("heading", name="A damaged copy of this log")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("Entry 41 is not what was signed.")).to_be_visible(timeout=SOON)
    expect(page.locator("section.verdict-bad")).to_have_count(1)
    expect(whole).to_be_visible()
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("section.verdict-bad")).to_have_count(0, timeout=SOON)
