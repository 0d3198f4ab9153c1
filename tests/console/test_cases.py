"""What analysts share: one case of two nodes, alerts, proofs, a report; the clicks are counted."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as Late

from tests.console.browser import Desks, drawn
from tests.console.test_exchange import closed
from tests.flow.test_standing import person

Axe = Callable[[Page], Sequence[str]]
FR, SE = "fr.ofast", "se.polisen"
HELENE, LINNEA, MATTEO = (FR, "helene"), (SE, "linnea"), (FR, "matteo")
BOX, DECOY, CLONE = "fr.ofast/fr-ct-1", "fr.ofast/fr-d-1", "se.polisen/se-ct-1"
PHONE = "+33 6 39 98 41 87"
HEIR, EUROPOL = "fr.ofast/fr-p-3", "eu.europol/eu-p-1"


@dataclass(slots=True)
class Clicks:
    """Clicks and keys that are counted."""

    many: int = 0

    def __call__(self, what: Locator) -> None:
        what.click()
        self.many += 1


def under_mandate(page: Page, case: str) -> None:
    """Open a mandate for a case where its bar is in sight."""
    page.get_by_role("button", name="Open a mandate").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Case reference").fill(case)
    dialog.get_by_role("button", name="Open a mandate").click()
    expect(dialog).to_be_hidden()


def with_case(desks: Desks, case: str, title: str, members: str = "") -> Page:
    """A page of Hélène's at a shared case that she has just opened."""
    page = desks.signed_in(*HELENE, path="/cases")
    under_mandate(page, case)
    page.get_by_role("button", name="Open a shared case").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill(title)
    dialog.get_by_label("Colleagues").fill(members)
    dialog.get_by_role("button", name="Open a shared case").click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    return page


def place(page: Page, *handles: str) -> None:
    page.get_by_text("Place records", exact=True).first.click()
    page.get_by_label("References of records").fill("\n".join(handles))
    page.get_by_role("button", name="Place records").click()
    for each in handles:
        expect(page.locator(f'[data-handle="{each}"]')).to_be_visible()


def write(page: Page, text: str) -> None:
    page.get_by_role("button", name="Write", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Text").fill(text)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()


def rewrite(page: Page, old: str, new: str) -> None:
    page.locator("article", has_text=old).get_by_role("button", name="New version").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Text").fill(new)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()


def until_there(page: Page, what: Callable[[], Locator]) -> Locator:
    """Read the page anew until it is there: letters between nodes take seconds."""
    for _ in range(40):
        try:
            what().first.wait_for(state="attached", timeout=1000)
        except Late:
            page.reload()
            drawn(page)
        else:
            break
    return what().first


def test_two_members_of_two_nodes_write_at_once_and_join_what_they_wrote(desks: Desks, axe: Axe) -> None:
    case, title = "FR-2026-7001", "The quay and the warehouse"
    linnea = desks.signed_in(*LINNEA, path="/cases")
    helene = with_case(desks, case, title, linnea.locator("code.pseudonym").inner_text())
    write(helene, "Seen twice")
    under_mandate(linnea, case)
    until_there(linnea, lambda: linnea.get_by_role("link", name=title)).click()
    until_there(linnea, lambda: linnea.locator("article", has_text="Seen twice"))
    place(linnea, BOX, CLONE)
    expect(linnea.locator("[data-sight=NOT_ASKED]")).to_have_count(2)
    rewrite(helene, "Seen twice", "Seen twice, at night")
    rewrite(linnea, "Seen twice", "Seen twice, by the crane")
    until_there(helene, lambda: helene.locator(".conflict"))
    expect(helene.locator(".conflict article")).to_have_count(2)
    clicks = Clicks()
    clicks(helene.get_by_role("button", name="Ask the nodes for the records"))
    expect(helene.locator(f'[data-handle="{BOX}"][data-sight=SHOWN]')).to_contain_text("XQZU 418026-6")
    stub = helene.locator(f'[data-handle="{CLONE}"][data-sight=STUB]')
    expect(stub).to_contain_text("Withheld")
    expect(stub).not_to_contain_text("XQZU")
    assert axe(helene) == []
    assert clicks.many == 1
    clicks(helene.get_by_role("button", name="Join them into one"))
    text = helene.get_by_role("dialog").get_by_role("textbox", name="Text")
    assert sorted(text.input_value().split("\n\n")) == ["Seen twice, at night", "Seen twice, by the crane"]
    text.fill("Seen twice, at night, by the crane")
    clicks(helene.get_by_role("dialog").get_by_role("button", name="Save"))
    expect(helene.locator(".conflict")).to_have_count(0)
    expect(helene.locator("article")).to_have_count(1)
    assert clicks.many == 3


def test_what_is_said_to_be_the_same_is_decided_by_each_node(desks: Desks) -> None:
    case, title = "FR-2026-7002", "One digit differs"
    linnea = desks.signed_in(*LINNEA, path="/cases")
    helene = with_case(desks, case, title, linnea.locator("code.pseudonym").inner_text())
    under_mandate(linnea, case)
    until_there(linnea, lambda: linnea.get_by_role("link", name=title)).click()
    place(linnea, BOX, DECOY)
    linnea.get_by_text("Say it of two records").click()
    linnea.get_by_role("checkbox", name="Identifier").check()
    linnea.get_by_role("button", name="Not the same").click()
    expect(linnea.locator("[data-assertion]")).to_contain_text("It counts at your node")
    said = until_there(helene, lambda: helene.locator("[data-assertion]"))
    expect(said).to_contain_text("It does not count at your node")
    expect(said).to_contain_text("Accepted by se.polisen")
    said.get_by_role("button", name="Accept").click()
    expect(said).to_contain_text("It counts at your node")
    said.get_by_role("button", name="Reject").click()
    expect(said).to_contain_text("Rejected by fr.ofast")


def test_who_may_this_be_is_answered_with_evidence_and_said_in_a_case(desks: Desks, axe: Axe) -> None:
    page = with_case(desks, "FR-2026-7006", "Who is Voroshnin")
    page.goto(f"{desks.stage.desk(FR)}/resembling/{HEIR.replace('/', '%2F')}")
    drawn(page)
    page.get_by_role("button", name="Ask every node").click()
    cards = page.locator("li[data-node]")
    expect(cards.filter(has_text="eu.europol")).to_contain_text("Questions done")
    proposal = page.locator(f'[data-proposal="{EUROPOL}"]')
    expect(proposal).to_contain_text("the names agree", timeout=90_000)
    assert page.locator("li[data-status=DONE]").count() == cards.count() >= 3
    expect(proposal).to_contain_text("uncalibrated")
    expect(proposal.get_by_role("heading", name="What could tell otherwise")).to_be_visible()
    assert axe(page) == []
    clicks = Clicks()
    clicks(proposal.get_by_role("button", name="The same", exact=True))
    clicks(page.get_by_role("link", name="Said in the shared case"))
    said = page.locator("[data-assertion]")
    expect(said).to_contain_text("the names agree")
    assert clicks.many == 2
    clicks(said.get_by_role("button", name="Withdraw"))
    expect(said).to_have_count(0)


def test_a_report_takes_three_clicks_and_its_language_is_its_readers(desks: Desks, axe: Axe) -> None:
    page = with_case(desks, "FR-2026-7003", "Handover")
    place(page, BOX, EUROPOL)
    write(page, "Ask the port")
    page.evaluate("() => { window.print = () => { document.body.dataset.printed = 'yes' } }")
    clicks = Clicks()
    clicks(page.get_by_role("link", name="Report", exact=True))
    clicks(page.get_by_role("button", name="Make the report"))
    sheet = page.locator("article.report")
    expect(sheet).to_contain_text("2 of 2 nodes answered")
    clicks(page.get_by_role("button", name="Print or save as PDF"))
    expect(page.locator("body")).to_have_attribute("data-printed", "yes")
    assert clicks.many == 3
    for told in ("DEMONSTRATION", "FR-2026-7003", "eu-to-fr@", "Ask the port", "UTC", "Nothing was left out"):
        expect(sheet).to_contain_text(told)
    expect(sheet.locator("canvas")).to_have_count(0)
    picture = sheet.get_by_role("img", name="Picture of 2 records")
    expect(picture).to_be_visible()
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
    assert axe(page) == []
    page.emulate_media(media="print")
    head = "(one) => [getComputedStyle(one).display, getComputedStyle(one).breakInside]"
    running = sheet.locator(".report-running")
    assert running.evaluate(head) == ["table-header-group", "avoid"], "else only the first page has it"
    expect(running).to_contain_text("FR-2026-7003")
    page.emulate_media(media="screen")
    page.get_by_label("Language of the report").select_option("sv")
    expect(sheet).to_contain_text("2 av 2 noder svarade")
    assert page.locator("html").get_attribute("lang") == "en"
    with page.expect_download() as told_table:
        page.get_by_role("button", name="Save as a table").click()
    assert b'"VALUE"' in Path(told_table.value.path()).read_bytes()


def test_a_document_is_chosen_seen_and_saved_in_five_clicks(desks: Desks, axe: Axe) -> None:
    page = with_case(desks, "FR-2026-7011", "April")
    place(page, "fr.ofast/fr-sz-1", "fr.ofast/fr-na-1", "se.polisen/se-na-1", "fr.ofast/fr-na-2")
    clicks = Clicks()
    clicks(page.get_by_role("link", name="Report", exact=True))
    panel = page.get_by_role("region", name="Case report, monthly note, hand-over")
    clicks(panel.get_by_role("radio", name="Monthly note"))
    panel.get_by_label("Month", exact=True).fill("2026-04")
    clicks(panel.get_by_role("checkbox", name="DOCX"))
    clicks(panel.get_by_role("button", name="Make the document"))
    figures = panel.get_by_role("table", name="Figures")
    expect(figures.get_by_role("row", name="Drugs: cocaine").first).to_contain_text("612\N{NO-BREAK SPACE}kg")
    arrests = figures.get_by_role("row", name="Arrests")
    expect(arrests.nth(0)).to_contain_text("3\N{NO-BREAK SPACE}persons")
    expect(arrests.nth(2)).to_contain_text("5\N{NO-BREAK SPACE}persons")
    expect(arrests.nth(2)).to_contain_text("joint")
    expect(arrests.nth(2)).to_contain_text("2 of 2 nodes answered. 4 of 4 records could be used.")
    expect(panel.locator("li.card[data-status=ANSWERED]")).to_have_count(2)
    expect(panel).to_contain_text("of another period")
    expect(panel).to_contain_text("Made and logged as export x-")
    with page.expect_download() as paper:
        clicks(panel.get_by_role("button", name="Download PDF"))
    assert Path(paper.value.path()).read_bytes().startswith(b"%PDF-")
    assert clicks.many == 5
    with page.expect_download() as text:
        panel.get_by_role("button", name="Download DOCX").click()
    assert zipfile.is_zipfile(text.value.path())
    assert axe(page) == []


def test_a_hand_over_is_in_the_other_language_and_a_refusal_has_its_reason(desks: Desks) -> None:
    page = with_case(desks, "FR-2026-7012", "For Göteborg")
    place(page, EUROPOL, BOX)
    page.get_by_role("link", name="Report", exact=True).click()
    panel = page.get_by_role("region", name="Case report, monthly note, hand-over")
    panel.get_by_role("radio", name="Hand-over").check()
    panel.get_by_label("Language of the document").select_option("sv")
    panel.get_by_label("Who gets the document").fill("se.polisen")
    panel.get_by_role("checkbox", name="HTML").check()
    panel.get_by_role("checkbox", name="PDF").uncheck()
    panel.get_by_role("button", name="Make the document").click()
    expect(panel).to_contain_text("What it contains, in Svenska")
    expect(panel).to_contain_text("2 av 2 noder svarade. 0 av 2 poster kunde användas.")
    expect(panel).to_contain_text("the service that it comes from has not consented")
    with page.expect_download() as told:
        panel.get_by_role("button", name="Download HTML").click()
    paper = Path(told.value.path()).read_text(encoding="utf-8")
    assert "Överlämnande till andra" in paper
    assert "ONWARD" not in paper
    panel.get_by_label("Who gets the document").fill("not a recipient!")
    panel.get_by_role("button", name="Make the document").click()
    expect(panel.get_by_role("alert")).to_contain_text("VARIABLES_REJECTED")


def test_what_a_handling_code_forbids_is_named_and_its_consent_asked_for(desks: Desks, axe: Axe) -> None:
    page = with_case(desks, "FR-2026-7004", "For the customs")
    place(page, EUROPOL)
    page.get_by_role("link", name="Report", exact=True).click()
    page.get_by_label("What it is for").select_option("ONWARD")
    page.get_by_label("Units, services or courts").fill("fr.customs")
    page.get_by_role("button", name="Make the report").click()
    sheet = page.locator("article.report")
    expect(sheet).to_contain_text("the service that it comes from has not consented")
    clicks = Clicks()
    clicks(page.get_by_role("button", name="Ask the owners for their consent"))
    assert axe(page) == []
    clicks(page.get_by_role("button", name="Send the request"))
    expect(page.get_by_text("1 request was sent")).to_be_visible()
    assert clicks.many == 2


def test_tell_me_renew_and_stop_take_two_clicks_each(desks: Desks, axe: Axe) -> None:
    page = desks.signed_in(*MATTEO, path="/search?q=XQZU%20418027-1")
    under_mandate(page, "FR-2026-7005")
    page.get_by_role("button", name="Ask", exact=True).click()
    clicks = Clicks()
    clicks(page.get_by_role("button", name="Tell me"))
    clicks(page.get_by_role("button", name="Watch it"))
    expect(page.get_by_text("Watched until")).to_be_visible()
    assert clicks.many == 2
    page.goto(f"{desks.stage.desk(FR)}/standing")
    drawn(page)
    row = page.get_by_role("row", name="XQZU4180271")
    expect(row).to_contain_text("FR-2026-7005")
    assert axe(page) == []
    renewing = Clicks()
    renewing(row.get_by_role("button", name="Renew"))
    renewing(page.get_by_role("dialog").get_by_role("button", name="Renew"))
    expect(page.get_by_role("dialog")).to_contain_text("Renewed")
    assert renewing.many == 2
    page.keyboard.press("Escape")
    stopping = Clicks()
    stopping(row.get_by_role("button", name="Stop watching"))
    stopping(page.get_by_role("dialog").get_by_role("button", name="Stop watching"))
    expect(page.get_by_role("dialog")).to_contain_text("No longer watched")
    assert stopping.many == 2


def test_an_alert_takes_one_click_to_its_cause_and_two_to_reject(
    desks: Desks, axe: Axe, tmp_path: Path
) -> None:
    page = desks.signed_in(*LINNEA, path=f"/search?q={PHONE.replace('+', '%2B').replace(' ', '%20')}")
    under_mandate(page, "FR-2026-7007")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_role("button", name="Tell me").click()
    page.get_by_role("button", name="Watch it").click()
    expect(page.get_by_text("Watched until")).to_be_visible()
    page.goto(f"{desks.stage.desk(SE)}/standing")
    drawn(page)
    until_there(page, lambda: page.get_by_role("row", name="FR-2026-7007").get_by_text("FR watches"))
    source = tmp_path / "arriving.jsonl"
    source.write_text(json.dumps(person("fr-p-7007", PHONE)) + "\n", encoding="utf-8")
    load = (sys.executable, "-m", "gateway.cli", "load", str(desks.stage.homes[FR].path), str(source))
    subprocess.run(
        load, check=True, capture_output=True
    )  # in a process: the browser's driver has a loop here
    news = page.get_by_role("navigation").get_by_role("status")
    expect(news).to_contain_text("1 new alert", timeout=60_000)
    page.get_by_role("link", name="Home").click()
    clicks = Clicks()
    clicks(page.locator("main").get_by_role("link", name="fr.ofast"))
    alert = page.locator("[data-alert]").first
    for told in (
        "The standing question behind it",
        "What would disprove it",
        "uncalibrated",
        "fr.ofast/fr-p-7007",
    ):
        expect(alert).to_contain_text(told)
    assert clicks.many == 1
    expect(news).to_be_empty()
    expect(alert).to_contain_text("telephone number")
    assert axe(page) == []
    clicks(alert.get_by_role("button", name="Reject"))
    clicks(alert.get_by_role("button", name="Another person or thing"))
    expect(alert).to_contain_text("The alert was rejected")
    assert clicks.many == 3
    clicks(alert.get_by_role("button", name="Mute its question here"))
    expect(alert).to_contain_text("listed, but not counted")
    assert clicks.many == 4
    clicks(alert.get_by_role("button", name="Renew"))
    clicks(page.get_by_role("dialog").get_by_role("button", name="Renew"))
    expect(page.get_by_role("dialog")).to_contain_text("Renewed")
    page.keyboard.press("Escape")
    assert clicks.many == 6
    clicks(alert.get_by_role("button", name="Make a shared case of it"))
    clicks(page.get_by_role("dialog").get_by_role("button", name="Open a shared case"))
    expect(page.locator('[data-handle="fr.ofast/fr-p-7007"]')).to_be_visible()
    assert clicks.many == 8
    officer = desks.signed_in(FR, "aurelie", path="/?kind=ALERT_GIVEN")
    assert closed(officer, officer.locator("a.item").first, "CONTACTED") == 2, "whose record it was is told"


def test_proofs_are_one_click_from_a_result_and_a_refusal_says_why(desks: Desks, axe: Axe) -> None:
    page = desks.signed_in(*MATTEO, path="/search?q=XQZU%20418026-6")
    page.get_by_role("button", name="Open a mandate").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Case reference").fill("FR-2026-7008")
    dialog.get_by_label("Purpose").select_option("STRATEGIC_ANALYSIS")
    dialog.get_by_role("button", name="Open a mandate").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Ask", exact=True).click()
    clicks = Clicks()
    clicks(page.get_by_role("link", name="Proofs and reasons"))
    expect(page.get_by_role("table", name="Proofs in the logs")).to_contain_text("logged before it left")
    assert clicks.many == 1
    clicks(page.get_by_role("button", name="Why was it decided so?"))
    refused = page.locator("[data-node=se\\.polisen]")
    expect(refused).to_contain_text("it is not shared for this purpose or on this legal basis")
    assert axe(page) == []
    assert clicks.many == 2


def test_a_kept_record_is_asked_for_anew_when_it_is_viewed(desks: Desks, axe: Axe) -> None:
    page = desks.signed_in(*HELENE, path="/record/eu.europol%2Feu-p-1")
    under_mandate(page, "FR-2026-7009")
    page.get_by_role("button", name="Ask its node").click()
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("Kept for case FR-2026-7009")).to_be_visible()
    page.get_by_role("link", name="Kept records").click()
    clicks = Clicks()
    clicks(page.get_by_role("button", name="View: eu.europol/eu-p-1"))
    expect(page.get_by_role("heading", name="Properties")).to_be_visible()
    assert clicks.many == 1
    assert axe(page) == []


def test_a_shared_case_is_opened_and_written_in_by_keys_alone(desks: Desks) -> None:
    page = desks.signed_in(*MATTEO, path="/cases")
    under_mandate(page, "FR-2026-7010")
    page.get_by_role("button", name="Open a shared case").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.locator("[role=dialog] :focus")).to_have_count(1)
    page.get_by_role("dialog").get_by_label("Title").focus()
    page.keyboard.type("By keys")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="By keys")).to_be_visible()
    page.get_by_role("button", name="Write", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("textbox", name="Text").focus()
    page.keyboard.type("Seen")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Write", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    draft = page.get_by_role("dialog")
    expect(draft.get_by_role("textbox", name="Text")).to_have_value("Seen")
    expect(draft).to_contain_text("Here is what you wrote before")
    page.keyboard.press("Escape")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement.textContent"))
    assert {
        "Ask the nodes for the records",
        "Report",
        "Place records",
        "Show that day",
        "Close the case",
    } <= reached
