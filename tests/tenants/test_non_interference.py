"""What is hidden from a partner may change in any way: the answers stay the same, byte for byte.

Two worlds are loaded that differ only in rows which no branch lets through and in values which every mask
hides; the bounds of a search are small, so that hidden rows would crowd out visible ones if they counted.
What the database is asked stays the same as well, statement by statement. T0 tells whether there is a hit, T1
how many and of which categories, and nothing else.
"""

import json
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.raw_cursor import AsyncRawCursor

from policy.decision import Access, Branch
from policy.filters import Filter
from policy.terms import Mode, Operation
from tenants import candidates, neighbours, searching
from tenants.errors import QuestionRejected
from tenants.postgres_view import PostgresView
from tenants.selection import Selection
from tenants.sqlite_view import SqliteView
from tenants.view import Found
from tests.tenants.oracle import SPOC
from tests.tenants.permits import TREE, access
from tests.tenants.policies import EVERYTHING, FILTERS, accesses
from tests.tenants.rows import make_rows
from tests.tenants.worlds import EVERYTHING_BUT_HIDDEN, QUESTIONS, Row, Worlds, crowd, other_world

FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
Told = Found | tuple[str, str]
Asked = list[tuple[str, object]]
SMALL_SEARCH = {
    "MOST_WITH_ALL_WORDS": 5, "MOST_WITH_A_WORD": 4, "MOST_OF_A_SPELLING": 2, "ENOUGH": 3,
    "MOST_NARROWED": 6, "MOST_NARROWED_SPELLINGS": 3,
}  # fmt: skip
STEPS_OF_A_HIDDEN_ROW = 200
"""Steps of SQLite's machine that one more hidden row may cost a question: some microseconds."""


@pytest.fixture(autouse=True)
def _small_bounds(bounds: Callable[..., None]) -> None:
    bounds(candidates, MOST_LOOKED_UP=6)
    bounds(neighbours, MOST_EDGES=6)
    bounds(searching, **SMALL_SEARCH)


def listen(view: SqliteView | PostgresView) -> Asked:
    """Every statement that the view sends to its database from now on, with its parameters."""
    asked: Asked = []

    def hear(sql: str) -> None:
        """SQLite writes the parameters into it."""
        asked.append((sql, None))

    if isinstance(view, SqliteView):
        far = [view._far.get() for _ in range(view._far.qsize())]
        for connection in (view._near, *far):
            connection.set_trace_callback(hear)
        for connection in far:
            view._far.put(connection)
        return asked

    class Heard(AsyncRawCursor[Any]):
        async def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
            asked.append((str(query), params))
            return await super().execute(query, params, **how)

    how = view._pool.kwargs
    assert isinstance(how, dict)
    how["cursor_factory"] = Heard
    return asked


async def _told(view: SqliteView | PostgresView, key: Access) -> list[Told]:
    """Every answer to every question, or its error, page by page as the cursors lead."""
    found: list[Told] = []
    for operation, arguments in QUESTIONS:
        after: str | None = None
        for _ in range(4):
            paged = {"after": after} if operation in (Operation.LOOKUP, Operation.SEARCH) else {}
            selection = Selection(operation, {**arguments, **paged}, TREE)
            try:
                page = await view.read(key, selection)
            except QuestionRejected as error:
                found.append((error.code, str(error)))
                break
            found.append(page)
            answer = json.loads(page.payload)
            if not answer["more"]:
                break
            after = answer["records"][-1]["id"] if answer["records"] else None
    return found


@settings(max_examples=10, suppress_health_check=FIXTURES)
@given(key=accesses(), seed=st.integers(0, 2**16))
async def test_hidden_rows_and_values_change_no_answer_and_no_statement(
    worlds: Worlds, key: Access, seed: int
) -> None:
    rows = make_rows(1, 30)
    with TemporaryDirectory() as folder:
        one = worlds.load("a", rows, folder)
        other = worlds.load("b", other_world(worlds, key, rows, seed), folder)
        views = [shelf.view(SPOC) for shelf in (one, other)]
        asked = [listen(view) for view in views]
        told = [await _told(view, key) for view in views]
        await one.close()
        await other.close()
    assert told[0] == told[1]
    assert asked[0] == asked[1]
    assert len(asked[0]) >= len(told[0]) or any(not isinstance(each, Found) for each in told[0])


@settings(max_examples=6, suppress_health_check=FIXTURES)
@given(
    mode=st.sampled_from([Mode.HIT, Mode.CONTACT]),
    row_filter=st.just(EVERYTHING) | FILTERS,
    masked=st.sampled_from([(), ("name",), ("phone", "email")]),
)
async def test_the_lowest_tiers_tell_what_they_say_and_nothing_else(
    worlds: Worlds, mode: Mode, row_filter: Filter, masked: tuple[str, ...]
) -> None:
    key = access([Branch("g1@1", mode, row_filter, masked)], {"*": ("g1@1",)})
    with TemporaryDirectory() as folder:
        shelf = worlds.load("a", make_rows(1, 30), folder)
        for found in await _told(shelf.view(SPOC), key):
            if not isinstance(found, Found):
                continue
            answer = json.loads(found.payload)
            contact = answer["contact"] if mode is Mode.CONTACT else None
            if contact is not None:
                assert contact.keys() == {"count", "categories", "spoc", "reference"}
                assert (contact["spoc"], contact["reference"]) == (SPOC, "decision-1")
            said: Row = {"hit": found.hit, "contact": contact, "records": [], "more": False}
            assert found.payload == json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()
            assert (found.count, found.masked) == (contact["count"] if contact else 0, ())
        await shelf.close()


async def test_a_crowd_of_hidden_namesakes_hides_nobody(worlds: Worlds) -> None:
    key = access([Branch("g1@1", Mode.RECORD, EVERYTHING_BUT_HIDDEN)], {"*": ("g1@1",)})
    rows = make_rows(1, 30)
    with TemporaryDirectory() as folder:
        alone, crowded = worlds.load("a", rows, folder), worlds.load("b", crowd(50) + rows, folder)
        told = [await _told(shelf.view(SPOC), key) for shelf in (alone, crowded)]
        await alone.close()
        await crowded.close()
    assert told[0] == told[1]
    assert any(isinstance(found, Found) and found.hit for found in told[0])


UNSEEN: tuple[tuple[Operation, dict[str, Any]], ...] = (
    (Operation.LOOKUP, {"value": "+33612345678", "kind": "phone"}),
    (Operation.SEARCH, {"text": "jean exemple"}),
    (Operation.SEARCH, {"text": "exemple"}),
    (Operation.ENTITY, {"id": "h-1"}),
    (Operation.EXPAND, {"id": "h-1", "hops": 2}),
)


def _stranger(row: Row) -> Row:
    """A visible row that nothing unseen has in common."""
    named = {"properties": {"name": ["Anna Al"]}, "envelope": row["envelope"] | {"dataset": "cases"}}
    return row | {"id": f"o{row['id']}"} | named


@pytest.mark.parametrize("mode", [Mode.HIT, Mode.CONTACT, Mode.RECORD])
async def test_a_hit_on_hidden_rows_is_the_work_of_no_hit(worlds: Worlds, mode: Mode) -> None:
    key, number = access([Branch("g1@1", mode, EVERYTHING_BUT_HIDDEN)], {"*": ("g1@1",)}), 4
    others = [_stranger(row) for row in crowd(6)]
    with TemporaryDirectory() as folder:
        shelves = [worlds.load("a", others, folder), worlds.load("b", others + crowd(number), folder)]
        views = [shelf.view(SPOC) for shelf in shelves]
        asked = [listen(view) for view in views]
        for operation, arguments in UNSEEN:
            selection = Selection(operation, arguments, TREE)
            found = [await view.read(key, selection) for view in views]
            assert found[0] == found[1]
            assert not found[0].hit
            steps = [await _steps(view, key, selection) for view in views]
            assert steps[1] - steps[0] <= number * STEPS_OF_A_HIDDEN_ROW, (operation, steps)
        assert asked[0] == asked[1]
        repeated = 2 if isinstance(views[0], SqliteView) else 1
        assert len(asked[0]) == len(UNSEEN) * repeated, "one statement for each question"
        for shelf in shelves:
            await shelf.close()


async def _steps(view: SqliteView | PostgresView, key: Access, selection: Selection) -> int:
    """How many steps SQLite's machine takes for the answer; PostgreSQL tells nothing of the kind."""
    if isinstance(view, PostgresView):
        return 0
    steps = [0]

    def count() -> int:
        steps[0] += 1
        return 0

    view._near.set_progress_handler(count, 1)
    await view.read(key, selection)
    return steps[0]
