"""How sure an answer is, and whether a time that was told only roughly lies before a day or after it. Pure.

Days are compared as records tell them: a time zone is not applied. A month is all of its days: what begins in
it may have begun on any of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from sharing.spans import Span, span

_DAY = len("2026-05-01")
_TIMELESS = 9000
"""A year from which on a date stands for "no end is known", as registers write it."""


class Sure(IntEnum):
    """Kleene's three values: `min` of two is "and", `max` is "or"."""

    NO = 0
    UNCERTAIN = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Valid:
    """When a fact held: from `begin` to `end`, either None where it was not told, not both.

    `observed`: it was told for `begin` only, and nothing of how long it lasted.
    """

    begin: Span | None
    end: Span | None
    observed: bool = False

    def held(self, day: Span, days: int) -> Sure:
        """Whether it held on a day. What was observed counts for so many days after."""
        if self.observed and self.begin is not None:
            after = timedelta(days=days)
            begin, end = self.begin, Span(self.begin.earliest + after, self.begin.latest + after)
            return min(_begun(begin, day), _lasts(end, day))
        return min(_begun(self.begin, day), _lasts(self.end, day))


def _begun(begin: Span | None, day: Span) -> Sure:
    if begin is None:
        return Sure.UNCERTAIN
    if begin.latest <= day.latest:
        return Sure.YES
    return Sure.UNCERTAIN if begin.earliest <= day.latest else Sure.NO


def _lasts(end: Span | None, day: Span) -> Sure:
    """What has no end that was told goes on."""
    if end is None or end.earliest >= day.earliest:
        return Sure.YES
    return Sure.UNCERTAIN if end.latest >= day.earliest else Sure.NO


def within(when: Span, after: Span, until: Span) -> Sure:
    """Whether it was after the day `after` and not after the day `until`."""
    if after == until or when.latest <= after.latest or when.earliest > until.latest:
        return Sure.NO
    inside = when.earliest > after.latest and when.latest <= until.latest
    return Sure.YES if inside else Sure.UNCERTAIN


def read_day(text: str) -> Span | None:
    """All of a day that is written YYYY-MM-DD; None for anything else."""
    return read_time([text]) if len(text) == _DAY else None


def read_time(texts: Sequence[str]) -> Span | None:
    """Within which these lie, as the calendar has it; None where nothing was told, or one does not read."""
    found = span(texts, "UTC")
    return None if found is None or found.latest.year >= _TIMELESS else found
