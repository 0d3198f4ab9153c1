"""The log's side of witnessing, without HTTP: what to offer a witness, and what its reply means.

Witnesses differ in small things, and all of these are taken (c2sp.org/tlog-witness and its earlier drafts):
403 or 404 for an unknown log; 409 with the size as `text/x.tlog.size`, as other text, with a whole
checkpoint, or with nothing; 409 or 422 for another root. A reply is a claim of its sender: only a verified
cosignature counts for anything.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from audit.checkpoint import Checkpoint, parse_size
from audit.cosignature import Cosigner, cosigned_at
from audit.errors import FormatRefused
from audit.note import Note, Signature

MAX_REPLY = 10_240
"""Bytes of a witness's reply that are read."""

MAX_AHEAD = 300
"""Seconds by which a witness's clock may be ahead of ours; a cosignature from further on is not counted."""

_UNKNOWN = {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
_LINES = re.compile(r"\n+")


class Verdict(StrEnum):
    """What a witness said."""

    COSIGNED = "COSIGNED"
    OTHER_SIZE = "OTHER_SIZE"
    AHEAD = "AHEAD"
    OTHER_HISTORY = "OTHER_HISTORY"
    UNKNOWN_LOG = "UNKNOWN_LOG"
    OUT_OF_ORDER = "OUT_OF_ORDER"
    BAD_REPLY = "BAD_REPLY"
    BAD_CLOCK = "BAD_CLOCK"
    SILENT = "SILENT"


@dataclass(frozen=True, slots=True)
class RawReply:
    """A witness's answer before anything in it is believed."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a reply means: a verdict with the cosignature line or the size that belongs to it."""

    verdict: Verdict
    detail: str = ""
    line: Signature | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered to one witness: our signed checkpoint, as an extension of `old` leaves."""

    witness: Cosigner
    note: str
    old: int

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint that is offered."""
        return Checkpoint.parse(Note.parse(self.note).text)

    def read(self, reply: RawReply, now: int) -> Meaning:
        """Return what the reply to this offer means at second `now`; never raises on what it holds."""
        status = reply.status
        if len(reply.body) > MAX_REPLY:
            return Meaning(Verdict.BAD_REPLY, f"over {MAX_REPLY} bytes")
        if status == HTTPStatus.OK:
            return self._cosigned(reply, now)
        if status == HTTPStatus.CONFLICT:
            return self._conflict(reply)
        if status == HTTPStatus.UNPROCESSABLE_ENTITY:
            seen = f"does not see {self.checkpoint} as an extension of {self.old} leaves"
            return Meaning(Verdict.OTHER_HISTORY, seen)
        if status in _UNKNOWN:
            return Meaning(Verdict.UNKNOWN_LOG, f"status {status}: does not know this log or its key")
        broken = status >= HTTPStatus.INTERNAL_SERVER_ERROR
        return Meaning(Verdict.OUT_OF_ORDER if broken else Verdict.BAD_REPLY, f"status {status}")

    def _cosigned(self, reply: RawReply, now: int) -> Meaning:
        """Return the first good cosignature of this witness; lines of unknown keys are ignored."""
        name, key_id = self.witness.name, self.witness.key_id
        for line in _signatures(reply.body):
            if (line.name, line.key_id) != (name, key_id):
                continue
            if not self.witness.verify(line.signature, self.checkpoint.text.encode()):
                return Meaning(Verdict.BAD_REPLY, f"the cosignature of {name} does not hold")
            if not 0 < (at := cosigned_at(line)) <= now + MAX_AHEAD:
                return Meaning(Verdict.BAD_CLOCK, f"cosigned at second {at}, here it is {now}")
            return Meaning(Verdict.COSIGNED, line=line, size=self.checkpoint.size)
        return Meaning(Verdict.BAD_REPLY, f"no cosignature of {name}")

    def _conflict(self, reply: RawReply) -> Meaning:
        size = _size(reply.body)
        if size is not None and size > self.checkpoint.size:
            detail = f"says it has seen {size} leaves, we have signed {self.checkpoint.size}"
            return Meaning(Verdict.AHEAD, detail, size=size)
        if size is not None and size == self.old:
            return Meaning(Verdict.OTHER_HISTORY, f"has seen another root for {size} leaves")
        said = "another size" if size is None else f"{size} leaves"
        return Meaning(Verdict.OTHER_SIZE, f"has seen {said}, was offered {self.old}", size=size)

    def again(self, meaning: Meaning, tried: Sequence[int]) -> int | None:
        """Return the old size to offer next after a conflict, None when there is nothing else to try.

        The size that the witness names; if it names none, nothing, and then our own size.
        """
        if meaning.verdict is not Verdict.OTHER_SIZE:
            return None
        guesses = (0, self.checkpoint.size) if meaning.size is None else (meaning.size,)
        return next((size for size in guesses if size not in tried), None)


def _signatures(body: bytes) -> list[Signature]:
    """Return the lines that are signature lines."""
    lines = []
    for text in _LINES.split(body.decode("utf-8", "replace")):
        try:
            lines.append(Signature.parse(text))
        except FormatRefused:
            continue
    return lines


def _size(body: bytes) -> int | None:
    """Return the size that a conflict's body names, alone or as a checkpoint's second line."""
    lines = body.decode("utf-8", "replace").split("\n")
    text = lines[1] if len(lines) > 2 else lines[0]  # noqa: PLR2004 - a size line has one line and its end
    try:
        return parse_size(text.strip(), "conflict")
    except FormatRefused:
        return None


def with_cosignatures(note: str, lines: Sequence[Signature]) -> str:
    """Return the note with these lines in the place of any that the same keys have put on it."""
    parsed = Note.parse(note)
    return str(parsed.joined(Note(parsed.text, tuple(lines))))
