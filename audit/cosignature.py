"""Cosignatures v1 (c2sp.org/tlog-cosignature, Ed25519): a witness's timestamped statement on a checkpoint.

The signed message is `cosignature/v1`, `time <seconds>`, and the checkpoint's whole note text; the signature
is eight bytes of time, big-endian, and 64 bytes of Ed25519.
"""

from dataclasses import dataclass

from audit.checkpoint import Checkpoint
from audit.errors import AuditError, KeyRefused, ProofRefused
from audit.keys import SignatureType, VerifyKey
from audit.note import Signature
from audit.signer import Signer

_TIME_SIZE = 8
_SIZE = _TIME_SIZE + 64
_MAX_TIME = 2**63 - 1


def _message(time: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


@dataclass(frozen=True, slots=True)
class Cosigner:
    """The public side of a witness, a `Verifier` of notes; its key is of the cosignature type."""

    key: VerifyKey

    def __post_init__(self) -> None:
        """Refuse a key of another type."""
        if self.key.type is not SignatureType.COSIGNATURE:
            raise KeyRefused(f"key {self.key.name}: type {self.key.type:#04x} is not for cosignatures")

    @property
    def name(self) -> str:
        """The witness's name."""
        return self.key.name

    @property
    def key_id(self) -> bytes:
        """The four bytes of the key's id."""
        return self.key.key_id

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Tell whether `signature` (time and Ed25519) cosigns the checkpoint text `data`."""
        try:
            text = Checkpoint.parse(data.decode()).text
        except (AuditError, UnicodeDecodeError):
            return False
        time = int.from_bytes(signature[:_TIME_SIZE], "big")
        if len(signature) != _SIZE or time > _MAX_TIME:
            return False
        return self.key.verify(signature[_TIME_SIZE:], _message(time, text))


def cosign(text: str, key: Signer, time: int) -> Signature:
    """Return the signature line of a witness over a checkpoint's note text, at `time` seconds since 1970.

    The caller has checked consistency with all it cosigned before; this only signs.
    """
    Checkpoint.parse(text)
    Cosigner(key.public)
    if not 0 <= time <= _MAX_TIME:
        raise ProofRefused(f"cosignature by {key.name}: time {time} is out of range")
    stamp = time.to_bytes(_TIME_SIZE, "big")
    return Signature(key.name, key.public.key_id, stamp + key.sign(_message(time, text)))


def cosigned_at(line: Signature) -> int:
    """Return the time, in seconds since 1970, of a cosignature line that was verified."""
    return int.from_bytes(line.signature[:_TIME_SIZE], "big")
