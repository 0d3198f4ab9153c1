"""Proposals: one conformance suite for every book, and what a proposal may become."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from policy.terms import Mode
from sharing.errors import ProposalConflict, ProposalRefused, ProposalUnknown
from sharing.memory_proposals import MemoryProposals
from sharing.proposals import DRAFT_LIFE, Proposal, ProposalBook, ProposalState, new_draft
from sharing.sql_proposals import SqlProposals
from tests.sharing.office import DAY, NOW
from tests.sharing.test_grants import terms

HOUR = 3600
LONG = NOW + 90 * DAY


def draft(author: str = "u-1", officers: int = 2, **changes: Any) -> Proposal:
    return new_draft(terms(**({"expires_at": LONG} | changes)), author, officers, NOW)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def book(request: pytest.FixtureRequest, engines_on: Callable[[str], Callable[[], Engine]]) -> ProposalBook:
    return MemoryProposals() if request.param == "memory" else SqlProposals(engines_on(request.param)())


# ----- the port


def test_what_is_added_is_found_and_only_once(book: ProposalBook) -> None:
    made = draft()
    book.add(made)
    assert book.get(made.id) == made
    with pytest.raises(ProposalConflict, match=made.id):
        book.add(made)
    with pytest.raises(ProposalUnknown, match="p-0"):
        book.get("p-0")


def test_each_revision_follows_the_one_before(book: ProposalBook) -> None:
    made = draft()
    book.add(made)
    proposed = made.proposed("u-1", NOW, HOUR)
    book.step(proposed)
    assert book.get(made.id) == proposed
    for late in (made.withdrawn(NOW), proposed, replace(made, revision=9)):
        with pytest.raises(ProposalConflict, match="was read"):
            book.step(late)
    with pytest.raises(ProposalUnknown):
        book.step(draft().withdrawn(NOW))


def test_what_waits_comes_first_to_lapse_first(book: ProposalBook) -> None:
    drafts = [draft() for _ in range(4)]
    for each in drafts:
        book.add(each)
    soon = drafts[2].proposed("u-1", NOW, HOUR)
    book.step(soon)
    book.step(drafts[1].withdrawn(NOW))
    rest = sorted((drafts[0], drafts[3]), key=lambda each: each.id)
    assert list(book.waiting(NOW)) == [soon, *rest]
    assert list(book.waiting(NOW, limit=1)) == [soon]
    assert list(book.waiting(NOW + HOUR)) == rest
    assert not book.waiting(NOW + DRAFT_LIFE)
    book.add(draft(expires_at=NOW + 1))
    assert list(book.waiting(NOW + 1)) == [soon, *rest]


def test_approvals_are_kept(book: ProposalBook) -> None:
    made = draft(officers=3, mode=Mode.CORE, masked=("notes",), cases=("A",))
    book.add(made)
    proposed = made.proposed("u-1", NOW, HOUR)
    book.step(proposed)
    second = proposed.approved("u-2", proposed.digest, NOW + 1)
    book.step(second)
    assert book.get(made.id) == second
    assert (second.missing, second.digest) == (1, made.digest)


# ----- SQL


def test_a_proposal_survives_a_restart_and_other_processes_see_it(engines: Callable[[], Engine]) -> None:
    here, there, made = SqlProposals(engines()), SqlProposals(engines()), draft()
    here.add(made)
    assert there.get(made.id) == made
    there.step(made.proposed("u-1", NOW, HOUR))
    with pytest.raises(ProposalConflict):
        here.step(made.withdrawn(NOW))


@pytest.mark.parametrize("document", ["{}", "[]", "x", '{"terms":{}}'])
def test_a_row_that_is_none_of_ours_is_refused(engines: Callable[[], Engine], document: str) -> None:
    engine, made = engines(), draft()
    SqlProposals(engine).add(made)
    with engine.begin() as connection:
        connection.execute(text("UPDATE sharing_proposal SET document = :d").bindparams(d=document))
    with pytest.raises(ProposalRefused, match="not one of ours"):
        SqlProposals(engine).get(made.id)


# ----- the value


def test_a_draft_is_its_authors() -> None:
    made = draft()
    wider = replace(made.terms, mode=Mode.RECORD, schemata=("Person",))
    edited = made.edited("u-1", wider, 2, NOW + 5)
    assert (edited.terms, edited.revision, edited.lapses_at) == (wider, 2, NOW + 5 + DRAFT_LIFE)
    assert edited.digest != made.digest
    refusals: tuple[Callable[[], Proposal], ...] = (
        lambda: made.edited("u-2", wider, 2, NOW),
        lambda: made.edited("u-1", replace(wider, id="g-2"), 2, NOW),
        lambda: made.edited("u-1", replace(wider, version=2), 2, NOW),
        lambda: made.proposed("u-2", NOW, HOUR),
        lambda: made.approved("u-2", made.digest, NOW),
        lambda: made.edited("u-1", wider, 2, NOW + DRAFT_LIFE),
        made.complete,
    )
    for refused in refusals:
        with pytest.raises(ProposalRefused):
            refused()


def test_proposing_freezes_and_a_second_officer_approves_exactly_that() -> None:
    proposed = draft().proposed("u-1", NOW, HOUR)
    assert proposed.missing == 1
    refusals: tuple[tuple[Callable[[], Proposal], str], ...] = (
        (lambda: proposed.edited("u-1", proposed.terms, 2, NOW), "only a DRAFT"),
        (lambda: proposed.approved("u-1", proposed.digest, NOW), "second officer"),
        (lambda: proposed.approved("u-2", draft(mode=Mode.HIT).digest, NOW), "was seen"),
        (lambda: proposed.approved("u-2", proposed.digest, NOW + HOUR), "LAPSED"),
        (lambda: proposed.withdrawn(NOW + HOUR), "LAPSED"),
        (proposed.complete, "1 more"),
    )
    for refused, why in refusals:
        with pytest.raises(ProposalRefused, match=why):
            refused()
    done = proposed.approved("u-2", proposed.digest, NOW + 1).complete()
    assert (done.state, done.missing) == (ProposalState.APPROVED, 0)
    assert done.at(LONG) is ProposalState.APPROVED
    with pytest.raises(ProposalRefused):
        done.withdrawn(NOW)


def test_one_officer_is_enough_where_one_is_asked_for() -> None:
    assert draft(officers=1).proposed("u-1", NOW, HOUR).complete().state is ProposalState.APPROVED


def test_terms_that_would_be_over_have_lapsed() -> None:
    assert draft(expires_at=NOW + 9).at(NOW + 8) is ProposalState.DRAFT
    assert draft(expires_at=NOW + 9).at(NOW + 9) is ProposalState.LAPSED


@given(steps=st.lists(st.sampled_from(["edit", "propose", "approve", "withdraw", "wait"]), max_size=8))
def test_nothing_is_approved_but_by_two_who_saw_it(steps: list[str]) -> None:
    proposal, now = draft(), NOW
    for number, step in enumerate(steps):
        officer = f"u-{1 + number % 3}"
        try:
            if step == "edit":
                proposal = proposal.edited(officer, proposal.terms, 2, now)
            elif step == "propose":
                proposal = proposal.proposed(officer, now, HOUR)
            elif step == "approve":
                proposal = proposal.approved(officer, proposal.digest, now)
            elif step == "withdraw":
                proposal = proposal.withdrawn(now)
            else:
                now += HOUR // 2
            done = proposal.complete()
        except ProposalRefused:
            continue
        assert len({each.officer for each in done.approvals}) >= 2
        assert done.author == done.approvals[0].officer
