"""The export of a log as files in the tlog-tiles layout; made twice, it gives the same bytes."""

from pathlib import Path

from audit.archive import Archive
from audit.checkpoint import Checkpoint
from audit.errors import FormatRefused, ProofRefused
from audit.files import write_whole
from audit.merkle import leaf_hashes
from audit.note import Note
from audit.tiles import ENTRIES, WIDTH, Edge, Tile, encode_bundle, partial_tiles
from audit.verifier import Progress


def export(archive: Archive, directory: Path, progress: Progress) -> Checkpoint:
    """Write bundles, tiles and last the checkpoint, for the last signed size; return that checkpoint.

    `ProofRefused` if the leaves do not have the signed root, or if a tile that is there already has other
    bytes: tiles never change. Nothing is signed and no signature is checked here.
    """
    if archive.checkpoint is None:
        raise FormatRefused(f"log {archive.name}: holds no signed checkpoint to export")
    checkpoint = Checkpoint.parse(Note.parse(archive.checkpoint).text)
    edge = Edge()
    for bundle in archive.bundles():
        leaves = bundle[: checkpoint.size - edge.size]
        if not leaves:
            break
        _keep(directory, Tile(ENTRIES, edge.size // WIDTH, len(leaves)), encode_bundle(leaves))
        edge, full = edge.extend(leaf_hashes(leaves))
        for tile, data in full:
            _keep(directory, tile, data)
        progress(edge.size, checkpoint.size)
    if (root := edge.frontier().root()) != checkpoint.root:
        raise ProofRefused(f"{checkpoint}: the leaves give root {root.hex()}")
    for tile, data in partial_tiles(edge):
        _keep(directory, tile, data)
    write_whole(directory / "checkpoint", archive.checkpoint.encode())
    return checkpoint


def _keep(directory: Path, tile: Tile, data: bytes) -> None:
    """Write a tile, or find it there with the same bytes."""
    path = directory / tile.path
    if not path.exists():
        write_whole(path, data)
    elif path.read_bytes() != data:
        raise ProofRefused(f"{tile.path}: is there already with other bytes than the log gives")
