"""What lies in a key file when the private key does not: where it is on which token, and its public half.

Two lines: a PKCS#11 address (RFC 7512) with the key's id, and the vkey. Nothing in it is secret, and
nothing of it is believed: the token must show a key with this very public half.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from audit.errors import KeyRefused
from audit.keys import SigningKey, VerifyKey, read_secret
from audit.pkcs11_uri import SCHEME, KeyUri

_LINES = 2


@dataclass(frozen=True, slots=True)
class KeyReference:
    """A key on a token: `uri` has its id, `public` is its public half."""

    uri: KeyUri
    public: VerifyKey

    def __post_init__(self) -> None:
        """Check that one key is meant, and not all of a token."""
        if not self.uri.id:
            raise KeyRefused(f"key {self.public.name}: its PKCS#11 address has no id")

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read what `text` wrote; `KeyRefused` for anything else."""
        try:
            lines = data.decode("utf-8").removesuffix("\n").split("\n")
        except UnicodeDecodeError as error:
            raise KeyRefused("reference to a key: is not UTF-8") from error
        if len(lines) != _LINES:
            raise KeyRefused(
                f"reference to a key: has {len(lines)} lines, an address and a vkey are {_LINES}"
            )
        return cls(KeyUri.parse(lines[0]), VerifyKey.parse(lines[1]))

    @property
    def text(self) -> bytes:
        """The bytes of the file."""
        return f"{self.uri.text}\n{self.public.vkey}\n".encode()


def reference_in(data: bytes) -> KeyReference | None:
    """The reference that a key file holds; None for a file that holds the key itself."""
    return KeyReference.parse(data) if data.startswith(SCHEME.encode()) else None


def public_half(path: Path) -> VerifyKey:
    """The public half of the key that a file holds or refers to; no token is asked. `KeyRefused` names it."""
    found = reference_in(read_secret(path))
    return SigningKey.load(path).public if found is None else found.public
