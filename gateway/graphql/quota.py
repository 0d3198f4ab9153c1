"""Budgets at the desk: who has spent what of which, and when it renews. See `gateway.spending`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import spending
from gateway.visit import Visit
from policy.quota import Scope

strawberry.enum(Scope, name="BudgetScope")

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.type(
    description="One window of one budget at this node. `whose` is a partner, a person's pseudonym, a case's"
    " keyed digest or a grant; `refusals` are its owner's over quota today; `lowered` after too many misses."
)
class Budget:
    """A budget as it stands now."""

    scope: Scope
    unit: str
    span: str
    partner: str | None
    whose: str
    spent: int
    most: int
    left: int
    renews_at: str
    alarm: bool
    lowered: bool
    refusals: int


@strawberry.type
class QuotaQuery:
    """What is spent."""

    @strawberry.field(
        graphql_type=list[Budget],
        description="Budgets of which something is spent, the fullest first; role liaison; this is logged.",
    )
    async def budgets(
        self, info: VisitInfo, partner: str = "", scope: Scope | None = None, first: int = 50
    ) -> list[Shown]:
        """Everybody's."""
        return await spending.listed(info.context, spending.Wanted(partner, scope, first))

    @strawberry.field(graphql_type=list[Budget], description="One's own budgets at one's own node.")
    async def my_budgets(self, info: VisitInfo) -> list[Shown]:
        """One's own."""
        return await spending.own(info.context)
