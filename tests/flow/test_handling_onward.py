"""A record that another service gave under H2 is passed on when that service consents, and while it does."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway import consenting, consents
from gateway.ask import Asking, ask
from gateway.consents import Wanting
from gateway.delivering import deliver_due
from gateway.past_consents import past_books
from gateway.past_questions import Past, Period, newest, past_questions
from gateway.wiring import open_records
from policy.grants import GrantTerms
from policy.handling import DataUse
from policy.terms import LegalBasis, Mode, Operation, Purpose, Role, SubjectCategory
from tenants.envelope import Defaults
from tests.world import World

FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
GIVEN, OTHER, NOBODYS = "se-x-1", "se-x-2", "nl-x-1"
DAY = 86_400
ENVELOPE = {"dataset": "passed", "retain_until": "2040-01-01", "subject_category": "SUSPECT_OR_CONVICTED"}
OWNERS = {GIVEN: SE, OTHER: SE, NOBODYS: "nl.politie"}


def _load(world: World, rows: Sequence[Mapping[str, Any]], source: Path) -> None:
    source.write_bytes(b"\n".join(orjson.dumps(row) for row in rows))
    loader = open_records(world.homes[EU], world.homes[EU].settings()).loader(EU, lambda: int(world.clock()))
    assert loader.load_jsonl(source, Defaults()).rejected == 0


@pytest.fixture
async def held(world: World, tmp_path: Path) -> World:
    """Europol holds records of Sweden and of the Netherlands under H2, and shares what it holds."""
    envelopes = {
        name: {**ENVELOPE, "owner": owner, "handling": ["H0", "H2"]} for name, owner in OWNERS.items()
    }
    rows = [
        {"id": name, "schema": "Person", "properties": {"name": [f"Person {name}"]}, "envelope": envelope}
        for name, envelope in envelopes.items()
    ]
    _load(world, rows, tmp_path / "passed.jsonl")
    now = int(world.clock())
    terms = GrantTerms(
        id="g-passed",
        version=1,
        owner=EU,
        recipients=(FR, SE),
        roles=(Role.ANALYST,),
        purposes=(Purpose.OPERATIONAL_ANALYSIS, Purpose.CROSS_CHECKING),
        legal_bases=(LegalBasis.ER_20_2A, LegalBasis.PRUM2_26),
        categories=(SubjectCategory.SUSPECT_OR_CONVICTED,),
        dataset="passed",
        schemata=("*",),
        mode=Mode.RECORD,
        not_before=now - 1,
        expires_at=now + 90 * DAY,
    )
    await world.grant(EU, terms)
    return world


async def seen(world: World, node: str = FR, **other: Any) -> set[str]:
    """Which of the records an analyst of `node` is shown by Europol."""
    visit = world.visit(node)
    mandate = await world.mandate(visit, **other)
    found = [await ask(visit, Asking(Operation.ENTITY, {"id": each}, mandate, [EU])) for each in OWNERS]
    return {claim["record"]["id"] for picture in found for claim in picture["claims"]}


async def permitted(world: World, *records: str, days: int = 30) -> str:
    """Europol asks Sweden to let it pass the records on to France; two officers there do."""
    visit = world.visit(EU)
    wanting = Wanting(
        tuple(f"{SE}/{each}" for each in records),
        DataUse.ONWARD,
        await world.mandate(visit),
        "JOINT_OPERATION",
        (FR,),
        days,
    )
    (asked,) = await consents.request(visit, wanting)
    await deliver_due(world.nodes[EU])
    for name in ("officer-a", "officer-b"):
        assert await seen(world) == set()
        await consenting.give(world.visit(SE, name, Role.LIAISON), asked["id"], days=None, records=None)
    await deliver_due(world.nodes[SE])
    return str(asked["id"])


async def test_the_owners_consent_opens_its_record_for_whom_it_names_until_it_ends(held: World) -> None:
    world = held
    consent = await permitted(world, GIVEN)
    assert await seen(world) == {GIVEN}
    assert await seen(world, SE) == set(), "whom the consent does not name gets nothing of it"
    cross = {"purpose": Purpose.CROSS_CHECKING, "legal_basis": LegalBasis.PRUM2_26}
    assert await seen(world, **cross) == set(), "for another purpose neither"
    await consenting.end(world.visit(SE, "officer-b", Role.LIAISON), consent, "SOURCE_AT_RISK")
    assert await seen(world) == {GIVEN}, "the holder has not heard of it yet"
    await deliver_due(world.nodes[SE])
    assert await seen(world) == set(), "the very next question"


async def test_a_consent_ends_by_itself(held: World) -> None:
    world = held
    await permitted(world, GIVEN, OTHER, days=1)
    assert await seen(world) == {GIVEN, OTHER}
    world.later(DAY)
    assert await seen(world) == set()


async def test_a_consent_of_one_service_opens_no_record_of_another(held: World) -> None:
    await permitted(held, NOBODYS)
    assert await seen(held) == set()


async def test_the_log_tells_by_whose_consent_a_question_was_decided(held: World) -> None:
    world = held
    consent = await permitted(world, GIVEN)
    before = len(await world.log(EU))
    await seen(world)
    told = [leaf for leaf in (await world.log(EU))[before:] if leaf["kind"] == "DISCLOSED"]
    assert {tuple(leaf["consents"]) for leaf in told} == {(f"{consent}@1",)}
    assert GIVEN not in str(told)


async def test_the_past_is_decided_again_by_the_consents_that_held_then(held: World) -> None:
    world, node = held, held.nodes[EU]
    for records in ((GIVEN,), (OTHER,)):
        consent = await permitted(world, *records)
        assert await seen(world) == set(records)
        await consenting.end(world.visit(SE, "officer-b", Role.LIAISON), consent, "SOURCE_AT_RISK")
        await deliver_due(world.nodes[SE])
        assert await seen(world) == set()
    await permitted(world, OTHER)
    books, rows = await past_books(node), await newest(node, Period(datetime.fromtimestamp(0, UTC), 100))
    pasts = [past async for past in past_questions(node, rows) if isinstance(past, Past)]
    decided = {past.query_id: {each.ref for each in books.stood(past)[1]} for past in pasts}
    logged = {
        leaf["query_id"]: set(leaf.get("consents", ()))
        for leaf in await world.log(EU)
        if leaf["kind"] == "DISCLOSED"
    }
    assert decided == logged
    assert {len(refs) for refs in logged.values()} == {0, 1}
    assert len(set().union(*logged.values())) == 2, "the third was given after the last question"
