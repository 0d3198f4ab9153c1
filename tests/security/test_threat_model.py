"""The threat model can fail: each row names tests, and they exist, run in `make test` and skip nothing."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "deploy/docs/threat-model.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`")
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


@cache
def functions(path: str) -> dict[str, tuple[bool, bool]]:
    """The tests of a file: whether each is left to the night, whether it may be skipped."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    whole = [ast.unparse(node.value) for node in tree.body if _is_mark(node)]
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            marks = [*whole, *(ast.unparse(each) for each in node.decorator_list if _whole(each))]
            long = any(".long" in mark for mark in marks)
            skipped = any("skip" in mark or "xfail" in mark for mark in marks)
            found[node.name] = (long, skipped)
    return found


def _is_mark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"


def _whole(decorator: ast.expr) -> bool:
    """A mark of one of several parameters is none of the test."""
    return "parametrize" not in ast.unparse(decorator)


def test_there_are_enough_rows_numbered_through_for_every_component_and_kind() -> None:
    assert len(ROWS) >= 30
    assert [row.number for row in ROWS] == [str(place) for place in range(1, len(ROWS) + 1)]
    assert {row.component for row in ROWS} == COMPONENTS
    assert set().union(*(row.kinds for row in ROWS)) == KINDS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.number)
def test_a_row_names_a_defence_that_is_there_and_tests_that_run(row: Row) -> None:
    assert row.kinds <= KINDS
    assert row.threat
    named = NAMED.findall(row.tests)
    assert named, f"row {row.number} names no test"
    for path, name in named:
        known = functions(path)
        assert name in known, f"row {row.number}: {path} has no {name}"
        long, skipped = known[name]
        assert not skipped, f"row {row.number}: {name} may be skipped"
        assert not long or "nightly" in row.tests, (
            f"row {row.number}: {name} runs at night only, and the row hides it"
        )
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
