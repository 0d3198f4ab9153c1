"""Compiled plan, rows view and an independent oracle give the same answers, on both databases.

Policies, masks and questions are drawn at random over records with absent values, case variants and
wildcards.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy.decision import Access, Branch
from policy.terms import Mode, Operation
from tenants import plan, rows_view
from tenants.envelope import Defaults
from tenants.errors import PlanRejected, QuestionRejected, QuestionTooHeavy, ShelfUnavailable
from tenants.jsonl_source import parse
from tenants.model import EntityModel
from tenants.postgres_view import Reading
from tenants.record import Reader
from tenants.selection import Node, Selection
from tenants.shelf import Shelf, open_shelf
from tenants.sqlite_view import WORKERS, SqliteView
from tenants.view import View
from tests.tenants.oracle import SPOC, Oracle
from tests.tenants.permits import NOW, TREE, access
from tests.tenants.policies import EVERYTHING, accesses
from tests.tenants.rows import make_rows

TEXTS = ("jean exemple", "Exemple", "Жан Экземпл", "öst", "anna al", "exe", "jaen exmple", "Exampl")


@st.composite
def questions(draw: st.DrawFn) -> tuple[Operation, dict[str, Any]]:
    operation = draw(st.sampled_from([each for each in Operation if each is not Operation.PROFILE]))
    paged: dict[str, Any] = {}
    if draw(st.booleans()):
        paged["first"] = draw(st.sampled_from([0, 1, 2, 7, 100, 1000]))
    after = draw(st.none() | st.sampled_from(["p-1", "P-20", "e-5", "v-3", "zzz"]))
    if operation is Operation.LOOKUP:
        value = draw(
            st.sampled_from(["0033 6 12 34 56 78", "+46701234567", "a@b.eu", "12 ab", "33612345678"])
        )
        kind = draw(st.none() | st.sampled_from(["document", "phone"])) if value[0] in "+0" else None
        return operation, {"value": value, "kind": kind, "after": after, **paged}
    if operation is Operation.SEARCH:
        text = draw(st.sampled_from(TEXTS))
        narrowed: dict[str, Any] = {
            "schemata": draw(st.none() | st.just(["Person"])), "dataset": draw(st.none() | st.just("cases")),
            "caseRef": draw(st.sampled_from([None, None, "C-1", "c-1", "C-10"])),
            "source": draw(st.sampled_from([None, None, "A", "B", "X"])),
            "information": draw(st.sampled_from([None, None, "1", "3"])),
            "since": draw(st.sampled_from([None, None, "2026-05-28", "2026-05-29"])),
            "until": draw(st.sampled_from([None, None, "2026-05-27", "2026-05-28"])),
        }  # fmt: skip
        if (narrowed["since"] or "") > (narrowed["until"] or "9999"):
            narrowed["until"] = None
        return operation, {"text": text, "after": after, **narrowed, **paged}
    record_id = draw(st.sampled_from([row["id"] for row in make_rows(1)] + ["nobody"]))
    if operation is Operation.ENTITY:
        return operation, {"id": record_id}
    starts: dict[str, Any] = {"id": record_id}
    if draw(st.booleans()):
        names = st.sampled_from([row["id"] for row in make_rows(1)])
        starts = {"ids": [record_id, *draw(st.lists(names, max_size=25))]}
    themselves = draw(st.booleans())
    return operation, {
        **starts,
        "hops": draw(st.sampled_from([0, 1, 2] if themselves else [1, 2])),
        "after": after,
        "starts": themselves,
        **paged,
    }


class Filled:
    """A shelf with the awkward records, its view, and the oracle that knows them."""

    def __init__(self, shelf: Shelf, view: View, oracle: Oracle) -> None:
        self.shelf, self.view, self.oracle = shelf, view, oracle


def fill(url: str, model: EntityModel, where: Path) -> Filled:
    lines = [json.dumps(row).encode() for row in make_rows(1)]
    (where / "rows.jsonl").write_bytes(b"\n".join(lines))
    shelf = open_shelf(url, model)
    report = shelf.loader("fr.ofast", lambda: NOW).load_jsonl(where / "rows.jsonl", Defaults())
    assert (report.loaded, report.rejected) == (len(lines), 0)
    reader = Reader(model, "fr.ofast", Defaults())
    return Filled(shelf, shelf.view(SPOC), Oracle([reader.read(parse(line)) for line in lines]))


@pytest.fixture
async def filled(url: str, model: EntityModel, tmp_path: Path) -> AsyncIterator[Filled]:
    made = fill(url, model, tmp_path)
    yield made
    await made.shelf.close()


async def compare(filled: Filled, key: Access, operation: Operation, arguments: dict[str, Any]) -> None:
    selection = Selection(operation, arguments, TREE)
    found = await filled.view.read(key, selection)
    answer = json.loads(found.payload)
    rows = await filled.view.rows(key, selection)
    expected = filled.oracle.answer(key, operation, arguments)
    assert answer == rows
    assert answer == expected
    assert list(answer) == [node.key for node in TREE]
    assert found.hit == answer["hit"]
    contacts = answer["contact"]["count"] if answer["contact"] else 0
    assert found.count == (len(answer["records"]) if answer["records"] or answer["more"] else contacts)
    assert found.masked == tuple(sorted({name for record in answer["records"] for name in record["masked"]}))
    given = [
        (record, version, _refs(key, bits)) for record, version, bits in json.loads(b"[%b]" % found.given)
    ]
    assert given == [(each["id"], each["version"], each["grants"]) for each in answer["records"]]


def _refs(key: Access, bits: int) -> list[str]:
    """The grants that list a row with these bits."""
    listed = [each.grant if each.mode in {Mode.CORE, Mode.RECORD} else "" for each in key.permit.branches]
    return [ref for place, ref in enumerate(listed) if ref and bits >> place & 1]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(key=accesses(), question=questions())
async def test_three_ways_to_one_answer(
    filled: Filled, key: Access, question: tuple[Operation, dict[str, Any]]
) -> None:
    await compare(filled, key, *question)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(key=accesses(), case=st.sampled_from(["C-1", "c-1", "C-10"]), masked=st.booleans())
async def test_three_ways_to_one_case(filled: Filled, key: Access, case: str, masked: bool) -> None:
    """A search by case under masks drawn at random, `caseRef` among them every other time."""
    branches, shows = key.permit.branches, dict(key.permit.shows)
    listing = [each.grant for each in branches if each.mode in {Mode.CORE, Mode.RECORD}]
    shows |= {"caseRef": tuple(listing[:1])} if masked else {}
    await compare(filled, access(branches, shows), Operation.SEARCH, {"text": "exemple", "caseRef": case})


COUNTS = tuple(Node(name) for name in ("id", "schema", "count", "tooCommon"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(key=accesses(), starts=st.lists(st.sampled_from([r["id"] for r in make_rows(1)]), min_size=1))
async def test_neighbours_are_counted_without_their_records(
    filled: Filled, key: Access, starts: list[str]
) -> None:
    tree = (Node("hit"), Node("neighbours", "", COUNTS))
    selection = Selection(Operation.EXPAND, {"ids": starts, "first": 0}, tree)
    found = await filled.view.read(key, selection)
    answer = json.loads(found.payload)
    assert answer == await filled.view.rows(key, selection)
    assert answer["neighbours"] == filled.oracle.neighbours(key, starts)
    assert (found.count, found.given) == (0, b"")


async def test_what_is_counted_is_what_an_expansion_finds_from_each_start(filled: Filled) -> None:
    counts = (Node("neighbours", "", COUNTS),)
    for row in make_rows(1)[::3]:
        one = {"id": row["id"], "first": 200}
        told = await filled.view.rows(OPEN, Selection(Operation.EXPAND, one, counts))
        found = await filled.view.rows(OPEN, Selection(Operation.EXPAND, one, TREE))
        assert sum(each["count"] for each in told["neighbours"]) == len(found["records"])  # type: ignore[attr-defined,arg-type]  # plain JSON values


async def test_a_record_with_too_many_neighbours_is_said_to_be_too_common(
    filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (plan, rows_view):
        monkeypatch.setattr(module, "MOST_COUNTED", 1)
    starts = [row["id"] for row in make_rows(1) if row["schema"] != "UnknownLink"]
    for read in ("read", "rows"):
        selection = Selection(
            Operation.EXPAND, {"ids": starts, "first": 0}, (Node("neighbours", "", COUNTS),)
        )
        told = await getattr(filled.view, read)(OPEN, selection)
        answer = told if read == "rows" else json.loads(told.payload)
        assert {each["count"] for each in answer["neighbours"]} == {1}
        assert {each["tooCommon"] for each in answer["neighbours"]} == {True, False}


ALL = (Branch("g1@1", Mode.RECORD, EVERYTHING),)
OPEN = access(ALL, {"*": ("g1@1",)})
BY_PHONE = {"value": "+33612345678", "kind": "phone"}


async def test_pages_follow_one_another_without_gap_or_double(filled: Filled) -> None:
    for operation, arguments in ((Operation.LOOKUP, BY_PHONE), (Operation.SEARCH, {"text": "jean exemple"})):
        whole = filled.oracle.answer(OPEN, operation, arguments | {"first": 200})
        seen: list[str] = []
        more, after = True, None
        while more:
            selection = Selection(operation, arguments | {"first": 3, "after": after}, TREE)
            answer = json.loads((await filled.view.read(OPEN, selection)).payload)
            seen += [record["id"] for record in answer["records"]]
            more, after = answer["more"], seen[-1]
        assert seen == [record["id"] for record in whole["records"]]
        assert len(seen) > 6


async def test_aliases_subsets_and_type_names(filled: Filled) -> None:
    fields = (
        Node("id", "handle"), Node("__typename"),
        Node("properties", "said", (Node("values", "v"), Node("__typename"), Node("name", "n"))),
        Node("identifiers", "ids", (Node("original", "o"),)),
    )  # fmt: skip
    contact = Node("contact", "who", (Node("__typename"), Node("count", "n")))
    tree = (Node("__typename"), Node("records", "found", fields), contact)
    for key in (
        OPEN,
        access(ALL, {"*": ("g1@1",), "email": ()}),
        access([Branch("g1@1", Mode.CONTACT, EVERYTHING)], {"*": ()}),
    ):
        selection = Selection(Operation.LOOKUP, BY_PHONE, tree)
        found = await filled.view.read(key, selection)
        assert json.loads(found.payload) == await filled.view.rows(key, selection)
        assert found.payload.startswith(b'{"__typename":"Answer","found":[')
    whole = await filled.view.rows(OPEN, Selection(Operation.LOOKUP, BY_PHONE, ()))
    assert {"__typename", "hit", "contact", "records", "more"} == whole.keys()


async def test_a_person_without_category_is_nowhere(filled: Filled) -> None:
    hidden = {r.id for r in filled.oracle.records if r.envelope.subject_category.value == "UNCATEGORISED"}
    assert hidden
    assert hidden == {each.id for each in filled.shelf.intake().quarantined()}
    for record_id in sorted(hidden):
        found = await filled.view.read(OPEN, Selection(Operation.ENTITY, {"id": record_id}, TREE))
        assert (found.hit, found.count) == (False, 0)
        links = Selection(Operation.EXPAND, {"id": record_id, "hops": 2}, TREE)
        assert not (await filled.view.read(OPEN, links)).hit


async def test_a_masked_name_is_not_a_way_in(filled: Filled) -> None:
    search = Selection(Operation.SEARCH, {"text": "jean exemple"}, TREE)
    assert (await filled.view.read(OPEN, search)).hit
    masked = access(ALL, {"*": ("g1@1",), "name": ()})
    assert not (await filled.view.read(masked, search)).hit
    by_country = Selection(Operation.SEARCH, {"text": "jean exemple", "country": "fr"}, TREE)
    assert (await filled.view.read(OPEN, by_country)).hit
    no_country = access(ALL, {"*": ("g1@1",), "country": ()})
    assert not (await filled.view.read(no_country, by_country)).hit


async def test_every_row_of_a_country_filter_shows_that_country(filled: Filled) -> None:
    found = await filled.view.rows(
        OPEN, Selection(Operation.SEARCH, {"text": "jean", "country": "se", "first": 200}, TREE)
    )
    expected = [r.id for r in filled.oracle.records if ("country", "se") in r.countries]
    for record in found["records"]:  # type: ignore[attr-defined]  # the rows are plain JSON values
        assert record["id"] in expected


async def test_an_access_without_branches_sees_nothing(filled: Filled) -> None:
    for operation, arguments in ((Operation.LOOKUP, BY_PHONE), (Operation.EXPAND, {"id": "p-1"})):
        found = await filled.view.read(access((), {}), Selection(operation, arguments, TREE))
        assert json.loads(found.payload) == {"hit": False, "contact": None, "records": [], "more": False}


@pytest.mark.parametrize(
    ("tree", "error"),
    [
        ((Node("colour"),), PlanRejected),
        ((Node("records"),), PlanRejected),
        ((Node("records", "", (Node("colour"),)),), PlanRejected),
        ((Node("records", "", (Node("properties"),)),), PlanRejected),
        ((Node("records", "", (Node("properties", "", (Node("colour"),)),)),), PlanRejected),
        ((Node("records", "a", (Node("id"),)), Node("records", "b", (Node("id"),))), PlanRejected),
        ((Node("hit"), Node("more", "hit")), QuestionRejected),
        ((Node("hit", 'h"it'),), QuestionRejected),
        (tuple(Node("hit", f"h{n}") for n in range(300)), QuestionRejected),
        (
            (Node("a", "", (Node("b", "", (Node("c", "", (Node("d", "", (Node("e"),)),)),)),)),),
            QuestionRejected,
        ),
    ],
)
async def test_selections_out_of_bounds(
    filled: Filled, tree: tuple[Node, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await filled.view.read(OPEN, Selection(Operation.ENTITY, {"id": "p-1"}, tree))


async def test_contact_fields_are_known(filled: Filled) -> None:
    key = access([Branch("g1@1", Mode.CONTACT, EVERYTHING)], {"*": ()})
    with pytest.raises(PlanRejected):
        await filled.view.read(key, Selection(Operation.ENTITY, {"id": "p-1"}, (Node("contact"),)))


SEARCH = Selection(Operation.SEARCH, {"text": "jean exemple"}, TREE)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_long_question_goes_to_a_worker_and_a_longer_one_is_given_up(filled: Filled) -> None:
    view = filled.view
    assert isinstance(view, SqliteView)
    before = await view.read(OPEN, SEARCH)
    view._near.set_progress_handler(lambda: 1, 50)
    assert await view.read(OPEN, SEARCH) == before
    for _ in range(WORKERS):
        connection = view._far.get()
        connection.set_progress_handler(lambda: 1, 50)
        view._far.put(connection)
    with pytest.raises(QuestionTooHeavy):
        await view.read(OPEN, SEARCH)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_statement_that_takes_too_long_is_given_up(filled: Filled, url: str) -> None:
    impatient = open_shelf(url, reading=Reading(seconds=0.3))
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE record IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(QuestionTooHeavy, match="over 300 ms"):
            await impatient.view().read(OPEN, SEARCH)
    await impatient.close()


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_connection_that_the_server_has_ended_fails_no_question(filled: Filled, url: str) -> None:
    before = await filled.view.read(OPEN, SEARCH)
    with psycopg.connect(url, autocommit=True) as other:
        row = other.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        ).fetchone()
    assert row is not None
    assert row[0] > 0
    assert await filled.view.read(OPEN, SEARCH) == before
    assert filled.shelf.statistics().records, "the loader's connections too"


async def test_a_database_that_is_gone_is_unavailable(filled: Filled) -> None:
    await filled.view.close()  # type: ignore[attr-defined]  # both adapters have it
    with pytest.raises(ShelfUnavailable):
        await filled.view.read(OPEN, Selection(Operation.ENTITY, {"id": "p-1"}, TREE))
