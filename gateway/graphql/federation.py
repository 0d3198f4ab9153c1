"""What a partner may ask of a node: the one definition of the types that cross the border.

Only trusted documents over these types are answered. `tenants` compiles them to SQL that emits this shape;
what it cannot compile is executed by strawberry over the same rows (`execute`).
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info
from strawberry.utils.str_converters import to_camel_case

from gateway.errors import DocumentRejected
from gateway.graphql.silent_schema import SilentSchema


@strawberry.type(description="A value as the identifier index knows it, with its original spelling.")
class IdentifierValue:
    """An identifier of a record."""

    kind: str
    normal: str
    original: str


@strawberry.type(description="A property of a record and all its values.")
class Property:
    """A FollowTheMoney property."""

    name: str
    values: list[str]


@strawberry.type(description="Tier T1: how many, of which categories, and whom to ask.")
class Contact:
    """The contact tier."""

    count: int
    categories: list[str]
    spoc: str
    reference: str


@strawberry.type(
    description="A record as far as its grants show it; masked properties are named, not given."
    " `provenance` and `findings` are JSON as their owner states it; both are masked with `authority`."
)
class Record:
    """One record of one node."""

    id: strawberry.ID
    schema: str
    caption: str | None
    dataset: str
    case_ref: str | None
    owner: str
    subject_category: str
    handling: list[str]
    handling_text: str | None
    source: str
    information: str
    tlp: str
    assessment: str
    version: int
    recorded_at: str
    mode: str
    grants: list[str]
    masked: list[str]
    authority: str | None
    provenance: str | None
    findings: str | None
    properties: list[Property]
    identifiers: list[IdentifierValue]


@strawberry.type(
    description="How many records of a schema lie around one that is shown; no more than 200 is told."
)
class Neighbours:
    """The neighbours of one record and one schema, links among them."""

    id: strawberry.ID
    schema: str
    count: int
    too_common: bool


@strawberry.type(
    description="From `score` (millionths) on lie `same` labelled pairs of one source, `different` of two."
)
class ProfilePoint:
    """One step of what scores have meant."""

    score: int
    same: int
    different: int


@strawberry.type(
    description="How a listed profile scored, in millionths. Not `exact`: its compounds are not shown, and"
    " only the band is told in which the score lies."
)
class ProfileScore:
    """One record's score."""

    id: strawberry.ID
    score: int
    exact: bool


@strawberry.type(
    description="How the node compares profiles of this method, or why not: NOT_CALIBRATED,"
    " QUANTITY_DIFFERS, NOT_MEASURED, NOTHING_DETECTED. Nothing below `threshold` is told. `same` and"
    " `different` count all labelled pairs of one source and of two."
)
class ProfileMatching:
    """The same whoever asks, whatever the node holds, but for the scores."""

    comparable: bool
    reason: str | None
    treatment: str | None
    measure: str | None
    threshold: int | None
    same: int | None
    different: int | None
    points: list[ProfilePoint]
    scores: list[ProfileScore]


@strawberry.type(description="One node's answer. No match and nothing that may be told look the same.")
class Answer:
    """An answer of any tier."""

    hit: bool
    contact: Contact | None
    records: list[Record]
    more: bool
    neighbours: list[Neighbours] | None
    profile: ProfileMatching | None


Rows = Mapping[str, Any]


def _answer(info: Info[Rows, None]) -> Answer:
    """The rows the view gave for this question; the executor selects from them."""
    rows: Answer = info.context["answer"]
    return rows


First = Annotated[int | None, strawberry.argument(description="How many records at the most.")]

CaseRef = Annotated[
    str | None,
    strawberry.argument(
        description="Only records of this case. This and what follows finds listed records only."
    ),
]
LeastSource = Annotated[
    str | None, strawberry.argument(description="The source is A to this, of A, B, C, X.")
]
LeastInformation = Annotated[
    str | None, strawberry.argument(description="The information is 1 to this, of 1, 2, 3, 4.")
]
Since = Annotated[
    str | None, strawberry.argument(description="Recorded on this UTC day or later, as 2026-05-28.")
]
Until = Annotated[str | None, strawberry.argument(description="Recorded on this UTC day or earlier.")]


@strawberry.type
class Query:
    """The questions a node answers."""

    @strawberry.field(description="Records that carry exactly this identifier, in any spelling.")
    def lookup(
        self,
        info: Info[Rows, None],
        value: str,
        kind: str | None = None,
        first: First = 50,
        after: str | None = None,
    ) -> Answer:
        """Exact lookup."""
        del value, kind, first, after
        return _answer(info)

    @strawberry.field(description="Records whose names or texts resemble the text, best first.")
    def search(
        self,
        info: Info[Rows, None],
        text: str,
        schemata: list[str] | None = None,
        country: str | None = None,
        dataset: str | None = None,
        case_ref: CaseRef = None,
        source: LeastSource = None,
        information: LeastInformation = None,
        since: Since = None,
        until: Until = None,
        first: First = 20,
        after: str | None = None,
    ) -> Answer:
        """Text search."""
        del text, schemata, country, dataset, case_ref, source, information, since, until, first, after
        return _answer(info)

    @strawberry.field(description="One record by its id at this node.")
    def entity(self, info: Info[Rows, None], id: strawberry.ID) -> Answer:
        """One record."""
        del id
        return _answer(info)

    @strawberry.field(
        description="What the record, or up to 200 of them, is linked to or refers to, or what refers to it,"
        " within one or two hops, links included. No hops: the records themselves, which `starts` then says."
    )
    def expand(
        self,
        info: Info[Rows, None],
        id: strawberry.ID | None = None,
        ids: list[strawberry.ID] | None = None,
        hops: int | None = 1,
        starts: Annotated[
            bool | None, strawberry.argument(description="Whether the records themselves are wanted too.")
        ] = None,
        first: First = 100,
        after: str | None = None,
    ) -> Answer:
        """Neighbours."""
        del id, ids, hops, starts, first, after
        return _answer(info)

    @strawberry.field(
        description="Chemical profiles that resemble one of the same method and version, best first."
        " `compounds` as a record has them: `tropacocaine: 0.8125 ± 0.02 %`."
    )
    def profile(
        self, info: Info[Rows, None], method: str, version: str, compounds: list[str], first: First = 20
    ) -> Answer:
        """Profiles that support a common source."""
        del method, version, compounds, first
        return _answer(info)


def _from_rows(source: Any, name: str) -> Any:  # noqa: ANN401  # strawberry's resolver type
    return source[to_camel_case(name)]


@cache
def federation_schema() -> strawberry.Schema:
    """The partner schema; its resolvers read mappings with the published names."""
    return SilentSchema(Query, config=StrawberryConfig(default_resolver=_from_rows))


async def execute(
    schema: strawberry.Schema, text: str, variables: Mapping[str, object], answer: Rows
) -> Mapping[str, Any]:
    """The GraphQL `data` for rows that a view gave; `DocumentRejected` if the executor reports an error."""
    result = await schema.execute(text, variable_values=dict(variables), context_value={"answer": answer})
    if result.errors or result.data is None:
        raise DocumentRejected("trusted document: the rows do not fit the published types")
    return result.data
