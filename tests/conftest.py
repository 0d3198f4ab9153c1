"""Fixtures for every test: the real components, the closed network, the last lines of the output."""

import gc
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from rich.console import Console
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from gateway.demo.build import build
from gateway.demo.cast import Stage
from gateway.demo.plan import invented
from tenants.matching.process_names import shared_names
from tenants.model import OWN
from tests import components
from tests.world import Ground, World, open_world

T = TypeVar("T")
REQUIRED = os.environ.get("CI") == "true" or os.environ.get("ENTENTE_REQUIRE_ALL") == "1"
SHARING_A_DEMO = ("tests/console", "tests/flow/served")

settings.register_profile(
    "default", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "ci", settings.get_profile("default"), max_examples=40, derandomize=True, database=None
)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if REQUIRED else "default"))


@pytest.fixture(scope="session", autouse=True)
def _closed_network() -> Iterator[None]:
    with components.only_loopback():
        yield


@pytest.fixture(scope="session", autouse=True)
def _names_at_hand() -> Iterator[None]:
    """What compares names takes seconds of each new process: all worlds of this run share one."""
    with shared_names(OWN):
        yield


@pytest.fixture(scope="session")
def soft_tokens() -> Iterator[components.SoftTokens]:
    """Tokens of SoftHSM; the module stays in this process, and so does its configuration."""
    with ExitStack() as stack:
        yield _present(lambda: stack.enter_context(components.soft_tokens()))


@pytest.fixture(scope="session")
def promtool_binary() -> Path:
    """Prometheus's promtool."""
    return _present(components.promtool_path)


@pytest.fixture(scope="session")
def opa_binary() -> Path:
    """A real OPA, 1.21.1 or newer."""
    return _present(components.opa_path)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, opa_binary: Path) -> Stage:
    """The demo as it is made for people; nobody runs this one, a copy of it is run."""
    assert opa_binary
    stage = Stage(tmp_path_factory.mktemp("demo") / "demo", components.free_ports(5), "wasm")
    return build(stage, lambda work: invented(work, "small"), Console(quiet=True))


@pytest.fixture(scope="session")
def go_binary() -> Path:
    """A Go that builds the outside verifiers."""
    return _present(components.go_path)


@pytest.fixture(scope="session")
def policy_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the compiled policy is kept for the whole run."""
    return tmp_path_factory.mktemp("policy")


@pytest.fixture
def ground(opa_binary: Path, policy_cache: Path) -> Ground:
    """SQLite and the embedded Wasm engine."""
    return Ground(engine="wasm", opa=str(opa_binary), cache=policy_cache)


@pytest.fixture
async def world(tmp_path: Path, ground: Ground) -> AsyncIterator[World]:
    """Three nodes with the story's records and grants."""
    async with open_world(tmp_path, ground) as opened:
        yield opened


@pytest.fixture(scope="session")
def outside_program() -> Callable[[str], Path]:
    """Bring a program that no one here wrote: `outside_program("fsck")`; built when it is first wanted."""
    return lambda name: _present(lambda: components.outside_path(name))


@pytest.fixture(scope="session")
def checker() -> Callable[[str], Path]:
    """Bring a program that checks an installation's files: `checker("hadolint")`."""
    return lambda name: _present(lambda: components.checker_path(name))


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[components.PostgresCluster]:
    """A private PostgreSQL cluster for this run."""
    with ExitStack() as stack:
        yield _present(lambda: stack.enter_context(components.postgres_cluster()))


@pytest.fixture(scope="session")
def postgres_url(postgres_cluster: components.PostgresCluster) -> str:
    """The address of the cluster's maintenance database."""
    return postgres_cluster.url


@pytest.fixture
def postgres_database(postgres_cluster: components.PostgresCluster) -> Iterator[Callable[..., str]]:
    """Make empty databases: `postgres_database("se")` returns the address; they go when the test ends."""
    made: list[str] = []

    def make(name: str = "entente") -> str:
        made.append(postgres_cluster.create(name))
        return postgres_cluster.url_of(made[-1])

    yield make
    for database in made:
        postgres_cluster.drop(database)


def _present(bring: Callable[[], T]) -> T:
    """Bring a component, or skip the test that needs it; where none may be missing, fail it."""
    try:
        return bring()
    except components.ComponentMissingError as missing:
        if REQUIRED:
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


def pytest_collection_finish() -> None:
    """What was imported and collected stays: it is not searched for garbage in the midst of every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


class _FileByFile(LoadFileScheduling):
    """A file stays with one process, and so does a folder that shares a running demo."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        folder = file.rpartition("/")[0]
        return folder if folder in SHARING_A_DEMO else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _FileByFile:
    """Who takes the next tests where they run side by side."""
    return _FileByFile(config, log)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Name the missing components in the last lines, each with the command that brings it."""
    try:
        return (yield)
    finally:
        reasons = Counter(
            report.longrepr[2].removeprefix("Skipped: ")
            for report in terminalreporter.stats.get("skipped", [])
            if isinstance(report.longrepr, tuple)
        )
        for reason, tests in sorted(reasons.items()):
            if reason.startswith("needs "):
                terminalreporter.write_line(
                    f"not run for want of a component: {tests} tests, {reason}", yellow=True
                )
