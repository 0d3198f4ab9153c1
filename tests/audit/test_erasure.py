"""Erasure: blobs go with their entry, all proofs stay, and the bytes are gone from the files."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.admission import MAX_ERASED
from audit.archive import open_archive
from audit.entry import Entry, Kind
from audit.errors import ErasureRefused, SealRefused
from audit.guard import MemoryGuard
from audit.log import Log
from audit.memory_store import MemoryStore
from audit.ranges import ranges_of
from audit.receipt import Receipt
from audit.sealing import Blob
from audit.sql_store import SqlStore
from audit.store import Group, Head, LogStore, StoredLeaf
from audit.trust import TrustPolicy
from audit.verifier import verify
from tests.audit.samples import BLOB_KEY, KEY, NODE, Home, asked

Maker = Callable[[], LogStore]
ROOT = bytes(32)
SECRET = b"a person's name that must go, long enough to be found wherever it stands"


def erased(indexes: Sequence[int], **other: Any) -> Entry:
    facts: dict[str, Any] = {
        "ranges": ranges_of(indexes),
        "records": len(indexes),
        "reasons": ["RETENTION_EXPIRED"],
        "approvers": ["p-one", "p-two"],
        "retain_until": "2029-01-01",
    }
    return Entry(Kind.ERASED, NODE, facts | other)


async def in_memory(store: MemoryStore) -> Log:
    return await Log.open(store, MemoryGuard(), KEY, blob_key=BLOB_KEY)


def test_a_store_deletes_blobs_with_the_step(stores: Maker) -> None:
    store = stores()
    store.start()
    blobs = [(0, Blob(b"zero", b"k0")), (2, Blob(b"two", b"k2"))]
    store.commit(Group(0, Head(3, ROOT), [b"a", b"b", b"c"], blobs=blobs))
    assert store.sealed([0, 1, 2, 3]) == {0, 2}
    store.commit(Group(3, Head(4, ROOT), [b"d"], erased=[0]))
    assert store.sealed([0, 1, 2]) == {2}
    assert store.reader.leaves(0, 3) == [
        StoredLeaf(b"a", None),
        StoredLeaf(b"b", None),
        StoredLeaf(b"c", Blob(b"two", b"k2")),
    ]


def test_a_store_replaces_wrapped_keys(stores: Maker) -> None:
    store = stores()
    store.start()
    store.commit(Group(0, Head(2, ROOT), [b"a", b"b"], blobs=[(0, Blob(b"zero", b"k0"))]))
    store.rewrap([(0, b"new"), (1, b"none")])
    assert stores().reader.leaves(0, 2) == [StoredLeaf(b"a", Blob(b"zero", b"new")), StoredLeaf(b"b", None)]


async def test_what_was_erased_cannot_be_opened_and_all_proofs_hold(home: Home) -> None:
    async with home.open() as log:
        receipts = [await log.append(asked(f"q-{i}", sealed=b"person %d" % i)) for i in range(6)]
        assert await log.unseal(2) == b"person 2"
        receipts.append(await log.erase([1, 2], erased([1, 2])))
        for index in (1, 2):
            with pytest.raises(SealRefused, match=f"leaf {index} has no sealed blob, or it was erased"):
                await log.unseal(index)
        assert await log.unseal(3) == b"person 3"
    verified(home, receipts)


def verified(home: Home, receipts: Sequence[Receipt]) -> None:
    policy = TrustPolicy.of_keys(KEY.public.vkey)
    archive = open_archive(home.database)
    try:
        assert verify(archive, policy, lambda _done, _all: None, strict=True).findings == []
    finally:
        archive.close()
    for receipt in receipts:
        Receipt.parse(receipt.text).verify(*policy.logs)


@given(st.data())
async def test_any_erasures_of_any_log_leave_every_proof(data: st.DataObject) -> None:
    """A random log in random steps, random erasures between: what is left is left, and all receipts hold."""
    store = MemoryStore()
    log = await in_memory(store)
    receipts, alive = [], {}
    for step in range(data.draw(st.integers(1, 6))):
        for place, sealed in enumerate(data.draw(st.lists(st.booleans(), min_size=1, max_size=40))):
            text = b"%d/%d" % (step, place) if sealed else None
            receipt = await log.append(asked(f"q-{step}-{place}", sealed=text))
            receipts.append(receipt)
            if text is not None:
                alive[receipt.index] = text
        going = data.draw(st.sets(st.sampled_from(sorted(alive)))) if alive else set()
        if len(going) > 0 and len(ranges_of(going)) <= 64:
            receipts.append(await log.erase(sorted(going), erased(sorted(going))))
            alive = {index: text for index, text in alive.items() if index not in going}
    for index in range(log.head.size):
        if index in alive:
            assert await log.unseal(index) == alive[index]
        else:
            with pytest.raises(SealRefused):
                await log.unseal(index)
    for receipt in receipts:
        fresh = await log.receipt(receipt.index)
        assert fresh.leaf_hash == receipt.leaf_hash
        Receipt.parse(fresh.text).verify(KEY.public)
        Receipt.parse(receipt.text).verify(KEY.public)
    await log.close()


async def test_what_is_not_there_or_gone_is_refused_with_both_sides() -> None:
    log = await in_memory(MemoryStore())
    await log.append_many([asked(f"q-{i}", sealed=b"x" if i % 2 else None) for i in range(4)])
    await log.erase([1], erased([1]))
    for indexes, named in (([0, 3], "0"), ([1], "1"), ([3, 99], "99")):
        with pytest.raises(
            ErasureRefused, match=f"of {len(indexes)} blobs to erase, 1 are not there .* leaves {named}$"
        ):
            await log.erase(indexes, erased(indexes))
    assert await log.unseal(3) == b"x"
    assert log.head.size == 5
    await log.close()


async def test_two_erasures_at_once_take_a_blob_once() -> None:
    store = MemoryStore()
    log = await in_memory(store)
    await log.append(asked(sealed=b"x"))
    first, second = log._committer, log
    drafts = [second._draft(erased([0]), [0]) for _ in range(2)]
    waiting = [first.submit([draft]) for draft in drafts]
    outcomes = [await _outcome(each) for each in waiting]
    assert sorted(outcomes) == ["ErasureRefused", "Receipt"]
    await log.close()


async def _outcome(waiting: Any) -> str:
    try:
        await waiting
    except ErasureRefused:
        return "ErasureRefused"
    return "Receipt"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"ranges": ["0-1"]}, r"says ranges \['0-1'\]"),
        ({"records": 2}, "leaf says 2, for"),
        ({"reasons": []}, r"for \[\]"),
        ({"approvers": ["p-one"]}, r"approved by \['p-one'\], 2 persons are needed"),
        ({"approvers": ["p-one", "p-one"]}, "2 persons are needed"),
    ],
)
async def test_an_erasure_that_does_not_say_what_it_does_is_refused(told: dict[str, Any], why: str) -> None:
    log = await in_memory(MemoryStore())
    await log.append(asked(sealed=b"x"))
    with pytest.raises(ErasureRefused, match=why):
        await log.erase([0], erased([0], **told))
    with pytest.raises(ErasureRefused, match="in a leaf of kind ASKED"):
        await log.erase([0], asked("q-2"))
    with pytest.raises(ErasureRefused, match="of 0 blobs in a leaf of kind ERASED that says ranges"):
        await log.append(erased([0]))
    assert await log.unseal(0) == b"x"
    await log.close()


async def test_one_entry_erases_a_thousand_at_most() -> None:
    log = await in_memory(MemoryStore())
    many = range(MAX_ERASED + 1)
    await log.append_many([asked(f"q-{i}", sealed=b"x") for i in many])
    with pytest.raises(ErasureRefused, match=f"at most {MAX_ERASED}"):
        await log.erase(many, erased(many))
    await log.erase(many[:-1], erased(many[:-1]))
    await log.close()


async def test_an_entry_about_erased_records_names_no_leaf() -> None:
    log = await in_memory(MemoryStore())
    await log.append(Entry(Kind.ERASED, NODE, {"records": 3, "reasons": ["COURT_ORDER"]}))
    await log.close()


def bytes_of(home: Home) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(home.path.glob("log.db*")))


async def test_the_bytes_are_gone_from_the_files(home: Home) -> None:
    async with home.open() as log:
        await log.append_many([asked(f"q-{i}", sealed=SECRET * 300) for i in range(8)])
        kept, gone = (stored.blob for stored in await log.entries(3, 5))
        assert kept is not None
        assert gone is not None
        parts = [gone.wrapped_key, gone.sealed[:64], gone.sealed[-64:]]
        assert all(part in bytes_of(home) for part in parts)
        await log.erase([4], erased([4]))
        assert not any(part in bytes_of(home) for part in parts)
        assert kept.wrapped_key in bytes_of(home)
    assert not any(part in bytes_of(home) for part in parts)


async def test_a_reader_at_work_delays_the_end_of_the_wal_and_does_not_prevent_it(home: Home) -> None:
    async with home.open() as log:
        await log.append(asked(sealed=SECRET))
        (stored,) = await log.entries(0, 1)
        assert stored.blob is not None
        with closing(sqlite3.connect(home.database, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM audit_blob").fetchone()
            await log.erase([0], erased([0]))
            assert stored.blob.sealed in bytes_of(home)
            reader.execute("COMMIT")
        await log.append(asked("q-2"))
        assert stored.blob.sealed not in bytes_of(home)


def test_many_indexes_go_in_several_statements(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path / 'log.db'}")
    store.start()
    count = 2500
    blobs = [(index, Blob(b"s", b"k")) for index in range(count)]
    store.commit(Group(0, Head(count, ROOT), [b"leaf"] * count, blobs=blobs))
    assert len(store.sealed(range(count + 10))) == count
    store.commit(Group(count, Head(count + 1, ROOT), [b"leaf"], erased=range(count)))
    assert store.sealed(range(count)) == set()
    store.close()
