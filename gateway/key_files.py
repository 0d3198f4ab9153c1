"""The files of one key in a home while it changes: the one in force, the one to come, the one before."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.keys import SigningKey, VerifyKey
from gateway.errors import KeyRotationRefused


@dataclass(frozen=True, slots=True)
class Place:
    """Where the keys of one use lie in a home."""

    folder: Path
    use: str

    @property
    def present(self) -> Path:
        """The key in force."""
        return self.folder / f"{self.use}.key"

    @property
    def coming(self) -> Path:
        """A new key before it is in force."""
        return self.folder / f"{self.use}.next.key"

    @property
    def before(self) -> Path:
        """The key before, while it is still accepted."""
        return self.folder / f"{self.use}.previous.key"

    def key(self, listed: Sequence[VerifyKey]) -> VerifyKey:
        """The key in force; of a lost one, what the card lists, the newest first."""
        if self.present.exists():
            return SigningKey.load(self.present).public
        coming = [SigningKey.load(self.coming).public] if self.coming.exists() else []
        for key in (*(each for each in listed if each not in coming), *coming):
            return key
        raise KeyRotationRefused(f"{self.use} key: there is no {self.present.name}, and the card lists none")

    def next_key(self, name: str, like: VerifyKey) -> SigningKey:
        """The new key, made durably now unless a rotation that was cut short has made it."""
        if not self.coming.exists():
            SigningKey.generate(name, like.type).save(self.coming)
        return SigningKey.load(self.coming)

    def swap(self, *, keep: bool) -> None:
        """Put the new key in force, at no moment without one; the old one stays beside it with `keep`."""
        self.before.unlink(missing_ok=True)
        if keep:
            os.link(self.present, self.before)
        self.coming.replace(self.present)
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
