"""Ed25519 keys with the names, ids and text forms of C2SP signed notes.

See c2sp.org/signed-note, "Verifier keys". One key per use; its name says whose it is and what for
(`fr.ofast/log`). The key id is the first four bytes of SHA-256(name, newline, signature type, public key).
Private keys lie in files of mode 0600, one line each.
"""

import base64
import binascii
import os
import re
import stat
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.errors import KeyRefused

KEY_SIZE = 32
_TOO_WIDE = stat.S_IRWXG | stat.S_IRWXO
_MAX_FILE = 4096


class SignatureType(IntEnum):
    """The signature type byte of signed notes that a key is for."""

    NOTE = 0x01
    COSIGNATURE = 0x04


_NOT_IN_NAMES = re.compile(r"[\s+\x00-\x1f\ud800-\udfff]")


def check_name(name: str) -> None:
    """Raise `KeyRefused` if `name` is empty or holds a space, a plus sign or a control character."""
    if not name or _NOT_IN_NAMES.search(name):
        raise KeyRefused(f"key name {name!r}: empty, or with a space, plus sign or control character")


def _decode(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise KeyRefused(f"{what}: key material is not base64") from error


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """A public key: `name`, 32 `raw` bytes, and the signature type it is for."""

    name: str
    raw: bytes
    type: SignatureType = SignatureType.NOTE
    key_id: bytes = field(init=False, repr=False, compare=False)
    _public: Ed25519PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the name and the bytes, and derive the key id."""
        check_name(self.name)
        if len(self.raw) != KEY_SIZE:
            raise KeyRefused(f"key {self.name}: {len(self.raw)} bytes, Ed25519 has {KEY_SIZE}")
        digest = sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.raw).digest()
        object.__setattr__(self, "key_id", digest[:4])
        object.__setattr__(self, "_public", Ed25519PublicKey.from_public_bytes(self.raw))

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read `name+id+base64`; `KeyRefused` when a part is malformed or the id is not the key's."""
        name, _, rest = vkey.partition("+")
        hex_id, _, material = rest.partition("+")
        raw = _decode(material, f"vkey of {name!r}")
        if not raw or raw[0] not in set(SignatureType):
            raise KeyRefused(f"vkey of {name!r}: unknown signature type {raw[:1].hex() or 'none'}")
        key = cls(name, raw[1:], SignatureType(raw[0]))
        if key.vkey != vkey:
            raise KeyRefused(f"vkey of {name!r}: says key id {hex_id!r}, the key's own is {key.key_id.hex()}")
        return key

    @property
    def vkey(self) -> str:
        """The key as text: `name+hex id+base64(type, key)`."""
        material = base64.b64encode(bytes([self.type]) + self.raw).decode()
        return f"{self.name}+{self.key_id.hex()}+{material}"

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Tell whether `signature` is this key's Ed25519 signature of `data`; never raises on bad input."""
        try:
            self._public.verify(signature, data)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key; `repr` shows only the public part."""

    public: VerifyKey
    _seed: bytes = field(repr=False)
    _private: Ed25519PrivateKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check that both halves belong together."""
        private = Ed25519PrivateKey.from_private_bytes(self._seed)
        if private.public_key().public_bytes_raw() != self.public.raw:
            raise KeyRefused(f"key {self.public.name}: the private half does not belong to the public half")
        object.__setattr__(self, "_private", private)

    @classmethod
    def generate(cls, name: str, type: SignatureType = SignatureType.NOTE) -> Self:  # noqa: A002 - the specification's word
        """Make a new key from the system's randomness."""
        return cls.from_seed(name, os.urandom(KEY_SIZE), type)

    @classmethod
    def from_seed(cls, name: str, seed: bytes, type: SignatureType = SignatureType.NOTE) -> Self:  # noqa: A002 - as above
        """Make the key whose 32 secret bytes are `seed`."""
        if len(seed) != KEY_SIZE:
            raise KeyRefused(f"key {name}: a seed of {len(seed)} bytes, Ed25519 has {KEY_SIZE}")
        raw = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        return cls(VerifyKey(name, raw, type), seed)

    @classmethod
    def parse(cls, skey: str) -> Self:
        """Read `PRIVATE+KEY+name+id+base64(type, seed)`, the form that golang.org/x/mod/sumdb/note writes."""
        parts = skey.split("+", 4)
        if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"]:  # noqa: PLR2004 - the five parts named above
            raise KeyRefused("private key: not in the form PRIVATE+KEY+name+id+key")
        name, material = parts[2], _decode(parts[4], f"private key {parts[2]!r}")
        if not material or material[0] not in set(SignatureType):
            raise KeyRefused(f"private key {name!r}: unknown signature type")
        key = cls.from_seed(name, material[1:], SignatureType(material[0]))
        if key.skey != skey:
            raise KeyRefused(
                f"private key {name!r}: says key id {parts[3]!r}, its own is {key.public.key_id.hex()}"
            )
        return key

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the key from a file; `KeyRefused` when others than its owner may touch the file."""
        return cls.parse(read_secret(path).decode("utf-8", "replace").removesuffix("\n"))

    def save(self, path: Path) -> None:
        """Write the key to a new file of mode 0600; an existing file is never overwritten."""
        write_secret(path, self.skey.encode() + b"\n")

    @property
    def name(self) -> str:
        """The key's name."""
        return self.public.name

    @property
    def waits(self) -> bool:
        """The key is in this process's memory: a signature waits for nothing."""
        return False

    def look(self) -> None:
        """The key is here."""

    @property
    def skey(self) -> str:
        """The key as text, secret: `PRIVATE+KEY+name+id+base64(type, seed)`."""
        material = base64.b64encode(bytes([self.public.type]) + self._seed).decode()
        return f"PRIVATE+KEY+{self.name}+{self.public.key_id.hex()}+{material}"

    def sign(self, data: bytes) -> bytes:
        """Return the 64 bytes of the Ed25519 signature of `data` (RFC 8032)."""
        return self._private.sign(data)


def read_secret(path: Path) -> bytes:
    """Return a secret file's bytes; `KeyRefused` unless it is a regular file of mode 0600 or narrower."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise KeyRefused(f"key file {path.name}: {error.strerror}") from error
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode) or stat.S_IMODE(mode) & _TOO_WIDE:
            what = "may be 0600 at most" if stat.S_ISREG(mode) else "not a plain file"
            raise KeyRefused(f"key file {path.name}: mode {stat.S_IMODE(mode):04o}, {what}")
        return os.read(descriptor, _MAX_FILE)
    finally:
        os.close(descriptor)


def write_secret(path: Path, data: bytes) -> None:
    """Write a new file of mode 0600 and make it durable."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise KeyRefused(f"key file {path.name}: {error.strerror}") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
