"""Questions that a node was really asked, out of its own log: what the law decided on, and what came of it.

What is asked for is not in a leaf, and no decision needs it. The mandate comes from the signed paper that was
sealed beside the leaf; who opens it has logged it first (`gateway.replay`).
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from audit.canonical import parse_object
from audit.entry import Kind
from audit.errors import SealRefused
from audit.index import Search, every
from audit.row import Row
from gateway.node import Node
from gateway.oversight.look import indexed
from policy.mandate import Mandate
from policy.question import Question
from policy.terms import Operation
from sharing.errors import FieldRefused
from sharing.mandate_token import recorded_mandate
from sharing.papers import read_bundle

_OUTCOMES = (Kind.DISCLOSED.value, Kind.REFUSED.value)
_TOKEN = "entente-mandate"  # noqa: S105  # the name of a header field


class Lost(StrEnum):
    """Why a question cannot be replayed."""

    ERASED = "ERASED"
    QUESTION_CUT = "QUESTION_CUT"
    DOCUMENT_UNKNOWN = "DOCUMENT_UNKNOWN"
    UNREADABLE = "UNREADABLE"


@dataclass(frozen=True, slots=True)
class Past:
    """One question as it was logged at `place`; `at` (Unix seconds) is when it was asked.

    `outcome` is the entry that closed it (None if none did); `revision` the policy that decided.
    """

    place: int
    query_id: str
    partner: str
    at: int
    mandate: Mandate
    question: Question
    revision: str
    outcome: Row | None


@dataclass(frozen=True, slots=True)
class Period:
    """The newest `most` questions since a moment, of these partners (empty: of all)."""

    since: datetime
    most: int
    partners: frozenset[str] = frozenset()


async def newest(node: Node, period: Period) -> list[Row]:
    """The rows of the questions, in the order of the log."""
    index = await indexed(node)
    search = Search(since=period.since, kinds=(Kind.QUESTION_RECEIVED.value,))

    def read() -> list[Row]:
        wanted = (row for row in every(index, search) if row.partner in (period.partners or {row.partner}))
        return list(deque(wanted, maxlen=period.most))

    return await asyncio.to_thread(read)


async def past_questions(node: Node, rows: list[Row]) -> AsyncIterator[Past | Lost]:
    """The questions of `rows`, one at a time; nothing but one paper is open at once."""
    outcomes = await _outcomes(node, rows)
    for row in rows:
        yield await past_question(node, row, outcomes.get(row.entry_id))


async def _outcomes(node: Node, rows: list[Row]) -> Mapping[str, Row]:
    if not rows:
        return {}
    index, intents = await indexed(node), {row.entry_id for row in rows}
    search = Search(kinds=_OUTCOMES, after=rows[0].index)
    found = await asyncio.to_thread(
        lambda: [(each.intent, each) for each in every(index, search) if each.intent in intents]
    )
    return dict(found)


async def past_question(node: Node, row: Row, outcome: Row | None) -> Past | Lost:
    """The question of one row, and what closed it; who calls this has logged it first."""
    (stored,) = await node.log.entries(row.index, row.index + 1)
    leaf = parse_object(stored.leaf)
    if leaf.get("truncated"):
        return Lost.QUESTION_CUT
    document = node.documents.by_id.get(str(leaf.get("document")))
    if document is None:
        return Lost.DOCUMENT_UNKNOWN
    try:
        mandate = _mandate(await node.log.unseal(row.index), row.partner)
    except SealRefused:
        return Lost.ERASED
    except ValueError:
        return Lost.UNREADABLE
    if mandate.digest != leaf.get("mandate"):
        return Lost.UNREADABLE
    question = _question(document.id, document.operation, leaf)
    at = int(datetime.fromisoformat(str(leaf["requested_at"])).timestamp())
    revision = str(leaf.get("policy_revision", ""))
    return Past(row.index, row.query_id, row.partner, at, mandate, question, revision, outcome)


def _mandate(sealed: bytes, issuer: str) -> Mandate:
    papers = read_bundle(sealed)
    if len(papers) != 1 or _TOKEN not in papers[0].request:
        raise FieldRefused(f"papers of {issuer}: {len(papers)}, no single one with a mandate")
    return recorded_mandate(papers[0].request[_TOKEN], issuer)


def _question(document: str, operation: Operation, leaf: Mapping[str, Any]) -> Question:
    """What the law reads of the question; the digest of its arguments is the leaf's keyed one."""
    schemata, datasets = tuple(leaf.get("schemata", ())), tuple(leaf.get("datasets", ()))
    return Question(operation, document, str(leaf.get("query_digest", "")), schemata, datasets)
