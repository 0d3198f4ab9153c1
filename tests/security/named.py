"""Tests that a page of the documentation names: whether they are there, and run in `make test`."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.components import ROOT

_NAMED = re.compile(r"`(tests/[a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`")


def named_tests(text: str) -> list[tuple[str, str]]:
    """File and function of each test that a text names."""
    return _NAMED.findall(text)


def faults(text: str) -> Iterator[str]:
    """What is wrong with the tests a text names: not there, skipped, at night only and not saying so."""
    for path, name in named_tests(text):
        known = functions(path) if (ROOT / path).is_file() else {}
        if name not in known:
            yield f"{path} has no {name}"
            continue
        long, skipped = known[name]
        if skipped:
            yield f"{name} may be skipped"
        if long and "nightly" not in text:
            yield f"{name} runs at night only, and the row hides it"


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
