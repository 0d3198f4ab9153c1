"""Chains of ownership among records that were shown: from a company to its owners, or to what it owns.

A thing is a group of handles (`things`): those that the viewer holds to be one, and those that bear one
registration number. Several stakes told by one node in one day add up; stakes told by different nodes are
tellings of one holding. A chain ends where no more was shown, where it comes back to itself, or at its depth.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sharing.claimed import Source, first, identified, reference, source
from sharing.merge import Claim
from sharing.money.shares import NOTHING, WHOLE, Share, read_share

OWNERSHIP = "Ownership"
MOST_CHAINS = 200
_REGISTERED = "document"
Groups = Iterable[Sequence[str]]


class Way(StrEnum):
    """Up to who owns, or down to what is owned."""

    OWNERS = "OWNERS"
    OWNED = "OWNED"


class End(StrEnum):
    """Why a chain goes no further; SHOWN: nothing more was shown, and there may be more."""

    SHOWN = "SHOWN"
    CYCLE = "CYCLE"
    DEPTH = "DEPTH"


@dataclass(frozen=True, slots=True)
class Stake:
    """One record of ownership; `owner` and `asset` are handles, dates as told (may be empty)."""

    source: Source
    node: str
    owner: str
    asset: str
    share: Share
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Holding:
    """That one thing owns another, by all stakes that say so; `differ`: two nodes tell different shares."""

    owner: int
    asset: int
    share: Share
    stakes: tuple[Stake, ...]
    differ: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """Holdings from the company on; `share` is their product."""

    holdings: tuple[Holding, ...]
    share: Share
    end: End


@dataclass(frozen=True, slots=True)
class Owned:
    """The chains from `start`, in the order of their shares; `totals` by thing; `cut`: there are more."""

    start: int
    chains: tuple[Chain, ...]
    totals: Mapping[int, Share]
    cut: bool


def stakes(claims: Iterable[Claim], day: str) -> tuple[Stake, ...]:
    """The stakes that were held on `day` (YYYY-MM-DD), as far as their dates tell, by handle."""
    found = sorted((each for each in claims if each.record.schema == OWNERSHIP), key=lambda c: c.handle)
    told = [_stake(each) for each in found]
    return tuple(
        each
        for each in told
        if each.owner and each.asset and each.since[: len(day)] <= day and not _over(each.until, day)
    )


def _over(until: str, day: str) -> bool:
    """Whether an end, told to the day, month or year, lies before the day."""
    return bool(until) and until[: len(day)] < day[: len(until)]


def things(claims: Iterable[Claim], groups: Groups = ()) -> tuple[tuple[str, ...], ...]:
    """The handles in groups of one thing; links are none."""
    known = {each.handle: each for each in claims if each.record.schema != OWNERSHIP}
    together: dict[object, list[str]] = defaultdict(list)
    for number, group in enumerate(groups):
        together[number] = [each for each in group if each in known]
    for handle, claim in known.items():
        for normal in identified(claim, _REGISTERED):
            together[claim.record.schema, normal].append(handle)
    of = {handle: frozenset({handle}) for handle in known}
    for handles in together.values():
        one = frozenset().union(*(of[each] for each in handles))
        of |= dict.fromkeys(one, one)
    return tuple(sorted({tuple(sorted(group)) for group in of.values()}))


def owned(start: int, groups: Sequence[Sequence[str]], told: Iterable[Stake], way: Way, most: int) -> Owned:
    """The chains from the thing at place `start`, at most `most` holdings long and 200 of them."""
    place = {handle: number for number, group in enumerate(groups) for handle in group}
    ahead = _ahead(told, place, way)
    chains: list[Chain] = []
    totals: dict[int, Share] = {}
    waiting: list[tuple[Holding, ...]] = [()]
    while waiting and len(chains) < MOST_CHAINS:
        path = waiting.pop()
        here = _far(path[-1], way) if path else start
        passed = {start, *(_far(each, way) for each in path[:-1])}
        share = _product(path)
        if path and here not in passed:
            totals[here] = totals.get(here, NOTHING).plus(share)
        end = _end(path, here in passed and bool(path), ahead.get(here, ()), most)
        if end is None:
            waiting += [(*path, each) for each in reversed(ahead[here])]
        elif path:
            chains.append(Chain(path, share, end))
    order = sorted(chains, key=lambda each: (-each.share.high, -each.share.low, _places(each, way)))
    return Owned(start, tuple(order), totals, bool(waiting))


def _end(path: Sequence[Holding], again: bool, more: Sequence[Holding], most: int) -> End | None:  # noqa: FBT001  # whether the chain came back to itself
    if again:
        return End.CYCLE
    if len(path) >= most:
        return End.DEPTH
    return None if more else End.SHOWN


def _places(chain: Chain, way: Way) -> tuple[int, ...]:
    return tuple(_far(each, way) for each in chain.holdings)


def _far(holding: Holding, way: Way) -> int:
    return holding.owner if way is Way.OWNERS else holding.asset


def _product(path: Iterable[Holding]) -> Share:
    share = WHOLE
    for each in path:
        share = each.share.of(share)
    return share


def _ahead(told: Iterable[Stake], place: Mapping[str, int], way: Way) -> dict[int, list[Holding]]:
    """The holdings that lead on from each thing, by where they lead."""
    pairs: dict[tuple[int, int], list[Stake]] = defaultdict(list)
    for each in told:
        ends = place.get(each.owner), place.get(each.asset)
        if ends[0] is not None and ends[1] is not None and ends[0] != ends[1]:
            pairs[ends[0], ends[1]].append(each)
    ahead: dict[int, list[Holding]] = defaultdict(list)
    for (owner, asset), found in sorted(pairs.items()):
        holding = _holding(owner, asset, found)
        ahead[asset if way is Way.OWNERS else owner].append(holding)
    return ahead


def _holding(owner: int, asset: int, found: Sequence[Stake]) -> Holding:
    by_node: dict[str, Share] = {}
    for each in found:
        before = by_node.get(each.node)
        by_node[each.node] = before.plus(each.share) if before else each.share
    known = [each for each in by_node.values() if each.told]
    share, *others = known or list(by_node.values())
    for other in others:
        share = share.or_as(other)
    return Holding(owner, asset, share, tuple(found), len(set(known)) > 1)


def _stake(claim: Claim) -> Stake:
    return Stake(
        source(claim),
        claim.node,
        reference(claim, "owner"),
        reference(claim, "asset"),
        read_share(first(claim, "percentage")),
        first(claim, "startDate"),
        first(claim, "endDate"),
    )


def common_registrations(group: Sequence[str], claims: Mapping[str, Claim]) -> tuple[str, ...]:
    """The registration numbers for which the handles of a group are taken to be one thing."""
    borne: dict[str, int] = defaultdict(int)
    for handle in group:
        for normal in identified(claims[handle], _REGISTERED):
            borne[normal] += 1
    return tuple(sorted(normal for normal, count in borne.items() if count > 1))
