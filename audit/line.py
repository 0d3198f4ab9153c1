"""One exchange as the log of one side tells it, and how it travels to the other side.

Pure, standard library only. What comes from elsewhere is read strictly: forms as in leaves, times that exist.
"""

from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

from audit.canonical import JSON
from audit.errors import FormatRefused
from audit.fields import CODE, DIGEST, REFERENCE, TIME, Form, count

CLOSED = "CLOSED"
"""The status of an exchange whose intent was closed without an outcome."""

_HOUR = 13


class Side(StrEnum):
    """Whose log tells the exchange."""

    ASKER = "ASKER"
    ANSWERER = "ANSWERER"


def instant(time: str) -> datetime:
    """Return a leaf's time as a moment in UTC; `FormatRefused` when there is none of that spelling."""
    try:
        at = datetime.fromisoformat(time)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise FormatRefused(f"time {time[:40]!r}: there is no such moment") from error


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One exchange as the log of one side tells it; what that log does not tell is empty.

    `asked_leaf` is the hash of the asker's `ASKED` leaf and `outcome_leaf` that of the answerer's outcome:
    each side has its own from its tree, and the other's as it committed to it. `status` is what the asker was
    told, or what the answerer logged; empty while the exchange is open. `opened_at` and `closed_at` are the
    times of the log's own entries. `intent_leaf` is the answerer's `QUESTION_RECEIVED`, empty when it turned
    the request away before that; `receipt` the digest of the receipt that the asker holds. `index` is the
    place of the first entry in the log.
    """

    asker: str
    answerer: str
    side: Side
    request: str
    query_id: str
    requested_at: str
    opened_at: str
    index: int
    asked_leaf: str = ""
    outcome_leaf: str = ""
    status: str = ""
    closed_at: str = ""
    receipt: str = ""
    intent_leaf: str = ""

    @property
    def shared(self) -> tuple[str, ...]:
        """What the other side's line of the same exchange says too, when both logs tell the truth."""
        told = (self.asked_leaf, self.outcome_leaf, self.status)
        return (self.request, self.query_id, self.requested_at, *told)

    @property
    def hour(self) -> str:
        """The hour of the request in UTC, as `2026-01-31T23`."""
        return instant(self.requested_at).isoformat()[:_HOUR]

    def record(self) -> list[JSON]:
        """The line as a JSON list without its nodes and side, which whoever sends it states once."""
        return list(astuple(self)[-len(_FORMS) :])

    @classmethod
    def read(cls, asker: str, answerer: str, side: Side, record: object) -> Self:
        """Read what `record` wrote elsewhere; `FormatRefused` for anything else."""
        what = f"line of {side} for {asker} to {answerer}"
        if not isinstance(record, list) or len(record) != len(_FORMS):
            raise FormatRefused(f"{what}: is no list of {len(_FORMS)} values")
        for (name, (form, needed)), value in zip(_FORMS.items(), record, strict=True):
            if not form(value) and (needed or value != ""):
                raise FormatRefused(f"{what}: {name} is not in its form")
        line = cls(asker, answerer, side, *record)
        for time in (line.requested_at, line.opened_at, line.closed_at or line.opened_at):
            instant(time)
        return line


_FORMS: dict[str, tuple[Form, bool]] = {
    "request": (DIGEST, True),
    "query_id": (REFERENCE, False),
    "requested_at": (TIME, True),
    "opened_at": (TIME, True),
    "index": (count, True),
    "asked_leaf": (DIGEST, False),
    "outcome_leaf": (DIGEST, False),
    "status": (CODE, False),
    "closed_at": (TIME, False),
    "receipt": (DIGEST, False),
    "intent_leaf": (DIGEST, False),
}
"""The form of each value of a record, in its order, and whether it may not be empty."""
