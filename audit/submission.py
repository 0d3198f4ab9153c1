"""The body of `add-checkpoint` (c2sp.org/tlog-witness): what a log hands to a witness.

`old <size>`, at most 63 lines of a consistency proof, an empty line, the signed checkpoint.
"""

import base64
from dataclasses import dataclass
from typing import Self

from audit.checkpoint import parse_hash, parse_size
from audit.errors import FormatRefused

MAX_SUBMISSION = 65_536
"""Bytes that are read: a full proof and a note of many signatures take less."""

MAX_PROOF = 63


@dataclass(frozen=True, slots=True)
class Submission:
    """A checkpoint `note`, and the proof that it extends the tree of `old` leaves that the witness knows."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the bytes; `FormatRefused` names what is wrong. The note's own form is not looked at."""
        if len(body) > MAX_SUBMISSION:
            raise FormatRefused(f"add-checkpoint: {len(body)} bytes, at most {MAX_SUBMISSION} are read")
        try:
            text = body.decode()
        except UnicodeDecodeError as error:
            raise FormatRefused(f"add-checkpoint: byte {error.start} is not UTF-8") from error
        head, gap, note = text.partition("\n\n")
        first, *lines = head.split("\n")
        word, space, size = first.partition(" ")
        if not gap or (word, space) != ("old", " "):
            raise FormatRefused(
                "add-checkpoint: is not `old <size>`, proof lines, an empty line, a checkpoint"
            )
        if len(lines) > MAX_PROOF:
            raise FormatRefused(f"add-checkpoint: {len(lines)} proof lines, at most {MAX_PROOF} are read")
        proof = tuple(parse_hash(line, "add-checkpoint, proof") for line in lines)
        return cls(parse_size(size, "add-checkpoint, old size"), proof, note)

    @property
    def body(self) -> bytes:
        """The bytes to send."""
        lines = [f"old {self.old}", *(base64.b64encode(each).decode() for each in self.proof)]
        return ("\n".join(lines) + "\n\n" + self.note).encode()
