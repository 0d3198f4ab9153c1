"""What nodes say about follow-ups, as notice bodies: the request for more, its withdrawal, the decision.

A request names the earlier exchange by the digest of its request, the mandate in all the parts that its
digest binds, as the asked node saw them, and the question again: neither side has kept it, both can check it
against the keyed digest in their own log. A withdrawal names a request of the same node, which it may
overtake on the way. All bodies are read as strictly as any foreign data.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from audit.canonical import JSON
from audit.fields import CODE
from policy.mandate import Mandate
from policy.terms import Mode, Reason, Urgency
from sharing import reading
from sharing.codes import DIGEST, ID
from sharing.errors import FieldRefused
from sharing.inbox import ItemState
from sharing.mandate_parts import mandate_of, parts_of

FOLLOW_UP = "FOLLOW_UP"
DECISION = "FOLLOW_UP_DECISION"
WITHDRAWAL = "FOLLOW_UP_WITHDRAWAL"
"""The types of the notices."""


class NotTaken(StrEnum):
    """Why a node does not take a request into its inbox; beside these, that the mandate has ended."""

    EXCHANGE_UNKNOWN = "EXCHANGE_UNKNOWN"
    MANDATE_DIFFERS = "MANDATE_DIFFERS"
    TIER_NOT_HIGHER = "TIER_NOT_HIGHER"
    REFERENCE_UNKNOWN = "REFERENCE_UNKNOWN"
    QUESTION_DIFFERS = "QUESTION_DIFFERS"


MAX_VARIABLES = 16
_REQUEST = frozenset(
    {"request", "query_id", "reference", "tier", "reason", "urgency", "mandate", "variables", "id"}
)
_DECISION = frozenset({"item", "request", "state", "reason", "tier", "until", "id"})
_WITHDRAWAL = frozenset({"item", "request", "query_id", "tier", "reason", "urgency", "id"})
_NO_DECISION = frozenset({ItemState.OPEN, ItemState.ACKNOWLEDGED, ItemState.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A request of the node in `mandate.actor` for `tier`; `id` is that node's, `reason` a code.

    `request` is the digest of the earlier request, `reference` the number its answer gave, if any.
    `variables` are those of the earlier question; empty when the asking analyst did not give them again.
    """

    id: str
    request: str
    query_id: str
    reference: str
    tier: Mode
    reason: str
    urgency: Urgency
    mandate: Mandate
    variables: Mapping[str, JSON] = field(repr=False)

    @property
    def body(self) -> dict[str, JSON]:
        """The body of the notice, but for the id, which the outbox adds."""
        return {
            "request": self.request,
            "query_id": self.query_id,
            "reference": self.reference,
            "tier": self.tier.value,
            "reason": self.reason,
            "urgency": self.urgency.value,
            "mandate": parts_of(self.mandate),
            "variables": dict(self.variables),
        }

    @classmethod
    def read(cls, sender: str, value: object) -> Self:
        """The request in a notice of `sender`; `FieldRefused` names what is not as agreed."""
        body = reading.exact(value, _REQUEST)
        variables = reading.mapping(body, "variables")
        if len(variables) > MAX_VARIABLES:
            raise FieldRefused(f"variables: {len(variables)}, at most {MAX_VARIABLES}")
        try:
            return cls(
                id=reading.matching(body, "id", ID),
                request=reading.matching(body, "request", DIGEST),
                query_id=reading.matching(body, "query_id", ID),
                reference=_optional(body, "reference"),
                tier=Mode(reading.matching(body, "tier", ID)),
                reason=_code(body, "reason"),
                urgency=Urgency(reading.matching(body, "urgency", ID)),
                mandate=mandate_of(sender, body["mandate"]),
                variables=variables,
            )
        except FieldRefused:
            raise
        except ValueError as error:
            raise FieldRefused(f"follow-up of {sender}: {error}") from error


@dataclass(frozen=True, slots=True)
class FollowUpDecision:
    """How the asked node's officers decided the request `item` of the other node.

    `reason` is a code or empty, `tier` what is given now (`NONE` for nothing), until `until` (Unix seconds).
    """

    id: str
    item: str
    request: str
    state: ItemState
    reason: str
    tier: Mode
    until: int

    @property
    def body(self) -> dict[str, JSON]:
        """The body of the notice, but for the id."""
        return {
            "item": self.item,
            "request": self.request,
            "state": self.state.value,
            "reason": self.reason,
            "tier": self.tier.value,
            "until": self.until,
        }

    @classmethod
    def read(cls, sender: str, value: object) -> Self:
        """The decision in a notice of `sender`; `FieldRefused` names what is not as agreed."""
        body = reading.exact(value, _DECISION)
        try:
            state = ItemState(reading.matching(body, "state", ID))
            reason = _optional(body, "reason")
            found = cls(
                id=reading.matching(body, "id", ID),
                item=reading.matching(body, "item", ID),
                request=reading.matching(body, "request", DIGEST),
                state=state,
                reason=Reason(reason).value if reason else "",
                tier=Mode(reading.matching(body, "tier", ID)),
                until=reading.whole(body, "until"),
            )
        except FieldRefused:
            raise
        except ValueError as error:
            raise FieldRefused(f"decision of {sender}: {error}") from error
        if state in _NO_DECISION:
            raise FieldRefused(f"decision of {sender}: an end is told, not {state}")
        return found


@dataclass(frozen=True, slots=True)
class FollowUpWithdrawal:
    """That the asking node's analyst does not want `item` any more; the rest is what the request said too.

    So much of it that officers can tell what was withdrawn, should the request itself come later or never.
    """

    id: str
    item: str
    request: str
    query_id: str
    tier: Mode
    reason: str
    urgency: Urgency

    @property
    def body(self) -> dict[str, JSON]:
        """The body of the notice, but for the id."""
        return {
            "item": self.item,
            "request": self.request,
            "query_id": self.query_id,
            "tier": self.tier.value,
            "reason": self.reason,
            "urgency": self.urgency.value,
        }

    @classmethod
    def read(cls, sender: str, value: object) -> Self:
        """The withdrawal in a notice of `sender`; `FieldRefused` names what is not as agreed."""
        body = reading.exact(value, _WITHDRAWAL)
        try:
            return cls(
                id=reading.matching(body, "id", ID),
                item=reading.matching(body, "item", ID),
                request=reading.matching(body, "request", DIGEST),
                query_id=reading.matching(body, "query_id", ID),
                tier=Mode(reading.matching(body, "tier", ID)),
                reason=_code(body, "reason"),
                urgency=Urgency(reading.matching(body, "urgency", ID)),
            )
        except FieldRefused:
            raise
        except ValueError as error:
            raise FieldRefused(f"withdrawal of {sender}: {error}") from error


def _optional(body: reading.Object, key: str) -> str:
    return "" if body[key] == "" else reading.matching(body, key, ID)


def _code(body: reading.Object, key: str) -> str:
    found = reading.text(body, key, 64)
    if not CODE(found):
        raise FieldRefused(f"{key} is not a code")
    return found
