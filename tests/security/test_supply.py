"""What is brought from others: exact versions with digests, and nothing that runs on the way in."""

import json
import re
from pathlib import Path

import pytest

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
