"""A standing question by the command line alone: a load at one served node alerts an analyst of another."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.demo.cast import Stage
from tests.flow.commands import run, until
from tests.flow.test_standing import PHONE, person

pytestmark = pytest.mark.slow
CASE, FR, SE = "FR-2026-0418", "fr.ofast", "se.polisen"
PEOPLE = {FR: "fr-a03f6e", SE: "se-19ab52"}


def test_a_load_at_a_partner_alerts_who_watches(served: Stage, tmp_path: Path) -> None:
    at = {node: ("--node", served.address(node), "--as", who) for node, who in PEOPLE.items()}
    source = tmp_path / "arriving.jsonl"
    source.write_text(json.dumps(person("fr-p-91")) + "\n")
    placed = run("watch", "add", PHONE, "--kind", "phone", "--case", CASE, "--at", FR, *at[SE])
    until(lambda: run("watch", "list", "--active", *at[SE])[0]["nodes"][0]["state"] == "TAKEN")
    assert run("load", str(served.homes[FR].path), str(source))["loaded"] == 1
    (alert,) = until(lambda: run("alerts", "list", "--state", "NEW", *at[SE]))
    assert alert["statements"][0]["handle"] == f"{FR}/fr-p-91"
    shown = CliRunner().invoke(main, ["alerts", "show", alert["id"], "--language", "fr", *at[SE]])
    assert "que vous suivez" in shown.output
    rejected = run("alerts", "reject", alert["id"], "--reason", "OTHER_PERSON", *at[SE])
    assert rejected["state"] == "REJECTED"
    (item,) = run("inbox", "--kind", "ALERT_GIVEN", *at[FR])
    closed = run("acknowledge", item["id"], "--outcome", "CONTACTED", *at[FR])
    assert (closed["state"], closed["decisionReason"]) == ("ACKNOWLEDGED", "CONTACTED")
    assert run("watch", "renew", placed["id"], "--case", CASE, *at[SE])["renewals"] == 1
    assert run("watch", "stop", placed["id"], *at[SE])["state"] == "ENDED"
