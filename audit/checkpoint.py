"""Checkpoints (c2sp.org/tlog-checkpoint): a signed note of origin, tree size, root hash, extension lines."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from audit.errors import FormatRefused, ProofRefused
from audit.merkle import HASH_SIZE
from audit.note import Note, Verifier, open_note, sign_note
from audit.signer import Signer

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


def parse_size(text: str, what: str) -> int:
    """Read a decimal number without leading zeroes."""
    if not _SIZE.fullmatch(text):
        raise FormatRefused(f"{what}: {text[:40]!r} is not a decimal number without leading zeroes")
    return int(text)


def parse_hash(text: str, what: str) -> bytes:
    """Read the canonical base64 of 32 bytes."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise FormatRefused(f"{what}: {text[:60]!r} is not base64") from error
    if len(value) != HASH_SIZE or base64.b64encode(value).decode() != text:
        raise FormatRefused(f"{what}: {text[:60]!r} is not the base64 of {HASH_SIZE} bytes")
    return value


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: the log's origin, the number of leaves, the root hash, and opaque extension lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The note text, ending in a newline."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "\n".join(lines) + "\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note text; `FormatRefused` names the line that is wrong."""
        lines = text.removesuffix("\n").split("\n")
        if not text.endswith("\n") or len(lines) < 3 or not all(lines):  # noqa: PLR2004 - origin, size, root
            raise FormatRefused("checkpoint: at least three non-empty lines are needed")
        origin, size, root, *extensions = lines
        what = f"checkpoint of {origin[:80]}"
        return cls(origin, parse_size(size, what), parse_hash(root, what), tuple(extensions))

    def sign(self, *keys: Signer) -> str:
        """Return the checkpoint as a note signed by each key; their name must be the origin."""
        for key in keys:
            if key.name != self.origin:
                raise ProofRefused(f"checkpoint of {self.origin}: key {key.name} has another name")
        return sign_note(self.text, *keys)

    def __str__(self) -> str:
        """Return what the checkpoint says in one line."""
        return f"checkpoint of {self.origin}: size {self.size}, root {self.root.hex()}"


def open_checkpoint(note: str, keys: Sequence[Verifier]) -> Checkpoint:
    """Return a signed note's checkpoint, once a key of `keys` that is named like its origin has signed it."""
    parsed = Note.parse(note)
    checkpoint = Checkpoint.parse(parsed.text)
    open_note(note, [key for key in keys if key.name == checkpoint.origin])
    return checkpoint
