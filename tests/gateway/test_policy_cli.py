"""The commands of an OPA beside a node, carried out as they are printed: bundle, configuration, status."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from policy.bundle import Bundle
from tests.components import free_port
from tests.policy.signed_opa import make_keys


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def told(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture
def node(tmp_path: Path) -> Path:
    home = tmp_path / "node"
    who = (
        "--id",
        "fr.test",
        "--name",
        "Test",
        "--country",
        "FR",
        "--spoc",
        "x@example.org",
        "--port",
        "8777",
    )
    assert run("init", str(home), *who).exit_code == 0
    return home


@pytest.fixture
def signed(tmp_path: Path, opa_binary: Path) -> list[str]:
    """The bundle and the key that verifies it, as options."""
    keys = make_keys(tmp_path / "law")
    out = tmp_path / "bundle.tar.gz"
    made = told("policy", "bundle", "--key", str(keys.private), "--out", str(out), "--opa", str(opa_binary))
    assert made["revision"] == Bundle.packaged().revision
    return ["--bundle", str(out), "--verification-key", str(keys.public), "--opa", str(opa_binary)]


@contextmanager
def started(command: list[str], log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def tried(node: Path) -> Result:
    """The status, once OPA listens."""
    deadline = time.monotonic() + 30
    while (result := run("policy", "status", str(node), "--json")).exit_code and time.monotonic() < deadline:
        time.sleep(0.1)
    return result


@pytest.mark.slow
@pytest.mark.parametrize("way", ["unix", "http"])
def test_what_is_printed_starts_an_opa_that_the_node_decides_by(
    node: Path, signed: list[str], tmp_path: Path, way: str
) -> None:
    address = f"unix:{tmp_path}/opa.sock" if way == "unix" else f"http://127.0.0.1:{free_port()}"
    shown = told("policy", "opa-config", str(node), *signed, "--address", address)
    settings = "".join(f'{name} = "{value}"\n' for name, value in shown["settings"].items())
    with (node / "node.toml").open("a") as file:
        file.write(f"\n[policy]\n{settings}")
    with started(shown["command"], tmp_path / "log"):
        status = json.loads(tried(node).stdout)
        assert status == {"engine": "opa", "revision": Bundle.packaged().revision, "shadow": None}
        (node / "opa/token").write_text("of-somebody-else")
        refused = run("policy", "status", str(node))
        assert refused.exit_code == 2
        assert "POLICY_UNAVAILABLE" in refused.output
        assert "401" in refused.output


def test_the_token_is_made_once_and_stands_in_no_configuration(node: Path, signed: list[str]) -> None:
    first = run("policy", "opa-config", str(node), *signed, "--address", "unix:/run/opa.sock")
    assert first.exit_code == 0, first.output
    token = (node / "opa/token").read_text()
    config = (node / "opa/opa.json").read_text()
    assert run("policy", "opa-config", str(node), *signed).exit_code == 0
    assert (node / "opa/token").read_text() == token
    assert (node / "opa/opa.json").read_text() == config
    assert token not in config + first.output
    assert json.loads(config).keys() == {"labels"}
    assert (node / "opa/token").stat().st_mode & 0o077 == 0
    assert 'opa_address = "unix:/run/opa.sock"' in first.output


def test_an_opa_that_others_could_reach_is_not_configured(node: Path, signed: list[str]) -> None:
    refused = run("policy", "opa-config", str(node), *signed, "--address", "http://0.0.0.0:8181")
    assert refused.exit_code == 2
    assert "loopback" in refused.output
    assert not (node / "opa").exists()


def test_a_folder_that_cannot_be_written_is_told(node: Path, signed: list[str]) -> None:
    (node / "opa").write_text("")
    refused = run("policy", "opa-config", str(node), *signed)
    assert refused.exit_code == 2
    assert "cannot be written" in refused.output


def test_the_bundle_says_what_is_pinned(tmp_path: Path, opa_binary: Path) -> None:
    keys, out = make_keys(tmp_path / "law"), tmp_path / "out.tar.gz"
    shown = run("policy", "bundle", "--key", str(keys.private), "--out", str(out), "--opa", str(opa_binary))
    assert Bundle.packaged().revision in shown.output


def test_status_is_asked_of_a_home_or_of_a_node(node: Path) -> None:
    assert run("policy", "status").exit_code == 2
    assert run("policy", "status", str(node), "--node", "http://127.0.0.1:1").exit_code == 2
    assert "either HOME" in run("policy", "status", "--node", "http://127.0.0.1:1").output


def test_the_embedded_engine_has_a_status_too(node: Path, opa_binary: Path) -> None:
    with (node / "node.toml").open("a") as file:
        file.write(f'\n[policy]\nengine = "wasm"\nopa = "{opa_binary}"\n')
    shown = run("policy", "status", str(node))
    assert shown.output.splitlines() == ["engine   wasm", f"revision {Bundle.packaged().revision}"]
