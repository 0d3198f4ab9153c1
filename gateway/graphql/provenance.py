"""Provenance of evidence at the desk: told in words, and rulings of courts entered. See `gateway.rulings`."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import rulings
from gateway.graphql.answers import Claim, NodeStatus
from gateway.graphql.spoken import language_of
from gateway.provenance_told import told
from gateway.visit import Visit
from policy.provenance import Admissibility

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.input(description="What a court or authority of a country (ISO 3166 alpha-2) said, and when.")
class RulingWanted:
    """A ruling on a record of the own node."""

    country: str
    status: Admissibility
    court: str
    reference: str
    decided: date


@strawberry.type(description="A ruling on a record of this node, that came after the record.")
class EnteredRuling:
    """By record."""

    record: strawberry.ID
    version: int
    country: str
    status: Admissibility
    court: str
    reference: str
    decided: str


@strawberry.type(description="A ruling that was entered: the record's new version, and who is told of it.")
class RulingOrder:
    """`version` is none in a dry run."""

    dry_run: bool
    record: strawberry.ID
    version: int | None
    partners: list[str]


@strawberry.type(description="Where a record comes from, line by line in words, and what that cannot say.")
class ProvenanceAnswer:
    """`claim` is none where its node shows nothing; `nodes` say why."""

    claim: Claim | None
    says: list[str]
    cannot_say: str
    nodes: list[NodeStatus]


@strawberry.type
class ProvenanceQuery:
    """Where records come from."""

    @strawberry.field(
        graphql_type=ProvenanceAnswer,
        description="Where one record comes from as evidence; its node is asked. `language`: en, fr, sv."
        " Role analyst.",
    )
    async def provenance(
        self, info: VisitInfo, handle: strawberry.ID, mandate: strawberry.ID, language: str = "en"
    ) -> Shown:
        """One record."""
        return await told(info.context, str(handle), str(mandate), language_of(language))

    @strawberry.field(
        graphql_type=list[EnteredRuling],
        description="Rulings on records of this node that came after them; logged. Role liaison.",
    )
    async def evidence_rulings(self, info: VisitInfo) -> list[Shown]:
        """By record."""
        return await rulings.entered(info.context)


@strawberry.type
class ProvenanceMutation:
    """What courts said."""

    @strawberry.mutation(
        graphql_type=RulingOrder,
        description="Enter what a court said of a record of this node as evidence: it gets a new version, and"
        " all who received it are told. Role liaison.",
    )
    async def enter_ruling(
        self, info: VisitInfo, record: strawberry.ID, ruling: RulingWanted, *, dry_run: bool = False
    ) -> Shown:
        """A new version."""
        return await rulings.enter(info.context, str(record), vars(ruling), dry_run=dry_run)
