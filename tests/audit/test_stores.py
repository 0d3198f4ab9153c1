"""The store's port: one conformance suite on memory, SQLite and PostgreSQL."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from audit.errors import AuditUnavailable, ForkRefused, StoreRefused
from audit.sealing import Blob
from audit.sql_store import SqlStore
from audit.store import FOREVER, Group, Head, Intent, LogStore, StoredLeaf
from audit.tiles import Tile

Maker = Callable[[], LogStore]
ROOT = bytes(32)
INTENT = Intent("a" * 32, 0, "ASKED", "2026-01-01T00:00:00.000+00:00")
FIRST = Group(
    prev=0,
    head=Head(2, ROOT),
    leaves=[b"zero", b"one"],
    blobs=[(1, Blob(b"sealed", b"key"))],
    tiles=[(Tile(0, 0), b"tile")],
    once=[("spent", FOREVER), ("short", 100)],
    opened=[INTENT],
)


def test_an_empty_store(stores: Maker) -> None:
    store = stores()
    assert store.start() is None
    assert store.reader.leaves(0, 10) == []
    assert store.reader.tile(0, 0) is None
    assert store.reader.note(0) is None
    assert store.reader.intents() == []
    assert store.spent(["x"], 0) == set()


def test_a_group_is_read_back(stores: Maker) -> None:
    store = stores()
    store.start()
    store.commit(FIRST)
    assert store.start() == Head(2, ROOT)
    assert store.reader.leaves(0, 10) == [
        StoredLeaf(b"zero", None),
        StoredLeaf(b"one", Blob(b"sealed", b"key")),
    ]
    assert store.reader.leaves(1, 2) == [StoredLeaf(b"one", Blob(b"sealed", b"key"))]
    assert store.reader.tile(0, 0) == b"tile"
    assert store.reader.intents() == [INTENT]


def test_keys_are_spent_until_they_lapse(stores: Maker) -> None:
    store = stores()
    store.start()
    store.commit(FIRST)
    assert store.spent(["spent", "short", "other"], 99) == {"spent", "short"}
    assert store.spent(["spent", "short", "other"], 100) == {"spent"}
    store.commit(Group(2, Head(3, ROOT), [b"two"], once=[("short", 200)]))
    assert store.spent(["short"], 150) == {"short"}
    store.commit(Group(3, Head(4, ROOT), [b"three"], lapsed=200))
    assert store.spent(["short"], 150) == set()
    assert store.spent(["spent"], 200) == {"spent"}


def test_an_outcome_closes_its_intent(stores: Maker) -> None:
    store = stores()
    store.start()
    store.commit(FIRST)
    other = Intent("b" * 32, 2, "ASKED", INTENT.at)
    store.commit(Group(2, Head(3, ROOT), [b"two"], opened=[other, INTENT], closed=["c" * 32]))
    assert store.reader.intents() == [INTENT, other]
    store.commit(Group(3, Head(4, ROOT), [b"three"], closed=[INTENT.entry_id]))
    assert store.reader.intents() == [other]


def test_a_note_is_kept_alone_or_with_a_step(stores: Maker) -> None:
    store = stores()
    store.start()
    store.commit(FIRST)
    store.commit(Group(2, note=(2, "two")))
    store.commit(Group(2, Head(3, ROOT), [b"two"], note=(2, "two")))
    store.commit(Group(3, note=(3, "three")))
    assert (store.reader.note(2), store.reader.note(3)) == ("two", "three")
    assert store.start() == Head(3, ROOT)


def test_a_cosigned_note_replaces_a_plain_one_and_stays(stores: Maker) -> None:
    store = stores()
    store.start()
    store.commit(FIRST)
    store.commit(Group(2, note=(2, "plain")))
    store.commit(Group(2, cosigned=(2, "cosigned")))
    assert store.reader.note(2) == "cosigned"
    store.commit(Group(2, note=(2, "plain")))
    assert store.reader.note(2) == "cosigned"
    store.commit(Group(2, cosigned=(1, "never kept before")))
    assert store.reader.note(1) == "never kept before"


def test_a_fork_is_refused_and_leaves_nothing(stores: Maker) -> None:
    one, other = stores(), stores()
    one.start()
    other.start()
    one.commit(FIRST)
    with pytest.raises(ForkRefused):
        other.commit(Group(0, Head(1, ROOT), [b"another"], once=[("k", FOREVER)], note=(0, "zero")))
    assert one.spent(["k"], 0) == set()
    assert one.reader.note(0) is None
    assert len(one.reader.leaves(0, 10)) == 2
    assert other.start() == Head(2, ROOT)
    other.commit(Group(2, Head(3, ROOT), [b"two"]))


@pytest.mark.parametrize("setting", ["NORMAL", "OFF"])
def test_sqlite_that_a_power_cut_rolls_back_is_refused(tmp_path: Path, setting: str) -> None:
    store = SqlStore(f"sqlite:///{tmp_path / 'log.db'}", synchronous=setting)
    with pytest.raises(StoreRefused, match=rf"log\.db: synchronous={setting}, FULL is needed"):
        store.start()
    store.close()


def test_sqlite_accepts_extra(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path / 'log.db'}", synchronous="EXTRA")
    assert store.start() is None
    store.close()


def test_sqlite_in_memory_is_refused() -> None:
    store = SqlStore("sqlite://")
    with pytest.raises(StoreRefused, match="WAL is needed"):
        store.start()
    store.close()


def test_postgres_that_answers_before_it_flushes_is_refused(
    postgres_database: Callable[..., str],
) -> None:
    url = postgres_database("audit")
    name = url.rpartition("/")[2]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    store = SqlStore(url)
    with pytest.raises(StoreRefused, match="synchronous_commit is"):
        store.start()
    store.close()


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path / 'missing' / 'log.db'}")
    with pytest.raises(AuditUnavailable, match=r"log store log\.db"):
        store.start()
    with pytest.raises(AuditUnavailable, match="cannot be read"):
        store.reader.leaves(0, 1)
    store.close()


def test_a_store_recovers_from_a_broken_statement(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path / 'log.db'}")
    store.start()
    store.commit(FIRST)
    with sqlite3.connect(tmp_path / "log.db") as database:
        database.execute("ALTER TABLE audit_tree_head RENAME TO away")
    database.close()
    with pytest.raises(AuditUnavailable, match="no such table"):
        store.commit(Group(2, Head(3, ROOT), [b"two"]))
    with sqlite3.connect(tmp_path / "log.db") as database:
        database.execute("ALTER TABLE away RENAME TO audit_tree_head")
    database.close()
    assert store.start() == Head(2, ROOT)
    store.commit(Group(2, Head(3, ROOT), [b"two"]))
    store.close()


def test_kept_checkpoints_are_read_from_the_end(stores: Maker) -> None:
    store = stores()
    store.start()
    for size in (2, 5, 9):
        store.commit(Group(size, note=(size, f"note {size}")))
    assert store.reader.notes(FOREVER, 2) == ["note 9", "note 5"]
    assert store.reader.notes(9, 9) == ["note 5", "note 2"]
    assert store.reader.notes(2, 9) == []
