"""Worlds for the stories."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from gateway.demo.build import build
from gateway.demo.cast import Stage
from gateway.demo.plan import invented
from tests.components import free_ports
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


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, opa_binary: Path) -> Stage:
    """The demo as it is made for people; nobody runs this one."""
    assert opa_binary
    stage = Stage(tmp_path_factory.mktemp("demo") / "demo", free_ports(5), "wasm")
    return build(stage, lambda work: invented(work, "small"), Console(quiet=True))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, built: Stage) -> Stage:
    """A copy of it for the module's stories, which start and end it."""
    copy = replace(built, path=tmp_path_factory.mktemp("demo") / "demo")
    shutil.copytree(built.path, copy.path)
    return copy
