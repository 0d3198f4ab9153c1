"""The threat model can fail: each row names tests, and they exist, run in `make test` and skip nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.components import ROOT
from tests.security.named import faults, named_tests

TEXT = (ROOT / "deploy/docs/threat-model.md").read_text(encoding="utf-8")
FILE = re.compile(r"`([a-z_]+(?:/[A-Za-z0-9_.-]+)+)`")
KINDS = {"S", "T", "R", "I", "D", "E"}
COMPONENTS = {"border", "desk", "shelf", "log", "law", "console", "supply chain", "operators"}


@dataclass(frozen=True)
class Row:
    """One threat as the table tells it."""

    number: str
    kinds: set[str]
    component: str
    threat: str
    defence: str
    tests: str


def rows() -> list[Row]:
    """All rows of all tables, each under the heading of its component."""
    found, component = [], ""
    for line in TEXT.splitlines():
        if line.startswith("## "):
            component = line.removeprefix("## ").lower()
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and cells[0].isdigit():
            number, kinds, threat, defence, tests = cells
            found.append(Row(number, set(kinds), component, threat, defence, tests))
    return found


ROWS = rows()


def test_there_are_enough_rows_numbered_through_for_every_component_and_kind() -> None:
    assert len(ROWS) >= 30
    assert [row.number for row in ROWS] == [str(place) for place in range(1, len(ROWS) + 1)]
    assert {row.component for row in ROWS} == COMPONENTS
    assert set().union(*(row.kinds for row in ROWS)) == KINDS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.number)
def test_a_row_names_a_defence_that_is_there_and_tests_that_run(row: Row) -> None:
    assert row.kinds <= KINDS
    assert row.threat
    assert named_tests(row.tests), f"row {row.number} names no test"
    for wrong in faults(row.tests):
        raise AssertionError(f"row {row.number}: {wrong}")
    files = FILE.findall(row.defence)
    assert files, f"row {row.number} names no file of the defence"
    for file in files:
        assert (ROOT / file).exists(), f"row {row.number}: {file} is not there"


def paragraphs() -> Iterator[str]:
    """The points of what is not defended."""
    _, _, rest = TEXT.partition("# What is not defended")
    yield from re.findall(r"^- \*\*", rest, re.MULTILINE)


def test_what_is_not_defended_is_said() -> None:
    assert len(list(paragraphs())) >= 8
