"""A person's own key under an approval: what it signs, and how anybody checks that later without the node.

The key is a WebAuthn credential (W3C Web Authentication Level 3): a passkey or a security key. What it signs
is `authenticatorData || SHA-256(clientDataJSON)`, and the client data holds a challenge. Here that challenge
is a digest over the digest of what is approved, so the signature is good for exactly that, at one node, for
one act (ADR 0721). A `Paper` is all that a stranger needs; it is sealed beside the approval's leaf, which
names the digests of paper and key.
"""

import hashlib
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from audit.canonical import JSON, encode
from audit.entry import read_leaf
from audit.errors import FormatRefused, ProofRefused

CONTEXT: Final = "entente approval v1"
"""The first thing in every challenge: a signature for anything else is worth nothing here."""
ADDED: Final = "APPROVAL_KEY_ADDED"
ENDED: Final = frozenset({"APPROVAL_KEY_REMOVED", "APPROVAL_KEY_RESET"})
APPROVALS: Final = frozenset({"GRANT_APPROVED", "FOLLOW_UP_APPROVED"})
LEAST_RSA: Final = 2048
SHORTEST: Final = 37
"""Bytes of authenticator data without extensions: hash of the RP ID, flags, count."""
_PRESENT, _VERIFIED = 0x01, 0x04
_TEXTS: Final = ("act", "about", "credential", "digest", "node", "nonce", "origin", "rp_id", "subject")
_BYTES: Final = ("authenticator_data", "client_data", "key", "signature")
_HEX: Final = re.compile(r"(?:[0-9a-f]{2}){1,4096}")
_LONGEST: Final = 2048


def digest(data: bytes) -> str:
    """`sha256:<hex>`, as leaves have it."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Approved:
    """What somebody approves: at which node, what kind of act, of what id, with which digest, asked how.

    `nonce` is the node's, new for each time it asks.
    """

    node: str
    act: str
    about: str
    digest: str
    nonce: str

    @property
    def challenge(self) -> bytes:
        """The 32 bytes that the person's key is to sign."""
        said: Mapping[str, JSON] = {
            "context": CONTEXT,
            "node": self.node,
            "act": self.act,
            "about": self.about,
            "digest": self.digest,
            "nonce": self.nonce,
        }
        return hashlib.sha256(encode(said)).digest()


@dataclass(frozen=True, slots=True)
class Paper:
    """An assertion of a person's key, with what it was about. `key` is a DER SubjectPublicKeyInfo.

    `subject` is the person, `credential` the key's own id (base64url), `rp_id` and `origin` the desk that the
    browser showed.
    """

    approved: Approved
    subject: str
    credential: str
    key: bytes
    origin: str
    rp_id: str
    authenticator_data: bytes
    client_data: bytes
    signature: bytes

    @property
    def key_digest(self) -> str:
        """What the log calls the key."""
        return digest(self.key)

    @property
    def digest(self) -> str:
        """What the log calls this paper."""
        return digest(encode(self.written))

    @property
    def written(self) -> Mapping[str, JSON]:
        """As plain JSON; bytes are hex."""
        about = self.approved
        return {
            "node": about.node,
            "act": about.act,
            "about": about.about,
            "digest": about.digest,
            "nonce": about.nonce,
            "subject": self.subject,
            "credential": self.credential,
            "key": self.key.hex(),
            "origin": self.origin,
            "rp_id": self.rp_id,
            "authenticator_data": self.authenticator_data.hex(),
            "client_data": self.client_data.hex(),
            "signature": self.signature.hex(),
        }

    @classmethod
    def read(cls, said: object) -> Self:
        """The paper in plain JSON; `FormatRefused` unless it has exactly these parts in their form."""
        if not isinstance(said, dict) or said.keys() != {*_TEXTS, *_BYTES}:
            raise FormatRefused(f"assertion: its parts are not {', '.join(sorted((*_TEXTS, *_BYTES)))}")
        texts, raw = {name: said[name] for name in _TEXTS}, {name: said[name] for name in _BYTES}
        for name, value in texts.items():
            if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
                raise FormatRefused(f"assertion: {name} is no text of 1 to {_LONGEST} characters")
        for name, value in raw.items():
            if not isinstance(value, str) or not _HEX.fullmatch(value):
                raise FormatRefused(f"assertion: {name} is not in hex")
        about = Approved(**{each.name: texts[each.name] for each in fields(Approved)})
        parts = {name: bytes.fromhex(value) for name, value in raw.items()}
        return cls(
            about,
            subject=texts["subject"],
            credential=texts["credential"],
            origin=texts["origin"],
            rp_id=texts["rp_id"],
            **parts,
        )

    def check(self) -> None:
        """`ProofRefused`, with what differs, unless the key signed exactly this.

        1. The client data is of an assertion, for this challenge, at this origin, in no frame of another's.
        2. The origin is a desk of the RP ID, and the authenticator meant that one. 3. A person was there, and
        was verified. 4. The signature is the key's.
        """
        _check_client_data(self)  # 1
        host = urlsplit(self.origin).hostname or ""
        if host != self.rp_id:  # 2
            raise ProofRefused(f"assertion: made at {self.origin}, which is no desk of {self.rp_id}")
        data = self.authenticator_data
        if len(data) < SHORTEST or data[:32] != hashlib.sha256(self.rp_id.encode()).digest():
            raise ProofRefused(f"assertion: the authenticator's data are not for {self.rp_id}")
        if not data[32] & _PRESENT or not data[32] & _VERIFIED:  # 3
            raise ProofRefused(f"assertion: flags {data[32]:#04x}: the person was not there, or not verified")
        signed = data + hashlib.sha256(self.client_data).digest()
        if not signed_by(self.key, self.signature, signed):  # 4
            raise ProofRefused(f"assertion: the signature is not that of key {self.key_digest}")


def _check_client_data(paper: Paper) -> None:
    said = _object(paper.client_data, "the client data")
    wanted = {
        "type": "webauthn.get",
        "challenge": base64url(paper.approved.challenge),
        "origin": paper.origin,
    }
    for name, value in wanted.items():
        if said.get(name) != value:
            raise ProofRefused(f"assertion: {name} is {str(said.get(name))[:100]!r}, {value!r} was asked for")
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:
        raise ProofRefused("assertion: was made in a frame of another origin's page")


def _object(text: bytes, what: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatRefused(f"assertion: {what} is no JSON") from error
    if not isinstance(said, dict):
        raise FormatRefused(f"assertion: {what} is no object")
    return said


def base64url(data: bytes) -> str:
    """URL-safe base64 without padding, as client data have it."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def verifiable(key: bytes) -> bool:
    """Whether an approval is verified with a key of this kind (DER SubjectPublicKeyInfo).

    P-256, Ed25519, RSA of 2048 bits and more are.
    """
    try:
        public = load_der_public_key(key)
    except (UnsupportedAlgorithm, ValueError):
        return False
    return (
        (isinstance(public, EllipticCurvePublicKey) and isinstance(public.curve, SECP256R1))
        or isinstance(public, Ed25519PublicKey)
        or (isinstance(public, RSAPublicKey) and public.key_size >= LEAST_RSA)
    )


def signed_by(key: bytes, signature: bytes, data: bytes) -> bool:
    """Whether the key (DER SubjectPublicKeyInfo) signed the data: ES256, EdDSA on Ed25519, or RS256.

    False for a key of any other kind.
    """
    if not verifiable(key):
        return False
    public = load_der_public_key(key)
    try:
        if isinstance(public, EllipticCurvePublicKey):
            public.verify(signature, data, ECDSA(SHA256()))
        elif isinstance(public, Ed25519PublicKey):
            public.verify(signature, data)
        elif isinstance(public, RSAPublicKey):
            public.verify(signature, data, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def check_approval(index: int, leaves: Iterable[bytes], text: bytes) -> Paper:
    """The assertion behind the approval at leaf `index`; `ProofRefused` or `FormatRefused` unless it holds.

    `leaves` are those from the first one to `index`, `text` is what was sealed beside that one.

    1. The leaf is an approval that names an assertion and a key, and the sealed paper and its key are these.
    2. The paper speaks of this node, this act, this request, this digest. 3. That digest is of what is sealed
    beside it as approved. 4. The key signed that (`Paper.check`). 5. The log says that the key was added by
    the person under whose pseudonym the approval stands, and had not ended before it.
    """
    keys, last = _Keys(), b""
    for last in leaves:
        keys.take(last)
    leaf = read_leaf(last)
    if leaf.get("action") not in APPROVALS or "assertion" not in leaf:
        raise ProofRefused(f"leaf {index}: is no approval with an assertion")
    sealed = _object(text, "what is sealed")
    paper = Paper.read(sealed.get("assertion"))
    about = paper.approved
    found = (paper.digest, paper.key_digest, about.node, about.act, about.about, about.digest)
    said = tuple(leaf.get(name) for name in ("assertion", "key", "node", "action", "request_id", "subject"))
    for one, other in zip(found, said, strict=True):  # 1, 2
        if one != other:
            raise ProofRefused(f"leaf {index}: says {other}, the assertion beside it {one}")
    if digest(encode(sealed.get("approved"))) != about.digest:  # 3
        raise ProofRefused(f"leaf {index}: what is sealed as approved has not the digest {about.digest}")
    paper.check()  # 4
    if keys.owner.get(paper.key_digest) != leaf.get("approver"):  # 5
        owner = keys.owner.get(paper.key_digest, "nobody")
        raise ProofRefused(
            f"leaf {index}: approved by {leaf.get('approver')}, by the log the key was {owner}'s"
        )
    return paper


class _Keys:
    """Whose each key is, by the leaves taken so far."""

    def __init__(self) -> None:
        self.owner: dict[str, str] = {}

    def take(self, leaf: bytes) -> None:
        """Follow one more leaf; all but those about keys are passed over unread."""
        if b'"APPROVAL_KEY_' not in leaf:
            return
        said = read_leaf(leaf)
        key, person = str(said.get("key")), str(said.get("approver"))
        if said.get("action") == ADDED:
            self.owner[key] = person
        elif said.get("action") in ENDED and self.owner.get(key) == person:
            del self.owner[key]
