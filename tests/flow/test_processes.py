"""Three separate processes over HTTP: the scripted question, and what is left after kill -9."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import httpx2
import pytest
from rich.console import Console

from audit.freshness import witnessed_at
from audit.trust import TrustPolicy
from deploy.demo import story
from gateway.cli.client import NodeClient
from gateway.cli.demo import posed
from gateway.cli.node import verify_log
from gateway.demo.build import build
from gateway.demo.cast import Stage
from gateway.demo.expect import differences
from gateway.demo.plan import Plan, invented
from gateway.demo.run import running
from gateway.home import Home
from tests.components import free_ports
from tests.world import NODES

ALL = {each["id"]: each for each in story.questions()["questions"]}
MANDATE = {
    "purpose": "OPERATIONAL_ANALYSIS",
    "legalBasis": "ER_20_2A",
    "case": "FR-2026-0418",
    "offence": "DRUG_TRAFFICKING",
    "subjectCategory": "SUSPECT_OR_CONVICTED",
    "aim": "MORE_DATA_ON_KNOWN",
}


def prepared(work: Path) -> Plan:
    return invented(work, "small")


def verified(home: Home) -> bool:
    """Whether the log holds by its own key; how soon witnesses cosign it is another matter."""
    code = verify_log(home, log_key_only=True)
    assert code in {0, 1}
    return code == 0


@pytest.fixture(
    params=[
        "opa-postgresql",
        *(
            pytest.param(each, marks=pytest.mark.long)
            for each in ("wasm-sqlite", "rego-sqlite", "opa-sqlite", "wasm-postgresql", "rego-postgresql")
        ),
    ]
)
def each_stage(request: pytest.FixtureRequest, tmp_path: Path, opa_binary: Path) -> Stage:
    assert opa_binary
    engine, _, database = str(request.param).partition("-")
    stores: dict[str, dict[str, str]] = {}
    if database == "postgresql":
        make: Callable[..., str] = request.getfixturevalue("postgres_database")
        rooms = ("records", "sharing", "audit")
        stores = {node: {room: make(f"{room}_{node[:2]}") for room in rooms} for node in NODES}
    return build(Stage(tmp_path / "demo", free_ports(5), engine, stores), prepared, Console(quiet=True))


def test_every_scripted_question_over_http_between_three_processes(each_stage: Stage) -> None:
    with running(each_stage):
        found = {
            name: list(differences(question["expect"], posed(each_stage, question)))
            for name, question in ALL.items()
        }
    assert {name: differs for name, differs in found.items() if differs} == {}


def acknowledged(client: NodeClient, mandate: str, kill_at: float, victim: int) -> list[dict[str, Any]]:
    """Pictures that were shown before and after the victim was killed in the midst of questions."""
    shown: list[dict[str, Any]] = []
    end = time.monotonic() + kill_at
    killed = False
    for _ in range(60):
        if not killed and time.monotonic() >= end:
            os.kill(victim, signal.SIGKILL)
            killed = True
        variables = {"identifier": "XQZU 418026-6", "kind": "container", "mandate": mandate}
        shown.append(client.run("lookup", variables))
        if killed and len(shown) > 3 and shown[-1]["nodes"][2]["status"] != "ANSWERED":
            break
    assert killed
    return shown


@pytest.mark.long
def test_kill_9_of_a_partner_during_questions_loses_no_acknowledged_entry(stage: Stage) -> None:
    with running(stage) as processes, NodeClient(stage.address("fr.ofast")) as client:
        client.sign_in("fr-7c1e04")
        mandate = client.run("open_mandate", {"mandate": MANDATE})["id"]
        shown = acknowledged(client, mandate, 0.3, processes["se.polisen"].pid)
    answered = {
        each["receipt"]
        for picture in shown
        for each in picture["nodes"]
        if each["node"] == "se.polisen" and each["receipt"]
    }
    assert answered
    assert {
        each["status"] for picture in shown for each in picture["nodes"] if each["node"] == "se.polisen"
    } > {"ANSWERED"}
    for node in NODES:
        assert verified(stage.homes[node])
    queries = {picture["queryId"] for picture in shown if picture["nodes"][2]["status"] == "ANSWERED"}
    assert queries <= logged(stage.homes["se.polisen"], "DISCLOSED")
    with running(stage):
        assert verified(stage.homes["se.polisen"])


def test_kill_9_of_the_asking_node_shows_nothing_that_its_log_lacks(stage: Stage) -> None:
    shown: list[dict[str, Any]] = []
    variables = {"identifier": "XQZU 418026-6", "kind": "container"}
    with running(stage) as processes, NodeClient(stage.address("fr.ofast")) as client:
        client.sign_in("fr-7c1e04")
        variables["mandate"] = client.run("open_mandate", {"mandate": MANDATE})["id"]
        shown.append(client.run("lookup", variables))
        threading.Timer(0.4, processes["fr.ofast"].kill).start()
        with suppress(httpx2.HTTPError, click.ClickException):
            while True:
                shown.append(client.run("lookup", variables))
        processes["fr.ofast"].wait()
    home = stage.homes["fr.ofast"]
    seen = {picture["queryId"] for picture in shown}
    assert seen <= logged(home, "ANSWERS_RECEIVED")
    for partner in NODES:
        assert logged(stage.homes[partner], "QUESTION_RECEIVED") <= logged(home, "ASKED")
        assert verified(stage.homes[partner])
    with running(stage):
        assert verified(home)


def logged(home: Home, kind: str) -> set[str]:
    """Query ids of a node's log entries of one kind, read from the file."""
    with sqlite3.connect(home.path / "audit.sqlite") as connection:
        leaves = [json.loads(row[0]) for row in connection.execute("SELECT leaf FROM audit_entry")]
    return {leaf["query_id"] for leaf in leaves if leaf["kind"] == kind and "query_id" in leaf}


def test_three_processes_cosign_each_others_logs(stage: Stage) -> None:
    with running(stage), NodeClient(stage.address("fr.ofast")) as client:
        client.sign_in("fr-7c1e04")
        mandate = client.run("open_mandate", {"mandate": MANDATE})["id"]
        client.run("lookup", {"identifier": "XQZU 418026-6", "kind": "container", "mandate": mandate})
        end = time.monotonic() + 60
        waiting = set(NODES)
        while waiting and time.monotonic() < end:
            waiting = {node for node in waiting if not witnessed(stage.homes[node])}
            time.sleep(0.1)
    assert not waiting


def witnessed(home: Home) -> bool:
    """Whether the newest kept checkpoint of a node has the quorum of its policy, all of its entries in it."""
    policy = TrustPolicy.parse(home.trust_policy.read_text())
    with sqlite3.connect(home.path / "audit.sqlite") as connection:
        (size,) = connection.execute("SELECT count(*) FROM audit_entry").fetchone()
        notes = connection.execute("SELECT note FROM audit_checkpoint WHERE size = ?", (size,)).fetchall()
    return any(witnessed_at(note, policy) is not None for (note,) in notes)


def test_kill_9_during_a_load_ends_at_the_same_state(stage: Stage, tmp_path: Path) -> None:
    source = stage.path / "sources" / "fr.ofast" / "cases.jsonl"
    home = tmp_path / "node"
    shutil.copytree(stage.path / "eu.europol", home)
    whole = tmp_path / "whole"
    shutil.copytree(stage.path / "eu.europol", whole)
    load(whole, source)
    for delay in (1.2, 1.6, 2.0, 2.4):
        process = subprocess.Popen(
            load_command(home, source), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(delay)
        process.kill()
        process.wait()
    load(home, source)
    assert records(home) == records(whole)
    assert verified(Home(home))


def load_command(home: Path, source: Path) -> list[str]:
    return [sys.executable, "-m", "gateway.cli", "load", str(home), str(source), "--dataset", "cases"]


def load(home: Path, source: Path) -> None:
    subprocess.run(load_command(home, source), check=True, capture_output=True, timeout=120)


def records(home: Path) -> list[tuple[str, bytes]]:
    with sqlite3.connect(home / "records.sqlite") as connection:
        return list(connection.execute("SELECT id, digest FROM record ORDER BY id"))
