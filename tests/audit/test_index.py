"""The index of a log: one conformance suite on every adapter, always equal to looking at every leaf."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from audit.canonical import encode
from audit.entry import Entry, Kind
from audit.errors import IndexRefused, OversightUnavailable, SearchRefused, StoreRefused
from audit.index import BATCH, MOST_ROWS, TALLIES, LeafIndex, Search, catch_up, every
from audit.memory_index import MemoryIndex
from audit.memory_store import MemoryStore
from audit.merkle import Frontier, leaf_hash
from audit.oversight_tables import open_oversight
from audit.row import Row, row_of
from audit.sql_index import SqlIndex, finding
from audit.store import Group, Head

Maker = Callable[[], LeafIndex]
START = datetime(2026, 11, 16, 8, tzinfo=UTC)
CASES = [f"hmac-sha256:{each * 64}" for each in "ab"]
REQUESTS = [f"sha256:{each * 64}" for each in "cd"]


@pytest.fixture
def indexes(oversight_engine: Engine | None) -> Maker:
    """A maker of indexes that are all on one and the same database."""
    if oversight_engine is None:
        memory = MemoryIndex()
        return lambda: memory
    return lambda: SqlIndex(oversight_engine)


NODES = st.sampled_from(["fr.ofast", "se.polisen", "eu.europol"])
STATUS = st.sampled_from(["ANSWERED", "NO_HIT", "REFUSED", "OVER_QUOTA"])
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "query_id": st.sampled_from(["q-1", "q-2"]),
        "request": st.sampled_from(REQUESTS),
        "asker": st.sampled_from(["p-1", "p-2"]),
        "role": st.just("analyst"),
        "unit": st.sampled_from(["ofast", "unit-2"]),
        "partner": NODES,
        "nodes_asked": st.lists(NODES, max_size=3, unique=True),
        "nodes_replied": st.dictionaries(NODES, STATUS, max_size=3),
        "purpose": st.sampled_from(["OPERATIONAL_ANALYSIS", "CROSS_CHECKING"]),
        "case": st.sampled_from(CASES),
        "status": STATUS,
        "reasons": st.lists(st.sampled_from(["NO_GRANT", "QUOTA"]), max_size=2, unique=True),
        "results": st.integers(0, 9),
        "results_by_node": st.dictionaries(NODES, st.integers(0, 9), max_size=3),
        "retain_until": st.sampled_from(["2026-01-01", "2029-11-20T00:00:00+00:00"]),
        "self_lookup": st.booleans(),
        "intent": st.sampled_from(["0" * 32, "1" * 32]),
    },
)
KINDS = st.sampled_from([Kind.ASKED, Kind.REFUSED, Kind.DISCLOSED, Kind.LOG_READ])
MINUTES = st.integers(0, 3 * 24 * 60)


@st.composite
def leaves(draw: st.DrawFn) -> bytes:
    facts, kind = draw(FACTS), draw(KINDS)
    entry = Entry(kind, "fr.ofast", facts, subject=draw(st.sampled_from(["", *REQUESTS])))
    commitment = draw(st.none() | st.just(REQUESTS[0]))
    return entry.leaf(START + timedelta(minutes=draw(MINUTES)), commitment)


SEARCHES = st.builds(
    Search,
    since=st.none() | MINUTES.map(lambda each: START + timedelta(minutes=each)),
    until=st.none() | MINUTES.map(lambda each: START + timedelta(minutes=each)),
    kinds=st.lists(KINDS, max_size=2).map(tuple),
    node=st.just("") | NODES,
    purpose=st.sampled_from(["", "", "CROSS_CHECKING"]),
    case=st.sampled_from(["", "", *CASES]),
    with_case=st.sampled_from([None, None, True, False]),
    status=st.just("") | STATUS,
    reason=st.sampled_from(["", "", "QUOTA"]),
    unit=st.sampled_from(["", "", "ofast"]),
    asker=st.sampled_from(["", "", "p-1"]),
    query_id=st.sampled_from(["", "", "q-2"]),
    request=st.sampled_from(["", "", *REQUESTS]),
    intent=st.sampled_from(["", "", "0" * 32]),
    sealed=st.sampled_from([None, None, True, False]),
    self_lookup=st.sampled_from([None, None, True, False]),
    due=st.sampled_from(["", "", "2027-01-01"]),
    after=st.integers(-1, 12),
    first=st.integers(1, 20),
)


TALLIED = st.sets(st.sampled_from(sorted(TALLIES)), min_size=1)


def log_of(parts: Sequence[bytes]) -> tuple[MemoryStore, Head]:
    store, grown = MemoryStore(), Frontier().append(map(leaf_hash, parts))
    head = Head(len(parts), grown.root())
    store.commit(Group(0, head, list(parts)))
    return store, head


def plain(number: int, **facts: Any) -> bytes:
    entry = Entry(Kind.ASKED, "fr.ofast", {"query_id": f"q-{number}", **facts}, subject=REQUESTS[0])
    return entry.leaf(START + timedelta(seconds=number), None)


@given(parts=st.lists(leaves(), max_size=12), search=SEARCHES, by=TALLIED)
def test_memory_finds_what_a_look_at_every_leaf_finds(
    parts: list[bytes], search: Search, by: set[str]
) -> None:
    agrees(MemoryIndex(), parts, search, sorted(by))


@given(parts=st.lists(leaves(), max_size=12), search=SEARCHES, by=TALLIED)
def test_sqlite_finds_what_a_look_at_every_leaf_finds(
    engine: Engine, parts: list[bytes], search: Search, by: set[str]
) -> None:
    agrees(SqlIndex(engine), parts, search, sorted(by))


@given(parts=st.lists(leaves(), max_size=12), search=SEARCHES, by=TALLIED)
def test_postgres_finds_what_a_look_at_every_leaf_finds(
    postgres_engine: Engine, parts: list[bytes], search: Search, by: set[str]
) -> None:
    agrees(SqlIndex(postgres_engine), parts, search, sorted(by))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_oversight(f"sqlite:///{tmp_path_factory.mktemp('index') / 'oversight.db'}")
    yield opened
    opened.dispose()


@pytest.fixture(scope="module")
def postgres_engine(postgres_cluster: Any) -> Iterator[Engine]:
    name = postgres_cluster.create("properties")
    opened = open_oversight(postgres_cluster.url_of(name))
    yield opened
    opened.dispose()
    postgres_cluster.drop(name)


def agrees(index: LeafIndex, parts: list[bytes], search: Search, by: list[str]) -> None:
    index.clear()
    store, head = log_of(parts)
    assert catch_up(index, store, head) == len(parts)
    rows = [row_of(place, leaf) for place, leaf in enumerate(parts)]
    wanted = [row for row in rows if search.admits(row)]
    assert index.find(search) == wanted[: search.first]
    assert index.count(search) == len(wanted)
    counted = Counter(tuple(str(getattr(row, name)) for name in by) for row in wanted)
    assert index.tally(search, by) == counted


def test_a_row_says_what_its_leaf_says() -> None:
    facts = {
        "query_id": "q-9",
        "nodes_replied": {"se.polisen": "ANSWERED", "eu.europol": "REFUSED", "fr.ofast": "ANSWERED"},
        "results_by_node": {"se.polisen": 2, "fr.ofast": 3},
        "request": REQUESTS[1],
    }
    leaf = Entry(Kind.ANSWERS_RECEIVED, "fr.ofast", facts, subject=REQUESTS[0]).leaf(START, CASES[0])
    row = row_of(7, leaf)
    assert (row.index, row.kind, row.operation) == (7, "ANSWERS_RECEIVED", "COMBINATION")
    assert (row.day, row.hour) == ("2026-11-16", "2026-11-16T08")
    assert row.nodes == ("eu.europol", "fr.ofast", "se.polisen")
    assert row.statuses == ("ANSWERED", "REFUSED")
    assert row.replies == ("eu.europol=REFUSED", "fr.ofast=ANSWERED", "se.polisen=ANSWERED")
    assert (row.results, row.request, row.sealed) == (5, REQUESTS[1], True)
    assert row.leaf_hash == f"sha256:{leaf_hash(leaf).hex()}"


def test_the_asking_sides_request_is_its_subject() -> None:
    assert row_of(0, plain(1)).request == REQUESTS[0]
    refused = Entry(Kind.REFUSED, "fr.ofast", {}, subject=REQUESTS[1])
    assert row_of(0, refused.leaf(START, None)).request == REQUESTS[1]
    outcome = Entry(Kind.REFUSED, "fr.ofast", {"intent": "0" * 32}, subject=REQUESTS[1])
    assert row_of(0, outcome.leaf(START, None)).request == ""


@pytest.mark.parametrize("leaf", [b"", b"[]", b"{}", b'{"at":1}', b'{"at":"soon"}'])
def test_what_is_no_record_is_named(leaf: bytes) -> None:
    with pytest.raises(StoreRefused, match="leaf 3 is no record"):
        row_of(3, leaf)


def test_a_date_alone_is_midnight_utc() -> None:
    row = row_of(0, encode(json.loads(plain(1)) | {"at": "2026-11-16"}))
    assert (row.at, row.at_ms) == ("2026-11-16T00:00:00.000+00:00", 1_794_787_200_000)


def test_it_is_caught_up_in_batches_and_goes_on_where_it_was(indexes: Maker) -> None:
    index, parts = indexes(), [plain(number) for number in range(2 * BATCH + 5)]
    store, head = log_of(parts)
    short, short_head = log_of(parts[: BATCH + 1])
    assert catch_up(index, short, short_head) == BATCH + 1
    assert catch_up(index, store, head) == BATCH + 4
    assert catch_up(index, store, head) == 0
    assert index.grown().root() == head.root
    assert index.count(Search()) == len(parts)
    assert [row.index for row in every(index, Search())] == list(range(len(parts)))


def test_every_ends_on_a_full_page() -> None:
    index = MemoryIndex()
    store, head = log_of([plain(number) for number in range(MOST_ROWS)])
    catch_up(index, store, head)
    assert len(list(every(index, Search(first=1)))) == MOST_ROWS


def test_it_is_made_anew_when_the_log_was_put_back_or_exchanged(indexes: Maker) -> None:
    index, parts = indexes(), [plain(number) for number in range(9)]
    catch_up(index, *log_of(parts))
    assert catch_up(index, *log_of(parts[:5])) == 5
    assert index.count(Search()) == 5
    other = [*parts[:3], plain(100), *parts[4:]]
    assert catch_up(index, *log_of(other)) == 9
    assert [row.query_id for row in index.find(Search(first=4))] == ["q-0", "q-1", "q-2", "q-100"]


def test_a_log_that_is_not_what_was_signed_is_refused(indexes: Maker) -> None:
    store, head = log_of([plain(1), plain(2)])
    with pytest.raises(StoreRefused, match="signed is size 2, root 00"):
        catch_up(indexes(), store, Head(2, bytes(32)))
    with pytest.raises(StoreRefused, match="the log has 2 leaves, 3 were signed"):
        catch_up(indexes(), store, Head(3, head.root))


def test_two_that_catch_up_at_once_do_not_hinder_each_other(indexes: Maker) -> None:
    one, other = indexes(), indexes()
    parts = [plain(number) for number in range(6)]
    store, head = log_of(parts)

    class Ahead(MemoryStore):
        """While the first reads, the second does the work."""

        def leaves(self, start: int, end: int) -> Any:
            catch_up(other, store, head)
            return store.leaves(start, end)

    assert catch_up(one, Ahead(), head) == 6
    assert one.count(Search()) == 6


def test_an_index_beyond_an_older_head_is_left_as_it_is(indexes: Maker) -> None:
    parts = [plain(number) for number in range(6)]
    store, head = log_of(parts)
    index = indexes()
    _, older = log_of(parts[:4])
    catch_up(index, store, head)
    with pytest.raises(IndexRefused, match="at 6 leaves, beyond the head of 4"):
        catch_up(index, store, older)
    assert index.count(Search()) == 6


def test_an_index_that_moves_on_meanwhile_says_so(indexes: Maker) -> None:
    one, other = indexes(), indexes()
    parts = [plain(number) for number in range(6)]
    store, head = log_of(parts)
    _, older = log_of(parts[:4])

    class Ahead(MemoryStore):
        """While the first reads up to an older head, the second goes beyond."""

        def leaves(self, start: int, end: int) -> Any:
            catch_up(other, store, head)
            return store.leaves(start, end)

    with pytest.raises(IndexRefused, match="at 6 leaves, beyond the head of 4"):
        catch_up(one, Ahead(), older)


def test_extend_goes_on_from_the_size_only(indexes: Maker) -> None:
    index, row = indexes(), row_of(0, plain(1))
    grown = Frontier().append([leaf_hash(plain(1))])
    assert not index.extend([row], 4, grown)
    assert index.extend([row], 0, grown)
    assert not index.extend([row], 0, grown)
    assert index.grown() == grown


@pytest.mark.parametrize("first", [0, MOST_ROWS + 1])
def test_a_search_is_bounded(first: int) -> None:
    with pytest.raises(SearchRefused, match=f"{first} rows"):
        Search(first=first)


def test_a_search_says_what_is_wrong(indexes: Maker) -> None:
    with pytest.raises(SearchRefused, match="no time zone"):
        Search(until=datetime(2026, 1, 1))  # noqa: DTZ001  # that is the mistake
    with pytest.raises(SearchRefused, match="more than 256"):
        Search(unit="x" * 257)
    with pytest.raises(SearchRefused, match="by results"):
        indexes().tally(Search(), ["results"])
    with pytest.raises(SearchRefused, match="by nothing"):
        indexes().tally(Search(), [])


def test_a_database_that_fails_is_named(tmp_path: Path) -> None:
    engine = open_oversight(f"sqlite:///{tmp_path / 'oversight.db'}")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE oversight_leaf"))
    with pytest.raises(OversightUnavailable, match="oversight database"):
        SqlIndex(engine).find(Search())
    engine.dispose()


LARGE = 60_000
CRITERIA = {
    "query": Search(query_id="q-77"),
    "request": Search(request=REQUESTS[1]),
    "entry": Search(entry_id="e-5"),
    "intent": Search(intent="i-5"),
    "case": Search(case=CASES[0]),
    "no case": Search(with_case=False, kinds=("ASKED",), since=START, until=START + timedelta(minutes=5)),
    "asker": Search(asker="p-3", since=START),
    "unit": Search(unit="unit-3"),
    "period": Search(since=START, until=START + timedelta(minutes=5)),
    "node": Search(node="se.polisen"),
    "status": Search(status="REFUSED", after=1000),
    "reason": Search(reason="QUOTA"),
    "purpose": Search(purpose="THREAT_TO_LIFE"),
    "page": Search(after=LARGE - 100),
    "due": Search(due="2027-01-01", sealed=True),
    "self": Search(self_lookup=True),
}


def many(size: int) -> Iterator[Row]:
    model = row_of(0, plain(0, unit="unit-1"))
    for number in range(size):
        rare = number % 997 == 0
        yield replace(
            model,
            index=number,
            at_ms=model.at_ms + 1000 * number,
            entry_id=f"e-{number}",
            intent=f"i-{number}",
            query_id=f"q-{number}",
            request=f"sha256:{number:064x}",
            asker=f"p-{number % 211}",
            unit=f"unit-{number % 53}",
            case=CASES[0] if rare else f"hmac-sha256:{number % 499:064x}" if number % 3 else "",
            nodes=("fr.ofast", "se.polisen") if rare else ("fr.ofast",),
            statuses=("REFUSED",) if rare else ("ANSWERED",),
            reasons=("QUOTA",) if rare else (),
            purpose="THREAT_TO_LIFE" if rare else "OPERATIONAL_ANALYSIS",
            retain_until="2026-12-01" if rare else "2029-12-01",
            sealed=True,
            self_lookup=rare,
        )


def fill(index: SqlIndex, size: int) -> None:
    rows = list(many(size))
    for start in range(0, size, 20_000):
        part = rows[start : start + 20_000]
        assert index.extend(part, start, Frontier(start + len(part), (bytes(32),)))


def plan(engine: Engine, search: Search) -> str:
    said = str(finding(search).compile(engine, compile_kwargs={"literal_binds": True}))
    query = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    with engine.connect() as connection:
        return "\n".join(str(row) for row in connection.exec_driver_sql(query + said))


@pytest.mark.slow
def test_a_search_of_a_large_log_uses_the_indexes_of_sqlite(tmp_path: Path) -> None:
    engine = open_oversight(f"sqlite:///{tmp_path / 'oversight.db'}")
    fill(SqlIndex(engine), LARGE)
    for name, search in CRITERIA.items():
        assert "SCAN" not in plan(engine, search), f"{name}: {plan(engine, search)}"
    assert len(SqlIndex(engine).find(CRITERIA["node"])) == LARGE // 997 + 1
    engine.dispose()


@pytest.mark.slow
def test_a_search_of_a_large_log_uses_the_indexes_of_postgres(postgres_database: Callable[..., str]) -> None:
    engine = open_oversight(postgres_database("oversight"))
    fill(SqlIndex(engine), LARGE)
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    for name, search in CRITERIA.items():
        assert "Seq Scan" not in plan(engine, search), f"{name}: {plan(engine, search)}"
    engine.dispose()
