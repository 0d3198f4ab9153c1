"""The random sample: drawn by what nobody chose, the same whoever draws it, each exchange as likely."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.checkpoint import Checkpoint
from audit.entry import Entry, Kind
from audit.errors import SearchRefused
from audit.index import catch_up
from audit.memory_index import MemoryIndex
from audit.memory_store import MemoryStore
from audit.merkle import Frontier, leaf_hash
from audit.questions import Question, questions
from audit.row import row_of
from audit.sampling import Week, asked_in, basis_of, draw, seed
from audit.store import Group, Head
from tests.audit.samples import KEY, ORIGIN

WEEK = Week.parse("2026-W47")


def asked(number: int, at: datetime) -> bytes:
    subject = f"sha256:{number:064x}"
    told = {"query_id": f"q-{number}"}
    return Entry(Kind.ASKED, "fr.ofast", told, subject=subject, id=f"{number:032x}").leaf(at, None)


def population(size: int) -> list[Question]:
    rows = [row_of(number, asked(number, WEEK.since + timedelta(minutes=number))) for number in range(size)]
    return questions(rows)


def test_a_week_is_of_the_nodes_own_zone() -> None:
    assert (WEEK.since, WEEK.until) == (
        datetime(2026, 11, 16, tzinfo=UTC),
        datetime(2026, 11, 23, tzinfo=UTC),
    )
    summer = Week.parse("2026-W43", ZoneInfo("Europe/Paris"))
    assert summer.since.isoformat() == "2026-10-19T00:00:00+02:00"
    assert summer.until.isoformat() == "2026-10-26T00:00:00+01:00"


@pytest.mark.parametrize(
    "text", ["", "2026-47", "2026-W54", "2026-W00", "0000-W01", "9999-W53", "２０２６-W01"]
)
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(SearchRefused, match="week"):
        Week.parse(text)


def test_the_seed_is_what_the_documentation_says() -> None:
    root = bytes(range(32))
    assert (
        seed("2026-W47", root)
        == sha256(b"entente/sample/v1\n2026-W47\n" + root.hex().encode() + b"\n").digest()
    )


@given(size=st.integers(0, 30), count=st.integers(1, 40), root=st.binary(min_size=32, max_size=32))
def test_it_is_drawn_again_the_same_whatever_the_order(size: int, count: int, root: bytes) -> None:
    people = population(size)
    drawn = draw(seed("2026-W47", root), people, count)
    assert draw(seed("2026-W47", root), reversed(people), count) == drawn
    assert len(drawn) == min(size, count)
    assert len({each.about for each in drawn}) == len(drawn)
    shorter = draw(seed("2026-W47", root), people, max(1, count - 1))
    assert shorter == drawn[: len(shorter)]


def test_every_exchange_is_about_as_likely() -> None:
    people = population(20)
    drawn = Counter(
        each.about
        for turn in range(2000)
        for each in draw(seed("w", sha256(bytes([turn % 256, turn // 256])).digest()), people, 5)
    )
    assert len(drawn) == 20
    assert all(400 < count < 600 for count in drawn.values())  # 500 expected, sigma about 19


@pytest.mark.parametrize("count", [0, 201])
def test_a_sample_is_bounded(count: int) -> None:
    with pytest.raises(SearchRefused, match=f"{count} are wanted"):
        draw(bytes(32), (), count)


def log_of(times: list[datetime], kept: list[int]) -> tuple[MemoryIndex, MemoryStore, Head]:
    """A log with entries at these times and checkpoints kept of these sizes."""
    parts = [asked(number, at) for number, at in enumerate(times)]
    store, grown = MemoryStore(), Frontier()
    for size, part in enumerate(parts, 1):
        before, grown = grown.size, grown.append([leaf_hash(part)])
        store.commit(Group(before, Head(size, grown.root()), [part]))
        if size in kept:
            note = Checkpoint(ORIGIN, size, grown.root()).sign(KEY)
            store.commit(Group(size, note=(size, note)))
    index, head = MemoryIndex(), Head(grown.size, grown.root())
    catch_up(index, store, head)
    return index, store, head


def test_the_first_checkpoint_kept_after_the_week_decides_and_stays_the_one() -> None:
    after = [WEEK.until + timedelta(minutes=number) for number in range(3000)]
    index, store, head = log_of([WEEK.since, WEEK.since, *after], [2, *range(4, 3003)])
    basis = basis_of(index, store, head, WEEK.until)
    assert (basis.head.size, basis.final) == (4, True)
    short = log_of([WEEK.since, WEEK.since, *after[:3]], [4, 5])
    assert basis_of(*short, WEEK.until) == basis


def test_without_one_the_head_decides_and_says_that_it_is_not_final() -> None:
    index, store, head = log_of([WEEK.since, WEEK.until], [1])
    basis = basis_of(index, store, head, WEEK.until)
    assert (basis.head, basis.final) == (head, False)
    index, store, head = log_of([WEEK.since, WEEK.since], [1, 2])
    assert basis_of(index, store, head, WEEK.until).final is False


def test_the_weeks_questions_are_those_asked_in_it() -> None:
    times = [WEEK.since - timedelta(seconds=1), WEEK.since, WEEK.until - timedelta(seconds=1), WEEK.until]
    index, _, _ = log_of(times, [])
    assert [each.row.query_id for each in asked_in(index, WEEK)] == ["q-1", "q-2"]
