"""Budgets against enumeration: how much a partner, a person and a case may ask and see in an hour and a day.

Pure. Windows are whole hours and days of UTC. What is spent rests on questions and on what was shown, never
on what was hidden: whoever meets a limit learns nothing that the answers did not tell.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

UNLIMITED: Final = 2**53 - 1


class Scope(StrEnum):
    """Whose budget: the node that asks, one of its people, or a case of that node."""

    PARTNER = "PARTNER"
    PERSON = "PERSON"
    CASE = "CASE"


class Unit(StrEnum):
    """What is counted. Misses are lookups and searches without a hit; refusals those over a budget."""

    QUESTIONS = "QUESTIONS"
    EMERGENCIES = "EMERGENCIES"
    ROWS = "ROWS"
    MISSES = "MISSES"
    REFUSALS = "REFUSALS"


class Span(StrEnum):
    """How long a window is."""

    HOUR = "HOUR"
    DAY = "DAY"

    @property
    def seconds(self) -> int:
        """The window's length."""
        return 3_600 if self is Span.HOUR else 86_400


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `most` of a unit in each window, for each partner, person or case."""

    scope: Scope
    unit: Unit
    span: Span
    most: int

    def charge(self, whose: str, amount: int, now: int) -> "Charge":
        """What `amount` at `now` (Unix seconds) costs this budget of `whose`."""
        return Charge(account(self.scope, whose, self.unit, self.span, now), amount, self.most)


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """One window of one budget of one partner, person or case; `start` is Unix seconds."""

    scope: Scope
    whose: str
    unit: Unit
    span: Span
    start: int

    @property
    def renews_at(self) -> int:
        """When the window ends and a new one begins: a whole hour."""
        return self.start + self.span.seconds

    @property
    def key(self) -> str:
        """The account in one text; different accounts have different ones."""
        return f"{self.unit}/{self.span}/{self.start}/{self.scope}/{self.whose}"

    @property
    def rule(self) -> str:
        """The budget as a rule id, for owner and oversight."""
        return f"quota-{self.scope}-{self.unit}-{self.span}".lower()


def account(scope: Scope, whose: str, unit: Unit, span: Span, now: int) -> Account:
    """The account whose window holds `now`."""
    return Account(scope, whose, unit, span, now - now % span.seconds)


@dataclass(frozen=True, slots=True)
class Charge:
    """What something costs an account, and the account's limit. An amount of 0 only asks what is spent."""

    account: Account
    amount: int
    most: int = UNLIMITED


@dataclass(frozen=True, slots=True)
class Guard:
    """When a person feels for what is there: `misses` in a day, at least `percent` of what they asked.

    Then the person's budget of an hour is `lowered` until the day ends.
    """

    misses: int
    percent: int
    lowered: int

    def raised(self, misses: int, questions: int) -> bool:
        """Whether so many misses among so many questions are too many."""
        return misses >= self.misses and misses * 100 >= questions * self.percent


@dataclass(frozen=True, slots=True)
class Allowed:
    """Within every budget. `spent` holds each account's count with this charge in it."""

    spent: Mapping[Account, int]
    left: int
    """What is left of the account that is nearest to its limit."""


@dataclass(frozen=True, slots=True)
class OverQuota:
    """Over a budget: nothing was spent. `refusals` counts how often that happened to its owner today."""

    account: Account
    most: int
    renews_at: int
    refusals: int = 0


def spend(charges: Sequence[Charge], counts: Mapping[Account, int]) -> Allowed | OverQuota:
    """Whether all `charges` fit in what is left, `counts` being what was spent before; all or none.

    Of several that are spent the one that renews last is named: before then there is no use in asking.
    """
    spent = {each.account: counts.get(each.account, 0) + each.amount for each in charges}
    over = [each for each in charges if each.amount and spent[each.account] > each.most]
    if over:
        last = max(over, key=lambda each: (each.account.renews_at, each.account))
        return OverQuota(last.account, last.most, last.account.renews_at)
    left = min((each.most - spent[each.account] for each in charges), default=UNLIMITED)
    return Allowed(spent, max(0, left))


def merged(parts: Iterable[Mapping[Account, int]]) -> dict[Account, int]:
    """The counts of several processes as one; the order does not matter."""
    found: dict[Account, int] = {}
    for part in parts:
        for each, count in part.items():
            found[each] = found.get(each, 0) + count
    return found


def guarded(charges: Sequence[Charge], counts: Mapping[Account, int], guard: Guard) -> tuple[Charge, ...]:
    """The same charges, with the hour's budget lowered for a person whose misses raise the guard."""
    return tuple(_lowered(each, counts, guard) for each in charges)


def _lowered(charge: Charge, counts: Mapping[Account, int], guard: Guard) -> Charge:
    at = charge.account
    if (at.scope, at.unit, at.span) != (Scope.PERSON, Unit.QUESTIONS, Span.HOUR):
        return charge
    misses, questions = (
        counts.get(account(at.scope, at.whose, unit, Span.DAY, at.start), 0)
        for unit in (Unit.MISSES, Unit.QUESTIONS)
    )
    if not guard.raised(misses, questions):
        return charge
    return Charge(at, charge.amount, min(charge.most, guard.lowered))
