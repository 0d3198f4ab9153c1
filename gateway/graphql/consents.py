"""Consents and exports at the desk: asked for, given, refused, withdrawn; what may be used outside."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import consenting, consents, export
from gateway.export_document import Exporting
from gateway.visit import Visit
from policy.handling import DataUse
from tenants.formats.port import Format

strawberry.enum(DataUse, name="DataUse")
strawberry.enum(Format, name="ExportFormat")

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.type(
    description="A provider's signed permission to use records as their handling codes forbid without one."
)
class Consent:
    """The newest version of a consent that this node gave or got."""

    id: strawberry.ID
    ref: str
    provider: str
    recipient: str
    state: str
    use: str
    code: str
    purposes: list[str]
    records: list[str]
    to: list[str]
    not_before: str
    expires_at: str
    withdrawn_at: str | None
    statement: str


@strawberry.type(
    description="A request for a consent; `node` is the other side. Once it is decided its `records` are"
    " forgotten, `recordCount` says how many were asked for."
)
class ConsentRequest:
    """What waits for officers, here or at the provider, or how it ended."""

    id: strawberry.ID
    node: str
    state: str
    use: str
    purpose: str
    case: str | None
    reason: str
    records: list[str]
    record_count: int
    to: list[str]
    due_at: str
    approvals: int
    decided_at: str | None
    refusal: str | None


@strawberry.input(
    description="For which records, use and recipients a consent is wanted; `reason` is a code."
)
class ConsentWanted:
    """What an analyst asks providers for."""

    handles: list[strawberry.ID]
    use: DataUse
    mandate: strawberry.ID
    reason: str
    to: list[str] = strawberry.field(default_factory=list)
    days: int = 30


@strawberry.input(
    description="What is exported for what use. `to` are units, services or courts, `persons` individuals"
    " (TLP RED), `acknowledged` the digest under which texts of H3 were shown, `requestReason` asks for the"
    " consents that are missing, `formats` are those of other programs, `country` (ISO 3166 alpha-2)"
    " is that of the court for JUDICIAL use: what is excluded there is left out."
)
class ExportWanted:
    """What an analyst takes out of the desk."""

    handles: list[strawberry.ID]
    use: DataUse
    mandate: strawberry.ID
    to: list[str] = strawberry.field(default_factory=list)
    persons: list[str] = strawberry.field(default_factory=list)
    acknowledged: str = ""
    request_reason: str = ""
    formats: list[Format] = strawberry.field(default_factory=list)
    country: str = ""


@strawberry.type(
    description="An export for another program: how the file's name ends, its media type, its text, the"
    " digest of the text in UTF-8, and as codes what this format leaves out."
)
class ExportFile:
    """A file beside the JSON, the page and the table."""

    format: Format
    ending: str
    media_type: str
    digest: str
    left_out: list[str]
    content: str


@strawberry.type(description="Handling codes, 4x4 and TLP: the strictest of all records used.")
class HighWater:
    """What notes and reports inherit."""

    handling: list[str]
    evaluation: str
    tlp: str


@strawberry.type(description="A record that is left out, and why; nothing else of it is told.")
class MissingRecord:
    """A handle, its provider and codes."""

    handle: strawberry.ID
    provider: str
    codes: list[str]
    reason: str


@strawberry.type(description="The text of an H3 record, to be read before the record is used.")
class HandlingText:
    """A restriction in words."""

    handle: strawberry.ID
    text: str


@strawberry.type(
    description="An export: JSON, the same as one HTML page and as a CSV table, and what is missing from it."
)
class RecordExport:
    """A file that was logged before it is given."""

    id: strawberry.ID
    digest: str
    records: int
    high_water: HighWater | None
    missing: list[MissingRecord]
    texts: list[HandlingText]
    acknowledgement: str
    requests: list[ConsentRequest]
    content: str
    page: str
    table: str
    files: list[ExportFile]


@strawberry.type
class ConsentQuery:
    """What is permitted, and what waits."""

    @strawberry.field(
        graphql_type=list[Consent], description="Consents given and got; role liaison or analyst."
    )
    def consents(self, info: VisitInfo) -> list[Shown]:
        """Newest versions."""
        return consents.consents(info.context)

    @strawberry.field(
        graphql_type=list[ConsentRequest],
        description="To an officer the requests to this node, to an analyst the own ones to others.",
    )
    def consent_requests(self, info: VisitInfo) -> list[Shown]:
        """Requests by deadline."""
        return consents.requests(info.context)


@strawberry.type
class ConsentMutation:
    """Asking, deciding, and taking records out."""

    @strawberry.mutation(
        graphql_type=list[ConsentRequest],
        description="Ask the providers of records for their consent, one request each; role analyst.",
    )
    async def request_consent(self, info: VisitInfo, wanted: ConsentWanted) -> list[Shown]:
        """Requests that were sent."""
        told = vars(wanted) | {"handles": tuple(map(str, wanted.handles)), "to": tuple(wanted.to)}
        return await consents.request(
            info.context, consents.Wanting(**told | {"mandate": str(wanted.mandate)})
        )

    @strawberry.mutation(
        graphql_type=ConsentRequest,
        description="Approve a request, or less of it; the last officer needed gives it. Role liaison.",
    )
    async def give_consent(
        self,
        info: VisitInfo,
        request: strawberry.ID,
        days: int | None = None,
        records: list[str] | None = None,
    ) -> Shown:
        """A request with one more approval."""
        return await consenting.give(info.context, str(request), days=days, records=records)

    @strawberry.mutation(
        graphql_type=ConsentRequest, description="Refuse a request with a reason code; role liaison."
    )
    async def refuse_consent(self, info: VisitInfo, request: strawberry.ID, reason: str) -> Shown:
        """A request that ended."""
        return await consenting.refuse(info.context, str(request), reason)

    @strawberry.mutation(
        graphql_type=Consent,
        description="Withdraw a consent of this node, at any time; `reason` is a code. Role liaison.",
    )
    async def withdraw_consent(self, info: VisitInfo, consent: strawberry.ID, reason: str) -> Shown:
        """A consent that ended."""
        return await consenting.end(info.context, str(consent), reason)

    @strawberry.mutation(
        graphql_type=RecordExport,
        description="Fetch records anew and export those whose handling codes allow the use; role analyst.",
    )
    async def export_picture(self, info: VisitInfo, wanted: ExportWanted) -> Shown:
        """A file."""
        lists = {name: tuple(map(str, getattr(wanted, name))) for name in ("handles", "to", "persons")}
        told = vars(wanted) | lists | {"mandate": str(wanted.mandate), "formats": tuple(wanted.formats)}
        return await export.export(info.context, Exporting(**told))
