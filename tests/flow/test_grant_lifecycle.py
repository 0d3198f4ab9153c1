"""The life of a grant: drafted, proposed, approved by a second person, narrowed, superseded, ended."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway import liaise, propose
from gateway.errors import NotAllowed, VariablesRejected
from gateway.settings import SharingPart
from gateway.visit import Visit
from gateway.wiring import open_sharing
from policy.terms import Mode, Role
from sharing.errors import GrantRefused, GrantUnknown, ProposalConflict, ProposalRefused, TemplateRefused
from sharing.sql_grants import SqlGrants
from sharing.sql_proposals import SqlProposals
from tests.flow.test_grants import TERMS, swedish
from tests.world import Ground, World, open_world

SE, FR = "se.polisen", "fr.ofast"


@pytest.fixture
def first(world: World) -> Visit:
    return world.visit(SE, "officer-a", Role.LIAISON)


@pytest.fixture
def second(world: World) -> Visit:
    return world.visit(SE, "officer-b", Role.LIAISON)


async def granted(first: Visit, second: Visit, **changes: Any) -> str:
    proposed = await propose.propose(first, TERMS | changes, days=30)
    return str((await propose.approve(second, proposed["proposal"], proposed["digest"]))["id"])


def another_process(world: World) -> SqlGrants:
    """The Swedish grants as a second gateway process would read them."""
    home = world.homes[SE]
    return SqlGrants(open_sharing(f"sqlite:///{home.path / 'sharing.sqlite'}"), liaise.rule(world.nodes[SE]))


async def actions(world: World) -> list[str]:
    return [str(leaf["action"]) for leaf in await world.log(SE) if "action" in leaf]


async def test_from_a_draft_to_a_grant_by_two_persons(world: World, first: Visit, second: Visit) -> None:
    given = {"recipients": (FR,), "dataset": "cases", "cases": ("FR-2026-0418",)}
    with pytest.raises(TemplateRefused, match="cases must be given"):
        propose.draft_from(first, "joint-investigation-team", given | {"cases": ()})
    draft = propose.draft_from(first, "joint-investigation-team", given)
    assert (draft["state"], draft["officersMissing"], draft["narrows"]) == ("DRAFT", 2, False)
    assert "FR-2026-0418" in draft["grant"]["sentences"]["sv"]
    edited = propose.edit(first, draft["proposal"], {"masked": ("notes",), "days": 10})
    assert edited["digest"] != draft["digest"]
    with pytest.raises(ProposalRefused, match="only who wrote it"):
        propose.edit(second, draft["proposal"], {"masked": ()})
    with pytest.raises(ProposalRefused, match="only a PROPOSED"):
        await propose.approve(second, draft["proposal"])
    assert "GRANT_PROPOSED" not in await actions(world), "a draft changes nothing and is not logged"

    proposed = await propose.propose_draft(first, draft["proposal"])
    assert (proposed["state"], proposed["officersMissing"]) == ("PROPOSED", 1)
    with pytest.raises(ProposalRefused, match="only a DRAFT"):
        propose.edit(first, draft["proposal"], {"masked": ()})
    with pytest.raises(NotAllowed, match="second officer"):
        await propose.approve(first, draft["proposal"])
    with pytest.raises(ProposalRefused, match="was seen"):
        await propose.approve(second, draft["proposal"], draft["digest"])
    assert [each["id"] for each in propose.waiting(second)] == [draft["proposal"]]

    done = await propose.approve(second, draft["proposal"], proposed["digest"])
    assert (done["state"], done["grant"]["approvedBy"]) == ("ACTIVE", ["officer-a", "officer-b"])
    assert propose.one(second, draft["proposal"])["state"] == "APPROVED"
    assert not propose.waiting(second)
    leaf = next(each for each in await world.log(SE) if each.get("action") == "GRANT_PROPOSED")
    assert leaf["subject"] == proposed["digest"]
    assert "officer-a" not in str(leaf)
    assert "FR-2026-0418" not in str(leaf)


async def test_one_narrows_and_two_widen(world: World, first: Visit, second: Visit) -> None:
    grant = await granted(first, second)
    assert [each["id"] for each in (await swedish(world))[0]] == ["se-ct-1"]
    narrowed = await propose.supersede(first, grant, {"mode": Mode.CONTACT})
    assert (narrowed["state"], narrowed["narrows"], narrowed["supersedes"]) == ("ACTIVE", True, f"{grant}@1")
    records, status = await swedish(world)
    assert not records
    assert status["contact"]["count"] == 1

    widened = await propose.supersede(first, grant, {"mode": Mode.RECORD})
    assert (widened["state"], widened["officersMissing"], widened["narrows"]) == ("PROPOSED", 1, False)
    assert not (await swedish(world))[0], "wider terms wait for a second officer"
    again = await propose.supersede(first, grant, {"masked": ("notes", "sealNumber")})
    assert again["ref"] == f"{grant}@3"
    with pytest.raises(ProposalRefused, match="was changed since"):
        await propose.approve(second, widened["proposal"])
    wide = await propose.supersede(first, grant, {"mode": Mode.RECORD, "days": 60})
    await propose.approve(second, wide["proposal"])
    assert (await swedish(world))[0]
    states = [(each["ref"], each["state"]) for each in liaise.versions(first, grant)]
    assert states == [(f"{grant}@4", "ACTIVE")] + [(f"{grant}@{each}", "SUPERSEDED") for each in (3, 2, 1)]

    await liaise.revoke(second, grant, "over")
    with pytest.raises(GrantRefused, match="is revoked"):
        await propose.supersede(first, grant, {"mode": Mode.HIT})
    with pytest.raises(GrantUnknown):
        liaise.versions(first, "g-none")
    assert (await world.kinds(SE)).count("REVOKED") == 1


async def test_a_dry_run_changes_nothing(world: World, first: Visit, second: Visit) -> None:
    grant = await granted(first, second)
    draft = propose.draft(first, TERMS, 30)["proposal"]
    proposed = (await propose.propose(first, TERMS, 30))["proposal"]
    size, books = world.nodes[SE].log.head.size, world.nodes[SE].books

    def kept() -> tuple[object, ...]:
        return tuple(map(repr, (liaise.every(world.nodes[SE]), books.proposals.waiting(0))))

    before = kept()
    told: list[Mapping[str, Any]] = [
        propose.draft(first, TERMS, 30, dry_run=True),
        propose.edit(first, draft, {"mode": Mode.HIT}, dry_run=True),
        await propose.propose(first, TERMS, 30, dry_run=True),
        await propose.propose_draft(first, draft, dry_run=True),
        await propose.approve(second, proposed, dry_run=True),
        await propose.withdraw(second, proposed, "no", dry_run=True),
        await propose.supersede(first, grant, {"mode": Mode.HIT}, dry_run=True),
        await propose.supersede(first, grant, {"days": 90}, dry_run=True),
        await liaise.revoke(first, grant, "no", dry_run=True),
    ]
    bulk = await liaise.revoke_all(first, liaise.Reach(dataset="cases"), "no", dry_run=True)
    assert all(each["dryRun"] for each in (*told, bulk))
    states = [
        "DRAFT",
        "DRAFT",
        "PROPOSED",
        "PROPOSED",
        "ACTIVE",
        "WITHDRAWN",
        "ACTIVE",
        "PROPOSED",
        "REVOKED",
    ]
    assert [each["state"] for each in told] == states
    assert [each["officersMissing"] for each in told[2:8]] == [1, 1, 0, 1, 0, 1]
    assert [each["id"] for each in told[0]["overlapping"] if each["id"] == grant] == [grant]
    assert told[0]["proposal"] is None, "what is not kept has no id to use"
    assert grant in {each["id"] for each in bulk["revoked"]}
    assert (world.nodes[SE].log.head.size, kept()) == (size, before)
    assert (await swedish(world))[0]


async def test_bulk_revocation_ends_the_next_question_everywhere(
    world: World, first: Visit, second: Visit
) -> None:
    case, other = "FR-2026-0418", "SE-7"
    named = [await granted(first, second, cases=(case,)) for _ in range(2)]
    kept = await granted(first, second, cases=(other,))
    wide = await granted(first, second)
    elsewhere = another_process(world)
    live = {each.id for each in elsewhere.candidates(FR, world.nodes[SE].now(), case) if not each.revoked_at}
    assert {*named, wide} <= live
    with pytest.raises(VariablesRejected, match="at once is never meant"):
        await liaise.revoke_all(first, liaise.Reach(), "x")

    size = world.nodes[SE].log.head.size
    done = await liaise.revoke_all(first, liaise.Reach(FR, case), "case closed")
    assert {each["id"] for each in done["revoked"]} == set(named)
    assert wide in {each["id"] for each in done["remaining"]}
    assert kept not in {each["id"] for each in done["remaining"]}
    leaves = (await world.log(SE))[size:]
    assert [leaf["kind"] for leaf in leaves] == ["REVOKED", "REVOKED"]
    ended = {each.id for each in elsewhere.candidates(FR, world.nodes[SE].now(), case) if each.revoked_at}
    assert set(named) <= ended, "another process sees the end at its next question"

    assert (await swedish(world))[0], "the grant for any case goes on"

    stale = world.nodes[SE].books.grants.current(kept)
    await propose.supersede(first, kept, {"mode": Mode.HIT})
    officer = first.require(Role.LIAISON)
    (end,) = await liaise._revoke(world.nodes[SE], [stale], officer, "raced by a change")
    assert (end.terms.version, end.terms.mode) == (3, Mode.HIT)
    assert await liaise._revoke(world.nodes[SE], [stale], officer, "raced by an end") == [end]
    await liaise.revoke_all(first, liaise.Reach(partner=FR), "the partner is compromised")
    records, status = await swedish(world)
    assert not records
    assert status["status"] == "REFUSED"
    assert status["reasons"] == ["GRANT_REVOKED"]


async def test_proposals_survive_a_restart_lapse_and_are_withdrawn(tmp_path: Path, ground: Ground) -> None:
    async with open_world(tmp_path, ground) as world:
        first, second = (world.visit(SE, each, Role.LIAISON) for each in ("officer-a", "officer-b"))
        kept, taken, late = [(await propose.propose(first, TERMS, days=30))["proposal"] for _ in range(3)]
        restarted = SqlProposals(open_sharing(f"sqlite:///{world.homes[SE].path / 'sharing.sqlite'}"))
        seen = restarted.get(kept)
        withdrawn = await propose.withdraw(second, taken, "wrong case")
        assert withdrawn["state"] == "WITHDRAWN"
        with pytest.raises(ProposalRefused, match="WITHDRAWN"):
            await propose.approve(second, taken)
        assert (await propose.approve(second, kept, seen.digest))["state"] == "ACTIVE"
        with pytest.raises(ProposalConflict):
            restarted.step(seen.withdrawn(world.nodes[SE].now()))
        world.later(72 * 3600)
        assert propose.one(first, late)["state"] == "LAPSED"
        with pytest.raises(ProposalRefused, match="LAPSED"):
            await propose.approve(second, late)
        assert (await actions(world))[-4:] == ["GRANT_PROPOSED"] * 3 + ["GRANT_WITHDRAWN"]


async def test_the_nodes_rule_says_how_many(world: World, first: Visit, second: Visit) -> None:
    node = world.nodes[SE]
    settings = node.settings.model_copy(update={"sharing": SharingPart(officers=3)})
    three = replace(node, settings=settings)
    proposed = await propose.propose(replace(first, node=three), TERMS, days=30)
    assert proposed["officersMissing"] == 2
    step = await propose.approve(replace(second, node=three), proposed["proposal"])
    assert (step["state"], step["officersMissing"]) == ("PROPOSED", 1)
    third = replace(world.visit(SE, "officer-c", Role.LIAISON), node=three)
    assert (await propose.approve(third, proposed["proposal"]))["state"] == "ACTIVE"
    assert (await actions(world))[-2:] == ["GRANT_PROPOSED", "GRANT_APPROVED"]


async def test_a_mask_that_no_record_has_is_refused_with_what_it_could_mean(world: World) -> None:
    """A misspelt mask would hide nothing, and nobody would be told."""
    officer = world.visit("se.polisen", "officer-a", Role.LIAISON)
    given = {"recipients": (FR,), "dataset": "cases", "cases": ("FR-2026-0418",), "masked": ("sealNumbr",)}
    with pytest.raises(GrantRefused, match=r"masked property 'sealNumbr' is none .*; sealNumber"):
        propose.draft_from(officer, "joint-investigation-team", given, dry_run=True)
    with pytest.raises(GrantRefused, match="masked property 'birthDate'"):
        propose.draft_from(officer, "port-alerts", given | {"masked": ("birthDate",)}, dry_run=True)
    told = propose.draft_from(officer, "port-alerts", given | {"masked": ("*",)}, dry_run=True)
    assert told["grant"]["masked"] == ["*"]
