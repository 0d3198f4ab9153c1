"""The scripted question on every engine and every database gives the answer of the truth file."""

import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from deploy.demo import story
from gateway.demo.expect import differences
from policy.bundle import Bundle
from tests.world import NODES, Ground, World, open_world

QUESTIONS = {each["id"]: each for each in story.questions()["questions"]}


@pytest.fixture(scope="session")
def opa_server(opa_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real OPA on a Unix socket with the packaged Rego."""
    folder = tmp_path_factory.mktemp("opa")
    Bundle.packaged().write(folder / "rego")
    socket = folder / "opa.sock"
    command = [opa_binary, "run", "--server", "--addr", f"unix://{socket}", "--log-level", "error"]
    process = subprocess.Popen([*command, str(folder / "rego")])
    try:
        end = time.monotonic() + 30
        while not socket.exists() and time.monotonic() < end:
            time.sleep(0.05)
        yield f"unix://{socket}"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(params=["wasm", "rego", "opa"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def any_world(
    tmp_path: Path,
    ground: Ground,
    engine: str,
    database: str,
    request: pytest.FixtureRequest,
) -> AsyncIterator[World]:
    stores: dict[str, dict[str, str]] = {}
    if database == "postgresql":
        make: Callable[..., str] = request.getfixturevalue("postgres_database")
        stores = {
            node: {room: make(f"{room}_{node[:2]}") for room in ("records", "sharing", "audit")}
            for node in NODES
        }
    address = request.getfixturevalue("opa_server") if engine == "opa" else ""
    patient = {"opa_seconds": 30} if address else {}
    chosen = Ground(engine, ground.opa, address, ground.cache, stores, policy=patient)
    async with open_world(tmp_path, chosen) as opened:
        yield opened


async def test_every_question_has_its_answer_on_every_ground(any_world: World) -> None:
    found = {
        name: list(differences(question["expect"], await any_world.pose(question)))
        for name, question in QUESTIONS.items()
    }
    assert {name: differs for name, differs in found.items() if differs} == {}
