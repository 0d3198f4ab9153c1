"""Copies of a log that were damaged or made to do harm: always a clear error, never a trace."""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.__main__ import DOES_NOT_HOLD, UNREADABLE, main
from audit.archive import open_archive
from audit.errors import AuditError, FormatRefused
from audit.export import export
from audit.files import MAX_TEXT, read_text, write_whole
from audit.tiles import WIDTH
from audit.trust import TrustPolicy
from audit.verifier import verify
from tests.audit.samples import KEY, Home, asked, untied

POLICY = TrustPolicy.of_keys(KEY.public.vkey)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("copies"))

    async def fill() -> None:
        async with home.open() as log:
            await log.append_many([asked(f"q-{i}", sealed=b"someone") for i in range(300)])

    asyncio.run(fill())
    return home


@pytest.fixture
def copy(original: Home, tmp_path: Path) -> Path:
    path = tmp_path / "copy.db"
    path.write_bytes(original.database.read_bytes())
    return path


@pytest.fixture
def tiles(original: Home, tmp_path: Path) -> Path:
    with closing(open_archive(original.database)) as archive:
        export(archive, tmp_path / "tiles", lambda _done, _of: None)
    return tmp_path / "tiles"


def change(path: Path, *statements: str) -> None:
    with closing(untied(sqlite3.connect(path, isolation_level=None))) as database:
        for statement in statements:
            database.execute(statement)


def found(path: Path) -> list[str]:
    """What a strict verification and reading every blob say."""
    try:
        with closing(open_archive(path)) as archive:
            report = verify(archive, POLICY, lambda _done, _of: None, strict=True)
            if archive.keeps_blobs:
                for index in archive.blobs():
                    archive.blob(index)
            return report.findings
    except AuditError as error:
        return [str(error)]


HARM = [
    "UPDATE audit_entry SET leaf = 'text' WHERE idx = 7",
    "UPDATE audit_entry SET leaf = zeroblob(5000000) WHERE idx = 7",
    "UPDATE audit_tree_head SET root = 'text'",
    "UPDATE audit_tree_head SET root = 5",
    "UPDATE audit_tree_head SET prev = 'x'",
    "UPDATE audit_checkpoint SET note = x'00ff'",
    "UPDATE audit_checkpoint SET note = 7",
    "UPDATE audit_checkpoint SET note = CAST(x'ff20ff' AS TEXT)",
    "UPDATE audit_tile SET hashes = 'text'",
    "DROP TABLE audit_blob",
    "UPDATE audit_blob SET idx = -5 WHERE idx = 3",
    "INSERT INTO audit_entry VALUES (4611686018427387904, x'00')",
    "UPDATE audit_entry SET idx = -1 WHERE idx = 0",
]


@pytest.mark.parametrize("statement", HARM)
def test_a_value_of_the_wrong_kind_is_named(copy: Path, statement: str) -> None:
    change(copy, statement)
    if "blob SET idx" not in statement:
        assert found(copy)
    assert main(["verify", str(copy)]) in {0, DOES_NOT_HOLD, UNREADABLE}


NEW_ENTRIES = ["DROP TABLE audit_entry", "CREATE TABLE audit_entry (idx, leaf)"]


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        (
            ["DROP TABLE audit_entry", "CREATE VIEW audit_entry AS SELECT 0 AS idx, x'00' AS leaf"],
            "audit_entry is not a plain table",
        ),
        (
            ["DROP TABLE audit_checkpoint", "CREATE VIRTUAL TABLE audit_checkpoint USING fts5(size, note)"],
            "audit_checkpoint is not a plain table",
        ),
        ([*NEW_ENTRIES, "INSERT INTO audit_entry VALUES ('a', 'b')"], "its leaves are not numbered"),
        (
            [*NEW_ENTRIES, "INSERT INTO audit_entry VALUES (0, 'b'), (1, NULL)"],
            "holds 1 of the leaves 0 to 1: some are missing",
        ),
    ],
)
def test_a_schema_made_to_do_harm(copy: Path, statements: list[str], message: str) -> None:
    change(copy, *statements)
    assert any(message in text for text in found(copy))


def test_one_leaf_at_a_time(copy: Path, tiles: Path) -> None:
    for path in (copy, tiles):
        with closing(open_archive(path)) as archive:
            leaves = [leaf for bundle in archive.bundles() for leaf in bundle]
            assert [archive.leaf(index) for index in (0, 255, 256, 299)] == [
                leaves[i] for i in (0, 255, 256, 299)
            ]
            for index in (-1, 300):
                with pytest.raises(FormatRefused, match=f"has no leaf {index}, its last is 299"):
                    archive.leaf(index)
    change(copy, "DELETE FROM audit_entry WHERE idx = 7")
    with closing(open_archive(copy)) as archive, pytest.raises(FormatRefused, match="leaf 7 is missing"):
        archive.leaf(7)


def test_tiles_hold_no_blobs(tiles: Path) -> None:
    with closing(open_archive(tiles)) as archive:
        for read in (lambda: archive.blob(0), archive.blobs):
            with pytest.raises(FormatRefused, match="tiles hold no sealed blobs"):
                read()


def test_links_in_a_directory_of_tiles_are_not_followed(tiles: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes((tiles / "tile/entries/000").read_bytes())
    (tiles / "tile/entries/000").unlink()
    (tiles / "tile/entries/000").symlink_to(secret)
    assert found(tiles) == ["tile/entries/000: Too many levels of symbolic links"]
    (tmp_path / "elsewhere").mkdir()
    (tiles / "tile/entries").rename(tmp_path / "elsewhere/entries")
    (tiles / "tile/entries").symlink_to(tmp_path / "elsewhere/entries")
    assert found(tiles) == ["tile/entries/000: lies behind a symbolic link"]


@pytest.mark.parametrize("name", ["checkpoint", "tile/entries/000"])
def test_what_is_no_plain_file_is_not_read(tiles: Path, name: str) -> None:
    path = tiles / name
    path.unlink()
    os.mkfifo(path)
    assert found(tiles) == [f"{name}: is not a plain file"]
    path.unlink()
    path.mkdir()
    assert found(tiles) == [f"{name}: Is a directory"]
    path.rmdir()
    path.symlink_to("/dev/zero")
    assert "symbolic link" in found(tiles)[0]


def test_a_checkpoint_without_end_is_not_read(tiles: Path) -> None:
    (tiles / "checkpoint").write_bytes(b"x" * 4_000_001)
    assert found(tiles) == ["checkpoint: more than 4000000 bytes"]


def test_a_tile_that_is_too_long_is_not_read(tiles: Path) -> None:
    (tiles / "tile/0/000").write_bytes(bytes(32 * WIDTH + 1))
    assert found(tiles) == ["tile/0/000: more than 8192 bytes"]


def test_a_note_of_a_megabyte_is_told_in_short(copy: Path) -> None:
    origin = "x" * 900_000
    note = f"{origin}\\n300\\n{'A' * 43}=\\n\\n— a AAAAAAAA\\n".replace("\\n", "\n")
    with closing(untied(sqlite3.connect(copy, isolation_level=None))) as database:
        database.execute("UPDATE audit_checkpoint SET note = ?", (note,))
    texts = found(copy)
    assert texts
    assert all(len(text) <= 600 for text in texts)


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300), place=st.integers(0, 40_000))
def test_garbage_in_a_database_is_never_a_trace(original: Home, data: bytes, place: int) -> None:
    whole = bytearray(original.database.read_bytes())
    whole[place : place + len(data)] = data
    path = original.path / "garbage.db"
    path.write_bytes(whole[: max(200, len(whole) - place)])
    found(path)


def test_texts_are_read_with_a_limit_and_written_whole(tmp_path: Path) -> None:
    long = tmp_path / "long"
    long.write_bytes(b"x" * (MAX_TEXT + 1))
    for path in (long, tmp_path, tmp_path / "missing"):
        with pytest.raises(FormatRefused):
            read_text(path)
    write_whole(tmp_path / "a/b", b"1")
    write_whole(tmp_path / "a/b", b"2")
    assert (tmp_path / "a/b").read_bytes() == b"2"
    with pytest.raises(FormatRefused, match="a: cannot be written"):
        write_whole(tmp_path / "a", b"3")
    assert [path.name for path in tmp_path.rglob("*")].count("b") == 1
    assert not list(tmp_path.rglob(".*"))
