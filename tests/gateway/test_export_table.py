"""The table of an export: whatever partners write, it reads back cell by cell, and no cell is a formula."""

import csv
import io
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.export_table import COLUMNS, ENCODING, harmless, table
from gateway.visible import visible

TRIGGERS = "=+-@\t\r\n＝＋－＠"  # full-width signs begin formulas too
HOSTILE = st.text(st.sampled_from([*TRIGGERS, *",;|\t\"' :", "a", "1", "é", "\u202e", "\x00"]), max_size=12)
TEXTS = HOSTILE | st.text(max_size=12)
VALUES = st.fixed_dictionaries(
    {
        **dict.fromkeys(("handle", "source", "owner", "property", "value", "evaluation", "tlp"), TEXTS),
        "handling": st.lists(TEXTS, max_size=3),
        "receipt": TEXTS | st.none(),
    }
)
PROVENANCES = st.fixed_dictionaries(
    {
        "told": TEXTS,
        "standing": st.lists(st.fixed_dictionaries({"country": TEXTS, "status": TEXTS}), max_size=2),
        "gaps": st.lists(st.fixed_dictionaries({"code": TEXTS}), max_size=2),
    }
)
CLAIMS = st.fixed_dictionaries({"handle": TEXTS, "node": TEXTS, "provenance": PROVENANCES})
DOCUMENTS = st.fixed_dictionaries(
    {
        "records": st.lists(CLAIMS, max_size=2),
        **dict.fromkeys(("export", "node", "use"), TEXTS),
        "to": st.lists(TEXTS, max_size=2),
        "highWater": st.none()
        | st.fixed_dictionaries({"handling": st.lists(TEXTS, max_size=2), "evaluation": TEXTS, "tlp": TEXTS}),
        "values": st.lists(VALUES, max_size=3),
        "missing": st.lists(
            st.fixed_dictionaries(
                {"handle": TEXTS, "provider": TEXTS, "codes": st.lists(TEXTS, max_size=2), "reason": TEXTS}
            ),
            max_size=2,
        ),
        "nodes": st.lists(
            st.fixed_dictionaries(
                {
                    **dict.fromkeys(("query", "node", "status"), TEXTS),
                    "receipt": TEXTS | st.none(),
                    "reasons": st.lists(TEXTS, max_size=2),
                }
            ),
            max_size=2,
        ),
    }
)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def starts(cell: str) -> bool:
    """Whether a spreadsheet could take it for a formula, with white space and quotes in front."""
    return cell.lstrip(" \"'")[:1] in {*TRIGGERS} and "'" not in cell[: len(cell) - len(cell.lstrip(" \"'"))]


@given(DOCUMENTS)
def test_every_cell_reads_back_and_none_is_a_formula(document: dict[str, Any]) -> None:
    text = table(document, "sha256:0")
    head, *rows = read(text)
    assert tuple(head) == COLUMNS
    count = 1 + sum(len(document[name]) for name in ("values", "records", "missing", "nodes"))
    assert [len(row) for row in rows] == [len(COLUMNS)] * count
    assert text.count("\r\n") == count + 1 == len(text.splitlines()), "one line a row"
    values = [row for row in rows if row[0] == "VALUE"]
    assert [row[5] for row in values] == [harmless(each["value"]) for each in document["values"]]
    for cell in (cell for row in rows for cell in row):
        assert cell == visible(cell)
        for separator in (",", ";", "\t", "|"):
            assert not any(map(starts, cell.split(separator))), cell


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@given(document=DOCUMENTS)
def test_no_program_that_splits_elsewhere_sees_a_formula(document: dict[str, Any], separator: str) -> None:
    for line in table(document, "sha256:0").split("\r\n"):
        for cell in next(csv.reader([line], delimiter=separator), []):
            assert not starts(cell), line


@given(TEXTS)
def test_an_apostrophe_is_all_that_is_added(cell: str) -> None:
    assert harmless(cell).replace("'", "") == visible(cell).replace("'", "")
    assert harmless(harmless(cell)).replace("'", "") == harmless(cell).replace("'", "")


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("Häggkvist, Åsa", "Häggkvist, Åsa"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+46 70 123", "'+46 70 123"),
        ("x;=1+1", "x;'=1+1"),
        ('a","=1', 'a","\'=1'),
        ("＝1", "'＝1"),
        ("\t=1", "<U+0009>=1"),
        ("2026-11-21", "2026-11-21"),
        ("se-p-4", "se-p-4"),
    ],
)
def test_what_becomes_of_a_cell(cell: str, told: str) -> None:
    assert harmless(cell) == told


def test_the_file_says_that_it_is_utf_8() -> None:
    assert not re.match("\ufeff", table(_SMALL, ""))
    assert table(_SMALL, "").encode(ENCODING).startswith(b'\xef\xbb\xbf"row"')


_SMALL: dict[str, Any] = {
    "export": "x-1", "node": "fr.ofast", "use": "INTERNAL", "to": [], "highWater": None,
    "values": [], "records": [], "missing": [], "nodes": [],
}  # fmt: skip
