"""One suite for every adapter of `sharing.inbox.Inbox`; each SQL inbox is like another process."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from policy.terms import Mode
from sharing.errors import ItemConflict, ItemRefused, ItemUnknown
from sharing.grants import Approval
from sharing.inbox import MOST_ITEMS, Box, Decision, Inbox, Item, ItemKind, ItemState, Wanted
from sharing.memory_inbox import MemoryInbox
from sharing.sql_inbox import SqlInbox
from tests.sharing.office import NOW

Open = Callable[[], Inbox]
REFUSED = Decision(ItemState.REFUSED, "officer-1", NOW + 5, "ONGOING_INVESTIGATION")


def item(number: int = 1, **changes: Any) -> Item:
    told: dict[str, Any] = {
        "id": f"f-{number}",
        "kind": ItemKind.FOLLOW_UP,
        "node": "fr.ofast",
        "received_at": NOW,
        "due_at": NOW + 8 * 3600,
        "query_id": "q-1",
        "request": "sha256:" + 64 * "0",
        "reference": "d-1",
        "tier": Mode.CORE,
        "reason": "IDENTIFY_PERSON",
        "urgency": "URGENT",
        "facts": {"purpose": "OPERATIONAL_ANALYSIS", "offence": "DRUG_TRAFFICKING"},
    }
    return Item(**told | changes)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def open_inbox(request: pytest.FixtureRequest, engines_on: Callable[[str], Callable[[], Engine]]) -> Open:
    if request.param == "memory":
        kept = MemoryInbox()
        return lambda: kept
    connect = engines_on(request.param)
    return lambda: SqlInbox(connect())


def test_an_item_is_added_once_and_stays(open_inbox: Open) -> None:
    first = item(subject="u-1", approvals=(Approval("officer-1", NOW),), draft={"tier": "core"})
    assert open_inbox().add(first)
    again = open_inbox()
    assert not again.add(item(reason="OTHER"))
    assert again.get("f-1") == first
    with pytest.raises(ItemUnknown, match="f-2"):
        again.get("f-2")


def test_it_is_decided_once_by_whoever_is_first(open_inbox: Open) -> None:
    inbox, other = open_inbox(), open_inbox()
    inbox.add(item(content={"variables": {"value": "XQZU 418026-6"}}))
    read = other.get("f-1")
    assert read.content
    ended = inbox.put(inbox.get("f-1").decided(REFUSED))
    assert ended == other.get("f-1")
    assert (ended.state, ended.decision, ended.revision) == (ItemState.REFUSED, REFUSED, 1)
    assert not ended.content, "what was asked is forgotten with the decision"
    with pytest.raises(ItemConflict, match="revision 0"):
        other.put(read.decided(Decision(ItemState.ANSWERED, "officer-2", NOW + 6, grant="g-1@1")))
    with pytest.raises(ItemRefused, match="is REFUSED"):
        ended.decided(REFUSED)
    with pytest.raises(ItemUnknown):
        inbox.put(item(2))


def test_only_what_was_withdrawn_is_opened_again() -> None:
    ended = item().decided(Decision(ItemState.WITHDRAWN, "u-1", NOW + 5))
    assert ended.reopened() == item()
    for other in (item(), item().decided(REFUSED)):
        with pytest.raises(ItemRefused, match="only a withdrawn one"):
            other.reopened()


def test_officers_approve_one_after_the_other(open_inbox: Open) -> None:
    inbox = open_inbox()
    inbox.add(item())
    one, two = Approval("officer-1", NOW), Approval("officer-2", NOW + 1)
    waiting = inbox.put(inbox.get("f-1").approved({"tier": "core"}, one))
    assert waiting == open_inbox().get("f-1")
    with pytest.raises(ItemRefused, match="another officer"):
        waiting.approved({"tier": "core"}, one)
    assert waiting.approved({"tier": "core"}, two).approvals == (one, two)
    assert waiting.approved({"tier": "record"}, two).approvals == (two,), "another draft starts anew"
    ended = inbox.put(waiting.decided(REFUSED))
    with pytest.raises(ItemRefused, match="only an open one"):
        ended.approved({}, two)


def test_an_approval_does_not_wait_for_ever() -> None:
    first = item().approved({"tier": "core"}, Approval("officer-1", NOW))
    both = first.approved({"tier": "core"}, Approval("officer-2", NOW + 9), since=NOW)
    assert [each.officer for each in both.approvals] == ["officer-1", "officer-2"]
    late = first.approved({"tier": "core"}, Approval("officer-2", NOW + 9), since=NOW + 1)
    assert [each.officer for each in late.approvals] == ["officer-2"]
    again = first.approved({"tier": "core"}, Approval("officer-1", NOW + 9), since=NOW + 1)
    assert [each.at for each in again.approvals] == [NOW + 9]


def test_items_come_by_deadline_in_pages(open_inbox: Open) -> None:
    inbox = open_inbox()
    made = [item(number, due_at=NOW + 100 - number // 2) for number in range(6)]
    for each in made:
        inbox.add(each)
    inbox.put(made[3].decided(REFUSED))
    ordered = sorted((each for each in made if each.id != "f-3"), key=lambda each: (each.due_at, each.id))
    wanted = Wanted(state=ItemState.OPEN, first=2)
    pages: list[Item] = []
    while page := inbox.list(wanted):
        pages += page
        wanted = replace(wanted, after=(page[-1].due_at, page[-1].id))
    assert pages == ordered
    assert [each.id for each in inbox.list(Wanted(due_before=NOW + 99))] == ["f-4", "f-5"]


def test_every_criterion_narrows(open_inbox: Open) -> None:
    inbox = open_inbox()
    inbox.add(item(1))
    inbox.add(item(2, kind=ItemKind.CONSENT, node="se.polisen", subject="u-1", query_id="q-2"))
    for wanted in (
        Wanted(kind=ItemKind.CONSENT),
        Wanted(node="se.polisen"),
        Wanted(subject="u-1"),
        Wanted(query_id="q-2"),
    ):
        assert [each.id for each in inbox.list(wanted)] == ["f-2"]
    assert not inbox.list(Wanted(state=ItemState.LAPSED))


def test_boxes_do_not_mix(engines: Callable[[], Engine]) -> None:
    inbox, sent = SqlInbox(engines()), SqlInbox(engines(), Box.SENT)
    assert inbox.add(item())
    assert sent.add(item(node="se.polisen"))
    assert sent.get("f-1").node == "se.polisen"
    assert [each.node for each in inbox.list(Wanted())] == ["fr.ofast"]
    sent.put(sent.get("f-1").decided(REFUSED))
    assert inbox.get("f-1").state is ItemState.OPEN


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"id": ""}, "id is not"),
        ({"id": "a b"}, "id is not"),
        ({"reason": "free text"}, "reason is not"),
        ({"node": "X"}, "of 'X'"),
        ({"due_at": NOW - 1}, "from"),
        ({"facts": {"name": "Jean Exemple"}}, "field table"),
    ],
)
def test_an_item_holds_codes_only(changes: dict[str, Any], match: str) -> None:
    with pytest.raises(ItemRefused, match=match):
        item(**changes)


def test_an_end_is_an_end_and_a_page_has_one() -> None:
    with pytest.raises(ItemRefused, match="cannot be OPEN"):
        item().decided(replace(REFUSED, state=ItemState.OPEN))
    for first in (0, MOST_ITEMS + 1):
        with pytest.raises(ItemRefused, match="are wanted"):
            Wanted(first=first)


_ITEMS = st.lists(
    st.builds(
        item,
        st.integers(0, 50),
        kind=st.sampled_from(ItemKind),
        node=st.sampled_from(["fr.ofast", "se.polisen"]),
        due_at=st.integers(NOW, NOW + 3),
        subject=st.sampled_from(["", "u-1", "u-2"]),
    ),
    unique_by=lambda each: each.id,
)
_WANTED = st.builds(
    Wanted,
    state=st.sampled_from([None, ItemState.OPEN]),
    kind=st.sampled_from([None, ItemKind.CONSENT]),
    node=st.sampled_from(["", "fr.ofast"]),
    subject=st.sampled_from(["", "u-1"]),
    due_before=st.none() | st.integers(NOW, NOW + 4),
    after=st.tuples(st.integers(-1, NOW + 3), st.sampled_from(["", "f-25"])).map(
        lambda pair: pair if pair[0] >= 0 else (-1, "")
    ),
    first=st.integers(1, 5),
)


@given(_ITEMS, _WANTED)
def test_a_list_is_what_is_wanted_in_order(items: list[Item], wanted: Wanted) -> None:
    inbox = MemoryInbox()
    for each in items:
        assert inbox.add(each)
    expected = sorted(filter(wanted.admits, items), key=lambda each: (each.due_at, each.id))
    assert inbox.list(wanted) == expected[: wanted.first]
