"""How far reconciliation has come: one conformance suite on every adapter."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from audit.errors import OversightUnavailable
from audit.memory_progress import MemoryProgress
from audit.oversight_tables import open_oversight
from audit.progress import Progress, ProgressBook
from audit.sql_progress import SqlProgress

Maker = Callable[[], ProgressBook]
FR = Progress("fr.ofast", 1_795_000_000, 1_795_000_300, "DONE", 2)
SE = Progress("se.polisen", 0, 1_795_000_300, "UNREACHABLE", 0)


@pytest.fixture
def books(oversight_engine: Engine | None) -> Maker:
    """A maker of books that are all on one and the same database."""
    if oversight_engine is None:
        memory = MemoryProgress()
        return lambda: memory
    return lambda: SqlProgress(oversight_engine)


def test_what_is_put_is_there_for_the_next_one(books: Maker) -> None:
    assert books().all() == {}
    books().put(FR)
    books().put(SE)
    assert books().all() == {"fr.ofast": FR, "se.polisen": SE}


def test_a_later_state_takes_the_place_of_the_one_before(books: Maker) -> None:
    later = Progress("fr.ofast", 2**40, 2**40, "TIMED_OUT", 7)
    for state in (FR, SE, later, later):
        books().put(state)
    assert books().all() == {"fr.ofast": later, "se.polisen": SE}


def test_a_database_that_cannot_be_used_has_a_code(tmp_path: Path) -> None:
    engine = open_oversight(f"sqlite:///{tmp_path / 'oversight.db'}")
    book = SqlProgress(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE oversight_progress"))
    with pytest.raises(OversightUnavailable, match="progress"):
        book.all()
    with pytest.raises(OversightUnavailable, match="progress"):
        book.put(FR)
    engine.dispose()
