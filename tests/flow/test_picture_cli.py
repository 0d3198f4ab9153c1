"""Two analysts build one picture by commands alone, at processes over HTTP; one is away for a while."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.demo.cast import Stage
from gateway.demo.run import running
from tests.flow.commands import back, said, until
from tests.flow.test_processes import verified

pytestmark = [pytest.mark.slow, pytest.mark.long]
CASE, FR, SE = "FR-2026-0418", "fr.ofast", "se.polisen"
PEOPLE = {FR: "fr-7c1e04", SE: "se-19ab52"}
BOX = f"{SE}/se-ct-1"


def run(*arguments: str) -> Any:
    """What a command of pictures says with `--json`."""
    return json.loads(said("picture", *arguments, "--json"))


def test_one_picture_at_two_services_while_one_is_away(stage: Stage) -> None:
    at = {node: ("--node", stage.address(node), "--as", who) for node, who in PEOPLE.items()}
    fr, se = ((*at[node], "--case", CASE) for node in (FR, SE))
    with running(stage) as processes:
        them = said("picture", "me", *at[SE]).strip()
        picture = run("open", "--title", "Le Havre", "--member", them, *fr)["id"]
        (listed,) = until(lambda: run("list", *at[SE]))
        assert (listed["id"], listed["case"]) == (picture, CASE)
        run("place", picture, BOX, *se)
        first = run("note", picture, "repainted, by its look", "--about", BOX, "--source", "B", *se)["id"]
        look = until(lambda: (found := run("show", picture, *fr))["texts"] and found)
        (record,) = look["records"]
        assert (record["handle"], record["sight"], record["claim"]) == (BOX, "STUB", None), "a contact only"

        processes[SE].terminate()
        processes[SE].wait(60)
        edited = run("edit", picture, first, "repainted, says the inspector", *fr)["id"]
        (record,) = run("show", picture, *fr)["records"]
        assert (record["sight"], record["reason"]) == ("STALE", "UNREACHABLE")
        with back(stage, SE):
            until(lambda: edited in said("picture", "show", picture, *se))
            page = said("picture", "show", picture, "--network", *se)
            assert "SHOWN" in page
            assert "repainted, says the inspector" in page
            assert "+00:00" in page, "times with their zone"
            assert f"+ PLACED by {SE}" in said("picture", "diff", picture, "2026-01-01", *se)
            run("retract", picture, first, *se)
            run("close", picture, *fr)
            until(lambda: not run("show", picture, *se)["picture"]["open"])
            refused = CliRunner().invoke(main, ["picture", "note", picture, "too late", *se])
            assert (refused.exit_code, "PICTURE_CLOSED" in refused.output) == (1, True)
    for home in stage.homes.values():
        assert verified(home)
