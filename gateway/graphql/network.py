"""Networks at the desk: around records, in common to two, between two. See `gateway.network`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import network
from gateway.graphql.answers import Claim
from gateway.graphql.spoken import language_of
from gateway.network import Reach
from gateway.network_shown import gathered_shown
from gateway.visit import Visit
from sharing.paths import MOST_HOPS

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


strawberry.enum(
    Reach,
    name="NetworkReach",
    description="COUNTS: numbers by schema. NAMED: the records and the ties among them. AROUND: what lies"
    " around them too.",
)


@strawberry.type(
    description="One thing, by all records that the viewer holds to be it. `place` is its number."
)
class NetworkVertex:
    """`caption` is what the first record with one calls it; `handling` the codes of all of them."""

    place: int
    handles: list[strawberry.ID]
    caption: str
    schemata: list[str]
    nodes: list[str]
    handling: list[str]


@strawberry.type(
    description="A tie between two places: RECORD (a link of the schema `what`), REFERENCE (the property"
    " `what`) or IDENTIFIER (both have the `what` of the value `shared`); `handles` are the records that say"
    " so."
)
class GatheredTie:
    """Only a link's direction means something."""

    source: int
    target: int
    tie: str
    what: str
    shared: str | None
    handles: list[strawberry.ID]
    owners: list[str]
    handling: list[str]
    sentence: str


@strawberry.type(description="From one place to the next, a sentence for each kind of tie between them.")
class NetworkStep:
    """A step of a path."""

    source: int
    target: int
    handles: list[strawberry.ID]
    sentences: list[str]


@strawberry.type(
    description="How many records of a schema lie around one; `tooCommon`: more, so it was left."
)
class NetworkCount:
    """Counted by its node before anything of them was shown."""

    handle: strawberry.ID
    schema: str
    count: int
    too_common: bool


@strawberry.type(description="An identifier that too many have in common to say anything.")
class SharedTooOften:
    """It ties nothing."""

    kind: str
    normal: str


@strawberry.type(description="How many ties a place has, and three shares from 0 to 1 (Freeman 1979).")
class NetworkMeasure:
    """The measures of one place."""

    place: int
    degree: int
    degree_centrality: float
    betweenness: float
    closeness: float
    community: int
    sentence: str


@strawberry.type(description="A place without which `cut` pairs can no longer reach each other.")
class KeyPlayer:
    """Borgatti 2006."""

    place: int
    cut: int
    sentence: str


@strawberry.type(description="What the shape of the network says.")
class NetworkMeasures:
    """Communities are places, the largest first."""

    vertices: list[NetworkMeasure]
    communities: list[list[int]]
    key_players: list[KeyPlayer]


@strawberry.type(description="How a node answered the questions to it: the first refusal or silence, if any.")
class NetworkAnswered:
    """One line for each node."""

    node: str
    status: str
    reasons: list[str]
    questions: int


@strawberry.type(
    description="Which question the receipt of a claim answers, for who asks why (`explainQuestion`)."
)
class NetworkAsked:
    """One line for each answer that records came with."""

    receipt: str
    query_id: strawberry.ID


@strawberry.type(
    description="A network of what the nodes showed. `members` are the places asked for; `stopped` is DONE,"
    " NOTHING_LEFT, HOPS, QUESTIONS or VERTICES."
)
class Network:
    """Vertices, ties, and how far the search went."""

    vertices: list[NetworkVertex]
    ties: list[GatheredTie]
    claims: list[Claim]
    members: list[int]
    paths: list[list[NetworkStep]]
    counts: list[NetworkCount]
    too_common: list[strawberry.ID]
    shared_too_often: list[SharedTooOften]
    measures: NetworkMeasures | None
    stopped: str
    questions: int
    nodes: list[NetworkAnswered]
    asked: list[NetworkAsked]


@strawberry.type
class NetworkQuery:
    """Each hop is a question under the mandate. `same` are handles that the viewer holds to be one thing."""

    @strawberry.field(
        graphql_type=Network,
        description="What lies around up to 2,000 records at their nodes, counted first, or less by `reach`;"
        " `measure` adds degree, betweenness, closeness, communities and key players. Role analyst.",
    )
    async def network(
        self,
        info: VisitInfo,
        handles: list[strawberry.ID],
        mandate: strawberry.ID,
        same: list[list[strawberry.ID]] | None = None,
        measure: bool = False,
        reach: Reach = Reach.AROUND,
        language: str = "en",
    ) -> Shown:
        """One round of questions."""
        found = await network.expand(
            info.context, handles, str(mandate), groups_of(same), measure=measure, reach=reach
        )
        return gathered_shown(found, language_of(language))

    @strawberry.field(
        graphql_type=Network,
        description="What both records have a tie with, at any node (`members`). Role analyst.",
    )
    async def common_neighbours(
        self,
        info: VisitInfo,
        one: strawberry.ID,
        other: strawberry.ID,
        mandate: strawberry.ID,
        same: list[list[strawberry.ID]] | None = None,
        language: str = "en",
    ) -> Shown:
        """Neighbours in common."""
        found = await network.common_neighbours(info.context, one, other, str(mandate), groups_of(same))
        return gathered_shown(found, language_of(language))

    @strawberry.field(
        graphql_type=Network,
        description="The shortest paths from one record to another, over all nodes; at most six hops and 200"
        " questions. Role analyst.",
    )
    async def network_paths(
        self,
        info: VisitInfo,
        start: strawberry.ID,
        end: strawberry.ID,
        mandate: strawberry.ID,
        same: list[list[strawberry.ID]] | None = None,
        most_hops: int = MOST_HOPS,
        language: str = "en",
    ) -> Shown:
        """Shortest paths."""
        found = await network.paths(
            info.context, start, end, str(mandate), groups_of(same), most_hops=most_hops
        )
        return gathered_shown(found, language_of(language))


def groups_of(same: list[list[strawberry.ID]] | None) -> list[list[str]]:
    """The handles of one thing each, as the viewer says."""
    return [[str(each) for each in group] for group in same or ()]
