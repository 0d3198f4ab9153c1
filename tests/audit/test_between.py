"""Shared exchanges are found through the index: all of them, no other node's, late ones too."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from audit.between import lines_between, lines_of
from audit.entry import Kind
from audit.index import catch_up
from audit.line import Line, instant
from audit.memory_index import MemoryIndex
from audit.memory_store import MemoryStore
from audit.merkle import Frontier, leaf_hash
from audit.store import Group, Head
from tests.audit.test_reconcile import EU, FR, GOOD, PAIRS, SE, START, Histories

NODES = (FR, SE, EU)
PLANS = st.lists(
    st.tuples(
        st.sampled_from((*PAIRS, (EU, FR), (FR, EU))), st.sampled_from(GOOD), st.integers(-7200, 14_400)
    ),
    max_size=25,
)


class Searched:
    """A node's log in a store, with its index caught up."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.store, self.index = MemoryStore(), MemoryIndex()
        self.store.start()
        grown = Frontier().append(leaf_hash(leaf) for leaf in leaves)
        head = Head(len(leaves), grown.root())
        if leaves:
            self.store.commit(Group(0, head, leaves))
        catch_up(self.index, self.store.reader, head)

    def between(self, own: str, other: str, since: datetime, until: datetime) -> list[Line]:
        return lines_between(self.index, self.store.reader, (own, other), since, until)

    def of(self, own: str, other: str, *requests: str) -> list[Line]:
        return lines_of(self.index, self.store.reader, (own, other), requests)


@given(PLANS, st.integers(-3600, 3600), st.integers(1, 7200))
def test_exactly_the_lines_of_the_period_and_the_partner(
    plan: list[tuple[tuple[str, str], str, int]], start: int, length: int
) -> None:
    histories = Histories()
    for (asker, answerer), outcome, seconds in plan:
        histories.exchange(asker, answerer, outcome, START + timedelta(seconds=seconds))
    since = START + timedelta(seconds=start)
    until = since + timedelta(seconds=length)
    searched = Searched(histories.logs[FR])
    for other in NODES:
        wanted = [
            line
            for line in histories.told(FR)
            if {line.asker, line.answerer} == {FR, other} and since <= instant(line.requested_at) < until
        ]
        assert searched.between(FR, other, since, until) == wanted
        requests = [line.request for line in wanted]
        assert searched.of(FR, other, *requests) == wanted
        assert searched.of(FR, "no.body", *requests) == []


def test_a_late_entry_is_found_by_its_intent_and_by_its_request() -> None:
    histories = Histories()
    request = histories.exchange(FR, SE, "ANSWERED", START)
    histories.change(SE, Kind.DISCLOSED, b'"at":"2026-11-21T09', b'"at":"2026-11-23T09')
    searched = Searched(histories.logs[SE])
    (line,) = searched.between(SE, FR, START, START + timedelta(hours=1))
    assert line == searched.of(SE, FR, request)[0]
    assert line.closed_at.startswith("2026-11-23")
    late = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    assert searched.between(SE, FR, late, late + timedelta(hours=1)) == []


def test_a_long_log_is_read_in_few_runs() -> None:
    histories = Histories()
    for number in range(30):
        histories.exchange(FR, SE if number % 10 == 0 else EU, "ANSWERED", START)
    searched = Searched(histories.logs[FR])
    assert len(searched.between(FR, SE, START, START + timedelta(seconds=1))) == 3
