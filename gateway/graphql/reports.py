"""Reports at the desk: the note of significant cases, a case report, a hand-over report."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway.graphql.consents import HandlingText, HighWater, MissingRecord
from gateway.graphql.spoken import language_of
from gateway.report_cases import Outlet, Source
from gateway.reports import Paper, Reporting, report
from gateway.visit import Visit
from policy.handling import DataUse
from sharing.reports.written import Kind

strawberry.enum(Kind, name="ReportKind")
strawberry.enum(Paper, name="ReportFormat")

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.input(description="A case by its shared picture or by handles; the mandate is for that case.")
class ReportCase:
    """What a report is about."""

    mandate: strawberry.ID
    picture: strawberry.ID = strawberry.ID("")
    handles: list[strawberry.ID] = strawberry.field(default_factory=list)


@strawberry.input(
    description="A NOTE takes up to 12 cases and a `period` (YYYY-MM), the others one case. A HANDOVER is for"
    " ONWARD use; its `language` is that of who takes over. `to`, `persons`, `acknowledged` and `country` are"
    " as for exports."
)
class ReportWanted:
    """What is reported for what use."""

    kind: Kind
    cases: list[ReportCase]
    use: DataUse
    to: list[str] = strawberry.field(default_factory=list)
    persons: list[str] = strawberry.field(default_factory=list)
    acknowledged: str = ""
    country: str = ""
    language: str = "en"
    period: str = ""
    formats: list[Paper] = strawberry.field(default_factory=lambda: [Paper.HTML])


@strawberry.type(
    description="A figure: from `low` to `high` where records of one thing differ; no `service` for the joint"
    " one. `atLeast`: something is missing that may belong to it."
)
class ReportFigure:
    """So much, from these records, and how complete."""

    matter: str
    what: str
    says: str
    unit: str
    service: str | None
    low: str
    high: str
    amount: str
    at_least: bool
    handles: list[strawberry.ID]
    completeness: str


@strawberry.type(
    description="A record in no figure: STATISTIC, SEVERAL, UNREADABLE, UNDATED or ELSEWHEN (another period)."
)
class ReportAside:
    """And why."""

    handle: strawberry.ID
    why: str


@strawberry.type(description="How a node answered one of the questions.")
class ReportAnswered:
    """By name."""

    node: str
    status: str


@strawberry.type(description="The report in one format; `content` in base64, `digest` of the decoded bytes.")
class ReportFile:
    """A file."""

    format: Paper
    ending: str
    media_type: str
    digest: str
    content: str


@strawberry.type(
    description="A report that was logged before it is given: the files, the same figures as JSON (`content`,"
    " with `digest`), what was counted once, what may have been counted twice, and what is missing."
)
class Report:
    """Files and figures."""

    id: strawberry.ID
    kind: Kind
    digest: str
    records: int
    high_water: HighWater | None
    complete: bool
    completeness: str
    figures: list[ReportFigure]
    asides: list[ReportAside]
    once: list[list[strawberry.ID]]
    maybe_same: list[list[strawberry.ID]]
    missing: list[MissingRecord]
    nodes: list[ReportAnswered]
    texts_left_out: int
    texts: list[HandlingText]
    acknowledgement: str
    content: str
    files: list[ReportFile]


@strawberry.type
class ReportMutation:
    """What leaves the desk on paper."""

    @strawberry.mutation(
        graphql_type=Report,
        description="Fetch the records of cases anew, count and write those whose handling codes allow the"
        " use; role analyst.",
    )
    async def make_report(self, info: VisitInfo, wanted: ReportWanted) -> Shown:
        """A report."""
        return await report(
            info.context,
            Reporting(
                kind=wanted.kind,
                cases=tuple(
                    Source(str(each.mandate), str(each.picture), tuple(map(str, each.handles)))
                    for each in wanted.cases
                ),
                outlet=Outlet(
                    wanted.use, tuple(wanted.to), tuple(wanted.persons), wanted.acknowledged, wanted.country
                ),
                language=language_of(wanted.language),
                period=wanted.period,
                papers=tuple(wanted.formats),
            ),
        )
