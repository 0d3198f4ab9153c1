"""What is brought from others: exact versions with digests, and nothing that runs on the way in."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from deploy.scripts.licences import Rules, faults
from deploy.scripts.release import NO_LICENCE, unlicensed
from deploy.scripts.sbom import bill

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "deploy").glob("*.lock"))
PINNED = re.compile(r"[a-z0-9][a-z0-9._-]*(?:\[[a-z0-9,-]+\])?==[A-Za-z0-9.!+_-]+(?: ; .+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_python_package_is_pinned_by_version_and_digest(lock: Path) -> None:
    lines = [line for line in lock.read_text().splitlines() if line and not line.startswith("#")]
    assert lines
    for place, line in enumerate(lines):
        assert PINNED.fullmatch(line) or HASH.fullmatch(line), f"{lock.name}: {line}"
        if PINNED.fullmatch(line):
            assert HASH.fullmatch(lines[place + 1]), f"{lock.name}: {line} has no digest"


def test_every_package_of_the_console_is_pinned_by_version_and_digest() -> None:
    packages = json.loads((ROOT / "gateway/console/package-lock.json").read_text())["packages"]
    assert len(packages) > 100
    for name, said in packages.items():
        if name and not said.get("link"):
            assert said["integrity"].startswith("sha512-"), name
            assert re.fullmatch(r"[0-9][0-9A-Za-z.+-]*", said["version"]), name
            assert not str(said.get("resolved", "")).startswith(("git", "http:", "file:")), name


def test_no_requirement_comes_from_an_address() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    assert not re.search(r'"[\w.\[\]-]+ *@ *\w+', text)


def test_installation_checks_every_digest_and_runs_no_script_of_a_package() -> None:
    """pip takes nothing that its lock does not name; npm runs nothing that a package brings along."""
    venv = (ROOT / "deploy/scripts/venv.sh").read_text()
    assert len(re.findall(r"--require-hashes .*-r ", venv)) == 2
    console = (ROOT / "deploy/scripts/console.sh").read_text()
    assert "npm ci --ignore-scripts" in console


RULES = Rules(
    frozenset({"MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD License"}), {"odd": "why"}
)


@pytest.mark.parametrize(
    ("licence", "taken"),
    [
        ("MIT", True),
        ("BSD License", True),
        ("MIT AND Apache-2.0", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("MIT AND (GPL-2.0-only OR Apache-2.0)", True),
        ("MIT AND GPL-3.0-only", False),
        ("MIT AND (GPL-2.0-only OR AGPL-3.0-only)", False),
        ("Apache-2.0 WITH other-exception", False),
        ("GPL-3.0-only", False),
        ("MIT nobody said", False),
        ("MIT OR", True),
        ("(MIT", False),
        ("", False),
    ],
)
def test_a_licence_is_taken_by_its_expression(licence: str, taken: bool) -> None:
    assert RULES.takes(licence) is taken


def component(name: str, *licences: str, scope: str = "required") -> dict[str, Any]:
    return {
        "name": name,
        "version": "1",
        "scope": scope,
        "licenses": [{"expression": each} for each in licences],
    }


def test_a_new_package_under_another_licence_is_named() -> None:
    odd = component("odd", "LGPL-2.1-only")
    assert not list(
        faults([odd, component("a", "MIT"), component("t", "GPL-3.0-only", scope="excluded")], RULES)
    )
    assert list(faults([odd, component("new", "AGPL-3.0-only")], RULES)) == ["new 1: AGPL-3.0-only"]
    assert list(faults([odd, component("new", "MIT", "AGPL-3.0-only")], RULES)) == [
        "new 1: MIT and AGPL-3.0-only"
    ]
    assert list(faults([odd, component("new")], RULES)) == ["new 1: names no licence"]
    assert list(faults([component("odd", "MIT")], RULES)) == ["odd: is excused, and need not be"]
    other = component("a") | {"version": "2"}
    assert not list(faults([odd, component("a", "MIT"), other], RULES)), "a version for other machines"


def test_what_runs_in_a_node_or_a_browser_is_under_a_licence_of_the_list() -> None:
    rules = Rules.read(ROOT)
    assert not list(faults(json.loads(bill(ROOT))["components"], rules))
    assert all(len(reason) > 20 for reason in rules.excused.values())


def test_a_release_says_that_its_owner_states_no_licence(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert unlicensed(tmp_path) == [NO_LICENCE]
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\nlicense = "EUPL-1.2"\n')
    assert not unlicensed(tmp_path)
