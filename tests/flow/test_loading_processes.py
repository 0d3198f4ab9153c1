"""Loading beside a running node: nothing that was said is lost when the loader or the node is killed."""

import json
import signal
import sqlite3
import subprocess
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from audit.errors import GuardRefused
from gateway.cli.client import NodeClient
from gateway.demo.cast import Stage
from gateway.demo.run import running
from gateway.home import Home
from gateway.logs import BESIDE, open_log
from tests.flow.test_processes import MANDATE, load_command, verified

pytestmark = [pytest.mark.slow, pytest.mark.long]
NODE = "fr.ofast"


def reviewed(stage: Stage, path: Path, day: str) -> tuple[Path, int]:
    """All of the node's cases with another day of review, and how many those are."""
    source = stage.path / "sources" / NODE / "cases.jsonl"
    rows = [json.loads(line) for line in source.read_text().splitlines()]
    made = path / f"{day}.jsonl"
    made.write_text(
        "".join(json.dumps(row | {"envelope": row["envelope"] | {"review_at": day}}) + "\n" for row in rows)
    )
    return made, len(rows)


def entries(home: Home, kind: str) -> list[Mapping[str, Any]]:
    """A node's log entries of one kind, read from the file."""
    with closing(sqlite3.connect(home.path / "audit.sqlite")) as connection:
        leaves = [json.loads(row[0]) for row in connection.execute("SELECT leaf FROM audit_entry")]
    return [leaf for leaf in leaves if leaf["kind"] == kind]


def loading(home: Home, source: Path) -> subprocess.Popen[bytes]:
    command = load_command(home.path, source)
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def ended(process: subprocess.Popen[bytes]) -> str:
    """What a process said of an error; it must have ended well."""
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said.decode()
    return said.decode()


async def test_a_load_goes_through_the_node_while_people_ask(stage: Stage, tmp_path: Path) -> None:
    home = stage.homes[NODE]
    source, rows = reviewed(stage, tmp_path, "2031-01-01")
    with running(stage), NodeClient(stage.address(NODE)) as client:
        assert (home.path / BESIDE).stat().st_mode & 0o777 == 0o600
        with pytest.raises(GuardRefused):
            await open_log(home, home.settings())
        client.sign_in("fr-7c1e04")
        mandate = client.run("open_mandate", {"mandate": MANDATE})["id"]
        process = loading(home, source)
        asked = 0
        while process.poll() is None:
            variables = {"identifier": "XQZU 418026-6", "kind": "container", "mandate": mandate}
            picture = client.run("lookup", variables)
            status = {each["node"]: each["status"] for each in picture["nodes"]}
            assert status[NODE] == "ANSWERED"
            asked += 1
        ended(process)
        assert asked > 1
    altered = entries(home, "ALTERED")[-1]
    assert altered["records"] == rows
    assert not (home.path / BESIDE).exists()
    assert verified(home)


def test_killed_loaders_and_a_killed_node_lose_nothing(stage: Stage, tmp_path: Path) -> None:
    """The node is killed while a load runs: the load ends by itself, and says so in the log once."""
    home = stage.homes[NODE]
    source, rows = reviewed(stage, tmp_path, "2032-01-01")
    before = len(entries(home, "ALTERED"))
    with running(stage) as processes:
        for delay in (1.5, 2.5):
            process = loading(home, source)
            time.sleep(delay)
            process.kill()
            process.communicate()
        process = loading(home, source)
        time.sleep(1.5)
        processes[NODE].send_signal(signal.SIGKILL)
        processes[NODE].wait()
        ended(process)
    assert [each["records"] for each in entries(home, "ALTERED")[before:]] == [rows]
    with running(stage):
        ended(loading(home, source))
    assert len(entries(home, "ALTERED")) == before + 1
    with closing(sqlite3.connect(home.path / "records.sqlite")) as connection:
        query = "SELECT count(*), max(version) FROM record WHERE review_at = 1956528000"
        assert connection.execute(query).fetchone() == (rows, 3)
    assert verified(home)
