"""What who runs the node looks after: partners and keys, loads, persons without a category.

See `gateway.partners` and `gateway.intake`.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gateway import intake, partners
from gateway.visit import Visit
from policy.terms import SubjectCategory

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]
Why = Annotated[str, strawberry.argument(description="A code or a reference; it stands in the log.")]
After = Annotated[str, strawberry.argument(description="What ended the page before.")]


@strawberry.type(description="A public key: its use, its name, 128 bits of its digest to be read aloud.")
class PublicKey:
    """A key; a witness's has no life of its own. `accepted`: signatures of now are."""

    use: str
    name: str
    fingerprint: str
    not_before: str | None
    not_after: str | None
    accepted: bool


@strawberry.type(
    description="A node of the directory, and what was heard of it. `checkpointSize` is that of the last"
    " checkpoint of its log that this node cosigned; `failures` in a row that it did not answer."
)
class DirectoryPartner:
    """A partner, or the own node."""

    id: strawberry.ID
    own: bool
    name: str
    country: str
    address: str
    contact: str
    log: str
    keys: list[PublicKey]
    heard_at: str | None
    failures: int
    checkpoint_size: int | None


@strawberry.type(description="The signed directory in force.")
class DirectoryState:
    """Version, life, nodes."""

    federation: str
    version: int
    issued_at: str
    expires_at: str
    partners: list[DirectoryPartner]


@strawberry.type(
    description="A load in counts; `finishedAt` is null while it runs or was cut short, `file` empty for"
    " loads before names were kept."
)
class ShelfLoad:
    """A load of a file."""

    number: int
    file: str
    digest: str
    lines: int
    loaded: int
    altered: int
    unchanged: int
    rejected: int
    quarantined: int
    finished_at: str | None


@strawberry.type(
    description="A row that a load did not take, or (`kept`) a value left out of one that it took; `reason`"
    " names both sides."
)
class TurnedAway:
    """What was turned away at a line; `place` ends a page."""

    place: str
    line: int
    field: str
    code: str
    reason: str
    kept: bool


@strawberry.type(description="A person without a category: stored, never shared. No content is told.")
class QuarantinedPerson:
    """Where to find it at its source."""

    id: strawberry.ID
    version: int
    schema: str
    dataset: str
    recorded_at: str
    load: int
    file: str
    line: int


@strawberry.type(description="A category that was given to a person.")
class GivenCategory:
    """The record's new version."""

    id: strawberry.ID
    version: int
    category: SubjectCategory


@strawberry.type
class AdministrationQuery:
    """What the node stands with."""

    @strawberry.field(
        graphql_type=DirectoryState,
        description="Partners with their keys, and when they were last heard; role administrator.",
    )
    async def directory(self, info: VisitInfo) -> Shown:
        """The directory."""
        return await partners.directory(info.context)

    @strawberry.field(
        graphql_type=list[PublicKey], description="The node's own keys, from its card; role administrator."
    )
    async def own_keys(self, info: VisitInfo) -> list[Shown]:
        """Keys."""
        return await partners.own_keys(info.context)

    @strawberry.field(
        graphql_type=list[ShelfLoad],
        description="Loads, the newest first, behind the number `before`; role administrator.",
    )
    async def loads(self, info: VisitInfo, before: int = 0, first: int = 50) -> list[Shown]:
        """Counts."""
        return await intake.loads(info.context, before, first)

    @strawberry.field(
        graphql_type=list[TurnedAway],
        description="What a load turned away, line by line; logged first. Role administrator.",
    )
    async def turned_away(
        self, info: VisitInfo, load: int, justification: Why, after: After = "", first: int = 100
    ) -> list[Shown]:
        """Rows and values."""
        return await intake.turned(info.context, load, justification, after, first)

    @strawberry.field(
        graphql_type=list[QuarantinedPerson],
        description="Persons without a category, by id; logged first. Role administrator.",
    )
    async def quarantine(
        self, info: VisitInfo, justification: Why, after: After = "", first: int = 100
    ) -> list[Shown]:
        """Persons, without content."""
        return await intake.quarantined(info.context, justification, after, first)


@strawberry.type
class AdministrationMutation:
    """What changes on the shelf without a load."""

    @strawberry.mutation(
        graphql_type=GivenCategory,
        description="Give a person a category, for the version that was seen; logged first. Until its source"
        " says something else. Role administrator.",
    )
    async def categorise_person(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        version: int,
        category: SubjectCategory,
        justification: Why,
    ) -> Shown:
        """A new version of the record."""
        return await intake.categorise(info.context, str(id), version, category, justification)
