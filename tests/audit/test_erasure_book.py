"""The book of erasures and holds: one conformance suite on memory, SQLite and PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url

from audit.erasures import LIFE, MAX_RECORDS, Erasure, ErasureBook, Hold, State
from audit.errors import ErasureRefused
from audit.memory_erasures import MemoryErasures
from audit.sql_erasures import SqlErasures
from tests.audit.samples import ORIGIN

Maker = Callable[[], ErasureBook]
CASE = "hmac-sha256:" + "ab" * 32
OTHER = "hmac-sha256:" + "cd" * 32
FIRST = Erasure("e-1", ORIGIN, ("3", "7-9"), "RETENTION_EXPIRED", "p-one", 1000)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Maker]:
    """A maker of books that are all on one and the same database."""
    made: list[Engine] = []
    if request.param == "memory":
        memory = MemoryErasures()

        def make() -> ErasureBook:
            return memory
    else:
        url = make_url(f"sqlite:///{tmp_path / 'oversight.db'}")
        if request.param == "postgres":
            address = request.getfixturevalue("postgres_database")("oversight")
            url = make_url(address).set(drivername="postgresql+psycopg")

        def make() -> ErasureBook:
            made.append(create_engine(url))
            return SqlErasures(made[-1])

    yield make
    for engine in made:
        engine.dispose()


def test_a_proposal_survives_a_restart(books: Maker) -> None:
    books().add(FIRST)
    assert books().get("e-1") == FIRST
    assert books().waiting(1000) == [FIRST]
    assert FIRST.indexes == [3, 7, 8, 9]


def test_one_id_one_proposal(books: Maker) -> None:
    book = books()
    book.add(FIRST)
    with pytest.raises(ErasureRefused, match="is there already"):
        book.add(FIRST)
    with pytest.raises(ErasureRefused, match="was never proposed here"):
        book.get("e-2")


def test_a_proposal_lapses_after_a_week(books: Maker) -> None:
    book = books()
    book.add(FIRST)
    assert book.waiting(1000 + LIFE - 1) == [FIRST]
    assert book.waiting(1000 + LIFE) == []
    with pytest.raises(ErasureRefused, match=f"until {1000 + LIFE}, it is {1000 + LIFE}"):
        FIRST.approved("p-two", 1000 + LIFE)


def test_an_approved_one_waits_until_it_is_done(books: Maker) -> None:
    book = books()
    book.add(FIRST)
    approved = FIRST.approved("p-two", 2000)
    book.step(approved, State.PROPOSED)
    assert book.waiting(1000 + 2 * LIFE) == [approved]
    with pytest.raises(ErasureRefused, match="is APPROVED, not PROPOSED; somebody was faster"):
        book.step(approved, State.PROPOSED)
    with pytest.raises(ErasureRefused, match="is APPROVED, could be approved until"):
        approved.approved("p-three", 2001)
    done = Erasure(**{name: getattr(approved, name) for name in approved.__slots__} | {"state": State.DONE})
    book.step(done, State.APPROVED)
    assert book.waiting(2001) == []
    assert books().get("e-1") == done


def test_one_person_never_gives_both_approvals(books: Maker) -> None:
    book = books()
    book.add(FIRST)
    with pytest.raises(ErasureRefused, match="proposed and approved by one person, p-one"):
        book.get("e-1").approved("p-one", 1001)


def test_proposals_come_oldest_first(books: Maker) -> None:
    book = books()
    late = Erasure("e-0", ORIGIN, ("1",), "COURT_ORDER", "p-one", 2000)
    book.add(late)
    book.add(FIRST)
    assert book.waiting(2000) == [FIRST, late]


def test_a_hold_stays_until_it_is_released(books: Maker) -> None:
    book = books()
    held, other = Hold(CASE, "p-one", 10), Hold(OTHER, "p-two", 5)
    book.hold(held)
    book.hold(Hold(CASE, "p-two", 20))
    book.hold(other)
    assert books().holds() == [other, held]
    book.release(CASE)
    assert book.holds() == [other]
    with pytest.raises(ErasureRefused, match="is not held"):
        book.release(CASE)


@pytest.mark.parametrize(
    "told",
    [
        {"ranges": ()},
        {"ranges": ("9-3",)},
        {"ranges": (f"0-{MAX_RECORDS}",)},
        {"reason": "because of Zoé"},
        {"proposer": "Zoé Lindqvist"},
        {"id": ""},
    ],
)
def test_what_might_be_content_or_is_too_much_is_refused(told: dict[str, object]) -> None:
    plain = {
        "id": "e-1",
        "log": ORIGIN,
        "ranges": ("3",),
        "reason": "COURT_ORDER",
        "proposer": "p-one",
        "proposed_at": 1,
    }
    with pytest.raises(ErasureRefused):
        Erasure(**plain | told)  # type: ignore[arg-type]  # nonsense on purpose


def test_a_case_reference_is_no_hold() -> None:
    with pytest.raises(ErasureRefused, match="is not a keyed digest"):
        Hold("FR-2026-0418", "p-one", 1)
