"""A threat to life and a spent quota by the command line alone, at three processes."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.demo.cast import Stage

pytestmark = pytest.mark.slow
CASE, BOX = "FR-2026-0418", "XQZU 418026-6"
FR, SE = "fr.ofast", "se.polisen"
ANALYST, OFFICERS, AUDITOR = "fr-7c1e04", ("se-83fe0c", "se-2c65a9"), "se-b7e148"
FRENCH_OFFICER = "fr-a03f6e"
COVERS = (
    "--to", FR, "--dataset", "cases", "--schema", "*", "--role", "analyst", "--days", "3",
    "--category", "SUSPECT_OR_CONVICTED", "--category", "NOT_A_PERSON",
)  # fmt: skip


class Desk:
    """A person at a node of the stage, by the command line."""

    def __init__(self, stage: Stage, node: str, subject: str) -> None:
        self._at = ("--node", stage.address(node), "--as", subject)

    def says(self, *arguments: str, code: int = 0) -> str:
        """What a command tells a person."""
        done = CliRunner().invoke(main, [*arguments, *self._at], terminal_width=200, env={"COLUMNS": "250"})
        assert done.exit_code == code, done.output
        return done.output

    def run(self, *arguments: str) -> Any:
        """What a command tells a machine."""
        return json.loads(self.says(*arguments, "--json"))


def granted(stage: Stage, *terms: str) -> str:
    """The id of a Swedish grant by two officers."""
    first, second = (Desk(stage, SE, each) for each in OFFICERS)
    draft = first.run("grants", "draft", *COVERS, *terms)["proposal"]
    first.run("grants", "propose", draft)
    approved: str = second.run("grants", "approve", draft)["id"]
    return approved


def emergency(reviewer: Desk, picture: Any, *options: str) -> Any:
    """The item of an emergency question among those that the reviewer is shown."""
    listed = reviewer.run("breakglass", "list", *options)
    (item,) = [each for each in listed if each["queryId"] == picture["queryId"]]
    return item


def test_a_threat_to_life_and_a_quota_that_is_used_up(served: Stage) -> None:
    analyst, officer, auditor = (
        Desk(served, node, who) for node, who in ((FR, ANALYST), (SE, OFFICERS[0]), (SE, AUDITOR))
    )
    ask = ("ask", "lookup", BOX, "--case", CASE)
    # A life is in danger: shown at once, and the provider is told at once.
    granted(served, "--tier", "record", "--purpose", "THREAT_TO_LIFE", "--basis", "ER_22_2")
    life = (
        "--purpose",
        "THREAT_TO_LIFE",
        "--threat",
        "KIDNAPPING",
        "--emergency-reason",
        "child in the box",
    )
    picture = analyst.run(*ask, *life)
    assert {each["node"]: each["status"] for each in picture["nodes"]}[SE] == "ANSWERED"
    assert SE in {each["node"] for each in picture["claims"]}
    item = emergency(officer, picture)
    assert (item["node"], item["overdue"], item["outcome"]) == (FR, False, None)
    assert item["id"] in officer.says("breakglass", "list")
    assert item["id"] in {each["id"] for each in officer.run("inbox")}
    look = ("--justification", "REVIEW")
    found = auditor.run("oversee", "findings", *look)
    assert found[0]["severity"] == "HIGH", "the gravest first"
    (told,) = [each for each in found if each["queryId"] == picture["queryId"]]
    assert (told["rule"], told["severity"]) == ("BREAK_GLASS", "HIGH")

    # A second person reviews it, at both nodes, and once.
    reviewed = ("--outcome", "JUSTIFIED", "--reason", "child found")
    french = Desk(served, FR, FRENCH_OFFICER)
    own = emergency(french, picture)
    assert "ROLE_NOT_COVERED" in analyst.says("breakglass", "review", own["id"], *reviewed, code=1)
    assert "is JUSTIFIED" in french.says("breakglass", "review", own["id"], *reviewed)
    assert "is JUSTIFIED" in officer.says("breakglass", "review", item["id"], *reviewed)
    assert "ITEM" in officer.says("breakglass", "review", item["id"], *reviewed, code=1)
    assert item["id"] not in officer.says("breakglass", "list")
    assert emergency(officer, picture, "--all")["outcome"] == "JUSTIFIED"

    # A grant with a quota: used up, and when it renews.
    limited = granted(
        served, "--tier", "core", "--purpose", "OPERATIONAL_ANALYSIS", "--basis", "ER_20_2A",
        "--quota", "questions/day=2",
    )  # fmt: skip
    assert "for each recipient at most 2 questions a day" in officer.says("grants", "show", limited)
    statuses = [{each["node"]: each["status"] for each in analyst.run(*ask)["nodes"]}[SE] for _ in range(3)]
    assert statuses == ["ANSWERED", "ANSWERED", "OVER_QUOTA"]
    said = analyst.says(*ask)
    assert "OVER_QUOTA" in said
    assert "00:00 (UTC)" in said
    listed = officer.run("quota", "list", "--partner", FR, "--scope", "GRANT")
    (spent,) = [each for each in listed if each["whose"] == limited]
    assert (spent["spent"], spent["most"], spent["alarm"], spent["refusals"]) == (2, 2, True, 2)
    table = officer.says("quota", "list", "--partner", FR)
    assert f"grant {FR} {spent['whose']}" in table
    assert "2 of 2" in table
    assert "QUOTA_ALARM" in {each["rule"] for each in auditor.run("oversee", "findings", *look)}
    assert "questions an hour" in analyst.says("quota", "show")

    # Where the quota goes, by two officers, the question is answered again.
    (wider,) = (officer.run("grants", "supersede", spent["whose"], "--quota", "none"),)
    assert wider["officersMissing"] == 1
    Desk(served, SE, OFFICERS[1]).says("grants", "approve", wider["proposal"])
    assert {each["node"]: each["status"] for each in analyst.run(*ask)["nodes"]}[SE] == "ANSWERED"
