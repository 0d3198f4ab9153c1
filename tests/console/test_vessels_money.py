"""An analyst follows vessels, containers, money on their own screens (deploy/docs/vessels.md, money.md)."""

import json
import re
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gateway.demo.cast import Stage
from gateway.prices import FILE
from tests.console.screens import PURSE, REFERENCE, a_mandate, asked_its_node

SignIn = Callable[..., Page]
Axe = Callable[[Page], Sequence[str]]
SHIP, RENAMED, CLONE = "2004191", "2004206", "XQZU5220173"
CONTRADICTIONS = {"TWO_NAMES": 1, "TWO_MMSI": 1, "IMPOSSIBLE_SPEED": 1}


def test_a_vessel_is_followed_with_one_click_and_its_tracks_leave_as_a_file_with_two(
    signed_in: SignIn, axe: Axe, tmp_path: Path
) -> None:
    page = signed_in("fr.ofast", "helene", path="/vessels")
    a_mandate(page)
    page.get_by_label("IMO number, MMSI, call sign or name").fill(f"IMO {SHIP}")
    expect(page.get_by_label("Understood as")).to_have_value("number")
    page.get_by_role("button", name="Follow the vessel").click()  # 1
    told = page.locator(f"[data-vessel='{SHIP}']")
    expect(told.locator("[data-status=ANSWERED]")).to_have_count(3)
    expect(told.locator("[data-rule=TWO_SIGNS]")).to_have_count(1)
    expect(told.locator("[data-rule=TWO_SIGNS]")).to_contain_text("A gap alone never counts.")
    for rule, times in CONTRADICTIONS.items():
        expect(told.locator(f"[data-rule={rule}]")).to_have_count(times)
    listed = told.get_by_role("table", name="Who lists the vessel")
    for each in ("met by small craft at night", "H1", "call the officer on duty"):
        expect(listed.get_by_role("row", name="ALBA STAR")).to_contain_text(each)
    expect(listed.get_by_role("row")).to_have_count(4)  # a heading, three services
    named = told.get_by_role("table", name="Names, flags and numbers")
    expect(
        named.get_by_role("row", name="port calls").or_(named.get_by_role("row", name="3EXX9")).first
    ).to_be_visible()
    seen = told.get_by_role("table", name="What was seen of it")
    gap = seen.get_by_role("row", name="fell silent")
    for each in ("Vigie Inventée · silence · 2.1", "0.8", "GMT"):
        expect(gap).to_contain_text(re.compile(each.replace("GMT", "GMT|UTC")))
    expect(told.locator("svg.map path.way")).to_have_count(1)
    told.get_by_text("The map as a table (6 positions)").click()
    expect(told.get_by_role("table", name="Positions").get_by_role("row")).to_have_count(7)
    assert axe(page) == []
    told.get_by_role("button", name="Tracks and events for a map program").click()  # 1
    dialog = page.get_by_role("dialog")
    with page.expect_download() as waited:
        dialog.get_by_role("button", name=f"Save entente-vessel-{SHIP}").click()  # 2
    written = json.loads(Path(waited.value.path()).read_text(encoding="utf-8"))
    assert written["type"] == "FeatureCollection"
    assert {each["geometry"]["type"] for each in written["features"] if each["geometry"]} >= {
        "LineString",
        "Point",
    }


def test_gaps_alone_are_named_and_signal_nothing(signed_in: SignIn) -> None:
    page = signed_in("fr.ofast", "helene", "sv", path=f"/vessels?q={RENAMED}")
    a_mandate(page)
    page.get_by_role("button", name="Följ fartyget").click()
    told = page.locator(f"[data-vessel='{RENAMED}']")
    expect(told.get_by_text("Två oberoende tecken visades inte")).to_be_visible()
    expect(told.get_by_text("Ett avbrott utan ett andra oberoende tecken är ingen signal")).to_be_visible()
    expect(told.get_by_text("Ensamma avbrott").get_by_role("link")).to_have_count(2)
    expect(told.locator("[data-rule]")).to_have_count(0)


@pytest.mark.parametrize(("words", "as_what"), [("3EXX 9", "callSign"), ("Costa Alva", "name")])
def test_a_call_sign_or_a_name_leads_to_the_number_in_two_clicks(
    signed_in: SignIn, words: str, as_what: str
) -> None:
    page = signed_in("fr.ofast", "helene", path="/vessels")
    a_mandate(page)
    page.get_by_label("IMO number, MMSI, call sign or name").fill(words)
    expect(page.get_by_label("Understood as")).to_have_value(as_what)
    page.get_by_role("button", name="Look it up").click()  # 1
    page.get_by_role("button", name=f"Follow IMO {SHIP}").first.click()  # 2
    expect(page.locator(f"[data-vessel='{SHIP}'] [data-rule=TWO_SIGNS]")).to_have_count(1)


def test_only_ticked_nodes_are_asked_and_silence_is_no_all_clear(
    signed_in: SignIn, processes: Mapping[str, subprocess.Popen[bytes]]
) -> None:
    page = signed_in("fr.ofast", "helene", path=f"/vessels?q={SHIP}")
    a_mandate(page)
    page.get_by_label("eu.europol").uncheck()
    europol, sweden = (
        page.locator(f"[data-vessel] [data-node='{node}']") for node in ("eu.europol", "se.polisen")
    )
    page.get_by_role("button", name="Follow the vessel").click()
    expect(sweden).to_have_attribute("data-status", "ANSWERED")
    expect(europol).to_have_count(0)
    page.get_by_label("eu.europol").check()
    for node in ("fr.ofast", "se.polisen"):
        page.get_by_label(node).uncheck()
    expect(page.get_by_label("eu.europol")).to_be_disabled()  # somebody has to be asked
    processes["eu.europol"].send_signal(signal.SIGSTOP)
    try:
        page.get_by_role("button", name="Follow the vessel").click()
        expect(europol).to_have_attribute("data-status", re.compile("TIMED_OUT|UNREACHABLE"), timeout=90_000)
    finally:
        processes["eu.europol"].send_signal(signal.SIGCONT)
    expect(page.get_by_text("eu.europol did not answer. That is not a no-hit.")).to_be_visible()


def test_a_number_is_checked_and_nobody_is_asked(signed_in: SignIn) -> None:
    page = signed_in("fr.ofast", "helene", path="/vessels")
    page.get_by_text("Check a number (asks nobody)").click()
    page.get_by_label("IMO number or MMSI", exact=True).fill("265041800")
    page.get_by_label("Flag (two letters)").fill("pa")
    page.get_by_role("button", name="Check", exact=True).click()
    told = page.locator("[data-checks=true]")
    expect(told).to_contain_text("Sweden (SE)")
    expect(told).to_contain_text("The flag fits the numberno")


def test_records_lead_to_vessels_containers_and_money_with_one_click(signed_in: SignIn) -> None:
    page = signed_in("fr.ofast", "helene", path="/record/fr.ofast%2Ffr-vv-1")
    asked_its_node(page)
    page.get_by_role("link", name="Follow the vessel").click()  # 1
    expect(page.get_by_label("IMO number, MMSI, call sign or name")).to_have_value(SHIP)
    expect(page.locator("[data-vessel]")).to_have_count(0)  # nothing is asked on the way
    page.get_by_role("link", name="Containers").click()
    expect(page.get_by_role("heading", name="Containers")).to_be_visible()
    for handle, link, field in (
        ("fr.ofast%2Ffr-tc-1", "Goods and money", "From: container"),
        ("eu.europol%2Feu-mo-2", "Who owns it", "Company or account"),
        ("eu.europol%2Feu-mw-1", "Check the address", "Address of a wallet"),
        ("eu.europol%2Feu-mp-1", "Goods and money", "From: container"),
        ("se.polisen%2Fse-ms-1", "Prices and weights", "Records whose shipments"),
    ):
        page.goto(page.evaluate(f"() => `${{location.origin}}/record/{handle}`"))
        asked_its_node(page)
        page.get_by_role("link", name=link).click()  # 1
        expect(page.get_by_label(field)).to_have_value(re.compile(r"\w"))
        expect(page.locator("[data-status]")).to_have_count(0)


def test_a_container_has_a_screen_of_its_own(signed_in: SignIn, axe: Axe) -> None:
    page = signed_in("fr.ofast", "helene", path=f"/containers?code={CLONE}")
    a_mandate(page)
    page.get_by_role("button", name="Where was it seen?").click()  # 1
    expect(page.locator("[data-rule=PICKUP_ACCOUNT]")).to_have_count(3)
    assert axe(page) == []


def test_owners_are_found_by_name_and_told_as_chains_and_as_a_table(signed_in: SignIn, axe: Axe) -> None:
    page = signed_in("se.polisen", "linnea", "en", path="/money")
    a_mandate(page)
    page.get_by_label("Company or account").fill("Brisa Alba Trading")
    page.get_by_role("button", name="Look it up").click()  # 1
    page.get_by_role("row", name="Brisa Alba Trading").get_by_role(
        "button", name="Follow the chains"
    ).first.click()  # 2
    told = page.locator("[data-owned]")
    totals = told.get_by_role("table", name="What all chains come to")
    expect(totals.get_by_role("row", name="Cap Inventé Finance")).to_contain_text("30.3 %")
    expect(totals.get_by_role("row", name="Salina Nominees")).to_contain_text("a share that is not known")
    expect(told.locator("[data-end=CYCLE]").first).to_be_visible()
    expect(
        told.get_by_role("table", name="The chains as a table")
        .get_by_role("row", name="Alba Participations")
        .first
    ).to_contain_text("60 %")
    expect(told.get_by_text("is neither a vote nor control")).to_be_visible()
    assert axe(page) == []


def test_goods_and_money_are_joined_step_by_step_in_words(signed_in: SignIn, axe: Axe) -> None:
    page = signed_in("fr.ofast", "helene", "fr", path=f"/money?tab=joined&joined={CLONE}")
    a_mandate(page)
    page.get_by_label("À : conteneur").fill(PURSE)
    page.get_by_role("button", name="Trouver les plus courts chemins").click()  # 1, from the record: 2
    path = page.locator("[data-joins=true]").first
    expect(path.locator("[data-flow]").last).to_contain_text("somme de contrôle correcte")
    assert {"PHYSICAL", "FINANCIAL"} <= {
        each.get_attribute("data-flow") for each in path.locator("[data-flow]").all()
    }
    steps = path.locator("[data-flow]").count()
    path.get_by_text("Le chemin en tableau").click()
    expect(path.get_by_role("row")).to_have_count(steps + 1)
    assert axe(page) == []
    page.get_by_role("button", name="Tout ajouter au graphe").click()
    expect(page).to_have_url(re.compile("/chart"))


def test_odd_prices_stand_beside_the_reference_and_its_source(
    signed_in: SignIn, axe: Axe, demo: Stage
) -> None:
    page = signed_in("fr.ofast", "helene", path="/money?tab=prices")
    a_mandate(page)
    page.get_by_label("Records whose shipments").fill("se.polisen/se-ms-1 se.polisen/se-ms-2")
    expect(page.get_by_text("Your node keeps no reference. Paste a table below")).to_be_visible()
    file = {"name": "prices.csv", "mimeType": "text/csv", "buffer": REFERENCE.encode()}
    page.get_by_label("Read it from a file (CSV)").set_input_files([file])  # type: ignore[list-item]  # as Playwright writes it
    expect(page.get_by_role("table", name="The reference as it was read").get_by_role("row")).to_have_count(3)
    page.get_by_role("button", name="Compare prices and weights").click()  # 1
    odd = page.locator("[data-anomaly]")
    expect(odd).to_have_count(1)
    expect(odd).to_have_attribute("data-anomaly", "se.polisen/se-ms-1")
    expect(odd).to_contain_text("Value of a kilogram: low, far outside")
    expect(odd).to_contain_text("invented for the demo")
    expect(page.get_by_text("Beside the table that came with the question (2 rows")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("The reference: your").fill("source;median\nx;1")
    expect(page.get_by_text("The table lacks these columns: hsCode")).to_be_visible()
    kept = demo.path / "fr.ofast" / FILE
    kept.write_text(REFERENCE, encoding="utf-8")
    try:
        page.reload()
        a_mandate(page)
        page.get_by_label("Records whose shipments").fill("se.polisen/se-ms-1")
        expect(page.get_by_label("Beside which reference")).to_have_value("KEPT")
        expect(page.locator("[data-reference-kept]")).to_contain_text("Rows2Kept since")
        page.get_by_role("button", name="Compare prices and weights").click()  # 1, and no table to bring
        expect(odd).to_have_attribute("data-anomaly", "se.polisen/se-ms-1")
        expect(page.get_by_text("Beside the table that this node keeps (2 rows")).to_be_visible()
        page.get_by_label("Beside which reference").select_option("OWN")
        expect(page.get_by_label("The reference: your")).to_be_visible()
    finally:
        kept.unlink()


def test_an_address_is_told_how_far_it_was_checked(signed_in: SignIn, axe: Axe) -> None:
    page = signed_in("fr.ofast", "helene", path="/money?tab=wallet")
    for address, currency, code, words in (
        (PURSE, "USDT", "CHECKSUM", "checksum holds"),
        ("VfAVUw16wFJQyKNvG5fx3hZPb5ywjb3bEtkk1k6Q73t", "SOL", "NOT_VERIFIED", "format not verified"),
        (f"{PURSE[:-1]}G", "USDT", "INVALID", "is no address that checks"),
    ):
        page.get_by_label("Address of a wallet").fill(address)
        page.get_by_label("Currency").fill(currency)
        page.get_by_role("button", name="Check the address").click()  # 1
        expect(page.locator(f"[data-verification={code}]")).to_contain_text(words)
    assert axe(page) == []
