"""The chart in a browser: built from a search, expanded after counting, undone, kept without content."""

import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tenants.formats.port import Format
from tests.console.browser import LOCALES, Desks, barriers, drawn, somebody
from tests.console.chart import CASE, SHOWN, charted, mandated, settled

BOX = "fr.ofast/fr-ct-1"


def model(page: Page) -> dict[str, Any]:
    """What is on the chart, as the page tells tests of it."""
    return dict(page.evaluate("() => window.__entente_chart"))


def charts(desks: Desks, handles: Sequence[str], language: str = "en") -> Page:
    """A new chart of a French analyst with these records."""
    page = desks.signed_in("fr.ofast", "helene", language, path="/search")
    mandated(page)
    charted(page, handles)
    return page


def test_a_search_becomes_a_chart_that_is_expanded_undone_and_found_again(desks: Desks) -> None:
    page = desks.signed_in("fr.ofast", "helene", path="/search")
    mandated(page)
    page.get_by_role("searchbox").fill("XQZU 418026-6")
    page.keyboard.press("Enter")  # 1
    page.get_by_role("button", name="Add all to the chart").click()  # 2
    settled(page)
    start = set(model(page)["items"])
    assert BOX in start
    page.get_by_role("tab", name="Table").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Expand…").click()  # 1: only numbers are asked for
    only = page.get_by_role("dialog").get_by_role("button", name="Only this").first
    only.wait_for()
    assert set(model(page)["items"]) == start, "counting shows nothing"
    only.click()  # 2
    page.wait_for_function("(n) => Object.keys(window.__entente_chart.items).length > n", arg=len(start))
    settled(page)
    came = {each["id"] for each in model(page)["nodes"] if each["fresh"]}
    assert came == set(model(page)["items"]) - start, "what came last is marked"
    rows = page.get_by_role("table").first
    expect(rows.get_by_role("cell", name=re.compile(r"\bnew$"))).to_have_count(len(came))
    after = model(page)["items"]
    assert all(after[each] == before for each, before in model_of(start, after).items())
    page.get_by_role("button", name="Undo: expand").click()
    assert set(model(page)["items"]) == start
    page.keyboard.press("Control+Shift+Z")
    assert set(model(page)["items"]) == set(after)
    kept = json.dumps(page.evaluate("() => ({...localStorage, ...sessionStorage})"))
    assert BOX in kept
    assert "418026-6" not in kept.replace(BOX, ""), "no word of a record is kept"
    page.reload()
    page.get_by_role("button", name="Ask their nodes").first.wait_for()
    assert {each["state"] for each in model(page)["nodes"]} == {"unasked"}
    page.get_by_role("button", name="Ask their nodes").first.click()
    page.wait_for_function("() => window.__entente_chart.nodes.some((each) => each.state === 'shown')")
    assert model(page)["items"] == after, "nothing has moved"


def test_a_chart_becomes_a_report_in_two_clicks(desks: Desks) -> None:
    page = charts(desks, SHOWN)
    page.get_by_role("link", name="Report…", exact=True).click()  # 1
    page.get_by_role("button", name="Make the report").click()  # 2
    sheet = page.locator("article.report")
    expect(sheet).to_contain_text(CASE)
    expect(sheet.get_by_role("img", name=re.compile(r"Picture of 8 records and \d+ links"))).to_be_visible()
    assert barriers(page) == []


def model_of(handles: set[str], items: dict[str, Any]) -> dict[str, Any]:
    """The items of these handles."""
    return {each: items[each] for each in handles}


def test_a_path_is_three_steps_and_is_told_in_words(desks: Desks) -> None:
    page = charts(desks, [BOX, "fr.ofast/fr-vs-1"])
    page.get_by_role("tab", name="Table").click()
    for place in (0, 1):
        page.get_by_role("checkbox").nth(place).check()  # 1, 2
    page.get_by_role("button", name="Path between two").click()  # 3
    page.get_by_role("heading", name="shortest path").wait_for()
    assert page.locator("section[aria-labelledby=chart-paths] li li").count() > 0


def test_the_chart_is_walked_by_keys_and_spoken(desks: Desks) -> None:
    page = charts(desks, [BOX, "fr.ofast/fr-vs-1", "fr.ofast/fr-ul-7"])
    page.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    said = page.locator("[role=tabpanel] [role=status]")
    expect(said).to_contain_text("fr.ofast")
    first = model(page)["chosen"]
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("Enter goes there")
    page.keyboard.press("Enter")
    assert model(page)["chosen"] != first
    page.keyboard.press("Backspace")
    assert model(page)["chosen"] == first
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("application").focus()
    page.keyboard.press("Delete")
    page.keyboard.press("Control+z")
    assert len(model(page)["items"]) == 2


def test_a_withheld_value_on_the_chart_says_why(desks: Desks) -> None:
    page = charts(desks, ["eu.europol/eu-p-1"])
    page.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")  # 1
    page.get_by_role("button", name="Why?").first.click()  # 2
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("eu.europol decided so by its own law and grants")
    expect(dialog).to_contain_text("eu-to-fr@")


def test_a_picture_leaves_only_through_the_nodes_export(desks: Desks) -> None:
    page = charts(desks, [BOX, "fr.ofast/fr-p-8"])
    page.get_by_text("Export", exact=True).click()
    page.get_by_role("button", name="Drawing (SVG)").click()
    page.get_by_role("button", name="Save the file").wait_for()
    with page.expect_download() as told:
        page.get_by_role("button", name="Save the file").click()
    text = told.value.path().read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert CASE in text
    assert "left out" in text, "its text under H3 was not read"
    assert "Kerbrat" not in text
    page.get_by_text("Export", exact=True).click()  # 1
    page.get_by_role("button", name="For another program…", exact=True).click()  # 2
    choice = page.get_by_role("list", name="Which program reads it")
    assert choice.get_by_role("listitem").count() == len(Format)
    choice.get_by_role("button", name="GraphML", exact=True).click()  # 3
    page.get_by_text("1 is left out, and why").wait_for()
    with page.expect_download() as given:
        page.get_by_role("button", name="Save entente-chart.graphml", exact=True).click()  # 4
    graph = given.value.path().read_text(encoding="utf-8")
    assert "<graphml" in graph
    assert BOX in graph
    assert "Kerbrat" not in graph


@pytest.mark.parametrize("language", sorted(LOCALES))
def test_no_side_of_the_chart_has_a_barrier(desks: Desks, language: str) -> None:
    page = charts(desks, [BOX, "fr.ofast/fr-ae-1", "fr.ofast/fr-tr-1", "fr.ofast/fr-sz-1"], language)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        for side in range(4):
            page.get_by_role("tab").nth(side).click()
            page.get_by_role("tabpanel").wait_for()
            assert barriers(page) == [], f"{language} {theme} {side}"


def test_a_layout_runs_beside_the_page_leaves_what_is_pinned_and_is_undone(desks: Desks) -> None:
    page = charts(desks, SHOWN)
    workers: list[str] = []
    page.on("worker", lambda worker: workers.append(urlsplit(worker.url).path))
    page.get_by_role("tab", name="Table").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Pinned").click()
    before = model(page)["items"]
    page.locator("summary", has_text="Arrange").click()
    page.get_by_role("button", name="By attraction").click()
    page.get_by_role("button", name="Undo: arrange").wait_for()
    after = model(page)["items"]
    assert [path.startswith("/assets/attraction.worker") for path in workers] == [True]
    assert {handle for handle, item in before.items() if after[handle] != item}
    assert [after[handle] for handle, item in before.items() if item["pinned"]] == [
        item for item in before.values() if item["pinned"]
    ]
    page.get_by_role("button", name="Undo: arrange").click()
    assert model(page)["items"] == before


def test_a_period_is_two_keys_and_the_network_is_seen_to_grow(desks: Desks) -> None:
    page = charts(desks, SHOWN)
    page.get_by_role("button", name="Replay how it grew").click()
    group = page.get_by_role("group", name="The network as it grew")
    group.get_by_role("slider").press("Home")
    few = int(group.locator("span").inner_text().split()[0])
    group.get_by_role("slider").press("End")
    expect(group.locator("span")).to_have_text(f"{len(model(page)['items'])} records")
    assert 0 < few < len(model(page)["items"])
    group.get_by_role("button", name="Show everything again").click()
    page.get_by_role("tab", name="Timeline").click()
    page.locator("svg.timeline .moment").first.wait_for()
    assert page.locator("svg.timeline .moment").count() > few
    page.get_by_role("slider", name="Until").focus()
    page.keyboard.press("Home")  # 1: the first day alone
    expect(page.get_by_text("Not drawn: 0 by type")).to_be_visible()
    page.get_by_role("button", name="Undo: period").click()
    expect(page.get_by_text("Not drawn: 0 by type")).not_to_be_visible()


def test_the_map_is_framed_by_its_places_and_shows_the_way_of_a_ship(desks: Desks) -> None:
    page = charts(desks, SHOWN)
    page.get_by_role("tab", name="Map").click()
    page.locator("svg.map path.land").wait_for(state="attached")
    assert page.locator("svg.map circle.point").count() > 0
    page.locator("[role=tabpanel] table button", has_text="Estrela Boreal").first.click()  # 1
    page.get_by_role("button", name="Route of the chosen").click()  # 2
    expect(page.locator("[role=tabpanel] p[role=status]").first).to_contain_text("as the crow flies")
    page.get_by_label("West").fill("-1")
    page.get_by_role("button", name="Dismiss what lies elsewhere").click()
    page.get_by_role("button", name="Undo: dismiss").wait_for()


def test_a_chart_of_another_person_of_the_browser_is_not_opened(desks: Desks) -> None:
    page = charts(desks, [BOX])
    other = somebody("fr.ofast", "matteo")["subject"]
    path = urlsplit(page.url).path
    page.goto(f"{desks.stage.desk('fr.ofast')}/auth/login?hint={other}&next={path}")
    drawn(page)
    page.get_by_text("Matteo").first.wait_for()
    page.wait_for_function("() => window.__entente_chart !== undefined")
    assert urlsplit(page.url).path == path
    assert model(page)["items"] == {}
