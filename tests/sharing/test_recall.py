"""Recalls, the register of what was given, and leases: order and repetition of notices change nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine

from audit.keys import SigningKey
from policy.terms import Mode
from sharing.errors import FieldRefused, LeaseUnknown, RecallRefused
from sharing.grants import Approval, GrantRule
from sharing.leases import Counts, Lease, LeaseState, joined, standing
from sharing.memory_grants import MemoryGrants
from sharing.recall import MOST_RECORDS, Mark, Of, Recall, Sort, read_recall
from sharing.recalling_grants import RecallingGrants, takes_away
from sharing.register import Given, Newest
from sharing.sql_leases import SqlLeases
from sharing.sql_recalls import SqlRecalls
from sharing.sql_register import SqlRegister
from sharing.tables import create_tables
from tests.sharing.office import NOW
from tests.sharing.test_grants import terms

FR, SE = "fr.ofast", "se.polisen"
TERMS = terms(masked=("weight",))
MONTH = 30 * 86_400


def lease(number: int = 1, **changes: Any) -> Lease:
    made = Lease(
        f"k-{number}", SE, f"R-{number}", 3, "hmac-sha256:" + "ab" * 32, "p-1", "q-1", ("g-1@2",), ("H0",),
        NOW + number, NOW + MONTH,
    )  # fmt: skip
    return replace(made, **changes)


def mark(of: Of, name: str, version: int, reason: str = "GRANT_REVOKED", node: str = SE) -> Mark:
    return Mark(node, of, name, version, reason)


# ---- the register


def test_the_register_knows_who_received_a_record_and_what_went_under_a_grant(
    engines: Callable[[], Engine],
) -> None:
    register = SqlRegister(engines())
    assert register.reached() == -1
    first = Given(3, "R-1", 1, FR, "q-1", NOW, ("g-1@1", "g-2@1"))
    other = Given(3, "R-2", 1, FR, "q-1", NOW, ("g-2@1",))
    register.extend([first, other], 4)
    later = Given(9, "R-1", 2, "eu.europol", "q-2", NOW + 5, ("g-1@2",))
    register.extend([first, later], 10)
    assert SqlRegister(engines()).reached() == 10
    assert register.of_record("R-1") == [later, first]
    assert register.of_record("R-9") == []
    assert register.of_record("R-1", besides=first.partner) == [
        each for each in (later, first) if each.partner != first.partner
    ]
    assert [each.place for each in register.of_grant("g-1", 2)] == [9, 3]
    assert register.partners_of("g-1", 1) == [FR]
    assert register.partners_of("g-1", 2) == ["eu.europol", FR]
    newest = [Newest("R-1", "eu.europol", 2), Newest("R-1", FR, 1), Newest("R-2", FR, 1)]
    assert register.newest() == newest
    assert register.newest(("R-1", "eu.europol"), 1) == [newest[1]]


def test_what_another_process_took_in_is_not_taken_in_twice(engines: Callable[[], Engine]) -> None:
    one, other = SqlRegister(engines()), SqlRegister(engines())
    taken = Given(3, "R-1", 1, FR, "q-1", NOW, ("g-1@1",))
    one.extend([taken], 3)
    other.extend([taken], 3)
    other.extend([], 2)
    assert one.reached() == 3
    assert one.of_record("R-1") == [taken]


# ---- what is said


def test_a_recall_is_read_as_it_was_written() -> None:
    for recall in (
        Recall(Sort.RECALL, "GRANT_REVOKED", "g-1@2"),
        Recall(Sort.RECTIFY, "RECORD_RECTIFIED", "", (("R-1", 4), ("R-2", 1))),
    ):
        body = {**recall.content, "id": "r-1.se.polisen.0", "due": NOW}
        assert read_recall(recall.sort, body) == ("r-1.se.polisen.0", recall)


@pytest.mark.parametrize(
    "change",
    [
        {"grant": ""},
        {"grant": "g-1"},
        {"records": [["R-1", 1]]},
        {"grant": "", "records": [["R-1"]]},
        {"grant": "", "records": [["R 1", 1]]},
        {"grant": "", "records": [["R-1", -1]]},
        {"grant": "", "records": [["R-1", 1]] * (MOST_RECORDS + 1)},
        {"reason": "because"},
        {"due": "soon"},
        {"id": ""},
        {"more": 1},
    ],
)
def test_what_is_not_of_that_form_is_refused(change: dict[str, Any]) -> None:
    body: dict[str, Any] = {"id": "r-1", "grant": "g-1@2", "records": [], "reason": "X", "due": NOW}
    with pytest.raises(FieldRefused):
        read_recall(Sort.RECALL, body | change)


def test_a_rectification_of_a_grant_and_a_record_without_form_are_none() -> None:
    with pytest.raises(RecallRefused, match="RECTIFY"):
        Recall(Sort.RECTIFY, "X", "g-1@2")
    with pytest.raises(RecallRefused, match="R 1"):
        Recall(Sort.RECTIFY, "X", "", (("R 1", 2),))


def test_many_records_go_in_several_notices() -> None:
    records = tuple((f"R-{number}", 1) for number in range(MOST_RECORDS + 1))
    parts = Recall(Sort.RECALL, "RECORD_WITHDRAWN", "", records).parts()
    assert [len(each.records) for each in parts] == [MOST_RECORDS, 1]


# ---- orders


def test_an_order_is_kept_once_until_it_is_written(engines: Callable[[], Engine]) -> None:
    book = SqlRecalls(engines())
    recall = Recall(Sort.RECALL, "RECORD_WITHDRAWN", "", (("R-1", 1),))
    assert book.order(recall, NOW) == book.order(recall, NOW + 9) == recall.id
    (ordered,) = SqlRecalls(engines()).pending()
    assert (ordered.id, ordered.recall, ordered.at) == (recall.id, recall, NOW)
    book.written(recall.id, NOW + 1)
    assert book.pending() == []


def test_a_grant_that_ends_or_narrows_is_ordered_back_before_it_is_stored(
    engines: Callable[[], Engine],
) -> None:
    key = SigningKey.generate(f"{TERMS.owner}/grant")
    rule = GrantRule.of(key.public)
    recalls = SqlRecalls(engines())
    book = RecallingGrants(MemoryGrants(rule), recalls)
    approvals = (Approval("o-1", NOW), Approval("o-2", NOW + 1))
    book.add(rule.sign(TERMS, approvals, key))
    wider = replace(TERMS, version=2, masked=(), expires_at=TERMS.expires_at - 1)
    book.add(rule.sign(wider, approvals, key))
    assert recalls.pending() == []
    narrower = replace(wider, version=3, mode=Mode.CONTACT)
    book.add(rule.sign(narrower, approvals, key))
    book.add(rule.revoke(book.current(TERMS.id), approvals[:1], key, at=NOW + 5))
    told = [(each.recall.grant, each.recall.reason) for each in recalls.pending()]
    assert sorted(told) == [(wider.ref, "GRANT_NARROWED"), (narrower.ref, "GRANT_REVOKED")]
    assert [each.terms.version for each in book.history(TERMS.id)] == [1, 2, 3, 4]
    assert [each.terms.version for each in book.list()] == [4]
    assert len(book.candidates(TERMS.recipients[0], NOW)) == 1
    assert not takes_away(TERMS, replace(TERMS, version=2))


# ---- leases


def test_a_lease_is_kept_and_found(engines: Callable[[], Engine]) -> None:
    book = SqlLeases(engines())
    book.keep(lease(1))
    book.keep(lease(2, grants=("g-1@2", "g-2@1"), handling=()))
    book.keep(lease(3, case="hmac-sha256:" + "cd" * 32))
    assert SqlLeases(engines()).get("k-2").lease == lease(2, grants=("g-1@2", "g-2@1"), handling=())
    assert [each.lease.id for each in book.of_case(lease().case)] == ["k-2", "k-1"]
    found = book.affected([f"{SE}/R-1", f"{FR}/R-1", f"{SE}/R-9", "nonsense"])
    assert [each.lease.id for each in found] == ["k-1"]
    with pytest.raises(LeaseUnknown, match="k-9"):
        book.get("k-9")


def test_a_recalled_grant_ends_what_it_alone_gave_and_counts_once(engines: Callable[[], Engine]) -> None:
    book = SqlLeases(engines())
    book.keep(lease(1))
    book.keep(lease(2, grants=("g-1@2", "g-2@1")))
    book.keep(lease(3, grants=("g-1@3",)))
    book.keep(lease(4, node=FR))
    recall = [mark(Of.GRANT, "g-1", 2)]
    assert book.take("r-1", recall, NOW) == Counts(1, 2)
    assert book.take("r-1", recall, NOW) == Counts(1, 2)
    assert book.take("r-2", recall, NOW) == Counts(0, 2)
    assert [book.get(f"k-{n}").at(NOW).state.value for n in (1, 2, 3, 4)] == ["WITHDRAWN", *["HELD"] * 3]
    assert book.get("k-1").at(NOW).reason == "GRANT_REVOKED"
    with pytest.raises(RecallRefused, match="r-1"):
        book.take("r-1", [mark(Of.GRANT, "g-1", 3)], NOW)
    late = lease(5, grants=("g-1@1",))
    book.keep(late)
    assert not book.get("k-5").at(NOW).open, "also what is kept after the recall came"


def test_a_record_put_right_and_withdrawn(engines: Callable[[], Engine]) -> None:
    book = SqlLeases(engines())
    book.keep(lease(1))
    assert book.take("r-1", [mark(Of.RECTIFIED, "R-1", 4), mark(Of.RECTIFIED, "R-9", 1)], NOW) == Counts(1, 0)
    assert book.get("k-1").at(NOW).state is LeaseState.RECTIFIED
    assert book.get("k-1").at(NOW).open
    assert book.take("r-2", [mark(Of.RECORD, "R-1", 2)], NOW) == Counts(0, 0)
    assert book.take("r-3", [mark(Of.RECORD, "R-1", 5)], NOW) == Counts(1, 0)
    assert book.get("k-1").at(NOW).state is LeaseState.WITHDRAWN
    book.keep(lease(6, record="R-1", version=6))
    assert book.get("k-6").at(NOW).state is LeaseState.HELD
    assert book.get("k-6").at(NOW + 2 * MONTH).state is LeaseState.LAPSED


MARKS = st.lists(
    st.builds(
        Mark,
        st.sampled_from([SE, FR]),
        st.sampled_from(Of),
        st.sampled_from(["g-1", "g-2", "R-1", "R-2"]),
        st.integers(1, 4),
        st.sampled_from(["A", "AB", "B"]),
    ),
    max_size=8,
)
LEASES = [
    lease(1),
    lease(1, version=1, grants=("g-1@1", "g-2@3")),
    lease(2, node=FR, grants=("g-2@2",)),
    lease(2, grants=(), until=NOW),
]


@given(marks=MARKS, data=st.data())
def test_any_order_and_repetition_of_notices_gives_the_same_states(
    marks: list[Mark], data: st.DataObject
) -> None:
    other = data.draw(
        st.permutations([*marks, *(data.draw(st.lists(st.sampled_from(marks))) if marks else [])])
    )
    for each in LEASES:
        assert standing(each, joined(marks), NOW) == standing(each, joined(other), NOW)


@settings(max_examples=15, deadline=None)
@given(marks=MARKS.filter(bool), data=st.data())
def test_so_it_is_in_the_book_too(marks: list[Mark], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(marks))))
    states = []
    for places in (range(len(marks)), [*order, *order]):
        engine = create_engine("sqlite://")
        create_tables(engine)
        book = SqlLeases(engine)
        for number, each in enumerate(LEASES):
            book.keep(replace(each, id=f"k-{number}"))
        for place in places:
            book.take(f"r-{place}", [marks[place]], NOW)
        states.append([book.get(f"k-{number}").at(NOW) for number in range(len(LEASES))])
        engine.dispose()
    assert states[0] == states[1]
