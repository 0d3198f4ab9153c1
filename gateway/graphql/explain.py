"""Explanations at the desk of liaison officers. See `gateway.explain`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import explain
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
        id: strawberry.ID,  # noqa: A002  # the published name
        partner: str | None = None,
    ) -> list[Mapping[str, Any]]:
        """An explanation."""
        return await explain.explain_record(info.context, str(id), partner)
