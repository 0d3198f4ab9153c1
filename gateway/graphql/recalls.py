"""Recalls at the desk: what was taken back or put right, and what analysts keep of partners' records."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import kept, recall_officers, recall_since
from gateway.visit import Visit

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.type(description="A recall or rectification to one partner, and what the partner made of it.")
class RecallLetter:
    """A notice in the outbox; `ended` and `held` are leases at the partner, as it says."""

    id: strawberry.ID
    type: str
    partner: str
    reason: str
    grant: str | None
    records: int
    created_at: str
    due_at: str
    attempts: int
    acknowledged_at: str | None
    ended: int | None
    held: int | None
    escalated_at: str | None


@strawberry.type(description="What was ordered: how many of the records went out at all, and to whom.")
class RecallOrder:
    """An order to take records back or to say that they were put right."""

    dry_run: bool
    records: int
    partners: list[str]


@strawberry.type(description="A new version of a record of ours, by a load, of which older ones went out.")
class RecordChange:
    """`fate` is OPEN (nobody is told yet), PROPOSED (an officer decides) or ORDERED; `type` the notice's."""

    record: strawberry.ID
    version: int
    type: str
    reason: str
    load: str
    at: str
    fate: str


@strawberry.type(description="What loads changed and partners hold, and what is told to whom about it.")
class ChangesOrder:
    """`records` are told now, `told` were told before; `changes` are the first of all of them."""

    dry_run: bool
    records: int
    told: int
    partners: list[str]
    changes: list[RecordChange]


@strawberry.type(description="A record that is kept by its handle: HELD, RECTIFIED, WITHDRAWN or LAPSED.")
class KeptRecord:
    """A lease; no content is kept."""

    id: strawberry.ID
    handle: strawberry.ID
    node: str
    version: int
    handling: list[str]
    grants: list[str]
    query_id: str
    kept_by: str
    kept_at: str
    until: str
    state: str
    reason: str | None


@strawberry.type
class RecallQuery:
    """Where recalls stand."""

    @strawberry.field(
        graphql_type=list[RecallLetter],
        description="Recalls and rectifications to partners, newest first; role liaison.",
    )
    async def recalls(
        self, info: VisitInfo, partner: str = "", *, owed: bool = False, first: int = 50
    ) -> list[Shown]:
        """What partners were told."""
        return await recall_officers.listed(info.context, partner, min(max(first, 1), 500), owed=owed)

    @strawberry.field(
        graphql_type=list[KeptRecord],
        description="What is kept of records for the mandate's case, as it stands now; role analyst.",
    )
    async def kept_records(self, info: VisitInfo, mandate: strawberry.ID) -> list[Shown]:
        """Leases."""
        return await kept.of_case(info.context, str(mandate))


@strawberry.type
class RecallMutation:
    """Taking back, putting right, keeping."""

    @strawberry.mutation(
        graphql_type=RecallOrder,
        description="Take records back from every partner that received them; role liaison. A grant is taken"
        " back by revoking or narrowing it.",
    )
    async def recall_records(
        self, info: VisitInfo, records: list[strawberry.ID], reason: str, *, dry_run: bool = False
    ) -> Shown:
        """An order."""
        names = [str(each) for each in records]
        return await recall_officers.recall(info.context, names, reason, dry_run=dry_run)

    @strawberry.mutation(
        graphql_type=RecallOrder,
        description="Tell all who received a record that a newer version puts it right; role liaison.",
    )
    async def rectify_record(
        self, info: VisitInfo, record: strawberry.ID, version: int, *, dry_run: bool = False
    ) -> Shown:
        """An order."""
        return await recall_officers.rectify(info.context, str(record), version, dry_run=dry_run)

    @strawberry.mutation(
        graphql_type=ChangesOrder,
        description="Tell all who received an older version of what loads changed since a moment, or in one"
        " load (`load:7`); what was told already is not told again. Role liaison.",
    )
    async def rectify_since(self, info: VisitInfo, since: str, *, dry_run: bool = False) -> Shown:
        """Orders."""
        return await recall_since.rectify_since(info.context, since, dry_run=dry_run)

    @strawberry.mutation(
        graphql_type=KeptRecord,
        description="Keep a record's handle for the mandate's case; its node is asked. Role analyst.",
    )
    async def keep_record(self, info: VisitInfo, handle: strawberry.ID, mandate: strawberry.ID) -> Shown:
        """A lease."""
        return await kept.keep(info.context, str(handle), str(mandate))
