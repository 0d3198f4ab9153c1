"""What other nodes know that may be the same, at the desk. See `gateway.matching`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import matching
from gateway.graphql.spoken import language_of
from gateway.visit import Visit

VisitInfo = Info[Visit, None]


@strawberry.type(
    description="One feature of two records: the values that agree best, how far, what it weighs."
)
class Evidence:
    """`weight` is in nats: positive speaks for one thing. `words` say the level, never the values."""

    feature: str
    level: str
    left: str
    right: str
    weight: float
    words: str


@strawberry.type(
    description="Two records that may be of one person or thing. `score` from 0 to 1; `meaning` says what the"
    " band has meant on labelled data, or that it was never counted; `disproof` what could tell otherwise."
)
class Resemblance:
    """A proposal; nothing is merged by it."""

    left: strawberry.ID
    right: strawberry.ID
    score: float
    band: str
    calibrated: bool
    meaning: str
    evidence: list[Evidence]
    disproof: list[str]


@strawberry.type(description="How often a node answered so, of the questions that were asked for this.")
class AnsweredSo:
    """One line for each node and status."""

    node: str
    status: str
    questions: int


@strawberry.type(
    description="What may be the record, best first; every question stands in the logs by its id. `questions`"
    " is how many every node is asked, beside the first, which only the record's own is. Taken as"
    " `text/event-stream`, its parts tell how the nodes answered so far; the last one, how many records it is"
    " `comparing`."
)
class Resembling:
    """The answer to "who else knows this?"."""

    handle: strawberry.ID
    queries: list[strawberry.ID]
    questions: int
    nodes: list[AnsweredSo]
    comparing: int | None
    proposals: list[Resemblance]


@strawberry.type
class MatchingQuery:
    """Finding the same thing elsewhere."""

    @strawberry.field(
        graphql_type=Resembling,
        description="Records at any node that may be this one: by its identifiers and its names,"
        " each a question under the mandate. `language`: en, fr, sv. Role analyst.",
    )
    async def resembling(
        self,
        info: VisitInfo,
        handle: strawberry.ID,
        mandate: strawberry.ID,
        nodes: list[str] | None = None,
        language: str = "en",
    ) -> Mapping[str, Any]:
        """Proposals with their evidence."""
        wanted = language_of(language)
        return await matching.resembling(info.context, str(handle), str(mandate), nodes, language=wanted)
