"""The port to a private key: in a file (`audit.keys`) or on a token (`audit.pkcs11_signer`)."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeAlias

from audit.keys import VerifyKey


class Signer(Protocol):
    """What signs with one private key; safe for several threads. `repr` shows nothing of the private half."""

    @property
    def public(self) -> VerifyKey:
        """The public half."""

    @property
    def name(self) -> str:
        """The key's name."""

    @property
    def waits(self) -> bool:
        """Whether a signature waits for something outside this process: then no event loop makes it."""

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes of the Ed25519 signature of `data` (RFC 8032), or `KeyUnavailable`."""

    def look(self) -> None:
        """Raise `KeyUnavailable` unless the key is within reach; signs nothing."""

    def save(self, path: Path) -> None:
        """Write what finds the key again to a new file of mode 0600; an existing one is never overwritten."""


Load: TypeAlias = Callable[[Path], Signer]
"""How the file of a key is read; `KeyRefused` names a bad one, `KeyUnavailable` one that is out of reach."""
