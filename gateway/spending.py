"""Who has spent what of which budget at this node, and when it renews.

Liaison officers see everybody's, by pseudonym and keyed digest; that they look stands in the log before.
Each person sees its own at this node; what is left at a partner is the partner's to tell when it is spent.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.errors import VariablesRejected
from gateway.facts import moment, retain_until
from gateway.node import Node
from gateway.settings import QuestionsPart
from gateway.visit import Visit
from policy.mandate import Actor
from policy.quota import Account, Charge, Guard, Scope, Span, Unit, account, guarded
from policy.terms import Role
from sharing.codes import NODE_ID
from sharing.errors import GrantUnknown

MOST = 200
READ = "BUDGETS_READ"
UNITS = (Unit.QUESTIONS, Unit.ROWS, Unit.EMERGENCIES)
Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose budgets: of one partner and its people and grants (empty: all), of one scope (None: all)."""

    partner: str = ""
    scope: Scope | None = None
    first: int = 50

    def __post_init__(self) -> None:
        """Refuse what would not end, or could not be logged."""
        if not 1 <= self.first <= MOST or (self.partner and not NODE_ID.fullmatch(self.partner)):
            raise VariablesRejected(
                f"budgets: at most {MOST} of a node, not {self.first} of {self.partner[:80]!r}"
            )

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """Where to look: a case's account does not tell the partner that it belongs to."""
        found = tuple(Scope) if self.scope is None else (self.scope,)
        return tuple(each for each in found if not (self.partner and each is Scope.CASE))


async def listed(visit: Visit, wanted: Wanted) -> list[Shown]:
    """Budgets of which something is spent, the fullest first; 1 an officer's look, 2 logged, 3 read."""
    node, officer = visit.node, visit.require(Role.LIAISON)  # 1
    await node.log.append(_look(node, officer, wanted))  # 2
    return await asyncio.to_thread(_listed, node, wanted)  # 3


async def own(visit: Visit) -> list[Shown]:
    """What the person has spent of its own budgets at its own node, spent or not."""
    node = visit.node
    whose = f"{node.id}/{node.post.keys.pseudonym(node.id, visit.session.actor.subject)}"
    return await asyncio.to_thread(_own, node, whose)


def _listed(node: Node, wanted: Wanted) -> list[Shown]:
    found = [
        (spent, charge)
        for scope, unit, span in product(wanted.scopes, UNITS, Span)
        for at, spent in node.quota.spent(account(scope, wanted.partner, unit, span, node.now()), MOST)
        for charge in _limited(node, at)
    ]
    found.sort(key=lambda each: (-each[0] * 1.0 / each[1].most, each[1].account))
    return [_shown(node, charge, spent) for spent, charge in found[: wanted.first]]


def _own(node: Node, whose: str) -> list[Shown]:
    accounts = [account(Scope.PERSON, whose, unit, span, node.now()) for unit, span in product(UNITS, Span)]
    return [_shown(node, charge, _spent(node, each)) for each in accounts for charge in _limited(node, each)]


def _limited(node: Node, at: Account) -> Iterator[Charge]:
    """The account with its limit as it stands now; nothing for a grant that no longer has that limit."""
    if at.scope is not Scope.GRANT:
        yield Charge(at, 0, int(getattr(_part(node, at.unit), f"{at.scope}_{at.span}".lower())))
        return
    try:
        quota = node.books.grants.current(at.whose.partition("/")[2]).terms.quota
    except GrantUnknown:
        return
    for each in quota.budgets(at.unit):
        if each.span is at.span:
            yield Charge(at, 0, each.most)


def _part(node: Node, unit: Unit) -> QuestionsPart:
    part: QuestionsPart = getattr(node.settings.quota, unit.lower())
    return part


def _spent(node: Node, at: Account) -> int:
    return next((count for each, count in node.quota.spent(at, 1) if each == at), 0)


def _shown(node: Node, charge: Charge, spent: int) -> Shown:
    at, settings = charge.account, node.settings.quota
    today = {
        unit: account(at.scope, at.whose, unit, Span.DAY, at.start)
        for unit in (Unit.MISSES, Unit.QUESTIONS, Unit.REFUSALS)
    }
    counts = {each: _spent(node, each) for each in today.values()}
    guard = Guard(settings.misses, settings.miss_percent, settings.lowered_hour)
    (now,) = guarded((charge,), counts, guard)
    partner, _, rest = at.whose.partition("/")
    return {
        "scope": at.scope,
        "unit": at.unit.value,
        "span": at.span.value,
        "partner": None if at.scope is Scope.CASE else partner,
        "whose": at.whose if at.scope in {Scope.CASE, Scope.PARTNER} else rest,
        "spent": spent,
        "most": now.most,
        "left": max(0, now.most - spent),
        "renewsAt": moment(at.renews_at),
        "alarm": spent * 100 >= now.most * settings.alarm_percent,
        "lowered": now.most < charge.most,
        "refusals": counts[today[Unit.REFUSALS]],
    }


def _look(node: Node, officer: Actor, wanted: Wanted) -> Entry:
    about: dict[str, JSON] = {"partner": wanted.partner} if wanted.partner else {}
    facts: dict[str, JSON] = about | {
        "action": READ,
        "reader": node.post.keys.pseudonym(node.id, officer.subject),
        "unit": officer.unit,
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    return Entry(Kind.ADMINISTRATION, node.id, facts, sealed=officer.subject.encode())
