"""An analyst looks at a network's past: on a day, step by step, what changed (deploy/docs/chronicle.md)."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Page, expect

from gateway.demo.cast import Stage
from tests.console.browser import Desks, drawn
from tests.console.chart import pictured
from tests.console.screens import a_mandate, asked_its_node
from tests.console.test_cases import FR, HELENE, MATTEO, Clicks, place, with_case

Axe = Callable[[Page], Sequence[str]]
TRADER = "fr.ofast%2Ffr-hc-1"
SPRING = "&since=2026-01-15&until=2026-06-15"
TURNS = {"HANDED_OVER": "Skärgårdsklarering", "MOVED": "Arendals", "SUCCEEDED": "Göteborg"}


def test_what_changed_is_two_clicks_from_a_record(desks: Desks, axe: Axe) -> None:
    page = desks.signed_in(*HELENE, path=f"/record/{TRADER}")
    asked_its_node(page)
    clicks = Clicks()
    clicks(page.locator("main").get_by_role("link", name="A network's past"))
    clicks(page.get_by_role("button", name="What changed"))
    page.get_by_label("First day").fill("2026-01-15")
    page.get_by_label("Second day").fill("2026-06-15")
    clicks(page.get_by_role("button", name="Show what changed"))
    told = page.get_by_role("region", name="What the records tell")
    for turn, part in TURNS.items():
        expect(told.locator(f"[data-turn={turn}]")).to_contain_text(part)
    expect(told.locator("[data-turn]")).to_have_count(len(TURNS))
    assert clicks.many == 3
    perhaps = page.get_by_role("region", name="What may differ")
    expect(perhaps.locator("[data-turn=UNCERTAIN]")).to_contain_text("customs agent")
    expect(perhaps).to_contain_text("not counted as a change")
    expect(page.locator("[data-untold=NOT_STATED]")).to_contain_text("fr.ofast/fr-hd-1")
    expect(page.get_by_text("3 of 3 nodes answered.")).to_be_visible()
    expect(page.locator("main li.card[data-status=ANSWERED]").first).to_contain_text("question")
    rows = page.get_by_role("table", name="The same as a table").locator("tbody tr")
    expect(rows).to_have_count(len(TURNS) + 1)
    assert page.url.endswith(f"/chronicle?of={TRADER}&look=changed{SPRING}")
    assert axe(page) == []


def test_a_day_is_drawn_and_told_with_its_three_times(desks: Desks, axe: Axe) -> None:
    page = desks.signed_in(*HELENE, "fr", path=f"/chronicle?of={TRADER}&look=day&day=2026-06-15")
    a_mandate(page)
    page.get_by_role("button", name="Montrer ce jour").click()
    roles = page.get_by_role("table", name="Rôles")
    expect(roles.locator("[data-sure=YES]")).to_have_count(1)
    expect(roles.locator("[data-sure=UNCERTAIN]")).to_have_count(1)
    expect(roles).to_contain_text("début\N{NO-BREAK SPACE}: 1 mars 2026\N{NO-BREAK SPACE}; fin non rapportée")
    expect(page.get_by_role("table", name="Territoires")).to_contain_text("Arendals")
    expect(page.get_by_role("table", name="Canaux financiers")).to_contain_text("se.polisen/se-hw-1")
    expect(page.get_by_role("img", name="Dessin : 4 personnes et choses, 4 liens")).to_be_visible()
    page.get_by_text("Trois temps, et ce qui était connu").click()
    expect(page.get_by_text("la même chose était peut-être connue plus tôt")).to_be_visible()
    assert axe(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320, (
        "only tables and drawings scroll"
    )


def test_a_replay_goes_by_steps_by_itself_and_by_the_slider(desks: Desks, axe: Axe) -> None:
    page = desks.signed_in(*HELENE, path=f"/chronicle?of={TRADER}&look=replay{SPRING}")
    a_mandate(page)
    page.get_by_role("button", name="Show the steps").click()
    steps = page.locator("[data-step]")
    expect(steps.first).to_be_visible()
    many = steps.count()
    assert many >= 6
    ties = page.locator(".past-drawing [data-tie]")
    before = ties.count()
    assert before == 3, "what ends in these days stood before"
    expect(page.get_by_role("button", name="Play")).to_have_count(0)
    expect(page.get_by_text("Your system asks for no motion")).to_be_visible()
    now = page.locator(".past-now")
    page.get_by_role("button", name="Next step").click()
    expect(now).to_contain_text("2026-02")
    slider = page.get_by_role("slider", name="Step")
    slider.focus()
    slider.press("End")
    expect(slider).to_have_attribute("aria-valuetext", f"{many} of {many}, June 2026")
    expect(now).to_contain_text("perhaps")
    expect(ties).not_to_have_count(before)
    assert axe(page) == []
    page.emulate_media(reduced_motion="no-preference")
    page.get_by_role("button", name="Play").click()
    expect(steps.first).to_have_attribute("aria-current", "step")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_refusal_looks_like_none_of_the_other_answers(desks: Desks) -> None:
    page = desks.signed_in(*MATTEO, path=f"/chronicle?of={TRADER}&look=changed{SPRING}")
    page.get_by_role("button", name="Open a mandate").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Case reference").fill("FR-2026-7021")
    dialog.get_by_label("Purpose").select_option("STRATEGIC_ANALYSIS")
    dialog.get_by_role("button", name="Open a mandate").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Show what changed").click()
    refused = page.locator("li.card[data-node='se.polisen']")
    expect(refused).to_have_attribute("data-status", "REFUSED")
    expect(refused).to_contain_text("not shared for this purpose")
    expect(page.locator("li.card[data-node='fr.ofast']")).to_have_attribute("data-status", "ANSWERED")
    expect(page.get_by_text("of 3 nodes answered.")).not_to_contain_text("3 of 3")
    expect(page.locator("[data-turn=HANDED_OVER]")).to_have_count(0)


def test_a_case_and_a_chart_are_one_click_from_their_past(desks: Desks) -> None:
    page = with_case(desks, "FR-2026-7022", "The trader")
    place(page, "fr.ofast/fr-hc-1")
    clicks = Clicks()
    clicks(page.locator("main").get_by_role("link", name="A network's past"))
    expect(page.get_by_label("Whose past")).to_contain_text("The trader (FR-2026-7022)")
    clicks(page.get_by_role("button", name="Show that day"))
    expect(page.get_by_text("nodes answered.")).to_be_visible()
    assert clicks.many == 2
    page.goto(f"{desks.stage.desk(FR)}/search")
    drawn(page)
    pictured(page)
    page.locator(".chart-tools").get_by_role("link", name="A network's past").click()
    expect(page).to_have_url(re.compile("/chronicle[?]of="))
    assert "/" in page.get_by_label("References of records").input_value()


def test_what_was_perhaps_known_before_is_told_as_perhaps(demo: Stage, desks: Desks, tmp_path: Path) -> None:
    for role in ("agent", "shipping agent"):
        loaded(demo, tmp_path, role)
    page = desks.signed_in(
        *HELENE, path="/chronicle?of=fr.ofast%2Ffr-kb-1&look=day&day=2026-06-15&known=2026-06-15"
    )
    a_mandate(page)
    page.get_by_role("button", name="Show that day").click()
    row = page.get_by_role("table", name="Roles").locator("tbody tr")
    expect(row.locator("[data-sure=UNCERTAIN]")).to_have_text("perhaps")
    expect(row.locator("[data-perhaps-before='2']")).to_contain_text("perhaps known before")
    expect(page.get_by_text("Only what its owner's node had recorded by")).to_be_visible()


def loaded(stage: Stage, folder: Path, role: str) -> None:
    """Two companies of France and what one is for the other, beside the running node."""
    envelope = {
        "dataset": "cases", "case": "FR-2026-7023", "handling": ["H0"], "source": "B", "information": "2",
        "tlp": "AMBER", "assessment": "FACT", "subject_category": "NOT_A_PERSON", "review_at": "2029-04-18",
        "retain_until": "2031-04-18",
    }  # fmt: skip
    tie = {"agent": ["fr-kb-2"], "client": ["fr-kb-1"], "role": [role], "startDate": ["2026-02-01"]}
    told = [
        ("fr-kb-1", "Company", {"name": ["Client Inventé"]}),
        ("fr-kb-2", "Company", {"name": ["Agent Inventé"]}),
        ("fr-kb-3", "Representation", tie),
    ]
    lines = [
        {"id": each, "schema": schema, "properties": said, "envelope": envelope}
        for each, schema, said in told
    ]
    source = folder / "known.jsonl"
    source.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    load = (sys.executable, "-m", "gateway.cli", "load", str(stage.homes[FR].path), str(source))
    # in a process: the browser's driver has a loop here
    subprocess.run(load, check=True, capture_output=True)
