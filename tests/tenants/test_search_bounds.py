"""A search that stops at its bounds has seen the best names: the shortest that hold the words."""

import json
from tempfile import TemporaryDirectory

import pytest

from policy.decision import Branch
from policy.terms import Mode, Operation
from tenants import searching
from tenants.selection import Selection
from tests.tenants.oracle import SPOC
from tests.tenants.permits import TREE, access
from tests.tenants.policies import EVERYTHING
from tests.tenants.worlds import Row, Worlds, crowd

LONG = "Jean Exemple de la Longue Maison"


def _named(row: Row, number: int, name: str) -> Row:
    envelope = row["envelope"] | {"dataset": "cases", "retain_until": "2040-01-01"}
    return row | {"id": f"n-{number:02}", "properties": {"name": [name]}, "envelope": envelope}


async def test_the_best_name_is_found_behind_a_crowd_of_longer_ones(
    worlds: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_WITH_ALL_WORDS", 5)
    names = [*[LONG] * 20, "Marc Exemple", *[LONG] * 5, "Luc Exemple"]
    rows = [
        _named(row, number, name) for number, (row, name) in enumerate(zip(crowd(40), names, strict=False))
    ]
    key = access([Branch("g1@1", Mode.RECORD, EVERYTHING)], {"*": ("g1@1",)})
    with TemporaryDirectory() as folder:
        shelf = worlds.load("a", rows, folder)
        found = await shelf.view(SPOC).read(key, Selection(Operation.SEARCH, {"text": "exemple"}, TREE))
        await shelf.close()
    assert [each["id"] for each in json.loads(found.payload)["records"]][:2] == ["n-26", "n-20"]
