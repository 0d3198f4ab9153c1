"""The liaison officers' journeys with the clicks that each may take: decide, grant, preview, revoke."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from gateway.cli.client import NodeClient
from gateway.demo.cast import Stage
from tests.console.browser import Desks, drawn
from tests.flow.commands import until

FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
BOX = "XQZU 418026-6"
CAR, VIN = "se-o84-12", "00ZDEM28253450398"
"""An everyday record of se.polisen: what is granted of it changes nothing that other journeys see."""

ANALYST, FIRST, SECOND = "fr-7c1e04", "ase", "torsten"
OFFICER = "se-83fe0c"
MANDATE = {
    "purpose": "OPERATIONAL_ANALYSIS",
    "legalBasis": "ER_20_2A",
    "offence": "DRUG_TRAFFICKING",
    "subjectCategory": "SUSPECT_OR_CONVICTED",
    "aim": "MORE_DATA_ON_KNOWN",
}


class Clicks:
    """A hand that counts."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, *targets: Locator) -> None:
        for each in targets:
            each.click()
            self.count += 1


def asked(stage: Stage, case: str, about: str = BOX, **mandate: str) -> Mapping[str, Any]:
    """What se.polisen answers an analyst of fr.ofast about something, for a case."""
    with NodeClient(stage.address(FR)) as client:
        client.sign_in(ANALYST)
        opened = client.run("open_mandate", {"mandate": MANDATE | {"case": case} | mandate})["id"]
        told = client.run("lookup", {"identifier": about, "mandate": opened, "nodes": [SE]})
    return {"queryId": told["queryId"], **told["nodes"][0], "claims": told["claims"]}


@pytest.fixture(scope="module")
def items(demo: Stage) -> Mapping[str, str]:
    """Three requests for more that wait at se.polisen: the item of each by its case."""
    cases = [f"FR-2026-11{number}" for number in (41, 42, 43)]
    for case in cases:
        told = asked(demo, case, VIN)
        wish = {
            "queryId": told["queryId"],
            "node": SE,
            "tier": "RECORD",
            "urgency": "URGENT",
            "reason": "LINK_TO_SEIZURE",
            "reference": told["contact"]["reference"],
            "question": {"identifier": VIN},
        }
        with NodeClient(demo.address(FR)) as client:
            client.sign_in(ANALYST)
            client.run("request_follow_up", {"followUp": wish})

    def arrived() -> Mapping[str, str] | None:
        with NodeClient(demo.address(SE)) as client:
            client.sign_in(OFFICER)
            waiting = {each["case"]: each["id"] for each in client.run("inbox", {"state": "OPEN"})}
        return waiting if set(cases) <= waiting.keys() else None

    return dict(zip(("whole", "part", "refused"), map(until(arrived).__getitem__, cases), strict=True))


def row(page: Page, item: str) -> Locator:
    """The item in the inbox."""
    return page.locator(f'a.item[href*="{item}"]')


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def test_a_request_is_opened_with_one_click_and_approved_with_two(
    desks: Desks, items: Mapping[str, str]
) -> None:
    for officer, said in (
        (FIRST, "Another officer must approve the same"),
        (SECOND, "Decided. The partner is told"),
    ):
        page, click = desks.signed_in(SE, officer), Clicks()
        click(row(page, items["whole"]))
        panel = page.locator("section.panel", has=page.locator("#item"))
        for each in (
            "Operational analysis",
            "Europol Regulation, Art. 20(2a)",
            VIN,
            "T3: whole record",
            "whole records are asked for",
        ):
            expect(panel).to_contain_text(each)
        click(button(page, "Approve in full"))
        expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
        assert click.count == 2


def test_a_part_is_given_with_three_clicks(desks: Desks, items: Mapping[str, str]) -> None:
    page, click = desks.signed_in(SE, FIRST), Clicks()
    click(row(page, items["part"]), button(page, "Approve in part…"), button(page, "Approve this part"))
    expect(page.get_by_text("Another officer must approve the same")).to_be_visible()
    assert click.count == 3
    page.reload()
    expect(page.get_by_text("Officers who have approved: 1 of 2")).to_be_visible()


def test_a_request_is_refused_with_a_reason_in_three_clicks(desks: Desks, items: Mapping[str, str]) -> None:
    page, click = desks.signed_in(SE, FIRST, "fr"), Clicks()
    click(row(page, items["refused"]), button(page, "Refuser…"))
    click(page.get_by_role("dialog").get_by_role("button", name="ONGOING_INVESTIGATION"))
    expect(page.get_by_text("Le motif est communiqué au partenaire")).to_be_visible()
    assert click.count == 3


def test_the_records_are_looked_at_only_when_an_officer_says_so(
    desks: Desks, items: Mapping[str, str]
) -> None:
    page = desks.signed_in(SE, SECOND)
    row(page, items["part"]).click()
    expect(page.locator("#item")).to_be_focused()
    expect(page.get_by_text(CAR)).to_have_count(0)
    button(page, "Show the records").press("Enter")
    expect(page.get_by_role("link", name=CAR)).to_be_visible()


def test_what_a_partner_may_see_is_two_clicks_away_and_what_ends_soon_one(desks: Desks) -> None:
    page, click = desks.signed_in(SE, FIRST), Clicks()
    click(page.get_by_role("link", name="Grants", exact=True))
    click(page.get_by_role("group", name="Seen by").get_by_role("button").nth(1))
    expect(page.get_by_role("table")).to_be_visible()
    assert click.count == 2
    page, click = desks.signed_in(SE, FIRST), Clicks()
    click(page.get_by_role("link", name="within 14 days"))
    expect(button(page, "Ends within 14 days")).to_have_attribute("aria-pressed", "true")
    assert click.count == 1


def test_from_a_template_to_a_grant_and_its_end(demo: Stage, desks: Desks) -> None:
    """Four clicks propose it, the second officer's one puts it in force, three end it at once."""
    case, joint = "FR-2026-1150", {"legalBasis": "JIT_2023_969"}
    page, click = desks.signed_in(SE, FIRST), Clicks()
    click(page.get_by_role("link", name="New grant", exact=True))
    click(button(page, "Use this template: Joint investigation team"))
    click(page.get_by_role("checkbox", name="(fr.ofast)"))
    page.get_by_label("Dataset").fill("cases")
    page.get_by_label("Only for and of these cases").fill(case)
    expect(page.locator("aside blockquote")).to_contain_text(f"only for and of the case {case}")
    click(button(page, "Propose"))
    expect(page.get_by_text("it waits for another officer")).to_be_visible()
    assert click.count == 4
    button(page, "Propose").wait_for(state="detached")

    other = desks.signed_in(SE, SECOND, "sv")
    proposal = other.locator("[data-proposal]", has_text=case)
    proposal.get_by_role("button", name="Godkänn", exact=True).click()
    expect(other.get_by_text("I kraft: partnern ser det vid nästa fråga.")).to_be_visible()
    assert asked(demo, case, **joint)["status"] == "NO_HIT"  # in force: refused it would be without

    page.goto(f"{desks.stage.desk(SE)}/grants?partner={FR}")
    page.get_by_role("row", name=case).get_by_role("link", name="Open").click()
    drawn(page)
    click = Clicks()
    click(button(page, "Revoke…"), page.get_by_label("The case is closed"), button(page, "Revoke now"))
    expect(page.get_by_text("The next question no longer finds it.")).to_be_visible()
    assert click.count == 3
    assert asked(demo, case, **joint)["status"] == "REFUSED"


def no_longer_fresh(stage: Stage, node: str) -> None:
    """Every proof of who is at the desk is an hour old, as the node keeps it."""
    with closing(sqlite3.connect(stage.path / node / "sharing.sqlite", timeout=10)) as database, database:
        for digest, document in database.execute("SELECT digest, document FROM sharing_session").fetchall():
            told = json.loads(document)
            told["at"] -= 3600
            database.execute(
                "UPDATE sharing_session SET document = ? WHERE digest = ?", (json.dumps(told), digest)
            )


def test_a_grant_takes_a_fresh_proof_and_what_was_written_stays(
    demo: Stage, desks: Desks, axe: Callable[[Page], Sequence[str]]
) -> None:
    case, page = "FR-2026-1151", desks.signed_in(SE, FIRST)
    page.get_by_role("link", name="New grant", exact=True).click()
    button(page, "Use this template: Joint investigation team").click()
    page.get_by_role("checkbox", name="(fr.ofast)").click()
    page.get_by_label("Dataset").fill("cases")
    page.get_by_label("Only for and of these cases").fill(case)
    expect(page.locator("aside blockquote")).to_contain_text(case)
    no_longer_fresh(demo, SE)
    button(page, "Propose").click()
    asked_for = page.get_by_role("dialog", name="Confirm that it is you")
    expect(asked_for).to_be_visible()
    assert axe(page) == []
    with page.context.expect_page() as opened:
        asked_for.get_by_role("link", name="Confirm in a new tab").click()
    expect(opened.value.get_by_role("button", name="Sign out")).to_be_visible()
    asked_for.get_by_role("button", name="I have confirmed").click()
    expect(asked_for).to_be_hidden()
    expect(page.get_by_label("Only for and of these cases")).to_have_value(case)
    button(page, "Propose").click()
    expect(page.get_by_text("it waits for another officer")).to_be_visible()
    button(page, "Propose").wait_for(state="detached")


def test_the_sentence_grows_in_five_steps_by_keyboard(desks: Desks) -> None:
    page = desks.signed_in(SE, FIRST, "sv", path="/new-grant")
    sentence = page.locator("aside")
    expect(sentence).to_contain_text("meningen växer med")
    page.get_by_role("checkbox", name="(eu.europol)").press("Space")
    button(page, "Nästa").press("Enter")
    expect(page.locator("#step")).to_be_focused()
    page.get_by_role("checkbox", name="Beslag", exact=True).press("Space")
    expect(sentence).to_contain_text("se.polisen visar eu.europol antalet träffar")
    button(page, "Nästa").press("Enter")
    page.get_by_label("Hur mycket visas").select_option("RECORD")
    page.get_by_label("Sök en egenskap").fill("notes")
    page.get_by_role("button", name="Anteckningar", exact=True).press("Enter")
    expect(sentence).to_contain_text("hela poster (T3)")
    expect(sentence).to_contain_text("utan")
    button(page, "Nästa").press("Enter")
    page.get_by_role("checkbox", name="Dubbelkontroll").press("Space")
    expect(sentence).to_contain_text("dubbelkontroll")
    expect(page.get_by_role("checkbox", name="Prüm II, art. 26")).to_be_visible()
    button(page, "Nästa").press("Enter")
    button(page, "Förhandsgranska").press("Enter")
    expect(page.get_by_role("heading", name="Från i dag till då")).to_be_visible()


def test_a_preview_stands_beside_ours_with_what_is_masked_hatched(
    desks: Desks, axe: Callable[[Page], Sequence[str]]
) -> None:
    page, click = desks.signed_in(EU, "mairead", path="/grants"), Clicks()
    click(page.get_by_role("row", name="without").first.get_by_role("link", name="See as the partner"))
    drawn(page)
    assert click.count == 1
    page.get_by_label("One question").fill(BOX)
    button(page, "Preview").click()
    masked = page.locator("td.hatched").first
    expect(masked).to_contain_text("this property is withheld")
    divider = page.get_by_role("slider")
    divider.press("ArrowRight")
    expect(divider).to_have_value("55")
    assert axe(page) == []


def test_a_record_tells_who_could_see_it(desks: Desks) -> None:
    page = desks.signed_in(SE, FIRST, path="/explain?record=se-ct-1")
    button(page, "Explain").click()
    expect(page.get_by_role("row", name="se-to-fr@1")).to_contain_text("✓ Yes")


def test_a_recall_says_first_whom_it_would_reach(desks: Desks) -> None:
    page = desks.signed_in(SE, FIRST, path="/exchange")
    page.get_by_label("Record ids").fill("se-never-given")
    button(page, "Show whom it would reach").click()
    expect(page.get_by_text("None of them went to anybody")).to_be_visible()
    expect(button(page, "Take them back")).to_have_count(0)


def test_several_grants_are_seen_before_they_end(desks: Desks) -> None:
    page = desks.signed_in(SE, FIRST, path="/grants")
    button(page, "Revoke several…").click()
    page.get_by_role("dialog").get_by_label("Partner").select_option(EU)
    button(page, "Show what would end").click()
    expect(page.get_by_role("dialog").locator("blockquote").first).to_contain_text("eu.europol")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_use_is_narrowed_to_a_partner_with_one_click(desks: Desks, items: Mapping[str, str]) -> None:
    assert items, "France has asked"
    page, click = desks.signed_in(SE, FIRST, path="/use"), Clicks()
    click(page.get_by_role("group", name="Partner").get_by_role("button", name="OFAST"))
    expect(page.locator("main")).to_contain_text("Records shown")
    assert click.count == 1
