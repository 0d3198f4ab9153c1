"""Recall and rectification: what a node takes back of what it gave, and what it has put right.

A `Recall` names a grant (everything given under it, up to that version) or records with versions. Both sides
read it the same way: as marks, of which the highest version counts, so that order and repetition of notices
change nothing. A node can mark its own records and grants only: marks carry the sender's name, never one
from the message. The id follows from the content, so that ordering the same twice orders it once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Protocol, Self

from audit.canonical import JSON, encode
from sharing import reading
from sharing.codes import GRANT_REF, ID
from sharing.errors import FieldRefused, RecallRefused
from sharing.notice_message import TYPE
from sharing.outbox import LETTER_ID

MOST_RECORDS = 200
"""Records in one notice; more go in several."""


class Sort(StrEnum):
    """What is said of something that was given: the types of the two notices."""

    RECALL = "RECALL"
    RECTIFY = "RECTIFY"


class Of(StrEnum):
    """What a mark is on."""

    GRANT = "GRANT"
    RECORD = "RECORD"
    RECTIFIED = "RECTIFIED"


@dataclass(frozen=True, slots=True)
class Mark:
    """What `node` says of a grant id or record id: up to `version` withdrawn, or put right in `version`."""

    node: str
    of: Of
    name: str
    version: int
    reason: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What the mark is on."""
        return self.node, self.of.value, self.name

    def joined(self, other: "Mark") -> "Mark":
        """The one that counts: the higher version; of equal ones the lower reason; order is nothing."""
        return min(self, other, key=lambda each: (-each.version, each.reason))


@dataclass(frozen=True, slots=True)
class Recall:
    """One decision to take back or put right. `grant` is a ref or empty, `records` are ids with versions."""

    sort: Sort
    reason: str
    grant: str = ""
    records: tuple[tuple[str, int], ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        """Refuse what no partner would take; `RecallRefused`."""
        refs = [name for name, _ in self.records]
        if bool(self.grant) == bool(refs) or (self.grant and self.sort is not Sort.RECALL):
            raise RecallRefused(f"{self.sort}: names a grant or records, and a rectification records")
        if self.grant and not GRANT_REF.fullmatch(self.grant):
            raise RecallRefused(f"{self.sort}: {self.grant[:80]!r} is no grant ref")
        if wrong := [name for name in refs if not ID.fullmatch(name)]:
            raise RecallRefused(f"{self.sort}: {wrong[0][:80]!r} is no record id")
        if not TYPE.fullmatch(self.reason):
            raise RecallRefused(f"{self.sort}: the reason {self.reason[:40]!r} is not a code")

    @property
    def content(self) -> dict[str, JSON]:
        """What is said, as a notice's body without its id."""
        records: list[JSON] = [[name, version] for name, version in self.records]
        return {"grant": self.grant, "records": records, "reason": self.reason}

    @property
    def id(self) -> str:
        """`r-` and 96 bits of a digest over what is said."""
        return f"r-{sha256(encode({'sort': self.sort.value, **self.content})).hexdigest()[:24]}"

    def parts(self) -> Sequence[Self]:
        """The same in notices of at most 200 records."""
        if self.grant:
            return (self,)
        starts = range(0, len(self.records), MOST_RECORDS)
        return [
            type(self)(self.sort, self.reason, "", self.records[start : start + MOST_RECORDS])
            for start in starts
        ]

    def marks(self, node: str) -> tuple[Mark, ...]:
        """The marks that it leaves, as said by `node`."""
        if self.grant:
            name, _, version = self.grant.rpartition("@")
            return (Mark(node, Of.GRANT, name, int(version), self.reason),)
        of = Of.RECORD if self.sort is Sort.RECALL else Of.RECTIFIED
        return tuple(Mark(node, of, name, version, self.reason) for name, version in self.records)


def read_recall(sort: Sort, body: Mapping[str, JSON]) -> tuple[str, Recall]:
    """Id and content of a partner's notice; `FieldRefused` names what is wrong with it."""
    told = reading.exact(dict(body), frozenset({"id", "grant", "records", "reason", "due"}))
    reading.whole(told, "due")
    grant, reason = reading.text(told, "grant", 140), reading.matching(told, "reason", TYPE)
    records = tuple(_record(each) for each in reading.items(told, "records", MOST_RECORDS))
    try:
        return reading.matching(told, "id", LETTER_ID), Recall(sort, reason, grant, records)
    except RecallRefused as error:
        raise FieldRefused(str(error)) from error


def _record(value: object) -> tuple[str, int]:
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004  # id and version
        raise FieldRefused("records holds something that is no id with a version")
    told = {"id": value[0], "version": value[1]}
    return reading.matching(told, "id", ID), reading.whole(told, "version")


@dataclass(frozen=True, slots=True)
class Ordered:
    """A recall that was decided at `at` (Unix seconds), and when its letters were written, if they were."""

    id: str
    recall: Recall
    at: int
    written_at: int | None = None


class RecallBook(Protocol):
    """What was decided to be taken back or put right, until its letters lie in the outbox."""

    def order(self, recall: Recall, at: int) -> str:
        """Keep it durably and return its id; the same again changes nothing."""

    def pending(self) -> Sequence[Ordered]:
        """What has no letters yet, oldest first."""

    def written(self, recall_id: str, at: int) -> None:
        """Its letters lie in the outbox."""
