"""Are the sealed blobs of a log what its leaves say they are? Whose blob is gone, and who approved that.

Pure. A leaf with a commitment has its blob beside it, or an `ERASED` entry that two persons approved names
its index in `ranges`. Anything else is a finding. One byte of memory for each leaf.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from audit.entry import Kind, read_leaf
from audit.errors import AuditError
from audit.ranges import ranges_of, read_ranges
from audit.severity import Severity

APPROVERS = 2
_COMMITTED, _SEALED, _NAMED = 1, 2, 4
_NAME = bytes(value | _NAMED for value in range(256))
_MARKS = (b'"commitment":', b'"kind":"ERASED"')


class Code(StrEnum):
    """What can be wrong with blobs and erasures."""

    BLOB_GONE = "BLOB_GONE"
    BLOB_LEFT = "BLOB_LEFT"
    BLOB_STRAY = "BLOB_STRAY"
    APPROVALS_LACK = "APPROVALS_LACK"
    ENTRY_UNREADABLE = "ENTRY_UNREADABLE"
    NAMED_TOO_EARLY = "NAMED_TOO_EARLY"
    NOTHING_TO_ERASE = "NOTHING_TO_ERASE"


_MEANING = {
    Code.BLOB_GONE: (Severity.CRITICAL, "committed to a blob that is gone, and no entry says it was erased"),
    Code.BLOB_LEFT: (Severity.HIGH, "an entry says its blob was erased, and it is still there"),
    Code.BLOB_STRAY: (Severity.HIGH, "a blob lies beside a leaf that commits to none, or beside no leaf"),
    Code.APPROVALS_LACK: (Severity.HIGH, "an erasure without two different approvers"),
    Code.ENTRY_UNREADABLE: (Severity.HIGH, "a leaf that speaks of blobs and cannot be read"),
    Code.NAMED_TOO_EARLY: (Severity.HIGH, "an erasure names leaves that came after it"),
    Code.NOTHING_TO_ERASE: (Severity.INFO, "named by an erasure, and never had a blob"),
}


@dataclass(frozen=True, slots=True)
class BlobFinding:
    """One thing that is wrong, of how many leaves, and which: ranges of their indexes."""

    code: Code
    severity: Severity
    count: int
    ranges: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Erasures:
    """What was counted, and what was found."""

    leaves: int
    committed: int
    sealed: int
    erased: int
    entries: int
    findings: tuple[BlobFinding, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found that is more than worth knowing."""
        return all(each.severity is Severity.INFO for each in self.findings)


def check_blobs(bundles: Iterable[Sequence[bytes]], blobs: Iterable[int]) -> Erasures:
    """Compare the leaves of a log with the indexes of its blobs.

    1. Every leaf with a commitment is noted, and what every `ERASED` entry names of the leaves before it.
    2. Every blob is noted.
    3. What each leaf has is held against what it should have.
    """
    book = _Book()
    for leaves in bundles:
        book.take(leaves)
    book.name_erased()
    for index in blobs:
        book.seal(index)
    return book.outcome()


@dataclass(slots=True)
class _Book:
    """What is known of each leaf, a byte each, and what is wrong."""

    state: bytearray = field(default_factory=bytearray)
    named: list[tuple[int, int]] = field(default_factory=list)
    wrong: dict[Code, list[int]] = field(default_factory=lambda: {code: [] for code in Code})
    entries: int = 0

    def take(self, leaves: Sequence[bytes]) -> None:
        start = len(self.state)
        self.state += bytes(len(leaves))
        for index, leaf in enumerate(leaves, start):
            if any(mark in leaf for mark in _MARKS):
                try:
                    self._read(index, read_leaf(leaf))
                except AuditError:
                    self.wrong[Code.ENTRY_UNREADABLE].append(index)

    def _read(self, index: int, record: dict[str, Any]) -> None:
        if "commitment" in record:
            self.state[index] |= _COMMITTED
        if record["kind"] != Kind.ERASED:
            return
        ranges = read_ranges(record.get("ranges", ()))
        if not ranges:
            return
        self.entries += 1
        self.named += [(each.start, min(each.stop, index)) for each in ranges]
        if ranges[-1].stop > index:
            self.wrong[Code.NAMED_TOO_EARLY].append(index)
        if len(set(record.get("approvers", ()))) < APPROVERS:
            self.wrong[Code.APPROVALS_LACK].append(index)

    def name_erased(self) -> None:
        """Mark what the entries name, each leaf once however many name it."""
        done = 0
        for first, stop in sorted(self.named):
            start = max(first, done)
            if start < stop:
                self.state[start:stop] = self.state[start:stop].translate(_NAME)
                done = stop

    def seal(self, index: int) -> None:
        if 0 <= index < len(self.state):
            self.state[index] |= _SEALED
        else:
            self.wrong[Code.BLOB_STRAY].append(index)

    def outcome(self) -> Erasures:
        tests: dict[Code, Callable[[int], bool]] = {
            Code.BLOB_GONE: lambda state: state == _COMMITTED,
            Code.BLOB_LEFT: lambda state: state & (_NAMED | _SEALED) == _NAMED | _SEALED,
            Code.BLOB_STRAY: lambda state: state & (_COMMITTED | _SEALED) == _SEALED,
            Code.NOTHING_TO_ERASE: lambda state: state == _NAMED,
        }
        kinds = Counter(self.state)
        for code, test in tests.items():
            states = {state for state in kinds if test(state)}
            self.wrong[code] += [index for index, state in enumerate(self.state) if state in states]
        return Erasures(
            leaves=len(self.state),
            committed=sum(number for state, number in kinds.items() if state & _COMMITTED),
            sealed=sum(number for state, number in kinds.items() if state & _SEALED),
            erased=kinds[_COMMITTED | _NAMED],
            entries=self.entries,
            findings=tuple(_finding(code, indexes) for code, indexes in self.wrong.items() if indexes),
        )


def _finding(code: Code, indexes: list[int]) -> BlobFinding:
    severity, text = _MEANING[code]
    return BlobFinding(code, severity, len(indexes), tuple(ranges_of(indexes)), text)
