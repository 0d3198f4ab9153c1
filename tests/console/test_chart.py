"""The chart in a browser: built from a search, expanded after counting, undone, kept without content."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.console.browser import LOCALES, Desks, barriers, drawn, somebody
from tests.console.chart import CASE, charted, mandated, settled

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
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("application").focus()
    page.keyboard.press("Delete")
    page.keyboard.press("Control+z")
    assert len(model(page)["items"]) == 2


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


@pytest.mark.parametrize("language", sorted(LOCALES))
def test_no_side_of_the_chart_has_a_barrier(desks: Desks, language: str) -> None:
    page = charts(desks, [BOX, "fr.ofast/fr-ae-1", "fr.ofast/fr-tr-1", "fr.ofast/fr-sz-1"], language)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        for side in range(4):
            page.get_by_role("tab").nth(side).click()
            page.get_by_role("tabpanel").wait_for()
            assert barriers(page) == [], f"{language} {theme} {side}"


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
