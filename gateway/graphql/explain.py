"""Explanations at the desk of liaison officers. See `gateway.explain`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import explain, explain_oversight, explain_question
from gateway.visit import Visit

VisitInfo = Info[Visit, None]


@strawberry.type(description="A code of the vocabulary, and the rule of the policy behind it.")
class ExplainedReason:
    """Why something is withheld."""

    code: str
    rule: str | None


@strawberry.type(description="A property that a grant withholds; `*`: all that are not named.")
class ExplainedMask:
    """A masked property."""

    name: str
    code: str
    rule: str


@strawberry.type(
    description="What one grant lets one partner see of a record: asked as the person the grant is made for."
)
class ExplainedGrant:
    """One line of an explanation; without a grant there is none to the partner."""

    partner: str
    grant: str | None
    shown: bool
    tier: str
    masked: list[ExplainedMask]
    reasons: list[ExplainedReason]
    decision: str | None
    revision: str | None


@strawberry.type(
    description="A property that was withheld, whether the record has it or not; `*`: all others."
)
class Withheld:
    """A masked property as the requester knows it."""

    name: str
    code: str


@strawberry.type(
    description="A grant that was there when the question came, asked alone: whether it covers the question,"
    " what it then masks and the rules it holds each row to; or which of its rules fell short."
)
class ExplainedCandidate:
    """A candidate of a past decision."""

    grant: str
    covers: bool
    tier: str
    masked: list[ExplainedMask]
    reasons: list[ExplainedReason]
    row_rules: list[ExplainedReason]


@strawberry.type(
    description="How a question was closed, as the log of who was asked says it; `tiers` are of its records,"
    " `consents` those of other services under H2."
)
class ExplainedOutcome:
    """A disclosure, a refusal or an interruption."""

    index: int
    at: str
    status: str
    tier: str
    tiers: list[str]
    reasons: list[ExplainedReason]
    grants: list[str]
    consents: list[str]
    masked: list[Withheld]
    results: int | None
    quota_left: int | None
    decision: str | None
    revision: str | None


@strawberry.type(
    description="What became of a grant since: NEW, BEGUN, SUPERSEDED, EXPIRED, REVOKED, or LEFT_OUT behind"
    " others."
)
class ExplainedChange:
    """A grant that is no longer what it was."""

    grant: str
    what: str


@strawberry.type(description="The same question under a mandate opened now, without budgets.")
class ExplainedToday:
    """The law's word today."""

    same: bool
    tier: str
    grants: list[str]
    reasons: list[ExplainedReason]
    revision: str
    changes: list[ExplainedChange]


@strawberry.type(
    description="A question that this node was asked. `asLogged`: the law, asked again on the grants as they"
    " stood, says what was logged; if not, or if it cannot be asked, `cause` says why."
)
class ExplainedAnswer:
    """The side that was asked; for the owner and oversight."""

    index: int
    partner: str
    asked_at: str
    asker: str | None
    unit: str | None
    operation: str | None
    schemata: list[str]
    datasets: list[str]
    purpose: str | None
    legal_basis: str | None
    offence: str | None
    subject_category: str | None
    aim: str | None
    case: str | None
    outcome: ExplainedOutcome | None
    as_logged: bool | None
    cause: str | None
    grants: list[ExplainedCandidate]
    today: ExplainedToday | None


@strawberry.type(
    description="What one node answered, by its own codes. `status` is OPEN while it is waited for, CLOSED"
    " after a crash."
)
class ExplainedReply:
    """A partner's word."""

    node: str
    status: str
    reasons: list[str]
    grants: list[str]
    masked: list[Withheld]
    results: int | None
    revision: str | None
    replied_at: str | None
    renews_at: str | None
    receipt: str | None


@strawberry.type(
    description="A question that this node asked: the own law's word, and what each node answered."
)
class ExplainedAsking:
    """The side that asked."""

    index: int
    asked_at: str
    asker: str | None
    unit: str | None
    purpose: str | None
    legal_basis: str | None
    offence: str | None
    subject_category: str | None
    aim: str | None
    allowed: bool
    reasons: list[ExplainedReason]
    decision: str | None
    revision: str | None
    complete: bool | None
    nodes: list[ExplainedReply]


@strawberry.type(
    description="One question by its query id, as far as this node took part. `more`: there are more of the"
    " same id."
)
class QuestionExplanation:
    """Both sides of a question."""

    query_id: strawberry.ID
    asked: ExplainedAsking | None
    answered: list[ExplainedAnswer]
    more: bool


@strawberry.type
class ExplainQuery:
    """Who could see what, and why not."""

    @strawberry.field(
        graphql_type=list[ExplainedGrant],
        description="Who could see one record of this node, through which grant, and why not otherwise; role"
        " liaison. Each decision is logged before the look.",
    )
    async def explain_record(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        partner: str | None = None,
    ) -> list[Mapping[str, Any]]:
        """An explanation."""
        return await explain.explain_record(info.context, str(id), partner)

    @strawberry.field(
        graphql_type=QuestionExplanation,
        description="What was decided on one question, by which grants and rules, and whether it would be"
        " decided alike today; role liaison, or analyst for an own question. The justification, a code, is"
        " logged first.",
    )
    async def explain_question(
        self, info: VisitInfo, query_id: strawberry.ID, justification: str
    ) -> Mapping[str, Any]:
        """An explanation."""
        return await explain_question.explain_question(info.context, str(query_id), justification)

    @strawberry.field(
        graphql_type=QuestionExplanation,
        description="The same for oversight: rules and grants in full, no case in clear; the look is logged"
        " first.",
    )
    async def log_explanation(
        self, info: VisitInfo, justification: str, query_id: strawberry.ID
    ) -> Mapping[str, Any]:
        """An explanation."""
        return await explain_oversight.explain(info.context, justification, str(query_id))
