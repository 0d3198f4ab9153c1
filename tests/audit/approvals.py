"""An approval with a person's own key, as entries of a log: the key is added, then it signs."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, derive_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit.approval import Approved, Paper, base64url, digest
from audit.canonical import JSON, encode
from audit.entry import Entry, Kind
from tests.audit.samples import NODE

PERSON, ORIGIN, RP_ID = "p-0000", "https://desk.example", "desk.example"
SAID: dict[str, JSON] = {"terms": {"id": "g-1"}, "officers": 2}
DEVICE = derive_private_key(418, SECP256R1())


@cache
def paper() -> Paper:
    """What the key signed, over the digest of `SAID`."""
    about = Approved(NODE, "GRANT_APPROVED", "p-1", digest(encode(SAID)), "1.nonce.mark")
    told = {"type": "webauthn.get", "challenge": base64url(about.challenge), "origin": ORIGIN}
    spki = DEVICE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    data = hashlib.sha256(RP_ID.encode()).digest() + b"\x05" + bytes(4)
    client = json.dumps(told).encode()
    made = Paper(about, "officer-b", "AA", spki, ORIGIN, RP_ID, data, client, b"\x00")
    return replace(made, signature=DEVICE.sign(data + hashlib.sha256(client).digest(), ECDSA(SHA256())))


def approval(signed: Paper) -> tuple[Entry, Entry]:
    """The key's entry and the approval's."""
    who: dict[str, JSON] = {"approver": PERSON, "key": signed.key_digest}
    about, sealed = signed.approved, encode({"approved": SAID, "assertion": signed.written})
    facts = who | {"action": about.act, "request_id": about.about, "assertion": signed.digest}
    return (
        Entry(Kind.ADMINISTRATION, NODE, who | {"action": "APPROVAL_KEY_ADDED"}),
        Entry(Kind.ADMINISTRATION, NODE, facts, subject=about.digest, sealed=sealed),
    )


def leaves(*entries: Entry) -> list[bytes]:
    """The entries as a log has them."""
    at, commitment = datetime(2026, 1, 31, tzinfo=UTC), f"sha256:{'0' * 64}"
    return [each.leaf(at, commitment if each.sealed else None) for each in entries]
