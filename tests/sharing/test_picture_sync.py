"""Comparing books of pictures: after any losses and repetitions all end with the same; liars cost little."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from audit.canonical import JSON
from sharing.contributions import Act, Contribution
from sharing.errors import FieldRefused, PictureUnknown
from sharing.memory_pictures import MemoryPictures
from sharing.picture import state
from sharing.picture_arrival import Known, admitted, opened_of
from sharing.picture_sync import (
    BUCKETS,
    MOST_IDS,
    MOST_PAGES,
    MOST_QUESTIONS,
    MOST_TOLD,
    MOST_WANTED,
    bucket,
    differing,
    missing,
    page_of,
    pull,
    read_summary,
    root,
    statements_of,
    summary,
)
from tests.sharing.pictures import HAGUE, OPENED, PARIS, PICTURE, STOCKHOLM, STRANGER, keys_of, made, note

MEMBERS = (PARIS, STOCKHOLM, HAGUE)
NODES = tuple(each.node for each in MEMBERS)
JOINED = made(Act.JOINED, STOCKHOLM, 2, members=(STRANGER,))
NOTES = {each.node: tuple(note(each, at) for at in range(10, 22)) for each in MEMBERS}
BY_STRANGER = note(STRANGER, 9)
IDS = st.sets(st.binary(min_size=32, max_size=32).map(lambda raw: f"sha256:{raw.hex()}"), max_size=60)


class Simulated:
    """A node's side of a comparison: its book, and what it says to the steps."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.book = MemoryPictures()
        self.asked = 0

    async def answer(self, body: Mapping[str, JSON]) -> Mapping[str, JSON]:
        self.asked += 1
        if body["step"] == "BUCKETS":
            page = page_of(self.book.of(PICTURE), read_summary(body), int(str(body["from"])))
            return {"ids": list(page.ids), "onward": page.onward}
        wanted = body["ids"]
        assert isinstance(wanted, list)
        return {"contributions": [*statements_of(self.book.get([str(each) for each in wanted]))]}

    def take(self, sender: str, statements: Sequence[str]) -> frozenset[str]:
        arrived = opened_of(PICTURE, statements, keys_of)
        known = Known(self.book.papers(PICTURE), self.book.authors(PICTURE))
        kept = admitted(arrived, known, self.node, sender)
        self.book.add(*kept, at=1)
        return frozenset(each.id for each in kept)

    def bring(self, other: "Simulated") -> int:
        async def take(statements: Sequence[str]) -> frozenset[str]:
            return self.take(other.node, statements)

        here = self.book.ids(PICTURE)
        return asyncio.run(pull(summary(here), here, other.answer, take))


class ThreeBooks(RuleBasedStateMachine):
    """Three nodes that write, whose letters are late, lost or repeated, and one of which is restored."""

    @initialize()
    def start(self) -> None:
        self.nodes = {node: Simulated(node) for node in NODES}
        self.letters: list[tuple[str, str, Contribution]] = []
        self.backups = {node: [] for node in NODES}  # type: dict[str, list[Sequence[Contribution]]]
        for each in self.nodes.values():
            each.book.add(OPENED, at=0)

    def write(self, node: str, contribution: Contribution) -> None:
        self.nodes[node].book.add(contribution, at=0)
        self.letters += [(node, to, contribution) for to in NODES if to != node]

    @rule(node=st.sampled_from(NODES), which=st.integers(0, 11))
    def write_note(self, node: str, which: int) -> None:
        self.write(node, NOTES[node][which])

    @rule(which=st.sampled_from((JOINED, BY_STRANGER)))
    def write_another(self, which: Contribution) -> None:
        self.write("se.b", which)

    @rule(place=st.integers(0, 200), again=st.booleans())
    def deliver(self, place: int, *, again: bool) -> None:
        if self.letters:
            sender, to, contribution = self.letters[place % len(self.letters)]
            if OPENED.id not in self.nodes[to].book.ids(PICTURE):
                with pytest.raises(PictureUnknown):
                    self.nodes[to].take(sender, [contribution.statement])
                return
            self.nodes[to].take(sender, [contribution.statement])
            if not again:
                self.letters.pop(place % len(self.letters))

    @rule(place=st.integers(0, 200))
    def lose(self, place: int) -> None:
        if self.letters:
            self.letters.pop(place % len(self.letters))

    @rule(node=st.sampled_from(NODES))
    def back_up(self, node: str) -> None:
        self.backups[node].append(self.nodes[node].book.of(PICTURE))

    @rule(node=st.sampled_from(NODES), whole=st.booleans())
    def restore(self, node: str, *, whole: bool) -> None:
        self.nodes[node].book = MemoryPictures()
        if self.backups[node] and not whole:
            self.nodes[node].book.add(*self.backups[node][-1], at=0)

    @rule(node=st.sampled_from(NODES), other=st.sampled_from(NODES))
    def compare(self, node: str, other: str) -> None:
        if node != other and OPENED in self.nodes[other].book.of(PICTURE):
            self.nodes[node].bring(self.nodes[other])

    def teardown(self) -> None:
        """Two rounds in which every node asks every other: then nobody lacks what anybody had."""
        everything = frozenset().union(*(each.book.ids(PICTURE) for each in self.nodes.values()))
        for _ in range(2):
            for node in self.nodes.values():
                for other in self.nodes.values():
                    if node is not other and OPENED.id in node.book.ids(PICTURE) | other.book.ids(PICTURE):
                        node.bring(other)
        if OPENED.id in everything:
            assert {each.book.ids(PICTURE) for each in self.nodes.values()} == {everything}
            told = [state(each.book.of(PICTURE)) for each in self.nodes.values()]
            assert told[0] == told[1] == told[2]


TestThreeBooks = ThreeBooks.TestCase
TestThreeBooks.settings = settings(settings.get_profile("default"), stateful_step_count=40)


@given(IDS, st.randoms(use_true_random=False))
def test_a_summary_is_of_the_set_and_of_nothing_else(ids: set[str], random: Any) -> None:
    told = [*ids, *ids]
    random.shuffle(told)
    assert summary(told) == summary(ids)
    assert len(summary(ids)) == BUCKETS
    assert read_summary({"buckets": list(summary(ids))}) == summary(ids)


@given(IDS, IDS)
def test_the_buckets_that_differ_are_those_of_what_one_side_has_alone(
    mine: set[str], theirs: set[str]
) -> None:
    found = differing(summary(mine), summary(theirs))
    assert set(found) == {bucket(each) for each in mine ^ theirs}
    assert (root(summary(mine)) == root(summary(theirs))) == (mine == theirs)
    assert missing(sorted(theirs), frozenset(mine)) == tuple(sorted(theirs - mine))


def test_a_large_book_is_brought_in_pages_and_parts_who_belongs_to_it_first() -> None:
    whole, empty = Simulated("fr.a"), Simulated("se.b")
    whole.book.add(OPENED, JOINED, *(note(PARIS, at) for at in range(100, 1_000)), at=0)
    page = page_of(whole.book.of(PICTURE), summary(()), 0)
    assert set(page.ids[:2]) == {OPENED.id, JOINED.id}
    assert empty.bring(whole) == 902
    assert whole.asked == 1 + -(-902 // MOST_WANTED)
    assert empty.bring(whole) == 0


def test_pages_hold_whole_buckets_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sharing.picture_sync.MOST_IDS", 20)
    whole, empty = Simulated("fr.a"), Simulated("se.b")
    whole.book.add(OPENED, *(note(PARIS, at) for at in range(100, 200)), at=0)
    assert empty.bring(whole) == 101
    assert empty.book.ids(PICTURE) == whole.book.ids(PICTURE)
    theirs, start, seen = summary(()), 0, set()
    while start < BUCKETS:
        page = page_of(whole.book.of(PICTURE), theirs, start)
        assert page.onward > start
        assert len(page.ids) <= 20
        seen |= set(page.ids)
        start = page.onward
    assert seen == whole.book.ids(PICTURE)


def test_a_reply_is_cut_where_it_would_be_too_long_and_never_empty() -> None:
    long = [note(PARIS, at, text="x" * 8_000) for at in range(100)]
    told = statements_of([*long, OPENED])
    assert told[0] == OPENED.statement
    assert sum(map(len, told)) <= MOST_TOLD < sum(len(each.statement) for each in long)
    whole, empty = Simulated("fr.a"), Simulated("se.b")
    whole.book.add(OPENED, *long, at=0)
    assert empty.bring(whole) == 101
    assert statements_of([]) == []


# --- a partner that lies


def brought_from(answer: Callable[[Mapping[str, JSON]], Mapping[str, JSON]]) -> tuple[int, int]:
    """How much came, and how many questions it took."""
    node, asked = Simulated("fr.a"), 0
    node.book.add(OPENED, at=0)

    async def ask(body: Mapping[str, JSON]) -> Mapping[str, JSON]:
        nonlocal asked
        asked += 1
        return answer(body)

    async def take(statements: Sequence[str]) -> frozenset[str]:
        return node.take("se.b", statements)

    here = node.book.ids(PICTURE)
    return asyncio.run(_awaited(pull(summary(here), here, ask, take))), asked


async def _awaited(work: Awaitable[int]) -> int:
    return await work


def bogus(start: int, count: int) -> list[JSON]:
    return [f"sha256:{place:064x}" for place in range(start, start + count)]


def test_ids_of_nothing_end_the_comparison() -> None:
    assert brought_from(
        lambda body: (
            {"ids": bogus(0, MOST_IDS), "onward": 1} if body["step"] == "BUCKETS" else {"contributions": []}
        )
    ) == (0, 2)


def test_what_was_not_asked_for_is_no_progress() -> None:
    other = note(STOCKHOLM, 50).statement
    assert brought_from(
        lambda body: (
            {"ids": bogus(0, 5), "onward": BUCKETS}
            if body["step"] == "BUCKETS"
            else {"contributions": [other]}
        )
    ) == (0, 2)


def test_differences_without_end_are_not_followed() -> None:
    pages = iter(range(1, 1_000))
    got, asked = brought_from(lambda _: {"ids": [], "onward": next(pages)})
    assert (got, asked) == (0, MOST_PAGES)


def test_contributions_without_end_are_brought_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sharing.picture_sync.MOST_QUESTIONS", 5)
    assert MOST_QUESTIONS > 5
    notes = {each.id: each.statement for each in (note(STOCKHOLM, at) for at in range(100, 120))}

    def one_by_one(body: Mapping[str, JSON]) -> Mapping[str, JSON]:
        if body["step"] == "BUCKETS":
            return {"ids": [*notes], "onward": BUCKETS}
        assert isinstance(body["ids"], list)
        return {"contributions": [notes[str(body["ids"][0])]]}

    assert brought_from(one_by_one) == (5, 6)


@pytest.mark.parametrize(
    "page",
    [
        {},
        {"ids": [], "onward": 0},
        {"ids": [], "onward": BUCKETS + 1},
        {"ids": ["x"], "onward": 1},
        {"ids": bogus(0, MOST_IDS + 1), "onward": 1},
        {"ids": "x", "onward": 1},
        {"ids": [], "onward": 1, "more": True},
    ],
)
def test_a_malformed_page_is_refused(page: Mapping[str, JSON]) -> None:
    with pytest.raises(FieldRefused):
        brought_from(lambda _: page)


@pytest.mark.parametrize("reply", [{}, {"contributions": ["x"] * 6}, {"contributions": [1]}])
def test_a_malformed_reply_with_contributions_is_refused(reply: Mapping[str, JSON]) -> None:
    with pytest.raises(FieldRefused):
        brought_from(
            lambda body: {"ids": bogus(0, 5), "onward": BUCKETS} if body["step"] == "BUCKETS" else reply
        )


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=8))
def test_whatever_a_partner_says_is_read_or_refused(value: Any) -> None:
    for name in ("ids", "onward", "contributions"):
        with pytest.raises(FieldRefused):
            brought_from(lambda _, name=name: {"ids": [], "onward": "x"} | {name: value, "x": 1})  # type: ignore[misc]  # a bound name
    with pytest.raises(FieldRefused):
        read_summary({"buckets": value})
