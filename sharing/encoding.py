"""Bytes as text and back, strictly: base64 in both alphabets, and digests. Nothing lenient is accepted."""

import base64
import binascii
import hashlib
import os
import re

from sharing.errors import FieldRefused

_B64URL = re.compile(r"[A-Za-z0-9_-]*")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")


def digest(data: bytes) -> str:
    """`sha256:<hex>` of `data`."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def b64(data: bytes) -> str:
    """Standard base64 with padding, as structured fields want it (RFC 9651)."""
    return binascii.b2a_base64(data, newline=False).decode()


def b64url(data: bytes) -> str:
    """URL-safe base64 without padding, as JOSE wants it (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text: str) -> bytes:
    """Bytes of the only accepted spelling; `ValueError` on padding, other characters or stray bits."""
    if not _B64URL.fullmatch(text):
        raise FieldRefused("not base64url without padding")
    padded = text.encode() + b"=" * (-len(text) % 4)
    data = binascii.a2b_base64(padded.translate(_TO_STANDARD), strict_mode=True)
    if b64url(data) != text:
        raise FieldRefused("base64url with stray bits")
    return data


def fresh() -> str:
    """127 random bits as 22 characters of base64url, a letter first: nonces, salts, token ids.

    A hyphen or underscore in front would be refused by some forms of references and read as an option by a
    command line. The first character stands for the top six bits, and with the first bit 0 it is in `A-Za-f`.
    """
    drawn = os.urandom(16)
    return b64url(bytes([drawn[0] & 0x7F]) + drawn[1:])
