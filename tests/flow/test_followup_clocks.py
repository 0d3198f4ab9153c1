"""Reminders of what waits: each is given once, whatever breaks off and wherever the clock jumps to."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.entry import Entry
from audit.errors import AuditUnavailable
from audit.receipt import Receipt
from gateway.node import Node
from gateway.reminding import remind
from policy.clocks import DAY, HOUR, Stage, deadline, stage
from policy.terms import Mode, Urgency
from sharing.errors import ItemConflict
from sharing.inbox import Item, ItemKind, ItemState
from tests.flow.followup_desk import FR, SE
from tests.world import World

NUMBERS = count(1)
GIVEN = [Stage.HALF, Stage.LAST, Stage.OVERDUE, Stage.LAPSED]


@dataclass
class Failing:
    """A part of a node that breaks off at the n-th change (counted from one), before or after it is made."""

    part: Any
    name: str
    at: int
    after: bool
    done: int = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.part, name)
        return found if name != self.name else self._put if name == "put" else self._append

    def _breaks(self) -> bool:
        self.done += 1
        return self.done == self.at

    def _put(self, item: Item) -> Item:
        breaks = self._breaks()
        if breaks and not self.after:
            raise ItemConflict("the process ended")
        kept: Item = self.part.put(item)
        if breaks:
            raise ItemConflict("the process ended")
        return kept

    async def _append(self, entry: Entry) -> Receipt:
        breaks = self._breaks()
        if breaks and not self.after:
            raise AuditUnavailable("the process ended")
        receipt: Receipt = await self.part.append(entry)
        if breaks:
            raise AuditUnavailable("the process ended")
        return receipt


@dataclass(frozen=True)
class Look:
    """A process looks into the inbox `moved` seconds later (or earlier), alone or not, and may break off."""

    moved: int
    together: bool = False
    breaks: tuple[str, int, bool] | None = None


LOOKS = st.lists(
    st.builds(
        Look,
        st.sampled_from([-2 * DAY, -HOUR, 0, HOUR - 1, HOUR, 3 * HOUR, 4 * HOUR, DAY, 3 * DAY, 31 * DAY]),
        st.booleans(),
        st.none() | st.tuples(st.sampled_from(["put", "append"]), st.integers(1, 3), st.booleans()),
    ),
    min_size=1,
    max_size=6,
)


def waiting(now: int, kind: ItemKind, urgency: Urgency) -> Item:
    number = next(NUMBERS)
    return Item(
        id=f"f-{number}",
        kind=kind,
        node=FR,
        received_at=now,
        due_at=deadline(urgency, now),
        query_id=f"q-{number}",
        request=f"sha256:{number:064x}",
        tier=Mode.CORE,
        reason="ARREST_IMMINENT",
        urgency=urgency.value,
        content={"item": f"f-{number}"},
    )


async def look(node: Node, each: Look) -> None:
    """One turn of the process that reminds, or of two at once."""
    if each.breaks is not None:
        name, at, after = each.breaks
        inbox: Any = Failing(node.books.inbox, name, at, after) if name == "put" else node.books.inbox
        log: Any = Failing(node.log, name, at, after) if name == "append" else node.log
        node = replace(node, log=log, books=replace(node.books, inbox=inbox))
    done = await asyncio.gather(*[remind(node) for _ in range(1 + each.together)], return_exceptions=True)
    broken = [error for error in done if isinstance(error, BaseException)]
    assert all(each.breaks and isinstance(error, AuditUnavailable) for error in broken), broken


async def told(world: World, item: Item, start: int) -> list[Stage]:
    """What the log says was given for an item, in order."""
    log = world.nodes[SE].log
    leaves: list[Mapping[str, Any]] = [
        leaf for leaf in (await world.log(SE))[start:] if leaf.get("request") == item.request
    ]
    assert log.head.size >= start + len(leaves)
    found = [Stage(leaf["status"]) for leaf in leaves if leaf.get("action") == "REMINDED"]
    ended = [leaf for leaf in leaves if leaf.get("action") == "FOLLOW_UP_DECIDED"]
    assert {leaf["state"] for leaf in ended} <= {ItemState.LAPSED.value}
    return found + [Stage.LAPSED for _ in ended]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from([ItemKind.FOLLOW_UP, ItemKind.CONSENT]),
    urgency=st.sampled_from(Urgency),
    looks=LOOKS,
)
async def test_each_reminder_is_given_once_and_in_order(
    world: World, kind: ItemKind, urgency: Urgency, looks: list[Look]
) -> None:
    node = world.nodes[SE]
    await look(node, Look(0))
    begun, start = node.now(), node.log.head.size
    item = waiting(begun, kind, urgency)
    assert node.books.inbox.add(item)
    furthest, world_began = Stage.RUNNING, world.offset
    for each in [*looks, Look(0)]:
        world.later(each.moved)
        reached = stage(item.received_at, item.due_at, node.now())
        await look(node, each)
        given_now = await told(world, item, start)
        furthest = max(furthest, reached, key=lambda at: at.rank)
        assert max(Counter(given_now).values(), default=1) == 1
        assert given_now == GIVEN[: len(given_now)], "in order, none left out"
        assert len(given_now) <= furthest.rank
        if each.breaks is None:
            assert len(given_now) >= reached.rank, "none lost, however late it is given"
    world.offset = world_began
    kept = node.books.inbox.get(item.id)
    if kept.state is ItemState.OPEN:
        node.books.inbox.put(replace(kept, reminded=Stage.LAPSED.rank))
