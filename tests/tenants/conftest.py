"""A shelf on each of the two databases, and the entity model once for all."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tenants.model import EntityModel, load_model
from tenants.shelf import Shelf, open_shelf


@pytest.fixture(scope="session")
def model() -> EntityModel:
    return load_model()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each sort."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/records.sqlite"
    make: Callable[..., str] = request.getfixturevalue("postgres_database")
    return make("shelf")


@pytest.fixture
async def shelf(url: str, model: EntityModel) -> AsyncIterator[Shelf]:
    opened = open_shelf(url, model)
    yield opened
    await opened.close()
