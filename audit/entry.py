"""What the log is told: an `Entry`, and the leaf bytes it becomes.

A leaf is canonical JSON (RFC 8785) of at most 4096 bytes: `v`, `kind`, `operation`, `node`, `at`, `id`,
`subject`, `commitment` and the facts of `fields.py`, side by side. Those bytes are what the tree hashes.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from audit.canonical import JSON, encode, parse_object
from audit.errors import EntryRefused, FormatRefused
from audit.fields import CODE, DIGEST, HEX, NODE, TIME, Form, check_facts, count

LEAF_VERSION = 1
MAX_LEAF = 4096
MAX_ONCE = 256


class Operation(StrEnum):
    """The operations of Directive (EU) 2016/680 Art. 25, and the log's own housekeeping."""

    COLLECTION = "COLLECTION"
    ALTERATION = "ALTERATION"
    CONSULTATION = "CONSULTATION"
    DISCLOSURE = "DISCLOSURE"
    TRANSFER = "TRANSFER"
    COMBINATION = "COMBINATION"
    ERASURE = "ERASURE"
    ADMINISTRATION = "ADMINISTRATION"


class Kind(StrEnum):
    """What happened."""

    ASKED = "ASKED"
    ANSWERS_RECEIVED = "ANSWERS_RECEIVED"
    QUESTION_RECEIVED = "QUESTION_RECEIVED"
    DISCLOSED = "DISCLOSED"
    REFUSED = "REFUSED"
    COLLECTED = "COLLECTED"
    ALTERED = "ALTERED"
    ERASED = "ERASED"
    GRANTED = "GRANTED"
    REVOKED = "REVOKED"
    KEY = "KEY"
    DIRECTORY = "DIRECTORY"
    POLICY = "POLICY"
    ADMINISTRATION = "ADMINISTRATION"
    LOG_READ = "LOG_READ"
    CLOSED = "CLOSED"


_ADMINISTRATION = (Operation.ADMINISTRATION,)

OPERATIONS: Mapping[Kind, tuple[Operation, ...]] = MappingProxyType(
    {
        Kind.ASKED: (Operation.CONSULTATION,),
        Kind.ANSWERS_RECEIVED: (Operation.COMBINATION, Operation.COLLECTION),
        Kind.QUESTION_RECEIVED: (Operation.CONSULTATION,),
        Kind.DISCLOSED: (Operation.DISCLOSURE, Operation.TRANSFER),
        Kind.REFUSED: (Operation.CONSULTATION,),
        Kind.COLLECTED: (Operation.COLLECTION,),
        Kind.ALTERED: (Operation.ALTERATION,),
        Kind.ERASED: (Operation.ERASURE,),
    }
)
"""The operations that a kind may be; the first is meant unless the entry says another."""

INTENTS = frozenset({Kind.ASKED, Kind.QUESTION_RECEIVED})
"""Kinds that stay open until an entry names them in its fact `intent` and is not `pending`."""


_KINDS, _OPERATIONS = frozenset(Kind), frozenset(Operation)
_HEADER: Mapping[str, Form] = MappingProxyType(
    {
        "v": count,
        "kind": lambda value: CODE(value) and value in _KINDS,
        "operation": lambda value: CODE(value) and value in _OPERATIONS,
        "node": NODE,
        "at": TIME,
        "id": HEX,
        "subject": DIGEST,
        "commitment": DIGEST,
    }
)
_REQUIRED = frozenset(_HEADER) - {"subject", "commitment"}


def closed_by(facts: Mapping[str, object]) -> str | None:
    """Return the id of the intent that these facts close: as its only outcome, or as the last one."""
    intent = None if facts.get("pending") else facts.get("intent")
    return intent if isinstance(intent, str) else None


def new_id() -> str:
    """Return a random 128-bit entry id as hex."""
    return os.urandom(16).hex()


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to log.

    `facts` are content-free (see `fields.py`). `subject` is the digest of what the entry is about
    (`sha256:<hex>` of the permit, request or answer), so that a receipt is good for exactly that. `sealed`
    identifies a person and goes encrypted beside the leaf. `once` may occur only once in the log until
    `expires` (for ever without it).
    """

    kind: Kind
    node: str
    facts: Mapping[str, JSON] = field(default_factory=dict)
    subject: str = ""
    sealed: bytes | None = field(default=None, repr=False)
    once: str | None = None
    expires: datetime | None = None
    operation: Operation | None = None
    id: str = field(default_factory=new_id)

    def __post_init__(self) -> None:
        """Refuse whatever does not fit a leaf, before anything is done."""
        if not NODE(self.node):
            raise EntryRefused(f"{self.kind}: {self.node[:80]!r} is not a node id")
        if self.subject and not DIGEST(self.subject):
            raise EntryRefused(f"{self.kind}: the subject is not a digest")
        if not HEX(self.id):
            raise EntryRefused(f"{self.kind}: the entry id is not 128 bits of hex")
        if self.operation and self.operation not in OPERATIONS.get(self.kind, _ADMINISTRATION):
            raise EntryRefused(f"{self.kind}: is no {self.operation}")
        if self.once is not None and not 0 < len(self.once) <= MAX_ONCE:
            raise EntryRefused(f"{self.kind}: a `once` key has 1 to {MAX_ONCE} characters")
        if self.expires is not None and self.expires.tzinfo is None:
            raise EntryRefused(f"{self.kind}: `expires` has no time zone")
        check_facts(self.facts)
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))

    def leaf(self, at: datetime, commitment: str | None) -> bytes:
        """Return the leaf bytes for the time `at`; `EntryRefused` if they are more than 4096."""
        record: dict[str, JSON] = {
            "v": LEAF_VERSION,
            "kind": self.kind.value,
            "operation": (self.operation or OPERATIONS.get(self.kind, _ADMINISTRATION)[0]).value,
            "node": self.node,
            "at": timestamp(at),
            "id": self.id,
            **self.facts,
        }
        if self.subject:
            record["subject"] = self.subject
        if commitment is not None:
            record["commitment"] = commitment
        leaf = encode(record)
        if len(leaf) > MAX_LEAF:
            raise EntryRefused(f"{self.kind} {self.id}: a leaf of {len(leaf)} bytes, at most {MAX_LEAF}")
        return leaf


def read_leaf(leaf: bytes) -> dict[str, Any]:
    """Return the record in leaf bytes; `FormatRefused` or `EntryRefused` if no entry could have made it."""
    if len(leaf) > MAX_LEAF:
        raise FormatRefused(f"leaf: {len(leaf)} bytes, at most {MAX_LEAF}")
    record = parse_object(leaf)
    facts = {name: value for name, value in record.items() if name not in _HEADER}
    missing = _REQUIRED - record.keys()
    if missing or record["v"] != LEAF_VERSION:
        raise FormatRefused(
            f"leaf: version {record.get('v')}, lacks {', '.join(sorted(missing)) or 'nothing'}"
        )
    wrong = [name for name, form in _HEADER.items() if name in record and not form(record[name])]
    if wrong:
        raise FormatRefused(f"leaf: {', '.join(sorted(wrong))} not in the form that a leaf needs")
    check_facts(facts)
    return record


def timestamp(at: datetime) -> str:
    """Return the time as RFC 3339 in UTC with milliseconds and offset: `2026-01-31T23:59:59.999+00:00`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def utc_now() -> datetime:
    """Return the time of this machine's clock."""
    return datetime.now(UTC)
