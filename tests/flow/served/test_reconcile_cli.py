"""`entente reconcile` at three served nodes, as oversight and as administrator."""

import json
from typing import Any

from click.testing import CliRunner

from gateway.cli import main
from gateway.demo.cast import Stage


def run(*arguments: str) -> tuple[int, Any]:
    """Exit code and what the command says with `--json`."""
    done = CliRunner().invoke(main, ["reconcile", *arguments, "--json"])
    return done.exit_code, json.loads(done.stdout)


def test_a_partner_is_compared_with_and_only_by_whom_it_may(served: Stage) -> None:
    at = ("--node", served.address("fr.ofast"))
    code, told = run("se.polisen", *at, "--as", "fr-6b20d5", "--justification", "REVIEW")
    assert (code, told["outcome"], told["findings"]) == (0, "DONE", 0)
    code, told = run("fr.ofast", "--days", "2", *at, "--as", "fr-f19a73")
    assert (code, told["outcome"], told["discrepancies"]) == (0, "DONE", [])
    states = {each["partner"]: each["outcome"] for each in run(*at, "--as", "fr-6b20d5")[1]}
    assert states["se.polisen"] == states["fr.ofast"] == "DONE"
    told = CliRunner().invoke(main, ["reconcile", *at, "--as", "fr-6b20d5"]).output
    assert "se.polisen  DONE  until 20" in told
    done = CliRunner().invoke(main, ["reconcile", "se.polisen", *at, "--as", "fr-7c1e04"])
    assert done.exit_code == 1
    assert "ROLE_NOT_COVERED" in done.output
