"""Budgets against enumeration: how much may be asked and seen in an hour and a day, by whom and by grant.

Pure. Windows are whole hours and days of UTC. What is spent rests on questions and on what was shown, never
on what was hidden: whoever meets a limit learns nothing that the answers did not tell.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

UNLIMITED: Final = 2**53 - 1


class Scope(StrEnum):
    """Whose budget: the node that asks, one of its people, a case of that node, or a grant to that node."""

    PARTNER = "PARTNER"
    PERSON = "PERSON"
    CASE = "CASE"
    GRANT = "GRANT"


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
    """At most `most` of a unit in each window, for each partner, person, case or grant."""

    scope: Scope
    unit: Unit
    span: Span
    most: int

    def charge(self, whose: str, amount: int, now: int) -> "Charge":
        """What `amount` at `now` (Unix seconds) costs this budget of `whose`."""
        return Charge(account(self.scope, whose, self.unit, self.span, now), amount, self.most)


@dataclass(frozen=True, slots=True)
class Quota:
    """What a grant lets each of its recipients ask, and see of its owner's records; None is no limit.

    Each recipient has a quota of its own: one that meets it learns nothing of another. Questions over a
    threat to life are counted apart, against the same number; the records that they show are free.
    """

    questions_hour: int | None = None
    questions_day: int | None = None
    rows_hour: int | None = None
    rows_day: int | None = None

    @property
    def limits(self) -> dict[str, int]:
        """The limits that there are, by name."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: most for name, most in named.items() if most is not None}

    def within(self, other: "Quota") -> bool:
        """Whether this allows nothing that `other` does not: every limit of it is kept or lowered."""
        limits = self.limits
        return all(limits.get(name, UNLIMITED) <= most for name, most in other.limits.items())

    def budgets(self, unit: Unit) -> tuple[Budget, ...]:
        """The grant's budgets of a unit; emergencies have the questions' numbers."""
        named = Unit.QUESTIONS if unit is Unit.EMERGENCIES else unit
        found = ((span, self.limits.get(f"{named}_{span}".lower())) for span in Span)
        return tuple(Budget(Scope.GRANT, unit, span, most) for span, most in found if most is not None)


NO_QUOTA: Final = Quota()


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """One window of one budget of one partner, person, case or grant; `start` is Unix seconds."""

    scope: Scope
    whose: str
    unit: Unit
    span: Span
    start: int

    @classmethod
    def of(cls, key: str) -> "Account":
        """The account whose key this is."""
        unit, span, start, scope, whose = key.split("/", 4)
        return cls(Scope(scope), whose, Unit(unit), Span(span), int(start))

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
        """The budget as a rule id, for owner and oversight; a grant's names the grant."""
        rule = f"quota-{self.scope}-{self.unit}-{self.span}".lower()
        return f"{rule}:{self.whose.partition('/')[2]}" if self.scope is Scope.GRANT else rule


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
