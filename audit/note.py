"""Signed notes (c2sp.org/signed-note): text, an empty line, signature lines.

`parse` checks the form, `open_note` also checks signatures: signatures of unknown keys are kept unread, a bad
signature of a known key refuses the whole note, and no good signature of a known key refuses it too.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from audit.errors import FormatRefused, KeyRefused, ProofRefused
from audit.keys import check_name
from audit.signer import Signer

MAX_SIGNATURES = 100
MAX_SIZE = 1_000_000
_DASH = "— "
_ID_SIZE = 4


class Verifier(Protocol):
    """Something that can check one key's signatures on notes."""

    @property
    def name(self) -> str:
        """The key's name."""

    @property
    def key_id(self) -> bytes:
        """The four bytes of the key's id."""

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Tell whether `signature` is good for the note text `data`."""


_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: key name, four bytes of key id, and what follows them."""

    name: str
    key_id: bytes
    signature: bytes

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read a line without its newline; `FormatRefused` if it is not `— name base64`."""
        name, space, text = line.removeprefix(_DASH).partition(" ")
        if not line.startswith(_DASH) or not space:
            raise FormatRefused(f"signature line does not start with dash, name and space: {line[:40]!r}")
        try:
            check_name(name)
            raw = base64.b64decode(text, validate=True)
        except (KeyRefused, binascii.Error, ValueError) as error:
            raise FormatRefused(f"signature line of {name[:40]!r}: bad name or base64") from error
        if len(raw) <= _ID_SIZE:
            raise FormatRefused(f"signature line of {name[:40]!r}: {len(raw)} bytes are no signature")
        return cls(name, raw[:_ID_SIZE], raw[_ID_SIZE:])

    @property
    def line(self) -> str:
        """The line as text, with its newline."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note whose form holds; `text` ends in a newline and must be ignored until a signature is verified."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, note: str) -> Self:
        """Split a note into text and signatures; `FormatRefused` if it is none."""
        if len(note) > MAX_SIZE:
            raise FormatRefused(f"note: {len(note)} characters, at most {MAX_SIZE} are read")
        if _FORBIDDEN.search(note):
            raise FormatRefused("note: holds a control character or is not Unicode")
        text, gap, block = note.rpartition("\n\n")
        if not gap or not block.endswith("\n"):
            raise FormatRefused("note: no signatures after an empty line")
        lines = block[:-1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise FormatRefused(f"note: {len(lines)} signatures, at most {MAX_SIGNATURES} are read")
        return cls(text + "\n", tuple(Signature.parse(line) for line in lines))

    def verified_by(self, keys: Sequence[Verifier]) -> list[Verifier]:
        """Return each key whose signature holds; a bad signature of a known key is `ProofRefused`."""
        good: list[Verifier] = []
        for line in self.signatures:
            for key in keys:
                if (key.name, key.key_id) != (line.name, line.key_id) or key in good:
                    continue
                if not key.verify(line.signature, self.text.encode()):
                    raise ProofRefused(f"note: the signature of {key.name}+{key.key_id.hex()} is not its own")
                good.append(key)
        return good

    def joined(self, other: "Note") -> "Note":
        """Return the note with the signatures of both; of two by one key, the other's. The texts are one."""
        found = {(line.name, line.key_id): line for line in (*self.signatures, *other.signatures)}
        return Note(self.text, tuple(found.values()))

    def __str__(self) -> str:
        """Return the note as text."""
        return self.text + "\n" + "".join(signature.line for signature in self.signatures)


def sign_note(text: str, *keys: Signer) -> str:
    """Return the note over `text`, signed by each key in turn; the text must end in a newline."""
    if not text.endswith("\n"):
        raise FormatRefused("note: the text does not end in a newline")
    data = text.encode()
    return text + "\n" + "".join(Signature(k.name, k.public.key_id, k.sign(data)).line for k in keys)


def open_note(note: str, keys: Sequence[Verifier]) -> Note:
    """Return the note if at least one of `keys` signed it and none of their signatures is bad."""
    parsed = Note.parse(note)
    if not parsed.verified_by(keys):
        names = ", ".join(sorted({s.name for s in parsed.signatures}))
        raise ProofRefused(
            f"note signed by {names}: by none of {', '.join(k.name for k in keys) or 'no known key'}"
        )
    return parsed
