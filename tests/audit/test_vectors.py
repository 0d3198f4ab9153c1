"""Facts that others published: a log that Tessera wrote, cosignatures that other programs' witnesses made."""

import base64
from pathlib import Path

import pytest

from audit.archive import open_archive
from audit.checkpoint import Checkpoint, open_checkpoint
from audit.cosignature import Cosigner, cosigned_at
from audit.errors import ProofRefused
from audit.keys import SignatureType, VerifyKey
from audit.merkle import leaf_hashes, prove_consistency, verify_consistency
from audit.mirror import Mirror
from audit.note import Note, Signature
from audit.tiles import Edge, decode_bundle, encode_bundle, node_reader, parse_path, split_hashes
from audit.trust import TrustPolicy
from tests.audit.samples import b64, vectors

TESSERA = vectors("tessera")
COSIGNED = vectors("cosignatures")
LEAVES = decode_bundle(b64(TESSERA["files"]["tile/entries/000.p/15"]))
VKEY = VerifyKey.parse(TESSERA["vkey"])


@pytest.mark.parametrize("size", [0, 8, 12, 15])
def test_a_checkpoint_of_tesseras_is_what_its_leaves_give(size: int) -> None:
    checkpoint = open_checkpoint(TESSERA["checkpoints"][str(size)], [VKEY])
    edge, _ = Edge().extend(leaf_hashes(LEAVES[:size]))
    assert (checkpoint.size, checkpoint.root) == (size, edge.frontier().root())


@pytest.mark.parametrize("path", sorted(TESSERA["files"]))
def test_a_tile_and_a_bundle_of_tesseras_are_ours_byte_for_byte(path: str) -> None:
    tile = parse_path(path)
    leaves = LEAVES[: tile.width]
    ours = encode_bundle(leaves) if tile.level < 0 else b"".join(leaf_hashes(leaves))
    assert ours == b64(TESSERA["files"][path])


def test_tesseras_checkpoints_are_consistent() -> None:
    hashes = b64(TESSERA["files"]["tile/0/000.p/15"])
    assert split_hashes(hashes) == leaf_hashes(LEAVES)
    heads = [Checkpoint.parse(Note.parse(text).text) for text in TESSERA["checkpoints"].values()]
    read = node_reader(lambda _level, _index, width: hashes[: 32 * width], 15)
    for old in heads:
        proof = prove_consistency(read, old.size, 15)
        verify_consistency((old.size, old.root), (15, heads[-1].root), proof)


def test_a_copy_of_tesseras_log(tmp_path: Path) -> None:
    files = {path: b64(data) for path, data in TESSERA["files"].items()}
    for size in ("8", "12", "15"):
        files["checkpoint"] = TESSERA["checkpoints"][size].encode()
        assert Mirror(tmp_path, files.__getitem__).update([VKEY], lambda _done, _total: None).size == int(
            size
        )
    archive = open_archive(tmp_path)
    assert [leaf for bundle in archive.bundles() for leaf in bundle] == LEAVES
    archive.close()


@pytest.mark.parametrize(("name", "vkey", "line"), COSIGNED["lines"])
def test_a_cosignature_by_another_program_counts(name: str, vkey: str, line: str) -> None:
    note = COSIGNED["note"] + line
    policy = TrustPolicy.parse(f"log {COSIGNED['log_vkey']}\nwitness w {vkey}\nquorum w\n")
    assert policy.check(note)[1] == ["w"], name
    signature = Signature.parse(line.removesuffix("\n"))
    assert cosigned_at(signature) > 1_700_000_000
    assert Cosigner(VerifyKey.parse(vkey)).key_id == signature.key_id
    changed = note.replace("fr.ofast/log\n40\n", "fr.ofast/log\n41\n")
    with pytest.raises(ProofRefused):
        policy.check(changed)


def test_keys_and_times_of_cosignatures_as_published() -> None:
    assert VerifyKey.parse(COSIGNED["foreign_vkey"]).type is SignatureType.COSIGNATURE
    text, seconds = COSIGNED["timed"]
    assert cosigned_at(Signature("w", *_halves(base64.b64decode(text)))) == seconds


def _halves(raw: bytes) -> tuple[bytes, bytes]:
    return raw[:4], raw[4:]
