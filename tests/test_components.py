"""The ground the other tests stand on: real components, a closed network."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from tests.components import ROOT, OutsideNetworkError, PostgresCluster, only_loopback


def test_databases_are_separate_and_durable(postgres_database: Callable[..., str]) -> None:
    first, second = postgres_database("fr"), postgres_database("fr")
    assert first != second
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE seen (n int)")
        settings = connection.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)",
            (["fsync", "synchronous_commit", "full_page_writes"],),
        ).fetchall()
        assert dict(settings) == {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    with psycopg.connect(second) as connection:
        assert connection.execute("SELECT to_regclass('seen')").fetchone() == (None,)


def test_the_cluster_dies_with_the_process_that_started_it(postgres_cluster: PostgresCluster) -> None:
    program = (
        "import os, signal\nfrom tests.components import postgres_cluster\n"
        "with postgres_cluster() as cluster:\n"
        "    print(cluster.port, flush=True)\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with TemporaryDirectory(prefix="entente-") as home:
        Path(home).chmod(0o755)  # the server's own user passes through
        environment = {**os.environ, "TMPDIR": home}
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        port = int(done.stdout)
        assert port != postgres_cluster.port
        deadline = time.monotonic() + 30
        while list(Path(home).glob("*/data/postmaster.pid")):
            assert time.monotonic() < deadline, f"the server on port {port} outlived its starter"
            time.sleep(0.05)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org", "10.0.0.1"])
def test_the_network_outside_is_closed(host: str) -> None:
    with only_loopback():
        with pytest.raises(OutsideNetworkError, match=host):
            socket.create_connection((host, 443), timeout=1)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as datagrams, pytest.raises(OutsideNetworkError):
            datagrams.sendto(b"", 0, (host, 53))


def test_opa_compiles_to_wasm(opa_binary: Path, tmp_path: Path) -> None:
    (tmp_path / "probe.rego").write_text("package probe\n\ndefault allow := false\n\nallow if input.x == 1\n")
    bundle = tmp_path / "bundle.tar.gz"
    subprocess.run(
        [opa_binary, "build", "-t", "wasm", "-e", "probe/allow", "-o", bundle, tmp_path / "probe.rego"],
        check=True,
    )
    assert bundle.stat().st_size > 0


def test_go_is_new_enough(go_binary: Path) -> None:
    version = subprocess.run(
        [go_binary, "env", "GOVERSION"], capture_output=True, text=True, check=True
    ).stdout
    assert tuple(int(part) for part in version.strip().removeprefix("go").split(".")[:2]) >= (1, 26)
