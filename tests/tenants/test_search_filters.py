"""Filters by case, evaluation and period see what a listed record tells, and nothing else.

That plan, rows view and oracle agree on them is drawn at random in `test_views.py`; that hidden rows and
masked values change no answer, in `test_non_interference.py` and `test_masks_and_ends.py`.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from policy.decision import Access, Branch
from policy.filters import Field
from policy.terms import Mode, Operation
from tenants.envelope import Defaults
from tenants.selection import Selection
from tenants.shelf import Shelf
from tests.tenants.permits import NOW, TREE, access
from tests.tenants.policies import EVERYTHING
from tests.tenants.rows import make_rows

Row = dict[str, Any]
OPEN = access([Branch("g1@1", Mode.RECORD, EVERYTHING)], {"*": ("g1@1",)})
FILTERS: tuple[tuple[Row, Callable[[Row], bool]], ...] = (
    ({"caseRef": "C-1"}, lambda told: told["caseRef"] == "C-1"),
    ({"source": "B"}, lambda told: told["source"] in "AB"),
    ({"information": "3"}, lambda told: told["information"] in "123"),
    ({"since": "2026-05-29"}, lambda told: told["recordedAt"] >= "2026-05-29"),
    ({"until": "2026-05-28"}, lambda told: told["recordedAt"] < "2026-05-29"),
)


@pytest.fixture
def filled(shelf: Shelf, tmp_path: Path) -> Shelf:
    """Half of the rows are recorded on the day of `NOW`, the others a day later."""
    rows = make_rows(1)
    for days in (0, 1):
        source = tmp_path / f"{days}.jsonl"
        source.write_bytes(b"\n".join(json.dumps(row).encode() for row in rows[days::2]))
        loader = shelf.loader("fr.ofast", (NOW + days * 86_400).__int__)
        assert loader.load_jsonl(source, Defaults()).rejected == 0
    return shelf


async def _found(shelf: Shelf, key: Access, narrowed: Row) -> Row:
    selection = Selection(Operation.SEARCH, {"text": "exemple", "first": 200, **narrowed}, TREE)
    view = shelf.view()
    answer: Row = json.loads((await view.read(key, selection)).payload)
    await view.close()
    return answer


@pytest.mark.parametrize(("narrowed", "kept"), FILTERS)
async def test_a_filter_keeps_some_and_exactly_those(
    filled: Shelf, narrowed: Row, kept: Callable[[Row], bool]
) -> None:
    everything = (await _found(filled, OPEN, {}))["records"]
    expected = [record for record in everything if kept(record)]
    assert 0 < len(expected) < len(everything)
    assert (await _found(filled, OPEN, narrowed))["records"] == expected


@pytest.mark.parametrize("mode", [Mode.HIT, Mode.CONTACT])
@pytest.mark.parametrize("narrowed", [each for each, _ in FILTERS])
async def test_the_lowest_tiers_are_no_oracle_for_it(filled: Shelf, mode: Mode, narrowed: Row) -> None:
    key = access([Branch("g1@1", mode, EVERYTHING)], {"*": ("g1@1",)})
    assert (await _found(filled, key, {}))["hit"]
    assert await _found(filled, key, narrowed) == {
        "hit": False,
        "contact": None,
        "records": [],
        "more": False,
    }


async def test_a_listing_grant_beside_them_counts_only_its_own(filled: Shelf) -> None:
    cases, others = Field("eq", "dataset", "cases"), Field("ne", "dataset", "cases")
    branches = [Branch("g1@1", Mode.CONTACT, others), Branch("g2@3", Mode.RECORD, cases)]
    answer = await _found(filled, access(branches, {"*": ("g2@3",)}), {"source": "X"})
    assert answer["contact"] is None
    assert {record["dataset"] for record in answer["records"]} == {"cases"}


@pytest.mark.parametrize("mode", [Mode.CORE, Mode.RECORD])
async def test_a_masked_case_finds_nothing_through_the_grant_that_masks_it(filled: Shelf, mode: Mode) -> None:
    one, *more = [each["id"] for each in (await _found(filled, OPEN, {"caseRef": "C-1"}))["records"]]
    assert more
    masking = Branch("g1@1", mode, Field("ne", "id", one), ("caseRef",))
    showing = Branch("g2@3", mode, Field("eq", "id", one))
    key = access([masking, showing], {"*": ("g1@1", "g2@3"), "caseRef": ("g2@3",)})
    assert [each["id"] for each in (await _found(filled, key, {"caseRef": "C-1"}))["records"]] == [one]
    alone = access([masking], {"*": ("g1@1",), "caseRef": ()})
    assert not (await _found(filled, alone, {"caseRef": "C-1"}))["hit"]
    assert (await _found(filled, alone, {"source": "X"}))["hit"]
