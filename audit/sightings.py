"""Signed heads, wherever somebody kept them: checkpoints, receipts, copies of a log, papers of evidence.

What is not signed by a known key of its log is no evidence and is told apart.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from audit.archive import Archive
from audit.checkpoint import open_checkpoint
from audit.equivocation import Evidence, Sighting
from audit.errors import FormatRefused, ProofRefused
from audit.files import read_text
from audit.keys import VerifyKey
from audit.merkle import Frontier, leaf_hashes, prove_consistency, range_root
from audit.proof import HEADER, Proof
from audit.trusting import opened

_SQLITE = b"SQLite format 3\x00"


@dataclass(slots=True)
class Sightings:
    """The signed heads of one source, and how many it held that no known key has signed."""

    source: str
    heads: list[Sighting] = field(default_factory=list)
    unsigned: int = 0

    def take(self, notes: Iterable[str], keys: Sequence[VerifyKey]) -> None:
        """Add the notes that a known key has signed; `FormatRefused` for one that is no checkpoint."""
        for note in notes:
            try:
                self.heads.append(Sighting(self.source, note, open_checkpoint(note, keys)))
            except ProofRefused:
                self.unsigned += 1


def look(path: Path, keys: Sequence[VerifyKey]) -> Sightings:
    """Return what a file or directory holds; `FormatRefused` if that is nothing of these."""
    found = Sightings(path.name)
    if is_copy(path):
        with opened(path) as archive:
            found.take((note for _, note in archive.checkpoints()), keys)
    else:
        found.take(_notes(read_text(path)), keys)
    return found


def is_copy(path: Path) -> bool:
    """Tell whether this is a copy of a log rather than a text."""
    if path.is_dir():
        return True
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError as error:
        raise FormatRefused(f"{path.name}: {error.strerror}") from error


def _notes(text: str) -> list[str]:
    """The notes in a text: of a receipt, of a paper of evidence, or the text itself."""
    if text.startswith(HEADER):
        return [Proof.parse(text).checkpoint]
    if text.startswith("{"):
        evidence = Evidence.parse(text)
        return [evidence.first, evidence.second]
    return [text]


def broken_prefixes(
    archive: Archive, own: Sighting, heads: Iterable[Sighting], told: Callable[[int, int], None]
) -> Iterator[tuple[Sighting, Evidence]]:
    """Yield of every source the smallest head that is no prefix of the copy, with its evidence.

    `own` is the copy's newest signed head. `FormatRefused` if the copy's leaves do not lead to it: then the
    copy shows nothing.
    """
    size = own.checkpoint.size
    smaller = [
        each
        for each in heads
        if each.checkpoint.origin == own.checkpoint.origin and 0 < each.checkpoint.size < size
    ]
    roots = _roots(archive, {each.checkpoint.size for each in smaller} | {size}, told)
    if roots.get(size) != own.checkpoint.root:
        raise FormatRefused(f"log {archive.name}: its leaves do not lead to its own {own.checkpoint}")
    smaller.sort(key=lambda each: -each.checkpoint.size)
    broken = {each.source: each for each in smaller if roots[each.checkpoint.size] != each.checkpoint.root}
    for each in broken.values():
        other, proof = _proof(archive, each.checkpoint.size, size)
        yield each, Evidence(each.note, own.note, other, tuple(proof))


def _roots(archive: Archive, sizes: set[int], told: Callable[[int, int], None]) -> dict[int, bytes]:
    """The roots that the copy's leaves give at these sizes, in one pass."""
    roots: dict[int, bytes] = {}
    frontier, waiting = Frontier(), sorted(sizes, reverse=True)
    if waiting[-1] == 0:
        roots[waiting.pop()] = frontier.root()
    for leaves in archive.bundles():
        hashes, start = leaf_hashes(leaves), frontier.size
        while waiting and waiting[-1] <= start + len(hashes):
            frontier = frontier.append(hashes[frontier.size - start : waiting[-1] - start])
            roots[waiting.pop()] = frontier.root()
        frontier = frontier.append(hashes[frontier.size - start :])
        told(frontier.size, archive.size)
    return roots


def _proof(archive: Archive, old: int, new: int) -> tuple[bytes, list[bytes]]:
    """The root at `old` leaves and the proof that it is a prefix of the tree of `new`, out of the leaves."""
    nodes: dict[tuple[int, int], bytes] = {}

    def note_down(level: int, index: int) -> bytes:
        return nodes.setdefault((level, index), b"")

    def known(level: int, index: int) -> bytes:
        return nodes[level, index]

    range_root(note_down, 0, old)
    prove_consistency(note_down, old, new)
    _fill(archive, nodes)
    return range_root(known, 0, old), prove_consistency(known, old, new)


def _fill(archive: Archive, nodes: dict[tuple[int, int], bytes]) -> None:
    """Compute these complete nodes in one pass over the leaves."""
    growing = {place: Frontier() for place in nodes}
    start = 0
    for leaves in archive.bundles():
        hashes, end = leaf_hashes(leaves), start + len(leaves)
        for (level, index), frontier in growing.items():
            first, last = max(start, index << level), min(end, (index + 1) << level)
            if first < last:
                growing[level, index] = frontier.append(hashes[first - start : last - start])
        start = end
    nodes |= {place: frontier.root() for place, frontier in growing.items()}
