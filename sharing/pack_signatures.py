"""Ed25519 for a machine without the `cryptography` package: the `openssl` command, or nothing, said aloud.

An evidence pack runs with plain Python. `stand_in` puts a module in the place of the missing package before
the audit room is imported; it can verify and cannot sign. Where there is no usable `openssl` either, nothing
is verified: `checked` is False, and the program says so and never exits as if all were well.
"""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Self

_PREFIX = bytes.fromhex("302a300506032b6570032100")  # SubjectPublicKeyInfo of Ed25519, RFC 8410
_SECONDS = 30
# RFC 8032 section 7.1, test 2: a command that does not get this right is not used.
_KEY = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
_SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)
_MESSAGE = b"\x72"


class InvalidSignature(Exception):
    """The signature is not the key's."""


class Ed25519PrivateKey:
    """Not here: a pack verifies and never signs."""


@dataclass(frozen=True, slots=True)
class _Command:
    """An `openssl` that was tried, or none."""

    path: str | None

    def verifies(self, raw: bytes, signature: bytes, data: bytes) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            key, sig, text = (Path(folder) / name for name in ("key.der", "signature", "data"))
            key.write_bytes(_PREFIX + raw)
            sig.write_bytes(signature)
            text.write_bytes(data)
            files = ["-inkey", str(key), "-in", str(text), "-sigfile", str(sig)]
            how = ["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin"]
            done = subprocess.run(  # noqa: S603  # the reader's openssl, no shell, our own files
                [str(self.path), *how, *files], capture_output=True, check=False, timeout=_SECONDS
            )
        return done.returncode == 0


def _usable() -> _Command:
    """The `openssl` on PATH, if it accepts a known good signature and refuses one with a bit changed."""
    command = _Command(shutil.which("openssl"))
    if command.path is None:
        return command
    bent = bytes([_SIGNATURE[0] ^ 1]) + _SIGNATURE[1:]
    try:
        good = command.verifies(_KEY, _SIGNATURE, _MESSAGE) and not command.verifies(_KEY, bent, _MESSAGE)
    except (OSError, subprocess.SubprocessError):
        good = False
    return command if good else _Command(None)


@dataclass(frozen=True, slots=True)
class Ed25519PublicKey:
    """The part of `cryptography`'s class that verifying needs."""

    raw: bytes

    @classmethod
    def from_public_bytes(cls, data: bytes) -> Self:
        """The key of 32 bytes."""
        return cls(data)

    def verify(self, signature: bytes, data: bytes) -> None:
        """Raise `InvalidSignature` unless the signature is good; without a command nothing is checked."""
        command = METHOD.command
        if command.path is not None and not command.verifies(self.raw, signature, data):
            raise InvalidSignature


@dataclass(slots=True)
class Method:
    """How signatures are checked in this run."""

    name: str = "cryptography"
    command: _Command = _Command(None)

    @property
    def checked(self) -> bool:
        """Whether signatures are checked at all."""
        return self.name != "nothing"


METHOD = Method()


def stand_in() -> None:
    """Take the place of `cryptography` for verifying; call it only where that cannot be imported."""
    METHOD.command = _usable()
    METHOD.name = "nothing" if METHOD.command.path is None else "openssl"
    package = "cryptography"
    for part in ("", ".hazmat", ".hazmat.primitives", ".hazmat.primitives.asymmetric"):
        sys.modules[package + part] = ModuleType(package + part)
    exceptions = ModuleType(f"{package}.exceptions")
    exceptions.InvalidSignature = InvalidSignature  # type: ignore[attr-defined]  # a module made here
    ed25519 = ModuleType(f"{package}.hazmat.primitives.asymmetric.ed25519")
    ed25519.Ed25519PublicKey = Ed25519PublicKey  # type: ignore[attr-defined]  # as above
    ed25519.Ed25519PrivateKey = Ed25519PrivateKey  # type: ignore[attr-defined]  # as above
    sys.modules |= {each.__name__: each for each in (exceptions, ed25519)}
