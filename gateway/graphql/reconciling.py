"""Reconciliation at the desk: start one, and see how far it has come. See `gateway.reconciliation`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import reconciliation
from gateway.visit import Visit

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.type(description="One exchange as the log of one side tells it. Leaves are digests.")
class ExchangeLine:
    """A side of an exchange."""

    index: int
    query_id: str
    requested_at: str
    opened_at: str
    closed_at: str | None
    status: str | None
    asked_leaf: str | None
    outcome_leaf: str | None


@strawberry.type(description="A way in which two logs differ over one exchange, with both sides' facts.")
class Discrepancy:
    """A difference."""

    code: str
    severity: str
    asker: str
    answerer: str
    request: str
    text: str
    asked: ExchangeLine | None
    answered: ExchangeLine | None


@strawberry.type(
    description="A comparison with a partner. `findings` counts those above INFO; `outcome`: DONE or why not."
)
class Reconciliation:
    """A run; only oversight is shown the discrepancies, the first five hundred."""

    partner: str
    since: str
    until: str
    outcome: str
    hours_compared: int
    findings: int
    severity: str
    discrepancies: list[Discrepancy]


@strawberry.type(description="How far the log has been compared with a partner's.")
class ReconciliationState:
    """The end of the last period that was compared, and the last attempt."""

    partner: str
    until: str | None
    tried_at: str
    outcome: str
    findings: int


@strawberry.type
class ReconcileQuery:
    """Where reconciliation stands."""

    @strawberry.field(
        graphql_type=list[ReconciliationState],
        description="How far reconciliation has come; role oversight or administrator.",
    )
    async def reconciliations(self, info: VisitInfo) -> list[Shown]:
        """The states."""
        return await reconciliation.reconciliations(info.context)


@strawberry.type
class ReconcileMutation:
    """Comparing on demand."""

    @strawberry.mutation(
        graphql_type=Reconciliation,
        description="Compare the log with a partner's. Role oversight, with a justification; an administrator"
        " gets numbers only. Without `days` from the last success on.",
    )
    async def reconcile(
        self, info: VisitInfo, partner: str, days: int | None = None, justification: str | None = None
    ) -> Shown:
        """A run."""
        return await reconciliation.reconcile(info.context, partner, days, justification)
