"""The port behind which spent quota is counted, for all processes of a node together.

Counts need not survive a power cut, but do survive a restart; they hold pseudonyms and keyed digests, no
content, and go when their window is over.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from policy.quota import Account, Allowed, Charge, Guard, OverQuota, Span, Unit, account


class QuotaCounter(Protocol):
    """Counts what is spent."""

    def spend(self, charges: Sequence[Charge], guard: Guard | None = None) -> Allowed | OverQuota:
        """Spend all charges if `policy.quota.spend` allows them, else none; `guard` may lower a limit.

        The guard needs the person's misses and questions of the day among the charges. Atomic over all
        processes: no window ever holds more than its limit. A refusal is counted for whom it met; `refusals`
        is its number on that day.
        """

    def spent(self, window: Account, most: int) -> tuple[tuple[Account, int], ...]:
        """What accounts of the same window hold, the fullest first, at most so many.

        Those of its owner, and of owners below it (`fr.ofast` has `fr.ofast/…` below); all, if it names none.
        """

    def forget(self, now: int) -> int:
        """Drop the windows that ended at or before `now` (Unix seconds); how many there were."""


def refusal_of(over: OverQuota) -> Account:
    """Where a refusal is counted: per owner of the budget and day."""
    at = over.account
    return account(at.scope, at.whose, Unit.REFUSALS, Span.DAY, at.start)


def counted(over: OverQuota, refusals: int) -> OverQuota:
    """The refusal with its number."""
    return replace(over, refusals=refusals)
