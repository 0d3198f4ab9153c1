"""Reports over three nodes: the month's note, a case report, a hand-over; counted, complete, logged."""

from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from typing import Any

import pytest
import pytest_asyncio
from docx import Document
from pypdf import PdfReader

from gateway import pictures
from gateway.graphql.analyst import analyst_schema
from gateway.pictures import Opening
from gateway.shipped import shipped_texts
from sharing.contributions import Act
from sharing.encoding import digest
from tests.flow.picture_desk import CASE, Desk, away, opened
from tests.world import Ground, World, open_world

FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
HAVRE, SCHELDT, SAMPLE, PERSON = f"{FR}/fr-sz-1", f"{EU}/eu-sz-1", f"{FR}/fr-sm-1", f"{FR}/fr-p-1"
SWEDE = f"{SE}/se-p-1"
RESTRICTED, READ_FIRST = f"{EU}/eu-p-1", f"{FR}/fr-p-8"
Shown = Mapping[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Any, policy_cache: Any
) -> AsyncIterator[World]:
    ground = Ground(opa=str(opa_binary), cache=policy_cache)
    async with open_world(tmp_path_factory.mktemp("world"), ground) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desks(world: World) -> tuple[Desk, Desk]:
    return await opened(world)


async def asked(world: World, kind: str, *cases: Shown, **other: Any) -> Any:
    """What a shipped document gives at the desk of the French analyst."""
    visit = world.visit(FR)
    mandate = await world.mandate(visit, case=CASE)
    wanted = {"kind": kind, "cases": [{"mandate": mandate, **each} for each in cases], "use": "INTERNAL"}
    return await analyst_schema().execute(
        shipped_texts("desk")["make_report"],
        variable_values={"wanted": wanted | other},
        context_value=visit,
    )


async def made(world: World, kind: str, *cases: Shown, **other: Any) -> Shown:
    result = await asked(world, kind, *cases, **other)
    assert result.errors is None, result.errors
    told: Shown = result.data["makeReport"]
    return told


def text(told: Shown, form: str) -> str:
    """What a file of the report says, as its readers' programs read it."""
    (content,) = (b64decode(each["content"]) for each in told["files"] if each["format"] == form)
    if form == "PDF":
        return " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    if form == "DOCX":
        document = Document(BytesIO(content))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(each.text for each in document.paragraphs), *cells])
    return content.decode()


def said(told: Shown) -> dict[tuple[str, str | None], str]:
    return {(each["says"], each["service"]): each["amount"] for each in told["figures"]}


@pytest.mark.asyncio(loop_scope="module")
async def test_the_note_counts_the_month_per_service_and_joint(world: World) -> None:
    april = await made(world, "NOTE", {"handles": [HAVRE, SCHELDT]}, period="2026-04", language="fr")
    cocaine = "Stupéfiants: cocaïne"
    assert said(april) == {
        (cocaine, FR): "612\N{NO-BREAK SPACE}kg",
        (cocaine, None): "612\N{NO-BREAK SPACE}kg",
    }
    assert april["asides"] == [{"handle": SCHELDT, "why": "ELSEWHEN"}]
    assert april["completeness"] == "2 nœuds sur 2 ont répondu. 2 fiches sur 2 ont pu être utilisées."
    assert april["complete"] is True
    assert "Note des affaires significatives, 2026-04" in text(april, "HTML")

    parts = [{"handles": [HAVRE]}, {"handles": [SCHELDT, HAVRE]}]
    both = await made(world, "NOTE", *parts, period="2026-02")
    assert said(both)["Drugs: cocaine", EU] == "240\N{NO-BREAK SPACE}kg"
    entries = [leaf for leaf in await world.log(FR) if leaf.get("action") == "EXPORTED"][-2:]
    assert [leaf["formats"] for leaf in entries] == [["HTML"], ["HTML"]], "one entry for each case"
    assert [leaf["records"] for leaf in entries] == [1, 2]
    assert digest(both["content"].encode()) == both["digest"]
    assert {leaf["subject"] for leaf in entries} == {both["digest"]}


@pytest.mark.asyncio(loop_scope="module")
async def test_the_demo_s_note_says_what_was_planted_and_nothing_else(world: World) -> None:
    (planted,) = world.truth["notes"]
    told = await made(world, "NOTE", {"handles": planted["handles"]}, period=planted["period"])
    names = ("matter", "what", "service", "low", "high", "unit", "handles")
    assert [{name: each[name] for name in names} for each in told["figures"]] == planted["figures"]


@pytest.mark.asyncio(loop_scope="module")
async def test_a_silent_node_makes_every_figure_at_least(world: World) -> None:
    async with away(world, EU):
        told = await made(world, "NOTE", {"handles": [HAVRE, SCHELDT]}, period="2026-04")
    assert told["complete"] is False
    assert [each["amount"] for each in told["figures"]] == ["at least 612\N{NO-BREAK SPACE}kg"] * 2
    assert told["completeness"] == "1 of 2 nodes answered. 1 of 2 records could be used."
    assert {each["completeness"] for each in told["figures"]} == {told["completeness"]}
    assert [(each["handle"], each["reason"]) for each in told["missing"]] == [(SCHELDT, "UNREACHABLE")]
    page = text(told, "HTML")
    assert "Cannot be reached" in page
    assert "UNREACHABLE" not in page


@pytest.mark.asyncio(loop_scope="module")
async def test_a_case_by_its_picture_in_every_format(world: World, desks: tuple[Desk, Desk]) -> None:
    fr, se = desks
    await fr.place(HAVRE, SCHELDT, SAMPLE, PERSON)
    await fr.note("Seen at the quay\N{RIGHT-TO-LEFT OVERRIDE}<b>", PERSON)
    await fr.note("Ask the laboratory", SAMPLE, act=Act.TASK)
    await fr.same(HAVRE, SCHELDT)
    told = await made(world, "CASE", {"picture": fr.picture}, formats=["HTML", "PDF", "DOCX"], language="sv")
    assert told["once"] == [[SCHELDT, HAVRE]]
    assert said(told)["Narkotika: kokain", None] == "240–612\N{NO-BREAK SPACE}kg"
    for form in ("HTML", "PDF", "DOCX"):
        shown = " ".join(text(told, form).split())
        for each in (
            "Kervadec-Ménard",
            "Ask the laboratory",
            "Anteckningar",
            "bedömning",
            "levamisole",
            "angiven av",
            "Arbete inom den egna myndigheten",
            "Svarat",
        ):
            assert each in shown, (form, each)
        assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in shown
        assert "<b>" not in shown or form != "HTML"
    (pdf,) = (b64decode(each["content"]) for each in told["files"] if each["format"] == "PDF")
    mark = told["highWater"]
    for page in PdfReader(BytesIO(pdf)).pages:
        assert f"TLP:{mark['tlp']}" in page.extract_text()
    (entry,) = [leaf for leaf in await world.log(FR) if leaf.get("action") == "EXPORTED"][-1:]
    assert (entry["picture"], entry["formats"]) == (fr.picture, ["DOCX", "HTML", "PDF"])
    assert (await world.log(FR))[-1] == entry, "nothing is given before it is logged"

    refused = await asked(world, "CASE", {"picture": f"{fr.picture}x"})
    assert refused.errors[0].original_error.code == "PICTURE_UNKNOWN"
    assert se.picture == fr.picture


@pytest.mark.asyncio(loop_scope="module")
async def test_a_hand_over_leaves_out_what_needs_a_consent_and_every_text_that_names_it(
    world: World, desks: tuple[Desk, Desk]
) -> None:
    fr = Desk(world, desks[0].node)
    wanted = Opening(await fr.mandate(), "Göteborg")
    fr.picture = (await pictures.open_(fr.visit, wanted)).opened.content.picture
    await fr.place(SWEDE, RESTRICTED, READ_FIRST)
    await fr.note("He was seen with the other one", SWEDE, RESTRICTED)
    await fr.note("He keeps to himself", SWEDE)
    over: dict[str, Any] = {"use": "ONWARD", "to": [SE], "language": "sv"}
    told = await made(world, "HANDOVER", {"picture": fr.picture}, **over)
    missing = {each["handle"]: each["reason"] for each in told["missing"]}
    assert missing == {RESTRICTED: "THIRD_PARTY_CONSENT", READ_FIRST: "HANDLING_CODE"}
    shown = text(told, "HTML")
    assert "Överlämningsrapport" in shown
    assert "He keeps to himself" in shown
    assert "seen with the other" not in shown
    assert told["textsLeftOut"] == 1
    assert "Kerbrat" not in shown

    read = await made(
        world, "HANDOVER", {"picture": fr.picture}, **over, acknowledged=told["acknowledgement"]
    )
    assert [each["handle"] for each in read["missing"]] == [RESTRICTED]
    assert "an operation is under way" in text(read, "HTML")


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("kind", "cases", "other", "says"),
    [
        ("NOTE", 1, {}, "a NOTE has a month"),
        ("NOTE", 1, {"period": "2026-13"}, "is no month"),
        ("CASE", 2, {}, "2 cases, CASE takes 1 to 1"),
        ("CASE", 1, {"period": "2026-04"}, "no other report"),
        ("HANDOVER", 1, {}, "is ONWARD"),
        ("CASE", 1, {"formats": []}, "no format"),
    ],
)
async def test_what_is_no_report(world: World, kind: str, cases: int, other: Shown, says: str) -> None:
    before = len(await world.log(FR))
    result = await asked(world, kind, *[{"handles": [HAVRE]}] * cases, **other)
    assert says in str(result.errors)
    assert len([leaf for leaf in (await world.log(FR))[before:] if leaf.get("action") == "EXPORTED"]) == 0
