"""Questions as the rows of one log tell them: who asked what for which case, and each node's outcome.

The own people's questions come from `ASKED` with `ANSWERS_RECEIVED`, or from a refusal by the own law; those
of other nodes from `QUESTION_RECEIVED` with `DISCLOSED` or `REFUSED`. The own node's answer to its own people
is part of their question, not a second one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from audit.entry import Kind
from audit.row import Row

KINDS = (
    Kind.ASKED,
    Kind.ANSWERS_RECEIVED,
    Kind.QUESTION_RECEIVED,
    Kind.DISCLOSED,
    Kind.REFUSED,
)
"""The kinds of rows that questions are made of."""

OWN = "own"
"""The name of the log's own node among the outcomes."""


@dataclass(slots=True)
class Question:
    """One question. `row` is its first entry; `outcomes` are statuses by node, `indexes` all its entries."""

    row: Row
    own: bool
    outcomes: dict[str, str] = field(default_factory=dict)
    reasons: set[str] = field(default_factory=set)
    indexes: list[int] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        """When it was asked, as this log says."""
        return datetime.fromtimestamp(self.row.at_ms / 1000, UTC)

    @property
    def about(self) -> str:
        """What tells it from all other questions: the request, or the entry where that is not known."""
        return self.row.request or self.row.entry_id


def questions(rows: Iterable[Row]) -> list[Question]:
    """Return the questions that the rows tell, in the order of the log."""
    told = _Told()
    for row in rows:
        told.add(row)
    return told.questions


class _Told:
    """The questions so far, found by request (the own ones) and by intent (those received)."""

    def __init__(self) -> None:
        self.questions: list[Question] = []
        self._by_request: dict[str, Question] = {}
        self._by_intent: dict[str, Question] = {}

    def add(self, row: Row) -> None:
        """Take one more row."""
        if row.kind == Kind.ASKED or (row.kind == Kind.REFUSED and not row.intent):
            self._by_request[row.request] = self._begun(row, own=True)
        if row.kind == Kind.QUESTION_RECEIVED and row.request not in self._by_request:
            self._by_intent[row.entry_id] = self._begun(row, own=False)
        question = self._of(row)
        if question is not None:
            question.indexes.append(row.index)
            question.outcomes |= _outcomes(row)
            question.reasons |= set(row.reasons)

    def _begun(self, row: Row, *, own: bool) -> Question:
        self.questions.append(Question(row, own))
        return self.questions[-1]

    def _of(self, row: Row) -> Question | None:
        if row.kind in {Kind.ASKED, Kind.ANSWERS_RECEIVED} or (row.kind == Kind.REFUSED and not row.intent):
            return self._by_request.get(row.request)
        return self._by_intent.get(row.intent or row.entry_id)


def _outcomes(row: Row) -> dict[str, str]:
    if row.replies:
        return dict(each.split("=", 1) for each in row.replies)
    return {OWN: row.statuses[0]} if row.statuses else {}
