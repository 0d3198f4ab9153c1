"""A desk of a real node for those who attack it; whoever breaks it fails the tests after it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.security.desk import Desk, desk_of
from tests.world import Ground, open_world


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[Desk]:
    """The doors of fr.ofast, which takes free documents as every demo does."""
    ground = Ground(opa=str(opa_binary), cache=policy_cache)
    async with (
        open_world(tmp_path_factory.mktemp("world"), ground) as world,
        desk_of(world.nodes["fr.ofast"]) as opened,
    ):
        yield opened
