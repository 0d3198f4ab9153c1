"""Who has seen a record of the own service, at the analyst's desk. See `gateway.seen`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import seen
from gateway.visit import Visit

VisitInfo = Info[Visit, None]


@strawberry.type(
    description="One answer to a partner that held the record: no person, and no case, is named."
)
class DisclosedTo:
    """`ownCase`: it was asked for the same case as the mandate's. `grants` let the record through."""

    partner: str
    at: str
    tier: str
    version: int
    grants: list[str]
    purpose: str | None
    unit: str | None
    own_case: bool


@strawberry.type(description="To which partners a record was shown, the newest first, from the own log.")
class SeenBy:
    """Not `complete` where there were more answers than are told."""

    handle: strawberry.ID
    complete: bool
    disclosures: list[DisclosedTo]


@strawberry.type
class SeenQuery:
    """What partners were shown."""

    @strawberry.field(
        graphql_type=SeenBy,
        description="To which partners a record of this node was shown; the look is logged. Role analyst.",
    )
    async def seen_by(
        self, info: VisitInfo, handle: strawberry.ID, mandate: strawberry.ID
    ) -> Mapping[str, Any]:
        """A record's disclosures."""
        return await seen.seen_by(info.context, str(handle), str(mandate))
