"""A real OPA as production runs it: a signed bundle, a token, an API cut to the decisions and health."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from policy.bundle import Bundle
from policy.opa_config import OpaPlace, opa_config
from policy.signed_bundle import Algorithm, Signing, write_signed

TOKEN = "a-token-of-this-test-0123456789"
STARTS_WITHIN = 30.0


@dataclass(frozen=True)
class Keys:
    """The files of a key pair."""

    private: Path
    public: Path


def make_keys(folder: Path, algorithm: Algorithm = Algorithm.ED25519) -> Keys:
    """A new pair in `folder`."""
    folder.mkdir(exist_ok=True)
    elliptic = algorithm is Algorithm.ECDSA
    key = ec.generate_private_key(ec.SECP256R1()) if elliptic else ed25519.Ed25519PrivateKey.generate()
    keys = Keys(folder / "private.pem", folder / "public.pem")
    keys.private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    keys.public.write_bytes(public)
    return keys


@dataclass
class SignedOpa:
    """The place of an OPA; `running` starts it, as often as one likes."""

    binary: Path
    home: Path
    place: OpaPlace

    @classmethod
    def of(cls, binary: Path, bundle: Bundle, home: Path, keys: Keys | None = None) -> "SignedOpa":
        """All files of it in `home`; signed with the `keys`, or with new ones."""
        pair = keys or make_keys(home)
        signed = write_signed(bundle, Signing(pair.private), home / "bundle.tar.gz", opa=str(binary))
        config = home / "opa.json"
        config.write_text(opa_config(TOKEN))
        return cls(binary, home, OpaPlace(f"unix:{home}/opa.sock", config, signed.path, pair.public))

    @property
    def address(self) -> str:
        """Where it listens."""
        return self.place.address

    def running(self) -> AbstractContextManager[subprocess.Popen[bytes]]:
        """The process, once it listens or has ended; ended with the block."""
        return begun(self.place.command(str(self.binary)), Path(self.address.removeprefix("unix:")))


@contextmanager
def begun(command: Sequence[str], socket: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The OPA of this command, once it listens at the socket or has ended; ended with the block."""
    with socket.with_name("log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=socket.parent)
    try:
        deadline = time.monotonic() + STARTS_WITHIN
        while process.poll() is None and not socket.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        yield process
    finally:
        process.terminate()
        process.wait(STARTS_WITHIN)
