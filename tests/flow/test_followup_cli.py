"""A follow-up by the command line alone, at three processes: from a contact to the core set."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from rich.console import Console

from gateway.cli import main
from gateway.demo.build import build
from gateway.demo.cast import Stage
from gateway.demo.plan import invented
from gateway.demo.run import running
from tests.flow.test_processes import free_ports

pytestmark = pytest.mark.slow
CASE, BOX = "FR-2026-0418", "XQZU 418026-6"
FR, SE = "fr.ofast", "se.polisen"
ANALYST, OFFICERS = "fr-7c1e04", ("se-83fe0c", "se-2c65a9")
PATIENCE = 90.0


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, opa_binary: Path) -> Stage:
    assert opa_binary.name
    path = tmp_path_factory.mktemp("followup") / "demo"
    return build(
        Stage(path, free_ports(5), "wasm"), lambda work: invented(work, "small"), Console(quiet=True)
    )


def run(*arguments: str) -> Any:
    """What a command says with `--json`."""
    done = CliRunner().invoke(main, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def until(told: Callable[[], Any]) -> Any:
    """What is told, once there is something: the outbox delivers every few seconds."""
    end = time.monotonic() + PATIENCE
    while not (found := told()):
        assert time.monotonic() < end
        time.sleep(1)
    return found


def test_from_a_contact_to_the_core_set(stage: Stage) -> None:
    analyst = ("--node", stage.address(FR), "--as", ANALYST)
    first, second = (("--node", stage.address(SE), "--as", each) for each in OFFICERS)
    with running(stage):
        asked = run("ask", "lookup", BOX, *analyst, "--case", CASE)
        (contact,) = [each["contact"] for each in asked["nodes"] if each["node"] == SE]
        wish = ("followup", "request", asked["queryId"], SE, "lookup", BOX, "--reason", "ARREST_IMMINENT")
        wish += ("--urgency", "URGENT_DIRECT", "--reference", contact["reference"])
        (made,) = run(*wish, "--tier", "core", *analyst)
        assert made["state"] == "OPEN"
        (item,) = until(lambda: run("inbox", *first))
        (tried,) = run("followup", "decide", item["id"], "answer", "--dry-run", *first)
        assert [each["id"] for each in tried["records"]] == ["se-ct-1"]
        answer = ("followup", "decide", item["id"], "answer", "--days", "3")
        (waiting,) = run(*answer, *first)
        assert (waiting["state"], waiting["approvals"]) == ("OPEN", 1)
        (ended,) = run(*answer, *second)
        assert ended["state"] == "ANSWERED"
        decided = until(lambda: [each for each in run("followup", "list", *analyst) if each["until"]])
        assert decided[0]["state"] == "ANSWERED"
        again = run("ask", "lookup", BOX, *analyst, "--case", CASE)
        (record,) = [each["record"] for each in again["claims"] if each["node"] == SE]
        assert (record["id"], record["mode"]) == ("se-ct-1", "core")
