"""Who runs a node: partners and keys, loads, persons without a category, rules on trial; no content."""

from playwright.sync_api import expect

from tests.components import ROOT
from tests.console.browser import Desks, drawn
from tests.console.test_liaison import Clicks, button

EU = "eu.europol"
WHY = "Why you look"


def test_partners_stand_with_keys_that_can_be_read_aloud(desks: Desks) -> None:
    page, click = desks.signed_in(EU, "marko"), Clicks()
    click(page.get_by_role("link", name="Partners and keys").first)
    french = page.locator("[data-partner='fr.ofast']")
    click(french.locator("summary"))
    expect(french.get_by_role("row", name="signs the log")).to_contain_text("fr.ofast/log:")
    expect(page.get_by_role("table", name="Keys of this node")).to_contain_text("eu.europol/message:")
    assert click.count == 2


def test_a_load_tells_what_it_turned_away_for_a_reason(desks: Desks) -> None:
    page = desks.signed_in(EU, "marko", path="/loads")
    page.get_by_role("link", name="Load 1:").click()
    expect(button(page, "Show the rows")).to_be_disabled()
    page.get_by_label(WHY).fill("YEARLY_REVIEW")
    button(page, "Show the rows").click()
    expect(page.get_by_text("Nothing was turned away.")).to_be_visible()


def test_a_person_is_given_the_category_that_was_decided(desks: Desks) -> None:
    page, click = desks.signed_in(EU, "marko", path="/quarantine"), Clicks()
    page.get_by_label(WHY).fill("EU-2026-0099")
    click(button(page, "Show the list"))
    one = page.get_by_role("row", name="eu-o88-4")
    expect(one).to_contain_text("cases.jsonl, line")
    click(one.get_by_role("button", name="Give a category…"))
    dialog = page.get_by_role("dialog")
    give = dialog.get_by_role("button", name="Give this category")
    expect(give).to_be_disabled()
    dialog.get_by_label("Category").select_option("WITNESS")
    click(give)
    expect(page.get_by_text("eu-o88-4 is now: Witness.")).to_be_visible()
    expect(page.get_by_role("row", name="eu-o88-4")).to_have_count(0)
    assert click.count == 3


def test_changed_rules_are_tried_with_a_pause_and_their_outcome_stays_in_sight(desks: Desks) -> None:
    page = desks.signed_in(EU, "marko", path="/simulation")
    expect(button(page, "Try them")).to_be_disabled()
    folder = ROOT / "policy/rego"
    page.get_by_label("Files of the rules").set_input_files([folder / "data.json"])
    button(page, "Try them").click()
    expect(page.get_by_role("alert")).to_be_visible()
    rules = [each for each in sorted(folder.rglob("*.rego")) if not each.name.endswith("_test.rego")]
    page.get_by_label("Files of the rules").set_input_files([*rules, folder / "data.json"])
    button(page, "Try them").click()
    button(page, "Pause").click()
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()
    expect(button(page, "Try them")).to_be_disabled()
    button(page, "Go on").click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("0 test cases are decided otherwise")).to_be_visible()
    page.goto(f"{desks.stage.desk(EU)}/simulation")
    drawn(page)
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
