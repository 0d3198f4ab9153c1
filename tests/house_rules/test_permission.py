"""House rules as lint, each naming the leak that it prevents."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("gateway", "sharing", "tenants", "policy", "audit")


def modules() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "node_modules" in path.parts:  # the console's packages are others' work
                continue
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


#: What makes a value that carries permission, and the only modules that may name it.
MAKERS = {
    ("policy.decision", "issue"): {"policy.judge"},
    ("policy.decision", "issue_oversight"): {"policy.judge"},
    ("policy.decision", "_BENCH"): set(),
    # A preview admits for nobody: its permits are for a person who does not exist, and stay in the function.
    # A standing question is a lookup that waits: what arrives is read like an answer, permit and log first.
    ("policy.decision", "admit"): {
        "gateway.answer",
        "gateway.arriving",
        "gateway.explain",
        "gateway.preview",
    },
    ("sharing.sealed", "SEALER"): {"sharing.sealing", "sharing.notice_sealing"},
    ("audit.receipt", "Mint"): set(),
}


@pytest.mark.parametrize("maker", MAKERS, ids=".".join)
def test_only_its_own_step_makes_a_value_that_carries_permission(maker: tuple[str, str]) -> None:
    users = {name for name, tree in modules() if maker in set(imported(tree)) and name != maker[0]}
    assert users <= MAKERS[maker], "rows without a decision, or a message without a log entry, could leave"


def test_only_the_shelf_names_its_tables() -> None:
    users = {
        name for name, tree in modules() if any(module == "tenants.tables" for module, _ in imported(tree))
    }
    assert all(name.startswith("tenants.") for name in users), "rows could be read past the policy's view"


def test_only_the_evidence_signs_with_bare_keys() -> None:
    bare = "cryptography.hazmat.primitives.asymmetric.ed25519"
    users = {name for name, tree in modules() if any(module == bare for module, _ in imported(tree))}
    assert all(name.startswith("audit.") for name in users), "cryptography belongs to one room"


def test_nothing_prints_or_runs_strings() -> None:
    found = {
        f"{name}:{node.lineno} {node.func.id}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"eval", "exec", "print", "input"}
    }
    assert not {each for each in found if not each.startswith("audit.__main__")}, (
        "content could reach a terminal"
    )


def test_imports_inside_functions_hide_nothing() -> None:
    found = {
        f"{name}:{inner.lineno}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    }
    assert not found, "a lazy import would hide a knot from import-linter"
