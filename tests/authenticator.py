"""A security key in software: makes credentials and assertions, honest ones and those of every kind of liar.

Written after the standard (W3C Web Authentication Level 3, sections 5.8.1, 6.1, 6.5), not after the library
under test.
"""

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from gateway.key_given import GivenAssertion, GivenKey
from sharing.encoding import b64url, unb64url

UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80
KINDS = ("es256", "eddsa", "rs256")


@dataclass
class Authenticator:
    """One credential of one device. `counts` is False for a passkey, which always says 0."""

    origin: str
    kind: str = "es256"
    counts: bool = True
    flags: int = UP | UV
    id: bytes = field(default_factory=lambda: os.urandom(32))
    uses: int = 0
    private: Any = None

    def __post_init__(self) -> None:
        makers = {
            "es256": lambda: ec.generate_private_key(ec.SECP256R1()),
            "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
            "eddsa": ed25519.Ed25519PrivateKey.generate,
            "rs256": lambda: rsa.generate_private_key(65537, 2048),
            "rsa1024": lambda: rsa.generate_private_key(65537, 1024),  # noqa: S505  # must be refused
        }
        self.private = self.private or makers[self.kind]()

    @property
    def rp_id(self) -> str:
        return self.origin.split("//")[1].split(":")[0]

    @property
    def handle(self) -> str:
        return b64url(self.id)

    def cose(self) -> dict[int, Any]:
        """The public key (RFC 9053)."""
        public = self.private.public_key()
        if self.kind == "eddsa":
            return {1: 1, 3: -8, -1: 6, -2: public.public_bytes_raw()}
        numbers = public.public_numbers()
        if self.kind.startswith("rs"):
            return {1: 3, 3: -257, -1: numbers.n.to_bytes(public.key_size // 8), -2: b"\x01\x00\x01"}
        size, curve = (48, 2) if self.kind == "p384" else (32, 1)
        return {1: 2, 3: -7, -1: curve, -2: numbers.x.to_bytes(size), -3: numbers.y.to_bytes(size)}

    def create(self, asked: dict[str, Any], **lies: Any) -> GivenKey:
        """What a browser brings from `navigator.credentials.create`; `lies` replace a part of it."""
        public = lies.get("cose", self.cose())
        body = bytes(16) + len(self.id).to_bytes(2) + self.id + cbor2.dumps(public)
        data = lies.get("data", self._data(self.flags | AT, lies) + body)
        made = {"fmt": lies.get("fmt", "none"), "attStmt": lies.get("statement", {}), "authData": data}
        client = self._client("webauthn.create", asked["challenge"], lies)
        attestation = lies.get("attestation", cbor2.dumps(made))
        return GivenKey(asked["nonce"], self.handle, b64url(client), b64url(attestation), ("usb",))

    def get(self, asked: dict[str, Any], **lies: Any) -> GivenAssertion:
        """What a browser brings from `navigator.credentials.get`; `lies` replace a part of it."""
        self.uses += self.counts
        data = lies.get("data", self._data(self.flags, lies))
        client = self._client("webauthn.get", asked["challenge"], lies)
        signature = lies.get("signature", self._sign(data + hashlib.sha256(client).digest()))
        handle = lies.get("credential", self.handle)
        return GivenAssertion(asked["nonce"], handle, b64url(data), b64url(client), b64url(signature))

    def _data(self, flags: int, lies: dict[str, Any]) -> bytes:
        name = hashlib.sha256(lies.get("rp_id", self.rp_id).encode()).digest()
        return name + bytes([lies.get("flags", flags)]) + lies.get("count", self.uses).to_bytes(4)

    def _client(self, kind: str, challenge: str, lies: dict[str, Any]) -> bytes:
        if "client" in lies:
            return bytes(lies["client"])
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | lies.get("said", {})).encode()

    def _sign(self, data: bytes) -> bytes:
        if self.kind == "eddsa":
            return bytes(self.private.sign(data))
        if self.kind.startswith("rs"):
            return bytes(self.private.sign(data, padding.PKCS1v15(), SHA256()))
        return bytes(self.private.sign(data, ec.ECDSA(SHA256())))


def flipped(text: str, at: int) -> str:
    """A base64url text with one bit of its bytes turned."""
    raw = bytearray(unb64url(text))
    raw[at // 8 % len(raw)] ^= 1 << at % 8
    return b64url(bytes(raw))
