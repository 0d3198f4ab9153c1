"""The peers from npm: installed from their lock, started on their own cores."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.figure import Bench, NotMeasuredError
from tests.bench.machine import told
from tests.bench.processes import running
from tests.components import free_port

PEERS = Path(__file__).parent / "peers"
INSTALLS_WITHIN = 600


def modules(bench: Bench) -> Path:
    """The folder whose `node_modules` holds the peers; `NotMeasuredError` where npm cannot fill it."""
    if told(["node", "--version"]) == "none" or shutil.which("npm") is None:
        raise NotMeasuredError("needs Node.js and npm")
    lock = (PEERS / "package-lock.json").read_bytes()
    done = bench.folder / "package-lock.installed"
    if done.exists() and done.read_bytes() == lock:
        return bench.folder
    bench.say("installing the peers from npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PEERS / name, bench.folder / name)
    try:
        subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=bench.folder, check=True,
            capture_output=True, text=True, timeout=INSTALLS_WITHIN,
        )  # fmt: skip
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        said = error.stderr if isinstance(error.stderr, str) else ""
        raise NotMeasuredError(f"npm ci of the peers failed: {said[-300:]}") from error
    done.write_bytes(lock)
    return bench.folder


def node(bench: Bench) -> Path:
    """The Node.js of the peers: the one of their lock (PostGraphile 5 needs 22), else the machine's."""
    found = sorted((modules(bench) / "node_modules").glob("node-linux-*/bin/node"))
    return found[0].resolve() if found else Path(shutil.which("node") or "node")


@contextmanager
def peer(bench: Bench, script: str, *arguments: str, on: frozenset[int]) -> Iterator[tuple[int, int]]:
    """A peer's port and process."""
    port = free_port()
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env |= {
        "NODE_ENV": "production",
        "GRAPHILE_ENV": "production",
        "BENCH_MODULES": str(modules(bench).resolve()),
    }
    command = [str(node(bench)), str(PEERS / script), str(port), *arguments]
    with running(command, port, on, env=env) as process:
        yield port, process.pid
