"""What is hidden from a partner may change in any way: the answers stay the same, byte for byte.

Two worlds are loaded that differ only in rows which no branch lets through and in values which every mask
hides; the bounds of a search are small, so that hidden rows would crowd out visible ones if they counted.
T0 tells whether there is a hit, T1 how many and of which categories, and nothing else.
"""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy.decision import Access, Branch
from policy.filters import Field, Filter
from policy.terms import Mode, Operation
from tenants import candidates
from tenants.envelope import Defaults
from tenants.errors import QuestionRejected
from tenants.jsonl_source import parse
from tenants.model import EntityModel
from tenants.record import Reader
from tenants.selection import Selection
from tenants.shelf import Shelf, open_shelf
from tenants.tables import Shelf as Tables
from tenants.view import Found
from tests.tenants.oracle import SPOC, Oracle, finds
from tests.tenants.permits import NOW, TREE, access
from tests.tenants.policies import EVERYTHING, FILTERS, accesses
from tests.tenants.rows import make_rows

Row = dict[str, Any]
FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
Told = Found | tuple[str, str]
EVERYTHING_BUT_HIDDEN = Field("ne", "dataset", "hidden")
QUESTIONS: tuple[tuple[Operation, Mapping[str, Any]], ...] = (
    (Operation.LOOKUP, {"value": "+33612345678", "kind": "phone", "first": 2}),
    (Operation.LOOKUP, {"value": "a@b.eu", "first": 3}),
    (Operation.SEARCH, {"text": "jean exemple", "first": 2}),
    (Operation.SEARCH, {"text": "exemple", "first": 3}),
    (Operation.SEARCH, {"text": "anna exemple", "country": "fr", "first": 5}),
    (Operation.SEARCH, {"text": "xy"}),
    (Operation.ENTITY, {"id": "p-1"}),
    (Operation.ENTITY, {"id": "v-3"}),
    (Operation.EXPAND, {"id": "p-1", "hops": 2}),
    (Operation.EXPAND, {"id": "q-3"}),
)
#: Values that a hidden property may have instead.
OTHERS = {
    "name": ["Jean Exemple"], "phone": ["+33612345678"], "email": ["a@b.eu"], "country": ["fr"],
    "passportNumber": ["77-ZZ"], "registrationNumber": ["ZZ-999-ZZ"], "proof": ["p-1"],
}  # fmt: skip
SMALL = {"MOST_LOOKED_UP": 6, "MOST_WITH_ALL_WORDS": 5, "MOST_WITH_ANY_WORD": 4, "ENOUGH": 3, "MOST_EDGES": 6}


@dataclass(frozen=True)
class Worlds:
    """Two shelves that are emptied and loaded at will."""

    empty: Callable[[str], str]
    model: EntityModel

    def load(self, name: str, rows: Sequence[Row], folder: str) -> Shelf:
        source = Path(folder) / f"{name}.jsonl"
        source.write_bytes(b"\n".join(json.dumps(row).encode() for row in rows))
        shelf = open_shelf(self.empty(f"{folder}/{name}"), self.model)
        report = shelf.loader("fr.ofast", lambda: NOW).load_jsonl(source, Defaults())
        assert (report.loaded, report.rejected) == (len(rows), 0)
        return shelf

    def oracle(self, rows: Sequence[Row]) -> Oracle:
        reader = Reader(self.model, "fr.ofast", Defaults())
        return Oracle([reader.read(parse(json.dumps(row).encode())) for row in rows])


@pytest.fixture(params=["sqlite", "postgresql"])
def worlds(request: pytest.FixtureRequest, model: EntityModel) -> Worlds:
    if request.param == "sqlite":
        return Worlds(lambda path: f"sqlite:///{path}.sqlite", model)
    make: Callable[..., str] = request.getfixturevalue("postgres_database")
    urls = {"a": make("a"), "b": make("b")}

    def emptied(path: str) -> str:
        url = urls[path[-1]]
        with psycopg.connect(url, autocommit=True) as connection:
            for table in (*Tables.metadata.tables,):
                connection.execute(f'DROP TABLE IF EXISTS "{table}" CASCADE'.encode())
        return url

    return Worlds(emptied, model)


@pytest.fixture(autouse=True)
def _small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SMALL.items():
        monkeypatch.setattr(candidates, name, value)


def _altered(row: Row, chance: random.Random) -> Row:
    """A hidden row, altered in any way; it may become visible, which the caller finds out."""
    said = {name: OTHERS.get(name, values) for name, values in row["properties"].items()}
    envelope = row["envelope"] | {"ongoing": chance.random() < 0.5, "tlp": chance.choice(["RED", "GREEN"])}
    return row | {"properties": said, "envelope": envelope}


def _other_world(worlds: Worlds, key: Access, rows: Sequence[Row], seed: int) -> list[Row]:
    """The same view by other rows: hidden ones gone, altered or added, hidden values altered or gone."""
    chance, oracle = random.Random(seed), worlds.oracle(rows)
    seen = {row["id"]: oracle.branches(key, oracle.by_id[row["id"]]) for row in rows}
    kept: list[Row] = []
    for row in rows:
        if seen[row["id"]]:
            kept.append(_with_others(worlds, key, row, seen[row["id"]], chance))
        elif chance.random() < 0.7:
            kept.append(_altered(row, chance))
    added = [row | {"id": f"x-{n}"} for n, row in enumerate(rows) if not seen[row["id"]]]
    world = [*added, *kept] if chance.random() < 0.5 else [*kept, *added]
    while True:
        now = worlds.oracle(world)
        strangers = {each.id for each in now.records if now.branches(key, each) and not seen.get(each.id)}
        if not strangers:
            return world
        world = [row for row in world if row["id"] not in strangers]


def _with_others(
    worlds: Worlds, key: Access, row: Row, branches: Sequence[Branch], chance: random.Random
) -> Row:
    """The row with other values where none of its branches shows or finds by the property."""
    ends = worlds.model.kinds[row["schema"]].ends
    said = dict(row["properties"])
    for name in sorted(OTHERS.keys() & worlds.model.kinds[row["schema"]].properties.keys()):
        showing = key.permit.shows.get(name, key.permit.shows.get("*", ()))
        shown = any(branch.grant in showing and branch.mode in ("core", "record") for branch in branches)
        found = any(finds(key, branch, name) for branch in branches)
        if name not in ends and not shown and not found:
            said[name] = OTHERS[name]
            if name not in worlds.model.kinds[row["schema"]].required and chance.random() < 0.5:
                del said[name]
    return row | {"properties": said}


async def _told(shelf: Shelf, key: Access) -> list[Told]:
    """Every answer to every question, or its error, page by page as the cursors lead."""
    view = shelf.view(SPOC)
    found: list[Told] = []
    for operation, arguments in QUESTIONS:
        after: str | None = None
        for _ in range(4):
            paged = {"after": after} if operation in (Operation.LOOKUP, Operation.SEARCH) else {}
            try:
                page = await view.read(key, Selection(operation, {**arguments, **paged}, TREE))
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
async def test_hidden_rows_and_values_change_no_answer(worlds: Worlds, key: Access, seed: int) -> None:
    rows = make_rows(1, 30)
    with TemporaryDirectory() as folder:
        one = worlds.load("a", rows, folder)
        other = worlds.load("b", _other_world(worlds, key, rows, seed), folder)
        told = [await _told(shelf, key) for shelf in (one, other)]
        await one.close()
        await other.close()
    assert told[0] == told[1]


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
        for found in await _told(shelf, key):
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


def _crowd(number: int) -> list[Row]:
    """Rows under the same name and telephone number, in a dataset that nobody is granted."""
    said = {"name": ["Jean Exemple"], "phone": ["+33612345678"]}
    envelope = {"dataset": "hidden", "subject_category": "WITNESS"}
    return [
        {"id": f"h-{n}", "schema": "Person", "properties": said, "envelope": envelope} for n in range(number)
    ]


async def test_a_crowd_of_hidden_namesakes_hides_nobody(worlds: Worlds) -> None:
    key = access([Branch("g1@1", Mode.RECORD, EVERYTHING_BUT_HIDDEN)], {"*": ("g1@1",)})
    rows = make_rows(1, 30)
    with TemporaryDirectory() as folder:
        alone, crowded = worlds.load("a", rows, folder), worlds.load("b", _crowd(50) + rows, folder)
        told = [await _told(shelf, key) for shelf in (alone, crowded)]
        await alone.close()
        await crowded.close()
    assert told[0] == told[1]
    assert any(isinstance(found, Found) and found.hit for found in told[0])
