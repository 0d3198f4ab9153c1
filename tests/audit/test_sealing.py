"""Sealed blobs: opened by the right key only, bound to their entry, and what the leaf commits to."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.commitment import commitment as committed
from audit.errors import KeyRefused, SealRefused
from audit.sealing import MAX_PLAINTEXT, Blob, BlobKey
from tests.audit.samples import BLOB_KEY


@given(st.binary(max_size=200), st.text("0123456789abcdef", min_size=32, max_size=32))
def test_there_and_back(plaintext: bytes, entry_id: str) -> None:
    commitment, blob = BLOB_KEY.seal(plaintext, entry_id)
    assert BLOB_KEY.open(blob, entry_id, commitment) == plaintext
    assert committed(*BLOB_KEY.open_salted(blob, entry_id, commitment)) == commitment


def test_the_same_plaintext_never_looks_the_same() -> None:
    one, other = BLOB_KEY.seal(b"Moreau", "a"), BLOB_KEY.seal(b"Moreau", "a")
    assert one[0] != other[0]
    assert one[1] != other[1]
    assert b"Moreau" not in one[1].sealed


def test_what_does_not_open() -> None:
    commitment, blob = BLOB_KEY.seal(b"Moreau", "a")
    other_commitment, other = BLOB_KEY.seal(b"Moreau", "a")
    bent = Blob(blob.sealed[:-1] + bytes([blob.sealed[-1] ^ 1]), blob.wrapped_key)
    for key, taken, entry_id in (
        (BlobKey.generate(), blob, "a"),
        (BLOB_KEY, blob, "b"),
        (BLOB_KEY, bent, "a"),
        (BLOB_KEY, Blob(blob.sealed, other.wrapped_key), "a"),
        (BLOB_KEY, Blob(blob.sealed, b""), "a"),
        (BLOB_KEY, Blob(b"", blob.wrapped_key), "a"),
    ):
        with pytest.raises(SealRefused, match="does not open"):
            key.open(taken, entry_id, commitment)
    with pytest.raises(SealRefused, match="not what the leaf commits to"):
        BLOB_KEY.open(blob, "a", other_commitment)


def test_a_plaintext_has_a_size() -> None:
    with pytest.raises(SealRefused, match="at most 65536"):
        BLOB_KEY.seal(bytes(MAX_PLAINTEXT + 1), "a")


def test_key_files(tmp_path: Path) -> None:
    key = BlobKey.generate()
    key.save(tmp_path / "blob.key")
    assert BlobKey.load(tmp_path / "blob.key") == key
    assert key.secret.hex() not in repr(key)
    (tmp_path / "text").write_text("not hex")
    (tmp_path / "text").chmod(0o600)
    with pytest.raises(KeyRefused, match="does not hold the hex"):
        BlobKey.load(tmp_path / "text")
    with pytest.raises(KeyRefused, match="31 bytes"):
        BlobKey(bytes(31))
