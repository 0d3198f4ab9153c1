"""The log's tables are only added to: by triggers, whoever is connected, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from audit.cosignature import cosign
from audit.entry import Entry, Kind
from audit.guard import MemoryGuard
from audit.keys import SignatureType, SigningKey
from audit.log import Log
from audit.note import Note
from audit.sql_store import SqlStore
from audit.tables import AuditTable
from gateway.databases import connected
from tests.audit.samples import BLOB_KEY, KEY, NODE, asked
from tests.audit.test_erasure import SECRET, erased

REFUSED = [
    "UPDATE audit_entry SET leaf = leaf",
    "UPDATE audit_entry SET idx = 900 WHERE idx = 1",
    "DELETE FROM audit_entry WHERE idx = 1",
    "DELETE FROM audit_entry",
    "UPDATE audit_tree_head SET root = root",
    "DELETE FROM audit_tree_head",
    "UPDATE audit_tile SET hashes = hashes",
    "DELETE FROM audit_tile",
    "DELETE FROM audit_checkpoint",
    "UPDATE audit_checkpoint SET size = size + 1",
    "UPDATE audit_blob SET sealed = sealed",
    "UPDATE audit_blob SET idx = 2",
]
TABLES = ("audit_entry", "audit_tree_head", "audit_tile", "audit_checkpoint", "audit_blob")

REPLACED = [
    "INSERT OR REPLACE INTO audit_entry VALUES (1, x'00')",
    "INSERT OR REPLACE INTO audit_tree_head VALUES (1, 0, x'00')",
    "INSERT OR REPLACE INTO audit_tile VALUES (0, 0, x'00')",
]
EMPTIED = [
    *(f"TRUNCATE {table}" for table in TABLES),
    "SET session_replication_role = replica; DELETE FROM audit_entry",
]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database for a log."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'log.db'}"
    else:
        yield request.getfixturevalue("postgres_database")("tied")


async def filled(url: str) -> tuple[Log, MemoryGuard]:
    """A log of 300 entries, the first with a sealed blob beside it, and a kept checkpoint."""
    guard = MemoryGuard()
    log = await Log.open(SqlStore(url), guard, KEY, blob_key=BLOB_KEY)
    await log.append(Entry(Kind.ASKED, NODE, {"query_id": "q"}, sealed=SECRET))
    await log.append_many([asked(f"q-{number}") for number in range(299)])
    await log.keep(log.checkpoint())
    return log, guard


def content(connection: Connection) -> list[object]:
    return [
        tuple(map(str, row))
        for table in TABLES
        for row in connection.execute(select(AuditTable.metadata.tables[table]).order_by(text("1, 2"))).all()
    ]


async def test_nothing_of_a_log_is_changed_taken_away_or_replaced(url: str) -> None:
    log, _ = await filled(url)
    more = REPLACED if url.startswith("sqlite") else EMPTIED
    with connected(url) as connection:
        before = content(connection)
    assert len(before) > 300
    for statement in (*REFUSED, *more):
        with pytest.raises(DBAPIError, match="is only added to"), connected(url) as connection:
            connection.execute(text(statement))
    with connected(url) as connection:
        assert content(connection) == before
    await log.append(asked("one-more"))
    await log.close()


async def test_a_log_does_all_its_work_beside_the_triggers(url: str) -> None:
    log, guard = await filled(url)
    witness = SigningKey.generate("oversight.example/w", SignatureType.COSIGNATURE)
    note = log.checkpoint()
    await log.keep(note + cosigned(note, witness))
    with connected(url) as connection:
        kept = connection.execute(text("SELECT note FROM audit_checkpoint WHERE size = 300")).scalar()
        assert "oversight.example/w" in str(kept)
    await log.erase([0], erased([0]))
    with connected(url) as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_blob")).scalar() == 0
    await log.close()
    again = await Log.open(SqlStore(url), guard, KEY, blob_key=BLOB_KEY)
    assert again.head.size == 301
    await again.close()


def cosigned(note: str, witness: SigningKey) -> str:
    return cosign(Note.parse(note).text, witness, 1_700_000_000).line
