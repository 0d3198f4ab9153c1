"""What a mask hides changes nothing, and no end of the graph dangles: for any policy, on both databases.

A masked property is named whether the record has it or not. Whatever an answer refers to, as an edge's end or
by a property, is a record that the same access shows when it is asked for.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from policy.decision import Access, Branch
from policy.filters import Field
from policy.terms import Mode, Operation
from tenants.envelope import Defaults
from tenants.errors import QuestionRejected
from tenants.model import EntityModel
from tenants.selection import Selection
from tenants.shelf import Shelf
from tenants.view import Found
from tests.tenants.permits import NOW, TREE, access
from tests.tenants.policies import EVERYTHING, accesses
from tests.tenants.rows import make_rows
from tests.tenants.worlds import QUESTIONS, Worlds

FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
Row = dict[str, Any]
#: Masked properties and what they may be instead; the last three are said in the envelope.
VALUES: dict[str, list[Any]] = {
    "name": [["Jean Exemple"], ["Anna Al", "Åsa Öst"]],
    "phone": [["+33612345678"], ["+46 70 123 45 67", "+33 6 12 34 56 78"]],
    "email": [["a@b.eu"]],
    "country": [["fr"], ["se", "fr"]],
    "passportNumber": [["+33612345678"], ["12-AB"]],
    "registrationNumber": [["AB-123-CD"]],
    "owner": [["p-1"], ["P-2", "nobody"]],
    "caseRef": ["C-1", "C-10"],
    "authority": ["JIRS Lille"],
    "handlingText": ['ask "first"'],
}
ENVELOPE = {"caseRef": "case", "handlingText": "handling_text", "authority": "authority"}


def _altered(model: EntityModel, row: Row, masked: Sequence[str], chance: random.Random) -> Row:
    """The row with any other value, or none, for each masked property that it may have."""
    kind = model.kinds[row["schema"]]
    said, envelope = dict(row["properties"]), dict(row["envelope"])
    for name in masked:
        value = chance.choice([*VALUES[name], None])
        if name in ENVELOPE:
            part = dict(envelope.get("provenance", {})) if name == "authority" else envelope
            part[ENVELOPE[name]] = value
            envelope |= {"provenance": part} if name == "authority" else part
        elif name in kind.properties and (value is not None or name not in kind.required):
            said[name] = value
    return row | {"properties": _said(said), "envelope": _said(envelope)}


def _said(values: Row) -> Row:
    return {name: value for name, value in values.items() if value is not None}


@settings(max_examples=8, suppress_health_check=FIXTURES, phases=[Phase.explicit, Phase.generate])
@given(
    masked=st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=4, unique=True),
    mode=st.sampled_from([Mode.CORE, Mode.RECORD]),
    seed=st.integers(0, 2**16),
)
async def test_what_is_masked_changes_nothing_but_is_named(
    worlds: Worlds, masked: list[str], mode: Mode, seed: int
) -> None:
    key = access(
        [Branch("g1@1", mode, EVERYTHING, tuple(masked))], {"*": ("g1@1",), **dict.fromkeys(masked, ())}
    )
    chance, rows = random.Random(seed), make_rows(1, 20)
    other = [_altered(worlds.model, row, masked, chance) for row in rows]
    with TemporaryDirectory() as folder:
        told = []
        for name, those in (("a", rows), ("b", other)):
            shelf = worlds.load(name, those, folder)
            told.append(await _told(shelf, key))
            await shelf.close()
    assert told[0] == told[1]
    answers = [json.loads(each.payload) for each in told[0] if isinstance(each, Found)]
    listed = [record for answer in answers for record in answer["records"]]
    assert all(set(masked) <= set(each["masked"]) for each in listed)
    assert not {prop["name"] for each in listed for prop in each["properties"]} & set(masked)


async def _told(shelf: Shelf, key: Access) -> list[Found | str]:
    """Every answer, or why there is none."""
    view, told = shelf.view(), list[Found | str]()
    for question in QUESTIONS:
        try:
            told.append(await view.read(key, Selection(*question, TREE)))
        except QuestionRejected as error:
            told.append(str(error))
    await view.close()
    return told


@pytest.fixture
def filled(shelf: Shelf, tmp_path: Path) -> Shelf:
    source = tmp_path / "rows.jsonl"
    source.write_bytes(b"\n".join(json.dumps(row).encode() for row in make_rows(1)))
    assert shelf.loader("fr.ofast", lambda: NOW).load_jsonl(source, Defaults()).rejected == 0
    return shelf


ASKED: tuple[tuple[Operation, dict[str, Any]], ...] = (
    (Operation.LOOKUP, {"value": "+33612345678", "kind": "phone"}),
    (Operation.SEARCH, {"text": "exemple"}),
    *((Operation.ENTITY, {"id": row["id"]}) for row in make_rows(1) if row["id"][0] in "ev"),
    *((Operation.EXPAND, {"id": row["id"], "hops": 2}) for row in make_rows(1)[:12]),
)


@settings(max_examples=15, suppress_health_check=FIXTURES)
@given(key=accesses())
async def test_no_end_dangles(filled: Shelf, model: EntityModel, key: Access) -> None:
    view = filled.view()
    ends: set[str] = set()
    for question in ASKED:
        answer = json.loads((await view.read(key, Selection(*question, TREE))).payload)
        ends |= {end for record in answer["records"] for end in _referred(model, record)}
    for end in sorted(ends):
        found = json.loads((await view.read(key, Selection(Operation.ENTITY, {"id": end}, TREE))).payload)
        assert [record["id"] for record in found["records"]] == [end]
    await view.close()


async def test_a_hidden_record_takes_its_edges_and_references_along(
    filled: Shelf, model: EntityModel
) -> None:
    view = filled.view()

    async def told(key: Access) -> dict[str, set[str]]:
        """What each record that is shown refers to."""
        answers = [json.loads((await view.read(key, Selection(*each, TREE))).payload) for each in ASKED]
        return {record["id"]: _referred(model, record) for answer in answers for record in answer["records"]}

    open_ = await told(access([Branch("g1@1", Mode.RECORD, EVERYTHING)], {"*": ("g1@1",)}))
    edge, thing = (next(name for name in sorted(open_) if name[0] == kind and open_[name]) for kind in "ev")
    for name in (edge, thing):
        (hidden, *_) = sorted(open_[name])
        other = await told(access([Branch("g1@1", Mode.RECORD, Field("ne", "id", hidden))], {"*": ("g1@1",)}))
        assert (name in other) == (name == thing)
        assert not any(hidden in ends for ends in other.values())
    await view.close()


def _referred(model: EntityModel, record: Row) -> set[str]:
    """Ids that a record of an answer refers to, the ends of an edge among them."""
    named = model.kinds[record["schema"]].references
    return {value for said in record["properties"] if said["name"] in named for value in said["values"]}
