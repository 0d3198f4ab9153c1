"""Budgets end to end: over quota with the hour of renewal, for persons and partners, and its alarms."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from audit.findings import Wanted as Findings
from gateway import liaise, propose
from gateway.ask import Asking, ask
from gateway.errors import NotAllowed, VariablesRejected
from gateway.spending import Wanted, listed, own
from policy.emergency import Emergency, Threat
from policy.quota import Account, Allowed, Budget, Charge, Guard, OverQuota, Quota, Scope, Span, Unit
from policy.terms import LegalBasis, Mode, Operation, Purpose, Role
from tests.world import Ground, World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")
FR, SE = "fr.ofast", "se.polisen"
HIT = {"value": "XQZU 418026-6"}
HOUR, DAY = 3600, 86_400
LIMITS = """
[quota]
alarm_refusals = 2
misses = 3
lowered_hour = 4
[quota.questions]
person_hour = 5
partner_hour = 8
[quota.rows]
person_hour = 40
[quota.emergencies]
person_hour = 2
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ground_world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[World]:
    """One world for all tests here; its nodes have small budgets."""
    ground = Ground(opa=str(opa_binary), cache=policy_cache, settings=LIMITS)
    async with open_world(tmp_path_factory.mktemp("world"), ground) as opened:
        yield opened


@pytest.fixture
def world(ground_world: World) -> World:
    """The world at the start of another day, with nothing spent."""
    ground_world.later(DAY - ground_world.clock() % DAY + 60)
    return ground_world


async def asked(world: World, subject: str = "analyst-1", value: str = HIT["value"]) -> Mapping[str, Any]:
    """What the Swedish node's status is for a question of a French analyst."""
    visit = world.visit(FR, subject)
    mandate = await world.mandate(visit)
    picture = await ask(visit, Asking(Operation.LOOKUP, {"value": value}, mandate, [SE]))
    status: Mapping[str, Any] = picture["nodes"][0]
    return status


def rules(world: World) -> list[str]:
    """What the Swedish node has found since the day began."""
    today = datetime.fromtimestamp(world.clock(), UTC).date().isoformat()
    found = world.nodes[SE].oversight.findings.list(Findings())
    return sorted(each.rule for each in found if each.at.startswith(today))


async def test_a_person_over_budget_is_told_when_it_renews_and_may_ask_again_then(world: World) -> None:
    for _ in range(5):
        assert (await asked(world))["status"] == "ANSWERED"
    over = await asked(world)
    assert (over["status"], over["reasons"]) == ("OVER_QUOTA", ["QUOTA"])
    assert over["renewsAt"].endswith(":00:00.000+00:00"), "a whole hour"
    outcome = (await world.log(SE))[-1]
    assert (outcome["kind"], outcome["status"]) == ("REFUSED", "OVER_QUOTA")
    assert (outcome["reasons"], outcome["rules"]) == (["QUOTA"], ["quota-person-questions-hour"])
    assert outcome["quota_left"] == 0
    assert (await asked(world, "analyst-2"))["status"] == "ANSWERED", "another person has another budget"
    world.later(HOUR)
    assert (await asked(world))["status"] == "ANSWERED"


async def test_the_leaf_tells_what_is_left(world: World) -> None:
    await asked(world)
    assert (await world.log(SE))[-1]["quota_left"] == 4


async def test_a_partners_budget_is_shared_by_its_people_and_nobody_elses(world: World) -> None:
    statuses = [(await asked(world, f"analyst-{number % 4}"))["status"] for number in range(9)]
    assert statuses == ["ANSWERED"] * 8 + ["OVER_QUOTA"]
    own = world.visit(SE, "se-analyst")
    picture = await ask(own, Asking(Operation.LOOKUP, HIT, await world.mandate(own), [SE]))
    assert picture["nodes"][0]["status"] != "OVER_QUOTA"


async def test_own_people_pay_at_the_same_door(world: World) -> None:
    visit = world.visit(SE)
    mandate = await world.mandate(visit)
    asking = Asking(Operation.LOOKUP, HIT, mandate, [SE])
    statuses = [(await ask(visit, asking))["nodes"][0]["status"] for _ in range(6)]
    assert statuses[-1] == "OVER_QUOTA"
    assert "OVER_QUOTA" not in statuses[:-1]


async def test_oversight_hears_of_80_percent_and_of_repeated_refusals(world: World) -> None:
    for _ in range(3):
        await asked(world)
    assert rules(world) == []
    await asked(world)
    assert rules(world) == ["QUOTA_ALARM"], "4 of 5"
    for _ in range(3):
        await asked(world)
    found = world.nodes[SE].oversight.findings.list(Findings(rule="QUOTA_ALARM", first=2))
    assert [each.severity for each in found] == ["MEDIUM", "LOW"]
    assert all(each.refs.partner == FR and each.refs.asker for each in found)


async def test_feeling_for_what_is_there_lowers_the_budget_until_the_day_ends(world: World) -> None:
    for number in range(3):
        assert (await asked(world, value=f"+33 6 00 00 00 0{number}"))["status"] == "NO_HIT"
    await asked(world, value="+33 6 00 00 00 09")
    over = await asked(world, value="+33 6 00 00 00 08")
    assert over["status"] == "OVER_QUOTA", "4 an hour from now on, not 5"
    assert "ENUMERATION" in rules(world)


async def test_shown_rows_are_charged_and_bounded(world: World) -> None:
    node, visit = world.nodes[FR], world.visit(FR)
    asking = Asking(Operation.LOOKUP, HIT, await world.mandate(visit), [FR])
    spent = len((await ask(visit, asking))["claims"])
    assert spent
    owner = node.post.keys.pseudonym(FR, "analyst-1")
    budget = Budget(Scope.PERSON, Unit.ROWS, Span.HOUR, 40)
    rest = node.quota.spend([budget.charge(f"{FR}/{owner}", 40 - spent, node.now())])
    assert isinstance(rest, Allowed)
    assert rest.left == 0
    over = (await ask(visit, asking))["nodes"][0]
    assert (over["status"], over["count"]) == ("OVER_QUOTA", 0)
    refused = [leaf for leaf in await world.log(FR) if leaf["kind"] == "REFUSED"][-1]
    assert refused["rules"] == ["quota-person-rows-hour"]


async def test_a_counter_that_is_out_of_order_refuses(world: World) -> None:
    node = world.nodes[SE]
    world.nodes[SE] = replace(node, quota=Broken())
    try:
        refused = await asked(world)
    finally:
        world.nodes[SE] = node
    assert (refused["status"], refused["reasons"]) == ("REFUSED", ["POLICY_UNAVAILABLE"])
    assert (await world.log(SE))[-1]["rules"] == ["quota-counter"]


class Broken:
    """A counter whose database is gone."""

    def spend(self, charges: Sequence[Charge], guard: Guard | None = None) -> Allowed | OverQuota:
        """See `QuotaCounter.spend`."""
        raise OSError(f"no database for {len(charges)} charges, guard {guard}")

    def spent(self, window: Account, most: int) -> tuple[tuple[Account, int], ...]:
        """See `QuotaCounter.spent`."""
        raise OSError(f"no database for {window.key}, {most}")

    def forget(self, now: int) -> int:
        """See `QuotaCounter.forget`."""
        return now


async def limited(world: World, quota: Quota, grant_id: str, **changes: Any) -> None:
    """The Swedish grants to France end, and one with this quota begins."""
    book, now = world.nodes[SE].books.grants, world.nodes[SE].now()
    standing = [
        each for each in book.candidates(FR, now) if each.revoked_at is None and each.expires_at > now
    ]
    for each in standing:
        await liaise.revoke(world.visit(SE, "officer-a", Role.LIAISON), each.id, "another one follows")
    (whole,) = (each for each in standing if "*" in each.schemata and each.dataset == "cases")
    terms = replace(whole, id=grant_id, version=1, not_before=now, expires_at=now + 30 * DAY, quota=quota)
    await world.grant(SE, replace(terms, **changes))


async def test_a_grants_quota_is_for_all_its_questions_and_tells_when_it_renews(world: World) -> None:
    await limited(world, Quota(questions_hour=3, questions_day=4), "g-few")
    people = [f"analyst-{number}" for number in range(4)]
    told = [await asked(world, each) for each in people]
    assert [each["status"] for each in told] == ["ANSWERED"] * 3 + ["OVER_QUOTA"]
    assert (told[3]["reasons"], told[3]["renewsAt"][14:]) == (["QUOTA"], "00:00.000+00:00")
    outcome = (await world.log(SE))[-1]
    assert (outcome["kind"], outcome["rules"]) == ("REFUSED", ["quota-grant-questions-hour:g-few"])
    world.later(HOUR)
    assert [(await asked(world, each))["status"] for each in people[:2]] == ["ANSWERED", "OVER_QUOTA"]
    assert (await world.log(SE))[-1]["rules"] == ["quota-grant-questions-day:g-few"]


async def test_a_lower_quota_counts_what_was_asked_under_the_version_before(world: World) -> None:
    await limited(world, Quota(questions_hour=5), "g-lower")
    for number in range(3):
        assert (await asked(world, f"analyst-{number}"))["status"] == "ANSWERED"
    officer = world.visit(SE, "officer-a", Role.LIAISON)
    lowered = await propose.supersede(officer, "g-lower", {"quota": Quota(questions_hour=3)})
    assert (lowered["state"], lowered["narrows"]) == ("ACTIVE", True)
    assert (await asked(world, "analyst-3"))["status"] == "OVER_QUOTA"
    wider = await propose.supersede(officer, "g-lower", {"quota": Quota()})
    assert (wider["state"], wider["officersMissing"]) == ("PROPOSED", 1)


async def test_a_grants_rows_are_those_that_it_let_through(world: World) -> None:
    await limited(world, Quota(rows_day=1), "g-rows", mode=Mode.RECORD)
    assert (await asked(world))["count"] == 1
    over = await asked(world)
    assert (over["status"], over["count"]) == ("OVER_QUOTA", 0)
    assert (await world.log(SE))[-1]["rules"] == ["quota-grant-rows-day:g-rows"]
    assert (await asked(world, value="+33 6 00 00 00 01"))["status"] == "NO_HIT", (
        "what shows nothing costs no row"
    )


async def test_what_lies_around_a_record_costs_a_row_of_it_and_stands_in_both_logs(world: World) -> None:
    await limited(world, Quota(rows_day=1), "g-around", mode=Mode.RECORD)
    visit = world.visit(FR)
    mandate = await world.mandate(visit)
    asking = Asking(Operation.EXPAND, {"ids": ["se-ct-1"]}, mandate, [SE], "neighbours")
    told, over = [(await ask(visit, asking))["nodes"][0] for _ in range(2)]
    assert [(each["status"], each["count"]) for each in (told, over)] == [("ANSWERED", 1), ("OVER_QUOTA", 0)]
    given, refused = [leaf for leaf in await world.log(SE) if leaf["kind"] in {"DISCLOSED", "REFUSED"}][-2:]
    assert (given["results"], refused["rules"]) == (1, ["quota-grant-rows-day:g-around"])
    heard = [leaf for leaf in await world.log(FR) if leaf["kind"] == "ANSWERS_RECEIVED"][-2:]
    assert [leaf["results_by_node"] for leaf in heard] == [{SE: 1}, {SE: 0}]


async def test_records_that_are_only_counted_are_free(world: World) -> None:
    await limited(world, Quota(rows_day=1), "g-contact", mode=Mode.CONTACT)
    assert [(await asked(world))["status"] for _ in range(3)] == ["ANSWERED"] * 3


async def test_what_was_asked_before_does_not_stand_in_the_way_of_a_life(world: World) -> None:
    life = {"purposes": tuple(Purpose), "legal_bases": tuple(LegalBasis)}
    await limited(world, Quota(questions_day=1, rows_day=1), "g-life", **life)
    assert [(await asked(world))["status"] for _ in range(2)] == ["ANSWERED", "OVER_QUOTA"]
    visit, why = world.visit(FR, "analyst-1"), Emergency(Threat.KIDNAPPING, "child seen at the container")
    for status in ("ANSWERED", "OVER_QUOTA"):
        mandate = await world.mandate(
            visit, purpose=Purpose.THREAT_TO_LIFE, legal_basis=LegalBasis.ER_22_2, emergency=why
        )
        picture = await ask(visit, Asking(Operation.LOOKUP, HIT, mandate, [SE]))
        assert picture["nodes"][0]["status"] == status
    assert (await world.log(SE))[-1]["rules"] == ["quota-grant-emergencies-day:g-life"]


async def test_officers_see_who_has_spent_what_and_that_they_looked_is_logged(world: World) -> None:
    await limited(world, Quota(questions_hour=2), "g-seen")
    for _ in range(3):
        await asked(world)
    officer = world.visit(SE, "officer-a", Role.LIAISON)
    size = len(await world.log(SE))
    found = {(each["scope"], each["unit"], each["span"]): each for each in await listed(officer, Wanted(FR))}
    look = (await world.log(SE))[size]
    assert (look["action"], look["partner"]) == ("BUDGETS_READ", FR)
    assert "officer-a" not in str(look)
    grant = found["GRANT", "QUESTIONS", "HOUR"]
    assert (grant["whose"], grant["spent"], grant["most"], grant["left"]) == ("g-seen", 2, 2, 0)
    assert (grant["alarm"], grant["refusals"], grant["renewsAt"][14:]) == (True, 1, "00:00.000+00:00")
    person = found["PERSON", "QUESTIONS", "HOUR"]
    assert (person["spent"], person["most"], person["alarm"], person["lowered"]) == (2, 5, False, False)
    assert "analyst" not in str(found)
    assert {each for each, *_ in found} == {"PARTNER", "PERSON", "GRANT"}, "a case has no partner"
    shares = [each["spent"] / each["most"] for each in await listed(officer, Wanted())]
    assert shares == sorted(shares, reverse=True)
    assert {each["scope"] for each in await listed(officer, Wanted(scope=Scope.CASE))} == {Scope.CASE}
    assert await listed(officer, Wanted("eu.europol")) == []


async def test_a_quota_that_ended_is_no_budget_any_more(world: World) -> None:
    await limited(world, Quota(questions_hour=9), "g-once")
    await asked(world)
    first, second = (world.visit(SE, each, Role.LIAISON) for each in ("officer-a", "officer-b"))
    wider = await propose.supersede(first, "g-once", {"quota": Quota()})
    await propose.approve(second, wider["proposal"], wider["digest"])
    assert await listed(first, Wanted(FR, Scope.GRANT)) == []


async def test_everybody_sees_their_own_and_nobody_elses(world: World) -> None:
    visit = world.visit(SE)
    asking = Asking(Operation.LOOKUP, {"value": "+33 6 00 00 00 01"}, await world.mandate(visit), [SE])
    for _ in range(4):
        await ask(visit, asking)
    mine = {(each["unit"], each["span"]): each for each in await own(visit)}
    hour = mine["QUESTIONS", "HOUR"]
    assert (hour["spent"], hour["most"], hour["lowered"]) == (4, 4, True), "after 3 misses 4 an hour, not 5"
    assert mine["ROWS", "DAY"]["spent"] == 0
    assert len(mine) == 6
    assert {each["spent"] for each in await own(world.visit(SE, "se-other"))} == {0}
    with pytest.raises(NotAllowed, match="liaison"):
        await listed(visit, Wanted())
    for wrong in ({"first": 0}, {"first": 201}, {"partner": "no node"}):
        with pytest.raises(VariablesRejected, match="budgets"):
            Wanted(**wrong)
