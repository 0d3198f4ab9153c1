"""A shelf on each of the two databases, and the entity model once for all."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from types import ModuleType

import psycopg
import pytest

from tenants.model import EntityModel, load_model
from tenants.plan import plans_of
from tenants.shelf import Shelf, open_shelf
from tenants.tables import Shelf as Tables
from tests.tenants.worlds import Worlds


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


@pytest.fixture(params=["sqlite", "postgresql"])
def worlds(request: pytest.FixtureRequest, model: EntityModel) -> Worlds:
    if request.param == "sqlite":
        return Worlds(lambda path: f"sqlite:///{path}.sqlite", model)
    make: Callable[..., str] = request.getfixturevalue("postgres_database")
    urls = {"a": make("a"), "b": make("b")}

    def emptied(path: str) -> str:
        url = urls[path[-1]]
        with psycopg.connect(url, autocommit=True) as connection:
            for table in (*Tables.metadata.tables,):
                connection.execute(f'DROP TABLE IF EXISTS "{table}" CASCADE'.encode())
        return url

    return Worlds(emptied, model)


@pytest.fixture
def bounds(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Set bounds that stand in plans, `bounds(searching, ENOUGH=3)`: no plan of another test has them."""

    def put(module: ModuleType, **values: int) -> None:
        for name, value in values.items():
            monkeypatch.setattr(module, name, value)

    plans_of.cache_clear()
    yield put
    plans_of.cache_clear()


@pytest.fixture
async def shelf(url: str, model: EntityModel) -> AsyncIterator[Shelf]:
    opened = open_shelf(url, model)
    yield opened
    await opened.close()
