"""Sealed blobs: what identifies a person, encrypted beside the leaf, erasable without touching a proof.

Each plaintext gets a random 128-bit salt, a random data key and a random nonce. The leaf carries the
commitment SHA-256("entente/commitment/v1", a zero byte, salt, plaintext). The blob is AES-256-GCM over salt
and plaintext, bound to the entry's id as associated data; the data key is wrapped by the node's blob key
(AES key wrap, RFC 3394). When the blob key changes, the data keys are wrapped anew; while that is under way
a blob opens with the new key or the one before it, and the wrap itself tells which.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from audit.commitment import SALT_SIZE, commitment
from audit.errors import KeyRefused, SealRefused
from audit.keys import KEY_SIZE, read_secret, write_secret

MAX_PLAINTEXT = 65536
_NONCE_SIZE = 12


@dataclass(frozen=True, slots=True)
class Blob:
    """A sealed plaintext: nonce and ciphertext, and the wrapped key that opens it. Both die in an erasure."""

    sealed: bytes = field(repr=False)
    wrapped_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class BlobKey:
    """The node's key that wraps the data keys of all its blobs: 32 secret bytes.

    `before` is the key that some blobs may still be wrapped with.
    """

    secret: bytes = field(repr=False)
    before: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse a key of another length."""
        for secret in (self.secret, *self._before):
            if len(secret) != KEY_SIZE:
                raise KeyRefused(f"blob key: {len(secret)} bytes, {KEY_SIZE} are needed")

    @property
    def _before(self) -> tuple[bytes, ...]:
        return () if self.before is None else (self.before,)

    @classmethod
    def generate(cls) -> Self:
        """Make a new key from the system's randomness."""
        return cls(os.urandom(KEY_SIZE))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the key from a file of mode 0600 that holds its hex."""
        try:
            return cls(bytes.fromhex(read_secret(path).decode("ascii")))
        except ValueError as error:
            raise KeyRefused(
                f"blob key file {path.name}: does not hold the hex of {KEY_SIZE} bytes"
            ) from error

    def save(self, path: Path) -> None:
        """Write the key to a new file of mode 0600."""
        write_secret(path, self.secret.hex().encode() + b"\n")

    def seal(self, plaintext: bytes, entry_id: str) -> tuple[str, Blob]:
        """Return the commitment for the leaf and the blob for beside it."""
        if len(plaintext) > MAX_PLAINTEXT:
            raise SealRefused(f"entry {entry_id}: {len(plaintext)} bytes to seal, at most {MAX_PLAINTEXT}")
        salt, nonce, data_key = os.urandom(SALT_SIZE), os.urandom(_NONCE_SIZE), os.urandom(KEY_SIZE)
        sealed = nonce + AESGCM(data_key).encrypt(nonce, salt + plaintext, entry_id.encode())
        return commitment(salt, plaintext), Blob(sealed, aes_key_wrap(self.secret, data_key))

    def open(self, blob: Blob, entry_id: str, committed: str) -> bytes:
        """Return the plaintext, checked against the leaf's commitment."""
        return self.open_salted(blob, entry_id, committed)[1]

    def open_salted(self, blob: Blob, entry_id: str, committed: str) -> tuple[bytes, bytes]:
        """Return salt and plaintext: who is shown both can check the leaf's commitment."""
        try:
            data_key = self._unwrap(blob.wrapped_key)
            nonce, ciphertext = blob.sealed[:_NONCE_SIZE], blob.sealed[_NONCE_SIZE:]
            salted = AESGCM(data_key).decrypt(nonce, ciphertext, entry_id.encode())
        except (InvalidUnwrap, InvalidTag, ValueError) as error:
            raise SealRefused(f"entry {entry_id}: its blob does not open with this blob key") from error
        salt, plaintext = salted[:SALT_SIZE], salted[SALT_SIZE:]
        if commitment(salt, plaintext) != committed:
            raise SealRefused(f"entry {entry_id}: its blob is not what the leaf commits to")
        return salt, plaintext

    def _unwrap(self, wrapped: bytes) -> bytes:
        """Return the data key; `InvalidUnwrap` if neither key wrapped it."""
        try:
            return aes_key_unwrap(self.secret, wrapped)
        except InvalidUnwrap:
            if self.before is None:
                raise
            return aes_key_unwrap(self.before, wrapped)

    def rewrapped(self, blob: Blob) -> bytes | None:
        """Return the blob's data key wrapped by the present key, None if it is so already.

        `SealRefused` if neither key wrapped it.
        """
        try:
            aes_key_unwrap(self.secret, blob.wrapped_key)
        except InvalidUnwrap:
            try:
                return aes_key_wrap(self.secret, self._unwrap(blob.wrapped_key))
            except InvalidUnwrap as error:
                raise SealRefused(
                    "blob: wrapped neither by the present blob key nor the one before"
                ) from error
        return None
