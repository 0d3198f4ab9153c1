"""One suite for every adapter of `sharing.quota.QuotaCounter`; each SQL counter is like another process."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from policy.quota import Allowed, Budget, Charge, Guard, OverQuota, Scope, Span, Unit, account
from sharing.memory_quota import MemoryQuota
from sharing.quota import QuotaCounter
from sharing.sql_quota import SqlQuota
from tests.components import ROOT
from tests.sharing.office import NOW

Open = Callable[[], QuotaCounter]
HOUR = Budget(Scope.PERSON, Unit.QUESTIONS, Span.HOUR, 3)
CASE = Budget(Scope.CASE, Unit.QUESTIONS, Span.DAY, 4)


def charges(person: str = "p-1", case: str = "c-1", now: int = NOW, amount: int = 1) -> list[Charge]:
    return [HOUR.charge(person, amount, now), CASE.charge(case, amount, now)]


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def open_counter(request: pytest.FixtureRequest, engines_on: Callable[[str], Callable[[], Engine]]) -> Open:
    if request.param == "memory":
        kept = MemoryQuota()
        return lambda: kept
    connect = engines_on(request.param)
    return lambda: SqlQuota(connect())


def test_processes_spend_from_one_budget(open_counter: Open) -> None:
    one, other = open_counter(), open_counter()
    lefts = []
    for counter in (one, other, one):
        verdict = counter.spend(charges())
        assert isinstance(verdict, Allowed)
        lefts.append(verdict.left)
    assert lefts == [2, 1, 0]
    over = other.spend(charges())
    assert isinstance(over, OverQuota)
    assert (over.account, over.most, over.refusals) == (HOUR.charge("p-1", 1, NOW).account, 3, 1)
    again = one.spend(charges())
    assert isinstance(again, OverQuota)
    assert again.refusals == 2


def test_a_refusal_spends_nothing_of_the_other_budgets(open_counter: Open) -> None:
    counter = open_counter()
    for _ in range(6):
        counter.spend(charges())
    other = counter.spend(charges("p-2"))
    assert isinstance(other, Allowed)
    assert other.spent[CASE.charge("c-1", 1, NOW).account] == 4
    assert isinstance(counter.spend(charges("p-3")), OverQuota)


def test_it_renews_with_the_window_and_windows_that_are_over_go(open_counter: Open) -> None:
    counter = open_counter()
    over = [counter.spend(charges()) for _ in range(4)][-1]
    assert isinstance(over, OverQuota)
    assert isinstance(counter.spend(charges(now=over.renews_at)), Allowed)
    assert counter.forget(over.renews_at) == 1
    assert open_counter().forget(over.renews_at) == 0
    assert counter.forget(NOW + 3 * 86_400) == 3
    assert isinstance(counter.spend(charges()), Allowed)


def test_an_amount_of_none_only_asks(open_counter: Open) -> None:
    counter = open_counter()
    counter.spend(charges())
    for _ in range(2):
        asked = counter.spend(charges(amount=0))
        assert isinstance(asked, Allowed)
        assert list(asked.spent.values()) == [1, 1]


def test_what_is_spent_is_told_the_fullest_first(open_counter: Open) -> None:
    counter = open_counter()
    for whose, amount in (("fr.ofast/p-1", 1), ("fr.ofast/p-2", 3), ("fr.ofast2/p-1", 2), ("fr.ofast", 1)):
        assert isinstance(counter.spend([HOUR.charge(whose, amount, NOW)]), Allowed)
        counter.spend([CASE.charge(whose, amount, NOW)])

    def told(whose: str, most: int = 9, now: int = NOW) -> list[tuple[str, int]]:
        found = open_counter().spent(HOUR.charge(whose, 0, now).account, most)
        assert {(each.unit, each.span) for each, _ in found} <= {(Unit.QUESTIONS, Span.HOUR)}
        return [(each.whose, count) for each, count in found]

    assert told("fr.ofast") == [("fr.ofast/p-2", 3), ("fr.ofast", 1), ("fr.ofast/p-1", 1)]
    assert told("fr.ofast/p-2") == [("fr.ofast/p-2", 3)]
    assert told("", 2) == [("fr.ofast/p-2", 3), ("fr.ofast2/p-1", 2)]
    assert told("", now=NOW + 7200) == []


def test_the_guard_lowers_what_is_left(open_counter: Open) -> None:
    counter, guard = open_counter(), Guard(misses=2, percent=50, lowered=1)
    misses = Charge(account(Scope.PERSON, "p-1", Unit.MISSES, Span.DAY, NOW), 1)
    day = Budget(Scope.PERSON, Unit.QUESTIONS, Span.DAY, 100)
    looked = [*charges(), day.charge("p-1", 1, NOW), Charge(misses.account, 0)]
    assert isinstance(counter.spend(looked, guard), Allowed)
    for _ in range(2):
        assert isinstance(counter.spend([misses]), Allowed)
    over = counter.spend(looked, guard)
    assert isinstance(over, OverQuota)
    assert over.most == 1


def test_many_at_once_never_pass_the_limit(open_counter: Open) -> None:
    counters = [open_counter() for _ in range(4)]

    def asks(number: int) -> bool:
        person, case = f"p-{number % 2}", f"c-{number % 3}"
        return isinstance(counters[number % 4].spend(charges(person, case)), Allowed)

    with ThreadPoolExecutor(4) as threads:
        allowed = sum(threads.map(asks, range(48)))
    assert allowed == 6


def test_a_file_that_another_holds_is_waited_for(
    engines_on: Callable[[str], Callable[[], Engine]], tmp_path: Path
) -> None:
    engine = engines_on("sqlite")()
    held = sqlite3.connect(tmp_path / "sharing.db", check_same_thread=False, isolation_level=None)
    held.execute("BEGIN EXCLUSIVE")
    threading.Timer(0.2, held.execute, ["ROLLBACK"]).start()
    assert isinstance(SqlQuota(engine).spend(charges()), Allowed)
    held.close()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


ANOTHER = """
import sys
from sqlalchemy import create_engine
from policy.quota import Allowed, Budget, Scope, Span, Unit
from sharing.sql_quota import SqlQuota
counter = SqlQuota(create_engine(sys.argv[1]))
charge = Budget(Scope.PERSON, Unit.QUESTIONS, Span.HOUR, 50).charge("p-1", 1, 1)
print(sum(isinstance(counter.spend([charge]), Allowed) for _ in range(40)))
"""


def test_real_processes_share_one_budget(engines: Callable[[], Engine]) -> None:
    engine = engines()
    SqlQuota(engine)  # the tables are there before two processes come at once
    address = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", ANOTHER, address]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [int(each.communicate(timeout=60)[0]) for each in running]
    assert sum(told) == 50


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.integers(0, 9000), st.integers(0, 2)),
        max_size=20,
    )
)
def test_sql_counts_like_memory(engine: Engine, asked: list[tuple[str, str, int, int]]) -> None:
    counter, model = SqlQuota(engine), MemoryQuota()
    counter.forget(NOW + 10 * 86_400)
    for person, case, later, amount in asked:
        told = charges(person, case, NOW + later, amount)
        assert counter.spend(told) == model.spend(told)


@pytest.fixture
def engine(engines_on: Callable[[str], Callable[[], Engine]]) -> Engine:
    return engines_on("sqlite")()
