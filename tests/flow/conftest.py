"""Worlds for the stories."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.demo.cast import Stage
from tests.flow.commands import copy_of
from tests.world import Ground, World, open_world


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


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, built: Stage) -> Stage:
    """A copy of it for the module's stories, which start and end it."""
    return copy_of(built, tmp_path_factory.mktemp("demo") / "demo")
