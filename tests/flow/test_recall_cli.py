"""What a partner keeps is put right, and ends, by the command line alone at three processes over HTTP.

The clock of a served node cannot be moved: the partner is away for longer than a deadline of seconds, not of
a day (`[recall] hours`); that a day is the same is shown in the simulated world (`test_recall.py`).
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.demo import story
from gateway.demo.cast import Stage
from gateway.demo.run import running
from tests.flow.commands import back, run, said, until
from tests.flow.test_processes import verified

pytestmark = [pytest.mark.slow, pytest.mark.long]
CASE, FR, SE, EU = "FR-2026-0418", "fr.ofast", "se.polisen", "eu.europol"
RECORD = "fr-ct-1"
PEOPLE = {FR: "fr-a03f6e", SE: "se-19ab52", EU: "eu-4e92a1"}
OVERSIGHT = "fr-6b20d5"
DEADLINE = "\n[recall]\nhours = 0.006\n"


@pytest.fixture(scope="module")
def stage(stage: Stage) -> Stage:
    """The shared demo, whose French node gives its partners seconds to acknowledge a recall."""
    settings = stage.homes[FR].path / "node.toml"
    settings.write_text(settings.read_text() + DEADLINE)
    return stage


def told_of(item: Mapping[str, Any]) -> tuple[str, str, str]:
    """What an item of the inbox is about."""
    return item["kind"], item["node"], item["reason"]


def corrected(path: Path) -> Path:
    """A file that puts the type of the container right."""
    (row,) = (each for each in story.records(FR) if each["id"] == RECORD)
    told = row | {"properties": row["properties"] | {"isoType": ["22R1"]}}
    path.write_text(json.dumps(told) + "\n")
    return path


def test_put_right_then_withdrawn_while_a_partner_is_away(stage: Stage, tmp_path: Path) -> None:
    at = {node: ("--node", stage.address(node), "--as", who) for node, who in PEOPLE.items()}
    analyst = (*at[SE], "--case", CASE)

    def lease_at(node: str, state: str) -> Mapping[str, Any] | None:
        """The kept record once it is in that state."""
        found = run("kept", "list", *at[node], "--case", CASE)
        return next((each for each in found if each["state"] == state), None)

    with running(stage) as processes:
        held = run("kept", "add", f"{FR}/{RECORD}", *analyst)
        assert (held["state"], held["version"]) == ("HELD", 1)
        at_eu = run("kept", "add", f"{FR}/{RECORD}", *at[EU], "--case", CASE)
        assert at_eu["state"] == "HELD"

        loaded = run("load", str(stage.homes[FR].path), str(corrected(tmp_path / "a.jsonl")))
        assert (loaded["altered"], loaded["loaded"]) == (1, 0)
        since = ("--since", f"load:{loaded['number']}")
        told = until(lambda: lease_at(SE, "RECTIFIED"))
        assert told["reason"] == "RECORD_RECTIFIED"
        shown = run("kept", "view", held["id"], *analyst)["picture"]["claims"][0]["record"]
        assert shown["version"] == 2
        assert {"name": "isoType", "values": ["22R1"]} in shown["properties"]
        dry = run("recalls", "rectified", *since, "--dry-run", *at[FR])
        assert (dry["records"], dry["told"], dry["partners"]) == (0, 1, [EU, SE])
        assert "0 changes" in said("recalls", "rectified", *since, *at[FR])
        until(lambda: not run("recalls", "list", "--owed", *at[FR]))

        processes[SE].terminate()
        processes[SE].wait(60)
        for ref in {*held["grants"], *at_eu["grants"]}:
            run("grants", "revoke", ref.rpartition("@")[0], "--reason", "over", *at[FR])
        stub = until(lambda: lease_at(EU, "WITHDRAWN"))
        assert stub["reason"] == "GRANT_REVOKED", "who is there knows at once"
        until(lambda: ("RECALL_OVERDUE", SE, "RECALL") in set(map(told_of, run("inbox", *at[FR]))))
        oversight = ("--node", stage.address(FR), "--as", OVERSIGHT, "--justification", "REVIEW")
        found = run("oversee", "findings", "--rule", "RECALL_OVERDUE", *oversight)
        assert SE in {each["partner"] for each in found}

        with back(stage, SE):
            stub = until(lambda: lease_at(SE, "WITHDRAWN"))
            assert stub["reason"] == "GRANT_REVOKED"
            assert run("kept", "view", held["id"], *analyst)["picture"] is None
            until(lambda: not run("recalls", "list", "--owed", *at[FR]))
            recalled = [each for each in run("recalls", "show", SE, *at[FR]) if each["type"] == "RECALL"]
            assert all(each["acknowledgedAt"] > each["dueAt"] for each in recalled)
            assert sum(each["ended"] for each in recalled) == 1
    for home in stage.homes.values():
        assert verified(home)
