"""Why a record is not shown: the rules, told one by one, and the SQL that answers agree on every record."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy.decision import Branch
from policy.explaining import withheld_by
from policy.filters import Filter
from policy.terms import Mode, Operation
from tenants.envelope import Defaults
from tenants.errors import QuestionRejected
from tenants.explaining import explained
from tenants.selection import Node, Selection
from tenants.shelf import Shelf
from tests.tenants.permits import NOW, access
from tests.tenants.policies import EVERYTHING, FILTERS
from tests.tenants.rows import make_rows

HIT = (Node("hit"),)
THINGS = [row["id"] for row in make_rows(1) if row["schema"] != "UnknownLink"]


@pytest.fixture
def filled(shelf: Shelf, tmp_path: Path) -> Shelf:
    source = tmp_path / "rows.jsonl"
    source.write_bytes(b"\n".join(json.dumps(row).encode() for row in make_rows(1)))
    assert shelf.loader("fr.ofast", lambda: NOW).load_jsonl(source, Defaults()).rejected == 0
    return shelf


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(row_filter=FILTERS | st.just(EVERYTHING), record=st.sampled_from(THINGS))
async def test_explanation_and_answer_agree(filled: Shelf, row_filter: Filter, record: str) -> None:
    key = access([Branch("g1@1", Mode.RECORD, row_filter)], {"*": ("g1@1",)}, arguments=explained(record))
    view = filled.view()
    row = await view.columns(key, record)
    assert row is not None
    answer = await view.read(key, Selection(Operation.ENTITY, {"id": record}, HIT))
    assert answer.hit == (withheld_by(row_filter, row) == ())
    await view.close()


async def test_an_access_explains_the_record_that_it_was_made_for(filled: Shelf) -> None:
    key = access([Branch("g1@1", Mode.HIT, EVERYTHING)], {"*": ()}, arguments=explained("nobody"))
    assert await filled.view().columns(key, "nobody") is None
    for other in (THINGS[0], "no id"):
        with pytest.raises(QuestionRejected):
            await filled.view().columns(key, other)
