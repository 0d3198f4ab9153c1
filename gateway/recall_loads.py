"""What a load changed is told to all who were given an older version: by itself, or on an officer's word.

Recipients must be told of a rectification (Directive (EU) 2016/680 Art. 16(6)), so a node does it by itself
unless `[recall] on_load` says `propose`. 1 Changes so old that no answer under way can still give the
version before, 2 of them those that the shelf shows, 3 the register brought to the log's head, 4 whom they
went to, in one question for a whole page, 5 ordered, or put before the officers, with the changes' fates in
one transaction. Every step may be repeated.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from gateway.disclosures import catch_up
from gateway.node import Node
from sharing.inbox import Item, ItemKind, ItemState, found
from sharing.recall_changes import MOST_CHANGES, Changed, Fate, Since, orders
from sharing.register import Reached

DAY = 86_400
LOAD = "load:"
BY_OFFICER = 0
"""No load: what an officer entered is told without being proposed to one."""


@dataclass(frozen=True, slots=True)
class Split:
    """Changes that the shelf shows: those whose older versions went to `partners`, and the others."""

    reaching: tuple[Changed, ...]
    others: tuple[Changed, ...]
    partners: frozenset[str]


async def take_changes(node: Node) -> int:
    """Order, or put before the officers, what loads have changed; returns how many changes that were."""
    taken = 0
    wanted = pages(node, Since(fates=(Fate.OPEN,)))
    while page := await asyncio.to_thread(next, wanted, None):
        split = await looked_up(node, page)
        await asyncio.to_thread(node.lending.changes.settle, split.others, Fate.NOBODY)
        decided = [each for each in split.reaching if each.load == BY_OFFICER]
        if node.settings.recall.on_load == "send":
            await order(node, split.reaching)
        else:
            await order(node, decided)
            await asyncio.to_thread(_propose, node, [each for each in split.reaching if each not in decided])
        taken += len(split.reaching)
    return taken


def pages(node: Node, since: Since) -> Iterator[Sequence[Changed]]:
    """The changes that are wanted, by record and version, as far as they are old enough to be told."""
    settled = replace(since, until=node.now() - ceil(node.settings.limits.question_seconds))
    after = ("", 0)
    while page := node.lending.changes.list(settled, after, MOST_CHANGES):
        yield page
        after = (page[-1].record, page[-1].version)


async def looked_up(node: Node, page: Sequence[Changed]) -> Split:
    """Which of the changes can be seen by now, and whom older versions of those went to."""
    names = sorted({each.record for each in page})
    versions = await asyncio.to_thread(node.lending.versions, names)
    seen = [each for each in page if versions.get(each.record, 0) >= each.version]
    if not seen:
        return Split((), (), frozenset())
    await catch_up(node)
    reached = await asyncio.to_thread(node.lending.register.reached_by, [each.record for each in seen])
    held: dict[str, list[Reached]] = {}
    for one in reached:
        held.setdefault(one.record, []).append(one)
    partners = {
        each: {one.partner for one in held.get(each.record, ()) if each.concerns(one)} for each in seen
    }
    return Split(
        tuple(each for each in seen if partners[each]),
        tuple(each for each in seen if not partners[each]),
        frozenset().union(*partners.values()),
    )


async def order(node: Node, changes: Sequence[Changed]) -> None:
    """Order the notices of these changes and settle them."""
    lending, now = node.lending, node.now()
    await asyncio.to_thread(lending.changes.settle, changes, Fate.ORDERED, orders(changes), now)


def _propose(node: Node, changes: Sequence[Changed]) -> None:
    """One item in the officers' inbox for each load; one that is open stands for what is added."""
    for load in sorted({each.load for each in changes}):
        name = item_id(load)
        before = found(node.books.inbox, name)
        if before is not None and before.state is not ItemState.OPEN:
            name = f"{name}.{node.now()}"
        now = node.now()
        item = Item(name, ItemKind.RECALL_PROPOSED, node.id, now, now + DAY, reference=of_load(load))
        node.books.inbox.add(item)
    node.lending.changes.settle(changes, Fate.PROPOSED)


def item_id(load: int) -> str:
    """The name of the item of one load; what comes after it was decided has the time behind it."""
    return f"recall-{of_load(load)}"


def of_load(load: int) -> str:
    """How a load is named in words: `load:7`."""
    return f"{LOAD}{load}"
