"""What asks for advisories, tried on a source that has some, that does not know a package, that is not there.

Run by `deploy/scripts/security.sh probe`, which has brought pip-audit; `make test` does not have it.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.components import ROOT
from tests.security.advisory_source import Source, listening

LOCK = """\
six==1.16.0 \\
    --hash=sha256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254
click==8.1.7 \\
    --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28
"""
ADVISORY = {
    "id": "PYSEC-0000-1",
    "aliases": ["CVE-0000-1"],
    "summary": "made up",
    "details": "made up",
    "fixed_in": ["9.0"],
    "published": "2026-01-01T00:00:00Z",
}
OF_NPM = {
    "id": 1,
    "url": "https://advisories.example/1",
    "title": "made up",
    "severity": "low",
    "vulnerable_versions": ">=0",
    "cwe": ["CWE-0"],
    "cvss": {"score": 1, "vectorString": None},
}


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Source]:
    with listening(Source(tmp_path)) as opened:
        yield opened


def audited(source: Source, **more: str) -> subprocess.CompletedProcess[str]:
    """`security.sh advisories` on a small lock, with this source in the place of all others."""
    lock = source.folder / "small.lock"
    lock.write_text(LOCK)
    known = {name: value for name, value in os.environ.items() if name != "ENTENTE_OFFLINE"}
    return subprocess.run(
        [ROOT / "deploy/scripts/security.sh", "advisories"],
        env=known | source.surroundings | {"AUDITED": str(lock)} | more,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_where_nothing_is_known_to_be_wrong_all_were_asked_about(source: Source) -> None:
    ran = audited(source)
    assert ran.returncode == 0, ran.stderr
    assert "SECURITY" not in ran.stderr
    assert {"/pypi/six/1.16.0/json", "/pypi/click/8.1.7/json"} <= set(source.asked)
    assert any("advisories" in path or "audits" in path for path in source.asked), "npm asked as well"


def test_an_advisory_on_a_python_package_fails(source: Source) -> None:
    source.python = {"click": [ADVISORY]}
    ran = audited(source)
    assert ran.returncode == 1
    assert "PYSEC-0000-1" in ran.stderr
    assert "click" in ran.stderr


def test_a_package_that_nobody_knows_is_a_failure_and_not_passed_over(source: Source) -> None:
    source.unknown = frozenset({"click"})
    ran = audited(source)
    assert ran.returncode == 1
    assert "click" in ran.stderr
    assert "could not be audited" in ran.stderr


def test_an_advisory_on_a_package_of_the_console_fails(source: Source) -> None:
    source.npm = {"react": [OF_NPM]}
    ran = audited(source)
    assert ran.returncode == 1
    assert "react" in ran.stderr
    assert "advisories.example/1" in ran.stderr


@pytest.mark.parametrize("how", ["gone", "broken", "knows nothing"])
def test_a_source_that_cannot_be_asked_fails_and_where_that_is_known_is_told(
    source: Source, how: str
) -> None:
    """Without the source nothing was found, which must not look like nothing was there."""
    source.broken = how == "broken"
    source.unknown = frozenset({"six", "click"}) if how == "knows nothing" else frozenset()
    names = ("HTTPS_PROXY", "https_proxy", "npm_config_registry")
    nowhere = dict.fromkeys(names, "http://127.0.0.1:9") if how == "gone" else {}
    retries = {"npm_config_fetch_retries": "0"}
    ran = audited(source, **nowhere, **retries)
    assert ran.returncode == 1
    assert "the source of pip-audit cannot be reached" in ran.stderr
    offline = audited(source, ENTENTE_OFFLINE="1", **nowhere, **retries)
    assert "NOT ASKED: the source of pip-audit" in offline.stderr
    assert offline.returncode == 0, offline.stderr
    if how != "knows nothing":
        assert "NOT ASKED: the source of npm audit" in offline.stderr
