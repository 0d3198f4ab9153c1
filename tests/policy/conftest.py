"""The three engines on the packaged Rego; OPA is a real server on a Unix socket and a loopback port."""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from policy.bundle import Bundle
from policy.engine import Engine
from policy.errors import EngineFailed
from policy.opa_engine import OpaEngine
from policy.rego_engine import RegoEngine
from policy.wasm_engine import WasmEngine
from tests.components import free_port

STARTS_WITHIN = 30.0


@dataclass(frozen=True)
class OpaServer:
    """Where a running OPA listens."""

    http: str
    unix: str


@contextmanager
def opa_server(binary: Path, bundle: Bundle, home: Path) -> Iterator[OpaServer]:
    """A real OPA with `bundle`, until the block ends."""
    bundle.write(home / "law")
    server = OpaServer(f"http://127.0.0.1:{free_port()}", f"unix:{home}/opa.sock")
    addresses = ["--addr", server.http, "--addr", f"unix://{home}/opa.sock"]
    command = [str(binary), "run", "--server", "--log-level", "error", *addresses, str(home / "law")]
    with (home / "opa.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            deadline = time.monotonic() + STARTS_WITHIN
            while not (home / "opa.sock").exists() and time.monotonic() < deadline and process.poll() is None:
                time.sleep(0.02)
            yield server
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    return Bundle.packaged()


@pytest.fixture(scope="session")
def wasm_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wasm")


@pytest.fixture(scope="session")
def wasm_engine(bundle: Bundle, opa_binary: Path, wasm_cache: Path) -> WasmEngine:
    return WasmEngine.open(bundle, opa=str(opa_binary), cache=wasm_cache)


@pytest.fixture(scope="session")
def rego_engine(bundle: Bundle) -> RegoEngine:
    return RegoEngine.open(bundle)


@pytest.fixture(scope="session")
def running_opa(
    bundle: Bundle, opa_binary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpaServer]:
    with opa_server(opa_binary, bundle, tmp_path_factory.mktemp("opa")) as server:
        yield server


@pytest.fixture
async def opa_engine(running_opa: OpaServer, bundle: Bundle) -> AsyncIterator[OpaEngine]:
    engine = await open_when_ready(running_opa.unix, bundle)
    yield engine
    await engine.close()


async def open_when_ready(address: str, bundle: Bundle) -> OpaEngine:
    """The engine, once the server listens."""
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            return await OpaEngine.open(address, bundle)
        except EngineFailed as failed:
            if time.monotonic() > deadline or "ClientConnector" not in str(failed):
                raise
            await asyncio.sleep(0.05)


@pytest.fixture(params=["wasm", "rego", "opa-unix", "opa-http"])
async def engine(request: pytest.FixtureRequest, bundle: Bundle) -> AsyncIterator[Engine]:
    """Each engine in turn."""
    kind, _, way = request.param.partition("-")
    if kind != "opa":
        yield request.getfixturevalue(f"{kind}_engine")
        return
    opened = await open_when_ready(getattr(request.getfixturevalue("running_opa"), way), bundle)
    yield opened
    await opened.close()
