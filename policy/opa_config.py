"""How an OPA beside a node is started: nothing fetched, nothing logged, nobody let in but the node.

The configuration holds the SHA-256 of the token alone; the token lies in a file that the node reads.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from policy.opa_engine import opa_target
from policy.signed_bundle import Algorithm


@dataclass(frozen=True, slots=True)
class OpaPlace:
    """Where the OPA beside a node finds its files, and the address at which it listens.

    `address` is as `opa_engine` takes it, `unix:<path>` or `http://<loopback>:<port>`; `EngineFailed` for any
    other.
    """

    address: str
    config: Path
    bundle: Path
    verification_key: Path
    algorithm: Algorithm = Algorithm.ED25519

    def __post_init__(self) -> None:
        """Refuse an address that others than this machine reach."""
        opa_target(self.address)

    def command(self, opa: str) -> list[str]:
        """The command that starts it, argument by argument.

        The bundle is verified before it is loaded; callers need the token; the socket's file is its owner's
        alone. OPA does not look for newer versions of itself.
        """
        return [
            opa, "run", "--server", "--addr", self._listens(), "--unix-socket-perm", "700",
            "--bundle", str(self.bundle),
            "--verification-key", str(self.verification_key), "--signing-alg", self.algorithm.value,
            "--authentication", "token", "--authorization", "basic",
            "--config-file", str(self.config), "--skip-version-check", "--log-level", "error",
        ]  # fmt: skip

    def _listens(self) -> str:
        path = self.address.removeprefix("unix:")
        return self.address if path == self.address else f"unix://{path}"


def opa_config(token: str) -> str:
    """The configuration file (JSON, which is YAML): no services, no bundles from afar, no discovery.

    `decision_logs` is not there at all, so OPA keeps none: the node's own log is the record.
    """
    label = {"token_sha256": sha256(token.encode()).hexdigest()}
    return json.dumps({"labels": label}, indent=2) + "\n"
