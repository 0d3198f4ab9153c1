"""What officers decide beside grants: consents, emergencies, recalls; a revocation seen live elsewhere."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from gateway.cli.client import NodeClient
from gateway.demo.cast import Stage
from tests.console.browser import Desks, drawn
from tests.console.chart import charted
from tests.console.test_liaison import ANALYST, FIRST, FR, MANDATE, OFFICER, SE, SECOND, Clicks, button
from tests.flow.commands import until

EU = "eu.europol"
OTHER_OFFICER, WATCHER, OTHER_ANALYST = "se-2c65a9", "se-19ab52", "eu-4e92a1"
TERMS: dict[str, Any] = {
    "recipients": [FR],
    "dataset": "cases",
    "schemata": ["*"],
    "tier": "RECORD",
    "categories": ["SUSPECT_OR_CONVICTED", "NOT_A_PERSON"],
    "roles": ["ANALYST"],
    "days": 30,
}
LIFE = {"purpose": "THREAT_TO_LIFE", "legalBasis": "ER_22_2"}
WORK = {"purpose": "OPERATIONAL_ANALYSIS", "legalBasis": "ER_20_2A"}
RECALLED, SHOWN, ENDANGERED = "se-o80-12", "se-o82-12", "se-o86-12"
"""Everyday records of se.polisen, one for each journey."""


def run(stage: Stage, node: str, subject: str, document: str, variables: Mapping[str, Any]) -> Any:
    """What a person's desk answers."""
    with NodeClient(stage.address(node)) as client:
        client.sign_in(subject)
        return client.run(document, dict(variables))


def granted(stage: Stage, record: str, purpose: dict[str, str]) -> str:
    """A Swedish grant over one record, by two officers: its id."""
    terms = TERMS | {
        "recordIds": [record],
        "purposes": [purpose["purpose"]],
        "legalBases": [purpose["legalBasis"]],
    }
    proposed = run(stage, SE, OFFICER, "propose_grant", {"grant": terms})
    seen = {"id": proposed["proposal"], "digest": proposed["digest"]}
    return str(run(stage, SE, OTHER_OFFICER, "approve_grant", seen)["id"])


def viewed(stage: Stage, record: str, case: str, purpose: dict[str, Any] = WORK) -> Any:
    """What a French analyst is shown of a Swedish record, under a mandate for a case."""
    wanted = {"mandate": MANDATE | {"case": case} | purpose}
    mandate = run(stage, FR, ANALYST, "open_mandate", wanted)["id"]
    return run(stage, FR, ANALYST, "entity", {"handle": f"{SE}/{record}", "mandate": mandate})


def arrived(stage: Stage, node: str, officer: str, kind: str, **about: str) -> str:
    """The id of an open item of a kind, once it is there."""

    def looked() -> str | None:
        items = run(stage, node, officer, "inbox", {"state": "OPEN", "kind": kind})
        return next((each["id"] for each in items if about.items() <= each.items()), None)

    return str(until(looked))


def opened(page: Page, item: str) -> Locator:
    """The item in the inbox; some ids name a node first."""
    return page.locator(f'a.item[href*="{quote(item, safe="")}"]')


@pytest.mark.parametrize("gives", [True, False])
def test_a_consent_is_given_by_two_or_refused_by_one(demo: Stage, desks: Desks, gives: bool) -> None:
    case = "FR-2026-1201" if gives else "FR-2026-1202"
    mandate = run(demo, FR, ANALYST, "open_mandate", {"mandate": MANDATE | {"case": case}})["id"]
    wanted = {"handles": [f"{SE}/se-p-4"], "use": "JUDICIAL", "mandate": mandate, "reason": "MAIN_HEARING"}
    run(demo, FR, ANALYST, "request_consent", {"wanted": wanted})
    item = arrived(demo, SE, OFFICER, "CONSENT", case=case)
    page, click = desks.signed_in(SE, FIRST), Clicks()
    click(opened(page, item))
    expect(page.get_by_text("se-p-4").first).to_be_visible()
    if not gives:
        click(button(page, "Refuse…"))
        click(page.get_by_role("dialog").get_by_role("button", name="JUDICIAL_AUTHORISATION_NEEDED"))
        expect(page.get_by_text("Refused. The partner is told the reason.")).to_be_visible()
        assert click.count == 3
        return
    click(button(page, "Give the consent"))
    expect(page.get_by_text("Another officer must approve the same")).to_be_visible()
    assert click.count == 2
    page.reload()
    expect(page.get_by_text("Nobody approves twice")).to_be_visible()
    expect(button(page, "Give the consent")).to_have_count(0)
    other = desks.signed_in(SE, SECOND, path=f"/?item={quote(item, safe='')}")
    button(other, "Give the consent").click()
    expect(other.get_by_text("The consent is given")).to_be_visible()
    until(lambda: any(each["state"] == "IN_FORCE" for each in run(demo, FR, ANALYST, "consents", {})))


def test_an_emergency_is_reviewed_by_somebody_else(demo: Stage, desks: Desks) -> None:
    granted(demo, ENDANGERED, LIFE)
    threat = LIFE | {"emergency": {"threat": "KIDNAPPING", "text": "a child in the box"}}
    told = viewed(demo, ENDANGERED, "FR-2026-1211", threat)
    assert told["nodes"][0]["status"] == "ANSWERED"
    item = arrived(demo, SE, OFFICER, "BREAK_GLASS", queryId=told["queryId"])
    page, click = desks.signed_in(SE, FIRST), Clicks()
    click(opened(page, item))
    expect(page.locator("section.panel").get_by_text("Threat to life").first).to_be_visible()
    page.get_by_label("What you found").fill("child found")
    click(button(page, "It was an emergency"))
    expect(page.get_by_text("The review is logged.")).to_be_visible()
    assert click.count == 2


def closed(page: Page, item: Locator, done: str) -> int:
    """Close what the officers were only told; how many clicks it took."""
    click = Clicks()
    click(item)
    page.get_by_label("What was done about it").select_option(done)
    click(button(page, "Close this"))
    expect(page.get_by_text("Closed; the log says what was done.")).to_be_visible()
    return click.count


def test_two_services_at_the_same_are_told_of_each_other_and_it_is_closed(demo: Stage, desks: Desks) -> None:
    number = {"identifier": "+33 6 39 98 41 91", "kind": "phone"}
    wanted = {"mandate": MANDATE | {"case": "SE-2026-1251"}}
    mandate = run(demo, SE, WATCHER, "open_mandate", wanted)["id"]
    watched = run(demo, SE, WATCHER, "watch", number | {"mandate": mandate, "nodes": [FR]})

    def taken() -> bool:
        mine = run(demo, SE, WATCHER, "standing_questions", {})
        return any(each["id"] == watched["id"] and each["nodes"][0]["state"] == "TAKEN" for each in mine)

    until(taken)
    mandate = run(demo, EU, OTHER_ANALYST, "open_mandate", wanted)["id"]
    run(demo, EU, OTHER_ANALYST, "lookup", number | {"mandate": mandate, "nodes": [FR]})
    item = arrived(demo, SE, OFFICER, "DECONFLICTION", reference=watched["id"])
    page = desks.signed_in(SE, FIRST)
    assert closed(page, opened(page, item), "COORDINATED") == 2
    page = desks.signed_in(SE, FIRST, path=f"/?every=1&item={quote(item, safe='')}")
    panel = page.locator("section.panel", has=page.locator("#item"))
    expect(panel).to_contain_text("Two services watch the same")
    expect(panel).to_contain_text("Closed")


def test_a_recall_is_acknowledged_in_sight(demo: Stage, desks: Desks) -> None:
    granted(demo, RECALLED, WORK)
    assert viewed(demo, RECALLED, "FR-2026-1221")["nodes"][0]["status"] == "ANSWERED"
    page, click = desks.signed_in(SE, FIRST, path="/exchange"), Clicks()
    page.get_by_label("Record ids").fill(RECALLED)
    click(button(page, "Show whom it would reach"))
    expect(page.get_by_text("fr.ofast", exact=False).last).to_be_visible()
    click(button(page, "Take them back"))
    expect(page.get_by_text("The partners are told within seconds.")).to_be_visible()
    assert click.count == 2

    def acknowledged() -> bool:
        letters = run(demo, SE, OFFICER, "recalls", {"partner": FR})
        return any(each["type"] == "RECALL" and each["acknowledgedAt"] for each in letters)

    until(acknowledged)
    page.reload()
    drawn(page)
    table = page.get_by_role("table", name="Recalls and rectifications")
    expect(table.get_by_role("row", name="Recall").first).to_contain_text("2026")


def test_a_revocation_turns_what_is_on_a_chart_elsewhere_into_a_stub(demo: Stage, desks: Desks) -> None:
    grant, case, handle = granted(demo, SHOWN, WORK), "FR-2026-1231", f"{SE}/{SHOWN}"
    analyst = desks.signed_in(FR, "helene", path="/search")
    mandated_for(analyst, case)
    charted(analyst, [handle])
    state = "(told) => window.__entente_chart.nodes.some((each) => each.state === told)"
    analyst.wait_for_function(state, arg="shown")

    officer, click = desks.signed_in(SE, FIRST, path=f"/grants/{grant}"), Clicks()
    click(
        button(officer, "Revoke…"), officer.get_by_label("The case is closed"), button(officer, "Revoke now")
    )
    expect(officer.get_by_text("The next question no longer finds it.")).to_be_visible()
    assert click.count == 3

    before = analyst.evaluate("() => window.__entente_chart.items")
    analyst.reload()
    analyst.get_by_role("button", name="Ask their nodes").first.click()
    analyst.wait_for_function(state, arg="withdrawn")
    assert analyst.evaluate("() => window.__entente_chart.items") == before, "it keeps its place"


def mandated_for(page: Page, case: str) -> None:
    """Open a mandate for a case on a page that has the bar."""
    bar = page.locator(".mandate-bar")
    bar.get_by_role("button").last.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").first.fill(case)
    dialog.locator("button[type=submit]").click()
    dialog.wait_for(state="detached")
    bar.get_by_text(case).first.wait_for()


def test_a_proposal_is_not_offered_to_its_author(demo: Stage, desks: Desks) -> None:
    terms = TERMS | {"purposes": [WORK["purpose"]], "legalBases": [WORK["legalBasis"]]}
    told = run(demo, SE, OFFICER, "propose_grant", {"grant": terms | {"cases": ["FR-2026-1241"]}})
    mine = desks.signed_in(SE, FIRST).locator(f"[data-proposal='{told['proposal']}']")
    expect(mine).to_contain_text("who proposes a grant has given the first approval")
    expect(mine.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    others = desks.signed_in(SE, SECOND).locator(f"[data-proposal='{told['proposal']}']")
    expect(others.get_by_role("button", name="Approve", exact=True)).to_be_visible()
    run(demo, SE, OFFICER, "withdraw_proposal", {"id": told["proposal"], "reason": "MISTAKE"})


def test_grants_tell_their_use_and_what_their_end_would_take(demo: Stage, desks: Desks) -> None:
    page = desks.signed_in(SE, FIRST, path="/grants/se-to-fr")
    button(page, "Work it out").click()
    panel = page.locator("section[aria-labelledby=if-revoked]")
    expect(panel.get_by_text("would no longer be found by fr.ofast")).to_be_visible()
    expect(panel.get_by_text(re.compile(r"^0 records"))).to_have_count(0)
    page.goto(f"{demo.desk(SE)}/grants")
    drawn(page)
    expect(page.get_by_role("columnheader", name="Use in 30 days")).to_be_visible()
    expect(page.locator("main tbody tr").first).to_contain_text("answer")
