"""Chance that must not be guessed comes from the system, and no digest is weaker than SHA-256."""

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

from tests.components import ROOT

ROOMS = ("gateway", "tenants", "policy", "sharing", "audit")
GUESSABLE = {"random", "numpy.random"}
GUESSED = {"uuid1", "getnode"}
WEAK = {"md5", "sha1", "MD5", "SHA1", "DES", "TripleDES", "ARC4", "ECB"}


def sources() -> Iterator[tuple[Path, ast.Module]]:
    """What a node is made of."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def names(tree: ast.Module) -> Iterator[str]:
    """Every module, member and name that a source speaks of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (each.name for each in node.names)
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id


def spoken_of(words: Collection[str]) -> set[tuple[str, str]]:
    """Where one of these words stands."""
    return {
        (str(path.relative_to(ROOT)), name)
        for path, tree in sources()
        for name in names(tree)
        if name in words
    }


def test_chance_comes_from_the_system() -> None:
    assert spoken_of(GUESSABLE | GUESSED) == set()


def test_no_weak_digest_or_cipher_is_named() -> None:
    assert spoken_of(WEAK) == set()
