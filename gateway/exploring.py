"""Gathering a network across the border in rounds of questions, each decided and logged like any other.

A round asks, for the frontier, each record's node 1. how much lies around it (`neighbours`), 2. what lies
around those that are not too common (`expand`, page by page), and all nodes 3. who else knows their strong
identifiers (`lookup`). Questions go out in one order and are cut off in that order when their budget is
spent, so what is gathered does not depend on which node replies first.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from gateway.ask import Asking, Unasked, inquire, split_handle
from gateway.picture_network import ontology
from gateway.visit import Visit
from policy.terms import Operation, Status
from sharing.answer_shape import Neighbours
from sharing.merge import STRONG, Claim, NodeStatus, Picture
from sharing.network import Network, Ontology, woven

AT_ONCE = 4
"""Questions on their way at a time."""
MOST_IDS = 200
_HEARD = frozenset({Status.ANSWERED, Status.NO_HIT})


Weave = Callable[[Iterable[Claim], Iterable[Sequence[str]], Ontology], Network]
"""What makes a network of claims: `sharing.network.woven`, or another that shows less or more as a thing."""


class Stop(StrEnum):
    """Why nothing more was asked."""

    DONE = "DONE"
    NOTHING_LEFT = "NOTHING_LEFT"
    HOPS = "HOPS"
    QUESTIONS = "QUESTIONS"
    VERTICES = "VERTICES"


@dataclass(frozen=True, slots=True)
class Budget:
    """How many questions may go out, one to each node, and how many records are gathered."""

    questions: int = 200
    vertices: int = 5_000


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of all the questions to one node: how many there were, and the first refusal or silence."""

    node: str
    questions: int
    status: Status
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class Exploration:
    """What one visitor has gathered under one mandate. `groups` are handles of one thing, as the viewer says.

    `only` are the nodes that identifiers are looked up at; none: all. `common` are handles that are too
    common to be expanded, `shared` identifiers that are too common to link, `asked` tells by the digest of a
    receipt which question it answers.
    """

    visit: Visit = field(repr=False)
    mandate: str
    groups: Sequence[Sequence[str]] = ()
    budget: Budget = field(default_factory=Budget)
    only: Sequence[str] = ()
    claims: dict[str, Claim] = field(default_factory=dict)
    counts: dict[str, tuple[Neighbours, ...]] = field(default_factory=dict)
    common: set[str] = field(default_factory=set)
    shared: set[tuple[str, str]] = field(default_factory=set)
    heard: dict[str, Heard] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    weave: Weave = woven
    stop: Stop | None = None
    expanded: set[str] = field(default_factory=set)
    _looked_up: set[tuple[str, str]] = field(default_factory=set)

    @property
    def questions(self) -> int:
        """How many questions went out."""
        return sum(each.questions for each in self.heard.values())

    def network(self) -> Network:
        """What has been gathered, as one network."""
        return self.weave(self.claims.values(), self.groups, ontology())

    async def expand(self, handles: Iterable[str], *, across: bool) -> None:
        """One round for these handles; `across` looks for their identifiers at all nodes as well."""
        group_of = {handle: group for group in self.groups for handle in group}
        wanted = {each for handle in handles for each in (handle, *group_of.get(handle, ()))}
        frontier = sorted(wanted - self.expanded - self.common)
        await self.count(frontier)  # 1
        near = [each for each in frontier if each not in self.common]
        await self._gather(_batches(near), hops=1)  # 2
        self.expanded |= set(near)
        if across:
            await self._cross(near)  # 3
        if len(self.claims) > self.budget.vertices:
            self.stop = Stop.VERTICES

    async def count(self, handles: Iterable[str]) -> None:
        """How much lies around these handles, by schema; no record is given."""
        batches = _batches(sorted(set(handles)))
        for _, picture in await self._ask(
            [self._asking(node, {"ids": ids}, document="neighbours") for node, ids in batches]
        ):
            self._count(picture)

    async def look(self, handles: Iterable[str]) -> None:
        """These records themselves, and nothing around them."""
        await self._gather(_batches(sorted(set(handles))), hops=0)

    async def find(self, kind: str, normal: str) -> tuple[NodeStatus, ...]:
        """Ask all nodes who has an identifier; how each answered, none where nobody was asked."""
        self._looked_up.add((kind, normal))
        told = await self._ask([self._lookup(kind, normal)])
        for _, picture in told:
            self._keep(picture)
        return tuple(status for _, picture in told for status in picture.nodes)

    def _count(self, picture: Picture) -> None:
        for status in picture.nodes:
            for each in status.neighbours:
                handle = f"{status.node}/{each.id}"
                self.counts[handle] = (*self.counts.get(handle, ()), each)
                self.common |= {handle} if each.too_common else set()

    async def _gather(self, batches: Sequence[tuple[str, list[str]]], hops: int) -> None:
        """All pages, those of all nodes at the same time."""
        wanted = {"starts": True, "hops": hops, "first": MOST_IDS}
        more = [self._asking(node, {"ids": ids, **wanted}) for node, ids in batches]
        while more:
            pages = await self._ask(more)
            more = []
            for asked, picture in pages:
                self._keep(picture)
                if picture.claims and any(each.more for each in picture.nodes):
                    after = picture.claims[-1].record.id
                    more.append(replace(asked, variables={**asked.variables, "after": after}))

    async def _cross(self, near: Sequence[str]) -> None:
        """Ask all nodes for the strong identifiers of these records, each identifier once."""
        known = [self.claims[each] for each in near if each in self.claims]
        carried = {(i.kind, i.normal) for claim in known for i in claim.record.identifiers}
        new = sorted(each for each in carried - self._looked_up if each[0] in STRONG and each[1])
        self._looked_up |= set(new)
        for asked, picture in await self._ask([self._lookup(*each) for each in new]):
            if any(each.more for each in picture.nodes):
                self.shared.add((str(asked.variables["kind"]), str(asked.variables["value"])))
            else:
                self._keep(picture)

    def _lookup(self, kind: str, normal: str) -> Asking:
        return Asking(
            Operation.LOOKUP, {"value": normal, "kind": kind}, self.mandate, list(self.only) or None
        )

    def _asking(self, node: str, variables: Mapping[str, object], document: str = "") -> Asking:
        return Asking(Operation.EXPAND, dict(variables), self.mandate, [node], document)  # type: ignore[arg-type]  # JSON values

    def _keep(self, picture: Picture) -> None:
        self.claims |= {claim.handle: claim for claim in picture.claims}
        self.asked |= {claim.receipt: picture.query_id for claim in picture.claims}

    async def _ask(self, askings: Sequence[Asking]) -> list[tuple[Asking, Picture]]:
        """The answers to as many as the budget allows, in their order."""
        left, allowed = self.budget.questions - self.questions, list[Asking]()
        for each in askings:
            left -= len(each.nodes or self.visit.node.post.directory.nodes)
            if left < 0:
                self.stop = Stop.QUESTIONS
                break
            allowed.append(each)
        limit = asyncio.Semaphore(AT_ONCE)

        async def one(asking: Asking) -> Picture | Unasked:
            async with limit:
                return await inquire(self.visit, asking)

        found = await asyncio.gather(*map(one, allowed))
        for told in found:
            self._hear(told)
        return [
            (asked, told) for asked, told in zip(allowed, found, strict=True) if isinstance(told, Picture)
        ]

    def _hear(self, found: Picture | Unasked) -> None:
        if isinstance(found, Unasked):
            own, reasons = self.visit.node.id, tuple(each.value for each in found.refusal.reasons)
            told: Sequence[tuple[str, Status, tuple[str, ...]]] = [(own, Status.REFUSED, reasons)]
        else:
            told = [(each.node, each.status, each.reasons) for each in found.nodes]
        for node, status, reasons in told:
            before = self.heard.get(node, Heard(node, 0, Status.NO_HIT))
            number = before.questions + 1
            if before.status in _HEARD and (before.status, status) != (Status.ANSWERED, Status.NO_HIT):
                self.heard[node] = Heard(node, number, status, reasons)
            else:
                self.heard[node] = replace(before, questions=number)


def _batches(handles: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Node and record ids, at most 200 at a time, in their order."""
    by_node: dict[str, list[str]] = {}
    for handle in handles:
        node, record = split_handle(handle)
        by_node.setdefault(node, []).append(record)
    return [
        (node, ids[start : start + MOST_IDS])
        for node, ids in sorted(by_node.items())
        for start in range(0, len(ids), MOST_IDS)
    ]
