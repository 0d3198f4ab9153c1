"""Receipts and evidence packs by the command line: at running nodes, and on the home of a stopped one."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.demo.cast import Stage
from gateway.demo.run import running
from tests.flow.commands import run

CASE = "FR-2026-0418"
PATIENCE = 60.0


def check(file: Path) -> None:
    """Run a pack by itself, in a folder of its own: it must find that it holds."""
    command = [sys.executable, "-I", str(file)]
    told = subprocess.run(command, cwd=file.parent, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.long
def test_receipts_and_a_pack_at_running_nodes_then_a_pack_of_a_stopped_one(
    stage: Stage, tmp_path: Path
) -> None:
    at = ("--node", stage.address("fr.ofast"))
    with running(stage):
        asked = run("ask", "lookup", "XQZU 418026-6", *at, "--as", "fr-7c1e04", "--case", CASE)
        told = waited(("receipts", asked["queryId"], *at, "--as", "fr-7c1e04", "--ask-partners"), tmp_path)
        written = run(
            "evidence", CASE, *at, "--as", "fr-6b20d5", "--justification", "COURT_ORDER",
            "--out", str(tmp_path / "running.pyz"),
        )  # fmt: skip
    for receipt in told:
        node = stage.homes[receipt["node"]]
        vkey = json.loads(node.card.read_text())["log_vkey"]
        command = [sys.executable, "-m", "audit", "receipt", receipt["file"], "--vkey", vkey]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert written["exchanges"] >= 2
    check(tmp_path / "running.pyz")
    home = str(stage.homes["se.polisen"].path)
    why = ("--as", "se-05c3df", "--justification", "DPA_REQUEST", "--out", str(tmp_path / "stopped.pyz"))
    assert run("evidence", CASE, home, *why)["exchanges"] >= 1
    check(tmp_path / "stopped.pyz")


def waited(command: tuple[str, ...], folder: Path) -> list[dict[str, Any]]:
    """The receipts, asked for until each entry of each node has a witnessed one.

    One of a node is not enough: on a slow machine its question is witnessed before the answers are there, and
    a pack of what no witness has seen does not hold by its own trust policy.
    """
    end = time.monotonic() + PATIENCE
    while True:
        told: list[dict[str, Any]] = run(*command, "--out", str(folder / "receipts"))["receipts"]
        entries = {(each["node"], each["index"]) for each in told}
        seen = {(each["node"], each["index"]) for each in told if each["witnesses"]}
        if entries == seen and {node for node, _ in seen} == {"fr.ofast", "se.polisen", "eu.europol"}:
            return told
        assert time.monotonic() < end, told
        time.sleep(1)


def test_home_and_node_are_not_given_together(tmp_path: Path) -> None:
    why = ("--as", "x", "--justification", "COURT_ORDER", "--out", str(tmp_path / "x.pyz"))
    done = CliRunner().invoke(main, ["evidence", CASE, str(tmp_path), "--node", "http://127.0.0.1:1", *why])
    assert done.exit_code == 2
    assert "either HOME or --node" in done.output


def test_a_reason_in_words_is_told_to_be_a_code(tmp_path: Path) -> None:
    why = ("--as", "x", "--justification", "because", "--out", str(tmp_path / "x.pyz"))
    done = CliRunner().invoke(main, ["evidence", CASE, str(tmp_path), *why])
    assert done.exit_code == 2
    assert "VARIABLES_REJECTED" in done.output
