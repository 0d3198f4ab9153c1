"""What a partner holds ends when it is withdrawn: at once, after a day away, never by another's word."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from audit.canonical import JSON
from audit.findings import Wanted
from gateway import kept
from gateway.delivering import deliver_due, escalate_overdue
from gateway.disclosures import catch_up
from gateway.errors import MandateNotValid, NotAllowed, VariablesRejected
from gateway.liaise import enact, revoke
from gateway.notices import send
from gateway.recalls import write_due
from gateway.seen import seen_by
from policy.grants import GrantTerms
from policy.terms import LegalBasis, Operation, Role
from sharing.errors import Unreachable
from sharing.grants import Approval
from sharing.notice import DONE, NoticeReply
from sharing.outbox import Listed
from sharing.recall import Recall, Sort
from sharing.signature import Headers
from tests.world import Ground, World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")
FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
BOX: dict[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}
DAY = 86_400


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[World]:
    """One world for the whole story: each test goes on where the one before ended."""
    ground = Ground(opa=str(opa_binary), cache=policy_cache)
    async with open_world(tmp_path_factory.mktemp("world"), ground) as opened:
        yield opened


async def silent(_: Headers, __: bytes) -> Any:
    raise Unreachable("nobody at the door")


async def keep_one(world: World) -> tuple[str, str, Mapping[str, Any]]:
    """An analyst of SE finds a record of FR and keeps it: mandate, handle, lease."""
    picture = await world.ask(SE, Operation.LOOKUP, BOX, nodes=[FR])
    handle = str(picture["claims"][0]["handle"])
    visit = world.visit(SE)
    mandate = await world.mandate(visit)
    return mandate, handle, await kept.keep(visit, handle, mandate)


async def listed(world: World, lease: Mapping[str, Any], mandate: str) -> Mapping[str, Any]:
    """The kept record as the list of its case shows it."""
    found = await kept.of_case(world.visit(SE), mandate)
    return next(each for each in found if each["id"] == lease["id"])


async def revoke_all(world: World, lease: Mapping[str, Any]) -> list[GrantTerms]:
    """FR ends every grant that gave the kept record; returns what they were."""
    officer = world.visit(FR, "officer-1", Role.LIAISON)
    ended = []
    for ref in lease["grants"]:
        name = ref.rpartition("@")[0]
        ended.append(world.nodes[FR].books.grants.current(name).terms)
        await revoke(officer, name, "the case is closed")
    return ended


async def give_again(world: World, terms: list[GrantTerms]) -> None:
    for each in terms:
        await world.grant(FR, replace(each, id=f"{each.id}x", version=1))


async def test_the_log_says_who_received_which_record(world: World) -> None:
    picture = await world.ask(SE, Operation.LOOKUP, BOX, nodes=[FR])
    node = world.nodes[FR]
    assert await catch_up(node) >= 1
    assert await catch_up(node) == 0
    for claim in picture["claims"]:
        given = node.lending.register.of_record(claim["record"]["id"])[0]
        assert (given.partner, given.query_id) == (SE, picture["queryId"])
        assert given.version == claim["record"]["version"]
        assert sorted(given.grants) == sorted(claim["record"]["grants"])
        assert given in node.lending.register.of_grant(given.grants[0].rpartition("@")[0], 1)
    leaves = [json.dumps(leaf) for leaf in await world.log(FR)]
    assert not any(claim["record"]["id"] in leaf for claim in picture["claims"] for leaf in leaves)


async def test_an_analyst_sees_which_partners_were_shown_an_own_record(world: World) -> None:
    """When, how much and under which grant; the own people's looks and the partner's persons are not told."""
    picture = await world.ask(SE, Operation.LOOKUP, BOX, nodes=[FR])
    await world.ask(FR, Operation.LOOKUP, BOX, nodes=[FR])
    claim = picture["claims"][0]
    analyst = world.visit(FR)
    mandate = await world.mandate(analyst)
    before = len(await world.log(FR))
    told = await seen_by(analyst, claim["handle"], mandate)
    newest = told["disclosures"][0]
    assert told["complete"]
    assert {each["partner"] for each in told["disclosures"]} == {SE}
    assert (newest["tier"], newest["version"]) == (claim["record"]["mode"], claim["record"]["version"])
    assert sorted(newest["grants"]) == sorted(claim["record"]["grants"])
    assert (newest["purpose"], newest["unit"], newest["ownCase"]) == ("OPERATIONAL_ANALYSIS", "unit-1", True)
    looks = [leaf.get("action", leaf["kind"]) for leaf in (await world.log(FR))[before:]]
    assert looks[0] == "ASKED"
    assert "DISCLOSURES_SHOWN" in looks
    assert "DISCLOSURES_READ" not in looks[: looks.index("DISCLOSURES_SHOWN")], "logged before it is read"
    other = await world.mandate(analyst, case="FR-2026-9999")
    assert not (await seen_by(analyst, claim["handle"], other))["disclosures"][0]["ownCase"]


async def test_what_an_analyst_may_not_see_has_no_history(world: World) -> None:
    analyst = world.visit(FR)
    mandate = await world.mandate(analyst)
    nothing = {"complete": True, "disclosures": []}
    assert await seen_by(analyst, f"{FR}/nowhere", mandate) == {"handle": f"{FR}/nowhere", **nothing}
    with pytest.raises(VariablesRejected, match=f"only '{SE}' knows"):
        await seen_by(analyst, f"{SE}/se-ct-1", mandate)
    with pytest.raises(MandateNotValid):
        await seen_by(world.visit(FR, "analyst-2"), f"{FR}/fr-ct-1", mandate)
    with pytest.raises(NotAllowed, match="role analyst"):
        await seen_by(world.visit(FR, "officer-1", Role.LIAISON), f"{FR}/fr-ct-1", mandate)
    unlawful = await world.mandate(analyst, legal_basis=LegalBasis.PRUM2_26)
    with pytest.raises(NotAllowed, match="not told"):
        await seen_by(analyst, f"{FR}/fr-ct-1", unlawful)


async def test_what_lists_no_record_seals_none(world: World) -> None:
    await world.ask(SE, Operation.LOOKUP, BOX | {"value": "XQZU 418027-1"}, nodes=[FR])
    leaf = [each for each in await world.log(FR) if each["kind"] == "DISCLOSED"][-1]
    assert leaf["status"] == "NO_HIT"
    assert "commitment" not in leaf


async def test_revoked_while_a_partner_holds_it_becomes_a_stub_with_the_notice(world: World) -> None:
    mandate, handle, lease = await keep_one(world)
    analyst = world.visit(SE)
    shown = await kept.view(analyst, str(lease["id"]), mandate)
    assert shown["kept"]["state"] == "HELD"
    assert shown["picture"]["claims"][0]["handle"] == handle
    ended = await revoke_all(world, lease)
    refused = await kept.view(analyst, str(lease["id"]), mandate)
    assert refused["picture"] is None, "even before the notice: its node is asked anew"
    assert refused["kept"]["reason"]
    assert await write_due(world.nodes[FR]) >= 1
    assert await write_due(world.nodes[FR]) == 0
    assert await deliver_due(world.nodes[FR]) >= 1
    before = len(world.wire)
    stub = await kept.view(analyst, str(lease["id"]), mandate)
    assert (stub["kept"]["state"], stub["kept"]["reason"]) == ("WITHDRAWN", "GRANT_REVOKED")
    assert stub["picture"] is None
    assert len(world.wire) == before, "a stub is not asked for"
    in_list = await listed(world, lease, mandate)
    assert in_list["state"] == "WITHDRAWN"
    told = [json.loads(each.acknowledgement)["body"] for each in letters(world, SE)]
    assert {"ended": 1, "held": 0} in told
    there = [leaf for leaf in await world.log(SE) if leaf.get("mode") == "RECALL"]
    assert [leaf["action"] for leaf in there][:2] == ["NOTICE_RECEIVED", "RECALLED"]
    here = [leaf for leaf in await world.log(FR) if leaf.get("action") == "RECALL_WRITTEN"]
    assert SE in here[0]["recipients"]
    await give_again(world, ended)


def letters(world: World, to: str) -> Any:
    return world.nodes[FR].outbox.listed(Listed(to=to))


async def test_away_during_the_recall_and_back_a_day_later(world: World) -> None:
    mandate, _, lease = await keep_one(world)
    door = world.notices[SE]
    world.notices[SE] = silent
    ended = await revoke_all(world, lease)
    fr, analyst = world.nodes[FR], world.visit(SE)
    await write_due(fr)
    await deliver_due(fr)
    assert (await listed(world, lease, mandate))["state"] == "HELD"
    world.later(DAY + 60)
    late = [each for each in letters(world, SE) if each.acknowledged_at is None]
    assert await escalate_overdue(fr) == len(late) >= 1
    found = fr.oversight.findings.list(Wanted(rule="RECALL_OVERDUE"))
    assert {each.refs.partner for each in found} == {SE}
    assert fr.books.inbox.get(late[0].id).node == SE
    world.notices[SE] = door
    assert await deliver_due(fr) == len(late)
    acknowledged = fr.outbox.get(late[0].id)
    assert acknowledged.acknowledged_at is not None
    assert acknowledged.acknowledged_at > acknowledged.due_at
    mandate = await world.mandate(analyst)
    assert (await listed(world, lease, mandate))["state"] == "WITHDRAWN"
    await give_again(world, ended)


async def test_a_narrowed_grant_is_called_back_and_what_it_still_gives_may_be_kept_anew(world: World) -> None:
    mandate, handle, lease = await keep_one(world)
    fr = world.nodes[FR]
    for ref in lease["grants"]:
        terms = fr.books.grants.current(ref.rpartition("@")[0]).terms
        narrower = replace(terms, version=terms.version + 1, masked=(*terms.masked, "weight"))
        now = int(world.clock())
        await enact(fr, narrower, (Approval("officer-1", now), Approval("officer-2", now)))
    await write_due(fr)
    await deliver_due(fr)
    analyst = world.visit(SE)
    stub = await kept.view(analyst, str(lease["id"]), mandate)
    assert (stub["kept"]["state"], stub["kept"]["reason"]) == ("WITHDRAWN", "GRANT_NARROWED")
    again = await kept.keep(analyst, handle, mandate)
    assert again["state"] == "HELD"


async def test_a_record_that_was_put_right_is_flagged_and_shown_anew(world: World) -> None:
    mandate, handle, lease = await keep_one(world)
    record = handle.partition("/")[2]
    fr = world.nodes[FR]
    rectified = Recall(Sort.RECTIFY, "RECORD_RECTIFIED", "", ((record, int(lease["version"]) + 1),))
    fr.lending.recalls.order(rectified, fr.now())
    assert await write_due(fr) >= 1
    await deliver_due(fr)
    shown = await kept.view(world.visit(SE), str(lease["id"]), mandate)
    assert shown["kept"]["state"] == "RECTIFIED"
    assert shown["picture"] is not None
    affected = world.nodes[SE].lending.leases.affected([handle])
    assert "RECORD_RECTIFIED" in {each.at(int(world.clock())).reason for each in affected}


async def test_nobody_recalls_anothers_records_or_grants(world: World) -> None:
    _, handle, lease = await keep_one(world)
    record = handle.partition("/")[2]
    bodies: list[dict[str, JSON]] = [
        {"id": "lie-1", "grant": lease["grants"][0], "records": [], "reason": "X", "due": 0},
        {"id": "lie-2", "grant": "", "records": [[record, 99]], "reason": "X", "due": 0},
        {"id": "lie-3", "grant": "", "records": [[handle, 99]], "reason": "X", "due": 0},
    ]
    for body in bodies:
        reply = await send(world.nodes[EU], SE, "RECALL", body)
        assert isinstance(reply, NoticeReply)
        assert (reply.status, reply.body) == (DONE, {"ended": 0, "held": 0})
    assert world.nodes[SE].lending.leases.get(str(lease["id"])).at(int(world.clock())).open


async def test_a_malformed_one_and_another_content_under_one_id_are_refused(world: World) -> None:
    body: dict[str, JSON] = {"id": "r-9", "grant": "g-none@1", "records": [], "reason": "X", "due": 0}
    for told, status in (
        (body, DONE),
        (body, DONE),
        (body | {"grant": "g-none@2"}, "RECALL_REFUSED"),
        (body | {"id": "r-10", "records": [["R", 1]]}, "MALFORMED"),
        (body | {"id": "r-11", "reason": "why not"}, "MALFORMED"),
    ):
        reply = await send(world.nodes[FR], SE, "RECALL", told)
        assert isinstance(reply, NoticeReply)
        assert reply.status == status


async def test_a_replayed_notice_changes_nothing(world: World) -> None:
    sent = [each for each in world.wire if each[0] == SE][-1]
    before = await world.kinds(SE)
    reply = await world.notices[SE](sent[1], sent[2])
    assert reply.status == 409
    assert len(await world.kinds(SE)) == len(before) + 1, "that it was refused is all that is logged"


async def test_own_records_are_recalled_at_home_too(world: World) -> None:
    analyst, se = world.visit(SE), world.nodes[SE]
    picture = await world.ask(SE, Operation.LOOKUP, BOX, nodes=[SE])
    handle = str(picture["claims"][0]["handle"])
    mandate = await world.mandate(analyst)
    lease = await kept.keep(analyst, handle, mandate)
    withdrawn = Recall(Sort.RECALL, "RECORD_WITHDRAWN", "", ((handle.partition("/")[2], 9),))
    se.lending.recalls.order(withdrawn, se.now())
    assert await write_due(se) >= 1
    await deliver_due(se)
    assert (await kept.view(analyst, str(lease["id"]), mandate))["kept"]["state"] == "WITHDRAWN"


async def test_what_is_not_shown_cannot_be_kept_and_other_cases_are_not_seen(world: World) -> None:
    analyst = world.visit(SE)
    mandate, _, lease = await keep_one(world)
    with pytest.raises(NotAllowed, match="nothing-of-the-kind"):
        await kept.keep(analyst, f"{FR}/nothing-of-the-kind", mandate)
    other = await world.mandate(analyst, case="FR-2026-0999")
    assert await kept.of_case(analyst, other) == []
    with pytest.raises(NotAllowed, match="not of the mandate's case"):
        await kept.view(analyst, str(lease["id"]), other)
    world.later(31 * DAY)
    late = await world.mandate(analyst)
    shown = await kept.view(analyst, str(lease["id"]), late)
    assert shown["kept"]["state"] == "LAPSED"


async def test_an_order_for_a_grant_that_was_never_changed_is_told_nobody(world: World) -> None:
    fr = world.nodes[FR]
    name = fr.books.grants.list()[0].terms
    fr.lending.recalls.order(Recall(Sort.RECALL, "GRANT_REVOKED", f"{name.id}@{name.version}"), fr.now())
    fr.lending.recalls.order(Recall(Sort.RECALL, "GRANT_REVOKED", "g-unknown@1"), fr.now())
    assert await write_due(fr) == 0
    assert len(fr.lending.recalls.pending()) == 2
