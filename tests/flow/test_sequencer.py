"""The sequencer as a process: killed, stopped, taken over from; nothing acknowledged is lost or forked."""

import os
import random
import signal
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psycopg
import pytest

from audit.errors import GuardRefused
from audit.keys import SignatureType, SigningKey
from audit.merkle import leaf_hash, subtree_root
from deploy.demo import story
from gateway.cli.demo import posed
from gateway.demo.cast import Stage
from gateway.demo.expect import differences
from gateway.demo.run import running
from gateway.home import Home, read_card
from gateway.logs import grow_log
from gateway.settings import database
from tests.flow.sequencers import LEASE, Ensemble, Process, ensemble
from tests.flow.test_processes import verified

ROUNDS = int(os.environ.get("ENTENTE_TAKEOVER_ROUNDS", "5"))
WAITING = 3
"""Standbys that wait at once, so that the next one need not be started first."""


@pytest.fixture(params=["sqlite", "postgres"])
def node(request: pytest.FixtureRequest) -> Iterator[Ensemble]:
    store = {}
    if request.param == "postgres":
        store = {"audit": request.getfixturevalue("postgres_database")("audit")}
    with ensemble(store) as opened:
        yield opened


@pytest.fixture
def sockets() -> Iterator[Path]:
    """A folder whose name is short enough for sockets."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def leaves(node: Ensemble) -> list[bytes]:
    """The log's leaves, read past everything of ours."""
    url = database(node.home.path, node.home.settings().store.audit)
    query = "SELECT leaf FROM audit_entry ORDER BY idx"
    if url.startswith("postgresql"):
        with psycopg.connect(url) as connection:
            return [bytes(row[0]) for row in connection.execute(query)]
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        return [row[0] for row in connection.execute(query)]


def holds(node: Ensemble) -> None:
    """Every acknowledged entry is at its place, and no size ever had two roots, nor one not of the leaves."""
    hashes = [leaf_hash(leaf) for leaf in leaves(node)]
    assert {index: hashes[index].hex() for index in node.known.leaves} == node.known.leaves
    told = {size: roots for size, roots in node.known.roots.items() if len(roots) > 1}
    assert told == {}
    for size in random.Random(1).sample(sorted(node.known.roots), min(60, len(node.known.roots))):
        assert node.known.roots[size] == {subtree_root(hashes[:size]).hex()}


def begun(node: Ensemble) -> tuple[Process, list[Process]]:
    """A sequencer, and two gateways that append."""
    sequencer = node.sequencer()
    sequencer.until("epoch 1 ")
    writers = [node.writer("one"), node.writer("two")]
    for writer in writers:
        writer.until("ready")
    return sequencer, writers


@pytest.mark.slow
def test_killed_at_any_moment_and_taken_over_from(node: Ensemble) -> None:
    """Two gateways append without pause; one sequencer after the other is killed, another goes on.

    On PostgreSQL a tenth of the rounds.
    """
    moments = random.Random(11)
    sequencer, writers = begun(node)
    standbys = [node.sequencer("--standby") for _ in range(WAITING)]
    rounds = ROUNDS if node.home.settings().store.audit.startswith("sqlite") else max(2, ROUNDS // 10)
    for number in range(2, rounds + 2):
        node.hear(*writers, more=10)
        time.sleep(moments.uniform(0, 0.05))
        sequencer.send(signal.SIGKILL)
        sequencer.close()
        next_one = node.sign_of(f"epoch {number} ", standbys)
        assert next_one is not None, node.errors()
        standbys.remove(next_one)
        standbys.append(node.sequencer("--standby"))
        sequencer = next_one
    node.hear(*writers, more=20)
    for process in (*writers, sequencer, *standbys):
        process.send(signal.SIGKILL)
        process.ended()
    node.hear(*writers)
    assert set(node.known.failures) <= {"AuditUnavailable", "Fenced"}
    holds(node)


@pytest.mark.slow
def test_one_that_was_stopped_and_wakes_up_commits_nothing(node: Ensemble) -> None:
    """One that is stopped within a commit on SQLite holds the file: then nobody commits until it goes on."""
    first, writers = begun(node)
    sequencers = [first]
    for number in range(2, 5):
        sequencers.append(standby := node.sequencer("--standby"))
        node.hear(*writers, more=30)
        sequencers[-2].send(signal.SIGSTOP)
        while node.sign_of(f"epoch {number} ", [standby], within=6 * LEASE) is None:
            sequencers[-2].send(signal.SIGCONT)
            node.hear(*writers, more=1)
            sequencers[-2].send(signal.SIGSTOP)
        node.hear(*writers, more=30)
        sequencers[-2].send(signal.SIGCONT)
        assert "FENCED: " in sequencers[-2].ended()
        assert sequencers[-2].code == 2
        node.hear(*writers, more=30)
    sequencers[-1].send(signal.SIGTERM)
    sequencers[-1].ended()
    assert sequencers[-1].code == 0
    node.hear(*writers)
    holds(node)
    guards = sorted(path.name for path in node.home.path.glob("audit.guard*"))
    assert guards == ["audit.guard", "audit.guard.4"]


async def test_two_sequencers_at_once(node: Ensemble) -> None:
    first = node.sequencer()
    first.until("epoch 1 ")
    second = node.sequencer()
    assert "FENCED: log: another sequencer holds epoch 1, and lives" in second.ended()
    assert second.code == 2
    with pytest.raises(GuardRefused, match="held by another log"):
        await grow_log(node.home, node.home.settings())
    standby = node.sequencer("--standby")
    first.send(signal.SIGTERM)
    standby.until("epoch 2 ")
    standby.send(signal.SIGTERM)
    first.ended()
    standby.ended()
    assert (first.code, standby.code) == (0, 0)
    log = await grow_log(node.home, node.home.settings())
    third = node.sequencer()
    assert "GUARD_REFUSED: guard file audit.guard: held by another log" in third.ended()
    await log.close()


def test_a_standby_that_is_told_to_end_ends(node: Ensemble) -> None:
    first = node.sequencer()
    first.until("epoch 1 ")
    standby = node.sequencer("--standby")
    time.sleep(LEASE)
    standby.send(signal.SIGTERM)
    standby.ended()
    node.writer("one").until("kept")


class _Ahead(BaseHTTPRequestHandler):
    """A witness that has cosigned more of the log than it is shown."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(409)
        self.send_header("content-type", "text/x.tlog.size")
        self.send_header("content-length", "3")
        self.end_headers()
        self.wfile.write(b"99\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its base names it so
        """Say nothing."""


def test_a_witness_that_is_ahead_at_the_start_stops_the_log() -> None:
    """The database and its guard were brought back from one backup; only a witness knows."""
    witness = SigningKey.generate("one.example", SignatureType.COSIGNATURE)
    with ensemble() as node, HTTPServer(("127.0.0.1", 0), _Ahead) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        vkey, url = read_card(node.home.card).log_vkey, f"http://127.0.0.1:{server.server_port}"
        policy = f"log {vkey}\nwitness one {witness.public.vkey} {url}\nquorum one\n"
        (node.home.path / "witnesses.policy").write_text(policy)
        settings = node.home.path / "node.toml"
        settings.write_text(settings.read_text() + '\n[witness]\npolicy = "witnesses.policy"\n')
        node.sequencer().until("epoch 1 ")
        node.writer("one").until("failed Quarantined")
        server.shutdown()
    assert not node.known.leaves


def test_a_home_without_the_setting_has_no_sequencer() -> None:
    with ensemble() as opened:
        settings = opened.home.path / "node.toml"
        settings.write_text(settings.read_text().partition("\n[log]")[0])
        assert "[log] sequencer is missing" in opened.sequencer().ended()


@pytest.mark.slow
@pytest.mark.long
def test_nodes_are_served_without_their_logs_keys(stage: Stage, sockets: Path) -> None:
    """The demo's question, asked of nodes that cannot read `keys/log.key`."""
    sequencers: list[Process] = []
    try:
        for node, home in stage.homes.items():
            sequencers.append(sequenced(home, str(sockets / node)))
        with running(stage):
            question = story.questions()["questions"][0]
            assert list(differences(question["expect"], posed(stage, question))) == []
            assert not any((home.keys / "log.key").exists() for home in stage.homes.values())
    finally:
        for each in sequencers:
            each.send(signal.SIGTERM)
            each.ended()
            each.close()
    assert all(verified(home) for home in stage.homes.values())


def sequenced(home: Home, socket: str) -> Process:
    """A sequencer for the home, which loses its key once that is loaded."""
    settings = home.path / "node.toml"
    settings.write_text(settings.read_text() + f'\n[log]\nsequencer = "{socket}"\n')
    started = Process("-m", "gateway.cli", "sequencer", str(home.path))
    started.until("epoch 1 ")
    (home.keys / "log.key").rename(home.path / "log.key.elsewhere")
    return started
