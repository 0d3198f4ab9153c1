"""A served node on a real OPA, set up by the commands as they are printed: down, replaced, back again."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.demo.cast import Stage
from gateway.demo.run import running
from policy.bundle import Bundle
from tests.policy.signed_opa import Keys, begun, make_keys

pytestmark = [pytest.mark.slow, pytest.mark.long]
BOX, CASE = "XQZU 418026-6", "FR-2026-0418"
HOME, PARTNER = "fr.ofast", "se.polisen"
ANALYST, AUDITOR = "fr-7c1e04", "se-b7e148"
PATIENCE = 30


def told(*arguments: str | Path) -> Any:
    """What a command says with `--json`."""
    done = CliRunner().invoke(main, [*map(str, arguments), "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture
def law(tmp_path: Path) -> Keys:
    """The key pair of whoever answers for the law."""
    return make_keys(tmp_path / "law")


@pytest.fixture
def opa(stage: Stage, law: Keys, tmp_path: Path, opa_binary: Path) -> list[str]:
    """The printed command that starts the partner's OPA; the partner's settings name it."""
    home, bundle = stage.homes[PARTNER].path, tmp_path / "bundle.tar.gz"
    binary = ("--opa", opa_binary)
    signed = told("policy", "bundle", "--key", law.private, "--out", bundle, *binary)
    assert signed["revision"] == Bundle.packaged().revision
    verified = ("--bundle", bundle, "--verification-key", law.public, *binary)
    shown = told("policy", "opa-config", home, *verified, "--address", f"unix:{tmp_path}/opa.sock")
    lines = "".join(f'{name} = "{value}"\n' for name, value in shown["settings"].items())
    settings = home / "node.toml"
    settings.write_text(
        settings.read_text().replace('engine = "wasm"\n', f"{lines}opa_seconds = {PATIENCE}\n")
    )
    command: list[str] = shown["command"]
    return command


@contextmanager
def redirecting(socket: Path) -> Iterator[list[str]]:
    """A server in OPA's place that sends every question elsewhere on itself; what it was asked for."""
    asked: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(307)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing: a Unix socket has no address to tell."""

    socket.unlink(missing_ok=True)
    with ThreadingUnixStreamServer(str(socket), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield asked
        finally:
            server.shutdown()
            thread.join()
            socket.unlink()


def test_down_replaced_and_back(stage: Stage, opa: list[str], tmp_path: Path, opa_binary: Path) -> None:
    socket = tmp_path / "opa.sock"
    refused = ("REFUSED", ["POLICY_UNAVAILABLE"])

    def answered() -> tuple[str, list[str]]:
        asked = told("ask", "lookup", BOX, "--node", stage.address(HOME), "--as", ANALYST, "--case", CASE)
        found = {each["node"]: each for each in asked["nodes"]}
        assert found[HOME]["status"] == "ANSWERED", "who has another engine answers"
        return found[PARTNER]["status"], found[PARTNER]["reasons"]

    with ExitStack() as serving:
        with begun(opa, socket):
            serving.enter_context(running(stage))
        assert answered() == refused, "nothing listens"
        with redirecting(socket) as asked:
            assert answered() == refused
            assert set(asked) == {"/v1/data/entente/answer/decision"}, "no redirect is followed"
        foreign = tmp_path / "foreign.tar.gz"
        nobody = make_keys(tmp_path / "nobody").private
        told("policy", "bundle", "--key", nobody, "--out", foreign, "--opa", opa_binary)
        with begun(
            [str(foreign) if each.endswith("bundle.tar.gz") else each for each in opa], socket
        ) as other:
            assert other.wait(PATIENCE) != 0, "OPA does not serve what another key signed"
            assert answered() == refused
        with begun(opa, socket):
            assert answered() == ("ANSWERED", [])
            state = {"engine": "opa", "revision": Bundle.packaged().revision, "shadow": None}
            assert told("policy", "status", "--node", stage.address(PARTNER), "--as", AUDITOR) == state
