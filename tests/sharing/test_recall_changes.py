"""Changed records: noted before they are seen, settled once; and what thousands cost to look up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event, insert
from sqlmodel import SQLModel

from sharing.leases import LeaseState
from sharing.recall import Of, Recall, Sort
from sharing.recall_changes import Changed, Fate, Since, orders
from sharing.recall_tables import GivenRow, LeaseGrantRow, LeaseRow
from sharing.register import Given, Reached
from sharing.sql_leases import SqlLeases
from sharing.sql_recall_changes import SqlChanges
from sharing.sql_recalls import SqlRecalls
from sharing.sql_register import SqlRegister
from tests.sharing.office import NOW
from tests.sharing.test_recall import FR, MONTH, SE, mark

MANY = 5_000


def changed(number: int = 1, **other: Any) -> Changed:
    made = Changed(f"R-{number}", 2, Sort.RECTIFY, "RECORD_RECTIFIED", 7, NOW)
    return replace(made, **other)


def test_a_change_is_noted_once_and_replaced_only_while_nobody_knows(engines: Callable[[], Engine]) -> None:
    book = SqlChanges(engines())
    book.note([])
    book.note([changed(1), changed(2)])
    again = changed(1, sort=Sort.RECALL, reason="HANDLING_CODE", load=8, at=NOW + 5)
    book.note([again])
    assert SqlChanges(engines()).list(Since()) == [again, changed(2)]
    book.settle([again], Fate.NOBODY)
    book.settle([], Fate.NOBODY)
    book.note([changed(1)])
    assert book.list(Since()) == [replace(again, fate=Fate.NOBODY), changed(2)]
    assert book.list(Since(fates=(Fate.OPEN,))) == [changed(2)]
    assert book.list(Since(at=NOW + 1)) == [replace(again, fate=Fate.NOBODY)]
    assert book.list(Since(load=7, until=NOW)) == [changed(2)]
    assert book.list(Since(until=NOW - 1)) == []
    assert book.list(Since(), ("R-1", 2)) == [changed(2)]
    assert len(book.list(Since(), limit=1)) == 1


def test_orders_are_kept_with_the_fate_of_their_changes(engines: Callable[[], Engine]) -> None:
    book, recalls = SqlChanges(engines()), SqlRecalls(engines())
    back = changed(3, sort=Sort.RECALL, reason="RETENTION_EXPIRED")
    every = [changed(1), changed(2), changed(2, version=3), back]
    book.note(every)
    made = orders(every)
    assert made == (
        Recall(Sort.RECALL, "RETENTION_EXPIRED", "", (("R-3", 1),)),
        Recall(Sort.RECTIFY, "RECORD_RECTIFIED", "", (("R-1", 2), ("R-2", 3))),
    )
    book.settle(every, Fate.ORDERED, made, NOW + 1)
    book.settle(every, Fate.ORDERED, made, NOW + 2)
    assert {each.id for each in recalls.pending()} == {each.id for each in made}
    assert {each.at for each in recalls.pending()} == {NOW + 1}
    assert {each.fate for each in book.list(Since(load=7))} == {Fate.ORDERED}


CHANGES = st.lists(
    st.builds(
        Changed,
        st.sampled_from(["R-1", "R-2", "R-3"]),
        st.integers(2, 5),
        st.sampled_from(Sort),
        st.sampled_from(["A", "B"]),
        st.just(1),
        st.just(NOW),
    ),
    max_size=8,
)


@given(changes=CHANGES, data=st.data())
def test_the_order_of_changes_is_nothing_and_the_newest_version_counts(
    changes: list[Changed], data: st.DataObject
) -> None:
    other = data.draw(st.permutations(changes))
    made = orders(changes)
    assert made == orders([*other, *changes])
    for order in made:
        for name, version in order.records:
            of_it = [
                each
                for each in changes
                if (each.sort, each.reason, each.record) == (order.sort, order.reason, name)
            ]
            assert version == max(each.told[1] for each in of_it)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that go to a database within the block."""
    told: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    yield told
    event.remove(engine, "before_cursor_execute", hear)


def fill(engine: Engine, table: type[SQLModel], rows: list[dict[str, object]]) -> None:
    with engine.begin() as connection:
        connection.execute(insert(table), rows)


def kept(number: int) -> dict[str, object]:
    return {
        "id": f"k-{number}", "node": SE if number % 2 else FR, "record": f"R-{number}", "version": 1,
        "case_digest": "hmac-sha256:" + "ab" * 32, "kept_by": "p-1", "query_id": "q-1", "handling": "[]",
        "kept_at": NOW, "until": NOW + MONTH,
    }  # fmt: skip


def test_thousands_of_handles_cost_as_many_questions_as_one(engines: Callable[[], Engine]) -> None:
    engine = engines()
    book = SqlLeases(engine)
    fill(engine, LeaseRow, [kept(number) for number in range(MANY)])
    grants = [
        {
            "lease": f"k-{number}",
            "grant_id": f"g-{number % 3}",
            "node": SE if number % 2 else FR,
            "version": 1,
        }
        for number in range(MANY)
    ]
    fill(engine, LeaseGrantRow, grants)
    book.take("r-1", [mark(Of.GRANT, "g-0", 1), mark(Of.RECORD, "R-1", 1)], NOW)
    handles = [f"{SE if number % 2 else FR}/R-{number}" for number in range(MANY)]
    with counted(engine) as one:
        book.affected([handles[0], handles[1]])
    with counted(engine) as many:
        found = book.affected([*handles, *handles, f"{SE}/R-none", "nonsense"])
    assert len(many) == len(one)
    assert len(found) == MANY
    ended = {each.lease.record for each in found if each.at(NOW).state is LeaseState.WITHDRAWN}
    expected = {f"R-{number}" for number in range(MANY) if number % 2 and number % 3 == 0} | {"R-1"}
    assert ended == expected
    assert {len(each.lease.grants) for each in found} == {1}


def test_thousands_of_records_are_looked_up_at_once(engines: Callable[[], Engine]) -> None:
    engine = engines()
    register = SqlRegister(engine)
    rows: list[dict[str, object]] = [
        {
            "place": place, "record": f"R-{number}", "version": place + 1, "partner": FR, "query_id": "q",
            "at": NOW, "grant_id": "g-1", "grant_version": 1,
        }
        for number in range(MANY)
        for place in range(2)
    ]  # fmt: skip
    fill(engine, GivenRow, rows)
    register.extend([Given(9, "R-1", 7, "eu.europol", "q-2", NOW, ("g-1@1", "g-2@1"))], 9)
    with counted(engine) as told:
        found = register.reached_by([f"R-{number}" for number in range(2 * MANY)])
    assert len(told) == 1
    assert len(found) == MANY + 1
    at_first = [each for each in found if each.record == "R-1"]
    assert at_first == [Reached("R-1", "eu.europol", 7, 7), Reached("R-1", FR, 1, 2)]
    assert changed(1).concerns(at_first[1])
    assert not changed(1).concerns(at_first[0]), "it was given a newer version only"
    assert register.reached_by([]) == []
