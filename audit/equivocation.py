"""A log that told two stories: two signed tree heads that no one log can have, and the paper that shows it.

Pure. Two notes, signed by the same log, contradict each other if they give two roots for one size, or if the
smaller tree is no prefix of the larger one: a consistency proof (RFC 6962, 2.1.2) then leads from the larger
tree's root to another root at the smaller size than the one that was signed. The paper holds the notes and
that proof, nothing that needs to be believed.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from audit.checkpoint import Checkpoint, open_checkpoint
from audit.errors import FormatRefused, ProofRefused
from audit.keys import VerifyKey
from audit.merkle import verify_consistency
from audit.note import MAX_SIZE

FORMAT = "entente/equivocation/v1"
_MOST_HASHES = 128


class Contradiction(StrEnum):
    """How two signed heads can contradict each other."""

    TWO_ROOTS = "TWO_ROOTS"
    NO_PREFIX = "NO_PREFIX"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A signed head that somebody holds: where it was found, its note, what the note says."""

    source: str
    note: str
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Evidence:
    """Two notes of one log that cannot both be true; `other` and `proof` are there for `NO_PREFIX` only.

    `other` is the root that the second note's tree has at the first one's size.
    """

    first: str
    second: str
    other: bytes = b""
    proof: tuple[bytes, ...] = ()

    @property
    def kind(self) -> Contradiction:
        """What is shown."""
        return Contradiction.NO_PREFIX if self.other else Contradiction.TWO_ROOTS

    def check(self, keys: Sequence[VerifyKey]) -> tuple[Checkpoint, Checkpoint]:
        """Return the two heads if they contradict each other; `ProofRefused` if that is not shown.

        1. A key of `keys` that is named like the origin has signed each note, and both are of one origin.
        2. Two roots: the sizes are equal and the roots are not.
        3. No prefix: the proof leads from the second root to `other` at the first size, and that is not the
           first root.
        """
        first, second = (open_checkpoint(note, keys) for note in (self.first, self.second))  # 1
        if first.origin != second.origin:
            raise ProofRefused(f"evidence: of two logs, {first.origin} and {second.origin}")
        if self.kind is Contradiction.TWO_ROOTS:  # 2
            if first.size != second.size or first.root == second.root:
                raise ProofRefused(f"evidence: {first}, and {second} do not contradict each other")
            return first, second
        verify_consistency((first.size, self.other), (second.size, second.root), self.proof)  # 3
        if first.root == self.other:
            raise ProofRefused(f"evidence: {first} is a prefix of {second}")
        return first, second

    def __str__(self) -> str:
        """The paper as JSON; the same evidence always gives the same text."""
        paper: dict[str, object] = {"format": FORMAT, "kind": self.kind, "notes": [self.first, self.second]}
        if self.other:
            paper |= {"other_root": self.other.hex(), "proof": [each.hex() for each in self.proof]}
        return json.dumps(paper, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the paper; `FormatRefused` if it is none. It shows nothing before `check`."""
        if len(text) > 2 * MAX_SIZE + 100_000:
            raise FormatRefused(f"evidence: {len(text)} characters are too many")
        try:
            paper: Any = json.loads(text)
            first, second = paper["notes"]
            evidence = cls(
                _note(first),
                _note(second),
                bytes.fromhex(paper.get("other_root", "")),
                tuple(bytes.fromhex(each) for each in paper.get("proof", ())[:_MOST_HASHES]),
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise FormatRefused("evidence: holds no two notes and proof in the form of this paper") from error
        if paper.get("format") != FORMAT or paper.get("kind") != evidence.kind:
            raise FormatRefused(f"evidence: is not of the format {FORMAT}")
        return evidence


def _note(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def two_roots(sightings: Iterable[Sighting]) -> list[tuple[Sighting, Sighting]]:
    """Return the pairs that give two roots for one size of one log: each root beside the first one seen."""
    seen: dict[tuple[str, int], dict[bytes, Sighting]] = {}
    for each in sightings:
        head = each.checkpoint
        seen.setdefault((head.origin, head.size), {}).setdefault(head.root, each)
    pairs: list[tuple[Sighting, Sighting]] = []
    for _, roots in sorted(seen.items()):
        first, *others = roots.values()
        pairs += [(first, other) for other in others]
    return pairs
