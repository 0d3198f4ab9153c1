"""Running the demo's processes: the identity provider and the nodes, in a group that ends with us."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2

from gateway.demo.cast import SERVICES, Stage, people
from gateway.errors import NodeNotReady

STARTS_WITHIN = 60.0
ENDS_WITHIN = 15.0


@contextmanager
def running(stage: Stage) -> Iterator[None]:
    """Identity provider and nodes, all ready; ended in reverse. `NodeNotReady` shows what one wrote last."""
    with ExitStack() as stack:
        logs = stage.path / "logs"
        logs.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(stage.base), *_claims()]
        stack.enter_context(_process("identity provider", command, logs / "idp.log", f"{stage.issuer}/"))
        for node, *_ in SERVICES:
            serve = [sys.executable, "-m", "gateway.cli", "serve", str(stage.path / node)]
            ready = f"{stage.address(node)}/healthz"
            stack.enter_context(_process(node, serve, logs / f"{node}.log", ready))
        yield


def _claims() -> Sequence[str]:
    claims: list[str] = []
    for person in people():
        told = {
            "sub": person["subject"],
            "name": person["name"],
            "entente_roles": person["roles"],
            "entente_unit": person["unit"],
        }
        claims += ["--user-claims", json.dumps(told)]
    return claims


@contextmanager
def _process(name: str, command: Sequence[str], log: Path, ready: str) -> Iterator[None]:
    if _answers(ready):
        raise NodeNotReady(f"{name}: something else answers at {ready}; end it or choose --port")
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)  # noqa: S603  # our own programs
        try:
            _wait(name, process, log, ready)
            yield
        finally:
            process.terminate()
            try:
                process.wait(ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(name: str, process: subprocess.Popen[bytes], log: Path, ready: str) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while not _answers(ready):
        if process.poll() is not None or time.monotonic() > end:
            said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise NodeNotReady(f"{name}: is not ready at {ready}; it said:\n{said}")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, trust_env=False, timeout=2).is_success
    except httpx2.HTTPError:
        return False
