"""A bit flipped in any kind of file: the evidence is as it was, or the flip is named; none passes silently.

What is evidence: leaves, tiles, steps, checkpoints, blobs. The tables `audit_once`, `audit_intent` and
`audit_lease` are working state; a flip there changes nothing that is proved.
"""

import asyncio
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from audit.__main__ import HOLDS, main
from audit.archive import open_archive
from audit.entry import read_leaf
from audit.errors import AuditError, GuardRefused, KeyRefused, SealRefused
from audit.export import export
from audit.guard import FileGuard
from audit.keys import SigningKey
from audit.receipt import Receipt
from audit.sealing import Blob, BlobKey
from tests.audit.samples import BLOB_KEY, KEY, ORIGIN, Home, asked, untied

EVIDENCE = ("audit_entry", "audit_tile", "audit_tree_head", "audit_checkpoint", "audit_blob")
FLIPS = 40


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A log of 300 leaves, each with a blob and a key that is spent."""
    home = Home(tmp_path_factory.mktemp("whole"))

    async def fill() -> None:
        for step in range(3):
            entries = [asked(f"q-{step}-{i}", sealed=b"person", once=f"k-{step}-{i}") for i in range(100)]
            async with home.open() as log:
                await log.append_many(entries)

    asyncio.run(fill())
    with closing(untied(sqlite3.connect(home.database, isolation_level=None))) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    return home


@pytest.fixture
def whole(home: Home, original: Home) -> Home:
    shutil.copytree(original.path, home.path, dirs_exist_ok=True)
    return home


def holds(path: Path) -> bool:
    return main(["verify", str(path), "--vkey", KEY.public.vkey, "--strict"]) == HOLDS


def flip(path: Path, at: int, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << bit
    path.write_bytes(data)


Rows = dict[str, list[tuple[object, ...]]]


def evidence(path: Path) -> Rows | None:
    """All rows of the evidence; None if the database says itself that it is broken."""
    try:
        with closing(sqlite3.connect(path)) as database:
            return {table: list(database.execute(f"SELECT * FROM {table}")) for table in EVIDENCE}  # noqa: S608  # ours
    except (sqlite3.Error, UnicodeDecodeError):
        return None


async def opens_all(home: Home) -> bool:
    """Whether the log starts and every blob opens to what was sealed."""
    try:
        async with home.open() as log:
            return {await log.unseal(index) for index in range(300)} == {b"person"}
    except AuditError:
        return False


async def is_named(home: Home, before: Rows) -> bool:
    """Whether a change of the evidence is named: by the verifier, at the start, or when a blob is opened."""
    after = evidence(home.database)
    if after == before:
        return True
    return not holds(home.database) or not await opens_all(home)


async def test_any_bit_of_the_database(whole: Home, original: Home) -> None:
    before = evidence(original.database)
    assert before is not None
    assert holds(whole.database)
    assert await opens_all(whole)
    size, moments, changed = original.database.stat().st_size, random.Random(5), 0
    for _ in range(FLIPS):
        shutil.copy(original.database, whole.database)
        at, bit = moments.randrange(size), moments.randrange(8)
        flip(whole.database, at, bit)
        assert await is_named(whole, before), (at, bit)
        changed += evidence(original.database) != evidence(whole.database)
    assert changed > FLIPS // 4


def other(value: object, bit: int) -> object:
    """The value with a bit flipped."""
    if isinstance(value, int):
        return value ^ 1 << bit
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1 << bit % 8, *value[1:]])
    text = str(value)
    return text[:40] + chr(ord(text[40]) ^ 1 << bit % 4) + text[41:]


@pytest.mark.parametrize("table", EVIDENCE)
async def test_any_column_of_the_evidence(whole: Home, original: Home, table: str) -> None:
    before = evidence(original.database)
    assert before is not None
    with closing(sqlite3.connect(original.database)) as database:
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        rows = [row[0] for row in database.execute(f"SELECT rowid FROM {table}")]  # noqa: S608  # ours
    for column in columns:
        for bit in (0, 3, 12):
            shutil.copy(original.database, whole.database)
            row = rows[len(rows) * bit // 16]
            with closing(untied(sqlite3.connect(whole.database, isolation_level=None))) as database:
                query = f"SELECT {column} FROM {table} WHERE rowid = ?"  # noqa: S608  # ours
                (value,) = database.execute(query, (row,)).fetchone()
                changed = other(value, bit)
                query = f"UPDATE OR REPLACE {table} SET {column} = ? WHERE rowid = ?"  # noqa: S608  # ours
                database.execute(query, (changed, row))
            assert evidence(whole.database) != before
            assert await is_named(whole, before), (column, bit)


def test_any_bit_of_the_guard(whole: Home) -> None:
    """One slot may be torn: then the head before it is what is remembered, and the store extends it."""
    data = whole.guard.read_bytes()
    written = [at for at, byte in enumerate(data) if byte]
    for at in written[::7]:
        whole.guard.write_bytes(data)
        flip(whole.guard, at, at % 8)
        guard = FileGuard(whole.guard, ORIGIN)
        last = guard.last()
        guard.close()
        assert last is not None
        assert last.size in {200, 300}
    whole.guard.write_bytes(data)
    for at in (written[0], written[-9]):
        flip(whole.guard, at, 0)
    with pytest.raises(GuardRefused, match="both slots of guard are damaged"):
        FileGuard(whole.guard, ORIGIN)


def test_any_bit_of_the_logs_key(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    KEY.save(path)
    length = len(path.read_bytes())
    for at in range(length):
        flip(path, at, at % 8)
        try:
            assert SigningKey.load(path).skey == KEY.skey
            assert at == length - 1
        except KeyRefused:
            pass
        flip(path, at, at % 8)


def test_any_bit_of_the_blob_key(whole: Home, tmp_path: Path) -> None:
    path = tmp_path / "blob.key"
    BLOB_KEY.save(path)
    with closing(sqlite3.connect(whole.database)) as database:
        query = "SELECT leaf, sealed, wrapped_key FROM audit_entry JOIN audit_blob USING (idx) WHERE idx = 7"
        leaf, *blob = database.execute(query).fetchone()
    record = read_leaf(leaf)
    for at in range(len(path.read_bytes()) - 1):
        flip(path, at, 1)
        with pytest.raises((KeyRefused, SealRefused)):
            BlobKey.load(path).open(Blob(*blob), record["id"], record["commitment"])
        flip(path, at, 1)
    assert BlobKey.load(path).open(Blob(*blob), record["id"], record["commitment"]) == b"person"


def exported(home: Home, path: Path) -> list[Path]:
    """The log as tiles, bundles and a checkpoint."""
    archive = open_archive(home.database)
    export(archive, path, lambda _done, _total: None)
    archive.close()
    assert holds(path)
    return sorted(each for each in path.rglob("*") if each.is_file())


def test_any_bit_of_tiles_bundles_and_checkpoint(whole: Home, tmp_path: Path) -> None:
    moments = random.Random(9)
    for file in exported(whole, tmp_path / "tiles"):
        data = file.read_bytes()
        for _ in range(4):
            at, bit = moments.randrange(len(data)), moments.randrange(8)
            flip(file, at, bit)
            assert not holds(tmp_path / "tiles"), (file.name, at, bit)
            file.write_bytes(data)
        file.write_bytes(data[: len(data) // 2])
        assert not holds(tmp_path / "tiles"), f"{file.name} cut in half"
        file.write_bytes(data)
    assert holds(tmp_path / "tiles")


async def test_any_bit_of_a_receipt(whole: Home) -> None:
    async with whole.open() as log:
        receipt = await log.receipt(123)
        (stored,) = await log.entries(123, 124)
    data = receipt.text.encode()
    for at in range(0, len(data), 3):
        bad = bytearray(data)
        bad[at] ^= 1 << at % 7
        with pytest.raises(AuditError):
            Receipt.parse(bad.decode("utf-8", "replace")).verify_leaf(stored.leaf, KEY.public)
