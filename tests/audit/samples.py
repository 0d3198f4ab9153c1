"""What the tests of the evidence room share: vectors, entries, and an in-between of log and test."""

import base64
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audit.entry import Entry, Kind
from audit.guard import FileGuard
from audit.keys import SigningKey
from audit.log import Log
from audit.sealing import BlobKey
from audit.sql_store import SqlStore
from audit.store import LogStore

VECTORS = Path(__file__).parent / "vectors"
DIGEST = "sha256:" + "ab" * 32
NODE = "fr.ofast"
ORIGIN = "fr.ofast/log"
KEY = SigningKey.from_seed(ORIGIN, bytes(range(32)))
OTHER_KEY = SigningKey.from_seed(ORIGIN, bytes(32))
BLOB_KEY = BlobKey(bytes(range(32)))


def vectors(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))


def b64(text: str) -> bytes:
    return base64.b64decode(text)


def untied(database: sqlite3.Connection) -> sqlite3.Connection:
    """The connection, after somebody who holds the file has taken the log's triggers away."""
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    return database


def asked(query: str = "q-1", **more: Any) -> Entry:
    return Entry(Kind.ASKED, NODE, {"query_id": query, "purpose": "CROSS_CHECKING"}, subject=DIGEST, **more)


def disclosed(intent: str, **more: Any) -> Entry:
    return Entry(Kind.DISCLOSED, NODE, {"intent": intent, "results": 3}, subject=DIGEST, **more)


@dataclass
class Home:
    """A node's files for a log: database, guard, key; `open` starts the log on them."""

    path: Path
    key: SigningKey = KEY
    store: Callable[[Path], LogStore] = field(default=lambda path: SqlStore(f"sqlite:///{path / 'log.db'}"))

    @property
    def database(self) -> Path:
        return self.path / "log.db"

    @property
    def guard(self) -> Path:
        return self.path / "guard"

    @asynccontextmanager
    async def open(self, **more: Any) -> AsyncIterator[Log]:
        guard = FileGuard(self.guard, self.key.name)
        log = await Log.open(self.store(self.path), guard, self.key, blob_key=BLOB_KEY, **more)
        try:
            yield log
        finally:
            await log.close()

    async def fill(self, entries: int, step: int = 7) -> None:
        async with self.open() as log:
            for start in range(0, entries, step):
                await log.append_many([asked(f"q-{i}") for i in range(start, min(entries, start + step))])
