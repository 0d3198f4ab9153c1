"""A preview is what the partner then gets: the same bytes, for every tier, mask and operation."""

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from gateway.errors import NotAllowed
from gateway.preview import Asked, Person, Preview, preview
from policy.grants import GrantTerms
from policy.terms import LegalBasis, Mode, Operation, Purpose, Role, SubjectCategory
from tests.world import World

CASE = "FR-2026-0418"
PERSON = Person(
    node="fr.ofast",
    purpose=Purpose.OPERATIONAL_ANALYSIS,
    legal_basis=LegalBasis.ER_20_2A,
    subject_category=SubjectCategory.SUSPECT_OR_CONVICTED,
    case=CASE,
    offence="DRUG_TRAFFICKING",
)
QUESTIONS: tuple[tuple[Operation, dict[str, Any]], ...] = (
    (Operation.LOOKUP, {"value": "XQZU 418026-6", "kind": "container"}),
    (Operation.SEARCH, {"text": "Lindqvist"}),
    (Operation.ENTITY, {"id": "se-ct-1"}),
    (Operation.EXPAND, {"id": "se-ct-1", "hops": 2}),
)


def terms(world: World, **other: Any) -> GrantTerms:
    plain = GrantTerms(
        id="g-preview", version=1, owner="se.polisen", recipients=("fr.ofast",), roles=(Role.ANALYST,),
        purposes=(Purpose.OPERATIONAL_ANALYSIS,), legal_bases=(LegalBasis.ER_20_2A,),
        categories=tuple(each for each in SubjectCategory if each is not SubjectCategory.UNCATEGORISED),
        dataset="*", schemata=("*",), mode=Mode.RECORD, not_before=int(world.clock()),
        expires_at=int(world.clock()) + 86_400,
    )  # fmt: skip
    return replace(plain, **other)


async def given(world: World, operation: Operation, variables: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The records that se.polisen gives to an analyst of fr.ofast, and its contact."""
    picture = await world.ask("fr.ofast", operation, variables, nodes=["se.polisen"], case=CASE)
    return [each["record"] for each in picture["claims"] if each["node"] == "se.polisen"]


async def sent(world: World, operation: Operation, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The answer's payload as it crossed the border: se.polisen's own bytes."""
    replies: list[Any] = []
    true = world.doors["se.polisen"]

    async def listening(headers: Any, body: bytes) -> Any:
        reply = await true(headers, body)
        replies.append(reply)
        return reply

    world.doors["se.polisen"] = listening
    await given(world, operation, variables)
    world.doors["se.polisen"] = true
    return {"body": replies[0].body}


@pytest.mark.parametrize("mode", [Mode.HIT, Mode.CONTACT, Mode.CORE, Mode.RECORD])
async def test_the_preview_is_what_then_arrives_byte_for_byte(world: World, mode: Mode) -> None:
    tried = terms(world, mode=mode, masked=("sealNumber", "name") if mode is Mode.RECORD else ())
    officer = world.visit("se.polisen", "officer-a", Role.LIAISON)
    told = {}
    for operation, variables in QUESTIONS:
        told[operation] = await preview(officer, Preview(tried, PERSON, Asked(operation, variables), days=0))
    await world.grant("se.polisen", tried)
    for operation, variables in QUESTIONS:
        (payload,) = told[operation]["then"]["answers"]
        body = (await sent(world, operation, variables))["body"]
        contact = json.loads(payload)["contact"]
        if contact is None:
            assert payload.encode() in body
        else:  # the reference number is the decision's own
            head, tail = payload.encode().split(contact["reference"].encode())
            assert head in body
            assert tail in body


async def test_a_preview_changes_nothing_but_the_log(world: World) -> None:
    officer = world.visit("se.polisen", "officer-a", Role.LIAISON)
    node = world.nodes["se.polisen"]
    grants, before = node.books.grants.list(), await world.kinds("se.polisen")
    told = await preview(officer, Preview(terms(world), PERSON, days=0))
    assert told["difference"]["appear"] > 0
    assert node.books.grants.list() == grants
    added = (await world.log("se.polisen"))[len(before) :]
    assert [leaf["action"] for leaf in added] == ["PREVIEWED", "PREVIEWED"]
    assert {leaf["partner"] for leaf in added} == {"fr.ofast"}
    assert not any("officer-a" in str(leaf) for leaf in added)
    again = await preview(officer, Preview(terms(world), PERSON, days=0))
    assert again["difference"] == told["difference"]


async def test_the_end_of_a_grant_is_previewed_like_its_beginning(world: World) -> None:
    await world.grant("se.polisen", terms(world))
    officer = world.visit("se.polisen", "officer-a", Role.LIAISON)
    ended = terms(world, version=2, revoked_at=int(world.clock()))
    told = await preview(officer, Preview(ended, PERSON, days=0))
    assert told["difference"]["disappear"] > 0
    assert told["difference"]["appear"] == 0
    masked = terms(world, version=2, masked=("sealNumber",))
    told = await preview(officer, Preview(masked, PERSON, days=0))
    assert {each["what"] for each in told["difference"]["records"]} == {"CHANGES"}
    assert all(each["lost"] == ["sealNumber"] for each in told["difference"]["records"])


async def test_the_difference_is_that_of_two_real_questions_whatever_the_grant(world: World) -> None:
    draw = random.Random(418)
    officer = world.visit("se.polisen", "officer-a", Role.LIAISON)
    for number in range(5):
        tried = terms(
            world,
            id=f"g-{number}",
            mode=draw.choice([Mode.HIT, Mode.CONTACT, Mode.CORE, Mode.RECORD]),
            schemata=tuple(draw.sample(["*", "Container", "Person", "Ownership", "Seizure"], 2)),
            masked=tuple(draw.sample(["name", "sealNumber", "owner", "country"], draw.randint(0, 2))),
            categories=tuple(draw.sample(list(terms(world).categories), 4)),
        )
        told = await preview(officer, Preview(tried, PERSON, days=0))
        assert told["difference"]["complete"]
        found = {
            each["id"]: (each["what"], each["gained"], each["lost"]) for each in told["difference"]["records"]
        }
        asked = sorted(found)[:3] + draw.sample(["se-ct-1", "se-p-1", "se-p-2", "se-p-3"], 2)
        before = {name: await given(world, Operation.ENTITY, {"id": name}) for name in asked}
        await world.grant("se.polisen", tried)
        after = {name: await given(world, Operation.ENTITY, {"id": name}) for name in asked}
        for name in asked:
            assert found.get(name) == parted(before[name], after[name]), (number, name)


def parted(
    before: list[Mapping[str, Any]], after: list[Mapping[str, Any]]
) -> tuple[str, list[str], list[str]] | None:
    """What becomes of a record, from two answers about it."""
    fields = ("caption", "caseRef", "handlingText", "authority")
    had, has = (
        {each["name"] for record in records for each in record["properties"]}
        | {name for record in records for name in fields if record[name] is not None}
        for records in (before, after)
    )
    what = "CHANGES" if before and after else "APPEARS" if after else "DISAPPEARS"
    changed = bool(before) != bool(after) or had != has
    return (what, sorted(has - had), sorted(had - has)) if changed else None


async def test_only_liaison_officers_preview(world: World) -> None:
    before = await world.kinds("se.polisen")
    with pytest.raises(NotAllowed, match="role liaison"):
        await preview(world.visit("se.polisen"), Preview(terms(world), PERSON))
    assert await world.kinds("se.polisen") == before


async def test_ours_stands_beside_what_the_partner_sees(world: World) -> None:
    """The own service's side has the masked property, and no more records than the samples."""
    tried = Preview(terms(world, masked=("sealNumber",)), PERSON, samples=3, days=0)
    plain = await preview(world.visit("se.polisen", "officer-a", Role.LIAISON), tried)
    beside = await preview(world.visit("se.polisen", "officer-a", Role.LIAISON), replace(tried, ours=True))
    assert plain["ours"] is None
    assert (beside["today"], beside["then"]) == (plain["today"], plain["then"])
    ours = {each["id"]: each for told in beside["ours"]["answers"] for each in json.loads(told)["records"]}
    theirs = {each["id"]: each for told in beside["then"]["answers"] for each in json.loads(told)["records"]}
    assert theirs.keys() <= ours.keys()
    assert not any(each["masked"] for each in ours.values())
    one = replace(tried, ours=True, asked=Asked(Operation.ENTITY, {"id": "se-ct-1"}))
    (told,) = (await preview(world.visit("se.polisen", "officer-a", Role.LIAISON), one))["ours"]["answers"]
    assert "sealNumber" in {each["name"] for each in json.loads(told)["records"][0]["properties"]}
