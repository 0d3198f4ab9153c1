"""A liaison officer's first hour by the command line, at running nodes over HTTP."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.demo.cast import Stage

pytestmark = pytest.mark.slow
FIRST, SECOND = "se-83fe0c", "se-2c65a9"


def test_from_sign_in_to_a_grant_that_ends(served: Stage) -> None:
    at = ("--node", served.address("se.polisen"))

    def said(command: str, *arguments: str, by: str = FIRST) -> str:
        done = CliRunner().invoke(main, ["grants", command, *arguments, *at, "--as", by])
        assert done.exit_code == 0, done.output
        return done.output

    def run(command: str, *arguments: str, by: str = FIRST) -> Any:
        return json.loads(said(command, *arguments, "--json", by=by))

    assert "port-alerts: Hamnvarningar" in said("templates", "--language", "sv")
    given = ("--template", "port-alerts", "--to", "eu.europol", "--dataset", "cases")
    assert "dry run: nothing was changed" in said("draft", *given, "--dry-run")
    draft = run("draft", *given)["proposal"]
    assert "--mask: quantity; was notes" in said(
        "draft", "--change", draft, "--mask", "quantity", "--days", "9"
    )
    assert "1 officers still needed" in said("propose", draft)
    assert draft in said("list", by=SECOND)
    told = said("approve", draft, by=SECOND)
    assert "without quantity" in told
    (grant,) = (
        each["id"]
        for each in run("list")["grants"]
        if each["state"] == "ACTIVE" and "quantity" in each["masked"]
    )
    assert [each["state"] for each in run("show", grant)] == ["ACTIVE"]
    assert run("show", draft)["state"] == "APPROVED"
    other = said("supersede", grant, "--mask", "notes", "--mask", "unit", "--dry-run")
    assert "--mask: notes, unit; was quantity" in other, "a list is replaced as a whole, and that is told"
    assert "--days" not in other
    assert "--tier" not in other
    assert "narrower than before" in said("supersede", grant, "--tier", "hit")
    wider = run("supersede", grant, "--tier", "record", "--days", "30")
    assert (wider["state"], wider["officersMissing"]) == ("PROPOSED", 1)
    assert "WITHDRAWN" in said("withdraw", wider["proposal"], "--reason", "not needed", by=SECOND)
    preview = run("revoke", "--partner", "eu.europol", "--reason", "over", "--dry-run")
    assert (preview["dryRun"], grant in {each["ref"].split("@")[0] for each in preview["revoked"]}) == (
        True,
        True,
    )
    assert "grants are revoked" in said("revoke", "--partner", "eu.europol", "--reason", "over")
    assert [each["state"] for each in run("show", grant)] == ["REVOKED", "SUPERSEDED", "SUPERSEDED"]

    terms = (
        "--to", "eu.europol", "--dataset", "cases", "--schema", "Seizure", "--tier", "core",
        "--purpose", "CROSS_CHECKING", "--basis", "PRUM2_26", "--category", "NOT_A_PERSON",
        "--role", "analyst", "--days", "30",
    )  # fmt: skip
    whole = run("propose", run("draft", *terms)["proposal"])
    ended = run("approve", whole["proposal"], "--digest", whole["digest"], by=SECOND)["id"]
    assert run("revoke", ended, "--reason", "over")["state"] == "REVOKED"
    refused = CliRunner().invoke(main, ["grants", "approve", whole["proposal"], *at, "--as", SECOND])
    assert "PROPOSAL_REFUSED" in refused.output or "ROLE_NOT_COVERED" in refused.output
