"""A word that is misspelt, or written from another script, still finds its name."""

import json
import string
from collections.abc import Sequence
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from policy.decision import Branch
from policy.terms import Mode, Operation
from tenants.envelope import Defaults
from tenants.names import latinise
from tenants.selection import Selection
from tenants.shelf import Shelf
from tenants.spelling import part_keys, spelling_keys, word_keys
from tenants.tables import WordKeyRow
from tests.tenants.oracle import SPOC
from tests.tenants.permits import TREE, access
from tests.tenants.policies import EVERYTHING
from tests.tenants.worlds import Row, Worlds, crowd

OPEN = access([Branch("g1@1", Mode.RECORD, EVERYTHING)], {"*": ("g1@1",)})
WORD_KEY = WordKeyRow.metadata.tables["word_key"]
LETTERS = st.sampled_from(string.ascii_lowercase)
WORDS = st.text(LETTERS, min_size=5, max_size=12)
NAMES = ("Magnus Lindqvist", "Ворошнин Андрей", "محمد الحداد", "Κωνσταντίνος Παπαδόπουλος", "Jürgen Schröder")


@st.composite
def misspelt(draw: st.DrawFn) -> tuple[str, str]:
    """A word, and the same with one letter more, less, other, or two exchanged."""
    word = draw(WORDS)
    place, letter = draw(st.integers(0, len(word) - 1)), draw(LETTERS)
    kind = draw(st.sampled_from(("more", "less", "other", "exchanged")))
    head, tail = word[:place], word[place + 1 :]
    edited = {
        "more": f"{head}{letter}{word[place:]}",
        "less": head + tail,
        "other": f"{head}{letter}{tail}",
        "exchanged": f"{head}{tail[:1]}{word[place]}{tail[1:]}",
    }
    return word, edited[kind]


@given(pair=misspelt())
def test_one_edit_leaves_a_key_in_common(pair: tuple[str, str]) -> None:
    word, other = pair
    assert spelling_keys(word) & spelling_keys(other)


@given(word=st.text(max_size=40))
def test_keys_are_few_and_only_of_words(word: str) -> None:
    assert len(spelling_keys(word)) <= 27
    assert word in spelling_keys(word) or not spelling_keys(word)


@given(word=st.text("ab1", min_size=3, max_size=40), data=st.data())
def test_a_word_stands_among_the_keys_of_each_of_its_parts(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 3))
    part = word[place : data.draw(st.integers(place + 3, len(word)))]
    start, end = part_keys(part)
    assert any(start <= key < end for key in word_keys(word))
    start, end = part_keys(f"{part}c")
    assert len(part) >= 24 or not any(start <= key < end for key in word_keys(word))


def _rows(names: Sequence[str]) -> list[Row]:
    envelope = {"dataset": "cases", "subject_category": "WITNESS", "retain_until": "2040-01-01"}
    return [
        row | {"id": f"n-{place}", "properties": {"name": [name]}, "envelope": envelope}
        for place, (row, name) in enumerate(zip(crowd(len(names)), names, strict=True))
    ]


async def _found(shelf: Shelf, text: str) -> list[str]:
    view = shelf.view(SPOC)
    answer = json.loads((await view.read(OPEN, Selection(Operation.SEARCH, {"text": text}, TREE))).payload)
    return [record["caption"] for record in answer["records"]]


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(pairs=st.lists(misspelt(), min_size=1, max_size=8, unique_by=lambda pair: pair[0]))
async def test_one_edit_finds_the_name(worlds: Worlds, pairs: list[tuple[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        shelf = worlds.load("a", _rows([f"Nils {word}" for word, _ in pairs]), folder)
        for word, other in pairs:
            assert f"Nils {word}" in await _found(shelf, f"nils {other}")
        await shelf.close()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lindkvist", "Magnus Lindqvist"),
        ("Lindquist Mangus", "Magnus Lindqvist"),
        ("Vorochnine", "Ворошнин Андрей"),
        ("Andrei Voroshnin", "Ворошнин Андрей"),
        ("Mohammed al-Haddad", "محمد الحداد"),
        ("Konstantinos Papadopulos", "Κωνσταντίνος Παπαδόπουλος"),
        ("Jurgen Schroeder", "Jürgen Schröder"),
    ],
)
async def test_spellings_of_the_field(worlds: Worlds, text: str, name: str) -> None:
    with TemporaryDirectory() as folder:
        shelf = worlds.load("a", _rows(NAMES), folder)
        assert (await _found(shelf, text))[:1] == [name]
        await shelf.close()


@pytest.mark.parametrize("pair", [("Yusuf", "يوسف"), ("Dimitrios", "Dmitri"), ("Guillaume", "Willem")])
def test_what_no_key_brings_together(pair: tuple[str, str]) -> None:
    """Limits: a sound of less than three consonants, two letters of difference, another language."""
    one, other = map(latinise, pair)
    assert not spelling_keys(one) & spelling_keys(other)


async def test_a_word_that_no_name_holds_is_forgotten(shelf: Shelf, tmp_path: Any) -> None:
    loader = shelf.loader("fr.ofast", lambda: 1_780_000_000)
    days = (("Nils Holmgren", "Vera Holmgren"), ("Nils Dahl", "Vera Holmgren"), ("Nils Dahl", "Vera Dahl"))
    for number, names in enumerate(days):
        source = tmp_path / f"{number}.jsonl"
        source.write_text("\n".join(json.dumps(row) for row in _rows(names)))
        assert loader.load_jsonl(source, Defaults()).rejected == 0
        with shelf._database.reading() as connection:
            words = set(connection.execute(select(WORD_KEY.c.word)).scalars())
        assert ("holmgren" in words) == (number < 2)
        assert {"nils", "vera"} <= words
