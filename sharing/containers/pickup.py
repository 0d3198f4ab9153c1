"""A pick-up reference that somebody else used, or that was used with another account."""

from collections.abc import Iterator
from itertools import combinations

from sharing.containers.finding import Rule
from sharing.containers.told import Movement, Party, Told
from sharing.findings import Finding, between


def pickups(told: Told) -> Iterator[Finding[Rule]]:
    """Every two movements under one reference that name different parties, or different accounts."""
    for one, other in combinations((each for each in told.movements if each.reference), 2):
        if one.reference == other.reference:
            yield from _pair(one, other)


def _pair(one: Movement, other: Movement) -> Iterator[Finding[Rule]]:
    left, right = one.haulier, other.haulier
    if left is not None and right is not None and different(left, right):
        yield between(Rule.PICKUP_PARTY, (one.source, left.called), (other.source, right.called))
    if one.account and other.account and one.account != other.account:
        yield between(Rule.PICKUP_ACCOUNT, (one.source, one.account), (other.source, other.account))


def different(one: Party, other: Party) -> bool:
    """Whether two records surely name different parties: both are identified by one kind, and nothing agrees.

    Names alone tell no two parties apart.
    """
    if one.handle == other.handle or one.identifiers & other.identifiers or one.names & other.names:
        return False
    return bool({kind for kind, _ in one.identifiers} & {kind for kind, _ in other.identifiers})
