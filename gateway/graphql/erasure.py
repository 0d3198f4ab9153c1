"""Erasure at the desk: what retention makes due, proposals, approvals, legal holds. See `gateway.erase`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import erase
from gateway.visit import Visit
from policy.terms import ErasureReason

strawberry.enum(ErasureReason, name="ErasureReason")

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.type(description="How many entries of one kind.")
class KindCount:
    """A kind of entry and a number."""

    kind: str
    records: int


@strawberry.type(
    description="What has outlived its time in the log, in counts only. `held` is due too, but must stay."
)
class RetentionDue:
    """A survey of the whole log."""

    today: str
    records: int
    kinds: list[KindCount]
    oldest: str | None
    newest: str | None
    held: int
    sealed: int


@strawberry.type(
    description="Sealed content that one person proposed to erase; a second one has a week to approve."
)
class Erasure:
    """An erasure; the first hundred ranges of leaf indexes are shown."""

    id: strawberry.ID
    state: str
    reason: str
    records: int
    ranges: list[str]
    proposer: str
    proposed_at: str
    lapses_at: str
    approver: str | None


@strawberry.type
class ErasureQuery:
    """What may go, and what is under way."""

    @strawberry.field(
        graphql_type=RetentionDue,
        description="What retention makes due today; role administrator or oversight. Nothing is erased.",
    )
    async def retention_due(self, info: VisitInfo) -> Shown:
        """A preview."""
        return await erase.due(info.context)

    @strawberry.field(
        graphql_type=list[Erasure],
        description="Erasures that wait or are not done; role administrator or oversight.",
    )
    def erasures(self, info: VisitInfo) -> list[Shown]:
        """What waits."""
        return erase.waiting(info.context)


@strawberry.type
class ErasureMutation:
    """Two persons, two roles, for every erasure."""

    @strawberry.mutation(
        graphql_type=Erasure,
        description="Propose to erase what is sealed beside leaves (`12-40`, `7`); role administrator.",
    )
    async def propose_erasure(
        self, info: VisitInfo, ranges: list[str], reason: ErasureReason, justification: str
    ) -> Shown:
        """A proposal."""
        return await erase.propose(info.context, ranges, reason, justification)

    @strawberry.mutation(
        graphql_type=Erasure | None,
        description="Propose all that retention makes due; role administrator. Null when nothing is.",
    )
    async def propose_due_erasure(self, info: VisitInfo, justification: str) -> Shown | None:
        """A proposal over what is due."""
        return await erase.propose_due(info.context, justification)

    @strawberry.mutation(
        graphql_type=Erasure,
        description="Approve another person's proposal; role oversight. It is carried out at once.",
    )
    async def approve_erasure(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        justification: str,
    ) -> Shown:
        """An erasure that was carried out."""
        return await erase.approve(info.context, str(id), justification)

    @strawberry.mutation(
        graphql_type=Erasure,
        description="Carry on with an approved erasure that was cut short; role administrator or oversight.",
    )
    async def resume_erasure(self, info: VisitInfo, id: strawberry.ID) -> Shown:
        """The rest of an erasure."""
        return await erase.resume(info.context, str(id))

    @strawberry.mutation(
        description="Put a case on legal hold: nothing of it is erased; role administrator or oversight."
    )
    async def hold_case(self, info: VisitInfo, case: str, justification: str) -> bool:
        """Whether the case is held."""
        return await erase.hold(info.context, case, justification)

    @strawberry.mutation(description="End a legal hold; role oversight.")
    async def release_case(self, info: VisitInfo, case: str, justification: str) -> bool:
        """Whether the hold has ended."""
        return await erase.release(info.context, case, justification)
