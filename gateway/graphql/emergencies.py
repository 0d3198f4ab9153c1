"""Threats to life at the desk: the reason one gives, what waits for its review. See `gateway.emergencies`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import emergencies
from gateway.visit import Visit
from policy.emergency import Outcome, Threat

strawberry.enum(Threat, name="Threat")
strawberry.enum(Outcome, name="ReviewOutcome")

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.input(description="Why it cannot wait: a code, and words that are sealed beside the log.")
class EmergencyInput:
    """What a mandate for a threat to life needs."""

    threat: Threat
    text: str


@strawberry.type(
    description="A question over a threat to life, asked here or of this node; `outcome` is the review's."
)
class BreakGlass:
    """One emergency."""

    id: strawberry.ID
    node: str
    query_id: str
    offence: str | None
    tier: str
    received_at: str
    due_at: str
    overdue: bool
    outcome: str | None
    reviewed_at: str | None


@strawberry.type
class EmergencyQuery:
    """What waits."""

    @strawberry.field(
        graphql_type=list[BreakGlass],
        description="Emergencies, next deadline first; role liaison or oversight. `all`: reviewed ones too.",
    )
    def break_glasses(self, info: VisitInfo, all: bool = False) -> list[Shown]:
        """The items."""
        return emergencies.listed(info.context, everything=all)


@strawberry.type
class EmergencyMutation:
    """The forced review."""

    @strawberry.mutation(
        graphql_type=BreakGlass,
        description="Say whether an emergency was one; role liaison or oversight, never who asked.",
    )
    async def review_break_glass(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        outcome: Outcome,
        reason: str,
    ) -> Shown:
        """An emergency that was reviewed."""
        return await emergencies.review(info.context, str(id), outcome, reason)
