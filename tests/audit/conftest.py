"""The three stores that every test of the store's port runs on."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from audit.memory_store import MemoryStore
from audit.oversight_tables import open_oversight
from audit.sql_store import SqlStore
from audit.store import LogStore
from tests.audit.samples import Home

StoreMaker = Callable[[], LogStore]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreMaker]:
    """A maker of stores that are all on one and the same database."""
    made: list[LogStore] = []
    if request.param == "memory":
        memory = MemoryStore()

        def make() -> LogStore:
            return memory
    else:
        url = f"sqlite:///{tmp_path / 'log.db'}"
        if request.param == "postgres":
            url = request.getfixturevalue("postgres_database")("audit")

        def make() -> LogStore:
            made.append(SqlStore(url))
            return made[-1]

    yield make
    for store in made:
        store.close()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def oversight_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine | None]:
    """One database for what oversight works with; None where it is to be kept in memory."""
    if request.param == "memory":
        yield None
        return
    url = f"sqlite:///{tmp_path / 'oversight.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_database")("oversight")
    engine = open_oversight(url)
    yield engine
    engine.dispose()
