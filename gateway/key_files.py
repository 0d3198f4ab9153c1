"""The files of keys: whom they let in; those of one key while it changes: in force, to come, before."""

import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from audit.errors import KeyRefused
from audit.key_reference import KeyReference, public_half
from audit.keys import SignatureType, VerifyKey
from audit.signer import Signer
from gateway.errors import KeyRotationRefused
from gateway.signers import referred


def check_modes(folder: Path) -> None:
    """Raise `KeyRefused` unless the folder of keys and all in it is its owner's alone, who runs this process.

    At start, since a key that is not in use yet, or any more, is as secret as the others.
    """
    for path in (folder, *sorted(folder.iterdir())):
        found = path.lstat()
        mode = stat.S_IMODE(found.st_mode)
        if stat.S_ISLNK(found.st_mode) or mode & (stat.S_IRWXG | stat.S_IRWXO):
            what = "is a link" if stat.S_ISLNK(found.st_mode) else f"mode {mode:04o}; others may touch it"
            raise KeyRefused(f"key file {path.name}: {what}")
        if found.st_uid != os.geteuid():
            raise KeyRefused(f"key file {path.name}: is of user {found.st_uid}, the node of {os.geteuid()}")


Make: TypeAlias = Callable[[str, str, SignatureType], Signer]
"""Makes a key for a use, with a name and a signature type."""


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
            return public_half(self.present)
        coming = [public_half(self.coming)] if self.coming.exists() else []
        for key in (*(each for each in listed if each not in coming), *coming):
            return key
        raise KeyRotationRefused(f"{self.use} key: there is no {self.present.name}, and the card lists none")

    def next_key(self, name: str, like: VerifyKey, make: Make) -> VerifyKey:
        """The new key, made durably now unless a rotation that was cut short has made it."""
        if not self.coming.exists():
            make(self.use, name, like.type).save(self.coming)
        return public_half(self.coming)

    def swap(self, *, keep: bool) -> list[KeyReference]:
        """Put the new key in force, at no moment without one; the old one stays beside it with `keep`.

        Returns the keys on a token to which no file refers any more.
        """
        dropped = [referred(each) for each in (self.before, *([] if keep else [self.present]))]
        self.before.unlink(missing_ok=True)
        if keep:
            os.link(self.present, self.before)
        self.coming.replace(self.present)
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        kept = [referred(each) for each in (self.present, self.before)]
        return [each for each in dropped if each is not None and each not in kept]
