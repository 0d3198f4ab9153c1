"""The help of the command line, tried as a new liaison officer would: its examples, in order, at a demo."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.demo.cast import Stage
from policy.bundle import law_files

pytestmark = [pytest.mark.slow, pytest.mark.long]
ANALYST, OFFICER, SECOND, ADMINISTRATOR = "fr-7c1e04", "se-83fe0c", "se-2c65a9", "se-05c3df"
PORTS = {"fr.ofast": ":8401", "se.polisen": ":8402"}


@pytest.fixture(autouse=True)
def _own_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's own profile is read or written."""
    monkeypatch.setenv("ENTENTE_PROFILE", str(tmp_path / "profile.json"))
    monkeypatch.chdir(tmp_path)


def examples(*command: str) -> list[list[str]]:
    """The commands that the help of `command` shows, as a shell would split them."""
    told = CliRunner().invoke(main, [*command, "--help"], terminal_width=200).output
    lines = told.partition("Examples:")[2].replace("\\\n", " ").splitlines()
    found = [shlex.split(line, comments=True) for line in lines]
    return [words[1:] for words in found if words[:1] == ["entente"]]


class Terminal:
    """One person at one terminal: gives commands, and puts what was printed in place of `p-7c1e…`."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.seen = stage, {"p": "", "g": "", "m": ""}

    def give(self, words: list[str]) -> str:
        """What the command prints; it must not fail."""
        done = CliRunner().invoke(main, [self.read(word) for word in words], catch_exceptions=False)
        assert done.exit_code == 0, f"entente {' '.join(words)}\n{done.output}"
        for kind, name in re.findall(r"\b([pgm])(-[A-Za-z0-9_-]{16,})", done.stdout):
            self.seen[kind] = f"{kind}{name}"
        return done.stdout

    def read(self, word: str) -> str:
        """A word of an example, with this demo's ports and ids."""
        for node, port in PORTS.items():
            if word.endswith(f"127.0.0.1{port}"):
                return self.stage.address(node)
        return self.seen[word[0]] if re.fullmatch(r"[pgm]-[0-9a-f]+…", word) else word


def test_from_sign_in_to_an_active_previewed_grant_and_its_end_by_the_help_alone(served: Stage) -> None:
    whole = CliRunner().invoke(main, ["--help"]).output
    assert "entente grants --help" in whole
    assert "entente signin --help" in whole
    terminal, said = Terminal(served), {}
    path = examples("grants")
    assert [words[0] for words in path[:2]] == ["signin", "grants"]
    for words in path:
        said[" ".join(words)] = terminal.give(words)
    told = list(said.values())
    assert "liaison" in told[0]
    assert "dry run: nothing was changed" in told[2]
    (previewed,) = (text for command, text in said.items() if command.startswith("preview"))
    assert "Seizure, contact" in previewed
    assert "real questions replayed" in previewed
    (approved,) = (text for command, text in said.items() if "approve" in command and "--dry" not in command)
    assert ": ACTIVE" in approved
    assert "narrower than before" in said["grants supersede g-51aa… --mask notes --mask quantity"]
    assert ": REVOKED" in told[-1]


@pytest.mark.parametrize(
    "command", ["draft", "propose", "approve", "withdraw", "supersede", "show", "list", "templates", "revoke"]
)
def test_the_examples_of_each_step_do_what_they_say(served: Stage, command: str) -> None:
    terminal = Terminal(served)
    terminal.give(examples("signin")[0])
    drafted = ["grants", "draft", "--template", "port-alerts", "--to", "fr.ofast", "--dataset", "cases"]
    if command != "draft":
        terminal.give(drafted)
    if command in {"approve", "supersede", "show", "revoke"}:
        terminal.give(["grants", "propose", terminal.seen["p"]])
    if command in {"supersede", "show", "revoke"}:
        terminal.give(["grants", "approve", terminal.seen["p"], "--as", SECOND])
    for words in examples("grants", command):
        assert terminal.give(words)


def test_the_one_line_forms_tell_before_they_do(served: Stage) -> None:
    terminal = Terminal(served)
    terminal.give(["signin", "--node", served.address("se.polisen"), "--as", OFFICER])
    dry, granted = examples("grant")
    before = terminal.give(["grants", "list"])
    assert "would be PROPOSED" in terminal.give(dry)
    assert terminal.give(["grants", "list"]) == before
    name = terminal.give(granted).partition("@")[0]
    terminal.seen["g"] = name
    dry, ended = examples("revoke")
    assert "would be REVOKED" in terminal.give(dry)
    assert f"{name}@1: ACTIVE" in terminal.give(["grants", "show", name])
    assert "is revoked" in terminal.give(ended)


@pytest.mark.parametrize("reach", [("--partner", "eu.europol"), ("--case", "SE-7"), ("--dataset", "ports")])
def test_in_bulk_what_is_named_ends_and_what_covers_it_is_told(served: Stage, reach: tuple[str, str]) -> None:
    terminal = Terminal(served)
    terminal.give(["signin", "--node", served.address("se.polisen"), "--as", OFFICER])
    terms = ["--to", "eu.europol", "--dataset", "ports", "--case", "SE-7", "--second", SECOND]
    name = terminal.give(["grant", *terms]).partition("@")[0]
    end = ["grants", "revoke", *reach, "--reason", "over", "--json"]
    told = json.loads(terminal.give([*end, "--dry-run"]))
    assert f"{name}@2" in {each["ref"] for each in told["revoked"]}
    assert f"{name}@1: ACTIVE" in terminal.give(["grants", "show", name])
    done = json.loads(terminal.give(end))
    assert {each["ref"] for each in done["revoked"]} == {each["ref"] for each in told["revoked"]}
    assert f"{name}@2: REVOKED" in terminal.give(["grants", "show", name])
    assert f"{name}@1" not in {each["ref"] for each in done["remaining"]}


def test_an_analysts_mandate_from_opening_to_its_end_by_the_help_alone(served: Stage) -> None:
    terminal, (first, *_) = Terminal(served), examples("mandate")
    terminal.give(first)
    for each in json.loads(terminal.give(["mandate", "list", "--json"])):
        terminal.give(["mandate", "close", each["id"]])  # of the stories before this one
    said = [terminal.give(words) for words in examples("mandate")]
    assert "1 mandates" in said[2]
    assert "is closed" in said[-1]
    asked = ["ask", "lookup", "XQZU 418026-6", "--mandate", terminal.seen["m"]]
    refused = CliRunner().invoke(main, asked)
    assert "MANDATE_NOT_VALID" in refused.output
    for words in examples("mandate", "open"):
        terminal.give(words)
    unfit = ["mandate", "open", "--case", "FR-1", "--purpose", "CROSS_CHECKING", "--category", "WITNESS"]
    told = CliRunner().invoke(main, unfit).output
    assert "MANDATE_NOT_PERMITTED" in told
    assert "PRUM2_26" in told, "what would fit is named"


def test_the_examples_of_the_preview_tell_a_difference(served: Stage) -> None:
    terminal = Terminal(served)
    terminal.give(["signin", "--node", served.address("se.polisen"), "--as", OFFICER])
    given = ["grants", "draft", "--template", "port-alerts", "--to", "fr.ofast", "--dataset", "cases"]
    terminal.give([*given, "--tier", "record"])
    draft, asked, terms, end = examples("preview")
    assert "record by" in terminal.give(draft)
    assert "XQZU" in terminal.give(asked)
    assert "Seizure, core" in terminal.give(terms)
    terminal.give(["grants", "propose", terminal.seen["p"]])
    terminal.give(["grants", "approve", terminal.seen["p"], "--as", SECOND])
    told = json.loads(terminal.give(end))
    assert told["difference"]["disappear"] > 0


def test_changed_rules_are_tried_at_the_running_node(served: Stage, tmp_path: Path) -> None:
    law = tmp_path / "changed-rego"
    law.mkdir()
    for name, content in law_files().items():
        (law / name).write_bytes(
            content.replace(b"grant.expires_at > input.now\n\tgrant.not", b"false\n\tgrant.not")
        )
    terminal = Terminal(served)
    by_node, *_ = [words for words in examples("simulate") if "changed-rego" in str(words)]
    terminal.give(examples("simulate")[0])
    told = terminal.give(by_node)
    assert "conformance vectors are decided otherwise" in told
    assert "would have had another outcome" in told
    (law / "answer.rego").write_text("package x y")
    refused = CliRunner().invoke(main, by_node)
    assert refused.exit_code != 0
    assert "POLICY_UNAVAILABLE" in refused.output


def test_who_has_not_signed_in_is_told_how() -> None:
    told = CliRunner().invoke(main, ["grants", "list"])
    assert "entente signin --node ADDRESS --as YOUR_ID" in told.output
    told = CliRunner().invoke(main, ["grants", "list", "--node", "127.0.0.1:8402", "--as", OFFICER])
    assert "begins with http://" in told.output


def test_a_profile_that_is_not_ours_is_named_and_can_be_forgotten(tmp_path: Path) -> None:
    (tmp_path / "profile.json").write_text("[1")
    command = [sys.executable, "-m", "gateway.cli", "grants", "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3])
    assert done.returncode == 2
    assert "SETTINGS_REJECTED" in done.stderr
    assert CliRunner().invoke(main, ["signin", "--forget"]).output == "forgotten\n"
    assert not (tmp_path / "profile.json").exists()
