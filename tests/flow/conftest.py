"""What the stories share beside their worlds."""

import pytest

from gateway.demo.cast import Stage
from tests.flow.commands import copy_of


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, built: Stage) -> Stage:
    """A copy of it for the module's stories, which start and end it."""
    return copy_of(built, tmp_path_factory.mktemp("demo") / "demo")
