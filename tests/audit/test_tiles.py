"""Tiles: the paths and sizes of tlog-tiles, bundles, and the right edge of a growing tree."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.errors import FormatRefused
from audit.merkle import Frontier, leaf_hash, subtree_root
from audit.tiles import (
    ENTRIES,
    WIDTH,
    Edge,
    Tile,
    bundles_of,
    decode_bundle,
    encode_bundle,
    load_edge,
    parse_path,
    partial_tiles,
    read_node,
    split_hashes,
    tiles_of,
)
from tests.audit.samples import vectors

FACTS = vectors("tiles")
MANY = [leaf_hash(b"%d" % i) for i in range(70_000)]


@pytest.mark.parametrize(("path", "level", "index", "width"), FACTS["paths"])
def test_paths_as_published(path: str, level: int, index: int, width: int) -> None:
    assert Tile(level, index, width).path == path
    assert parse_path(path) == Tile(level, index, width)


@pytest.mark.parametrize("path", FACTS["bad_paths"])
def test_other_spellings_are_refused(path: str) -> None:
    with pytest.raises(FormatRefused, match="tile path"):
        parse_path(path)


@given(st.integers(-1, 63), st.integers(0, 2**40), st.integers(1, WIDTH))
def test_paths_go_there_and_back(level: int, index: int, width: int) -> None:
    assert parse_path(Tile(level, index, width).path) == Tile(level, index, width)


@given(st.text(alphabet="tile/0123456789x.penrs", max_size=30))
def test_any_path_is_read_as_written_or_refused(path: str) -> None:
    with suppress(FormatRefused):
        assert parse_path(path).path == path


@pytest.mark.parametrize(("size", "expected"), FACTS["sizes"])
def test_tiles_of_a_size_as_published(size: int, expected: dict[str, Any]) -> None:
    found: dict[str, list[int]] = {}
    for tile in tiles_of(size):
        counts = found.setdefault(str(tile.level), [0, 0])
        if tile.width == WIDTH:
            counts[0] += 1
        else:
            counts[1] = tile.width
    assert found == expected


def test_tiles_that_a_step_adds() -> None:
    assert list(tiles_of(600, 300)) == [Tile(0, 1), Tile(0, 2, 88), Tile(1, 0, 2)]
    assert list(tiles_of(300, 300)) == []
    assert list(bundles_of(300)) == [Tile(ENTRIES, 0), Tile(ENTRIES, 1, 44)]


@given(st.lists(st.binary(max_size=300), max_size=WIDTH))
def test_bundles_go_there_and_back(leaves: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(leaves)) == leaves


@given(st.binary(max_size=100))
def test_any_bundle_is_read_as_written_or_refused(data: bytes) -> None:
    with suppress(FormatRefused):
        assert encode_bundle(decode_bundle(data)) == data


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x02a", b"\x00\x00" * 257])
def test_a_cut_or_long_bundle_is_refused(data: bytes) -> None:
    with pytest.raises(FormatRefused, match="entry bundle"):
        decode_bundle(data)


def test_a_leaf_too_long_for_a_bundle_is_refused() -> None:
    with pytest.raises(FormatRefused, match="65536 bytes"):
        encode_bundle([bytes(65_536)])


@pytest.mark.parametrize("size", [0, 31, 33, 257 * 32])
def test_bytes_that_are_no_tile_are_refused(size: int) -> None:
    with pytest.raises(FormatRefused, match="are not 1 to 256 hashes"):
        split_hashes(bytes(size))


@given(st.lists(st.integers(0, 700), max_size=5))
def test_the_edge_grows_like_the_tree(steps: list[int]) -> None:
    edge, kept = Edge(), dict[tuple[int, int], bytes]()
    for step in steps:
        before = edge.size
        edge, full = edge.extend(MANY[before : before + step])
        kept |= {(tile.level, tile.index): data for tile, data in full}
        assert edge.frontier() == Frontier().append(MANY[: edge.size])
    kept |= {(tile.level, tile.index): data for tile, data in partial_tiles(edge)}
    assert {(tile.level, tile.index) for tile in tiles_of(edge.size)} == kept.keys()
    assert load_edge(lambda level, index, _width: kept[level, index], edge.size) == edge


def test_a_full_tile_leaves_no_partial_one() -> None:
    edge, full = Edge().extend(MANY[:WIDTH])
    assert [tile for tile, _ in full] == [Tile(0, 0)]
    assert [tile for tile, _ in partial_tiles(edge)] == [Tile(1, 0, 1)]


def test_nodes_of_a_tree_of_three_levels() -> None:
    edge, full = Edge().extend(MANY)
    kept = {(tile.level, tile.index): data for tile, data in [*full, *partial_tiles(edge)]}

    def read(level: int, index: int, width: int) -> bytes:
        return kept[level, index][: 32 * width]

    for level, index in [(0, 69_999), (3, 5), (8, 272), (9, 100), (16, 0)]:
        expected = subtree_root(MANY[index << level : (index + 1) << level])
        assert read_node(read, len(MANY), level, index) == expected
    assert load_edge(read, len(MANY)) == edge
