"""The consents of other services as they stood at each place of the own log, and with them the past's books.

What let a node pass records on when a question came is read from when the log took each consent and its end.
A consent whose provider is not believed any more (its key has left the directory) counts as none: such an
answer is told as unlike logged.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from audit.canonical import parse_object
from audit.entry import Kind
from audit.index import Search, every
from audit.row import Row
from gateway.node import Node
from gateway.oversight.look import indexed
from gateway.past_grants import PastGrants, past_grants
from gateway.past_questions import Past
from policy.grants import GrantTerms
from policy.onward import OnwardConsent
from sharing.consents import ConsentTerms
from sharing.consents_onward import chosen
from sharing.errors import ConsentRefused

_ACTIONS = frozenset({"CONSENT_RECEIVED", "CONSENT_GIVEN", "CONSENT_ENDED", "CONSENT_WITHDRAWN"})
log = logging.getLogger(__name__)


@dataclass(slots=True)
class PastConsents:
    """`steps` are the versions in the order in which the log took them; places are asked for ascending."""

    steps: Sequence[tuple[int, ConsentTerms]]
    _taken: int = 0
    _newest: dict[tuple[str, str], ConsentTerms] = field(default_factory=dict)

    def onward(self, node: str, past: Past) -> tuple[OnwardConsent, ...]:
        """What the book of `node` would have given to that question, by the log's word."""
        while self._taken < len(self.steps) and self.steps[self._taken][0] < past.place:
            terms = self.steps[self._taken][1]
            self._newest[terms.provider, terms.id] = terms
            self._taken += 1
        return chosen(self._newest.values(), node, past.partner, past.mandate.purpose, past.at)


@dataclass(frozen=True, slots=True)
class PastBooks:
    """What the decisions of the past had to go by; the questions are taken in the order of the log."""

    node: str
    grants: PastGrants
    consents: PastConsents

    def stood(self, past: Past) -> tuple[Sequence[GrantTerms], Sequence[OnwardConsent]]:
        """The candidate grants and the consents of one question."""
        were = self.grants.candidates(past.place, past.at, past.partner, past.mandate.case, past.question)
        return were, self.consents.onward(self.node, past)


async def past_books(node: Node) -> PastBooks:
    """All versions that the log names and the books hold."""
    return PastBooks(node.id, await past_grants(node), await _past_consents(node))


async def _past_consents(node: Node) -> PastConsents:
    index, search = await indexed(node), Search(kinds=(Kind.ADMINISTRATION.value,))
    rows = await asyncio.to_thread(lambda: [row for row in every(index, search) if row.action in _ACTIONS])
    found = [(row.index, await _terms(node, row)) for row in rows]
    return PastConsents([(place, terms) for place, terms in found if terms is not None])


async def _terms(node: Node, row: Row) -> ConsentTerms | None:
    """The version that one entry names; None if it is not one for this node, or is not believed."""
    (stored,) = await node.log.entries(row.index, row.index + 1)
    consent, _, version = str(parse_object(stored.leaf).get("consent", "")).rpartition("@")
    try:
        versions = node.consents.history(row.partner, consent)
    except ConsentRefused as error:
        log.error("%s: consent %s of %s: %s", node.id, consent, row.partner, error.code)  # noqa: TRY400  # no trace needed
        return None
    return next((each.terms for each in versions if str(each.terms.version) == version), None)
