"""A search that stops at its bounds has seen the best names: the shortest of each list, most words first."""

import json
from collections.abc import Callable
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
    worlds: Worlds, bounds: Callable[..., None]
) -> None:
    bounds(searching, MOST_WITH_ALL_WORDS=5)
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


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Jean Exemple", "Jean Exemplo"),
        ("Jean Exemple", "Jeanne Exemple"),
        ("Jeann Exempl", "Jean Exemple"),
        ("Jean Exem", "Jean Exemple"),
        ("Jean Marie Exemple", "Jean Marie Exemplo"),
    ],
)
async def test_a_name_with_both_words_is_found_behind_crowds_with_one(
    worlds: Worlds, bounds: Callable[..., None], text: str, name: str
) -> None:
    bounds(searching, MOST_WITH_ALL_WORDS=2, MOST_WITH_A_WORD=2, MOST_OF_A_SPELLING=2)
    crowds = [f"{word} Li" for word in ("Jean", "Jeanne", "Marie", "Exemple", "Exemplo", "Exempel")]
    names = [*crowds * 5, name, *crowds * 5]
    rows = [
        _named(row, number, each) for number, (row, each) in enumerate(zip(crowd(61), names, strict=True))
    ]
    key = access([Branch("g1@1", Mode.RECORD, EVERYTHING)], {"*": ("g1@1",)})
    with TemporaryDirectory() as folder:
        shelf = worlds.load("a", rows, folder)
        found = await shelf.view(SPOC).read(key, Selection(Operation.SEARCH, {"text": text}, TREE))
        await shelf.close()
    assert json.loads(found.payload)["records"][0]["caption"] == name
