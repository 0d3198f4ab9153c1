"""A grant book that never forgets to recall: what a new version takes away is ordered before it is stored.

A crash in between leaves an order for a version that is not there, of which nobody is told until it is.
"""

from dataclasses import replace

from policy.grants import GrantTerms, narrows
from policy.question import Question
from sharing.grants import Grant, GrantBook
from sharing.recall import Recall, RecallBook, Sort

REVOKED, NARROWED = "GRANT_REVOKED", "GRANT_NARROWED"


class RecallingGrants:
    """The book `inner`, and the orders that its changes make in `recalls`."""

    def __init__(self, inner: GrantBook, recalls: RecallBook) -> None:
        self._inner, self._recalls = inner, recalls

    def add(self, grant: Grant) -> None:
        """See `GrantBook.add`."""
        if grant.terms.version > 1:
            before = self._inner.current(grant.terms.id).terms
            if takes_away(before, grant.terms):
                reason = NARROWED if grant.terms.revoked_at is None else REVOKED
                self._recalls.order(Recall(Sort.RECALL, reason, before.ref), _decided(grant))
        self._inner.add(grant)

    def current(self, grant_id: str) -> Grant:
        """See `GrantBook.current`."""
        return self._inner.current(grant_id)

    def history(self, grant_id: str) -> tuple[Grant, ...]:
        """See `GrantBook.history`."""
        return self._inner.history(grant_id)

    def list(self, *, after: str = "", limit: int = 100) -> tuple[Grant, ...]:
        """See `GrantBook.list`."""
        return self._inner.list(after=after, limit=limit)

    def candidates(
        self, partner: str, now: int, case: str = "", question: Question | None = None
    ) -> tuple[GrantTerms, ...]:
        """See `GrantBook.candidates`."""
        return self._inner.candidates(partner, now, case, question)


def takes_away(before: GrantTerms, after: GrantTerms) -> bool:
    """Whether `after` no longer covers all that `before` did; when it ends by itself is not compared."""
    if after.revoked_at is not None:
        return True
    return not narrows(after, replace(before, not_before=after.not_before, expires_at=after.expires_at))


def _decided(grant: Grant) -> int:
    """When the last officer approved it (Unix seconds)."""
    return max(each.at for each in grant.approvals)
