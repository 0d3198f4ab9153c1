"""The runbooks: a page each, all parts there, no command that the program refuses, no code it never says."""

import ast
import re
import shlex
from functools import cache
from pathlib import Path

import click
import pytest
import yaml

from gateway.cli import main
from tests.components import ROOT

DOCS = ROOT / "deploy/docs"
PAGES = sorted((DOCS / "runbooks").glob("*.md"))
PARTS = (
    "**When.** ",
    "**Who.** ",
    "**Before you begin.** ",
    "**It is over when.** ",
    "**Tell.** ",
    "**If it does not work.** ",
)
LONGEST = 45
WIDEST = 125
CODE = re.compile(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`")
COMMAND = re.compile(r"`(entente [^`|]+)`")
ROOMS = ("audit", "policy", "sharing", "tenants", "gateway")


def alerts() -> dict[str, str]:
    """Each alert and the page that it leads to."""
    rules = yaml.safe_load((ROOT / "deploy/observability/alerts.yaml").read_text())["groups"][0]["rules"]
    return {each["alert"]: each["annotations"]["runbook"].partition("#")[0] for each in rules}


@cache
def said() -> frozenset[str]:
    """Every text that stands by itself in the program's sources."""
    found = set[str]()
    for path in (
        path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "node_modules" not in path.parts
    ):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return frozenset(found)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_runbook_is_one_page_with_all_its_parts_in_order(page: Path) -> None:
    text = page.read_text()
    lines = text.splitlines()
    assert len(lines) <= LONGEST
    assert all(len(line) <= WIDEST for line in lines)
    places = [text.find(f"\n{part}") for part in PARTS]
    assert -1 not in places, [part for part, place in zip(PARTS, places, strict=True) if place < 0]
    assert places == sorted(places)
    steps = re.findall(r"^(\d+)\. ", text, re.MULTILINE)
    assert len(steps) >= 3
    assert all(text.count(part) == 1 for part in PARTS)


@pytest.mark.parametrize("page", [*PAGES, DOCS / "operating.md"], ids=lambda page: page.stem)
def test_every_code_of_a_runbook_is_one_that_the_program_says(page: Path) -> None:
    assert set(CODE.findall(page.read_text())) <= said()
    assert "NO_SUCH_CODE" not in said()


@pytest.mark.parametrize("page", [*PAGES, DOCS / "operating.md"], ids=lambda page: page.stem)
def test_every_link_of_a_runbook_leads_somewhere(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (page.parent / target).is_file(), target
    for named in re.findall(r"`([a-z-]+\.md)`", text):
        assert (DOCS / named).is_file(), named


@pytest.mark.parametrize("page", [*PAGES, DOCS / "operating.md"], ids=lambda page: page.stem)
def test_every_command_of_a_runbook_is_one_that_the_program_takes(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for line in COMMAND.findall(page.read_text()):
        taken(" ".join(line.split()), tmp_path)


def taken(line: str, folder: Path) -> None:
    """Parse the command as the program does, with every file and folder that it names in its place.

    One that is named without arguments must be there; so must the group of one that needs them.
    """
    words = shlex.split(line)[1:]
    command: click.Command = main
    name = "entente"
    context = click.Context(main, info_name=name)
    while isinstance(command, click.Group) and words:
        name = words.pop(0)
        found = command.get_command(context, name)
        assert found is not None, line
        command, context = found, click.Context(found, context, info_name=name)
    if words:
        command.make_context(name, [put(word, folder) for word in words], context.parent)


def put(word: str, folder: Path) -> str:
    """An argument; what looks like a place is made, so that it is there."""
    if word != "HOME" and not word.startswith("/") and not re.fullmatch(r"[\w.-]+\.[a-z]{3,12}", word):
        return word
    path = folder / word.lstrip("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix:
        path.touch()
    else:
        path.mkdir(exist_ok=True)
    return str(path)


@pytest.mark.parametrize(
    "wrong",
    [
        "entente backups HOME",
        "entente backup HOME /backup/a --passphrase-fil /etc/entente/backup.pass",
        "entente keys compromised HOME --use massage",
        "entente release HOME EXTRA",
        "entente keys change",
    ],
)
def test_a_command_that_the_program_does_not_take_is_found(wrong: str, tmp_path: Path) -> None:
    with pytest.raises((click.UsageError, AssertionError)):
        taken(wrong, tmp_path)


def test_every_alert_has_its_page_and_the_page_names_it() -> None:
    index = (DOCS / "operating.md").read_text()
    for alert, page in alerts().items():
        assert page.startswith("runbooks/"), alert
        assert f"`{alert}`" in (DOCS / page).read_text().partition("**Who.**")[0], alert
        (row,) = [line for line in index.splitlines() if line.startswith("|") and f"`{alert}`" in line]
        assert f"({page})" in row


def test_the_index_leads_to_every_page_and_names_no_alert_that_is_not_there() -> None:
    index = (DOCS / "operating.md").read_text()
    assert {path.name for path in PAGES} == set(re.findall(r"runbooks/([a-z-]+\.md)", index))
    assert set(re.findall(r"`(Entente[A-Z]\w+)`", index)) == set(alerts())
    for page in PAGES:
        assert set(re.findall(r"`(Entente[A-Z]\w+)`", page.read_text())) <= set(alerts())
