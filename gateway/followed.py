"""The earlier exchange that a follow-up goes back to, as the own log tells it: on either side."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.canonical import JSON, parse_object
from audit.entry import Kind
from audit.index import Search, every
from audit.row import Row
from gateway.errors import GatewayError
from gateway.facts import TIERS
from gateway.node import Node
from gateway.oversight.look import indexed
from policy.terms import Mode, Status
from sharing.follow_up import NotTaken

_MODES = {tier: mode for mode, tier in TIERS.items()}


class ExchangeUnknown(GatewayError):
    """The log holds no exchange of that kind: another person's, another node's, or one without an answer."""

    code = NotTaken.EXCHANGE_UNKNOWN.value


class QuestionDiffers(GatewayError):
    """The question that was given again is not the one that was asked."""

    code = NotTaken.QUESTION_DIFFERS.value


@dataclass(frozen=True, slots=True)
class Earlier:
    """The leaf of an exchange's intent, and the tier that was given for all that the answer shows.

    The lowest where it shows several: for what is shown at that one, more can be asked. `NONE` for a question
    of our own.
    """

    leaf: Mapping[str, Any]
    given: Mode = Mode.NONE

    def check_question(self, node: Node, variables: Mapping[str, JSON]) -> None:
        """Raise `QuestionDiffers` unless these are the variables that the log has the keyed digest of."""
        if variables and node.digests.of_value(dict(variables)) != self.leaf["query_digest"]:
            raise QuestionDiffers(f"question of {self.leaf['query_id']}: is not the one that was asked")


async def asked_by(node: Node, query_id: str, asker: str, partner: str) -> Earlier:
    """The question that the own person `asker` (pseudonym) asked and that `partner` answered with a hit."""
    rows = await _rows(node, Search(query_id=query_id))
    asked = next((row for row in rows if row.kind == Kind.ASKED and row.asker == asker), None)
    answered = f"{partner}={Status.ANSWERED}"
    if asked is None or not any(answered in row.replies for row in rows):
        raise ExchangeUnknown(f"question {query_id[:80]!r}: {partner} gave you no hit to follow up on")
    return Earlier(await _leaf(node, asked))


async def received_from(node: Node, request: str, partner: str) -> Earlier:
    """The exchange of that request digest that `partner` had with this node, and what it was given."""
    rows = [row for row in await _rows(node, Search(request=request)) if row.partner == partner]
    received = next((row for row in rows if row.kind == Kind.QUESTION_RECEIVED), None)
    given = [row for row in rows if row.kind == Kind.DISCLOSED and Status.ANSWERED in row.statuses]
    if received is None or not given:
        raise ExchangeUnknown(f"request {request}: {partner} got no hit for it from {node.id}")
    tiers = [_lowest(await _leaf(node, row)) for row in given]
    return Earlier(await _leaf(node, received), max(tiers, key=lambda mode: mode.rank))


def _lowest(disclosed: Mapping[str, Any]) -> Mode:
    """The lowest tier that an answer shows; of an entry that does not name them, the one decided."""
    shown = [_MODES[tier] for tier in disclosed.get("tiers", [disclosed["tier"]])]
    return min(shown, key=lambda mode: mode.rank)


async def asked_of(node: Node, query_id: str, partner: str) -> Row:
    """The question of the own node that was asked of `partner` under this id; `ExchangeUnknown`."""
    for row in await _rows(node, Search(query_id=query_id)):
        if row.kind == Kind.ASKED and partner in row.nodes:
            return row
    raise ExchangeUnknown(f"question {query_id[:80]!r}: {partner} was not asked it")


async def _rows(node: Node, search: Search) -> list[Row]:
    index = await indexed(node)
    return await asyncio.to_thread(lambda: list(every(index, search)))


async def _leaf(node: Node, row: Row) -> Mapping[str, Any]:
    (stored,) = await node.log.entries(row.index, row.index + 1)
    return parse_object(stored.leaf)
