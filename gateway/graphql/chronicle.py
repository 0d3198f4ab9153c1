"""A network's past at the desk: on a day, between two, and how these differ. See `gateway.chronicle`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway.chronicle import About, differing, on_a_day, replayed
from gateway.chronicle_shown import compared_shown, on_a_day_shown, replayed_shown
from gateway.graphql.histories import TimeSpan
from gateway.graphql.network import NetworkAnswered, NetworkVertex, groups_of
from gateway.graphql.spoken import language_of
from gateway.visit import Visit

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.input(
    description="Whose past: records, or what was placed in a shared `picture`, and what lies `hops` (1 to 3)"
    " ties away. `knownBy` leaves out what its owner's node had not recorded by then, `sharedBy` what had"
    " not come here; a day or a moment. What was told for one time only counts for `days` after it."
)
class PastOf:
    """Both lenses are open where they are not set."""

    handles: list[strawberry.ID] = strawberry.field(default_factory=list)
    picture: strawberry.ID = strawberry.ID("")
    same: list[list[strawberry.ID]] = strawberry.field(default_factory=list)
    hops: int = 1
    days: int = 90
    known_by: str = ""
    shared_by: str = ""


@strawberry.type(
    description="What one record says of two things, by their places. Valid from `begin` to `end`"
    " (`observed`: told for `begin` only), known to its owner's node since `recordedAt` in this `version`,"
    " here since `sharedAt` in some version. `aspect`: ROLE, TERRITORY, CHANNEL or TIE."
)
class PastFact:
    """Three times of one fact."""

    handle: strawberry.ID
    owner: str
    handling: list[str]
    aspect: str
    subject: int
    object: int
    says: str | None
    sentence: str
    begin: TimeSpan | None
    end: TimeSpan | None
    told: str
    observed: bool
    version: int
    recorded_at: str | None
    shared_at: str | None


@strawberry.type(description="A fact on a day: `state` is YES, or UNCERTAIN.")
class PastStanding(PastFact):
    """It stood, or perhaps did."""

    state: str
    state_says: str


@strawberry.type(
    description="A fact at no time: `why` is NOT_STATED, or CONTRADICTS (ends before it begins)."
)
class PastUntold(PastFact):
    """It is in no replay and no difference."""

    why: str
    why_says: str


@strawberry.type(
    description="A step in the order of time: BEGAN, OBSERVED or ENDED. `appears` are places that no dated"
    " record names before. UNCERTAIN: it may lie outside the days asked for, or behind a lens."
)
class PastEvent:
    """One step of one fact."""

    step: str
    when: TimeSpan
    told: str
    appears: list[int]
    sentence: str
    state: str
    state_says: str
    fact: PastFact


@strawberry.type(description="What is told of two things on one of the days; NO has no facts.")
class PastMatter:
    """One side of a difference."""

    subject: int
    object: int
    subject_name: str
    object_name: str
    says: list[str]
    state: str
    state_says: str
    facts: list[PastFact]


@strawberry.type(
    description="BEGAN, ENDED, CHANGED (another role of the same two), HANDED_OVER (a role), MOVED (a place),"
    " SUCCEEDED (a channel), or UNCERTAIN."
)
class PastChange:
    """How the second day differs from the first."""

    turn: str
    aspect: str
    aspect_says: str
    sentence: str
    before: PastMatter
    after: PastMatter


@strawberry.type(description="What every look at a past tells beside its findings.")
class PastSeen:
    """Which lens, what tells no time, and how every node answered."""

    things: list[NetworkVertex]
    without_time: list[PastUntold]
    known_by: str | None
    shared_by: str | None
    assumes: str
    cannot_say: str
    complete: bool
    completeness: str
    stopped: str
    questions: int
    nodes: list[NetworkAnswered]


@strawberry.type(description="A network as it stood on a day.")
class PastOnADay(PastSeen):
    """Surely, or perhaps."""

    day: str
    facts: list[PastStanding]


@strawberry.type(description="What happened after `since` and until `until`.")
class PastReplay(PastSeen):
    """In the order of time."""

    since: str
    until: str
    events: list[PastEvent]


@strawberry.type(description="How a network on the day `until` differs from that on `since`.")
class PastDifference(PastSeen):
    """Roles, territories, financial channels, other ties; what is uncertain comes last."""

    since: str
    until: str
    changes: list[PastChange]


@strawberry.type
class ChronicleQuery:
    """A network's past."""

    @strawberry.field(
        graphql_type=PastOnADay,
        description="A network over all nodes as it stood on a `day` (YYYY-MM-DD). Each step is a question"
        " under the mandate. Role analyst.",
    )
    async def network_on(
        self, info: VisitInfo, of: PastOf, day: str, mandate: strawberry.ID, language: str = "en"
    ) -> Shown:
        """What stood, each fact with its three times."""
        found = await on_a_day(info.context, _about(of), str(mandate), day)
        return on_a_day_shown(found, language_of(language))

    @strawberry.field(
        graphql_type=PastReplay,
        description="What began, was observed and ended in a network after the day `since` and until `until`."
        " Role analyst.",
    )
    async def network_replay(  # the arguments are the published question
        self,
        info: VisitInfo,
        of: PastOf,
        since: str,
        until: str,
        mandate: strawberry.ID,
        language: str = "en",
    ) -> Shown:
        """In the order of time."""
        found = await replayed(info.context, _about(of), str(mandate), since, until)
        return replayed_shown(found, language_of(language))

    @strawberry.field(
        graphql_type=PastDifference,
        description="Roles, territories, financial channels and other ties that differ between two days. Role"
        " analyst.",
    )
    async def network_changes(  # the arguments are the published question
        self,
        info: VisitInfo,
        of: PastOf,
        since: str,
        until: str,
        mandate: strawberry.ID,
        language: str = "en",
    ) -> Shown:
        """In words, with the records on either side."""
        found = await differing(info.context, _about(of), str(mandate), since, until)
        return compared_shown(found, language_of(language))


def _about(of: PastOf) -> About:
    return About(
        [str(each) for each in of.handles],
        groups_of(of.same),
        str(of.picture),
        of.hops,
        of.days,
        of.known_by,
        of.shared_by,
    )
