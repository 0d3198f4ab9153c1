"""The watch over the own log: its age over restarts, and what operators are told, once."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.cosignature import Cosigner, cosign
from audit.entry import Entry, Kind
from audit.feeding import with_cosignatures
from audit.freshness import Freshness, Limits
from audit.guard import MemoryGuard
from audit.log import Log
from audit.memory_store import MemoryStore
from audit.note import Note
from audit.trust import TrustPolicy
from gateway.settings import WitnessPart
from gateway.watch import Watch, watch_of
from tests.audit.histories import NOW, WITNESS_KEY
from tests.audit.samples import KEY

POLICY = TrustPolicy((KEY.public,), {"w": Cosigner(WITNESS_KEY.public)}, quorum="w")


class Clock:
    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now

    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def watch(clock: Clock, policy: TrustPolicy | None = POLICY) -> Watch:
    return Watch(policy, Limits(60, 900, 14_400), clock)


async def filled(clock: Clock, cosigned: Sequence[bool]) -> MemoryStore:
    """A log of one entry a minute, of whose checkpoints these were cosigned."""
    store = MemoryStore()
    log = await Log.open(store, MemoryGuard(), KEY, clock=clock.moment)
    for each in cosigned:
        await log.append(Entry(Kind.ADMINISTRATION, "fr.ofast"))
        if each:
            note = log.checkpoint()
            line = cosign(Note.parse(note).text, WITNESS_KEY, int(clock.now))
            await log.keep(with_cosignatures(note, [line]))
        clock.now += 60
    await log.close()
    return store


async def test_an_empty_log_starts_fresh(clock: Clock) -> None:
    seen = watch(clock)
    seen.recall(MemoryStore())
    assert seen.freshness() == (Freshness.FRESH, 0)


async def test_a_log_without_a_quorum_is_as_old_as_its_first_entry(clock: Clock) -> None:
    store = await filled(clock, [False] * 20)
    seen = watch(clock)
    seen.recall(store)
    assert (seen.freshness(), seen.note) == ((Freshness.PAGE, 1200), "")


async def test_the_last_checkpoint_with_a_quorum_is_found_again(clock: Clock) -> None:
    store = await filled(clock, [True, True, False, False])
    seen = watch(clock)
    seen.recall(store)
    assert seen.freshness() == (Freshness.WARN, 180)
    assert seen.note == store.note(2)


async def test_an_older_quorum_replaces_no_newer_one(clock: Clock) -> None:
    store = await filled(clock, [True, True])
    first, second = store.notes(9, 2)[::-1]
    seen = watch(clock)
    assert seen.take(second)
    assert not seen.take(first)
    assert seen.note == second


async def test_without_a_policy_nothing_is_asked_for(clock: Clock) -> None:
    store = await filled(clock, [True])
    for none in (None, TrustPolicy((KEY.public,))):
        seen = watch(clock, none)
        seen.recall(store)
        clock.now += 10**6
        assert seen.freshness() == (Freshness.UNWITNESSED, 0)
        assert not seen.note


def test_operators_are_told_of_each_state_once(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    seen = watch(clock)
    seen.since = NOW
    for seconds in (0, 10, 60, 61, 900, 14_400, 14_401):
        clock.now = NOW + seconds
        seen.tell()
    seen.since = int(clock.now)
    seen.tell()
    told = [(each.levelname, each.getMessage().partition(":")[0]) for each in caplog.records]
    assert told == [
        ("WARNING", "LOG_WARN"),
        ("ERROR", "LOG_PAGE"),
        ("CRITICAL", "LOG_STOP"),
        ("INFO", "LOG_FRESH"),
    ]


def test_the_limits_are_the_settings(clock: Clock, tmp_path: Path) -> None:
    made = watch_of(tmp_path, WitnessPart(warn_seconds=1, page_seconds=2, stop_seconds=3), (), clock)
    assert made.limits == Limits(1, 2, 3)
    assert made.policy is None
