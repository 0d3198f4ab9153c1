"""The three-node demo, started once for the stories that end no node and look at nothing but their own."""

from collections.abc import Iterator

import pytest

from gateway.demo.cast import Stage
from gateway.demo.run import running
from tests.flow.commands import copy_of, run
from tests.flow.test_processes import verified

PROVIDER, OFFICER = "se.polisen", "se-83fe0c"


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory, built: Stage) -> Iterator[Stage]:
    """Three nodes for all stories of this folder; at the end the log of each holds."""
    copy = copy_of(built, tmp_path_factory.mktemp("served") / "demo")
    with running(copy):
        yield copy
    for home in copy.homes.values():
        assert verified(home)


@pytest.fixture(scope="module", autouse=True)
def _own_grants(served: Stage) -> Iterator[None]:
    """What a module's stories granted ends with them: the next ones find the demo's grants alone."""
    at = ("--node", served.address(PROVIDER), "--as", OFFICER)
    before = active(at)
    yield
    for grant in active(at) - before:
        run("grants", "revoke", grant, "--reason", "the story has ended", *at)


def active(at: tuple[str, ...]) -> set[str]:
    """The grants in force at the node."""
    return {each["id"] for each in run("grants", "list", *at)["grants"] if each["state"] == "ACTIVE"}
