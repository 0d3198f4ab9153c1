"""Follow-ups at the desk: what analysts request of another node's officers, and what officers decide."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import acknowledging, followup_officers, followup_withdrawing, followups
from gateway.graphql.approval_keys import AssertionInput
from gateway.graphql.approval_keys import assertion as asserted
from gateway.visit import Visit
from policy.terms import Mode, Urgency
from sharing.inbox import MOST_ITEMS, Acknowledgement, ItemKind, ItemState
from sharing.reason_words import words
from sharing.wording import Language

for _words, _name in (
    (Urgency, "Urgency"),
    (ItemKind, "ItemKind"),
    (ItemState, "ItemState"),
    (Acknowledgement, "Acknowledgement"),
):
    strawberry.enum(_words, name=_name)

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.enum(name="FollowUpAnswer", description="What an officer can decide on a follow-up.")
class Answer(StrEnum):
    """Each is an end of an item."""

    ANSWER = "ANSWERED"
    PARTIAL = "PARTLY_ANSWERED"
    REFUSE = "REFUSED"


@strawberry.input(description="The earlier question again, as it was asked; neither node has kept it.")
class EarlierQuestionInput:
    """One of identifier, text and handle, with what was asked beside it."""

    identifier: str | None = None
    text: str | None = None
    handle: str | None = None
    kind: str | None = None
    schemata: list[str] | None = None
    country: str | None = None
    hops: int | None = None
    first: int | None = None


@strawberry.input(description="A request for a higher tier than a node gave, under the question's mandate.")
class FollowUpInput:
    """`reason` is a code; `reference` is the contact's, where one was given."""

    query_id: strawberry.ID
    node: str
    tier: Mode
    reason: str
    urgency: Urgency
    reference: str = ""
    question: EarlierQuestionInput | None = None


@strawberry.input(
    description="An officer's decision; an answer in part gives a lower tier, masks or records."
)
class FollowUpDecisionInput:
    """To refuse needs a reason code; no tier means the one that is asked for."""

    decision: Answer
    reason: str = ""
    tier: Mode = Mode.NONE
    masked: list[str] = strawberry.field(default_factory=list)
    records: list[str] = strawberry.field(default_factory=list)
    days: int = 1


@strawberry.type(description="A request of the signed-in analyst, and what became of it.")
class FollowUpRequest:
    """A refusal is told by its code alone, or by the words for it; local times have offset and zone."""

    id: strawberry.ID
    node: str
    query_id: strawberry.ID
    tier: str
    reason: str
    urgency: str
    requested_at: str
    due_at: str
    due_at_local: str
    state: str
    overdue: bool
    decided_at: str | None
    decision_reason: str | None
    tier_given: str | None
    until: str | None
    until_local: str | None

    @strawberry.field(description="The reason of the decision in words; they say no more than its code.")
    def decision_words(self, root: strawberry.Parent[Any], language: Language = Language.EN) -> str | None:
        """In words."""
        code = root["decisionReason"]
        return None if code is None else words(str(code), language)


@strawberry.type(description="A variable of the question that a partner asked.")
class AskedVariable:
    """A name and a value, as they came."""

    name: str
    value: str


@strawberry.type(description="A record of the own service that the question finds.")
class MatchedRecord:
    """What a decision is about."""

    id: strawberry.ID
    schema: str
    caption: str | None
    case: str | None
    handling: list[str]


@strawberry.type(description="What waits for the liaison officers; question and case only while it is open.")
class InboxItem:
    """`clock`: RUNNING, HALF, LAST, OVERDUE, LAPSED. `records` are there after a decision or a dry run.

    `digest` is there after the dry run of an approval of what another officer wants: what a key is to sign.
    """

    id: strawberry.ID
    kind: str
    node: str
    query_id: str
    reference: str | None
    tier: str
    reason: str
    urgency: str
    purpose: str | None
    legal_basis: str | None
    offence: str | None
    subject_category: str | None
    case: str | None
    question: list[AskedVariable]
    tier_given: str | None
    received_at: str
    remind_at: list[str]
    remind_at_local: list[str]
    due_at: str
    due_at_local: str
    clock: str | None
    state: str
    approvals: int
    approvals_needed: int
    approved_by: list[str]
    decided_by: str | None
    decided_at: str | None
    decision_reason: str | None
    grant: str | None
    digest: str | None
    records: list[MatchedRecord]


@strawberry.type
class FollowUpQuery:
    """What was requested, and what waits."""

    @strawberry.field(
        graphql_type=list[FollowUpRequest],
        description="The caller's requests to other nodes' officers, next deadline first; role analyst.",
    )
    async def my_requests(self, info: VisitInfo, query_id: str = "", first: int = MOST_ITEMS) -> list[Shown]:
        """Own requests."""
        return await followups.mine(info.context, query_id, first)

    @strawberry.field(
        graphql_type=list[InboxItem],
        description="What waits for the liaison officers, next deadline first; role liaison.",
    )
    async def inbox(
        self,
        info: VisitInfo,
        state: ItemState | None = None,
        kind: ItemKind | None = None,
        first: int = MOST_ITEMS,
    ) -> list[Shown]:
        """The inbox."""
        return await followup_officers.inbox(info.context, state, kind, first)


@strawberry.type
class FollowUpMutation:
    """Requesting and deciding."""

    @strawberry.mutation(
        graphql_type=FollowUpRequest,
        description="Request a higher tier of a node that answered with a hit; role analyst.",
    )
    async def request_follow_up(self, info: VisitInfo, follow_up: FollowUpInput) -> Shown:
        """A request on its way."""
        told = dict(vars(follow_up))
        told |= {"question": _given(told["question"]), "query_id": str(told["query_id"])}
        return await followups.request(info.context, followups.Wish(**told))

    @strawberry.mutation(
        graphql_type=FollowUpRequest,
        description="Withdraw an own request, as long as it is not decided; role analyst.",
    )
    async def withdraw_follow_up(self, info: VisitInfo, id: strawberry.ID) -> Shown:
        """A request, closed."""
        return await followup_withdrawing.withdraw(info.context, str(id))

    @strawberry.mutation(
        graphql_type=InboxItem,
        description="Decide on a follow-up; role liaison. An answer takes as many officers as a grant; who"
        " approves what another wants gives their key's word on its digest.",
    )
    async def decide_follow_up(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        ruling: FollowUpDecisionInput,
        assertion: AssertionInput | None = None,
        dry_run: bool = False,
    ) -> Shown:
        """An item, decided or one approval further."""
        wanted = followup_officers.Ruling(
            state=ItemState(ruling.decision.value),
            reason=ruling.reason,
            tier=ruling.tier,
            masked=tuple(ruling.masked),
            records=tuple(ruling.records),
            days=ruling.days,
        )
        given = asserted(assertion)
        return await followup_officers.decide(info.context, str(id), wanted, given, dry_run=dry_run)

    @strawberry.mutation(
        graphql_type=InboxItem,
        description="Close an item that needs no decision (an alert given, a deconfliction, an overdue"
        " recall), and say by a code what was done about it; role liaison.",
    )
    async def acknowledge_item(self, info: VisitInfo, id: strawberry.ID, outcome: Acknowledgement) -> Shown:
        """An item, closed."""
        return await acknowledging.acknowledge(info.context, str(id), outcome)


def _given(question: EarlierQuestionInput | None) -> Mapping[str, Any]:
    told = vars(question) if question is not None else {}
    return {name: value for name, value in told.items() if value is not None}
