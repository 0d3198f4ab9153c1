"""A node's key ring: one key per use, and the secret from which pairwise pseudonyms are made.

A key id is `<key name>:<id>` (`fr.ofast/message:1a2b3c4d`), with the name and id that `audit.keys` derives,
so that the same words stand in signatures, the directory and the log.
"""

import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self

from audit.errors import KeyRefused
from audit.keys import SigningKey, VerifyKey, read_secret, write_secret
from audit.signer import Load, Signer

_SECRET_SIZE = 32


class Use(StrEnum):
    """What a key may sign, and nothing else."""

    MESSAGE = "message"
    MANDATE = "mandate"
    GRANT = "grant"
    LOG = "log"


OLDER_GRANTS = "grant.vkeys"
"""The file with the public keys of grants before the present one, a line each."""

_PRIVATE = (Use.MESSAGE, Use.MANDATE, Use.GRANT)


def kid(key: VerifyKey) -> str:
    """The key's id as it stands in signatures: `<name>:<8 hex digits>`."""
    return f"{key.name}:{key.key_id.hex()}"


def _in_memory(_use: Use, name: str) -> Signer:
    """A key from the system's randomness."""
    return SigningKey.generate(name)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The private keys of one node for the post room; the log's key stays in `audit`.

    `older_grants` are the public keys under which grants were signed before.
    """

    node: str
    message: Signer
    mandate: Signer
    grant: Signer
    pairwise: bytes = field(repr=False)
    older_grants: tuple[VerifyKey, ...] = ()
    message_kid: str = field(init=False, compare=False)
    mandate_kid: str = field(init=False, compare=False)
    grant_kid: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.pairwise) != _SECRET_SIZE:
            raise KeyRefused(
                f"pairwise secret of {self.node}: {len(self.pairwise)} bytes, {_SECRET_SIZE} are needed"
            )
        object.__setattr__(self, "message_kid", kid(self.message.public))
        object.__setattr__(self, "mandate_kid", kid(self.mandate.public))
        object.__setattr__(self, "grant_kid", kid(self.grant.public))

    @classmethod
    def generate(cls, node: str, make: Callable[[Use, str], Signer] = _in_memory) -> Self:
        """Make a new ring; `make` gives the key for a use, with the name it gets."""
        message, mandate, grant = (make(use, f"{node}/{use}") for use in _PRIVATE)
        return cls(node, message, mandate, grant, os.urandom(_SECRET_SIZE))

    def save(self, folder: Path) -> None:
        """Write `message.key`, `mandate.key`, `grant.key` and `pairwise.key`; never overwrites."""
        self.message.save(folder / "message.key")
        self.mandate.save(folder / "mandate.key")
        self.grant.save(folder / "grant.key")
        write_secret(folder / "pairwise.key", self.pairwise)

    @classmethod
    def load(cls, node: str, folder: Path, load: Load = SigningKey.load) -> Self:
        """Read the ring that `save` wrote; `audit.errors.KeyRefused` names the file that is wrong."""
        message, mandate, grant = (load(folder / f"{use}.key") for use in _PRIVATE)
        listed = folder / OLDER_GRANTS
        older = listed.read_text(encoding="ascii").split() if listed.exists() else []
        pairwise = read_secret(folder / "pairwise.key")
        return cls(node, message, mandate, grant, pairwise, tuple(map(VerifyKey.parse, older)))

    @property
    def waits(self) -> bool:
        """Whether messages or mandates are signed by something outside this process."""
        return self.message.waits or self.mandate.waits

    def look(self) -> None:
        """Raise `audit.errors.KeyUnavailable` unless every key of the ring is within reach."""
        for key in (self.message, self.mandate, self.grant):
            key.look()

    @property
    def grant_keys(self) -> tuple[VerifyKey, ...]:
        """The public keys under which this node's grants are good."""
        return (self.grant.public, *self.older_grants)

    def pseudonym(self, partner: str, subject: str) -> str:
        """How `partner` knows `subject`: stable for that partner, unlinkable between partners.

        Only this node can recompute it, so the person stays resolvable nationally.
        """
        return f"p-{self._pairwise('subject', partner, subject)}"

    def mandate_alias(self, partner: str, mandate_id: str) -> str:
        """How `partner` knows a mandate; a shared id would link the pseudonyms again."""
        return f"m-{self._pairwise('mandate', partner, mandate_id)}"

    def _pairwise(self, what: str, partner: str, value: str) -> str:
        message = f"{what}\0{partner}\0{value}".encode()
        return hmac.new(self.pairwise, message, hashlib.sha256).hexdigest()[:32]
