"""A standing question for weeks: justified anew every week, or suspended; the same one all along."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway import alerts
from gateway.alerting import DAY
from gateway.arriving import alert_due
from gateway.delivering import deliver_due
from gateway.errors import NotAllowed, VariablesRejected
from gateway.liaise import revoke
from gateway.notices import send
from gateway.standing import Wanting, end_over, mine, renew, resume, stop, watch
from policy.terms import Mode, Role, SubjectCategory
from sharing.errors import OutboxUnknown, Unreachable
from sharing.notice import DONE, NoticeReply
from sharing.signature import Headers
from sharing.standing_notice import ALERT, STANDING_QUESTION, Given
from sharing.wording import Language
from tests.flow.test_standing import (
    EU,
    FR,
    PHONE,
    SE,
    Shown,
    actions,
    load,
    person,
    place,
    placed_by,
    round_,
    told,
)
from tests.world import World


async def renewed(world: World, question: Shown, **other: Any) -> Shown:
    """The question renewed by its analyst under a new mandate, after a round of the outbox."""
    visit = world.visit(SE)
    until = other.pop("until", None)
    await renew(visit, question["id"], await world.mandate(visit, **other), until)
    await deliver_due(world.nodes[SE])
    return await seen(world, question)


async def seen(world: World, question: Shown) -> Shown:
    found = await mine(world.visit(SE), active=False)
    return next(each for each in found if each["id"] == question["id"])


async def test_it_outlives_the_mandate_of_a_day_and_is_suspended_unless_it_is_renewed(
    world: World, tmp_path: Path
) -> None:
    asked = await place(world, minutes=20 * 24 * 60)
    assert (asked["state"], asked["renewalDue"]) == ("ACTIVE", False)
    assert 6 * DAY < asked["secondsLeft"] <= 7 * DAY
    world.later(2 * DAY)
    await load(world, tmp_path, person("fr-p-91"))
    assert await round_(world) == 1
    (alert,) = await told(world)
    await alerts.reject(world.visit(SE), alert["id"], "OTHER_PERSON", Language.EN)
    world.later(3 * DAY)
    soon = await seen(world, asked)
    assert (soon["state"], soon["renewalDue"]) == ("ACTIVE", True)
    assert 0 < soon["secondsLeft"] <= 2 * DAY
    world.later(2 * DAY)
    over = await seen(world, asked)
    assert (over["state"], over["renewalDue"], over["secondsLeft"]) == ("SUSPENDED", True, 0)
    assert over["identifier"], "it is kept for the renewal"
    assert [each["id"] for each in await mine(world.visit(SE), active=True)] == [asked["id"]]
    await load(world, tmp_path, person("fr-p-92"))
    assert await round_(world) == 0
    assert (await actions(world, FR)).count("STANDING_EXAMINED") == 1
    back = await renewed(world, asked)
    assert (back["state"], back["renewals"], back["expiresAt"]) == ("ACTIVE", 1, asked["expiresAt"])
    assert back["watchedSince"] > asked["watchedSince"], "the gap is told"
    assert await round_(world) == 0, "what came in the gap is no news"
    await load(world, tmp_path, person("fr-p-93"), person("fr-p-91", source="A"))
    assert await round_(world) == 2
    states = [each["state"] for each in await told(world)]
    assert sorted(states) == ["NEW", "REJECTED"], "what was rejected before the renewal is not told again"


async def test_watching_the_same_again_under_a_new_mandate_renews_it_on_both_sides(
    world: World, tmp_path: Path
) -> None:
    asked = await place(world)
    await load(world, tmp_path, person("fr-p-91"))
    assert await round_(world) == 1
    world.later(6 * DAY)
    again = await place(world, identifier="0033639984180")
    assert (again["id"], again["renewals"]) == (asked["id"], 1)
    assert again["watchedSince"] == asked["watchedSince"], "without a gap"
    assert again["expiresAt"] > asked["expiresAt"], "no end was said, so it goes on for another week"
    assert again["renewBy"] is None
    assert {each["state"] for each in again["nodes"]} == {"TAKEN"}
    (there,) = world.nodes[FR].watching.book.of(SE)
    assert (there.id, there.round) == (asked["id"], 1)
    assert await round_(world) == 0, "nothing is told twice"
    for node in (FR, SE):
        assert (await actions(world, node)).count("STANDING_RENEWED") == 1
    world.later(2 * DAY)
    await load(world, tmp_path, person("fr-p-92"))
    assert await round_(world) == 1


async def test_a_mandate_that_says_another_thing_renews_nothing(world: World) -> None:
    asked = await place(world)
    visit = world.visit(SE)
    for other in (
        {"case": "SE-2026-0007"},
        {"subject_category": SubjectCategory.CONTACT_OR_ASSOCIATE},
        {"offence": "MONEY_LAUNDERING"},
    ):
        with pytest.raises(VariablesRejected, match="another reason"):
            await renewed(world, asked, **other)
    stranger = world.visit(SE, "analyst-2")
    theirs, ours = await world.mandate(stranger), await world.mandate(visit)
    with pytest.raises(NotAllowed):
        await renew(stranger, asked["id"], theirs)
    with pytest.raises(VariablesRejected, match="stop it to ask more"):
        await watch(visit, Wanting(PHONE, ours, "phone", nodes=["no.where"]))
    elsewhere = await place(world, identifier=PHONE, minutes=60, nodes=[FR, EU])
    assert elsewhere["id"] == asked["id"], "these nodes are asked already"
    await stop(visit, asked["id"])
    with pytest.raises(VariablesRejected, match="is over"):
        await renewed(world, asked)


@pytest.mark.parametrize("until", ["2020-01-01", "2999-01-01", "9999-12-31", "soon"])
async def test_an_end_that_is_over_or_too_far_is_refused(world: World, until: str) -> None:
    asked = await place(world)
    with pytest.raises(VariablesRejected, match="until"):
        await renewed(world, asked, until=until)
    with pytest.raises(VariablesRejected):
        await place(world, identifier="+46701234567", minutes=5, until=until)


async def test_a_day_counts_to_its_end_and_needs_no_renewal_within_a_week(world: World) -> None:
    day = datetime.fromtimestamp(world.clock(), UTC).date() + timedelta(3)
    asked = await place(world, until=str(day))
    assert asked["expiresAt"].startswith(f"{day + timedelta(1)}T00:00:00")
    assert (asked["renewBy"], asked["renewalDue"], asked["secondsLeft"]) == (None, False, 0)
    again = await renewed(world, asked, until=str(day + timedelta(20)))
    assert again["expiresAt"].startswith(f"{day + timedelta(21)}T00:00:00")
    assert again["renewBy"]


async def test_a_partner_that_no_longer_may_refuses_the_renewal_and_then_tells_nothing(
    world: World, tmp_path: Path
) -> None:
    asked = await place(world, nodes=[FR])
    for grant in ("fr-to-se", "fr-terminals"):
        await revoke(world.visit(FR, "officer-1", Role.LIAISON), grant, "the case is closed")
    world.later(6 * DAY)
    again = await renewed(world, asked)
    assert again["nodes"][0]["state"] == "REFUSED"
    assert again["nodes"][0]["reason"]
    assert "STANDING_REFUSED" in await actions(world, FR)
    (there,) = world.nodes[FR].watching.book.of(SE)
    assert there.round == 0
    world.later(2 * DAY)
    assert world.nodes[FR].watching.book.of(SE, now=world.nodes[FR].now()) == []


async def test_a_partner_that_is_away_is_suspended_until_it_hears_of_the_renewal(
    world: World, tmp_path: Path
) -> None:
    async def silent(_: Headers, __: bytes) -> Any:
        raise Unreachable("nobody at the door")

    asked = await place(world, minutes=20 * 24 * 60, nodes=[FR])
    door, world.notices[FR] = world.notices[FR], silent
    world.later(6 * DAY)
    assert [each["state"] for each in (await renewed(world, asked))["nodes"]] == ["WAITING"]
    world.later(2 * DAY)
    await load(world, tmp_path, person("fr-p-91"))
    assert await alert_due(world.nodes[FR]) == 0, "here nobody has justified it anew"
    world.notices[FR] = door
    await deliver_due(world.nodes[SE])
    assert [each["state"] for each in (await seen(world, asked))["nodes"]] == ["TAKEN"]
    await load(world, tmp_path, person("fr-p-92"))
    assert await round_(world) == 1


async def test_rounds_come_in_any_order_and_a_partner_keeps_its_own_time(world: World) -> None:
    async def said(number: int, **other: Any) -> Any:
        body = placed_by(world, round=number, **other) | {"id": f"w-9.{number}.fr.ofast"}
        reply = await send(world.nodes[EU], FR, STANDING_QUESTION, body)
        assert isinstance(reply, NoticeReply)
        return reply.status, dict(reply.body)

    fr = world.nodes[FR]
    now, mandate_ends = fr.now(), fr.now() + 3_000
    status, body = await said(2, until=now + 80 * DAY)
    assert (status, body["until"]) == (DONE, pytest.approx(mandate_ends, abs=900))
    assert (await said(1))[0] == DONE
    (kept,) = fr.watching.book.of(EU)
    assert (kept.round, kept.expires_at) == (2, pytest.approx(now + 7 * DAY, abs=900))
    fr.watching.book.end(EU, "w-9", now)
    assert await said(3) == (DONE, {})
    assert fr.watching.book.get(EU, "w-9").round == 2


async def test_what_a_partner_learned_when_it_was_not_asked_is_no_alert(world: World) -> None:
    asked = await place(world, nodes=[FR])
    for late, kept in ((8 * DAY, 0), (DAY, 1)):
        at = world.nodes[FR].now() + late
        given = {**Given(asked["id"], Mode.HIT, at).body, "id": f"a-{late}"}
        reply = await send(world.nodes[FR], SE, ALERT, given)
        assert isinstance(reply, NoticeReply)
        assert reply.status == DONE
        assert len(await told(world)) == kept


async def test_a_letter_that_a_crash_lost_is_put_when_the_process_is_back(world: World) -> None:
    asked = await place(world, nodes=[FR])
    se = world.nodes[SE]
    question = se.watching.book.get(SE, asked["id"])
    assert se.watching.book.renew(replace(question, round=1)), "the process died after this"
    with pytest.raises(OutboxUnknown):
        se.outbox.get(f"{asked['id']}.1.{FR}")
    await resume(se)
    await deliver_due(se)
    (there,) = world.nodes[FR].watching.book.of(SE)
    assert there.round == 1
    assert await end_over(se) == 0
