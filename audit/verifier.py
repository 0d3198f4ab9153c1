"""The offline verifier: says of a copy of a log whether it is what was signed.

Standard library and `cryptography` only. A default run proves: the last checkpoint is signed by who should
sign it, every leaf hashes into a tree with the signed root, no leaf is missing, every stored tile is the
tree's own, and the log's steps form one chain. With a policy that asks for witnesses it proves the same of
the newest checkpoint that they have cosigned, and tells apart the leaves that only the log has signed. A
`strict` run adds: every kept checkpoint and every step has the tree's root at its size, every kept checkpoint
is signed, and every leaf is a well-formed record.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import merge
from typing import TypeAlias

from audit.archive import Archive
from audit.checkpoint import Checkpoint
from audit.cosignature import cosigned_at
from audit.entry import read_leaf
from audit.errors import AuditError
from audit.merkle import HASH_SIZE, leaf_hashes
from audit.note import Note
from audit.tiles import WIDTH, Edge, Tile, partial_tiles
from audit.trust import NONE, TrustPolicy

MAX_FINDINGS = 100
MAX_FINDING = 600

Progress: TypeAlias = Callable[[int, int], None]
"""Is told how many leaves of how many are done."""


@dataclass(slots=True)
class Report:
    """What a verification found; `findings` is empty when everything holds."""

    log: str
    origin: str = ""
    size: int = 0
    signed_size: int = 0
    root: str = ""
    signature: str = "not checked: no key and no policy given"
    witnessed_size: int | None = None
    witnessed_root: str = ""
    witnesses: dict[str, str] = field(default_factory=dict)
    """When each witness cosigned what is reported as witnessed, by its name in the policy."""
    strict: bool = False
    findings: list[str] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    """The leaves among the findings: not what their tile says, where the copy keeps tiles."""

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def unsigned(self) -> int:
        """How many leaves come after the last signed checkpoint: a step under way when it was copied."""
        return max(0, self.size - self.signed_size)

    @property
    def unwitnessed(self) -> int | None:
        """How many leaves only the log has signed, no quorum of witnesses; None if none was asked for."""
        return None if self.witnessed_size is None else max(0, self.signed_size - self.witnessed_size)

    def find(self, finding: object, leaf: int | None = None) -> None:
        """Add a finding, about one `leaf` if it is; beyond a hundred they are not told apart any more."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(str(finding)[:MAX_FINDING])
            self.broken += [] if leaf is None else [leaf]


@dataclass(frozen=True, slots=True, order=True)
class _Mark:
    """Something that says which root the tree has at a size."""

    size: int
    said_by: str
    root: bytes


def verify(
    archive: Archive, policy: TrustPolicy | None, progress: Progress, *, strict: bool = False
) -> Report:
    """Verify a copy of a log.

    1. A key of the log has signed its last checkpoint.
    2. If the policy asks for witnesses: their quorum has cosigned a checkpoint; the newest such one counts.
    3. The steps form one chain from the empty log to the last leaf.
    4. Every leaf hashes into a tree; its tiles are the stored ones and its roots those that were said.
    """
    report = Report(archive.name, size=archive.size, strict=strict)
    try:
        marks = _check_checkpoint(archive, policy, report)
        marks += _check_steps(archive, report)
        said = merge(*_all_marks(archive, policy, report)) if strict else iter(sorted(marks))
        _Walk(archive, report, said).run(progress)
    except AuditError as error:
        report.find(error)
    return report


def _check_checkpoint(archive: Archive, policy: TrustPolicy | None, report: Report) -> list[_Mark]:
    if archive.checkpoint is None:
        report.find(f"log {archive.name}: {archive.size} leaves and no signed checkpoint")
        return []
    checkpoint = Checkpoint.parse(Note.parse(archive.checkpoint).text)
    report.origin, report.signed_size, report.root = checkpoint.origin, checkpoint.size, checkpoint.root.hex()
    marks = [_Mark(checkpoint.size, f"checkpoint of {checkpoint.origin}", checkpoint.root)]
    if policy is not None:
        _check_signature(archive.checkpoint, policy, report)
        marks += _check_witnesses(archive, policy, report)
    if checkpoint.size > archive.size:
        report.find(f"{checkpoint}: the copy holds {archive.size} leaves only")
    return marks


def _check_signature(note: str, policy: TrustPolicy, report: Report) -> None:
    try:
        checkpoint, names = policy.witnessed(note)
        report.signature = f"good: {checkpoint.origin}"
        report.witnesses = _times(note, policy, names)
    except AuditError as error:
        report.signature = "bad"
        report.find(error)


def _check_witnesses(archive: Archive, policy: TrustPolicy, report: Report) -> list[_Mark]:
    """Look for the newest kept checkpoint that fulfils the policy; without one the copy does not hold."""
    if policy.quorum == NONE:
        return []
    report.witnessed_size, report.witnesses = 0, {}
    names = [f" {witness.name} " for witness in policy.witnesses.values()]
    for note in archive.newest():
        if not any(name in note for name in names):
            continue
        try:
            checkpoint, cosigned = policy.witnessed(note)
        except AuditError as error:
            report.find(error)
            continue
        if policy.fulfilled(cosigned):
            report.witnessed_size, report.witnessed_root = checkpoint.size, checkpoint.root.hex()
            report.witnesses = _times(note, policy, cosigned)
            return [_Mark(checkpoint.size, f"witnessed checkpoint of {checkpoint.origin}", checkpoint.root)]
    report.find(f"log {archive.name}: quorum {policy.quorum} is not reached by any checkpoint that it keeps")
    return []


def _times(note: str, policy: TrustPolicy, names: Sequence[str]) -> dict[str, str]:
    """When each of these witnesses cosigned the note, by its verified line."""
    lines = {(line.name, line.key_id): line for line in reversed(Note.parse(note).signatures)}
    cosigners = {name: policy.witnesses[name] for name in names}
    return {name: _moment(cosigned_at(lines[each.name, each.key_id])) for name, each in cosigners.items()}


def _moment(seconds: int) -> str:
    """The time of a cosignature as RFC 3339; a witness may claim one that no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return f"second {seconds}"


def _check_steps(archive: Archive, report: Report) -> list[_Mark]:
    """Follow the chain and return its last link; a copy without steps has none."""
    at, last = 0, None
    for prev, size, root in archive.steps():
        if prev != at or size <= prev:
            report.find(f"log {archive.name}: a step from {prev} to {size} after one that ended at {at}")
        at, last = size, _Mark(size, f"last step of {archive.name}", root)
    if last is None:
        return []
    if at != archive.size:
        report.find(f"log {archive.name}: the steps end at {at}, the copy holds {archive.size} leaves")
    return [last]


def _all_marks(archive: Archive, policy: TrustPolicy | None, report: Report) -> list[Iterator[_Mark]]:
    """Return all roots that the copy says, each kind ordered by size: of steps and of checkpoints."""
    return [
        (_Mark(size, f"step from {prev} of {archive.name}", root) for prev, size, root in archive.steps()),
        (_signed_mark(size, note, policy, report) for size, note in archive.checkpoints()),
    ]


def _signed_mark(size: int, note: str, policy: TrustPolicy | None, report: Report) -> _Mark:
    checkpoint = Checkpoint.parse(Note.parse(note).text)
    if checkpoint.size != size:
        report.find(f"{checkpoint}: is kept for size {size}")
    if policy is not None:
        _check_kept(note, policy, report)
    return _Mark(size, f"checkpoint of {checkpoint.origin}", checkpoint.root)


def _check_kept(note: str, policy: TrustPolicy, report: Report) -> None:
    try:
        policy.witnessed(note)
    except AuditError as error:
        report.signature = "bad"
        report.find(error)


class _Walk:
    """One pass over the leaves, a tile at a time."""

    def __init__(self, archive: Archive, report: Report, marks: Iterator[_Mark]) -> None:
        self._archive, self._report, self._marks = archive, report, marks
        self._mark = next(marks, None)
        self._edge = Edge()

    def run(self, progress: Progress) -> None:
        """Hash every leaf and compare."""
        self._check_marks([])
        for leaves in self._archive.bundles():
            hashes = leaf_hashes(leaves)
            if self._report.strict:
                self._check_leaves(leaves)
            self._check_marks(hashes)
            self._edge, full = self._edge.extend(hashes)
            for tile, data in full:
                self._check_tile(tile, data)
            progress(self._edge.size, self._archive.size)
        for tile, data in partial_tiles(self._edge):
            self._check_tile(tile, data)

    def _check_leaves(self, leaves: Sequence[bytes]) -> None:
        for index, leaf in enumerate(leaves, self._edge.size):
            try:
                read_leaf(leaf)
            except AuditError as error:
                self._report.find(f"leaf {index}: {error}")

    def _check_marks(self, hashes: Sequence[bytes]) -> None:
        """Compare the roots that are said of sizes within this tile."""
        start = done = self._edge.size
        end = start + len(hashes)
        frontier = None
        while self._mark is not None and self._mark.size <= end:
            frontier = frontier or self._edge.frontier()
            frontier = frontier.append(hashes[done - start : self._mark.size - start])
            done = self._mark.size
            if (root := frontier.root()) != self._mark.root:
                said = f"{self._mark.said_by}: size {done} with root {self._mark.root.hex()}"
                self._report.find(f"{said}; the leaves give {root.hex()}")
            self._mark = next(self._marks, None)

    def _check_tile(self, tile: Tile, data: bytes) -> None:
        stored = self._archive.tile(tile)
        if stored is None or stored == data:
            return
        if len(stored) != len(data):
            self._report.find(f"{tile.path}: {len(stored)} bytes are stored, {len(data)} belong to it")
            return
        for place in range(0, len(data), HASH_SIZE):
            kept, own = stored[place : place + HASH_SIZE], data[place : place + HASH_SIZE]
            if kept != own:
                index = tile.index * WIDTH + place // HASH_SIZE
                leaf = index if tile.level == 0 else None
                what = f"hash {index} of level {tile.level}" if leaf is None else f"leaf {index}"
                said = f"{tile.path}: says {kept.hex()} for {what}, its content gives {own.hex()}"
                self._report.find(said, leaf)
