"""Ways to a chart with records on it, for journeys and pictures; they work in every language."""

import json
from collections.abc import Callable, Sequence

from playwright.sync_api import Page

CASE = "FR-2026-0418"
SHOWN = (
    "fr.ofast/fr-ct-1",
    "fr.ofast/fr-sz-1",
    "fr.ofast/fr-vs-1",
    "fr.ofast/fr-ae-1",
    "fr.ofast/fr-tr-1",
    "fr.ofast/fr-p-1",
    "fr.ofast/fr-ph-1",
    "fr.ofast/fr-ph-2",
    *(f"fr.ofast/fr-ul-{number}" for number in (1, 2, 5, 6, 7, 8)),
)
"""A part of the demo's case that has links, dates and places."""


def mandated(page: Page) -> None:
    """Open a mandate for the demo's case on a page that has the bar."""
    bar = page.locator(".mandate-bar")
    bar.get_by_role("button").last.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").first.fill(CASE)
    dialog.locator("button[type=submit]").click()
    dialog.wait_for(state="detached")
    bar.get_by_text(CASE).first.wait_for()


def charted(page: Page, handles: Sequence[str] = SHOWN) -> None:
    """From any page to a new chart with these records, as “Add to the chart” puts them there."""
    page.evaluate(
        "(told) => sessionStorage.setItem('entente.chart.waiting', told)", json.dumps(list(handles))
    )
    page.goto(page.evaluate("() => `${location.origin}/chart`"))
    settled(page)


def settled(page: Page) -> None:
    """Wait for records on the chart, the end of their layout, and the whole of their drawing."""
    page.wait_for_function(
        "() => Object.keys(window.__entente_chart?.items ?? {}).length && !window.__entente_chart.arranging"
        " && !document.querySelector('.chart-canvas[aria-busy]')"
    )


def pictured(page: Page) -> None:
    """A chart with a part of the case, laid out and fitted."""
    mandated(page)
    charted(page)
    page.locator("[role=application]").press("f")
    page.wait_for_timeout(300)


def at_side(place: int) -> Callable[[Page], None]:
    """The same, seen from another of its four sides."""

    def steps(page: Page) -> None:
        pictured(page)
        page.get_by_role("tab").nth(place).click()
        page.get_by_role("tabpanel").wait_for()
        page.locator("[role=tabpanel] table").first.wait_for()

    return steps
