"""The log: entries in, receipts out, on every store."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from audit.checkpoint import Checkpoint, open_checkpoint
from audit.cosignature import cosign
from audit.entry import Entry, Kind, read_leaf
from audit.errors import (
    AuditUnavailable,
    Duplicate,
    FormatRefused,
    GuardRefused,
    ProofRefused,
    Quarantined,
    SealRefused,
)
from audit.guard import MemoryGuard
from audit.keys import SignatureType, SigningKey
from audit.log import Log
from audit.memory_store import MemoryStore
from audit.merkle import verify_consistency
from audit.note import Note
from audit.receipt import Receipt
from audit.store import Group, Guard, Head, LogReader, LogStore
from tests.audit.samples import BLOB_KEY, DIGEST, KEY, NODE, ORIGIN, OTHER_KEY, Home, asked, disclosed

Maker = Callable[[], LogStore]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def opened(store: LogStore, guard: Guard | None = None, **more: Any) -> AsyncIterator[Log]:
    log = await Log.open(store, guard or MemoryGuard(), KEY, blob_key=BLOB_KEY, **more)
    try:
        yield log
    finally:
        await log.close()


async def test_an_entry_gets_a_receipt(stores: Maker) -> None:
    async with opened(stores(), clock=Clock()) as log:
        entry = asked()
        receipt = await log.append(entry)
        assert (receipt.origin, receipt.index, receipt.size) == (ORIGIN, 0, 1)
        assert (receipt.kind, receipt.subject, receipt.entry_id) == (Kind.ASKED, DIGEST, entry.id)
        (stored,) = await log.entries(0, 10)
        assert stored.leaf == entry.leaf(NOON, None)
        assert Receipt.parse(receipt.text).verify_leaf(stored.leaf, KEY.public).leaf_shown
        assert open_checkpoint(log.checkpoint(), [KEY.public]).size == 1


async def test_what_is_queued_goes_into_few_groups(stores: Maker) -> None:
    async with opened(stores()) as log:
        receipts = await asyncio.gather(*[log.append(asked(f"q-{i}")) for i in range(700)])
        assert sorted(receipt.index for receipt in receipts) == list(range(700))
        assert len({receipt.size for receipt in receipts}) < 50
        for receipt in receipts[::50]:
            Receipt.parse(receipt.text).verify(KEY.public)
        assert log.head.size == 700
        assert len(await log.entries(100, 200)) == 100


async def test_several_entries_at_once(stores: Maker) -> None:
    async with opened(stores()) as log:
        receipts = await log.append_many([asked("a"), asked("b"), asked("c")])
        assert [receipt.index for receipt in receipts] == [0, 1, 2]
        assert {receipt.size for receipt in receipts} == {3}
        assert await log.append_many([]) == []


async def test_a_log_goes_on_where_it_ended(stores: Maker) -> None:
    guard = MemoryGuard()
    for start in range(0, 900, 300):
        async with opened(stores(), guard) as log:
            assert log.head.size == start
            await log.append_many([asked(f"q-{i}") for i in range(300)])
    async with opened(stores(), guard) as log:
        receipt = await log.append(asked("last"))
        Receipt.parse(receipt.text).verify(KEY.public)
        old = await log.receipt(5, at_size=300)
        assert (old.index, old.size) == (5, 300)
        Receipt.parse(old.text).verify(KEY.public)
        roots = {}
        for size in (300, 600, 900):
            roots[size] = open_checkpoint(log._note(size), [KEY.public]).root
        verify_consistency((300, roots[300]), (900, roots[900]), await log.consistency(300, 900))
        verify_consistency((600, roots[600]), (901, log.head.root), await log.consistency(600))


async def test_receipts_of_entries_long_past(stores: Maker) -> None:
    async with opened(stores()) as log:
        first = await log.append(asked("first"))
        await log.append_many([asked(f"q-{i}") for i in range(300)])
        again = await log.receipt(0)
        assert (again.entry_id, again.subject, again.size) == (first.entry_id, DIGEST, 301)
        Receipt.parse(again.text).verify(KEY.public)
        with pytest.raises(ProofRefused, match="no checkpoint of size 7 was kept"):
            await log.receipt(0, at_size=7)
        with pytest.raises(ProofRefused, match="leaf 301 is not in a tree of 301"):
            await log.receipt(301)
        with pytest.raises(ProofRefused, match="size 302 is beyond the signed 301"):
            await log.consistency(1, 302)


async def test_a_second_one_fails_alone(stores: Maker) -> None:
    clock = Clock()
    async with opened(stores(), clock=clock) as log:
        await log.append(asked(once="nonce", expires=NOON + timedelta(seconds=60)))
        results = await asyncio.gather(
            log.append(asked("a", once="nonce")),
            log.append(asked("b", once="fresh")),
            log.append_many([asked("c", once="twin"), asked("d", once="twin")]),
            log.append_many([asked("e", once="free"), asked("f", once="fresh")]),
            log.append(asked("g", once="free")),
            return_exceptions=True,
        )
        assert [type(result) for result in results] == [Duplicate, Receipt, Duplicate, Duplicate, Receipt]
        assert log.head.size == 3
        with pytest.raises(Duplicate, match="this ASKED is logged already"):
            await log.append(asked("b", once="fresh"))
        clock.now += timedelta(seconds=60)
        await log.append(asked("a", once="nonce"))
        clock.now += timedelta(days=1000)
        with pytest.raises(Duplicate):
            await log.append(asked("b", once="fresh"))
        assert log.head.size == 4


async def test_lapsed_keys_are_forgotten(stores: Maker) -> None:
    clock, store = Clock(), stores()
    async with opened(store, clock=clock) as log:
        await log.append(asked(once="nonce", expires=NOON + timedelta(seconds=60)))
        clock.now += timedelta(seconds=61)
        for i in range(40):
            await log.append(asked(f"q-{i}"))
        clock.now = NOON
        await log.append(asked(once="nonce"))


async def test_an_intent_is_open_until_its_outcome(stores: Maker) -> None:
    async with opened(stores()) as log:
        first, second = await log.append_many([asked("a"), Entry(Kind.QUESTION_RECEIVED, NODE)])
        assert [(i.entry_id, i.index, i.kind) for i in await log.open_intents()] == [
            (first.entry_id, 0, "ASKED"),
            (second.entry_id, 1, "QUESTION_RECEIVED"),
        ]
        await log.append(disclosed(second.entry_id))
        assert [intent.entry_id for intent in await log.open_intents()] == [first.entry_id]
        await log.append(Entry(Kind.CLOSED, NODE, {"intent": first.entry_id}))
        assert await log.open_intents() == []


async def test_what_is_sealed_opens_with_the_blob_key(stores: Maker) -> None:
    async with opened(stores()) as log:
        await log.append_many([asked(sealed=b"inspector 17"), asked()])
        assert await log.unseal(0) == b"inspector 17"
        stored = await log.entries(0, 2)
        assert stored[0].blob is not None
        assert b"inspector" not in stored[0].leaf + stored[0].blob.sealed
        assert "commitment" in read_leaf(stored[0].leaf)
        for index in (1, 2):
            with pytest.raises(SealRefused, match="no sealed blob"):
                await log.unseal(index)


async def test_without_a_blob_key_nothing_is_sealed() -> None:
    log = await Log.open(MemoryStore(), MemoryGuard(), KEY)
    with pytest.raises(SealRefused, match="without a blob key"):
        await log.append(asked(sealed=b"x"))
    assert log.head.size == 0
    await log.close()


async def test_a_caller_that_is_cancelled_loses_nothing(stores: Maker) -> None:
    async with opened(stores()) as log:
        task = asyncio.create_task(log.append(asked("cancelled")))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await log.append(asked("next"))).index == 1
        assert [read_leaf(leaf.leaf)["query_id"] for leaf in await log.entries(0, 2)] == ["cancelled", "next"]


def witness(name: str) -> SigningKey:
    return SigningKey.generate(name, SignatureType.COSIGNATURE)


def cosigned(note: str, *witnesses: SigningKey) -> str:
    checkpoint = Note.parse(note).text
    return note + "".join(cosign(checkpoint, key, 1_800_000_000).line for key in witnesses)


async def test_cosigned_checkpoints_are_kept_with_all_their_signatures(stores: Maker) -> None:
    one, other = witness("one.example"), witness("other.example")
    async with opened(stores()) as log:
        empty = log.checkpoint()
        await log.append_many([asked("a"), asked("b")])
        note = log.checkpoint()
        await log.append(asked("c"))
        await log.keep(cosigned(note, one))
        await log.keep(cosigned(note, other))
        await log.keep(cosigned(note, one))
        kept = log.reader.note(2)
        assert kept is not None
        assert Note.parse(kept).text == Note.parse(note).text
        assert [line.name for line in Note.parse(kept).signatures] == [ORIGIN, one.name, other.name]
        again = await log.receipt(0, at_size=2)
        assert again.text.endswith(kept)
        Receipt.parse(again.text).verify(KEY.public)
        await log.keep(empty)


async def test_a_checkpoint_that_was_never_signed_is_not_kept(stores: Maker) -> None:
    async with opened(stores()) as log:
        await log.append_many([asked("a"), asked("b")])
        root = log.head.root
        for text, message in [
            (Checkpoint(ORIGIN, 3, root).sign(KEY), "was never signed, the log is at size 2"),
            (Checkpoint(ORIGIN, 1, root).sign(KEY), "size 1, .* the log has root"),
            (Checkpoint(ORIGIN, 2, root, ("more",)).sign(KEY), "the log has root"),
            (Checkpoint(ORIGIN, 2, root).sign(OTHER_KEY), "by none of"),
        ]:
            with pytest.raises(ProofRefused, match=message):
                await log.keep(text)
        with pytest.raises(FormatRefused):
            await log.keep("nonsense")
        assert log.reader.note(1) is None
    with pytest.raises(AuditUnavailable, match="is closed"):
        await log.keep(log.checkpoint())


async def test_a_store_that_fails_while_keeping_is_named() -> None:
    class Broken(MemoryStore):
        def note(self, size: int) -> str | None:
            raise RuntimeError(str(size))

    async with opened(Broken()) as log:
        with pytest.raises(AuditUnavailable, match="RuntimeError"):
            await log.keep(log.checkpoint())


async def test_a_log_in_quarantine_appends_nothing_and_is_readable(stores: Maker) -> None:
    async with opened(stores()) as log:
        await log.append(asked("a"))
        log.quarantine("witness one.example is at size 7, the log at size 1")
        log.quarantine("another reason")
        for _ in range(2):
            with pytest.raises(Quarantined, match=f"log {ORIGIN}: witness one.example is at size 7"):
                await log.append(asked("b"))
        assert log.head.size == 1
        assert len(await log.entries(0, 5)) == 1
        Receipt.parse((await log.receipt(0)).text).verify(KEY.public)


async def test_a_closed_log_takes_nothing() -> None:
    log = await Log.open(MemoryStore(), MemoryGuard(), KEY)
    queued = asyncio.create_task(log.append(asked()))
    await asyncio.sleep(0)
    await log.close()
    assert (await queued).index == 0
    with pytest.raises(AuditUnavailable, match="is closed"):
        await log.append(asked())
    await log.close()


async def test_a_silence_keeps_the_checkpoint(stores: Maker) -> None:
    store = stores()
    async with opened(store) as log:
        await log.append(asked())
        for _ in range(100):
            if store.reader.note(1) is not None:
                break
            await asyncio.sleep(0.05)
        assert store.reader.note(1) == log.checkpoint()


async def test_the_longest_group_ends(stores: Maker) -> None:
    async with opened(stores()) as log:
        receipts = await asyncio.gather(*[log.append(asked(f"q-{i}")) for i in range(2100)])
        assert max(receipt.size for receipt in receipts) == 2100


class Faulty(MemoryStore):
    """A store that a test breaks: before or after it has written."""

    def __init__(self) -> None:
        super().__init__()
        self.before: Exception | None = None
        self.after: Exception | None = None

    def commit(self, group: Group) -> None:
        if self.before is not None:
            raise self.before
        super().commit(group)
        if self.after is not None and group.head is not None:
            raise self.after


class FaultyGuard(MemoryGuard):
    """A guard that a test breaks."""

    broken = False

    def remember(self, head: Head) -> None:
        if self.broken:
            raise AuditUnavailable("guard: no room")
        super().remember(head)


async def test_every_waiter_hears_of_a_failure_and_the_log_recovers() -> None:
    store = Faulty()
    async with opened(store) as log:
        await log.append(asked("a"))
        store.before = AuditUnavailable("log store: disk full")
        results = await asyncio.gather(
            *[log.append(asked(f"q-{i}")) for i in range(9)], return_exceptions=True
        )
        assert {type(result) for result in results} == {AuditUnavailable}
        store.before = None
        assert (await log.append(asked("b"))).index == 1


async def test_a_group_that_was_written_after_all_is_taken_over() -> None:
    store = Faulty()
    async with opened(store) as log:
        store.after = AuditUnavailable("log store: connection lost during commit")
        with pytest.raises(AuditUnavailable):
            await log.append(asked("a"))
        store.after = None
        receipt = await log.append(asked("b"))
        assert (receipt.index, receipt.size) == (1, 2)
        Receipt.parse(receipt.text).verify(KEY.public)


async def test_a_bug_in_a_store_hangs_nobody() -> None:
    store = Faulty()
    async with opened(store) as log:
        store.before = ZeroDivisionError("bug")
        with pytest.raises(AuditUnavailable, match="ZeroDivisionError") as caught:
            await log.append(asked("a"))
        assert "ZeroDivisionError: bug" in caught.value.diagnostics()
        store.before = None
        assert (await log.append(asked("b"))).index == 0


async def test_a_store_that_stays_broken_is_asked_again() -> None:
    class Down(Faulty):
        down = False

        def start(self) -> Head | None:
            if self.down:
                raise AuditUnavailable("log store: away")
            return super().start()

    store = Down()
    async with opened(store) as log:
        store.before, store.down = AuditUnavailable("log store: lost"), True
        for _ in range(2):
            with pytest.raises(AuditUnavailable):
                await log.append(asked("a"))
        store.before, store.down = None, False
        assert (await log.append(asked("b"))).index == 0


async def test_what_the_guard_could_not_keep_is_signed_later() -> None:
    store, guard = MemoryStore(), FaultyGuard()
    async with opened(store, guard) as log:
        guard.broken = True
        with pytest.raises(AuditUnavailable, match="guard: no room"):
            await log.append(asked("a"))
        assert log.head.size == 0
        guard.broken = False
        receipt = await log.append(asked("b"))
        assert (receipt.index, receipt.size) == (1, 2)
        assert guard.last() == log.head


async def test_a_duplicate_alone_in_its_group_changes_nothing(stores: Maker) -> None:
    async with opened(stores()) as log:
        await log.append_many([asked("a", once="a"), asked("b")])
        head = log.head
        with pytest.raises(Duplicate):
            await log.append(asked("a", once="a"))
        assert log.head == head


async def test_unsigned_groups_are_signed_at_the_next_start(home: Home) -> None:
    store, guard = MemoryStore(), FaultyGuard()
    async with opened(store, guard) as log:
        guard.broken = True
        with pytest.raises(AuditUnavailable):
            await log.append_many([asked("a"), asked("b")])
    guard.broken = False
    async with opened(store, guard) as log:
        assert log.head.size == 2
        assert guard.last() == log.head
        assert store.reader.note(2) == log.checkpoint()


async def test_a_store_that_cannot_be_read_at_the_start() -> None:
    class Blind(MemoryStore):
        @property
        def reader(self) -> LogReader:
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        async with opened(Blind()):
            pass

    class Broken(MemoryStore):
        def start(self) -> Head | None:
            raise OSError("gone")

    with pytest.raises(AuditUnavailable, match="OSError"):
        async with opened(Broken()):
            pass


async def test_a_starter_that_is_cancelled_leaves_nothing_open() -> None:
    class Slow(MemoryStore):
        closed = False

        def start(self) -> Head | None:
            time.sleep(0.2)
            return super().start()

        def close(self) -> None:
            self.closed = True

    store = Slow()
    task = asyncio.create_task(Log.open(store, MemoryGuard(), KEY))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert store.closed


async def test_a_loop_that_is_gone_has_no_waiters() -> None:
    async with opened(MemoryStore()) as log:
        loop, log._committer._loop = log._committer._loop, asyncio.new_event_loop()
        log._committer._loop.close()
        lost = log._committer._queue
        assert lost.empty()
        log._committer._tell(print, "nobody")
        log._committer._loop = loop


async def test_a_missing_guard_is_good_for_an_empty_log_only() -> None:
    store = MemoryStore()
    async with opened(store) as log:
        await log.append(asked())
    with pytest.raises(GuardRefused, match="there is no guard for it"):
        async with opened(store, MemoryGuard()):
            pass
