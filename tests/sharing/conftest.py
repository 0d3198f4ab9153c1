from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from sharing.tables import create_tables
from tests.sharing.office import Office, open_office


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    opened = await open_office("fr.ofast", "se.polisen", "eu.europol")
    yield opened
    await opened.close()


@pytest.fixture
def engines_on(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[str], Callable[[], Engine]]]:
    """Engines on one `sqlite` or `postgres` database with the room's tables; each is like another process."""
    made: list[Engine] = []

    def choose(kind: str) -> Callable[[], Engine]:
        if kind == "sqlite":
            address = f"sqlite:///{tmp_path / 'sharing.db'}"
        else:
            plain: str = request.getfixturevalue("postgres_database")("sharing")
            address = plain.replace("postgresql://", "postgresql+psycopg://")

        def connect() -> Engine:
            engine = create_engine(address)
            made.append(engine)
            create_tables(engine)
            return engine

        return connect

    yield choose
    for engine in made:
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def engines(
    request: pytest.FixtureRequest, engines_on: Callable[[str], Callable[[], Engine]]
) -> Callable[[], Engine]:
    kind: str = request.param
    return engines_on(kind)
