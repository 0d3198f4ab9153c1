"""The use case of liaison officers who tell partners of all that loads have changed since a moment."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from gateway.errors import VariablesRejected
from gateway.facts import moment
from gateway.node import Node
from gateway.recall_loads import LOAD, Split, looked_up, order, pages
from gateway.recall_officers import Shown, ordering
from gateway.visit import Visit
from policy.terms import Role
from sharing.errors import ItemConflict
from sharing.inbox import Decision, ItemKind, ItemState, Wanted, every_item
from sharing.recall_changes import Changed, Fate, Since, orders

MOST_SHOWN = 500


@dataclass(slots=True)
class _Sum:
    """What the pages came to: `records` to tell now, `told` before, partners, the first of the changes."""

    records: int = 0
    told: int = 0
    partners: set[str] = field(default_factory=set)
    changes: list[Changed] = field(default_factory=list)

    def add(self, split: Split, fresh: list[Changed], *, ordered: bool) -> None:
        """One page, of which `fresh` were not told before."""
        self.records += len(fresh)
        self.told += len(split.reaching) - len(fresh)
        self.partners |= split.partners
        room = MOST_SHOWN - len(self.changes)
        now = [replace(each, fate=Fate.ORDERED) if ordered else each for each in split.reaching[:room]]
        self.changes += now


async def rectify_since(visit: Visit, since: str, *, dry_run: bool = False) -> Shown:
    """Order what no partner is told of yet; done again, nothing is left to do.

    1 role, 2 what changed, is visible and went out in an older version, 3 logged, 4 ordered, 5 the items that
    waited for it are decided. `VariablesRejected` for what is neither a moment nor a load.
    """
    node, officer = visit.node, visit.require(Role.LIAISON)  # 1
    who = node.post.keys.pseudonym(node.id, officer.subject)
    each_page, told = pages(node, read_since(since)), _Sum()
    while page := await asyncio.to_thread(next, each_page, None):
        split = await looked_up(node, page)  # 2
        fresh = [each for each in split.reaching if each.fate is not Fate.ORDERED]
        if not dry_run:
            for recall in orders(fresh):
                await node.log.append(ordering(node, recall, who))  # 3
            await order(node, fresh)  # 4
        told.add(split, fresh, ordered=not dry_run)
    if not dry_run:
        await asyncio.to_thread(_decide, node, officer.subject)  # 5
    return {
        "dryRun": dry_run,
        "records": told.records,
        "told": told.told,
        "partners": sorted(told.partners),
        "changes": [_shown(each) for each in told.changes],
    }


def read_since(text: str) -> Since:
    """`load:<number>`, or a day or moment in ISO 8601; UTC where it says no zone."""
    number = text.removeprefix(LOAD)
    if number != text and number.isascii() and number.isdigit() and len(number) < len(str(2**31)):
        return Since(load=int(number))
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise VariablesRejected(
            f"since {text[:40]!r}: is neither a moment like 2026-11-21T08:00 nor a load like {LOAD}7"
        ) from error
    return Since(at=int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()))


def _decide(node: Node, officer: str) -> None:
    """End the items of loads of which nothing waits any longer."""
    waiting = Wanted(ItemState.OPEN, ItemKind.RECALL_PROPOSED)
    for item in list(every_item(node.books.inbox, waiting)):
        load = int(item.reference.removeprefix(LOAD))
        if not node.lending.changes.list(Since(load=load, fates=(Fate.PROPOSED,)), limit=1):
            with suppress(ItemConflict):  # another officer was as quick
                node.books.inbox.put(item.decided(Decision(ItemState.ANSWERED, officer, node.now())))


def _shown(changed: Changed) -> Shown:
    return {
        "record": changed.record,
        "version": changed.version,
        "type": changed.sort.value,
        "reason": changed.reason,
        "load": f"{LOAD}{changed.load}",
        "at": moment(changed.at),
        "fate": changed.fate.value,
    }
