"""The demo's evidence, from the command line alone: what oversight bodies do, at three served nodes.

Every step is a command that a person could type; what it says is held against what another one says.
"""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.client import NodeClient
from gateway.demo.cast import Stage
from gateway.demo.run import running
from gateway.home import read_card
from tests.audit.samples import untied
from tests.flow.test_processes import MANDATE
from tests.world import NODES

pytestmark = pytest.mark.long
ANALYST, OVERSIGHT = (
    "fr-7c1e04",
    {"fr.ofast": "fr-6b20d5", "se.polisen": "se-b7e148", "eu.europol": "eu-78af35"},
)
PATIENCE = 60.0


@dataclass(frozen=True)
class Told:
    """What a command gave back."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


def run(*command: str | Path, cwd: Path | None = None) -> Told:
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        cwd=cwd,
    )
    return Told(done.returncode, done.stdout, done.stderr)


def entente(*words: str | Path) -> Told:
    return run("-m", "gateway.cli", *words)


def audit(*words: str | Path) -> Told:
    return run("-m", "audit", *words)


@dataclass(frozen=True)
class Demo:
    """The served demo and the query id of a question that was asked in it."""

    stage: Stage
    query: str

    def at(self, node: str, role: str = "oversight") -> tuple[str, ...]:
        subject = OVERSIGHT[node] if role == "oversight" else role
        return ("--node", self.stage.address(node), "--as", subject)

    def home(self, node: str) -> Path:
        return self.stage.homes[node].path

    def policy(self, node: str) -> Path:
        return self.home(node) / "trust.policy"

    def vkey(self, node: str) -> str:
        return read_card(self.stage.homes[node].card).log_vkey


@pytest.fixture(scope="module")
def demo(stage: Stage) -> Iterator[Demo]:
    with running(stage):
        with NodeClient(stage.address("fr.ofast")) as client:
            client.sign_in(ANALYST)
            mandate = client.run("open_mandate", {"mandate": MANDATE})["id"]
            variables = {"identifier": "XQZU 418026-6", "kind": "container", "mandate": mandate}
            picture = client.run("lookup", variables)
        assert {each["status"] for each in picture["nodes"]} <= {"ANSWERED", "NO_HIT"}
        yield Demo(stage, picture["queryId"])


def until(holds: Callable[[], Told]) -> Told:
    """Ask again until a command says yes: what needs other nodes takes seconds."""
    end = time.monotonic() + PATIENCE
    while (told := holds()).code != 0 and time.monotonic() < end:
        time.sleep(0.5)
    return told


@pytest.mark.parametrize("node", NODES)
def test_every_log_holds_with_its_partners_cosignatures(demo: Demo, node: str) -> None:
    told = until(
        lambda: audit("verify", demo.home(node) / "audit.sqlite", "--policy", demo.policy(node), "--json")
    )
    report = told.json()
    assert report["holds"]
    assert report["witnesses"]


def test_receipts_by_query_id_at_once_and_witnessed_within_seconds(demo: Demo, tmp_path: Path) -> None:
    def witnessed() -> Told:
        told = entente(
            "receipts", demo.query, *demo.at("fr.ofast"), "--out", tmp_path, "--justification", "AUDIT_7",
            "--ask-partners", "--json",
        )  # fmt: skip
        origins = {path.name.split("-")[0] for path in tmp_path.glob("*-witnessed-*.tlog-proof")}
        return told if set(NODES) <= origins else Told(1, told.out, f"witnessed: {origins}; {told.err}")

    told = until(witnessed)
    assert told.code == 0, (told.err, sorted(path.name for path in tmp_path.iterdir()))
    proofs = sorted(tmp_path.glob("*.tlog-proof"))
    for proof in proofs:
        checked = audit("receipt", proof, "--vkey", demo.vkey(proof.name.split("-")[0]), "--json")
        assert checked.json()["kind"] in proof.name


@pytest.mark.parametrize("node", NODES)
def test_a_served_log_is_fetched_and_verified_elsewhere(demo: Demo, tmp_path: Path, node: str) -> None:
    added = entente(
        "reader", "add", demo.home(node), "--name", "dpa.example", "--role", "oversight", "--days", "1",
        "--justification", "ANNUAL_AUDIT",
    )  # fmt: skip
    assert added.code == 0, added.err
    token = tmp_path / "dpa.token"
    token.write_text(added.out.strip().splitlines()[-1])
    token.chmod(0o600)
    url = f"{demo.stage.address(node)}/log"
    copied = entente("log", "fetch", url, tmp_path / "copy", "--token-file", token, "--vkey", demo.vkey(node))
    assert copied.code == 0, copied.err
    assert audit("verify", tmp_path / "copy", "--vkey", demo.vkey(node), "--json").json()["holds"]


@pytest.mark.parametrize("node", NODES)
def test_a_program_of_others_verifies_the_served_log(
    demo: Demo, outside_program: Callable[[str], Path], tmp_path: Path, node: str
) -> None:
    """golang.org/x/mod/sumdb/tlog reads every tile and entry; Tessera's fsck has its own test of one node."""
    added = entente(
        "reader", "add", demo.home(node), "--name", "other.example", "--role", "oversight", "--days", "1",
        "--justification", "ANNUAL_AUDIT",
    )  # fmt: skip
    token = added.out.strip().splitlines()[-1]
    done = subprocess.run(
        [outside_program("tlogcheck"), f"{demo.stage.address(node)}/log", demo.vkey(node)],
        env={**os.environ, "LOG_TOKEN": token}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{node}/log ")
    assert done.stdout.endswith(" holds\n")


def test_oversight_reads_the_exchange_at_both_nodes_and_is_logged(demo: Demo) -> None:
    for node in ("fr.ofast", "se.polisen"):
        why = (*demo.at(node), "--justification", "REVIEW_12", "--json")
        record = json.dumps(entente("oversee", "record", demo.query, *why).json())
        assert demo.query in record
        found = entente("oversee", "search", "--query", demo.query, *why).json()
        assert found["rows"] if isinstance(found, dict) else found
    with sqlite3.connect(demo.home("se.polisen") / "audit.sqlite") as database:
        leaves = [json.loads(row[0]) for row in database.execute("SELECT leaf FROM audit_entry")]
    assert {leaf.get("justification") for leaf in leaves if leaf["kind"] == "LOG_READ"} >= {"REVIEW_12"}


def test_an_analyst_may_not_oversee(demo: Demo) -> None:
    told = entente("oversee", "search", *demo.at("fr.ofast", ANALYST), "--justification", "CURIOUS")
    assert told.code != 0
    assert "ROLE_NOT_COVERED" in told.err


def test_two_nodes_reconcile_online_and_their_copies_offline(demo: Demo, tmp_path: Path) -> None:
    online = entente("reconcile", "se.polisen", *demo.at("fr.ofast"), "--justification", "NIGHTLY", "--json")
    assert online.code == 0, online.err
    copies = {}
    for node in ("fr.ofast", "se.polisen"):
        copies[node] = tmp_path / f"{node}.sqlite"
        copy_of(demo.home(node) / "audit.sqlite", copies[node])
    told = audit(
        "reconcile", copies["fr.ofast"], copies["se.polisen"], "--policy-a", demo.policy("fr.ofast"),
        "--policy-b", demo.policy("se.polisen"), "--json",
    )  # fmt: skip
    assert told.code == 0, (told.out, told.err)


def copy_of(source: Path, target: Path) -> None:
    """A consistent copy of a running node's database."""
    with sqlite3.connect(source) as one, sqlite3.connect(target) as other:
        one.backup(other)


def test_the_case_in_one_file_that_checks_itself_in_an_empty_place(demo: Demo, tmp_path: Path) -> None:
    pack = tmp_path / "case.pyz"
    made = entente(
        "evidence", MANDATE["case"], *demo.at("fr.ofast"), "--justification", "COURT_ORDER", "--out", pack
    )
    assert made.code == 0, made.err
    empty = tmp_path / "empty"
    empty.mkdir()
    key = (demo.home("fr.ofast") / "federation.vkey").read_text().strip()
    checked = run("-I", pack, "--federation-key", key, cwd=empty)
    assert checked.code == 0, (checked.out, checked.err)
    spoilt = empty / "spoilt.pyz"
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 1
    spoilt.write_bytes(data)
    assert run("-I", spoilt, "--federation-key", key, cwd=empty).code != 0


def test_nothing_is_due_for_erasure_in_a_young_log(demo: Demo) -> None:
    told = entente("retention", "run", *demo.at("fr.ofast", "fr-f19a73"), "--json")
    assert told.code == 0, told.err


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE audit_entry SET leaf = x'7b7d' WHERE idx = 1",
        "DELETE FROM audit_entry WHERE idx = (SELECT max(idx) FROM audit_entry)",
        "UPDATE audit_tree_head SET root = zeroblob(32) WHERE size = (SELECT max(size) FROM audit_tree_head)",
    ],
)
def test_a_copy_that_somebody_broke_is_named(demo: Demo, tmp_path: Path, harm: str) -> None:
    broken = tmp_path / "broken.sqlite"
    copy_of(demo.home("se.polisen") / "audit.sqlite", broken)
    check = ("verify", broken, "--vkey", demo.vkey("se.polisen"), "--strict", "--json")
    assert audit(*check).json()["findings"] == []
    with untied(sqlite3.connect(broken)) as database:
        assert database.execute(harm).rowcount == 1
    told = audit(*check)
    assert told.code in {1, 3}, told.out
    assert told.err or json.loads(told.out)["findings"]
