"""Tell me when you learn of it: placed under a mandate, told by the law of the moment, no more than that."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deploy.demo import story
from gateway import alerts, mandates
from gateway.alerting import DAY
from gateway.arriving import alert_due, compare
from gateway.delivering import deliver_due
from gateway.errors import NotAllowed, VariablesRejected
from gateway.liaise import revoke
from gateway.notices import send
from gateway.standing import Wanting, end_over, mine, stop, watch
from gateway.wiring import open_records
from policy.mandate import Actor
from policy.terms import Aim, LegalBasis, Mode, Purpose, Role, SubjectCategory
from sharing.alerts import AlertState
from sharing.errors import AlertRefused, Unreachable
from sharing.inbox import Item, ItemKind, Wanted
from sharing.mandates import Justification, new_mandate
from sharing.notice import DONE, NoticeReply
from sharing.signature import Headers
from sharing.standing_notice import (
    ALERT,
    DECONFLICTION,
    STANDING_QUESTION,
    Given,
    Placed,
    deconfliction_body,
)
from sharing.wording import Language
from tenants.envelope import Defaults
from tests.world import Ground, World, open_world

FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
PHONE = "+33 6 39 98 41 80"
NORMAL = "+33639984180"
Shown = Mapping[str, Any]


def person(record: str, phone: str = PHONE, **envelope: Any) -> dict[str, Any]:
    """A suspect of FR's story with another phone."""
    told = next(each for each in story.records(FR) if each["id"] == "fr-p-1")
    properties = told["properties"] | {"phone": [phone]}
    return {**told, "id": record, "properties": properties, "envelope": told["envelope"] | envelope}


async def load(world: World, path: Path, *rows: Mapping[str, Any], node: str = FR) -> None:
    """Load into a node, beside it."""
    source = path / "arriving.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    shelf = open_records(world.homes[node], world.homes[node].settings())
    try:
        shelf.loader(node, world.nodes[node].now).load_jsonl(source, Defaults({"dataset": "cases"}))
    finally:
        await shelf.close()


async def place(world: World, node: str = SE, nodes: list[str] | None = None, **other: Any) -> Shown:
    """A standing question of an analyst of `node`, as it stands after a round of the outbox."""
    visit = world.visit(node, other.pop("subject", "analyst-1"))
    wanting = Wanting(other.pop("identifier", PHONE), await world.mandate(visit), "phone", nodes=nodes)
    placed = await watch(visit, replace(wanting, **other))
    await deliver_due(world.nodes[node])
    return next(each for each in await mine(visit, active=False) if each["id"] == placed["id"])


async def told(world: World, node: str = SE, *roles: Role, subject: str = "analyst-1") -> list[Shown]:
    return await alerts.mine(world.visit(node, subject, *roles), None, Language.EN)


async def round_(world: World, node: str = FR) -> int:
    """What the background work of a node does with what has arrived."""
    world.later(1)
    given = await alert_due(world.nodes[node])
    await deliver_due(world.nodes[node])
    return given


def items(world: World, node: str, kind: ItemKind) -> list[Item]:
    return list(world.nodes[node].books.inbox.list(Wanted(kind=kind)))


async def actions(world: World, node: str) -> list[str]:
    return [str(leaf["action"]) for leaf in await world.log(node) if "action" in leaf]


async def test_what_arrives_at_a_partner_is_told_within_one_round_and_both_owners_know(
    world: World, tmp_path: Path
) -> None:
    asked = await place(world)
    assert {each["node"]: each["state"] for each in asked["nodes"]} == dict.fromkeys((FR, SE, EU), "TAKEN")
    assert await round_(world) == 0, "what was there before is no news"
    await load(world, tmp_path, person("fr-p-91"))
    assert await round_(world) == 1
    (alert,) = await told(world)
    assert "fr.ofast has a record about the telephone number that you watch since" in alert["sentence"]
    assert "fr.ofast/fr-p-91" in alert["sentence"]
    assert alert["statements"] == [
        {
            "owner": FR, "tier": "T2", "handle": "fr.ofast/fr-p-91", "handling": ["H0", "H2"],
            "source": asked["id"],
        }
    ]  # fmt: skip
    assert alert["belief"].startswith("uncalibrated")
    assert len(alert["disproof"]) == 3
    (item,) = items(world, FR, ItemKind.ALERT_GIVEN)
    assert (item.node, item.reference, item.query_id) == (SE, "fr-p-91", asked["id"])
    (given,) = await told(world, FR, Role.LIAISON, subject="officer-1")
    assert "se.polisen was told (tier T2) that fr.ofast/fr-p-91 arrived here" in given["sentence"]
    assert await told(world, FR) == []
    fr, se = await actions(world, FR), await actions(world, SE)
    assert fr.index("STANDING_TAKEN") < fr.index("STANDING_EXAMINED") < fr.index("ALERT_GIVEN")
    assert se.index("STANDING_PLACED") < se.index("ALERT_RECEIVED")
    assert NORMAL not in json.dumps([dict(leaf) for leaf in await world.log(FR)])


async def test_a_record_tells_once_for_each_version(world: World, tmp_path: Path) -> None:
    await place(world)
    await load(world, tmp_path, person("fr-p-91"))
    assert await round_(world) == 1
    await load(world, tmp_path, person("fr-p-91"))
    assert await round_(world) == 0
    await load(world, tmp_path, person("fr-p-91", source="A"))
    assert await round_(world) == 1
    assert len(await told(world)) == 2


async def test_a_grant_that_ended_before_the_data_came_tells_nothing(world: World, tmp_path: Path) -> None:
    await place(world)
    await revoke(world.visit(FR, "officer-1", Role.LIAISON), "fr-to-se", "the case is closed")
    await load(world, tmp_path, person("fr-p-91"))
    assert await round_(world) == 0
    assert await told(world) == []
    assert items(world, FR, ItemKind.ALERT_GIVEN) == []
    assert "ALERT_GIVEN" not in await actions(world, FR)


@pytest.mark.parametrize(("mode", "tier"), [(Mode.HIT, "T0"), (Mode.CONTACT, "T1")])
async def test_a_lower_tier_tells_no_handle(world: World, tmp_path: Path, mode: Mode, tier: str) -> None:
    node = world.nodes[FR]
    terms = node.books.grants.current("fr-to-se").terms
    await place(world)
    await revoke(world.visit(FR, "officer-1", Role.LIAISON), "fr-to-se", "less is shared")
    await world.grant(FR, replace(terms, id="less", version=1, mode=mode))
    await load(world, tmp_path, person("fr-p-91"))
    assert await round_(world) == 1
    (alert,) = await told(world)
    assert alert["statements"][0] | {"source": ""} == {
        "owner": FR, "tier": tier, "handle": None, "handling": [], "source": "",
    }  # fmt: skip
    assert ("the reference" in alert["sentence"] or "knows it as" in alert["sentence"]) == (tier == "T1")
    assert "fr-p-91" not in json.dumps(dict(alert))


@pytest.mark.parametrize("mode", [Mode.HIT, Mode.CONTACT, Mode.CORE])
async def test_what_a_mask_hides_tells_nothing_even_beside_a_record_that_is_known(
    world: World, tmp_path: Path, mode: Mode
) -> None:
    terms = world.nodes[FR].books.grants.current("fr-to-se").terms
    await revoke(world.visit(FR, "officer-1", Role.LIAISON), "fr-to-se", "less is shared")
    await world.grant(FR, replace(terms, id="less", version=1, mode=mode, masked=("phone",)))
    await place(world)
    await load(world, tmp_path, person("fr-p-91"))
    assert await round_(world) == 0
    assert await told(world) == []


async def test_a_hidden_record_tells_nothing_though_a_visible_one_has_the_same(
    world: World, tmp_path: Path
) -> None:
    await load(world, tmp_path, person("fr-p-90"))
    await round_(world)
    await place(world)
    await load(world, tmp_path, person("fr-p-91", dataset="secret"))
    assert await round_(world) == 0
    assert await told(world) == []


async def test_an_own_question_is_answered_by_the_own_data_as_well(world: World, tmp_path: Path) -> None:
    await place(world, FR)
    await load(world, tmp_path, person("fr-p-91"))
    assert await round_(world) == 1
    (alert,) = await told(world, FR)
    assert alert["statements"][0]["tier"] == "T3"
    assert items(world, FR, ItemKind.ALERT_GIVEN) == [], "it is their own"


async def test_a_partner_that_is_away_is_asked_when_it_is_back_and_tells_then(
    world: World, tmp_path: Path
) -> None:
    async def silent(_: Headers, __: bytes) -> Any:
        raise Unreachable("nobody at the door")

    door, world.notices[FR] = world.notices[FR], silent
    asked = await place(world, nodes=[FR])
    assert [each["state"] for each in asked["nodes"]] == ["WAITING"]
    world.notices[FR] = door
    world.later(120)
    await deliver_due(world.nodes[SE])
    back, world.notices[SE] = world.notices[SE], silent
    await load(world, tmp_path, person("fr-p-91"))
    assert await round_(world) == 1
    assert await told(world) == []
    world.notices[SE] = back
    world.later(120)
    await deliver_due(world.nodes[FR])
    assert len(await told(world)) == 1


async def test_an_end_ends_it_everywhere_and_so_does_its_mandate(world: World, tmp_path: Path) -> None:
    first, second = await place(world), await place(world, identifier="+33 6 39 98 41 81")
    visit = world.visit(SE)
    with pytest.raises(NotAllowed):
        await stop(world.visit(SE, "analyst-2"), first["id"])
    ended = await stop(visit, first["id"])
    assert (ended["state"], ended["identifier"]) == ("ENDED", None)
    assert (await stop(visit, first["id"]))["state"] == "ENDED"
    await mandates.close(visit, second["mandate"])
    assert await end_over(world.nodes[SE]) == 1
    assert await mine(visit, active=True) == []
    await deliver_due(world.nodes[SE])
    assert world.nodes[FR].watching.book.of(SE, now=world.nodes[FR].now()) == []
    await load(world, tmp_path, person("fr-p-91"), person("fr-p-92", "+33 6 39 98 41 81"))
    assert await round_(world) == 0


async def test_it_lapses_at_its_end(world: World, tmp_path: Path) -> None:
    await place(world, minutes=600)
    world.later(DAY)
    await load(world, tmp_path, person("fr-p-91"))
    assert await round_(world) == 0


class Dying:
    """Arrivals or a book whose process dies before the step that ends the work."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole

    def __getattr__(self, name: str) -> Any:
        if name in {"taken", "settle"}:
            raise DiedError
        return getattr(self._whole, name)


class DiedError(Exception):
    """The process is gone."""


async def test_a_process_that_dies_loses_nothing_and_tells_nothing_twice(
    world: World, tmp_path: Path
) -> None:
    await place(world)
    await round_(world)
    await load(world, tmp_path, person("fr-p-91"))
    fr = world.nodes[FR]
    seen = fr.watching
    arrivals: Any = Dying(seen.arrivals)
    with pytest.raises(DiedError):
        compare(arrivals, seen.book, fr.digests, fr.now())
    assert len(seen.book.waiting()) == 1
    assert compare(seen.arrivals, seen.book, fr.digests, fr.now()) == 0
    book: Any = Dying(seen.book)
    with pytest.raises(DiedError):
        await alert_due(replace(fr, watching=replace(seen, book=book)))
    assert len(seen.book.waiting()) == 1
    assert await round_(world) == 1
    assert await round_(world) == 0
    assert len(await told(world)) == 1
    assert (await actions(world, FR)).count("ALERT_GIVEN") == 1


async def test_what_was_there_before_is_no_news(world: World, tmp_path: Path) -> None:
    await load(world, tmp_path, person("fr-p-91"))
    world.later(60)
    await place(world)
    assert await round_(world) == 0


async def test_who_rejects_an_alert_is_not_told_of_the_same_again(world: World, tmp_path: Path) -> None:
    await place(world)
    await load(world, tmp_path, person("fr-p-91"))
    await round_(world)
    (alert,) = await told(world)
    visit = world.visit(SE)
    with pytest.raises(NotAllowed):
        await alerts.see(world.visit(SE, "analyst-2"), alert["id"], Language.EN)
    assert (await alerts.see(visit, alert["id"], Language.FR))["state"] == "SEEN"
    with pytest.raises(VariablesRejected):
        await alerts.reject(visit, alert["id"], "because", Language.EN)
    rejected = await alerts.reject(visit, alert["id"], "OTHER_PERSON", Language.SV)
    assert (rejected["state"], rejected["reason"]) == ("REJECTED", "OTHER_PERSON")
    assert "ALERT_REJECTED" in await actions(world, SE)
    with pytest.raises(AlertRefused):
        await alerts.reject(visit, alert["id"], "AGAIN", Language.EN)
    await load(world, tmp_path, person("fr-p-91", source="A"))
    await round_(world)
    assert [each["state"] for each in await told(world)] == ["REJECTED"]
    await load(world, tmp_path, person("fr-p-92"))
    await round_(world)
    assert [each["state"] for each in await alerts.mine(visit, AlertState.NEW, Language.EN)] == ["NEW"]
    with pytest.raises(NotAllowed):
        await told(world, SE, Role.OVERSIGHT)


async def test_two_services_that_watch_the_same_hear_of_each_other_and_of_nothing_else(world: World) -> None:
    first = await place(world, SE)
    second = await place(world, EU)
    for node in (FR, SE, EU):
        await deliver_due(world.nodes[node])
    (at_se,), (at_eu,) = (items(world, each, ItemKind.DECONFLICTION) for each in (SE, EU))
    assert (at_se.node, at_se.reference, at_se.content, dict(at_se.facts)) == (EU, first["id"], {}, {})
    assert (at_eu.node, at_eu.reference) == (SE, second["id"])
    assert items(world, FR, ItemKind.DECONFLICTION) == []
    assert "DECONFLICTION_TOLD" in await actions(world, FR)


async def test_two_questions_of_one_service_are_its_own_affair(world: World) -> None:
    await place(world, SE)
    await place(world, SE, subject="analyst-2")
    assert not any(items(world, each, ItemKind.DECONFLICTION) for each in (FR, SE, EU))


async def test_the_same_question_again_is_the_same_and_what_cannot_be_asked_is_refused(world: World) -> None:
    visit = world.visit(SE)
    mandate = await world.mandate(visit)
    wanting = Wanting(PHONE, mandate, "phone")
    placed = await watch(visit, wanting)
    assert (await watch(visit, replace(wanting, identifier="0033639984180")))["id"] == placed["id"]
    with pytest.raises(VariablesRejected):
        await watch(visit, replace(wanting, identifier="9074729", kind=None))
    with pytest.raises(VariablesRejected):
        await watch(visit, replace(wanting, identifier="+46 70 123 45 67", minutes=0))
    checking = {"purpose": Purpose.CROSS_CHECKING, "legal_basis": LegalBasis.PRUM2_26}
    unlawful = await world.mandate(visit, **checking, subject_category=SubjectCategory.WITNESS)
    with pytest.raises(NotAllowed):
        await watch(visit, replace(wanting, mandate=unlawful))
    assert "STANDING_REFUSED" in await actions(world, SE)


async def test_a_partner_refuses_by_mandate_and_grants_whatever_it_has(world: World, tmp_path: Path) -> None:
    await load(world, tmp_path, person("fr-p-91"))
    for grant in ("fr-to-se", "fr-terminals"):
        await revoke(world.visit(FR, "officer-1", Role.LIAISON), grant, "the case is closed")
    known, unknown = await place(world, nodes=[FR]), await place(world, nodes=[FR], identifier="+46701234567")
    assert known["nodes"] == unknown["nodes"]
    assert known["nodes"][0]["state"] == "REFUSED"
    assert known["nodes"][0]["reason"]
    assert world.nodes[FR].watching.book.of(SE) == []


def placed_by(world: World, **other: Any) -> dict[str, Any]:
    """A question of EU as FR's door gets it, changed."""
    node = world.nodes[EU]
    why = Justification(
        Purpose.OPERATIONAL_ANALYSIS, LegalBasis.ER_20_2A, "FR-2026-0418", "DRUG_TRAFFICKING",
        SubjectCategory.SUSPECT_OR_CONVICTED, Aim.MORE_DATA_ON_KNOWN,
    )  # fmt: skip
    actor = Actor(EU, "p-1", frozenset({Role.ANALYST}), "unit-1")
    made = new_mandate(actor, replace(why, **other.pop("why", {})), now=node.now(), life=3_000)
    now = node.now()
    placed = Placed("w-9", "phone", NORMAL, now, now, now + 600, known=True, round=0, mandate=made)
    return {**replace(placed, **other).body, "id": "w-9.fr.ofast"}


async def test_a_partners_question_is_held_to_our_bounds(world: World) -> None:
    async def said(**other: Any) -> tuple[str, Any]:
        reply = await send(world.nodes[EU], FR, STANDING_QUESTION, placed_by(world, **other))
        assert isinstance(reply, NoticeReply)
        return reply.status, dict(reply.body).get("refused")

    now = world.nodes[EU].now()
    urgent = {"purpose": Purpose.THREAT_TO_LIFE, "legal_basis": LegalBasis.ER_22_2}
    assert await said(why=urgent) == (DONE, "POLICY")
    assert await said(begun=now - 90, since=now - 90, until=now - 60) == (DONE, "MANDATE_EXPIRED")
    assert await said(value="nobody's number") == ("MALFORMED", None)
    assert (await said(since=now + 4_000, until=now + 9_000))[0] == "STANDING_REFUSED", "no mandate by then"
    assert world.nodes[FR].watching.book.of(EU) == []
    assert await said() == (DONE, None)
    assert await said() == (DONE, None), "told twice, it is kept once"
    assert len(world.nodes[FR].watching.book.of(EU)) == 1
    assert NORMAL not in str(world.nodes[FR].watching.book.of(EU)[0].identifier)


async def test_an_alert_of_who_was_not_asked_is_believed_by_nobody(world: World) -> None:
    asked = await place(world, nodes=[FR])
    given = {**Given(asked["id"], Mode.HIT, world.nodes[EU].now()).body, "id": "a-1"}
    reply = await send(world.nodes[EU], SE, ALERT, given)
    assert isinstance(reply, NoticeReply)
    assert reply.status == "STANDING_UNKNOWN"
    reply = await send(
        world.nodes[EU], SE, DECONFLICTION, {**deconfliction_body(asked["id"], FR), "id": "d-1"}
    )
    assert isinstance(reply, NoticeReply)
    assert reply.status == "STANDING_UNKNOWN"
    await stop(world.visit(SE), asked["id"])
    reply = await send(world.nodes[FR], SE, ALERT, given)
    assert isinstance(reply, NoticeReply)
    assert reply.status == DONE
    assert await told(world) == []


async def test_a_service_that_does_not_want_it_is_named_to_nobody(tmp_path: Path, ground: Ground) -> None:
    alone = replace(ground, settings="\n[standing]\ndeconflict = false\nmost_per_person = 1\n")
    async with open_world(tmp_path, alone) as world:
        await place(world, SE)
        await place(world, EU)
        await deliver_due(world.nodes[FR])
        assert not any(items(world, each, ItemKind.DECONFLICTION) for each in (FR, SE, EU))
        with pytest.raises(VariablesRejected, match="1 at most"):
            await place(world, SE, identifier="+46701234567")
