"""Which keys to sign with while some of them change: a new one only once the directory in force lists it.

A rotation leaves the key before beside the new one (`message.previous.key`, `mandate.previous.key`). Partners
accept what the directory lists, so until it lists the new key as valid the one before signs. Grants are
checked by this node only: their new key signs at once, and the ones before stay good for what they signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from audit.keys import SigningKey
from audit.signer import Load, Signer
from sharing.directory import Directory
from sharing.keys import KeyRing, Use, kid

CHOSEN = (Use.MESSAGE, Use.MANDATE)
"""The uses whose keys partners look up in the directory."""


def previous_file(use: Use) -> str:
    """The name of the file with the key before the present one."""
    return f"{use}.previous.key"


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """The newest keys, and those before them."""

    newest: KeyRing
    before: Mapping[Use, Signer] = field(default_factory=dict)

    @classmethod
    def load(cls, node: str, folder: Path, load: Load = SigningKey.load) -> Self:
        """Read the ring and what is left of a rotation; `audit.errors.KeyRefused` names the file at fault."""
        before = {
            use: load(folder / previous_file(use)) for use in CHOSEN if (folder / previous_file(use)).exists()
        }
        return cls(KeyRing.load(node, folder, load), before)

    def ring(self, directory: Directory | None, now: int) -> KeyRing:
        """The keys to sign with at `now` (Unix seconds) under the directory in force, if there is one."""
        message = self._chosen(Use.MESSAGE, self.newest.message, directory, now)
        mandate = self._chosen(Use.MANDATE, self.newest.mandate, directory, now)
        return replace(self.newest, message=message, mandate=mandate)

    def _chosen(self, use: Use, newest: Signer, directory: Directory | None, now: int) -> Signer:
        before = self.before.get(use)
        if before is None or directory is None or _listed(directory, newest, now):
            return newest
        return before if _listed(directory, before, now) else newest


def _listed(directory: Directory, key: Signer, now: int) -> bool:
    found = directory.by_kid.get(kid(key.public))
    return found is not None and found[1].valid_at(now)
