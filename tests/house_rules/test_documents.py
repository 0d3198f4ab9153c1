"""Documents that can fail: commands and files exist, help teaches, nothing names one machine."""

import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import main

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (
    "alerts",
    "acknowledge",
    "ask",
    "backup",
    "breakglass",
    "chronicle",
    "consents",
    "containers",
    "database",
    "demo",
    "directory",
    "doctor",
    "evidence",
    "explain",
    "export",
    "followup",
    "grant",
    "grants",
    "inbox",
    "init",
    "join",
    "kept",
    "keys",
    "load",
    "log",
    "mandate",
    "match",
    "money",
    "network",
    "oversee",
    "picture",
    "preview",
    "policy",
    "profiles",
    "provenance",
    "quota",
    "reader",
    "recalls",
    "receipts",
    "reconcile",
    "release",
    "report",
    "restore",
    "retention",
    "revoke",
    "seen",
    "sequencer",
    "serve",
    "signin",
    "simulate",
    "verify",
    "vessels",
    "watch",
    "witness",
)


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


def test_the_readme_is_short_and_its_links_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) <= 120
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / target).exists(), target


def test_the_readmes_make_targets_exist() -> None:
    text = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", text)) <= targets


def test_the_readmes_entente_commands_parse() -> None:
    text = (ROOT / "README.md").read_text()
    named = set(re.findall(r"^entente ([a-z]+)", text, re.MULTILINE))
    assert named
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_with_examples(command: str) -> None:
    arguments = [command, "sign", "--help"] if command == "directory" else [command, "--help"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0
    assert "Examples:" in result.output


@pytest.mark.parametrize("room", ["gateway", "tenants", "policy", "sharing", "audit"])
def test_every_room_says_what_it_may_hold(room: str) -> None:
    text = (ROOT / room / "README.md").read_text()
    assert "must never" in text.lower()


def test_decisions_are_short() -> None:
    for path in (ROOT / "deploy" / "docs" / "adr").glob("*.md"):
        assert 10 <= len(path.read_text().splitlines()) <= 130, path.name


def test_nothing_names_a_registry_or_the_place_of_this_checkout() -> None:
    hosts = (
        r"\b(?:docker[.]io|ghcr[.]io|quay[.]io|pypi[.]org|pythonhosted[.]org"
        r"|npmjs[.](?:org|com)|proxy[.]golang[.]org)"
    )
    private = re.compile(rf'{re.escape(str(ROOT))}/|"resolved": *"http|--(extra-)?index-url +http|{hosts}')
    for path in tracked():
        found = private.search(path.read_text(encoding="utf-8", errors="replace"))
        assert found is None, f"{path.relative_to(ROOT)}: {found.group() if found else ''}"
