"""What a log serves, file by file, against what the export writes; and what it never serves."""

import asyncio
import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.archive import open_archive
from audit.checkpoint import Checkpoint
from audit.errors import StoreRefused
from audit.export import export
from audit.memory_store import MemoryStore
from audit.merkle import subtree_root
from audit.note import Note
from audit.sealing import Blob
from audit.serving import Absent, File, Part, Place, encode_sealed, place_of, read_file, within
from audit.sql_store import SqlStore
from audit.store import LogReader, StoredLeaf
from audit.tiles import (
    ENTRIES,
    WIDTH,
    Tile,
    bundles_of,
    decode_bundle,
    encode_bundle,
    split_hashes,
    tiles_of,
)
from tests.audit.conftest import StoreMaker
from tests.audit.samples import BLOB_KEY, Home, asked

SIZES = [1, 255, 256, 257, 700]


@dataclass(frozen=True)
class Served:
    """A log of 300 leaves without blobs: the door to its store, and its export."""

    reader: LogReader
    note: str
    files: dict[str, bytes]

    def expected(self, path: str) -> bytes | Absent:
        """What the export says of a path: a narrower tile is the first part of the one that is there."""
        place = place_of(path)
        if isinstance(place, Absent):
            return Absent.NO_SUCH_FILE
        if place.tile is None:
            return self.files["checkpoint"]
        level, index, width = place.tile.level, place.tile.index, place.tile.width
        for tile in (*tiles_of(300), *bundles_of(300)):
            if (tile.level, tile.index) == (level, index) and width <= tile.width:
                whole = self.files[tile.path]
                if place.part is Part.SEALED:
                    return encode_sealed(index * WIDTH, [StoredLeaf(b"", None)] * width)
                if place.part is Part.HASHES:
                    return whole[: 32 * width]
                return encode_bundle(decode_bundle(whole)[:width])
        return Absent.BEYOND_SIGNED_SIZE


def exported(home: Home, name: str = "tiles") -> dict[str, bytes]:
    """The export as paths and bytes."""
    archive = open_archive(home.database)
    folder = home.path / name
    export(archive, folder, lambda _done, _total: None)
    archive.close()
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def served(reader: LogReader, note: str, path: str) -> bytes | Absent:
    place = place_of(path)
    found = place if isinstance(place, Absent) else read_file(reader, place, note)
    return found.data if isinstance(found, File) else found


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_served_is_what_is_exported_byte_for_byte(home: Home, size: int) -> None:
    await home.fill(size, step=100)
    files = exported(home)
    assert exported(home, "again") == files
    async with home.open() as log:
        note = log.checkpoint()
        assert {path: served(log.reader, note, path) for path in files} == files
        kept = {tile.path for tile in (*tiles_of(size), *bundles_of(size))}
    assert files.keys() == kept | {"checkpoint"}


@pytest.mark.slow
async def test_a_tree_of_three_levels_is_served_as_exported(home: Home) -> None:
    await home.fill(65_537, step=4096)
    files = exported(home)
    assert {"tile/2/000.p/1", "tile/1/000", "tile/entries/256.p/1"} <= files.keys()
    async with home.open() as log:
        assert {path: served(log.reader, log.checkpoint(), path) for path in files} == files


async def test_every_width_up_to_the_signed_one_is_there_and_no_more(home: Home) -> None:
    async with home.open() as log:
        await log.append_many([asked(f"q-{i}") for i in range(300)])
        note = log.checkpoint()
        whole = served(log.reader, note, "tile/0/000")
        assert isinstance(whole, bytes)
        for width in (1, 2, 128, 255):
            assert served(log.reader, note, f"tile/0/000.p/{width}") == whole[: 32 * width]
            bundle = served(log.reader, note, f"tile/entries/000.p/{width}")
            assert isinstance(bundle, bytes)
            assert len(decode_bundle(bundle)) == width
        for path in ("tile/0/001.p/45", "tile/0/001", "tile/0/002", "tile/1/000", "tile/1/000.p/2"):
            assert served(log.reader, note, path) is Absent.BEYOND_SIGNED_SIZE
        assert served(log.reader, note, "tile/entries/001.p/45") is Absent.BEYOND_SIGNED_SIZE
        assert served(log.reader, note, "sealed/001.p/45") is Absent.BEYOND_SIGNED_SIZE


async def test_leaves_after_the_signed_checkpoint_are_not_served(home: Home) -> None:
    async with home.open() as log:
        await log.append(asked("q-1"))
        early = log.checkpoint()
        await log.append(asked("q-2"))
        assert served(log.reader, early, "tile/0/000.p/2") is Absent.BEYOND_SIGNED_SIZE
        assert isinstance(served(log.reader, log.checkpoint(), "tile/0/000.p/2"), bytes)


async def test_the_checkpoint_comes_with_the_cosignatures_kept_for_its_size(home: Home) -> None:
    async with home.open() as log:
        await log.append(asked("q-1"))
        note = log.checkpoint()
        cosigned = note + "— witness.example " + base64.b64encode(b"key-" + bytes(72)).decode() + "\n"
        await log.keep(cosigned)
        assert served(log.reader, note, "checkpoint") == cosigned.encode()
        await log.append(asked("q-2"))
        assert served(log.reader, log.checkpoint(), "checkpoint") == log.checkpoint().encode()


async def test_sealed_blobs_of_a_bundle(home: Home) -> None:
    async with home.open() as log:
        for place in range(4):
            await log.append(asked(f"q-{place}", sealed=b"a person" if place % 2 else None))
        told = served(log.reader, log.checkpoint(), "sealed/000.p/4")
        stored = log.reader.leaves(0, 4)
    assert isinstance(told, bytes)
    read = json.loads(told)
    assert (read["first"], read["width"]) == (0, 4)
    assert [each["index"] for each in read["blobs"]] == [1, 3]
    blob = Blob(*(base64.b64decode(read["blobs"][0][name]) for name in ("sealed", "wrapped_key")))
    leaf = json.loads(stored[1].leaf)
    assert BLOB_KEY.open(blob, leaf["id"], leaf["commitment"]) == b"a person"


def test_an_erased_blob_is_not_among_them() -> None:
    kept = StoredLeaf(b"leaf", Blob(b"s", b"k"))
    assert encode_sealed(256, [StoredLeaf(b"leaf", None), kept]) == (
        b'{"blobs":[{"index":257,"sealed":"cw==","wrapped_key":"aw=="}],"first":256,"width":2}'
    )


async def test_every_store_serves_the_same(stores: StoreMaker, tmp_path: Path) -> None:
    async with Home(tmp_path, store=lambda _path: stores()).open() as log:
        for start in range(0, 300, 60):
            await log.append_many([asked(f"q-{i}") for i in range(start, start + 60)])
        note = log.checkpoint()
        bundles = [served(log.reader, note, path) for path in ("tile/entries/000", "tile/entries/001.p/44")]
        level = served(log.reader, note, "tile/1/000.p/1")
        low = [served(log.reader, note, path) for path in ("tile/0/000", "tile/0/001.p/44")]
    assert [len(decode_bundle(each)) for each in bundles if isinstance(each, bytes)] == [256, 44]
    hashes = [split_hashes(each) for each in low if isinstance(each, bytes)]
    assert level == subtree_root(hashes[0])
    assert Checkpoint.parse(Note.parse(note).text).root == subtree_root([*hashes[0], *hashes[1]])


async def test_a_store_that_lost_leaves_is_found_out(tmp_path: Path) -> None:
    store = MemoryStore()
    async with Home(tmp_path, store=lambda _path: store).open() as log:
        await log.append_many([asked(f"q-{i}") for i in range(3)])
        note = log.checkpoint()
        del store._leaves[2:]
        for path in ("tile/entries/000.p/3", "sealed/000.p/3", "tile/0/000.p/3"):
            with pytest.raises(StoreRefused):
                served(store, note, path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/checkpoint",
        "checkpoint/",
        "Checkpoint",
        "tile",
        "tile/0/../../../keys/log.key",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/64/000",
        "tile/00/000",
        "tile/0/x000/000",
        "tile/0/1",
        "tile/entries/",
        "tile/0/" + "x999/" * 7 + "999",
        "tile/0/" + "x999/" * 9000 + "999",
        "tile/0/٠٠٠",
        "sealed",
        "sealed/",
        "sealed/tile/entries/000",
        "sealed/../checkpoint",
        "sealed/000.p/0",
        "tile/entries/000\n",
    ],
)
def test_what_is_no_place_in_the_layout(path: str) -> None:
    assert place_of(path) is Absent.NO_SUCH_FILE


def test_places() -> None:
    assert place_of("checkpoint") == Place(Part.CHECKPOINT)
    assert place_of("tile/1/x001/234.p/8") == Place(Part.HASHES, Tile(1, 1234, 8))
    assert place_of("tile/entries/000") == Place(Part.ENTRIES, Tile(ENTRIES, 0))
    assert place_of("sealed/x001/000.p/3") == Place(Part.SEALED, Tile(ENTRIES, 1000, 3))
    assert [Place(part).constant for part in Part] == [False, True, True, False]


@given(st.integers(0, 70_000), st.integers(-1, 63), st.integers(0, 300), st.integers(1, WIDTH))
def test_a_tile_is_within_a_tree_exactly_if_a_tree_that_size_or_smaller_has_it(
    size: int, level: int, index: int, width: int
) -> None:
    full = {(tile.level, tile.index): tile.width for tile in (*tiles_of(size), *bundles_of(size))}
    assert within(Tile(level, index, width), size) == (width <= full.get((level, index), 0))


WORDS = st.sampled_from(["tile", "entries", "sealed", "checkpoint", "0", "1", "000", "001", ".p", "..", ""])
PLACES = st.builds(Tile, st.integers(-1, 2), st.integers(0, 2), st.integers(1, WIDTH)).map(
    lambda tile: tile.path
)
PATHS = st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=7).map("/".join), PLACES)


@pytest.fixture(scope="module")
def three_hundred(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = Home(tmp_path_factory.mktemp("served"))
    asyncio.run(home.fill(300, step=100))
    files = exported(home)
    store = SqlStore(f"sqlite:///{home.database}")
    yield Served(store.reader, files["checkpoint"].decode(), files)
    store.close()


@given(path=PATHS)
def test_any_string_gives_the_exports_bytes_or_a_typed_refusal(three_hundred: Served, path: str) -> None:
    found = served(three_hundred.reader, three_hundred.note, path)
    assert found == three_hundred.expected(path)
