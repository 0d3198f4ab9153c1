"""Commitments: what a leaf says of the plaintext that was sealed beside it.

Apart from the encryption, so that who was shown salt and plaintext can check them with nothing but a hash.
"""

from hashlib import sha256

SALT_SIZE = 16
_CONTEXT = b"entente/commitment/v1\x00"


def commitment(salt: bytes, plaintext: bytes) -> str:
    """Return the salted 256-bit commitment as `sha256:<hex>`."""
    return "sha256:" + sha256(_CONTEXT + salt + plaintext).hexdigest()
