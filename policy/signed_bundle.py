"""The law as a signed bundle: what a production OPA loads, and verifies before it does.

Packed and signed by a real OPA, in OPA's own format (`.signatures.json` with a SHA-256 of every file). Its
revision is the law's, and its roots are the law's and `system.authz`: what such an OPA decides and whom it
answers come under one signature. Grants are not in it; they travel in the input of every decision.
"""

import json
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Final

from policy.bundle import Bundle
from policy.errors import EngineFailed
from policy.opa_binary import find_opa, run_opa

ROOTS: Final = ("entente", "law", "system/authz")
_AUTHZ: Final = "authz.rego"


class Algorithm(StrEnum):
    """How the bundle is signed; the key must be of that kind. OPA is told the same one."""

    ED25519 = "EdDSA"
    ECDSA = "ES256"
    RSA = "RS256"


@dataclass(frozen=True, slots=True)
class Signing:
    """The private key's PEM file and the algorithm that it is for."""

    key: Path
    algorithm: Algorithm = Algorithm.ED25519


@dataclass(frozen=True, slots=True)
class SignedBundle:
    """A bundle that lies at `path`: the revision of the law in it, and the file's own `sha256:<hex>`."""

    path: Path
    revision: str
    digest: str


def authz_rego() -> str:
    """The rule that cuts OPA's API to the decisions and health."""
    return resources.files("policy").joinpath("opa", _AUTHZ).read_text(encoding="utf-8")


def write_signed(bundle: Bundle, signing: Signing, out: Path, *, opa: str) -> SignedBundle:
    """Pack and sign `bundle` into the new file `out`, which appears whole or not at all.

    `opa` is the OPA binary. Raises `EngineFailed` when there is none, when it refuses the key, or when `out`
    cannot be written.
    """
    found = str(Path(find_opa(opa)).absolute())
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".bundle-") as work:
            packed = _packed(bundle, signing, Path(work), found)
            digest = f"sha256:{sha256(packed.read_bytes()).hexdigest()}"
            packed.replace(out)
    except OSError as error:
        raise EngineFailed(f"bundle {out}: cannot be written: {error}") from error
    return SignedBundle(out, bundle.revision, digest)


def _packed(bundle: Bundle, signing: Signing, work: Path, opa: str) -> Path:
    """The signed bundle, made in the folder `work`; paths are relative to it, for OPA keeps them as names."""
    law, packed = work / "law", work / "bundle.tar.gz"
    bundle.write(law)
    (law / _AUTHZ).write_text(authz_rego(), encoding="utf-8")
    (law / ".manifest").write_text(json.dumps({"revision": bundle.revision, "roots": ROOTS}))
    signed = ["--signing-key", str(signing.key.absolute()), "--signing-alg", signing.algorithm.value]
    run_opa([opa, "build", "--bundle", law.name, *signed, "--output", packed.name], work)
    return packed
