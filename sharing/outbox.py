"""The outbox: notices that a node owes to one partner each, kept until the partner has acknowledged them.

A letter is put once and told as often as needed: it survives the process, and a partner that is away gets it
when it is back. The receiver may therefore get it twice, and out of order: the body that travels has the
letter's id as `id`, and whoever handles the type acts on an id once and acknowledges every time. What is
owed and not acknowledged in time is escalated, and still told.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, Self

from audit.canonical import JSON, encode
from sharing.codes import NODE_ID
from sharing.errors import OutboxRefused
from sharing.notice_message import TYPE

MAX_BODY = 49_152
"""Bytes of a letter's canonical body: with envelope and receipt it must pass as one notice (64 KiB)."""

MOST = 500
FIRST_PAUSE = 5
LONGEST_PAUSE = 900
LETTER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}")
"""The form of a letter's id."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One notice to the node `to`, of a type its door knows. Times are Unix seconds.

    `due_at` is when the acknowledgement is expected. `acknowledgement` is the canonical JSON of the reply.
    """

    id: str
    to: str
    type: str
    body: Mapping[str, JSON]
    created_at: int
    due_at: int
    attempts: int = 0
    next_at: int = 0
    acknowledged_at: int | None = None
    acknowledgement: str = field(default="", repr=False)
    escalated_at: int | None = None

    def __post_init__(self) -> None:
        """Refuse what could never be told; `OutboxRefused` names the letter and the field."""
        if not LETTER_ID.fullmatch(self.id):
            raise OutboxRefused(f"letter {self.id[:80]!r}: the id is not of the form {LETTER_ID.pattern}")
        if not NODE_ID.fullmatch(self.to) or not TYPE.fullmatch(self.type):
            raise OutboxRefused(f"letter {self.id}: {self.type[:40]!r} to {self.to[:80]!r} is no notice")
        if "id" in self.body:
            raise OutboxRefused(f"letter {self.id}: its body has an `id` of its own")
        if (size := len(encode(self.body))) > MAX_BODY:
            raise OutboxRefused(f"letter {self.id}: a body of {size} bytes, at most {MAX_BODY}")
        if self.due_at < self.created_at:
            raise OutboxRefused(f"letter {self.id}: is due at {self.due_at}, made at {self.created_at}")

    @property
    def told(self) -> dict[str, JSON]:
        """The body as it travels."""
        return {**self.body, "id": self.id}

    @property
    def content(self) -> tuple[str, str, bytes]:
        """What may not differ between two letters of one id."""
        return self.to, self.type, encode(self.body)

    def tried(self, now: int) -> Self:
        """The letter with one more attempt under way; the next after a pause that doubles up to 15 min."""
        pause = min(LONGEST_PAUSE, FIRST_PAUSE << min(self.attempts, 16))
        return replace(self, attempts=self.attempts + 1, next_at=now + pause)


@dataclass(frozen=True, slots=True)
class Listed:
    """Which letters to list, newest first: those made before `before` (0: all), of a type or to a node."""

    type: str = ""
    to: str = ""
    before: int = 0
    first: int = 100
    owed: bool = False
    """Only those that are not acknowledged."""


class Outbox(Protocol):
    """What whoever has something to say works with. Safe for several processes of a node."""

    def put(self, *letters: Letter) -> None:
        """Keep letters durably, all or none; the same one again changes nothing.

        `OutboxRefused` when a letter of that id has another content.
        """

    def get(self, letter_id: str) -> Letter:
        """The letter; `OutboxUnknown`."""

    def listed(self, wanted: Listed) -> Sequence[Letter]:
        """The letters that are wanted, newest first, at most 500."""


class Deliveries(Outbox, Protocol):
    """What whoever delivers works with."""

    def due(self, now: int, limit: int = MOST) -> Sequence[Letter]:
        """Letters to tell now: not acknowledged, their pause over; least tried first, then oldest."""

    def begin(self, letter: Letter, now: int) -> bool:
        """Count an attempt before it is made; False when another process is at it or it is acknowledged."""

    def postpone(self, to: str, until: int) -> None:
        """Leave a node alone until then: no letter to it that waits now is due before."""

    def acknowledge(self, letter_id: str, at: int, acknowledgement: str) -> None:
        """The partner has it; the first acknowledgement stays. `OutboxUnknown`."""

    def overdue(self, now: int, limit: int = MOST) -> Sequence[Letter]:
        """Letters whose acknowledgement is late and which nobody was told about, oldest first."""

    def escalated(self, letter_id: str, at: int) -> None:
        """Somebody was told; the first time stays. `OutboxUnknown`."""
