"""Running the demo's processes: the identity provider and the nodes, in a group that ends with us."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx2

from gateway.demo.cast import SERVICES, Stage, find_opa, people
from gateway.errors import NodeNotReady
from policy.bundle import Bundle

STARTS_WITHIN = 180.0
ENDS_WITHIN = 15.0


@dataclass(frozen=True, slots=True)
class Program:
    """A process of the demo: how it is called, where it writes, and where it answers when it is ready."""

    name: str
    command: Sequence[str]
    log: Path
    ready: str


@contextmanager
def running(stage: Stage) -> Iterator[Mapping[str, subprocess.Popen[bytes]]]:
    """Identity provider and nodes by name, all ready; ended in reverse. `NodeNotReady` if one is not."""
    logs = stage.path / "logs"
    logs.mkdir(exist_ok=True)
    idp = [sys.executable, "-m", "gateway.demo.provider", "--port", str(stage.base), *_claims()]
    programs = [Program("identity provider", idp, logs / "idp.log", f"{stage.issuer}/")]
    for node, *_ in SERVICES:
        command = [sys.executable, "-m", "gateway.cli", "serve", str(stage.path / node)]
        programs.append(Program(node, command, logs / f"{node}.log", f"{stage.address(node)}/healthz"))
    with ExitStack() as stack:
        stack.enter_context(policy_server(stage))
        processes = [stack.enter_context(_started(program)) for program in programs]
        for program, process in zip(programs, processes, strict=True):
            _wait(program, process)
        yield {program.name: process for program, process in zip(programs, processes, strict=True)}


@contextmanager
def policy_server(stage: Stage) -> Iterator[None]:
    """A real OPA with the packaged Rego, where that is the demo's engine."""
    if stage.engine != "opa":
        yield
        return
    rego = stage.path / "rego"
    Bundle.packaged().write(rego)
    address = stage.opa_address.removeprefix("http://")
    command = [find_opa() or "opa", "run", "--server", "--addr", address, "--log-level", "error", str(rego)]
    program = Program("OPA", command, stage.path / "opa.log", f"{stage.opa_address}/health")
    with _started(program) as process:
        _wait(program, process)
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
def _started(program: Program) -> Iterator[subprocess.Popen[bytes]]:
    if answers(program.ready):
        raise NodeNotReady(f"{program.name}: something else answers at {program.ready}; end it first")
    with program.log.open("wb") as output:
        process = subprocess.Popen(program.command, stdout=output, stderr=subprocess.STDOUT)  # noqa: S603  # our own
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(program: Program, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while not answers(program.ready):
        if process.poll() is not None or time.monotonic() > end:
            said = program.log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise NodeNotReady(f"{program.name}: is not ready at {program.ready}; it said:\n{said}")
        time.sleep(0.1)


def answers(url: str) -> bool:
    """Whether something is ready there."""
    try:
        return _asker().get(url).is_success
    except httpx2.HTTPError:
        return False


@cache
def _asker() -> httpx2.Client:
    """One for all asking: to make one reads the machine's certificates, which takes longer than to ask.

    It keeps no connection, so there is nothing to close.
    """
    return httpx2.Client(trust_env=False, timeout=2, limits=httpx2.Limits(max_keepalive_connections=0))
