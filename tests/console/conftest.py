"""The three-node demo, started once for all journeys, and a browser at it; what is missing fails, by name."""

import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, Page

from gateway.demo.cast import Stage
from gateway.demo.run import running
from tests import components
from tests.console.browser import Desks, barriers, browsing
from tests.flow.commands import copy_of

T = TypeVar("T")


@pytest.fixture(scope="session")
def console_dist() -> Path:
    """The console as it is built from the sources."""
    return _needed(components.console_path)


@pytest.fixture(scope="package")
def stage(tmp_path_factory: pytest.TempPathFactory, built: Stage) -> Stage:
    """A copy of the demo that nobody else runs."""
    return copy_of(built, tmp_path_factory.mktemp("console") / "demo")


@pytest.fixture(scope="package")
def processes(stage: Stage, console_dist: Path) -> Iterator[Mapping[str, subprocess.Popen[bytes]]]:
    """Three nodes and their identity provider by name, running until the last journey has ended."""
    assert console_dist
    with running(stage) as started:
        yield started


@pytest.fixture(scope="package")
def demo(stage: Stage, processes: Mapping[str, subprocess.Popen[bytes]]) -> Stage:
    """The demo, and it runs."""
    assert processes
    return stage


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; it ends with the journeys, for its driver keeps an event loop of its own."""
    with browsing(_needed(components.chromium_path)) as opened:
        yield opened


@pytest.fixture
def desks(demo: Stage, browser: Browser) -> Iterator[Desks]:
    """The nodes' desks; at the end no page may have said an error, left the demo or broken the policy."""
    opened = Desks(demo, browser)
    try:
        yield opened
        assert opened.faults() == []
    finally:
        opened.close()


@pytest.fixture
def signed_in(desks: Desks) -> Callable[..., Page]:
    """Sign somebody in: `signed_in("fr.ofast", "helene", "fr", "dark", path="/search")` gives the page."""
    return desks.signed_in


@pytest.fixture
def axe() -> Callable[[Page], Sequence[str]]:
    """List the barriers on a page: `assert axe(page) == []`."""
    return barriers


def _needed(bring: Callable[[], T]) -> T:
    """Bring a component, or fail: a console that nobody has looked at in a browser is not tested."""
    try:
        return bring()
    except components.ComponentMissingError as missing:
        pytest.fail(str(missing), pytrace=False)
