"""The exchanges of a log, as lines: one question from one node to one node, as this log tells it.

Pure, standard library only. An exchange is known by the digest of its request. The asker's log tells it by
`ASKED` and `ANSWERS_RECEIVED`, the answerer's by `QUESTION_RECEIVED` and `DISCLOSED` or `REFUSED`; `CLOSED`
ends an intent that never got its outcome. A node that asks itself has both sides in one log. A question that
was refused at home was put to nobody and is no exchange.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from audit.entry import Kind, read_leaf
from audit.line import CLOSED, Line, Side, instant

KINDS = frozenset(
    {
        Kind.ASKED,
        Kind.ANSWERS_RECEIVED,
        Kind.QUESTION_RECEIVED,
        Kind.DISCLOSED,
        Kind.REFUSED,
        Kind.CLOSED,
    }
)
"""The kinds of leaves that tell of exchanges."""

_MARKS = tuple(f'"kind":"{kind}"'.encode() for kind in sorted(KINDS))


def lines(leaves: Iterable[tuple[int, bytes, bytes]]) -> list[Line]:
    """Return the lines that the leaves `(index, leaf, leaf hash)` of one log tell, in a fixed order.

    Leaves of other kinds are passed over. `FormatRefused` or `EntryRefused` for bytes that are no leaf. An
    outcome whose intent is not among the leaves makes a line of its own, and so does a second outcome.
    """
    log = _Log()
    for index, leaf, leaf_hash in leaves:
        if any(mark in leaf for mark in _MARKS):
            log.take(_Leaf(index, f"sha256:{leaf_hash.hex()}", read_leaf(leaf)))
    found = [*log.asked(), *log.answered()]
    for line in found:
        instant(line.requested_at)
    return sorted(set(found))


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A leaf that was read: where it stands, its hash as a digest, its record."""

    index: int
    digest: str
    record: dict[str, Any]

    def __getitem__(self, name: str) -> str:
        """The text of a field, empty when the leaf does not have it."""
        return str(self.record.get(name, ""))

    def by_node(self, name: str, node: str) -> str:
        """What a field says of one node, empty when it says nothing."""
        return str(self.record.get(name, {}).get(node, ""))

    @property
    def requested_at(self) -> str:
        """When the request was made; the leaf's own time when it does not say."""
        return self["requested_at"] or self["at"]


@dataclass(slots=True)
class _Log:
    """The leaves of one log by what they are, until all are there: their order does not matter."""

    intents: dict[Kind, list[_Leaf]] = field(default_factory=lambda: defaultdict(list))
    outcomes: dict[tuple[Side, str], list[_Leaf]] = field(default_factory=lambda: defaultdict(list))
    closed: dict[str, _Leaf] = field(default_factory=dict)

    def take(self, leaf: _Leaf) -> None:
        """Put a leaf where it belongs."""
        kind = Kind(leaf["kind"])
        if kind in {Kind.ASKED, Kind.QUESTION_RECEIVED}:
            self.intents[kind].append(leaf)
        elif kind is Kind.CLOSED:
            self.closed[leaf["intent"]] = leaf
        else:
            side = Side.ASKER if kind is Kind.ANSWERS_RECEIVED else Side.ANSWERER
            self.outcomes[side, leaf["intent"]].append(leaf)

    def asked(self) -> Iterator[Line]:
        """The lines of the asker's side."""
        for intent in self.intents[Kind.ASKED]:
            told = self.outcomes.pop((Side.ASKER, intent["id"]), [])
            named = {*intent.record.get("nodes_asked", ()), *_replied(told)}
            for node in named if intent["subject"] else ():
                yield from self._asked_of(node, intent, told)
        for leaf in self._without_intent(Side.ASKER):
            yield from (_orphan_reply(leaf, node) for node in _replied([leaf]))

    def _asked_of(self, node: str, intent: _Leaf, told: list[_Leaf]) -> Iterator[Line]:
        outcomes: list[_Leaf | None] = [leaf for leaf in told if leaf.by_node("nodes_replied", node)]
        for outcome in outcomes or [self.closed.get(intent["id"])]:
            yield Line(
                asker=intent["node"],
                answerer=node,
                side=Side.ASKER,
                request=intent["subject"],
                query_id=intent["query_id"],
                requested_at=intent.requested_at,
                opened_at=intent["at"],
                index=intent.index,
                asked_leaf=intent.digest,
                **_reply(outcome, node),
            )

    def answered(self) -> Iterator[Line]:
        """The lines of the answerer's side."""
        for intent in self.intents[Kind.QUESTION_RECEIVED]:
            outcomes: list[_Leaf | None] = [*self.outcomes.pop((Side.ANSWERER, intent["id"]), [])]
            for outcome in outcomes or [self.closed.get(intent["id"])]:
                yield from _answered(intent, outcome, intent.digest)
        for leaf in self._without_intent(Side.ANSWERER):
            yield from _answered(leaf, leaf, "")

    def _without_intent(self, side: Side) -> Iterator[_Leaf]:
        for (whose, _), left in self.outcomes.items():
            if whose is side:
                yield from left


def _replied(told: Iterable[_Leaf]) -> set[str]:
    return {node for leaf in told for node in leaf.record.get("nodes_replied", {})}


def _reply(outcome: _Leaf | None, node: str) -> dict[str, str]:
    """What the asker's outcome tells of one node."""
    if outcome is None:
        return {}
    if outcome["kind"] == Kind.CLOSED:
        return {"status": CLOSED, "closed_at": outcome["at"]}
    return {
        "outcome_leaf": outcome.by_node("leaves", node),
        "status": outcome.by_node("nodes_replied", node),
        "closed_at": outcome["at"],
        "receipt": outcome.by_node("receipts", node),
    }


def _orphan_reply(leaf: _Leaf, node: str) -> Line:
    return Line(
        asker=leaf["node"],
        answerer=node,
        side=Side.ASKER,
        request=leaf["request"] or leaf["subject"],
        query_id=leaf["query_id"],
        requested_at=leaf.requested_at,
        opened_at=leaf["at"],
        index=leaf.index,
        **_reply(leaf, node),
    )


def _answered(first: _Leaf, outcome: _Leaf | None, intent_leaf: str) -> Iterator[Line]:
    """The line of a question that was taken in or turned away; a refusal at home has no partner and none."""
    if not (first["partner"] and first["request"]):
        return
    told = {} if outcome is None else {"status": outcome["status"], "closed_at": outcome["at"]}
    if outcome is not None and outcome["kind"] == Kind.CLOSED:
        told["status"] = CLOSED
    elif outcome is not None:
        told["outcome_leaf"] = outcome.digest
    yield Line(
        asker=first["partner"],
        answerer=first["node"],
        side=Side.ANSWERER,
        request=first["request"],
        query_id=first["query_id"],
        requested_at=first.requested_at,
        opened_at=first["at"],
        index=first.index,
        asked_leaf=first["counterpart_leaf"],
        intent_leaf=intent_leaf,
        **told,
    )
