"""Transparency log proofs (c2sp.org/tlog-proof@v1): a leaf's place in a signed tree, as text."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from audit.checkpoint import Checkpoint, open_checkpoint, parse_hash, parse_size
from audit.errors import FormatRefused
from audit.merkle import verify_inclusion
from audit.note import MAX_SIZE, Note, Verifier

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PATH = 63


@dataclass(frozen=True, slots=True)
class Proof:
    """A tlog-proof: place, audit path, signed checkpoint (a note as text), and unauthenticated `extra`."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Split the text; `FormatRefused` says which line is wrong."""
        if len(text) > MAX_SIZE:
            raise FormatRefused(f"proof: {len(text)} characters, at most {MAX_SIZE} are read")
        head, gap, note = text.partition("\n\n")
        lines = head.split("\n")
        if not gap or lines.pop(0) != HEADER:
            raise FormatRefused(f"proof: does not start with {HEADER}, or holds no checkpoint")
        extra = _parse_extra(lines.pop(0)) if lines and lines[0].startswith("extra ") else None
        if not lines or not lines[0].startswith("index "):
            raise FormatRefused("proof: the index line is missing")
        index = parse_size(lines.pop(0).removeprefix("index "), "proof: index")
        if len(lines) > MAX_PATH:
            raise FormatRefused(f"proof: {len(lines)} hashes, at most {MAX_PATH} are read")
        Note.parse(note)
        return cls(index, tuple(parse_hash(line, "proof: hash") for line in lines), note, extra)

    def __str__(self) -> str:
        """Return the proof as text."""
        extra = "" if self.extra is None else f"extra {_b64(self.extra)}\n"
        path = b"".join([binascii.b2a_base64(node) for node in self.path]).decode()
        return f"{HEADER}\n{extra}index {self.index}\n{path}\n{self.checkpoint}"

    def verify(self, leaf: bytes, keys: Sequence[Verifier]) -> Checkpoint:
        """Return the checkpoint, once its signature and the place of `leaf` (a hash) are verified."""
        checkpoint = open_checkpoint(self.checkpoint, keys)
        verify_inclusion(leaf, self.index, checkpoint.size, self.path, checkpoint.root)
        return checkpoint


def _b64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()


def _parse_extra(line: str) -> bytes:
    try:
        return base64.b64decode(line.removeprefix("extra "), validate=True)
    except (binascii.Error, ValueError) as error:
        raise FormatRefused("proof: the extra line is not base64") from error
