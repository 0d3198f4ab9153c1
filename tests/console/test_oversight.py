"""Oversight looks into the log: nothing without a reason, and every look is in the log itself."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.console.screens import asked_for_the_box

SignedIn = Callable[..., Page]
WHY = "Why you look"
CASE = "FR-2026-0731"


def test_nothing_is_shown_without_a_reason(signed_in: SignedIn) -> None:
    page = signed_in("fr.ofast", "solange", path="/audit")
    search = page.get_by_role("button", name="Search", exact=True)
    expect(search).to_be_disabled()
    page.get_by_label(WHY).fill("n/a")
    search.click()
    expect(page.get_by_role("alert")).to_contain_text("VARIABLES_REJECTED")


def test_an_exchange_is_found_read_and_the_look_is_logged(signed_in: SignedIn) -> None:
    analyst = signed_in("fr.ofast", "helene", path="/search?q=XQZU%20418026-6")
    analyst.get_by_role("button", name="Open a mandate").click()
    analyst.get_by_label("Case reference").fill(CASE)
    analyst.get_by_role("dialog").get_by_role("button", name="Open a mandate").click()
    expect(analyst.locator(".mandate-bar strong + bdi")).to_have_text(CASE)
    asked_for_the_box(analyst)
    page = signed_in("fr.ofast", "solange", path="/audit")
    page.get_by_label(WHY).fill("COMPLAINT")
    page.get_by_label("Case", exact=True).fill(CASE)
    page.get_by_role("button", name="Last month").click()  # 1
    page.get_by_role("link", name="The question was logged before it left").click()  # 2
    page.get_by_role("button", name="Show it").click()  # 3
    expect(page.get_by_role("heading", level=2).first).to_contain_text("asked")
    expect(page.get_by_role("table", name="How it ended")).to_contain_text("received from se.polisen")
    expect(page.get_by_text("XQZU")).to_have_count(0)  # the log has digests, not what was asked for
    page.get_by_role("link", name="Search the log").click()
    page.get_by_label("Unit", exact=True).fill("fr-oversight")
    page.get_by_role("button", name="Last week").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Somebody looked into the log")


def test_the_log_is_verified_in_two_clicks(signed_in: SignedIn) -> None:
    page = signed_in("fr.ofast", "solange")
    page.get_by_role("link", name="Integrity", exact=True).click()  # 1
    verify = page.get_by_role("button", name="Verify now")
    expect(verify).to_be_visible()  # the screen before asks why as well, and stands until this one is there
    page.get_by_label(WHY).fill("YEARLY_REVIEW")
    verify.click()  # 2
    expect(page.get_by_text("The log holds: every entry is as it was signed.")).to_be_visible()
    page.get_by_role("button", name="Compare with se.polisen").click()
    expect(page.get_by_text("Both logs agree on every exchange from").first).to_be_visible()


def test_the_sample_of_the_week_takes_one_click(signed_in: SignedIn) -> None:
    page = signed_in("fr.ofast", "solange")
    page.get_by_label(WHY).fill("YEARLY_REVIEW")
    page.get_by_role("button", name="Draw the sample").click()
    expect(page.get_by_text("seed")).to_be_visible()


def test_no_analyst_comes_in_here(signed_in: SignedIn) -> None:
    page = signed_in("fr.ofast", "helene", path="/audit")
    expect(page.get_by_role("heading")).to_contain_text("Your role does not open this page")
