"""Oversight's questions at the desk; role oversight, each with a justification. See `gateway.oversight`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from audit.findings import State
from gateway.graphql.oversight_types import (
    AnomalyList,
    DamagedCopy,
    ExchangeRecord,
    ExchangeSample,
    Finding,
    FindingSearchInput,
    LogRows,
    LogSearchInput,
    LogVerification,
    OpenIntent,
    SealedIdentity,
    WitnessState,
)
from gateway.oversight import anomalies, damaged, findings, identity, record, sample, search, state
from gateway.visit import Visit

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.type
class OversightQuery:
    """What oversight asks; every look that shows an entry is itself logged first."""

    @strawberry.field(graphql_type=LogRows, description="Search the log; at most 500 rows at a time.")
    async def log_search(self, info: VisitInfo, justification: str, wanted: LogSearchInput) -> Shown:
        """Rows."""
        return await search.search(info.context, justification, vars(wanted))

    @strawberry.field(graphql_type=ExchangeRecord, description="One exchange in plain, by its query id.")
    async def log_record(self, info: VisitInfo, justification: str, query_id: strawberry.ID) -> Shown:
        """An exchange."""
        return await record.record(info.context, justification, str(query_id))

    @strawberry.field(
        graphql_type=ExchangeSample, description="Up to 200 exchanges of a week, e.g. 2026-W47."
    )
    async def log_sample(self, info: VisitInfo, justification: str, week: str, count: int = 20) -> Shown:
        """A sample."""
        return await sample.sample(info.context, justification, week, count)

    @strawberry.field(
        graphql_type=list[AnomalyList], description="What each rule raises; the last seven days if not told."
    )
    async def anomalies(
        self,
        info: VisitInfo,
        justification: str,
        since: str | None = None,
        until: str | None = None,
        rule: str = "",
    ) -> list[Shown]:
        """Lists with their base rates."""
        return await anomalies.anomalies(info.context, justification, since, until, rule)

    @strawberry.field(graphql_type=list[Finding], description="The findings; at most 500 at a time.")
    async def findings(
        self, info: VisitInfo, justification: str, wanted: FindingSearchInput | None = None
    ) -> list[Shown]:
        """Findings."""
        return await findings.findings(info.context, justification, vars(wanted or FindingSearchInput()))

    @strawberry.field(graphql_type=list[OpenIntent], description="Intents without outcome, oldest first.")
    async def open_intents(self, info: VisitInfo, justification: str) -> list[Shown]:
        """Intents."""
        return await state.intents(info.context, justification)

    @strawberry.field(
        graphql_type=WitnessState,
        description="How fresh the log's witnesses are; role oversight or administrator.",
    )
    def witness_state(self, info: VisitInfo) -> Shown:
        """Freshness."""
        return state.witnesses(info.context)

    @strawberry.field(graphql_type=LogVerification, description="How far the verification is.")
    def log_verification(self, info: VisitInfo) -> Shown:
        """A job."""
        return state.verification(info.context)

    @strawberry.field(
        graphql_type=DamagedCopy | None, description="The copy that was broken in a demonstration, if any."
    )
    def damaged_copy(self, info: VisitInfo) -> Shown | None:
        """A broken copy."""
        return damaged.damaged_copy(info.context)


@strawberry.type
class OversightMutation:
    """What oversight does."""

    @strawberry.mutation(
        graphql_type=SealedIdentity,
        description="Open the identity sealed beside a leaf; who, why and which leaf are logged first.",
    )
    async def open_identity(self, info: VisitInfo, index: int, justification: str) -> Shown:
        """A person."""
        return await identity.identity(info.context, index, justification)

    @strawberry.mutation(
        graphql_type=Finding, description="Take a finding to another state; logged before it takes effect."
    )
    async def set_finding_state(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        state: State,
        reason: str,
        justification: str,
    ) -> Shown:
        """A finding."""
        return await findings.set_state(info.context, str(id), state, reason, justification)

    @strawberry.mutation(
        graphql_type=LogVerification,
        description="Verify every entry now; ask `logVerification` how far it is.",
    )
    async def verify_log(self, info: VisitInfo, justification: str) -> Shown:
        """A job that runs."""
        return await state.verify_now(info.context, justification)

    @strawberry.mutation(graphql_type=LogVerification, description="End a verification that runs.")
    async def stop_verification(self, info: VisitInfo) -> Shown:
        """A job that ended."""
        return await state.stop_verifying(info.context)

    @strawberry.mutation(
        graphql_type=DamagedCopy,
        description="In a demonstration: verify a copy of the log with one byte of that entry changed.",
    )
    async def break_copy(self, info: VisitInfo, justification: str, index: int) -> Shown:
        """A broken copy."""
        return await damaged.break_copy(info.context, justification, index)

    @strawberry.mutation(description="In a demonstration: drop the broken copy.")
    async def put_back(self, info: VisitInfo) -> bool:
        """Whether there was one."""
        return await damaged.put_back(info.context)
