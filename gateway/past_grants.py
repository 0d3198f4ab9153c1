"""The grants of a node as they stood at each place of its own log: what a past decision had to go by."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from audit.canonical import parse_object
from audit.entry import Kind
from audit.index import Search, every
from gateway.node import Node
from gateway.oversight.look import indexed
from policy.grants import GrantTerms
from policy.question import Question
from sharing.candidates import chosen

_KINDS = (Kind.GRANTED.value, Kind.REVOKED.value)


@dataclass(slots=True)
class PastGrants:
    """`steps` are the versions in the order in which the log took them; places are asked for ascending."""

    steps: Sequence[tuple[int, GrantTerms]]
    _taken: int = 0
    _of: dict[str, dict[str, GrantTerms]] = field(default_factory=dict)
    _newest: dict[str, GrantTerms] = field(default_factory=dict)

    def candidates(
        self, place: int, now: int, partner: str, case: str, question: Question
    ) -> tuple[GrantTerms, ...]:
        """What the book would have given to a question logged at `place`, by the log's word."""
        while self._taken < len(self.steps) and self.steps[self._taken][0] < place:
            self._take(self.steps[self._taken][1])
            self._taken += 1
        return chosen(self._of.get(partner, {}).values(), partner, now, case, question)

    def _take(self, terms: GrantTerms) -> None:
        before = self._newest.get(terms.id)
        for node in before.recipients if before else ():
            self._of[node].pop(terms.id, None)
        self._newest[terms.id] = terms
        for node in terms.recipients:
            self._of.setdefault(node, {})[terms.id] = terms


async def past_grants(node: Node) -> PastGrants:
    """All versions that the log names and the book holds, in the order of the log."""
    index = await indexed(node)
    places = await asyncio.to_thread(lambda: [row.index for row in every(index, Search(kinds=_KINDS))])
    known: dict[str, Mapping[str, GrantTerms]] = {}
    steps = []
    for place in places:
        (stored,) = await node.log.entries(place, place + 1)
        ref = str(parse_object(stored.leaf).get("grant", ""))
        grant = ref.rpartition("@")[0]
        if grant not in known:
            known[grant] = {each.terms.ref: each.terms for each in node.books.grants.history(grant)}
        if ref in known[grant]:
            steps.append((place, known[grant][ref]))
    return PastGrants(steps)
