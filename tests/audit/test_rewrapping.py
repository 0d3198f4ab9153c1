"""A new blob key: every blob opens with it, with the old one gone, and the work may be cut short."""

import sqlite3
from contextlib import closing

import pytest

from audit.errors import KeyRefused, SealRefused
from audit.guard import FileGuard
from audit.log import Log
from audit.memory_store import MemoryStore
from audit.rewrapping import BATCH, rewrap
from audit.sealing import BlobKey
from audit.sql_store import SqlStore
from tests.audit.samples import BLOB_KEY, KEY, Home, asked

NEW = BlobKey(bytes(32), before=BLOB_KEY.secret)
COUNT = BATCH + 100


def quiet(_done: int, _total: int) -> None:
    """Tell nobody of the progress."""


async def filled(home: Home) -> None:
    async with home.open() as log:
        await log.append_many([asked(f"q-{i}", sealed=b"%d" % i if i % 3 else None) for i in range(COUNT)])


def store_of(home: Home) -> SqlStore:
    return SqlStore(f"sqlite:///{home.database}")


def test_an_empty_log_has_nothing_to_wrap() -> None:
    assert rewrap(MemoryStore(), NEW, quiet) == 0


async def test_every_blob_opens_with_the_new_key_alone(home: Home) -> None:
    await filled(home)
    told: list[tuple[int, int]] = []
    store = store_of(home)
    sealed = COUNT - len(range(0, COUNT, 3))
    assert rewrap(store, NEW, lambda done, total: told.append((done, total))) == sealed
    assert told == [(BATCH, COUNT), (COUNT, COUNT)]
    assert rewrap(store, NEW, quiet) == 0
    leaves = store.reader.leaves(0, COUNT)
    store.close()
    for stored in leaves:
        if stored.blob is not None:
            assert BlobKey(NEW.secret).rewrapped(stored.blob) is None
            with pytest.raises(SealRefused, match="neither by the present blob key"):
                BLOB_KEY.rewrapped(stored.blob)


async def test_a_run_that_was_cut_short_goes_on(home: Home) -> None:
    await filled(home)
    store = store_of(home)

    def power_cut(done: int, _total: int) -> None:
        if done == BATCH:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rewrap(store, NEW, power_cut)
    store.close()
    log = await Log.open(store_of(home), FileGuard(home.guard, KEY.name), KEY, blob_key=NEW)
    assert await log.unseal(1) == b"1"
    assert await log.unseal(COUNT - 1) == b"%d" % (COUNT - 1)
    await log.close()
    store = store_of(home)
    assert 0 < rewrap(store, NEW, quiet) < COUNT // 2
    store.close()


async def test_a_blob_of_a_third_key_is_named(home: Home) -> None:
    await filled(home)
    store = store_of(home)
    with pytest.raises(SealRefused, match="neither"):
        rewrap(store, BlobKey(bytes(32), before=bytes(range(1, 33))), quiet)
    store.close()


async def test_old_wrapped_keys_are_gone_from_the_files(home: Home) -> None:
    await filled(home)
    with closing(sqlite3.connect(home.database)) as database:
        (old,) = database.execute("SELECT wrapped_key FROM audit_blob WHERE idx = 1").fetchone()
    store = store_of(home)
    rewrap(store, NEW, quiet)
    assert not any(old in path.read_bytes() for path in sorted(home.path.glob("log.db*")))
    store.close()


def test_the_key_before_has_the_right_length() -> None:
    with pytest.raises(KeyRefused, match="3 bytes, 32 are needed"):
        BlobKey(bytes(32), before=b"old")
