"""Grants at the desk: what is shared with whom, proposals, approvals, revocations. See `gateway.propose`."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gateway import grant_use, liaise, propose
from gateway.graphql.approval_keys import AssertionInput
from gateway.graphql.approval_keys import assertion as asserted
from gateway.graphql.grant_types import (
    BulkRevocation,
    Grant,
    GrantChange,
    GrantInput,
    GrantStep,
    GrantTemplate,
    GrantUse,
    Proposal,
    given,
)
from gateway.visit import Visit

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.type
class GrantQuery:
    """What is shared, and what is on its way."""

    @strawberry.field(graphql_type=list[Grant], description="The node's grants by id; role liaison.")
    def grants(self, info: VisitInfo, after: str = "", first: int = 50) -> list[Shown]:
        """What is shared with whom."""
        return liaise.grants(info.context, after, first)

    @strawberry.field(
        graphql_type=list[Grant], description="All versions of a grant, the newest first; role liaison."
    )
    def grant_versions(self, info: VisitInfo, grant: strawberry.ID) -> list[Shown]:
        """One grant's history."""
        return liaise.versions(info.context, str(grant))

    @strawberry.field(
        graphql_type=list[Proposal],
        description="Drafts and proposals that wait, the first to lapse first; role liaison.",
    )
    def proposals(self, info: VisitInfo) -> list[Shown]:
        """What waits."""
        return propose.waiting(info.context)

    @strawberry.field(
        graphql_type=GrantUse,
        description="How often each grant gave an answer, of late and before; role liaison; this is logged.",
    )
    async def grant_use(self, info: VisitInfo, days: int = 30) -> Shown:
        """Counts."""
        return await grant_use.use(info.context, days)

    @strawberry.field(graphql_type=Proposal, description="One proposal, whatever became of it; role liaison.")
    def proposal(self, info: VisitInfo, id: strawberry.ID) -> Shown:
        """One proposal."""
        return propose.one(info.context, str(id))

    @strawberry.field(
        graphql_type=list[GrantTemplate],
        description="Grants that are filled in a minute, and what must still be given; role liaison.",
    )
    def templates(self, info: VisitInfo) -> list[Shown]:
        """What a grant can be filled in from."""
        return liaise.templates(info.context)


@strawberry.type
class GrantMutation:
    """Every change takes `dryRun`: it is told, not made and not logged."""

    @strawberry.mutation(
        graphql_type=GrantStep,
        description="Draft a grant; role liaison. A draft changes nothing; its author edits and proposes it.",
    )
    def draft_grant(self, info: VisitInfo, grant: GrantInput, dry_run: bool = False) -> Shown:
        """Terms to work on."""
        return propose.draft(info.context, given(grant), grant.days, dry_run=dry_run)

    @strawberry.mutation(
        graphql_type=GrantStep,
        description="Draft a grant from a template; `given` fills its gaps and may replace the rest.",
    )
    def draft_from_template(
        self,
        info: VisitInfo,
        template: str,
        given_: Annotated[GrantChange, strawberry.argument(name="given")],
        dry_run: bool = False,
    ) -> Shown:
        """Terms to work on."""
        return propose.draft_from(info.context, template, given(given_), dry_run=dry_run)

    @strawberry.mutation(graphql_type=GrantStep, description="Change an own draft; role liaison.")
    def edit_draft(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        change: GrantChange,
        dry_run: bool = False,
    ) -> Shown:
        """Other terms."""
        return propose.edit(info.context, str(id), given(change), dry_run=dry_run)

    @strawberry.mutation(
        graphql_type=GrantStep, description="Propose an own draft: it is frozen and waits for approval."
    )
    async def propose_draft(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        dry_run: bool = False,
    ) -> Shown:
        """Terms that wait."""
        return await propose.propose_draft(info.context, str(id), dry_run=dry_run)

    @strawberry.mutation(
        graphql_type=GrantStep, description="Draft and propose a grant in one step; role liaison."
    )
    async def propose_grant(self, info: VisitInfo, grant: GrantInput, dry_run: bool = False) -> Shown:
        """Terms that wait."""
        return await propose.propose(info.context, given(grant), grant.days, dry_run=dry_run)

    @strawberry.mutation(
        graphql_type=GrantStep,
        description="Approve another officer's proposal; `digest` is of what was seen, `assertion` the"
        " officer's key's word on it. With the last approval the grant is in force at once.",
    )
    async def approve_grant(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        digest: str | None = None,
        assertion: AssertionInput | None = None,
        dry_run: bool = False,
    ) -> Shown:
        """A grant in force."""
        given = asserted(assertion)
        return await propose.approve(info.context, str(id), digest, given, dry_run=dry_run)

    @strawberry.mutation(
        graphql_type=GrantStep, description="Take a draft or a proposal back; any liaison officer may."
    )
    async def withdraw_proposal(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        reason: str,
        dry_run: bool = False,
    ) -> Shown:
        """A proposal that ended."""
        return await propose.withdraw(info.context, str(id), reason, dry_run=dry_run)

    @strawberry.mutation(
        graphql_type=GrantStep,
        description="Propose the next version of a grant. One that only narrows it is in force at once.",
    )
    async def supersede_grant(
        self,
        info: VisitInfo,
        grant: strawberry.ID,
        change: GrantChange,
        dry_run: bool = False,
    ) -> Shown:
        """The next version."""
        return await propose.supersede(info.context, str(grant), given(change), dry_run=dry_run)

    @strawberry.mutation(
        graphql_type=GrantStep, description="Revoke a grant; it ends with the very next question."
    )
    async def revoke_grant(
        self,
        info: VisitInfo,
        grant: strawberry.ID,
        reason: str,
        dry_run: bool = False,
    ) -> Shown:
        """A grant that ended."""
        return await liaise.revoke(info.context, str(grant), reason, dry_run=dry_run)

    @strawberry.mutation(
        graphql_type=BulkRevocation,
        description="Revoke every grant that names the partner, the case and the dataset, of those given.",
    )
    async def revoke_grants(
        self,
        info: VisitInfo,
        reason: str,
        partner: str = "",
        case: str = "",
        dataset: str = "",
        dry_run: bool = False,
    ) -> Shown:
        """Grants that ended."""
        reach = liaise.Reach(partner, case, dataset)
        return await liaise.revoke_all(info.context, reach, reason, dry_run=dry_run)
